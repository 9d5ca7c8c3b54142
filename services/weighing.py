"""Asking for a type's evidence to be looked at, in the transaction of what changed it."""

from uuid import UUID

from db import jobs
from db.actions import get_action
from db.session import Tx

WEIGH = "autonomy.weigh"


async def want_weighing(tx: Tx, action_type: str) -> None:
    """Look at once: somebody stopped something, or a customer complained. Never dropped because an
    equal job runs: that one may have looked already. What people approve waits for the minute's
    check instead, so that no click pays for it."""
    await jobs.enqueue(tx, WEIGH, {"action_type": action_type})


async def want_weighing_of(tx: Tx, action_id: UUID) -> None:
    """The same, of the action's type."""
    action = await get_action(tx, action_id)
    if action is not None:
        await want_weighing(tx, action.type)
