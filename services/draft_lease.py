"""The lease on a draft: one worker at a time speaks to Gmail about it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from db import drafts as rows
from db.models.drafts import Draft
from db.session import Database
from services.errors import TransientError
from services.ports import Clock, Ids

LEASE_SECONDS = 15.0


@asynccontextmanager
async def leased(
    db: Database, clock: Clock, ids: Ids, tenant_id: UUID, draft_id: UUID
) -> AsyncIterator[tuple[Draft | None, UUID]]:
    """Hold the draft's lease for the block. Somebody else's lease postpones the job; a draft that
    is gone yields None."""
    token = ids.new()
    async with db.transaction(tenant_id) as tx:
        draft = await rows.claim_draft(
            tx, draft_id, token=token, now=clock.now(), seconds=LEASE_SECONDS
        )
        if draft is None and await rows.get_draft(tx, draft_id) is not None:
            raise TransientError("this draft is being worked on", retry_after=timedelta(seconds=1))
    try:
        yield draft, token
    finally:
        if draft is not None:
            async with db.transaction(tenant_id) as tx:
                await rows.release_draft(tx, draft_id, token=token)
