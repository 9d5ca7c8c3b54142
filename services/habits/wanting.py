"""Asking for a mail that has left to be looked at for habits, in the transaction of its leaving."""

from datetime import timedelta
from uuid import UUID

from db import jobs
from db.session import Tx

NOTE = "habits.note"
SENT_IS_READ = timedelta(minutes=3)
"""What somebody sent from Gmail has been read by then; if not, its edits are simply not counted."""


async def want_noting(tx: Tx, action_id: UUID, *, by_hand: bool = False) -> None:
    """A job that is lost costs one sighting, and no sweep looks for it: three are asked for, and
    the next mail brings another. Nobody waits for it."""
    after = SENT_IS_READ if by_hand else None
    await jobs.enqueue(tx, NOTE, {"action_id": action_id}, after=after, patient=True)
