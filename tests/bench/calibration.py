"""What must not grow: counting one more outcome, however many there were before."""

import time
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import asyncpg
from sqlalchemy import select

from db.models.outcomes import Outcome
from db.session import Database
from services.calibration.counting import recount
from tests.bench.report import Row, in_rounds
from tests.bench.world import House, RandomIds, WallClock, open_desk

FEW, MANY = 1_000, 1_000_000
OUTCOMES, WARM = 220, 20
# Ids in order, so that filling a million takes seconds; the last digit still takes turns.
FILL = """insert into outcomes (
    tenant_id, id, created_at, action_id, kind, event, action_type, lineage, predicted, edited,
    status, score, counted, window_ends_at, resolved_at, source, extended)
select $1, i, now(), i, 'email_engagement', 'human reply within 7 days',
       'send_routine_response', 'bench', p, n % 5 = 0,
       case when y = 1 then 'positive' else 'expired' end, y, y, now(), now(), 'automatic', 0
from (
    select n, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as i,
           (n * 7919 % 10001)::numeric / 10000 as p,
           case when n * 104729 % 10007 < n * 7919 % 10001 then 1 else 0 end as y
    from generate_series(1::bigint, $2::bigint) n) made"""
# What is changed is held to its action; the rest of the million stands for itself.
ACTIONS = """insert into actions (tenant_id, id, created_at, type, status, trigger, verdict,
    reasons, confidence, confidence_reason)
select $1, unnest($2::uuid[]), now(), 'send_routine_response', 'done', 'mail', 'approval_required',
       '[]', 0.5, ''"""
SUM = """insert into calibration_bins (
    tenant_id, id, created_at, action_type, kind, lineage, edited, half, bin, count,
    predicted_sum, score_sum, square_sum, predicted_square_sum, product_sum)
select tenant_id, gen_random_uuid(), now(), action_type, kind, lineage, edited,
       case when right(id::text, 1) in ('1','3','5','7','9','b','d','f') then 1 else 0 end,
       greatest(ceil(predicted * 10)::int - 1, 0), count(*), sum(predicted), sum(score),
       sum((predicted - score) ^ 2), sum(predicted ^ 2), sum(predicted * score)
from outcomes where tenant_id = $1 group by 1, 4, 5, 6, 7, 8, 9"""


@dataclass(slots=True)
class _Tenant:
    database: Database
    tenant: UUID
    size: int

    async def count(self, number: int) -> float:
        """Milliseconds for one outcome that gets another score: its row is held, the old score
        leaves its bin, the new one comes in, and all is committed."""
        outcome_id = _id(number, self.size)
        started = time.perf_counter()
        async with self.database.transaction(self.tenant) as tx:
            query = select(Outcome).where(Outcome.id == outcome_id).with_for_update()
            held = (await tx.session.scalars(query)).one()
            held.score = Decimal(1) - (held.score or 0)
            await recount(tx, held, clock=WallClock(), ids=RandomIds())
        return (time.perf_counter() - started) * 1000


def _id(number: int, outcomes: int) -> UUID:
    """Of the outcomes, spread over all of them; 997 has no factor in common with how many."""
    return UUID(f"00000000-0000-7000-8000-{number * 997 % outcomes + 1:012x}")


async def measure_counting(house: House) -> Row:
    """Two tenants of one database take turns, outcome by outcome."""
    database = Database(house.embedded.runtime_url)
    few = await _filled(house, database, "T0FEWCAL", FEW)
    many = await _filled(house, database, "T0MANYCAL", MANY)
    small, large = [], []
    for number in range(OUTCOMES):
        small.append(await few.count(number))
        large.append(await many.count(number))
    await database.close()
    return Row(
        name=f"calibration update, {MANY:,} past outcomes",
        unit="ms",
        ours=in_rounds(large[WARM:]),
        theirs=in_rounds(small[WARM:]),
        beside=f"the same with {FEW:,}: one outcome's old score out, its new one in, committed",
        means="One outcome gets another score, and the sums by which stated probabilities are "
        "judged follow. They are kept as sums, so the past is not read again.",
        budget=1.2,
    )


async def _filled(house: House, database: Database, team: str, outcomes: int) -> _Tenant:
    tenant = (await open_desk(database, house.keys, team=team)).tenant_id
    admin = await asyncpg.connect(house.embedded.admin_url, database="understudy")
    await admin.execute("set session_replication_role = replica")
    await admin.execute(FILL, tenant, outcomes)
    await admin.execute(ACTIONS, tenant, [_id(number, outcomes) for number in range(OUTCOMES)])
    await admin.execute(SUM, tenant)
    await admin.execute("analyze outcomes, calibration_bins")
    await admin.close()
    return _Tenant(database, tenant, outcomes)
