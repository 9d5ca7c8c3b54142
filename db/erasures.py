"""Erasures and how far they are, whom we must not learn of again, and the audit's keys."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, tuple_, update

from db.models.conversations import Message
from db.models.privacy import ErasedAddress, Erasure
from db.models.records import AuditEntry, AuditKey
from db.models.search import SearchEntry
from db.session import ReadTx, Tx, raw_connection

# On the driver's own connection: every mail that comes in asks.
ERASED = """
select key_version, digest from erased_addresses
where tenant_id = $1 and (key_version, digest) in (select * from unnest($2::int[], $3::bytea[]))
"""


async def list_erased(
    tx: ReadTx, hashes: Sequence[tuple[int, bytes]]
) -> frozenset[tuple[int, bytes]]:
    """Which of these (key version, digest) belong to somebody who was erased."""
    rows = await (await raw_connection(tx)).fetch(
        ERASED, tx.tenant_id, [version for version, _ in hashes], [digest for _, digest in hashes]
    )
    return frozenset((row["key_version"], bytes(row["digest"])) for row in rows)


async def add_erasure(tx: Tx, row: Erasure) -> None:
    tx.session.add(row)
    await tx.session.flush()


async def add_erased(
    tx: Tx, ids: Sequence[UUID], hashes: Sequence[tuple[int, bytes]], erasure_id: UUID, at: datetime
) -> None:
    """Remember the address under these keys; what is known already stays."""
    known = await list_erased(tx, hashes)
    for row_id, (version, digest) in zip(ids, hashes, strict=True):
        if (version, digest) not in known:
            tx.session.add(
                ErasedAddress(
                    tenant_id=tx.tenant_id,
                    id=row_id,
                    created_at=at,
                    key_version=version,
                    digest=digest,
                    erasure_id=erasure_id,
                )
            )
    await tx.session.flush()


async def drop_erased(tx: Tx, hashes: Collection[tuple[int, bytes]]) -> int:
    """They may be learned of again."""
    gone = await tx.session.scalars(
        delete(ErasedAddress)
        .where(
            ErasedAddress.tenant_id == tx.tenant_id,
            tuple_(ErasedAddress.key_version, ErasedAddress.digest).in_(hashes),
        )
        .returning(ErasedAddress.id)
    )
    return len(gone.all())


async def lock_erasure(tx: Tx, erasure_id: UUID) -> Erasure | None:
    """The row as it stands, ours until the transaction ends: two jobs about it take turns."""
    rows = await tx.session.execute(
        select(Erasure)
        .where(Erasure.tenant_id == tx.tenant_id, Erasure.id == erasure_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def get_erasure(tx: ReadTx, erasure_id: UUID) -> Erasure | None:
    return await tx.session.get(Erasure, (tx.tenant_id, erasure_id))


async def find_open(tx: ReadTx, hashes: Collection[tuple[int, bytes]]) -> Erasure | None:
    """The erasure of this address that isn't done yet."""
    rows = await tx.session.scalars(
        select(Erasure).where(
            Erasure.tenant_id == tx.tenant_id,
            Erasure.status != "done",
            tuple_(Erasure.key_version, Erasure.digest).in_(hashes),
        )
    )
    return rows.first()


async def list_unattended(tx: ReadTx, before: datetime) -> Sequence[UUID]:
    """Erasures that nobody has looked at since then."""
    rows = await tx.session.scalars(
        select(Erasure.id).where(
            Erasure.tenant_id == tx.tenant_id,
            Erasure.status != "done",
            func.coalesce(Erasure.looked_at, Erasure.created_at) < before,
        )
    )
    return rows.all()


async def list_erasures(tx: ReadTx) -> Sequence[Erasure]:
    rows = await tx.session.scalars(
        select(Erasure).where(Erasure.tenant_id == tx.tenant_id).order_by(Erasure.created_at)
    )
    return rows.all()


# ── the audit's keys ────────────────────────────────────────────────────────────────────────────
async def destroy_keys_of(tx: Tx, things: Collection[UUID]) -> int:
    """What was written about these, or by them, can't be opened any more. How many entries."""
    gone = await tx.session.scalars(
        delete(AuditKey)
        .where(
            AuditKey.tenant_id == tx.tenant_id,
            or_(AuditKey.subject_id.in_(things), AuditKey.actor_id.in_(things)),
        )
        .returning(AuditKey.id)
    )
    return len(gone.all())


async def destroy_keys(tx: Tx, entry_ids: Collection[UUID]) -> None:
    await tx.session.execute(
        delete(AuditKey).where(AuditKey.tenant_id == tx.tenant_id, AuditKey.id.in_(entry_ids))
    )


async def destroy_keys_before(tx: Tx, before: datetime, limit: int) -> int:
    """Of the oldest entries written before that."""
    old = (
        select(AuditKey.id)
        .where(AuditKey.tenant_id == tx.tenant_id, AuditKey.created_at < before)
        .limit(limit)
    )
    gone = await tx.session.scalars(
        delete(AuditKey)
        .where(AuditKey.tenant_id == tx.tenant_id, AuditKey.id.in_(old))
        .returning(AuditKey.id)
    )
    return len(gone.all())


async def list_told(
    tx: ReadTx, *, after: UUID, limit: int
) -> Sequence[tuple[UUID, bytes, bytes | None]]:
    """Entries in the order of their ids: id, stored body, sealed key if there is one."""
    rows = await tx.session.execute(
        select(AuditEntry.id, AuditEntry.body, AuditKey.key)
        .outerjoin(
            AuditKey,
            (AuditKey.tenant_id == AuditEntry.tenant_id) & (AuditKey.id == AuditEntry.id),
        )
        .where(AuditEntry.tenant_id == tx.tenant_id, AuditEntry.id > after)
        .order_by(AuditEntry.id)
        .limit(limit)
    )
    return [(row.id, row.body, row.key) for row in rows]


async def list_keys_under_others(
    tx: ReadTx, key_id: str, limit: int
) -> Sequence[tuple[UUID, bytes]]:
    """Keys that are sealed with another encryption key than this one."""
    rows = await tx.session.execute(
        select(AuditKey.id, AuditKey.key)
        .where(AuditKey.tenant_id == tx.tenant_id, AuditKey.key_id != key_id)
        .with_for_update(skip_locked=True)
        .limit(limit)
    )
    return [(row.id, row.key) for row in rows]


async def set_key(tx: Tx, entry_id: UUID, *, key: bytes, key_id: str) -> None:
    await tx.session.execute(
        update(AuditKey)
        .where(AuditKey.tenant_id == tx.tenant_id, AuditKey.id == entry_id)
        .values(key=key, key_id=key_id)
    )


async def keys_of(tx: ReadTx, entry_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """The sealed keys of these entries that have one still."""
    rows = await tx.session.execute(
        select(AuditKey.id, AuditKey.key).where(
            AuditKey.tenant_id == tx.tenant_id, AuditKey.id.in_(entry_ids)
        )
    )
    return {row.id: row.key for row in rows}


async def count_forgotten(tx: ReadTx) -> int:
    """Entries of mails that say nothing any more, and which the store hasn't dropped yet."""
    query = (
        select(func.count())
        .select_from(SearchEntry)
        .join(
            Message,
            (Message.tenant_id == SearchEntry.tenant_id) & (Message.id == SearchEntry.source_id),
        )
        .where(
            SearchEntry.tenant_id == tx.tenant_id,
            SearchEntry.source == "message",
            SearchEntry.indexed_at.is_(None),
            Message.text.is_(None),
        )
    )
    return int(await tx.session.scalar(query) or 0)
