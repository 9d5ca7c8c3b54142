"""SQL of approval requests, their seats and their votes, and of the people routing chooses from.

Locks are taken in one order everywhere: the request first, then its deal, or its action and draft
(FOR SHARE while a decision is judged), then seats, votes and cards. Whoever holds a deal or a draft
must not lock a request: they enqueue `approvals.recheck` instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update

from db.models.actions import Action
from db.models.approvals import ApprovalQuestion, ApprovalRequest, ApprovalSeat, ApprovalVote
from db.models.customers import Deal
from db.models.drafts import Draft
from db.session import ReadTx, Tx, raw_connection

LOCK_ASKING = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")

# An absent holder's seat weighs on the one who speaks for them. Counted in an index that holds
# nothing but the seats that wait: asking must cost little however many requests there are.
PEOPLE = """
select m.id, m.name, m.role, m.titles::text as titles, m.manager_id, m.active,
       coalesce(l.load, 0) as load
from members m
left join (
    select coalesce(delegate_id, holder_id) as member_id, count(*) as load
    from approval_seats where tenant_id = $1 and waiting
    group by 1
) l on l.member_id = m.id
where m.tenant_id = $1
order by m.name, m.id
"""

HEARD = """
update approval_seats set waiting = false where tenant_id = $1 and request_id = $2 and waiting
"""

ABSENCES = """
select member_id, delegate_id, starts_at, ends_at from absences
where tenant_id = $1 and cancelled_at is null and ends_at > $2
order by starts_at, id
"""

ASKED_DEALS = """
select distinct deal_id from approval_requests
where tenant_id = $1 and status = 'pending' and deal_id = any($2::uuid[])
order by deal_id
"""

# In id order, as everywhere where several requests are locked at once.
JUDGED = """
with held as (
    select id from approval_requests
    where tenant_id = $1 and id = any($2::uuid[]) and status = 'pending'
    order by id for update
)
update approval_requests r set route = r.route || jsonb_build_object('judged', $3::int)
from held where r.tenant_id = $1 and r.id = held.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A member as routing wants them; `titles` is JSON text."""

    id: UUID
    name: str
    role: str
    titles: str
    manager_id: UUID | None
    active: bool
    load: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRow:
    member_id: UUID
    delegate_id: UUID | None
    starts_at: datetime
    ends_at: datetime


async def get_request(tx: ReadTx, request_id: UUID) -> ApprovalRequest | None:
    return await tx.session.get(ApprovalRequest, (tx.tenant_id, request_id))


async def lock_request(tx: Tx, request_id: UUID) -> ApprovalRequest | None:
    """The request as it stands now, held until the transaction ends."""
    rows = await tx.session.execute(
        select(ApprovalRequest)
        .where(ApprovalRequest.tenant_id == tx.tenant_id, ApprovalRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def lock_asking(tx: Tx, subject_id: UUID) -> None:
    """One submission a requester, or about one action, at a time: so that the same thing is asked
    once, and a template's cap per month holds."""
    await tx.session.execute(LOCK_ASKING, {"key": f"approvals|{tx.tenant_id}|{subject_id}"})


async def hold_deal(tx: Tx, deal_id: UUID | None) -> Deal | None:
    """The deal as it stands; it can't change before the transaction ends."""
    if deal_id is None:
        return None
    rows = await tx.session.execute(
        select(Deal)
        .where(Deal.tenant_id == tx.tenant_id, Deal.id == deal_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def hold_draft(tx: Tx, action_id: UUID) -> tuple[Action, Draft] | None:
    """The action and its draft as they stand; they can't change before the transaction ends."""
    rows = await tx.session.execute(
        select(Action, Draft)
        .join(Draft, (Draft.tenant_id == Action.tenant_id) & (Draft.id == Action.draft_id))
        .where(Action.tenant_id == tx.tenant_id, Action.id == action_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    found = rows.one_or_none()
    return (found[0], found[1]) if found else None


async def add_request(tx: Tx, request: ApprovalRequest, seats: Sequence[ApprovalSeat] = ()) -> None:
    tx.session.add(request)
    await tx.session.flush()
    tx.session.add_all(seats)
    await tx.session.flush()


async def settle_request(
    tx: Tx,
    request_id: UUID,
    *,
    status: str,
    at: datetime,
    by: UUID | None,
    surface: str | None,
    reason: str | None,
    conditions: Sequence[str] = (),
) -> bool:
    """End a pending request; False when somebody was faster. An approval is to be carried out."""
    rows = await tx.session.execute(
        update(ApprovalRequest)
        .where(
            ApprovalRequest.tenant_id == tx.tenant_id,
            ApprovalRequest.id == request_id,
            ApprovalRequest.status == "pending",
        )
        .values(
            status=status,
            settled_at=at,
            settled_by=by,
            settled_surface=surface,
            settled_reason=reason,
            conditions=list(conditions),
            carry_status="queued" if status == "approved" else "none",
        )
        .returning(ApprovalRequest.id)
        .execution_options(synchronize_session="fetch")
    )
    settled = rows.scalar_one_or_none() is not None
    if settled:
        await (await raw_connection(tx)).execute(HEARD, tx.tenant_id, request_id)
    return settled


async def list_seats(tx: ReadTx, request_id: UUID) -> Sequence[ApprovalSeat]:
    rows = await tx.session.execute(
        select(ApprovalSeat)
        .where(ApprovalSeat.tenant_id == tx.tenant_id, ApprovalSeat.request_id == request_id)
        .order_by(ApprovalSeat.number)
        .execution_options(populate_existing=True)
    )
    return rows.scalars().all()


async def get_seat(tx: ReadTx, seat_id: UUID) -> ApprovalSeat | None:
    return await tx.session.get(ApprovalSeat, (tx.tenant_id, seat_id), populate_existing=True)


async def list_votes(tx: ReadTx, request_id: UUID) -> Sequence[ApprovalVote]:
    """In the order they were given."""
    rows = await tx.session.execute(
        select(ApprovalVote)
        .where(ApprovalVote.tenant_id == tx.tenant_id, ApprovalVote.request_id == request_id)
        .order_by(ApprovalVote.created_at, ApprovalVote.id)
        .execution_options(populate_existing=True)
    )
    return rows.scalars().all()


async def add_question(tx: Tx, question: ApprovalQuestion) -> None:
    tx.session.add(question)
    await tx.session.flush()


async def get_question(tx: ReadTx, question_id: UUID) -> ApprovalQuestion | None:
    return await tx.session.get(
        ApprovalQuestion, (tx.tenant_id, question_id), populate_existing=True
    )


async def list_pending(
    tx: ReadTx,
    *,
    deal_id: UUID | None = None,
    action_id: UUID | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> Sequence[ApprovalRequest]:
    """Pending requests, about one deal or one action where it is named, in the order of their ids;
    `after` and `limit` take them page by page."""
    query = (
        select(ApprovalRequest)
        .where(ApprovalRequest.tenant_id == tx.tenant_id, ApprovalRequest.status == "pending")
        .order_by(ApprovalRequest.id)
    )
    if deal_id is not None:
        query = query.where(ApprovalRequest.deal_id == deal_id)
    if action_id is not None:
        query = query.where(ApprovalRequest.action_id == action_id)
    if after is not None:
        query = query.where(ApprovalRequest.id > after)
    if limit is not None:
        query = query.limit(limit)
    return (await tx.session.execute(query)).scalars().all()


async def list_asked_deals(tx: ReadTx, deal_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Which of the deals have pending requests."""
    found = await (await raw_connection(tx)).fetch(ASKED_DEALS, tx.tenant_id, list(deal_ids))
    return [row["deal_id"] for row in found]


async def find_same(tx: ReadTx, *, requester_id: UUID, payload_hash: str) -> ApprovalRequest | None:
    """The requester's pending request for exactly the same effect."""
    rows = await tx.session.execute(
        select(ApprovalRequest)
        .where(
            ApprovalRequest.tenant_id == tx.tenant_id,
            ApprovalRequest.requester_id == requester_id,
            ApprovalRequest.status == "pending",
            ApprovalRequest.payload_hash == payload_hash,
        )
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def count_autos(tx: ReadTx, *, requester_id: UUID, since: datetime) -> Mapping[str, int]:
    """Template → how many of the requester's requests it has approved since then."""
    rows = await tx.session.execute(
        select(ApprovalRequest.auto_template, func.count())
        .where(
            ApprovalRequest.tenant_id == tx.tenant_id,
            ApprovalRequest.requester_id == requester_id,
            ApprovalRequest.auto_template.is_not(None),
            ApprovalRequest.created_at >= since,
        )
        .group_by(ApprovalRequest.auto_template)
    )
    return {str(name): int(count) for name, count in rows}


async def set_judged(tx: Tx, request_ids: Sequence[UUID], version: int) -> None:
    """Remember that these were found not stricter under the rules of this version."""
    await (await raw_connection(tx)).execute(JUDGED, tx.tenant_id, list(request_ids), version)


async def list_people(tx: ReadTx) -> list[PersonRow]:
    """All members with the number of pending seats that wait for them, by name."""
    found = await (await raw_connection(tx)).fetch(PEOPLE, tx.tenant_id)
    return [PersonRow(**row) for row in found]


async def list_absence_rows(tx: ReadTx, now: datetime) -> list[AbsenceRow]:
    """Present and coming absences."""
    found = await (await raw_connection(tx)).fetch(ABSENCES, tx.tenant_id, now)
    return [AbsenceRow(**row) for row in found]
