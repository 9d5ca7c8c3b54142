"""SQL of notes and of what people took up from Slack."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.compose import Capture, Note
from db.session import ReadTx, Tx

WAITING = ("open", "reading")


async def add_note(tx: Tx, note: Note) -> bool:
    """False when the same source stands there already."""
    values = {column.key: getattr(note, column.key) for column in Note.__table__.columns}
    rows = await tx.session.execute(
        insert(Note)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "deal_id", "kind", "source_key"])
        .returning(Note.id)
    )
    return rows.first() is not None


async def list_notes(tx: ReadTx, account_id: UUID, limit: int) -> Sequence[Note]:
    """Newest first."""
    rows = await tx.session.execute(
        select(Note)
        .where(Note.tenant_id == tx.tenant_id, Note.account_id == account_id)
        .order_by(Note.created_at.desc(), Note.id.desc())
        .limit(limit)
    )
    return rows.scalars().all()


async def list_proofs(tx: ReadTx, account_id: UUID) -> Sequence[Note]:
    """Notes whose text proved something, oldest first."""
    rows = await tx.session.execute(
        select(Note)
        .where(
            Note.tenant_id == tx.tenant_id,
            Note.account_id == account_id,
            Note.kind == "qualification",
        )
        .order_by(Note.created_at, Note.id)
    )
    return rows.scalars().all()


async def add_capture(tx: Tx, capture: Capture) -> None:
    tx.session.add(capture)
    await tx.session.flush()


async def get_capture(tx: ReadTx, capture_id: UUID) -> Capture | None:
    return await tx.session.get(Capture, (tx.tenant_id, capture_id), populate_existing=True)


async def lock_capture(tx: Tx, capture_id: UUID) -> Capture | None:
    rows = await tx.session.execute(
        select(Capture)
        .where(Capture.tenant_id == tx.tenant_id, Capture.id == capture_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def settle_capture(tx: Tx, capture_id: UUID, *, expect: Sequence[str], **values: Any) -> bool:
    """Change a capture that still stands in one of `expect`."""
    rows = await tx.session.execute(
        update(Capture)
        .where(
            Capture.tenant_id == tx.tenant_id,
            Capture.id == capture_id,
            Capture.status.in_(expect),
        )
        .values(**values)
        .returning(Capture.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.first() is not None
