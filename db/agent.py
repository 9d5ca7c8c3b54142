"""SQL of questions and their answers, and of what an answer is made from."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from db.merged import WITH_MERGED
from db.models.actions import Action
from db.models.agent import AgentAnswer
from db.models.approvals import ApprovalRequest, Concession
from db.models.cards import Card
from db.models.conversations import Conversation, Message
from db.models.customers import Account, Contact
from db.models.mailboxes import Mailbox, MailboxMessage
from db.models.tenants import Member
from db.session import ReadTx, Tx
from db.visibility import assigned

OPEN = ("asked", "answering")


# ── Answers ─────────────────────────────────────────────────────────────────────────────────────
async def add_answer(tx: Tx, **values: Any) -> UUID | None:
    """The question, once; None when this message was taken as one before."""
    rows = await tx.session.execute(
        insert(AgentAnswer)
        .values(tenant_id=tx.tenant_id, **values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "channel", "question_ts"])
        .returning(AgentAnswer.id)
    )
    return rows.scalar_one_or_none()


async def get_answer(tx: ReadTx, answer_id: UUID) -> AgentAnswer | None:
    return await tx.session.get(AgentAnswer, (tx.tenant_id, answer_id), populate_existing=True)


async def lock_answer(tx: Tx, answer_id: UUID) -> AgentAnswer | None:
    query = select(AgentAnswer).where(
        AgentAnswer.tenant_id == tx.tenant_id, AgentAnswer.id == answer_id
    )
    rows = await tx.session.execute(
        query.with_for_update().execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def set_answer(
    tx: Tx, answer_id: UUID, held: UUID, values: Mapping[str, Any]
) -> tuple[bool, bool]:
    """Write under the lease: whether it is still ours, and whether the member asked to stop."""
    rows = await tx.session.execute(
        update(AgentAnswer)
        .where(
            AgentAnswer.tenant_id == tx.tenant_id,
            AgentAnswer.id == answer_id,
            AgentAnswer.lease_token == held,
        )
        .values(**values)
        .returning(AgentAnswer.stop_asked_at)
        .execution_options(synchronize_session=False)
    )
    row = rows.first()
    return row is not None, row is not None and row[0] is not None


async def stop_answers(
    tx: Tx, *, member_id: UUID, channel: str, thread_ts: str | None, at: datetime
) -> Sequence[UUID]:
    """Ask whoever is answering this member in this thread to stop; without one, in the whole
    conversation."""
    where = [
        AgentAnswer.tenant_id == tx.tenant_id,
        AgentAnswer.member_id == member_id,
        AgentAnswer.channel == channel,
        AgentAnswer.status.in_(OPEN),
    ]
    if thread_ts is not None:
        where.append(AgentAnswer.thread_ts == thread_ts)
    rows = await tx.session.execute(
        update(AgentAnswer)
        .where(*where)
        .values(stop_asked_at=func.coalesce(AgentAnswer.stop_asked_at, at))
        .returning(AgentAnswer.id)
        .execution_options(synchronize_session=False)
    )
    return rows.scalars().all()


async def count_asked(tx: ReadTx, member_id: UUID, since: datetime) -> int:
    rows = await tx.session.execute(
        select(func.count())
        .select_from(AgentAnswer)
        .where(
            AgentAnswer.tenant_id == tx.tenant_id,
            AgentAnswer.member_id == member_id,
            AgentAnswer.created_at > since,
        )
    )
    return rows.scalar_one()


async def list_thread(tx: ReadTx, answer: AgentAnswer) -> Sequence[AgentAnswer]:
    """The other questions of the same thread and member, oldest first."""
    rows = await tx.session.execute(
        select(AgentAnswer)
        .where(
            AgentAnswer.tenant_id == tx.tenant_id,
            AgentAnswer.channel == answer.channel,
            AgentAnswer.thread_ts == answer.thread_ts,
            AgentAnswer.member_id == answer.member_id,
            AgentAnswer.id != answer.id,
        )
        .order_by(AgentAnswer.created_at, AgentAnswer.question_ts)
    )
    return rows.scalars().all()


async def find_answer_at(tx: ReadTx, channel: str, ts: str) -> AgentAnswer | None:
    """The answer that stands in this message."""
    rows = await tx.session.execute(
        select(AgentAnswer).where(
            AgentAnswer.tenant_id == tx.tenant_id,
            AgentAnswer.channel == channel,
            AgentAnswer.pages.contains([ts]),
        )
    )
    return rows.scalars().first()


# ── Accounts ────────────────────────────────────────────────────────────────────────────────────
async def find_named(
    tx: ReadTx,
    *,
    grams: Sequence[str],
    domains: Sequence[str],
    only: UUID | None,
    limit: int = 40,
) -> Sequence[Account]:
    """Accounts whose name begins with one of these words, or whose domain is named."""
    name = func.lower(Account.name)
    query = (
        select(Account)
        .where(Account.tenant_id == tx.tenant_id, _named(Account, grams, domains))
        .order_by(name)
        .limit(limit)
    )
    if only is not None:
        query = query.where(assigned(tx, only))
    return (await tx.session.execute(query)).scalars().all()


async def find_parts(
    tx: ReadTx, *, grams: Sequence[str], domains: Sequence[str], only: UUID | None
) -> Sequence[tuple[UUID, str, str | None]]:
    """The same among accounts that became part of another: (the other's id, name, domain)."""
    part = aliased(Account)
    query = (
        select(Account.id, part.name, part.domain)
        .join(part, (part.tenant_id == Account.tenant_id) & (part.merged_into_id == Account.id))
        .where(Account.tenant_id == tx.tenant_id, _named(part, grams, domains))
        .order_by(part.name)
        .limit(20)
        .execution_options(**WITH_MERGED)
    )
    if only is not None:
        query = query.where(assigned(tx, only))
    return [(row[0], row[1], row[2]) for row in await tx.session.execute(query)]


def _named(
    account: type[Account], grams: Sequence[str], domains: Sequence[str]
) -> ColumnElement[bool]:
    name = func.lower(account.name)
    return or_(
        name.in_(grams),
        func.split_part(name, " ", 1).in_(grams),
        func.rtrim(func.split_part(name, " ", 1), ",.").in_(grams),
        account.domain.in_(domains),
    )


async def find_people(
    tx: ReadTx, *, grams: Sequence[str], addresses: Sequence[str], only: UUID | None
) -> Sequence[tuple[Account, Contact]]:
    """Contacts named in full or by address, with their accounts."""
    full = [gram for gram in grams if " " in gram]
    query = (
        select(Account, Contact)
        .join(
            Contact, (Contact.tenant_id == Account.tenant_id) & (Contact.account_id == Account.id)
        )
        .where(
            Account.tenant_id == tx.tenant_id,
            or_(func.lower(Contact.name).in_(full), Contact.email.in_(addresses)),
        )
        .limit(20)
    )
    if only is not None:
        query = query.where(assigned(tx, only))
    return [(account, contact) for account, contact in await tx.session.execute(query)]


async def list_recent_accounts(tx: ReadTx, only: UUID | None, limit: int) -> Sequence[Account]:
    """Those where mail came last, the newest first."""
    newest = (
        select(Conversation.account_id, func.max(Conversation.last_message_at).label("at"))
        .where(Conversation.tenant_id == tx.tenant_id)
        .group_by(Conversation.account_id)
        .subquery()
    )
    query = (
        select(Account)
        .outerjoin(newest, newest.c.account_id == Account.id)
        .where(Account.tenant_id == tx.tenant_id, Account.excluded.is_(False))
        .order_by(newest.c.at.desc().nulls_last(), Account.name)
        .limit(limit)
    )
    if only is not None:
        query = query.where(assigned(tx, only))
    return (await tx.session.execute(query)).scalars().all()


async def account_of_card(tx: ReadTx, channel: str, ts: str) -> UUID | None:
    """The account the card at this place is about."""
    card = (
        await tx.session.execute(
            select(Card.kind, Card.subject_id).where(
                Card.tenant_id == tx.tenant_id, Card.channel == channel, Card.ts == ts
            )
        )
    ).first()
    if card is None:
        return None
    key = (tx.tenant_id, card[1])
    action = await tx.session.get(Action, key) if card[0] == "mail" else None
    request = await tx.session.get(ApprovalRequest, key) if card[0] == "approval" else None
    subject = action or request
    return subject.account_id if subject else None


# ── What happened there ─────────────────────────────────────────────────────────────────────────
async def list_mails(
    tx: ReadTx, account_id: UUID, start: datetime, end: datetime, limit: int
) -> tuple[Sequence[Message], int]:
    """Mails of the account in a period, the newest first, and how many there are."""
    where = (
        Message.tenant_id == tx.tenant_id,
        Conversation.account_id == account_id,
        Message.received_at >= start,
        Message.received_at < end,
        Message.kind.in_(("human", "auto_reply", "calendar")),
    )
    of_account = (Conversation.tenant_id == Message.tenant_id) & (
        Conversation.id == Message.conversation_id
    )
    rows = await tx.session.execute(
        select(Message)
        .join(Conversation, of_account)
        .where(*where)
        .order_by(Message.received_at.desc(), Message.id)
        .limit(limit)
    )
    total = await tx.session.execute(
        select(func.count()).select_from(Message).join(Conversation, of_account).where(*where)
    )
    return rows.scalars().all(), total.scalar_one()


async def list_places(
    tx: ReadTx, message_ids: Sequence[UUID], member_id: UUID
) -> dict[UUID, tuple[str, str]]:
    """Message → (mailbox address, Gmail's thread), where it lies in the member's own mailbox."""
    rows = await tx.session.execute(
        select(MailboxMessage.message_id, Mailbox.address, MailboxMessage.gmail_thread_id)
        .join(
            Mailbox,
            (Mailbox.tenant_id == MailboxMessage.tenant_id)
            & (Mailbox.id == MailboxMessage.mailbox_id),
        )
        .where(
            MailboxMessage.tenant_id == tx.tenant_id,
            MailboxMessage.message_id.in_(message_ids),
            Mailbox.member_id == member_id,
            Mailbox.is_system.is_(False),
        )
    )
    return {message: (address, thread) for message, address, thread in rows}


async def list_requests(
    tx: ReadTx, account_id: UUID, start: datetime
) -> Sequence[tuple[ApprovalRequest, str | None]]:
    """Approval requests that are open, or were opened or settled since then."""
    rows = await tx.session.execute(
        select(ApprovalRequest, Member.name)
        .outerjoin(
            Member,
            (Member.tenant_id == ApprovalRequest.tenant_id)
            & (Member.id == ApprovalRequest.settled_by),
        )
        .where(
            ApprovalRequest.tenant_id == tx.tenant_id,
            ApprovalRequest.account_id == account_id,
            or_(
                ApprovalRequest.status == "pending",
                ApprovalRequest.created_at >= start,
                ApprovalRequest.settled_at >= start,
            ),
        )
        .order_by(ApprovalRequest.created_at.desc())
        .limit(15)
    )
    return [(request, name) for request, name in rows]


async def list_concessions(tx: ReadTx, account_id: UUID) -> Sequence[Concession]:
    rows = await tx.session.execute(
        select(Concession)
        .where(Concession.tenant_id == tx.tenant_id, Concession.account_id == account_id)
        .order_by(Concession.created_at.desc())
        .limit(10)
    )
    return rows.scalars().all()
