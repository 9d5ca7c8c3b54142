"""SQL of drafts and their revisions."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update

from db.models.drafts import Draft, DraftRevision
from db.session import ReadTx, Tx


async def add_draft(tx: Tx, draft: Draft) -> None:
    tx.session.add(draft)
    await tx.session.flush()


async def get_draft(tx: ReadTx, draft_id: UUID) -> Draft | None:
    return await tx.session.get(Draft, (tx.tenant_id, draft_id))


async def lock_draft(tx: Tx, draft_id: UUID) -> Draft | None:
    rows = await tx.session.execute(
        select(Draft)
        .where(Draft.tenant_id == tx.tenant_id, Draft.id == draft_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def set_draft(tx: Tx, draft_id: UUID, **values: Any) -> None:
    await tx.session.execute(
        update(Draft)
        .where(Draft.tenant_id == tx.tenant_id, Draft.id == draft_id)
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )


async def claim_draft(
    tx: Tx, draft_id: UUID, *, token: UUID, now: datetime, seconds: float
) -> Draft | None:
    """Take the draft's lease, so that one worker at a time speaks to Gmail about it. None: it is
    gone or somebody else holds it."""
    rows = await tx.session.execute(
        update(Draft)
        .where(
            Draft.tenant_id == tx.tenant_id,
            Draft.id == draft_id,
            or_(Draft.lease_until.is_(None), Draft.lease_until < now),
        )
        .values(lease_token=token, lease_until=now + timedelta(seconds=seconds))
        .returning(Draft)
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def release_draft(tx: Tx, draft_id: UUID, *, token: UUID, **values: Any) -> bool:
    """Give the lease back and store what was learned under it; False when it was lost meanwhile."""
    rows = await tx.session.execute(
        update(Draft)
        .where(Draft.tenant_id == tx.tenant_id, Draft.id == draft_id, Draft.lease_token == token)
        .values(lease_token=None, lease_until=None, **values)
        .returning(Draft.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None


async def add_revision(tx: Tx, revision: DraftRevision) -> None:
    tx.session.add(revision)
    await tx.session.flush()


async def list_reached(tx: ReadTx, draft_id: UUID, number: int) -> list[str] | None:
    """The addresses a revision goes to, by whichever field, whether it is shown or not."""
    rows = await tx.session.execute(
        select(DraftRevision.to, DraftRevision.cc, DraftRevision.bcc).where(
            DraftRevision.tenant_id == tx.tenant_id,
            DraftRevision.draft_id == draft_id,
            DraftRevision.number == number,
        )
    )
    found = rows.one_or_none()
    return [str(email) for emails in found for email in emails] if found else None


async def get_revision(tx: ReadTx, draft_id: UUID, number: int) -> DraftRevision | None:
    """None for one that is held, too: everybody reads revisions here, so nobody shows it."""
    rows = await tx.session.execute(
        select(DraftRevision).where(
            DraftRevision.tenant_id == tx.tenant_id,
            DraftRevision.draft_id == draft_id,
            DraftRevision.number == number,
            DraftRevision.held.is_(False),
        )
    )
    return rows.scalar_one_or_none()
