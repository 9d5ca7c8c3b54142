"""Approvals: how many decisions a second, and what a sweep costs when very many requests wait."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from db.models.tenants import Member
from db.session import Database
from services.approvals.absences import BEGINS, ENDS, AbsenceService
from services.approvals.carry import CarryService
from services.approvals.decisions import DecisionService
from services.approvals.deps import Deps
from services.approvals.timers import ApprovalTimers
from services.approvals.timing import TIMER
from services.approvals.vacancies import VacancyService
from services.audit import AuditService
from services.sweeps import SweepService
from services.types.approvals import Seen, Surface, VoteChoice
from services.types.people import Actor, Role
from tests.bench.report import ROUNDS, Row, in_rounds
from tests.bench.world import NOW, House, RandomIds, open_desk
from tests.shared import VAULT

DECISIONS = 300
WORKERS = (1, 8)
FEW, MANY = 1_000, 100_000
TICKS = 15
DUE = 10
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ROUTE = {
    "title": "vp_sales",
    "sla": 86400,
    "remind_before": [3600],
    "escalate": ["manager", "admin"],
    "expires_after": 604800,
    "read_at_least": 10,
}
HASH = "0" * 64
# What is due first lies $9 before the due time.
FILL = """
with requests as (
    insert into approval_requests (
        tenant_id, id, created_at, type, status, urgency, risk, requester_id, percentage,
        currency, reason, evidence, competitor, payload, payload_hash, basis, rule_version,
        rule_id, route, route_sentence, needed, due_at, expires_at, level, reminded, conditions,
        carry_status, carry_attempts)
    select $1, gen_random_uuid(), $2::timestamptz, 'exception', 'pending', 'normal', 'low', $3,
           null, 'USD', 'Because.', '', '', '{"type": "exception"}', $4, '{}', 1, 'exception',
           $5::text::jsonb, 'An exception is decided by a VP of sales.', 1,
           $2::timestamptz + n * $6::interval + $9::interval, $2::timestamptz + $7::interval, 0, 0,
           '[]', 'none', 0
    from generate_series(0, $8::int - 1) n
    returning id, due_at
),
numbered as (select id, due_at, (row_number() over ())::int as n from requests),
seats as (
    insert into approval_seats (tenant_id, id, created_at, request_id, number, title, holder_id,
                                escalated, chain)
    select $1, gen_random_uuid(), $2::timestamptz, id, 1, 'vp_sales',
           ($10::uuid[])[1 + n % cardinality($10::uuid[])], false, '[]'
    from numbered
),
timers as (
    insert into timers (tenant_id, kind, subject_id, due_at)
    select $1, 'approval', id, due_at - $9::interval from numbered
)
select id, ($10::uuid[])[1 + n % cardinality($10::uuid[])] as holder_id from numbered"""
BARE = """create table bench_votes (
    id uuid primary key, request_id uuid not null, body jsonb not null)"""
BARE_REQUESTS = "create table bench_requests (id uuid primary key, status text not null)"


class MovingClock:
    """The bench's own time."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Waiting:
    """A tenant in which requests wait, and the services that work on them."""

    house: House
    database: Database
    tenant: UUID
    requester: UUID
    approvers: list[UUID]
    clock: MovingClock
    decisions: DecisionService
    vacancies: VacancyService
    sweep: SweepService

    async def fill(
        self, count: int, *, first: timedelta, apart: timedelta, remind: bool = True
    ) -> list[tuple[UUID, UUID]]:
        """So many more pending requests, each with a seat and a timer, and who holds the seat; what
        is first due of them (the reminder, else the breach) begins after `first`."""
        ahead = timedelta(hours=1) if remind else timedelta(0)
        route = ROUTE if remind else ROUTE | {"remind_before": []}
        # Row-level security holds for the owner too; only the superuser fills a tenant so fast.
        admin = await asyncpg.connect(self.house.embedded.admin_url, database="understudy")
        rows = await admin.fetch(
            FILL,
            self.tenant,
            self.clock.now() + first,
            self.requester,
            HASH,
            json.dumps(route),
            apart,
            365 * DAY,
            count,
            ahead,
            self.approvers,
        )
        await admin.execute("analyze approval_requests, approval_seats, timers")
        await admin.close()
        return [(row["id"], row["holder_id"]) for row in rows]


async def _waiting(house: House, database: Database, team: str) -> Waiting:
    desk = await open_desk(database, house.keys, team=team)
    approvers = []
    async with database.transaction(desk.tenant_id) as tx:
        for n in range(10):
            member = Member(
                tenant_id=desk.tenant_id,
                id=uuid4(),
                created_at=NOW,
                enabled_at=NOW,
                email=f"vp{n}@halden.example",
                name=f"Vera {n}",
                role="manager",
                titles=["vp_sales"],
                manager_id=approvers[0] if approvers else None,
            )
            tx.session.add(member)
            await tx.session.flush()
            approvers.append(member.id)
    clock = MovingClock()
    deps = Deps(
        clock=clock, ids=RandomIds(), audit=AuditService(database, clock, RandomIds(), VAULT)
    )
    absences = AbsenceService(db=database, deps=deps)
    vacancies = VacancyService(db=database, deps=deps)
    timers = {
        TIMER: ApprovalTimers(deps=deps).due,
        BEGINS: absences.begins,
        ENDS: absences.ends,
    }
    checks = (CarryService(db=database, deps=deps).recover, vacancies.check)
    return Waiting(
        house=house,
        database=database,
        tenant=desk.tenant_id,
        requester=desk.member_id,
        approvers=approvers,
        clock=clock,
        decisions=DecisionService(database, deps),
        vacancies=vacancies,
        sweep=SweepService(database, clock, timers, checks),
    )


# ── Decisions per second ────────────────────────────────────────────────────────────────────────
async def measure_decisions(house: House) -> list[Row]:
    """Votes that settle, each its own request, by one worker and by eight. Rounds take turns."""
    database = Database(house.embedded.runtime_url)
    place = await _waiting(house, database, "T0VOTES")
    bare = await asyncpg.create_pool(house.embedded.owner_url, min_size=8, max_size=8)
    await bare.execute(BARE)
    await bare.execute(BARE_REQUESTS)
    rows = []
    for workers in WORKERS:
        await _decisions(place, 40, workers)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(await _bare_decisions(bare, DECISIONS, workers))
            ours.append(await _decisions(place, DECISIONS, workers))
        who = "one worker" if workers == 1 else f"{workers} workers"
        rows.append(
            Row(
                name=f"approval decisions, {who}",
                unit="/s",
                ours=tuple(ours),
                theirs=tuple(theirs),
                beside="bare asyncpg that settles a row, adds a vote, and commits; not judged",
                means="A vote that settles a request: the seat, the rule and the payload are read "
                "again under its lock, then vote, status, audit entry, jobs and cards in one "
                "commit.",
            )
        )
    await bare.close()
    await database.close()
    return rows


async def _decisions(place: Waiting, count: int, workers: int) -> float:
    todo = iter(await place.fill(count, first=DAY, apart=DAY))
    started = time.perf_counter()
    await asyncio.gather(*(_vote(place, todo) for _ in range(workers)))
    return count / (time.perf_counter() - started)


async def _vote(place: Waiting, todo: Iterator[tuple[UUID, UUID]]) -> None:
    for request_id, holder_id in todo:
        actor: Any = Actor(
            tenant_id=place.tenant,  # type: ignore[arg-type]
            member_id=holder_id,  # type: ignore[arg-type]
            role=Role.MANAGER,
            name="Vera",
            timezone="UTC",
        )
        done = await place.decisions.decide(
            actor,
            request_id,
            choice=VoteChoice.APPROVE,
            reason="Fits the quarter.",
            conditions=(),
            seen=Seen(payload_hash=HASH, rule_version=1),
            surface=Surface.SLACK,
            command_id=uuid4().hex,
        )
        if done.status != "approved":
            raise SystemExit(f"a vote was not counted: {done.sentence}")


async def _bare_decisions(pool: asyncpg.Pool, count: int, workers: int) -> float:
    ids = [uuid4() for _ in range(count)]
    await pool.executemany(
        "insert into bench_requests values ($1, 'pending')", [(one,) for one in ids]
    )
    todo, body = iter(ids), json.dumps({"choice": "approve", "reason": "Fits the quarter."})

    async def settle() -> None:
        for one in todo:
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute(
                    "update bench_requests set status = 'approved' "
                    "where id = $1 and status = 'pending'",
                    one,
                )
                await connection.execute(
                    "insert into bench_votes values ($1, $2, $3)", uuid4(), one, body
                )

    started = time.perf_counter()
    await asyncio.gather(*(settle() for _ in range(workers)))
    return count / (time.perf_counter() - started)


# ── A sweep among many ──────────────────────────────────────────────────────────────────────────
async def measure_sweep(house: House) -> list[Row]:
    """What a minute's sweep of one tenant costs where a thousand requests wait, and where a hundred
    times as many do. The two tenants take turns."""
    database = Database(house.embedded.runtime_url)
    few = await _waiting(house, database, "T0FEWAIT")
    many = await _waiting(house, database, "T0MANYWAIT")
    for place, count in ((few, FEW), (many, MANY)):
        await place.fill(count, first=30 * DAY, apart=timedelta(seconds=1))
        await place.fill(DUE * TICKS, first=MINUTE, apart=MINUTE / DUE)
        await place.fill(TICKS, first=(TICKS + 1) * MINUTE, apart=MINUTE, remind=False)
    rows = []
    for name, note, budget in (
        (f"a sweep with {DUE} reminders due", "", 2.0),
        ("a sweep with a breach due", ", whose loads are counted anew", None),
    ):
        small, large = [], []
        for _ in range(TICKS):
            small.append(await _tick(few))
            large.append(await _tick(many))
        rows.append(_row(name, large, small, note=note, budget=budget))
    looks = [(await _look(few), await _look(many)) for _ in range(ROUNDS)]
    small, large = [one for one, _ in looks], [one for _, one in looks]
    note = "; once an hour, and when members change"
    rows.append(_row("looking for seats without a voice", large, small, note=note))
    await database.close()
    return rows


def _row(
    name: str,
    ours: list[float],
    theirs: list[float],
    *,
    note: str,
    budget: float | None = None,
) -> Row:
    return Row(
        name=f"{name}, {MANY:,} pending",
        unit="ms",
        ours=in_rounds(ours),
        theirs=in_rounds(theirs),
        beside=f"the same with {FEW:,} pending{note}",
        means="What the minute's sweep of one workspace costs while very many approval requests "
        "wait: it finds what is due by an index.",
        budget=budget,
    )


async def _tick(place: Waiting) -> float:
    """A minute passes; this tenant's part of the sweep. Nobody delivers cards here, so the jobs of
    before are taken away."""
    async with place.database.transaction(place.tenant) as tx:
        connection = await tx.session.connection()
        await connection.exec_driver_sql("delete from jobs.pgqueuer")
        await connection.exec_driver_sql("update cards set delivered_rev = wanted_rev")
    place.clock.at += MINUTE
    started = time.perf_counter()
    if not await place.sweep._fire_all(place.tenant, place.clock.now()):
        raise SystemExit("a sweep did not come to its end")
    for check in (place.sweep.recover, *place.sweep.checks):
        await check(place.tenant)
    return (time.perf_counter() - started) * 1000


async def _look(place: Waiting) -> float:
    place.vacancies.looks.clear()
    started = time.perf_counter()
    await place.vacancies.check(place.tenant)
    return (time.perf_counter() - started) * 1000
