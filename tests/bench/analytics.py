"""What must not grow with the years: counting one day anew, and making a page of four weeks."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from db.session import Database
from services.analytics.counting import CountingService
from services.analytics.figures import figures
from services.analytics.marking import mark_days
from tests.bench.report import Row, in_rounds
from tests.bench.world import NOW, House, RandomIds, WallClock, open_desk

FEW, MANY = 10_000, 1_000_000
A_DAY = 200
DAYS_COUNTED, WARM = 35, 5
# Of ten members and four types; of each action its effect and its prediction.
FILL = (
    """insert into members (tenant_id, id, created_at, email, name, role, function, timezone,
        active, preferences, titles)
    select $1::uuid, md5($1::uuid || '' || n)::uuid, $2::timestamptz, n || '@bench.example',
        'M', 'rep', 'sales', 'UTC', true, '{}', '[]' from generate_series(0, 9) n
    where $3::int > 0 and $4::int > 0""",
    """insert into actions (tenant_id, id, created_at, type, status, owner_id, trigger, verdict,
        reasons, confidence, confidence_reason, level, lineage, decided_at, decided_by,
        decided_surface, decided_revision)
    select $1::uuid, md5($1::uuid || '' || 'a' || n)::uuid, at, 'type_' || n % 4,
        (array['done', 'done', 'rejected', 'voided'])[1 + n % 4], who, 'mail',
        'approval_required', '[]', 0.5, '', 'approve', '', at + interval '5 minutes', who,
        'slack', 1
    from (select n, md5($1::uuid || '' || n % 10)::uuid as who,
            $2::timestamptz - n / $4::int * interval '1 day'
                - n % $4::int * interval '1 minute' as at
          from generate_series(0, $3::int - 1) n) x""",
    """insert into effects (tenant_id, id, created_at, action_id, kind, revision, status, due_at,
        claimed_at, settled_at, looks, result)
    select tenant_id, id, created_at, id, 'send_draft', 1, 'done', created_at, created_at,
        created_at, 0, '{}' from actions where tenant_id = $1::uuid and status = 'done'
        and $2::timestamptz >= created_at and $3::int > 0 and $4::int > 0""",
    """insert into outcomes (tenant_id, id, created_at, action_id, kind, event, predicted, edited,
        status, window_ends_at, source)
    select tenant_id, id, created_at, id, 'email_engagement', 'reply', 0.5, false, 'positive',
        created_at, 'automatic' from actions where tenant_id = $1::uuid and status = 'done'
        and $2::timestamptz >= created_at and $3::int > 0 and $4::int > 0""",
)
DAYS = """
insert into learning_days (tenant_id, id, created_at, changed_at, day, member_id, action_type,
    proposed, unchanged, edited, rejected, handled, overtaken, undone, sent, by_itself, answered,
    expired, negative, ambiguous, undelivered, open, timed, seconds, answers_timed, answer_seconds,
    good, bad, requests)
select $1::uuid, gen_random_uuid(), $2::timestamptz, $2::timestamptz, $2::timestamptz::date - d,
    md5($1::uuid || '' || m)::uuid,
    'type_' || t, 5, 2, 1, 1, 0, 1, 0, 3, 0, 2, 1, 0, 0, 0, 0, 3, 900, 2, 9000, 1, 0, 0
from generate_series(0, $3::int / $4::int) d, generate_series(0, 9) m, generate_series(0, 3) t
"""


async def measure_analytics(house: House) -> list[Row]:
    """Two tenants of one database take turns. A day has as many actions in both."""
    database = Database(house.embedded.runtime_url)
    noon = NOW.astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    few = await _filled(house, database, "T0SHORT", FEW, noon)
    many = await _filled(house, database, "T0LONG", MANY, noon)
    counts: dict[UUID, list[float]] = {few: [], many: []}
    pages: dict[UUID, list[float]] = {few: [], many: []}
    for number in range(DAYS_COUNTED):
        for tenant in (few, many):
            counts[tenant].append(await _count(database, tenant, noon - timedelta(days=number)))
            pages[tenant].append(await _page(database, tenant, noon))
    await database.close()
    return [
        _row(
            f"a day's figures counted anew, {MANY:,} past actions",
            counts[many],
            counts[few],
            "What became of one day's actions is counted from the tables, by night and after "
            "changes: years of other days may not slow it down.",
        ),
        _row(
            f"a page of four weeks' figures, {MANY:,} past actions",
            pages[many],
            pages[few],
            "What the team's page reads: sums of days that were counted before.",
        ),
    ]


def _row(name: str, ours: list[float], theirs: list[float], means: str) -> Row:
    return Row(
        name=name,
        unit="ms",
        ours=in_rounds(ours[WARM:]),
        theirs=in_rounds(theirs[WARM:]),
        beside=f"the same with {FEW:,}; {A_DAY} actions a day in both, taking turns",
        means=means,
        budget=1.5,
    )


async def _filled(
    house: House, database: Database, team: str, actions: int, noon: datetime
) -> UUID:
    tenant = (await open_desk(database, house.keys, team=team)).tenant_id
    # Row-level security holds for the owner too; only the superuser may fill a tenant from outside.
    admin = await asyncpg.connect(house.embedded.admin_url, database="understudy")
    # No key is looked up for what is made from the tables themselves.
    await admin.execute("set session_replication_role = replica")
    for fill in (*FILL, DAYS):
        await admin.execute(fill, tenant, noon, actions, A_DAY, timeout=120)
    await admin.execute("analyze members, actions, effects, outcomes, learning_days")
    await admin.close()
    return tenant


async def _count(database: Database, tenant: UUID, day: datetime) -> float:
    clock, ids = WallClock(), RandomIds()
    async with database.transaction(tenant) as tx:
        await mark_days(tx, [day.date()], clock=clock, ids=ids)
    started = time.perf_counter()
    changed = await CountingService(db=database, clock=clock, ids=ids).count(tenant, day.date())
    took = (time.perf_counter() - started) * 1000
    if not changed:
        raise SystemExit("a marked day was not counted")
    return took


async def _page(database: Database, tenant: UUID, noon: datetime) -> float:
    """What the team's page reads: the sums, by member, by type and by week, and the four weeks
    before."""
    last = noon.date()
    first, before = last - timedelta(days=27), last - timedelta(days=55)
    started = time.perf_counter()
    async with database.read(tenant) as tx:
        await figures(tx, None, first, last)
        await figures(tx, None, before, first - timedelta(days=1))
        await figures(tx, None, first, last, by="type")
        await figures(tx, None, first, last, by="week")
        found = await figures(tx, None, first, last, by="member")
    took = (time.perf_counter() - started) * 1000
    if not found:
        raise SystemExit("no figures were found")
    return took
