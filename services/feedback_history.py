"""What one member said about one action: the last word stands, the audit keeps the rest."""

import json
from datetime import datetime
from typing import Literal
from uuid import UUID

from db import audit
from db import feedback as rows
from db.models.actions import Action
from db.models.tenants import Member
from db.session import ReadTx
from services.errors import NotFound
from services.types.feedback import Said, TargetWords, WordsView

Target = Literal["message", "decision", "conversation"]
TARGETS: tuple[Target, ...] = ("message", "decision", "conversation")
GONE = "This is no longer there."
SHOWN = 5
"""Words of one person on one thing; who changes their mind more often sees the newest."""


def target_of(action: Action, target: str) -> UUID:
    """The id under which words on this thing of the action are kept."""
    of = {"message": action.draft_id, "conversation": action.conversation_id}
    found = of.get(target, action.id)
    if found is None:
        raise NotFound(GONE)
    return found


async def words_view(tx: ReadTx, action: Action, member: Member, now: datetime) -> WordsView:
    """Of the things that are there."""
    there = {"message": action.draft_id, "decision": action.id}
    there["conversation"] = action.conversation_id
    found = [
        await _words(tx, member.id, target, target_id)
        for target in TARGETS
        if (target_id := there[target]) is not None
    ]
    return WordsView(action_id=action.id, targets=tuple(found), timezone=member.timezone, now=now)


async def _words(tx: ReadTx, member_id: UUID, target: Target, target_id: UUID) -> TargetWords:
    stands = await rows.get_feedback(tx, member_id=member_id, target=target, target_id=target_id)
    said: list[Said] = []
    for at, verb, body in await audit.list_entries(tx, target_id):
        entry = json.loads(body)
        facts = entry.get("facts") or {}
        mine = verb == "feedback.given" and entry.get("actor") == str(member_id)
        if mine and facts.get("target", "decision") == target:
            said.append(Said(at=at, rating=facts.get("rating")))
    return TargetWords(
        target=target, rating=stands.rating if stands else None, said=tuple(said[:SHOWN])
    )
