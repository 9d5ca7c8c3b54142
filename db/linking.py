"""What linking looks up: always by index, never over all contacts or accounts."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Row, case, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from db.merged import WITH_MERGED
from db.models.customers import Account, AccountOwner, Contact, Deal
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import ReadTx, Tx

CLOSED = ("closed_won", "closed_lost")


async def list_contacts(
    tx: ReadTx, emails: Collection[str]
) -> list[Row[UUID, UUID | None, str, bool]]:
    rows = await tx.session.execute(
        select(Contact.id, Contact.account_id, Contact.email, Contact.excluded).where(
            Contact.tenant_id == tx.tenant_id, Contact.email.in_(emails)
        )
    )
    return list(rows)


async def list_accounts(
    tx: ReadTx, ids: Collection[UUID], domains: Collection[str]
) -> list[Row[UUID, UUID, str | None, bool]]:
    """Accounts with one of these ids or one of these mail domains: (its own id, the id of where it
    stands now, its domain, whether that is excluded). One that was merged stands in its target."""
    end = aliased(Account)
    rows = await tx.session.execute(
        select(
            Account.id.label("named"),
            func.coalesce(end.id, Account.id).label("id"),
            Account.domain,
            func.coalesce(end.excluded, Account.excluded).label("excluded"),
        )
        .outerjoin(end, (end.tenant_id == Account.tenant_id) & (end.id == Account.merged_into_id))
        .where(
            Account.tenant_id == tx.tenant_id,
            or_(Account.id.in_(ids), Account.domain.in_(domains)),
        )
        .execution_options(**WITH_MERGED)
    )
    return list(rows)


async def list_own_addresses(tx: ReadTx, emails: Collection[str]) -> frozenset[str]:
    """Which of these belong to a member or are a connected mailbox."""
    rows = await tx.session.scalars(
        union_all(
            select(Member.email).where(Member.tenant_id == tx.tenant_id, Member.email.in_(emails)),
            select(Mailbox.address).where(
                Mailbox.tenant_id == tx.tenant_id, Mailbox.address.in_(emails)
            ),
        )
    )
    return frozenset(rows)


async def list_colleagues(tx: ReadTx, emails: Collection[str]) -> frozenset[str]:
    """Which of these are an active member's address or their connected mailbox. The tenant's own
    mailbox is nobody's colleague."""
    mine = Mailbox.tenant_id == tx.tenant_id
    rows = await tx.session.scalars(
        union_all(
            select(Member.email).where(
                Member.tenant_id == tx.tenant_id, Member.active, Member.email.in_(emails)
            ),
            select(Mailbox.address).where(
                mine, Mailbox.is_system.is_(False), Mailbox.address.in_(emails)
            ),
        )
    )
    system = await tx.session.scalars(
        select(Mailbox.address).where(mine, Mailbox.is_system, Mailbox.address.in_(emails))
    )
    return frozenset(rows) - frozenset(system)


async def list_own_domains(tx: ReadTx, domains: Collection[str]) -> frozenset[str]:
    """Which of these are a mail domain of the tenant's own members."""
    domain = func.split_part(Member.email, literal("@"), literal(2))
    rows = await tx.session.scalars(
        select(domain).where(Member.tenant_id == tx.tenant_id, domain.in_(domains)).distinct()
    )
    return frozenset(rows)


async def find_open_deal(tx: ReadTx, account_id: UUID) -> Deal | None:
    """The account's newest open deal."""
    return (
        await tx.session.scalars(
            select(Deal)
            .where(
                Deal.tenant_id == tx.tenant_id,
                Deal.account_id == account_id,
                Deal.stage.not_in(CLOSED),
            )
            .order_by(Deal.created_at.desc(), Deal.id.desc())
            .limit(1)
        )
    ).first()


async def find_owner(tx: ReadTx, account_id: UUID, function: str) -> UUID | None:
    """Who looks after the account for this function; for sales its owner stands in."""
    named = select(AccountOwner.member_id.label("member_id"), literal(0).label("place")).where(
        AccountOwner.tenant_id == tx.tenant_id,
        AccountOwner.account_id == account_id,
        AccountOwner.function == function,
    )
    owner = select(Account.owner_id, case((literal(function) == "sales", 1), else_=2)).where(
        Account.tenant_id == tx.tenant_id,
        Account.id == account_id,
        Account.owner_id.is_not(None),
    )
    both = union_all(named, owner).subquery()
    return (await tx.session.scalars(select(both.c.member_id).order_by(both.c.place))).first()


async def add_observed(tx: Tx, contact: Contact) -> UUID | None:
    """A person learned from mail; None when they became known meanwhile."""
    row = await tx.session.execute(
        insert(Contact)
        .values(
            tenant_id=tx.tenant_id,
            id=contact.id,
            created_at=contact.created_at,
            account_id=contact.account_id,
            email=contact.email,
            name=contact.name,
            status="observed",
            excluded=False,
            undeliverable=False,
        )
        .on_conflict_do_nothing()
        .returning(Contact.id)
    )
    found = row.first()
    return found.id if found else None


async def set_undeliverable(tx: Tx, emails: Collection[str]) -> None:
    rows = await tx.session.scalars(
        select(Contact).where(Contact.tenant_id == tx.tenant_id, Contact.email.in_(emails))
    )
    for contact in rows:
        contact.undeliverable = True
    await tx.session.flush()
