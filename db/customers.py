"""SQL of accounts, contacts and deals."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from db.merged import WITH_MERGED
from db.models.conversations import Conversation, Message
from db.models.customers import Account, AccountOwner, Contact, Deal
from db.models.tenants import Member
from db.session import ReadTx
from db.visibility import assigned

CLOSED = ("closed_won", "closed_lost")


async def get_account(tx: ReadTx, account_id: UUID | None) -> Account | None:
    """The account; for one that became part of another, that other."""
    if account_id is None:
        return None
    found = await tx.session.get(Account, (tx.tenant_id, account_id))
    if found is not None:
        return found
    part = aliased(Account)
    rows = await tx.session.execute(
        select(Account)
        .join(part, (part.tenant_id == Account.tenant_id) & (part.merged_into_id == Account.id))
        .where(Account.tenant_id == tx.tenant_id, part.id == account_id)
        .execution_options(**WITH_MERGED)
    )
    return rows.scalar_one_or_none()


async def find_by_former_name(
    tx: ReadTx, words: str, *, only: UUID | None = None
) -> Account | None:
    """The account that one of exactly this name became part of. `only`: if this member may see
    it."""
    part = aliased(Account)
    query = (
        select(Account)
        .join(part, (part.tenant_id == Account.tenant_id) & (part.merged_into_id == Account.id))
        .where(Account.tenant_id == tx.tenant_id, func.lower(part.name) == words.strip().lower())
        .order_by(Account.name)
        .limit(1)
        .execution_options(**WITH_MERGED)
    )
    if only is not None:
        query = query.where(assigned(tx, only))
    return (await tx.session.execute(query)).scalar_one_or_none()


async def list_parts(tx: ReadTx, account_id: UUID) -> Sequence[str]:
    """Names of the accounts that became part of this one."""
    rows = await tx.session.execute(
        select(Account.name)
        .where(Account.tenant_id == tx.tenant_id, Account.merged_into_id == account_id)
        .order_by(Account.name)
        .execution_options(**WITH_MERGED)
    )
    return rows.scalars().all()


async def get_deal(tx: ReadTx, deal_id: UUID | None) -> Deal | None:
    if deal_id is None:
        return None
    return await tx.session.get(Deal, (tx.tenant_id, deal_id))


async def get_contact(tx: ReadTx, contact_id: UUID | None) -> Contact | None:
    if contact_id is None:
        return None
    return await tx.session.get(Contact, (tx.tenant_id, contact_id))


async def get_contact_by_email(tx: ReadTx, email: str) -> Contact | None:
    rows = await tx.session.execute(
        select(Contact).where(Contact.tenant_id == tx.tenant_id, Contact.email == email)
    )
    return rows.scalar_one_or_none()


async def names_of(tx: ReadTx, emails: Sequence[str]) -> dict[str, str]:
    """The names of contacts and of our own members behind addresses, as far as they have one."""
    wanted = [email.lower() for email in emails]
    found: dict[str, str] = {}
    for table in (Member, Contact):
        rows = await tx.session.execute(
            select(func.lower(table.email), table.name).where(
                table.tenant_id == tx.tenant_id, func.lower(table.email).in_(wanted)
            )
        )
        found |= {email: name for email, name in rows if name}
    return found


async def list_excluded(tx: ReadTx) -> Sequence[UUID]:
    rows = await tx.session.scalars(
        select(Account.id)
        .where(Account.tenant_id == tx.tenant_id, Account.excluded)
        .order_by(Account.id)
    )
    return rows.all()


async def list_open_deals(tx: ReadTx, account_id: UUID) -> Sequence[Deal]:
    """Open deals, newest first."""
    rows = await tx.session.execute(
        select(Deal)
        .where(
            Deal.tenant_id == tx.tenant_id,
            Deal.account_id == account_id,
            Deal.stage.not_in(CLOSED),
        )
        .order_by(Deal.created_at.desc(), Deal.id.desc())
    )
    return rows.scalars().all()


async def list_deals(tx: ReadTx, account_id: UUID) -> Sequence[Deal]:
    rows = await tx.session.execute(
        select(Deal)
        .where(Deal.tenant_id == tx.tenant_id, Deal.account_id == account_id)
        .order_by(Deal.created_at.desc(), Deal.id.desc())
    )
    return rows.scalars().all()


async def list_owners(tx: ReadTx, account_id: UUID) -> Sequence[tuple[str, Member]]:
    """(function, member) of everyone who looks after the account."""
    rows = await tx.session.execute(
        select(AccountOwner.function, Member)
        .join(
            Member,
            (Member.tenant_id == AccountOwner.tenant_id) & (Member.id == AccountOwner.member_id),
        )
        .where(AccountOwner.tenant_id == tx.tenant_id, AccountOwner.account_id == account_id)
        .order_by(AccountOwner.function)
    )
    return [(function, member) for function, member in rows]


async def search_accounts(
    tx: ReadTx, words: str, limit: int, *, only: UUID | None = None, merged: bool = False
) -> Sequence[Account]:
    """Accounts whose name or domain contains the words; names that start with them come first.
    `only`: those assigned to this member. `merged`: also those that became part of another."""
    wanted = words.strip().lower().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    name = func.lower(Account.name)
    query = (
        select(Account)
        .where(
            Account.tenant_id == tx.tenant_id,
            name.like(f"%{wanted}%") | Account.domain.like(f"%{wanted}%"),
        )
        .order_by((name != wanted), name.not_like(f"{wanted}%"), name)
        .limit(limit)
    )
    if merged:
        query = query.execution_options(**WITH_MERGED)
    if only is not None:
        query = query.where(assigned(tx, only))
    return (await tx.session.execute(query)).scalars().all()


async def list_contacts(tx: ReadTx, account_id: UUID) -> Sequence[Contact]:
    rows = await tx.session.execute(
        select(Contact)
        .where(Contact.tenant_id == tx.tenant_id, Contact.account_id == account_id)
        .order_by(Contact.name)
    )
    return rows.scalars().all()


async def list_confirmed(
    tx: ReadTx, conversation_id: UUID, emails: Collection[str]
) -> frozenset[str]:
    """Which of these are contacts of the conversation's account whom we may write to."""
    rows = await tx.session.scalars(
        select(Contact.email)
        .join(
            Conversation,
            (Conversation.tenant_id == Contact.tenant_id)
            & (Conversation.account_id == Contact.account_id),
        )
        .where(
            Contact.tenant_id == tx.tenant_id,
            Conversation.id == conversation_id,
            Contact.email.in_(emails),
            Contact.status == "confirmed",
            Contact.excluded.is_(False),
            Contact.undeliverable.is_(False),
        )
    )
    return frozenset(rows)


async def list_titles(
    tx: ReadTx, account_id: UUID | None, emails: Collection[str]
) -> Sequence[str | None]:
    """The titles of those of an account's confirmed contacts who have one of these addresses."""
    rows = await tx.session.scalars(
        select(Contact.title).where(
            Contact.tenant_id == tx.tenant_id,
            Contact.account_id == account_id,
            Contact.email.in_(emails),
            Contact.status == "confirmed",
        )
    )
    return rows.all()


async def last_heard(tx: ReadTx, account_id: UUID) -> dict[UUID, datetime]:
    """Contact → when they last wrote."""
    rows = await tx.session.execute(
        select(Message.contact_id, func.max(Message.received_at))
        .join(
            Conversation,
            (Conversation.tenant_id == Message.tenant_id)
            & (Conversation.id == Message.conversation_id),
        )
        .where(
            Message.tenant_id == tx.tenant_id,
            Conversation.account_id == account_id,
            Message.direction == "inbound",
            Message.contact_id.is_not(None),
        )
        .group_by(Message.contact_id)
    )
    return {contact: at for contact, at in rows if contact is not None}
