"""SQL of credits: the mails before an event, and each one's part in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.dialects.postgresql import insert

from db.models.meetings import Meeting
from db.models.outcomes import Outcome, OutcomeCredit
from db.outcomes import ATTENDED
from db.session import ReadTx, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A mail of ours that had a chance of bringing something about."""

    action_id: UUID
    at: datetime
    member_id: UUID | None
    conversation_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One action's part in an event, as it is read: the parts of those still there sum to 1."""

    event_kind: str
    event_id: UUID
    happened_at: datetime
    action_id: UUID
    member_id: UUID | None
    weight: float
    score: float


MOST_TOUCHES = 50
"""Of more mails the older ones get nothing: together they would get next to it."""

_UNCREDITED = """
select x.id from meetings x
where x.tenant_id = :tenant and x.status = 'scheduled' and x.account_id is not null
    and x.starts_at > :since and coalesce(x.ends_at, x.starts_at) > :since
    and coalesce(x.ends_at, x.starts_at) <= :now and {attended}
    and not exists (
        select from outcome_credits c
        where c.tenant_id = x.tenant_id and c.event_kind = 'meeting' and c.event_id = x.id)
    and exists (
        select from outcomes o where o.tenant_id = x.tenant_id and o.account_id = x.account_id
            and o.kind = 'email_engagement' and o.status <> 'undelivered'
            and o.created_at > x.starts_at - interval '30 days' and o.created_at < x.starts_at)
order by x.starts_at, x.id limit :most
for update of x skip locked
"""
_UNCREDITED = _UNCREDITED.format(attended=ATTENDED)


_CREDITS = """
select c.event_kind, c.event_id, c.happened_at, c.action_id, c.member_id, c.score,
    c.weight / (select sum(w.weight) from outcome_credits w where w.tenant_id = c.tenant_id
        and w.event_kind = c.event_kind and w.event_id = c.event_id) as weight
from outcome_credits c
where c.tenant_id = :tenant
    and (c.action_id = cast(:action as uuid) or c.conversation_id = cast(:conversation as uuid))
order by c.happened_at desc, c.id desc limit :most
"""


async def list_touches(
    tx: ReadTx,
    *,
    conversation_id: UUID | None,
    account_id: UUID | None,
    after: datetime,
    until: datetime,
) -> list[Touch]:
    """Mails that left in (after, until] and arrived, of one conversation or else of one account, in
    order; the newest fifty."""
    where = (
        Outcome.account_id == account_id
        if conversation_id is None
        else Outcome.conversation_id == conversation_id
    )
    query = (
        select(Outcome.action_id, Outcome.created_at, Outcome.member_id, Outcome.conversation_id)
        .where(
            Outcome.tenant_id == tx.tenant_id,
            where,
            Outcome.kind == "email_engagement",
            Outcome.status != "undelivered",
            Outcome.created_at > after,
            Outcome.created_at <= until,
        )
        .order_by(Outcome.created_at.desc(), Outcome.id.desc())
        .limit(MOST_TOUCHES)
    )
    rows = (await tx.session.execute(query)).all()
    return [
        Touch(action_id=row[0], at=row[1], member_id=row[2], conversation_id=row[3])
        for row in reversed(rows)
    ]


async def has_credits(tx: ReadTx, event_kind: str, event_id: UUID) -> bool:
    query = select(
        exists().where(
            OutcomeCredit.tenant_id == tx.tenant_id,
            OutcomeCredit.event_kind == event_kind,
            OutcomeCredit.event_id == event_id,
        )
    )
    return bool((await tx.session.execute(query)).scalar_one())


async def add_credits(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    values = [{"tenant_id": tx.tenant_id, **row} for row in rows]
    if values:
        await tx.session.execute(insert(OutcomeCredit).values(values).on_conflict_do_nothing())


async def claim_uncredited(
    tx: Tx, *, since: datetime, now: datetime, limit: int
) -> Sequence[Meeting]:
    """Meetings that were held since then, had mails before them, and are not shared out yet; held,
    so that no other worker shares out the same."""
    values = {"tenant": tx.tenant_id, "since": since, "now": now, "most": limit}
    ids = (await tx.session.execute(text(_UNCREDITED), values)).scalars().all()
    rows = await tx.session.scalars(
        select(Meeting)
        .where(Meeting.tenant_id == tx.tenant_id, Meeting.id.in_(ids))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return rows.all()


async def list_credits(
    tx: ReadTx,
    *,
    action_id: UUID | None = None,
    conversation_id: UUID | None = None,
    limit: int = 200,
) -> Sequence[Credit]:
    """An action's parts in what happened, or all parts of what happened in a conversation, the
    newest first. Where an action is no longer there, the parts of the others are raised so that
    an event's parts sum to 1 again."""
    rows = await tx.session.execute(
        text(_CREDITS),
        {
            "tenant": tx.tenant_id,
            "action": action_id,
            "conversation": conversation_id,
            "most": limit,
        },
    )
    return [
        Credit(**{**row, "weight": float(row["weight"]), "score": float(row["score"])})
        for row in rows.mappings()
    ]
