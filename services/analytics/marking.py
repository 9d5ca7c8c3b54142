"""Saying that figures have to be counted anew, in the transaction of what changed them.

A mark is one small insert that waits for nobody: rows of one day don't meet, the job that counts
takes them together. Whoever changes what db/analytics.COUNTED counts of an action (it was proposed,
decided, handed to somebody else, sent, called off, answered, rated) calls `mark`; what is counted
then is read from the source tables, so that one mark too many costs a count and nothing else.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from db import analytics as rows
from db.session import Tx
from services.ports import Clock, Ids


async def mark(tx: Tx, action_id: UUID, *, clock: Clock, ids: Ids) -> None:
    """Count the day anew on which this action was proposed. Of one that isn't there: nothing."""
    await rows.add_mark(tx, action_id, mark_id=ids.new(), at=clock.now())


async def mark_days(tx: Tx, days: Iterable[date], *, clock: Clock, ids: Ids) -> None:
    """Count these days (UTC) anew."""
    await rows.add_marks(tx, [(ids.new(), day) for day in days], at=clock.now())
