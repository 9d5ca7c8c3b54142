"""The keys-only directories: what is read before a tenant is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert

from db.models.directories import MailboxEntry, WorkspaceEntry
from db.session import ReadTx, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxKey:
    """The tenant and the row behind an address."""

    tenant_id: UUID
    mailbox_id: UUID


async def list_tenants(tx: ReadTx) -> list[UUID]:
    rows = await tx.session.scalars(select(WorkspaceEntry.tenant_id))
    return list(rows)


async def find_mailbox(tx: ReadTx, hashes: Sequence[tuple[int, bytes]]) -> MailboxKey | None:
    """Whose mailbox this is, by any of its keyed hashes (version, digest)."""
    row = (
        await tx.session.scalars(
            select(MailboxEntry)
            .where(tuple_(MailboxEntry.key_version, MailboxEntry.address_hash).in_(hashes))
            .limit(1)
        )
    ).first()
    return MailboxKey(tenant_id=row.tenant_id, mailbox_id=row.mailbox_id) if row else None


async def add_mailbox_entries(
    tx: Tx, hashes: Sequence[tuple[int, bytes]], key: MailboxKey
) -> MailboxKey | None:
    """Enter the address under every key; returns its owner when that is somebody else.

    Insert-only: of two tenants at once the second waits for the first and then finds its entry.
    """
    for version, digest in sorted(hashes):
        await tx.session.execute(
            insert(MailboxEntry)
            .values(
                key_version=version,
                address_hash=digest,
                tenant_id=key.tenant_id,
                mailbox_id=key.mailbox_id,
            )
            .on_conflict_do_nothing()
        )
        owner = await find_mailbox(tx, [(version, digest)])
        if owner is not None and owner != key:
            return owner
    return None
