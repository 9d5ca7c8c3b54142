"""SQL of what people look at about approvals: one request with all around it, and queues."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_

from db.customers import CLOSED
from db.models.approvals import (
    Absence,
    ApprovalQuestion,
    ApprovalRequest,
    ApprovalSeat,
    ApprovalVote,
    Concession,
)
from db.models.cards import Card
from db.models.customers import Account, Deal
from db.models.tenants import Member
from db.session import ReadTx

Condition = ColumnElement[bool]


# ── One request ─────────────────────────────────────────────────────────────────────────────────
async def get_request(tx: ReadTx, request_id: UUID) -> ApprovalRequest | None:
    return await tx.session.get(ApprovalRequest, (tx.tenant_id, request_id))


async def get_question(tx: ReadTx, question_id: UUID) -> ApprovalQuestion | None:
    return await tx.session.get(ApprovalQuestion, (tx.tenant_id, question_id))


async def seats_of(tx: ReadTx, request_ids: Sequence[UUID]) -> Sequence[ApprovalSeat]:
    rows = await tx.session.execute(
        select(ApprovalSeat)
        .where(ApprovalSeat.tenant_id == tx.tenant_id, ApprovalSeat.request_id.in_(request_ids))
        .order_by(ApprovalSeat.request_id, ApprovalSeat.number)
    )
    return rows.scalars().all()


async def votes_of(tx: ReadTx, request_ids: Sequence[UUID]) -> Sequence[ApprovalVote]:
    rows = await tx.session.execute(
        select(ApprovalVote)
        .where(ApprovalVote.tenant_id == tx.tenant_id, ApprovalVote.request_id.in_(request_ids))
        .order_by(ApprovalVote.created_at, ApprovalVote.id)
    )
    return rows.scalars().all()


async def questions_of(tx: ReadTx, request_id: UUID) -> Sequence[ApprovalQuestion]:
    """The oldest first."""
    rows = await tx.session.execute(
        select(ApprovalQuestion)
        .where(
            ApprovalQuestion.tenant_id == tx.tenant_id, ApprovalQuestion.request_id == request_id
        )
        .order_by(ApprovalQuestion.created_at, ApprovalQuestion.id)
    )
    return rows.scalars().all()


async def replacement_of(tx: ReadTx, request_id: UUID) -> UUID | None:
    """The fresh request that stands in the place of a voided one."""
    rows = await tx.session.execute(
        select(ApprovalRequest.id)
        .where(ApprovalRequest.tenant_id == tx.tenant_id, ApprovalRequest.replaces_id == request_id)
        .order_by(ApprovalRequest.created_at.desc())
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def names_of(tx: ReadTx, member_ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = await tx.session.execute(
        select(Member.id, Member.name).where(
            Member.tenant_id == tx.tenant_id, Member.id.in_(member_ids)
        )
    )
    return {row.id: row.name for row in rows}


async def people_of(tx: ReadTx, member_ids: Sequence[UUID]) -> dict[UUID, Member]:
    rows = await tx.session.execute(
        select(Member).where(Member.tenant_id == tx.tenant_id, Member.id.in_(member_ids))
    )
    return {member.id: member for member in rows.scalars()}


async def managers_above(tx: ReadTx, member_id: UUID) -> frozenset[UUID]:
    """Everybody who stands above the member; a circle among managers ends the way."""
    above = (
        select(Member.manager_id.label("id"))
        .where(Member.tenant_id == tx.tenant_id, Member.id == member_id)
        .cte("above", recursive=True)
    )
    above = above.union(
        select(Member.manager_id).join(
            above, (Member.tenant_id == tx.tenant_id) & (Member.id == above.c.id)
        )
    )
    rows = await tx.session.execute(select(above.c.id).where(above.c.id.is_not(None)))
    return frozenset(rows.scalars())


async def account_values(tx: ReadTx, account_id: UUID) -> dict[str, Decimal]:
    """Currency → the sum of the account's open and won deals, the largest first."""
    total = func.sum(Deal.amount)
    rows = await tx.session.execute(
        select(Deal.currency, total.label("total"))
        .where(
            Deal.tenant_id == tx.tenant_id,
            Deal.account_id == account_id,
            Deal.amount.is_not(None),
            Deal.stage != "closed_lost",
        )
        .group_by(Deal.currency)
        .order_by(total.desc(), Deal.currency)
    )
    return {row.currency: row.total for row in rows}


async def list_concessions(
    tx: ReadTx, account_id: UUID, *, but: UUID, limit: int
) -> Sequence[Concession]:
    """What was granted to the account before, newest first."""
    rows = await tx.session.execute(
        select(Concession)
        .where(
            Concession.tenant_id == tx.tenant_id,
            Concession.account_id == account_id,
            Concession.request_id != but,
        )
        .order_by(Concession.created_at.desc(), Concession.id)
        .limit(limit)
    )
    return rows.scalars().all()


# ── Queues ──────────────────────────────────────────────────────────────────────────────────────
def waits_for(member_id: UUID) -> Condition:
    """Pending, with an open seat whose voice this member is, who hasn't spoken yet. Found from the
    member's own seats: how much waits for others doesn't matter."""
    voted = exists().where(
        ApprovalVote.tenant_id == ApprovalSeat.tenant_id, ApprovalVote.seat_id == ApprovalSeat.id
    )
    spoke = exists().where(
        ApprovalVote.tenant_id == ApprovalRequest.tenant_id,
        ApprovalVote.request_id == ApprovalRequest.id,
        ApprovalVote.member_id == member_id,
    )
    # Who was asked to speak for the holder has it; the holder may still, but needn't.
    theirs = or_(
        ApprovalSeat.delegate_id == member_id,
        and_(ApprovalSeat.delegate_id.is_(None), ApprovalSeat.holder_id == member_id),
    )
    seats = select(ApprovalSeat.tenant_id, ApprovalSeat.request_id).where(
        ApprovalSeat.waiting, theirs, ~voted
    )
    return and_(
        ApprovalRequest.status == "pending",
        ApprovalRequest.requester_id != member_id,
        tuple_(ApprovalRequest.tenant_id, ApprovalRequest.id).in_(seats),
        ~spoke,
    )


def asked_by(member_id: UUID) -> Condition:
    return and_(ApprovalRequest.status == "pending", ApprovalRequest.requester_id == member_id)


def concerns(member_id: UUID) -> Condition:
    """Asked by the member, or put before them."""
    seat = exists().where(
        ApprovalSeat.tenant_id == ApprovalRequest.tenant_id,
        ApprovalSeat.request_id == ApprovalRequest.id,
        or_(ApprovalSeat.holder_id == member_id, ApprovalSeat.delegate_id == member_id),
    )
    return or_(ApprovalRequest.requester_id == member_id, seat)


def pending() -> Condition:
    return ApprovalRequest.status == "pending"


def settled_since(since: datetime) -> Condition:
    return and_(ApprovalRequest.status != "pending", ApprovalRequest.settled_at >= since)


async def list_queue(
    tx: ReadTx, where: Sequence[Condition], *, newest: bool, limit: int
) -> tuple[Sequence[tuple[ApprovalRequest, str | None]], int]:
    """Requests with their account's name, by due time (`newest`: by when they were settled), and
    how many there are."""
    here = (ApprovalRequest.tenant_id == tx.tenant_id, *where)
    order: Any = (
        ApprovalRequest.settled_at.desc() if newest else ApprovalRequest.due_at,
        ApprovalRequest.id,
    )
    query = (
        select(ApprovalRequest, Account.name)
        .outerjoin(
            Account,
            (Account.tenant_id == ApprovalRequest.tenant_id)
            & (Account.id == ApprovalRequest.account_id),
        )
        .where(*here)
        .order_by(*order)
        .limit(limit)
    )
    found = [(request, name) for request, name in await tx.session.execute(query)]
    if len(found) < limit:
        return found, len(found)
    total = await tx.session.execute(select(func.count()).select_from(ApprovalRequest).where(*here))
    return found, total.scalar_one()


async def card_places(
    tx: ReadTx, subject_ids: Sequence[UUID], member_id: UUID
) -> dict[UUID, tuple[str, str]]:
    """Where the member's own approval cards stand."""
    rows = await tx.session.execute(
        select(Card.subject_id, Card.channel, Card.ts).where(
            Card.tenant_id == tx.tenant_id,
            Card.kind == "approval",
            Card.subject_id.in_(subject_ids),
            Card.recipient_id == member_id,
            Card.channel.is_not(None),
            Card.ts.is_not(None),
        )
    )
    return {subject: (str(channel), str(ts)) for subject, channel, ts in rows}


async def next_absence(tx: ReadTx, member_id: UUID, now: datetime) -> Absence | None:
    """The member's present absence, or the next one."""
    rows = await tx.session.execute(
        select(Absence)
        .where(
            Absence.tenant_id == tx.tenant_id,
            Absence.member_id == member_id,
            Absence.cancelled_at.is_(None),
            Absence.ends_at > now,
        )
        .order_by(Absence.starts_at, Absence.id)
        .limit(1)
    )
    return rows.scalar_one_or_none()


# ── Choices in forms ────────────────────────────────────────────────────────────────────────────
def _containing(words: str) -> str:
    plain = words.strip().lower().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{plain}%"


async def search_open_deals(
    tx: ReadTx, words: str, limit: int, *, first_of: UUID
) -> Sequence[tuple[Deal, str]]:
    """Open deals whose name or account contains the words; the member's own come first."""
    like = _containing(words)
    rows = await tx.session.execute(
        select(Deal, Account.name)
        .join(Account, (Account.tenant_id == Deal.tenant_id) & (Account.id == Deal.account_id))
        .where(
            Deal.tenant_id == tx.tenant_id,
            Deal.stage.not_in(CLOSED),
            func.lower(Deal.name).like(like) | func.lower(Account.name).like(like),
        )
        .order_by((Deal.owner_id == first_of).is_not(True), Account.name, Deal.name, Deal.id)
        .limit(limit)
    )
    return [(deal, name) for deal, name in rows]


async def search_deciders(tx: ReadTx, words: str, limit: int, *, but: UUID) -> Sequence[Member]:
    """Active members who lead or hold a title, by name."""
    like = _containing(words)
    leads = or_(Member.role != "rep", func.jsonb_array_length(Member.titles) > 0)
    rows = await tx.session.execute(
        select(Member)
        .where(
            Member.tenant_id == tx.tenant_id,
            Member.active,
            Member.id != but,
            leads,
            func.lower(Member.name).like(like) | func.lower(Member.email).like(like),
        )
        .order_by(Member.name, Member.id)
        .limit(limit)
    )
    return rows.scalars().all()
