"""SQL of outcomes: predictions and what was observed, and each action's part in what happened.

Whoever settles holds the outcome's row. Those who wait for one (a reply, a label) lock it FOR
UPDATE in the order of ids; sweeps skip what somebody else holds.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, text, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement

from db.models.actions import Action
from db.models.approvals import ApprovalRequest
from db.models.calibration import CalibrationBin
from db.models.conversations import Message
from db.models.customers import DealChange
from db.models.drafts import DraftRevision
from db.models.outcomes import Outcome
from db.session import ReadTx, Tx

# A meeting was held when its time has passed, nobody called it off, and not everybody from outside
# declined it.
_MET = """
select o.id
from outcomes o
cross join lateral (
    select x.id from meetings x
    where x.tenant_id = o.tenant_id and x.account_id = o.account_id and x.status = 'scheduled'
        and x.starts_at > o.created_at and coalesce(x.ends_at, x.starts_at) <= o.window_ends_at
        and coalesce(x.ends_at, x.starts_at) <= :now and {attended}
    order by x.starts_at, x.id limit 1
) m
where o.tenant_id = :tenant and o.kind = 'meeting_outcome'
    and (o.status = 'pending'
         or (o.status = 'expired' and o.source = 'automatic' and o.resolved_at >= :since))
order by o.window_ends_at limit :most
for update of o skip locked
"""
ATTENDED = """exists (
    select from jsonb_array_elements(case when jsonb_array_length(x.attendees) = 0
        then '[{"email": "", "status": ""}]' else x.attendees end) p
    where p ->> 'status' <> 'declined' and not exists (
        select from members b where b.tenant_id = x.tenant_id and b.email = p ->> 'email'))"""
"""Somebody from outside who hasn't declined; a meeting without a list was attended by somebody."""
_MET = _MET.format(attended=ATTENDED)

_CALLED_OFF = """
select exists (
    select from meetings x where x.tenant_id = :tenant and x.account_id = :account
        and x.status = 'cancelled' and x.changed_at > :since and x.changed_at <= :until
)
"""


def _same(tx: ReadTx, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(Outcome.tenant_id == tx.tenant_id, *conditions)


async def add_outcomes(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Predictions; an action has one of a kind, and the first stands."""
    if rows:
        values = [{"tenant_id": tx.tenant_id, **row} for row in rows]
        await tx.session.execute(insert(Outcome).values(values).on_conflict_do_nothing())


async def _locked(tx: Tx, query: Select[Outcome], *, skip: bool = False) -> list[Outcome]:
    held = query.with_for_update(of=Outcome, skip_locked=skip).execution_options(
        populate_existing=True
    )
    return list((await tx.session.scalars(held)).all())


async def lock_outcome(tx: Tx, outcome_id: UUID) -> Outcome | None:
    found = await _locked(tx, select(Outcome).where(_same(tx, Outcome.id == outcome_id)))
    return found[0] if found else None


async def lock_outcomes(tx: Tx, outcome_ids: Collection[UUID]) -> list[Outcome]:
    query = select(Outcome).where(_same(tx, Outcome.id.in_(outcome_ids)))
    return await _locked(tx, query.order_by(Outcome.id))


async def lock_of_conversation(
    tx: Tx, conversation_id: UUID, kind: str, before: datetime
) -> list[Outcome]:
    """Predictions about a conversation that were opened before a moment."""
    query = select(Outcome).where(
        _same(
            tx,
            Outcome.conversation_id == conversation_id,
            Outcome.kind == kind,
            Outcome.created_at <= before,
        )
    )
    return await _locked(tx, query.order_by(Outcome.id))


async def list_of_conversation(
    tx: ReadTx, conversation_id: UUID, kind: str, before: datetime
) -> Sequence[UUID]:
    """Actions with such a prediction."""
    query = select(Outcome.action_id).where(
        _same(
            tx,
            Outcome.conversation_id == conversation_id,
            Outcome.kind == kind,
            Outcome.created_at <= before,
        )
    )
    return (await tx.session.scalars(query)).all()


async def lock_of_deal(tx: Tx, deal_id: UUID, kind: str, before: datetime) -> list[Outcome]:
    """Predictions about a deal that were opened before a moment, while they are open or a machine
    has closed them."""
    query = select(Outcome).where(
        _same(
            tx,
            Outcome.deal_id == deal_id,
            Outcome.kind == kind,
            Outcome.created_at <= before,
            Outcome.source == "automatic",
        )
    )
    return await _locked(tx, query.order_by(Outcome.id))


async def lock_of_actions(tx: Tx, action_ids: Collection[UUID]) -> list[Outcome]:
    query = select(Outcome).where(_same(tx, Outcome.action_id.in_(action_ids)))
    return await _locked(tx, query.order_by(Outcome.id))


# ── What time brings ────────────────────────────────────────────────────────────────────────────
async def claim_due(tx: Tx, kinds: Collection[str], now: datetime, limit: int) -> list[Outcome]:
    """Predictions whose window is over, held; what another worker holds is its own."""
    query = select(Outcome).where(
        _same(
            tx,
            Outcome.status == "pending",
            Outcome.kind.in_(kinds),
            Outcome.window_ends_at <= now,
        )
    )
    return await _locked(tx, query.order_by(Outcome.window_ends_at).limit(limit), skip=True)


async def claim_met(tx: Tx, now: datetime, since: datetime, limit: int) -> Sequence[UUID]:
    """Predictions of a meeting that was held by now; also such as expired since then, where it is
    only known now. Held."""
    values = {"tenant": tx.tenant_id, "now": now, "since": since, "most": limit}
    return (await tx.session.execute(text(_MET), values)).scalars().all()


async def claim_decided(tx: Tx, limit: int) -> list[Outcome]:
    """Open predictions about a request that somebody has decided inside the window. Held."""
    asked = (
        select(ApprovalRequest.status, ApprovalRequest.settled_at)
        .where(
            ApprovalRequest.tenant_id == Outcome.tenant_id,
            ApprovalRequest.action_id == Outcome.action_id,
        )
        .order_by(ApprovalRequest.created_at.desc())
        .limit(1)
        .lateral("asked")
    )
    query = (
        select(Outcome)
        .join(asked, true())
        .where(
            _same(
                tx,
                Outcome.kind == "escalation_result",
                Outcome.status == "pending",
                asked.c.status.in_(("approved", "rejected")),
                asked.c.settled_at <= Outcome.window_ends_at,
            )
        )
    )
    return await _locked(tx, query.order_by(Outcome.window_ends_at).limit(limit), skip=True)


async def claim_allowed_late(tx: Tx, since: datetime, limit: int) -> list[tuple[Outcome, datetime]]:
    """Predictions that expired, and whose request was approved since then after all, each with
    when; those that don't know it yet. Held."""
    query = (
        select(Outcome, ApprovalRequest.settled_at)
        .join(
            ApprovalRequest,
            and_(
                ApprovalRequest.tenant_id == Outcome.tenant_id,
                ApprovalRequest.action_id == Outcome.action_id,
            ),
        )
        .where(
            _same(
                tx,
                Outcome.kind == "escalation_result",
                Outcome.status == "expired",
                Outcome.late_at.is_(None),
                ApprovalRequest.status == "approved",
                ApprovalRequest.settled_at >= since,
                ApprovalRequest.settled_at > Outcome.window_ends_at,
            )
        )
        .order_by(ApprovalRequest.settled_at)
        .limit(limit)
    )
    held = query.with_for_update(of=Outcome, skip_locked=True)
    rows = await tx.session.execute(held.execution_options(populate_existing=True))
    return [(outcome, at) for outcome, at in rows.all() if at is not None]


# As the partial index says it: `teaches is true` would be another condition to the planner, which
# makes `teaches` of this one.
_UNCOUNTED = (Outcome.teaches == true(), Outcome.counted.is_distinct_from(Outcome.score))


async def claim_uncounted(tx: Tx, now: datetime, limit: int) -> list[Outcome]:
    """Outcomes whose window is over and of which the bins don't say what their row says."""
    query = select(Outcome).where(_same(tx, *_UNCOUNTED, Outcome.window_ends_at <= now))
    return await _locked(tx, query.order_by(Outcome.id).limit(limit), skip=True)


async def any_open(tx: ReadTx, kinds: Collection[str]) -> bool:
    """Whether there is anything of these kinds that time may settle, or any kind to count."""
    pending = select(Outcome.id).where(
        _same(tx, Outcome.status == "pending", Outcome.kind.in_(kinds))
    )
    uncounted = select(Outcome.id).where(_same(tx, *_UNCOUNTED))
    query = select(or_(pending.exists(), uncounted.exists()))
    return bool((await tx.session.execute(query)).scalar_one())


async def came_from(tx: ReadTx, contact_id: UUID, account_id: UUID, reason: str) -> bool:
    """Whether a mail of this contact settled a prediction for this reason."""
    query = (
        select(Outcome.id)
        .join(
            Message,
            and_(Message.tenant_id == Outcome.tenant_id, Message.id == Outcome.signal_message_id),
        )
        .where(
            _same(
                tx,
                Outcome.account_id == account_id,
                Outcome.status == "negative",
                Outcome.reason == reason,
                Message.contact_id == contact_id,
            )
        )
    )
    return bool((await tx.session.execute(select(query.exists()))).scalar_one())


async def any_running(
    tx: ReadTx, kind: str, at: datetime, *, deal_id: UUID | None, account_id: UUID | None
) -> bool:
    """Whether a prediction of this kind that teaches runs at this moment: of the deal, or without
    one of the account. A mail that came back teaches nothing."""
    of = Outcome.deal_id == deal_id if deal_id is not None else Outcome.account_id == account_id
    query = select(Outcome.id).where(
        _same(
            tx,
            Outcome.kind == kind,
            of,
            Outcome.teaches.is_(True),
            Outcome.status != "undelivered",
            Outcome.window_ends_at > at,
        )
    )
    return bool((await tx.session.execute(select(query.exists()))).scalar_one())


# ── What they rest on ───────────────────────────────────────────────────────────────────────────
async def newest_request(tx: ReadTx, action_id: UUID) -> ApprovalRequest | None:
    rows = await tx.session.scalars(
        select(ApprovalRequest)
        .where(ApprovalRequest.tenant_id == tx.tenant_id, ApprovalRequest.action_id == action_id)
        .order_by(ApprovalRequest.created_at.desc(), ApprovalRequest.id.desc())
        .limit(1)
    )
    return rows.one_or_none()


async def list_stage_changes(
    tx: ReadTx, deal_id: UUID, after: datetime, until: datetime
) -> Sequence[DealChange]:
    """Where a deal went in (after, until], in order."""
    rows = await tx.session.scalars(
        select(DealChange)
        .where(
            DealChange.tenant_id == tx.tenant_id,
            DealChange.deal_id == deal_id,
            DealChange.field == "stage",
            DealChange.created_at > after,
            DealChange.created_at <= until,
        )
        .order_by(DealChange.created_at, DealChange.id)
    )
    return rows.all()


async def lock_change(tx: Tx, change_id: UUID) -> DealChange | None:
    rows = await tx.session.scalars(
        select(DealChange)
        .where(DealChange.tenant_id == tx.tenant_id, DealChange.id == change_id)
        .with_for_update()
    )
    return rows.one_or_none()


async def called_off(tx: ReadTx, account_id: UUID, since: datetime, until: datetime) -> bool:
    """Whether a meeting with the account was called off in that time."""
    values = {"tenant": tx.tenant_id, "account": account_id, "since": since, "until": until}
    return bool((await tx.session.execute(text(_CALLED_OFF), values)).scalar_one())


async def list_addressees(tx: ReadTx, action_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """To whom each mail went, copies aside."""
    query = (
        select(Action.id, DraftRevision.to)
        .join(
            DraftRevision,
            and_(
                DraftRevision.tenant_id == Action.tenant_id,
                DraftRevision.draft_id == Action.draft_id,
                DraftRevision.number == Action.decided_revision,
            ),
        )
        .where(Action.tenant_id == tx.tenant_id, Action.id.in_(action_ids))
    )
    return {row[0]: list(row[1]) for row in (await tx.session.execute(query)).all()}


async def sums_of(tx: ReadTx, kind: str, action_type: str) -> tuple[Decimal, int]:
    """(sum of scores, number) of the tenant's resolved predictions of a kind and type, whatever
    model they came from: one row a bin is read, however many outcomes there were."""
    query = select(
        func.coalesce(func.sum(CalibrationBin.score_sum), 0),
        func.coalesce(func.sum(CalibrationBin.count), 0),
    ).where(
        CalibrationBin.tenant_id == tx.tenant_id,
        CalibrationBin.kind == kind,
        CalibrationBin.action_type == action_type,
    )
    row = (await tx.session.execute(query)).one()
    return Decimal(row[0]), int(row[1])
