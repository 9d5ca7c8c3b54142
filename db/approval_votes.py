"""SQL of deciding on a request, written by hand on the driver's own connection: here a person
waits, and two hundred may click at once.

Two reads on purpose. A statement sees the database as it was when it began, so what is judged must
be read by a statement that begins after the request is locked. That second statement also holds the
deal, or the action and its draft, FOR SHARE: nothing can move under the decision any more.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from db.audit import AuditRow
from db.session import Tx, raw_connection

LOCK = "select 1 from approval_requests where tenant_id = $1 and id = $2 for update"

BALLOT = """
with recursive above as (
    select m.manager_id as id, 1 as height
    from approval_requests q join members m on m.tenant_id = $1 and m.id = q.requester_id
    where q.tenant_id = $1 and q.id = $2
    union
    select m.manager_id, a.height + 1
    from above a join members m on m.tenant_id = $1 and m.id = a.id
    where a.height < 30
),
deal as materialized (
    select e.stage, e.amount, e.currency, e.close_date
    from deals e
    where e.tenant_id = $1
      and e.id = (select deal_id from approval_requests where tenant_id = $1 and id = $2)
    for share
),
piece as materialized (
    select a.status as action_status, d.id as draft_id, d.status as draft_status, d.revision
    from actions a
    join drafts d on d.tenant_id = a.tenant_id and d.id = a.draft_id
    where a.tenant_id = $1
      and a.id = (select action_id from approval_requests where tenant_id = $1 and id = $2)
    for share of a, d
),
seats as materialized (
    select * from approval_seats where tenant_id = $1 and request_id = $2
),
votes as materialized (
    select * from approval_votes where tenant_id = $1 and request_id = $2
)
select q.type, q.status, q.requester_id, q.deal_id, q.action_id, q.payload::text as payload,
       q.payload_hash, q.basis::text as basis, q.rule_version, q.route::text as route, q.needed,
       q.expires_at, q.settled_by, q.settled_at, q.settled_reason, q.auto_template,
       exists (select from deal) as has_deal, (select stage from deal) as deal_stage,
       (select amount from deal) as deal_amount, (select currency from deal) as deal_currency,
       (select close_date from deal) as deal_close_date,
       (select action_status from piece) as action_status,
       (select draft_status from piece) as draft_status,
       (select revision from piece) as draft_revision,
       (select r.content_hash from draft_revisions r join piece on r.draft_id = piece.draft_id
        where r.tenant_id = $1 and r.number = piece.revision) as content_hash,
       (select max(version) from approval_rule_sets where tenant_id = $1) as newest_rules,
       (select first_shown_at from cards where tenant_id = $1 and kind = 'approval'
            and subject_id = $2 and recipient_id = $3) as first_shown_at,
       (select coalesce(json_agg(json_build_object(
            'id', id, 'number', number, 'title', title, 'holder_id', holder_id,
            'delegate_id', delegate_id, 'escalated', escalated) order by number), '[]')::text
        from seats) as seats,
       (select coalesce(json_agg(json_build_object(
            'id', id, 'seat_id', seat_id, 'member_id', member_id, 'choice', choice,
            'conditions', conditions) order by created_at, id), '[]')::text
        from votes) as votes,
       (select coalesce(json_agg(json_build_object(
            'id', m.id, 'name', m.name, 'role', m.role, 'titles', m.titles,
            'active', m.active, 'above', m.id in (select id from above))), '[]')::text
        from members m
        where m.tenant_id = $1 and (
            m.id in ($3, q.requester_id, q.settled_by)
            or m.id in (select holder_id from seats) or m.id in (select delegate_id from seats)
            or m.id in (select member_id from votes))) as people
from approval_requests q
where q.tenant_id = $1 and q.id = $2
"""

# Everything a counted vote writes, at once. `settled` only when it ends the request ($12), and then
# its timer goes too; the command's answer is stored with what it tells.
CAST = """
with vote as (
    insert into approval_votes (tenant_id, id, created_at, request_id, seat_id, member_id, for_id,
                                choice, reason, conditions, surface, payload_hash, rule_version,
                                seconds, hasty)
    values ($1, $3, $4, $2, $5, $6, $7, $8, $9, $10::text::jsonb, $11, $13, $14, $15, $16)
),
settled as (
    update approval_requests
    set status = $12, settled_at = $4, settled_by = $6, settled_surface = $11, settled_reason = $9,
        conditions = $17::text::jsonb,
        carry_status = case when $12 = 'approved' then 'queued' else carry_status end
    where tenant_id = $1 and id = $2 and status = 'pending' and $12::text is not null
    returning id
),
heard as (
    update approval_seats set waiting = false
    where tenant_id = $1 and request_id = $2 and waiting
      and (id = $5 or exists (select from settled))
),
timer as (
    delete from timers
    where tenant_id = $1 and kind = $18 and subject_id in (select id from settled)
),
entries as (
    insert into audit_entries (tenant_id, id, created_at, verb, subject_id, body)
    select $1, e.id, e.at, e.verb, $2, e.body
    from unnest($19::uuid[], $20::text[], $21::bytea[], $28::timestamptz[]) with ordinality
        as e (id, verb, body, at, n)
    order by e.n
),
keys as (
    insert into audit_keys (tenant_id, id, created_at, subject_id, actor_id, key_id, key)
    select $1, k.id, $4, $2, k.actor_id, k.key_id, k.key
    from unnest($24::uuid[], $25::uuid[], $26::text[], $27::bytea[])
        as k (id, actor_id, key_id, key)
)
update command_results set result = $22::text::jsonb where tenant_id = $1 and command_id = $23
returning (select count(*) from settled) as settled
"""

ANSWER = """
update command_results set result = $3::text::jsonb where tenant_id = $1 and command_id = $2
"""

LAPSE = """
with gone as (
    delete from approval_votes where tenant_id = $1 and id = any($2::uuid[]) returning seat_id
)
update approval_seats s set waiting = true from gone where s.tenant_id = $1 and s.id = gone.seat_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotSeat:
    id: UUID
    number: int
    title: str
    holder_id: UUID | None
    delegate_id: UUID | None
    escalated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotVote:
    id: UUID
    seat_id: UUID
    member_id: UUID
    choice: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotPerson:
    id: UUID
    name: str
    role: str
    titles: frozenset[str]
    active: bool
    above: bool
    """Whether they stand somewhere above the requester."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DealNow:
    """The deal as it stands, held until the transaction ends."""

    stage: str
    amount: Decimal | None
    currency: str
    close_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftNow:
    """An action and its draft as they stand, held until the transaction ends."""

    action_status: str
    draft_status: str
    revision: int
    content_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """A locked request with everything a decision on it is judged by."""

    request_id: UUID
    type: str
    status: str
    requester_id: UUID
    deal_id: UUID | None
    action_id: UUID | None
    payload: Mapping[str, Any]
    payload_hash: str
    basis: Mapping[str, Any]
    rule_version: int
    route: Mapping[str, Any]
    needed: int
    expires_at: datetime | None
    settled_by: UUID | None
    settled_at: datetime | None
    settled_reason: str | None
    auto_template: str | None
    deal: DealNow | None
    draft: DraftNow | None
    newest_rules: int
    first_shown_at: datetime | None
    """When the decider's own card was first seen on their surface."""
    seats: tuple[BallotSeat, ...]
    votes: tuple[BallotVote, ...]
    people: Mapping[UUID, BallotPerson]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVote:
    """A vote to be written, and what it settles (`settles` None: more votes are needed)."""

    id: UUID
    at: datetime
    request_id: UUID
    seat_id: UUID
    member_id: UUID
    for_id: UUID | None
    choice: str
    reason: str
    conditions: Sequence[str]
    surface: str
    payload_hash: str
    rule_version: int
    seconds: Decimal | None
    hasty: bool
    settles: str | None
    all_conditions: Sequence[str] = ()
    timer: str
    command_id: str
    answer: Mapping[str, Any] = field(default_factory=dict)


async def lock_ballot(tx: Tx, request_id: UUID) -> bool:
    """Hold the request until the transaction ends; False when there is none."""
    held = await (await raw_connection(tx)).fetchval(LOCK, tx.tenant_id, request_id)
    return held is not None


async def get_ballot(tx: Tx, request_id: UUID, decider_id: UUID) -> Ballot | None:
    """What a decision is judged by. Call it with the request locked."""
    row = await (await raw_connection(tx)).fetchrow(BALLOT, tx.tenant_id, request_id, decider_id)
    if row is None:
        return None
    return Ballot(
        request_id=request_id,
        type=row["type"],
        status=row["status"],
        requester_id=row["requester_id"],
        deal_id=row["deal_id"],
        action_id=row["action_id"],
        payload=json.loads(row["payload"]),
        payload_hash=row["payload_hash"],
        basis=json.loads(row["basis"]),
        rule_version=row["rule_version"],
        route=json.loads(row["route"]),
        needed=row["needed"],
        expires_at=row["expires_at"],
        settled_by=row["settled_by"],
        settled_at=row["settled_at"],
        settled_reason=row["settled_reason"],
        auto_template=row["auto_template"],
        deal=_deal(row),
        draft=_draft(row),
        newest_rules=row["newest_rules"] or 1,
        first_shown_at=row["first_shown_at"],
        seats=tuple(_seat(seat) for seat in json.loads(row["seats"])),
        votes=tuple(_vote(vote) for vote in json.loads(row["votes"])),
        people={person.id: person for person in map(_person, json.loads(row["people"]))},
    )


async def cast_vote(tx: Tx, vote: NewVote, entries: Sequence[AuditRow]) -> bool:
    """Write the vote, what it settles, the audit entries and the command's answer. Says whether
    the request is settled by it."""
    told = [entry for entry in entries if entry.key is not None]
    settled = await (await raw_connection(tx)).fetchval(
        CAST,
        tx.tenant_id,
        vote.request_id,
        vote.id,
        vote.at,
        vote.seat_id,
        vote.member_id,
        vote.for_id,
        vote.choice,
        vote.reason,
        json.dumps(list(vote.conditions)),
        vote.surface,
        vote.settles,
        vote.payload_hash,
        vote.rule_version,
        vote.seconds,
        vote.hasty,
        json.dumps(list(vote.all_conditions)),
        vote.timer,
        [entry.id for entry in entries],
        [entry.verb for entry in entries],
        [entry.body for entry in entries],
        json.dumps(dict(vote.answer)),
        vote.command_id,
        [entry.id for entry in told],
        [entry.actor_id for entry in told],
        [entry.key_id for entry in told],
        [entry.key for entry in told],
        [entry.at for entry in entries],
    )
    return bool(settled)


async def set_answer(tx: Tx, command_id: str, answer: Mapping[str, Any]) -> None:
    """Store what the claimed command answers."""
    await (await raw_connection(tx)).execute(
        ANSWER, tx.tenant_id, command_id, json.dumps(dict(answer))
    )


async def drop_votes(tx: Tx, vote_ids: Sequence[UUID]) -> None:
    """Take back votes that no longer stand."""
    await (await raw_connection(tx)).execute(LAPSE, tx.tenant_id, list(vote_ids))


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _seat(row: Mapping[str, Any]) -> BallotSeat:
    return BallotSeat(
        id=UUID(row["id"]),
        number=row["number"],
        title=row["title"],
        holder_id=_id(row["holder_id"]),
        delegate_id=_id(row["delegate_id"]),
        escalated=row["escalated"],
    )


def _vote(row: Mapping[str, Any]) -> BallotVote:
    return BallotVote(
        id=UUID(row["id"]),
        seat_id=UUID(row["seat_id"]),
        member_id=UUID(row["member_id"]),
        choice=row["choice"],
        conditions=tuple(row["conditions"]),
    )


def _person(row: Mapping[str, Any]) -> BallotPerson:
    return BallotPerson(
        id=UUID(row["id"]),
        name=row["name"],
        role=row["role"],
        titles=frozenset(row["titles"]),
        active=row["active"],
        above=row["above"],
    )


def _deal(row: Mapping[str, Any]) -> DealNow | None:
    if not row["has_deal"]:
        return None
    return DealNow(
        stage=row["deal_stage"],
        amount=row["deal_amount"],
        currency=row["deal_currency"],
        close_date=row["deal_close_date"],
    )


def _draft(row: Mapping[str, Any]) -> DraftNow | None:
    if row["draft_status"] is None:
        return None
    return DraftNow(
        action_status=row["action_status"],
        draft_status=row["draft_status"],
        revision=row["draft_revision"],
        content_hash=row["content_hash"],
    )
