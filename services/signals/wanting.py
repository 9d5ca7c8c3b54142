"""Saying that an account is to be looked at for signals: whoever stores something new about it
calls `want_look`, in the same transaction. A burst makes one look."""

from datetime import datetime, timedelta
from uuid import UUID

from db import jobs, looks
from db.session import Tx
from services.ports import Ids

LOOK = "signals.look"
PAUSE = timedelta(seconds=5)
"""What comes within it is seen by one look."""


async def want_look(tx: Tx, account_id: UUID | None, *, ids: Ids, now: datetime) -> None:
    """Have the account looked at soon, by a job of its own. Of no account: nothing to look at."""
    if account_id is None:
        return
    if await looks.set_wanted(tx, account_id, look_id=ids.new(), now=now):
        await jobs.enqueue(tx, LOOK, {"account_id": account_id}, after=PAUSE)
