"""SQL of the account view: who is there, and when they and we last wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Text,
    Uuid,
    and_,
    cast,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

from db.account_view import each
from db.models.conversations import Message
from db.models.customers import Account, Contact
from db.session import ReadTx
from db.visibility import assigned

PEOPLE = 80
TOUCHES = 40
"""Mails of a conversation that are looked at for who wrote when."""
SKEW = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """When an address last wrote, or was last written to."""

    email: str
    inbound: bool
    at: datetime
    name: str
    message_id: UUID


async def list_people(tx: ReadTx, account_id: UUID) -> tuple[Sequence[Contact], int]:
    """Contacts of the account, confirmed ones first, and how many there are."""
    where = (Contact.tenant_id == tx.tenant_id, Contact.account_id == account_id)
    rows = await tx.session.execute(
        select(Contact, func.count().over())
        .where(*where)
        .order_by(Contact.status == "observed", Contact.name, Contact.email)
        .limit(PEOPLE)
    )
    found = [(contact, total) for contact, total in rows]
    return [contact for contact, _ in found], found[0][1] if found else 0


async def list_touches(tx: ReadTx, talks: Sequence[UUID]) -> Sequence[Touch]:
    """The last word each way of everybody who takes part in these conversations."""
    talk = each(talks)
    mails = (
        select(
            Message.id,
            Message.direction,
            # A mail from the future came when it was stored.
            func.least(Message.received_at, Message.created_at + SKEW).label("at"),
            Message.sender,
            Message.recipients,
        )
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.conversation_id == talk.c.id,
            Message.kind.in_(("human", "calendar")),
        )
        .order_by(Message.received_at.desc(), Message.id)
        .limit(TOUCHES)
        .lateral()
    )
    said = select(mails).select_from(talk.join(mails, true())).cte("said")
    writer = func.lower(said.c.sender["email"].astext)
    wrote = (
        select(
            writer.label("email"),
            literal(value=True).label("inbound"),
            func.max(said.c.at).label("at"),
            func.max(said.c.sender["name"].astext).label("name"),
            _newest(said).label("message_id"),
        )
        .where(said.c.direction == "inbound")
        .group_by(writer)
    )
    empty = cast(literal("[]"), JSONB)
    named = func.coalesce(said.c.recipients["to"], empty).concat(
        func.coalesce(said.c.recipients["cc"], empty)
    )
    reader = func.jsonb_array_elements_text(named).table_valued("value").render_derived()
    email = func.lower(reader.c.value)
    reached = (
        select(
            email,
            literal(value=False),
            func.max(said.c.at),
            cast(literal(""), Text),
            _newest(said),
        )
        .select_from(said.join(reader, true()))
        .where(said.c.direction == "outbound")
        .group_by(email)
    )
    rows = await tx.session.execute(union_all(wrote, reached))
    return [
        Touch(email=address, inbound=inbound, at=at, name=name or "", message_id=newest)
        for address, inbound, at, name, newest in rows
        if address
    ]


def _newest(said: CTE) -> ColumnElement[UUID]:
    """The mail that says so."""
    return func.array_agg(
        aggregate_order_by(said.c.id, said.c.at.desc(), said.c.id), type_=ARRAY(Uuid)
    )[1]


async def list_of_others(
    tx: ReadTx, account_id: UUID, emails: Sequence[str], only: UUID | None
) -> Sequence[tuple[Contact, str | None]]:
    """Contacts of other accounts among these addresses, with the account's name where the reader
    may see it (`only`: their own accounts)."""
    seen = and_(true()) if only is None else assigned(tx, only)
    rows = await tx.session.execute(
        select(Contact, Account.name)
        .outerjoin(
            Account,
            (Account.tenant_id == Contact.tenant_id) & (Account.id == Contact.account_id) & seen,
        )
        .where(
            Contact.tenant_id == tx.tenant_id,
            Contact.email.in_(list(emails)),
            Contact.account_id != account_id,
        )
        .order_by(Contact.email)
    )
    return [(contact, name) for contact, name in rows]


async def list_sharing(
    tx: ReadTx, account_id: UUID, domain: str | None, only: UUID | None
) -> Sequence[str]:
    """Other accounts of the same domain, as far as the reader may see them."""
    if not domain:
        return ()
    query = select(Account.name).where(
        Account.tenant_id == tx.tenant_id, Account.domain == domain, Account.id != account_id
    )
    if only is not None:
        query = query.where(assigned(tx, only))
    return (await tx.session.execute(query.order_by(Account.name).limit(10))).scalars().all()
