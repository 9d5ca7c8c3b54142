"""SQL of the seed: what is there already, found by what names it in a CSV file."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text

from db.base import TenantRow
from db.models.customers import Account, AccountOwner, Contact, Deal
from db.models.tenants import Member
from db.session import ReadTx, Tx

BATCH = 5_000
LOCK = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")


async def lock_seed(tx: Tx) -> None:
    """One seed a tenant at a time: a second one waits and then finds what the first has made."""
    await tx.session.execute(LOCK, {"key": f"seed|{tx.tenant_id}"})


async def list_members(tx: ReadTx) -> Sequence[Member]:
    rows = await tx.session.execute(select(Member).where(Member.tenant_id == tx.tenant_id))
    return rows.scalars().all()


async def list_accounts(tx: ReadTx) -> Sequence[Account]:
    rows = await tx.session.execute(
        select(Account).where(Account.tenant_id == tx.tenant_id).order_by(Account.name)
    )
    return rows.scalars().all()


async def list_owners(tx: ReadTx) -> Sequence[AccountOwner]:
    rows = await tx.session.execute(
        select(AccountOwner).where(AccountOwner.tenant_id == tx.tenant_id)
    )
    return rows.scalars().all()


async def list_contacts(tx: ReadTx, emails: Sequence[str]) -> Sequence[Contact]:
    """Those with one of the addresses."""
    found: list[Contact] = []
    for start in range(0, len(emails), BATCH):
        rows = await tx.session.execute(
            select(Contact).where(
                Contact.tenant_id == tx.tenant_id, Contact.email.in_(emails[start : start + BATCH])
            )
        )
        found += rows.scalars()
    return found


async def list_deals(tx: ReadTx, account_ids: Sequence[UUID]) -> Sequence[Deal]:
    """All deals of the accounts."""
    found: list[Deal] = []
    for start in range(0, len(account_ids), BATCH):
        rows = await tx.session.execute(
            select(Deal).where(
                Deal.tenant_id == tx.tenant_id,
                Deal.account_id.in_(account_ids[start : start + BATCH]),
            )
        )
        found += rows.scalars()
    return found


async def add_row(tx: Tx, row: TenantRow) -> None:
    tx.session.add(row)


async def flush(tx: Tx) -> None:
    await tx.session.flush()
