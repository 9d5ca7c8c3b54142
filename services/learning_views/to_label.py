"""Outcomes that code can't judge, and the one click that says what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from db import learning_views as rows
from db.session import Database, ReadTx
from services.actors import require_member
from services.inbox import sender_name
from services.outcomes.labelling import LabelService, labelled_by
from services.ports import Clock
from services.reader import reader_of
from services.types.me import Label, LabelPage, ToLabel
from services.types.people import LEADS, Actor

ASKED = timedelta(days=90)
"""Older ones nobody remembers: they stay without a score."""
CHANGEABLE = timedelta(days=1)
"""How long what the reader said stays in the list, to be said otherwise."""
SHOWN = 5
_LABELS: dict[str, Label] = {"positive": "yes", "negative": "no", "ambiguous": "unsure"}
_WORDS: dict[Label, bool | None] = {"yes": True, "no": False, "unsure": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToLabelService:
    db: Database
    clock: Clock
    labels: LabelService

    async def page(self, actor: Actor, page: int = 0) -> LabelPage:
        """The reader's own, and those of whom they lead; one behind the last is the last."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            now = self.clock.now()
            found, total = await rows.list_to_label(
                tx,
                await labelled_by(tx, member),
                since=now - ASKED,
                reader_id=member.id,
                said_since=now - CHANGEABLE,
                limit=SHOWN,
                offset=page * SHOWN,
            )
            return LabelPage(
                reader=reader_of(member, self.clock),
                items=tuple(_item(row) for row in found),
                total=total,
                page=min(page, max(total - 1, 0) // SHOWN),
                size=SHOWN,
                team=member.role in LEADS,
            )

    async def label(self, actor: Actor, outcome_id: UUID, said: Label, *, command_id: str) -> str:
        """What it did, in a sentence. Saying the other is the undo."""
        done = await self.labels.label(actor, outcome_id, _WORDS[said], command_id)
        return done.sentence


async def count_for(tx: ReadTx, people: Sequence[UUID] | None, now: datetime) -> int:
    """How many wait for a person's word."""
    return await rows.count_to_label(tx, people, since=now - ASKED)


def _item(row: asyncpg.Record) -> ToLabel:
    sender = sender_name(row["sender"])
    return ToLabel(
        outcome_id=row["id"],
        about=" · ".join(filter(None, (row["account"], row["subject"]))),
        kind=row["kind"],
        whose=row["whose"] or "",
        quote=_quote(row),
        source=sender,
        reason=row["reason"],
        at=row["received_at"] or row["resolved_at"] or row["created_at"],
        said=_LABELS.get(row["status"]) if row["labelled_at"] else None,
        by=row["by"] or "",
    )


def _quote(row: asyncpg.Record) -> str:
    """A text that gives orders to a machine, or whose sender is in doubt, is no evidence."""
    if row["suspicious"] or row["proof"] == "fail":
        return ""
    return row["text"] or ""
