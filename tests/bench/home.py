"""The Home tab of a rep with 50 accounts and 10,000 timeline items, beside its own bare SQL, and
beside the same when everybody else in the tenant has ten times as much."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import event

from blocks.home import home_view
from blocks.lint import view_faults
from db.models.tenants import Member
from db.session import Database
from services.home_filters import HomeService
from services.offline.model import OfflineModel
from services.overviews import ViewService
from services.types.ids import MemberId, TenantId
from services.types.people import Actor, Role
from tests.bench.report import Row, in_rounds
from tests.bench.world import NOW, House, RandomIds, WallClock, open_desk

ACCOUNTS, MAILS = 50, 10_000
WAITING, DONE, QUIET = 30, 400, 50
LITTLE, MUCH = 1, 10
LOOKS, WARM = 60, 10
SECTIONS = 8
EACH = 5  # mails of a conversation
# One person's work: accounts with a deal each, conversations of five mails, what waits, what left.
FILL = """
with acc as (
    insert into accounts (tenant_id, id, created_at, name, domain, industry, owner_id, health,
                          excluded)
    select $1, gen_random_uuid(), $3, $4 || ' ' || n, $4 || n || '.example', 'Industry ' || n % 9,
           $2, n % 100, false
    from generate_series(1, $5::int) n returning id
),
numbered as (select id, row_number() over () as n from acc),
dealt as (
    insert into deals (tenant_id, id, created_at, account_id, name, stage, amount, currency,
                       close_date, owner_id, version)
    select $1, gen_random_uuid(), $3, id, 'Rollout', 'evaluation', 1000 + n, 'USD',
           $3::date + (n % 90)::int, $2, 1 from numbered
)
select array_agg(id order by n) from numbered
"""
TALK = """
with conv as (
    insert into conversations (tenant_id, id, created_at, subject, account_id, responder_id, link,
                               qualification, version, head_message_id, last_message_at)
    select $1, gen_random_uuid(), $3::timestamptz, 'Rollout', ($4::uuid[])[1 + n % cardinality($4)],
           $2, 'linked', '{}', 1, gen_random_uuid(), $3::timestamptz - n * interval '40 minutes'
    from generate_series(0, $5::int - 1) n
    returning id, head_message_id, account_id, last_message_at
),
said as (
    insert into messages (tenant_id, id, created_at, conversation_id, rfc_message_id, direction,
                          kind, proof, sender, recipients, subject, refs, text, language,
                          received_at, attention, analysis, notes, attachments, body_sha256)
    select $1, case k when 0 then c.head_message_id else gen_random_uuid() end, $3, c.id,
           gen_random_uuid()::text, 'inbound', 'human', 'pass',
           '{"email": "priya@brightwell.example", "name": "Priya Shah"}', '{}', 'Rollout', '[]',
           'Does Thursday work?', 'en', c.last_message_at - k * interval '3 minutes',
           case when k = 0 then 'card' else 'quiet' end,
           '{"asks": [{"quote": "Does Thursday work?", "kind": "meeting"}]}', '[]', '[]', ''
    from conv c cross join generate_series(0, $6::int - 1) k
)
select id, head_message_id, account_id, last_message_at from conv order by last_message_at desc
"""
WORK = """
with todo as (
    select row_number() over () as n, gen_random_uuid() as draft, gen_random_uuid() as action, t.*
    from unnest($4::uuid[], $5::uuid[], $6::uuid[]) as t(conversation, message, account)
),
drafted as (
    insert into drafts (tenant_id, id, created_at, conversation_id, message_id, status, revision)
    select $1, draft, $3, conversation, message, 'ready', 1 from todo
),
acted as (
    insert into actions (tenant_id, id, created_at, type, status, account_id, conversation_id,
                         draft_id, owner_id, trigger, verdict, reasons, confidence,
                         confidence_reason, decided_at, decided_by)
    select $1, action, $3, 'send_routine_response',
           case when n <= $7::int then 'pending' else 'done' end, account, conversation, draft,
           $2, 'mail', 'approval_required', '[]', 0.6, '',
           case when n > $7 then $3::timestamptz - n * interval '2 hours' end,
           case when n > $7 then $2::uuid end
    from todo
),
left_ as (
    insert into effects (tenant_id, id, created_at, action_id, draft_id, kind, revision, status,
                         due_at, settled_at, looks, result)
    select $1, gen_random_uuid(), $3, action, draft, 'send_draft', 1, 'done', $3,
           $3::timestamptz - n * interval '2 hours', 0, '{}'
    from todo where n > $7
),
came as (
    insert into outcomes (tenant_id, id, created_at, action_id, conversation_id, kind, event,
                          predicted, edited, status, window_ends_at, resolved_at, source)
    select $1, gen_random_uuid(), $3, action, conversation, 'email_engagement', 'reply', 0.5, false,
           'positive', $3, $3::timestamptz - n * interval '1 hour', 'automatic'
    from todo where n > $7 and n % 2 = 0
)
insert into cards (tenant_id, id, created_at, kind, subject_id, recipient_id, surface, channel, ts,
                   wanted_rev, delivered_rev, shown)
select $1, gen_random_uuid(), $3, 'mail', action, $2, 'slack', 'D0BENCH', '1700.' || n, 1, 1, '{}'
from todo
"""
NAME = "select set_config('app.tenant_id', $1, true)"
TABLES = "accounts, deals, conversations, messages, drafts, actions, effects, outcomes, cards"


@dataclass
class Tab:
    """One rep's Home, and the statements it is made of."""

    database: Database
    tenant: UUID
    member: UUID
    views: ViewService
    statements: list[tuple[str, tuple[Any, ...]]]

    async def show(self) -> float:
        started = time.perf_counter()
        view = await self.views.home(self.tenant, self.member)
        if view is None:
            raise SystemExit("nobody is at home")
        shown = home_view(view)
        took = (time.perf_counter() - started) * 1000
        if view.accounts.everything != ACCOUNTS + 1 or view.inbox.total != WAITING:
            raise SystemExit(f"not what was filled in: {view.accounts.everything}")
        if view_faults(shown):
            raise SystemExit(str(view_faults(shown)))
        return took

    async def bare(self, connection: asyncpg.Connection) -> float:
        """The same statements, one after the other, and nothing around them."""
        started = time.perf_counter()
        async with connection.transaction():
            await connection.execute(NAME, str(self.tenant))
            for query, args in self.statements:
                await connection.fetch(query, *args)
        return (time.perf_counter() - started) * 1000


async def measure_home(house: House) -> list[Row]:
    """Two tenants of one database take turns."""
    database = Database(house.embedded.runtime_url)
    small = await _filled(house, database, "T0HOMELITTLE", LITTLE)
    large = await _filled(house, database, "T0HOMEMUCH", MUCH)
    bare = await asyncpg.connect(house.embedded.runtime_url)
    took: dict[str, list[float]] = {"small": [], "large": [], "bare": []}
    for _ in range(LOOKS + WARM):
        took["small"].append(await small.show())
        took["large"].append(await large.show())
        took["bare"].append(await small.bare(bare))
    await bare.close()
    await database.close()
    shown = {name: in_rounds(times[WARM:]) for name, times in took.items()}
    name = f"Home, {ACCOUNTS} accounts, {MAILS:,} timeline items"
    return [
        Row(
            name=name,
            unit="ms",
            ours=shown["small"],
            theirs=shown["bare"],
            beside=f"its {len(small.statements)} statements on a bare connection, taking turns",
            means="A rep opens the Home tab: what waits, what is news, the accounts, and the view "
            "built of them. What stands beside is the database's own part of it.",
            budget=3,
        ),
        Row(
            name=f"the same, everybody else has {MUCH} x as much",
            unit="ms",
            ours=shown["large"],
            theirs=shown["small"],
            beside=f"a tenant whose others have {MAILS:,} mails",
            means="The same Home where the colleagues' accounts, mails and decisions are ten times "
            "as many: a member's page rests on the member's own rows.",
            budget=1.2,
        ),
    ]


async def _filled(house: House, database: Database, team: str, others: int) -> Tab:
    """The rep's own work, and others' beside it."""
    desk = await open_desk(database, house.keys, team=team)
    admin = await asyncpg.connect(house.embedded.admin_url, database="understudy")
    await _work_of(admin, desk.tenant_id, desk.member_id, "mine")
    for number in range(others):
        colleague = uuid4()
        async with database.transaction(desk.tenant_id) as tx:
            tx.session.add(
                Member(
                    tenant_id=tx.tenant_id,
                    id=colleague,
                    created_at=NOW,
                    email=f"{number}@halden.example",
                    name=f"Colleague {number}",
                    role="rep",
                )
            )
        await _work_of(admin, desk.tenant_id, colleague, f"theirs{number}x")
    await admin.execute(f"analyze {TABLES}")
    await admin.close()
    await _look(database, desk.tenant_id, desk.member_id)
    views = ViewService(database, WallClock(), OfflineModel())
    tab = Tab(database, desk.tenant_id, desk.member_id, views, [])
    tab.statements = await _statements(tab)
    return tab


async def _work_of(admin: asyncpg.Connection, tenant: UUID, member: UUID, name: str) -> None:
    accounts = await admin.fetchval(FILL, tenant, member, NOW, name, ACCOUNTS)
    talk = await admin.fetch(TALK, tenant, member, NOW, accounts, MAILS // EACH, EACH)
    busy = talk[: WAITING + DONE]
    await admin.execute(
        WORK,
        tenant,
        member,
        NOW,
        [row["id"] for row in busy],
        [row["head_message_id"] for row in busy],
        [row["account_id"] for row in busy],
        WAITING,
    )


async def _look(database: Database, tenant: UUID, member: UUID) -> None:
    """The rep has been here before."""
    home = HomeService(db=database, clock=WallClock(), ids=RandomIds())
    actor = Actor(
        tenant_id=TenantId(tenant),
        member_id=MemberId(member),
        role=Role.REP,
        name="Nora Lind",
        timezone="UTC",
    )
    await home.opened(actor)
    async with database.transaction(tenant) as tx:
        connection = await tx.session.connection()
        await connection.exec_driver_sql(
            f"update home_visits set since = '{(NOW - timedelta(days=2)).isoformat()}'"
        )


async def _statements(tab: Tab) -> list[tuple[str, tuple[Any, ...]]]:
    """What a Home asks: through SQLAlchemy, and past it on the driver's own connection."""
    heard: list[tuple[str, tuple[Any, ...]]] = []
    engine = tab.database.engine

    def through(*told: Any) -> None:
        heard.append((told[2], tuple(told[3] or ())))

    def past(record: Any) -> None:
        heard.append((record.query, tuple(record.args or ())))

    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
    if raw is None:
        raise SystemExit("no connection")
    event.listen(engine.sync_engine, "before_cursor_execute", through)
    raw.add_query_logger(past)  # the pool hands out what was used last
    await tab.show()
    raw.remove_query_logger(past)
    event.remove(engine.sync_engine, "before_cursor_execute", through)
    mine = [one for one in heard if one[0].lstrip().lower().startswith(("select", "with"))]
    # Lists stand among the values, so that equal ones are found by how they are written.
    once = {repr(one): one for one in mine}.values()
    mine = [one for one in once if "set_config" not in one[0]]
    if len(mine) < SECTIONS:
        raise SystemExit(f"heard only {len(mine)} statements")
    return mine
