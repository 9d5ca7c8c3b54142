"""Saying which texts are to be searched, in the transaction that made or changed them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from db import jobs
from db import search as rows
from db.session import Tx
from services.types.search import SearchSource

JOB = "search.index"
GATHER = timedelta(seconds=20)
"""Texts come in bursts (a first reading, a transcript): they are indexed together, after the work
that somebody waits for."""


async def enqueue(
    tx: Tx, source: SearchSource, source_id: UUID, account_id: UUID, *, at: datetime
) -> None:
    """This text is there, or is another one now. Also right for one that has been moved to another
    account. To be called in the transaction that wrote it."""
    await rows.want_entries(tx, source, [(source_id, account_id)], at)
    await schedule(tx)


async def withdraw(
    tx: Tx, source: SearchSource, source_ids: Sequence[UUID], *, at: datetime
) -> None:
    """These texts are gone or may no longer be read: what was made of them goes too. Nothing is
    found in them from here on, because a find reads its quotes from the sources."""
    if await rows.withdraw_entries(tx, source, source_ids, at):
        await schedule(tx)


async def schedule(tx: Tx) -> None:
    """One job a tenant sees to all that waits."""
    await jobs.enqueue(tx, JOB, after=GATHER, dedupe_key=f"{JOB}:{tx.tenant_id}")
