"""Sharing an event out among the mails that had a chance of bringing it about, once.

A reply is shared among the mails of its conversation in the week before, a stage or a meeting among
all mails to the account in the 30 days before. What was shared out is never reckoned anew, so a
figure once told stays; where an action is gone, the others' parts are raised in reading.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from db import outcome_credits as rows
from db.outcome_credits import Touch
from db.session import Tx
from services.outcomes.attribution import weights
from services.outcomes.kinds import Window
from services.ports import Clock, Ids
from services.types.outcomes import Event

REPLY, STAGE, MET = "reply", "stage", "meeting"


async def credit(tx: Tx, event: Event, *, clock: Clock, ids: Ids) -> tuple[UUID, ...]:
    """Write each action's part; the caller holds the event's row. Returns whose parts are written:
    none where no mail came before it, or where it was shared out already."""
    if await rows.has_credits(tx, event.kind, event.id):
        return ()
    touches = await rows.list_touches(
        tx,
        conversation_id=event.conversation_id if event.kind == REPLY else None,
        account_id=event.account_id,
        after=event.at - _reach(event.kind),
        until=event.at,
    )
    now = clock.now()
    parts = weights([touch.at for touch in touches], event.at)
    values: list[dict[str, Any]] = [
        {
            "id": ids.new(),
            "created_at": now,
            "event_kind": event.kind,
            "event_id": event.id,
            "happened_at": event.at,
            "weight": weight,
            "score": event.score,
            "account_id": event.account_id,
            "deal_id": event.deal_id,
            **_of(touch),
        }
        for touch, weight in zip(touches, parts, strict=True)
    ]
    await rows.add_credits(tx, values)
    return tuple(touch.action_id for touch in touches)


def _reach(kind: str) -> timedelta:
    return Window.WEEK.length if kind == REPLY else Window.MONTH.length


def _of(touch: Touch) -> dict[str, Any]:
    return {
        "action_id": touch.action_id,
        "member_id": touch.member_id,
        "conversation_id": touch.conversation_id,
    }
