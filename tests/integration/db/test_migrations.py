"""The migrations end where the models stand, go both ways, and carry what people had along."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.embedded import OWNER_ROLE, EmbeddedDatabase
from bot.migrate import SchemaState, downgrade, migrate, schema_state
from db.base import Base
from db.models import all as models
from db.models.cards import Card
from db.models.directories import Timer
from db.models.mailboxes import Mailbox
from db.models.outcomes import Outcome
from db.models.tenants import Member, Tenant
from db.session import Database, async_url
from migrations.rolling import READ_NEED, needed_code, needs_code
from services.reach import GATED, holds_back
from tests.conftest import database_url

VERSIONS = Path(__file__).parents[3] / "migrations" / "versions"
MAY, NOW = datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 11, 21, 9, tzinfo=UTC)
assert models.__all__

# What the catalogue says a schema is. Names of constraints are the migrations' own affair.
SHAPE = """
select 'column' as part, c.relname as name,
    a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull as definition
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0
    and not a.attisdropped
union all
select 'constraint', conrelid::regclass::text, pg_get_constraintdef(oid)
from pg_constraint where connamespace = 'public'::regnamespace
union all
select 'index', tablename, regexp_replace(indexdef, 'INDEX \\S+ ON', 'INDEX ON')
from pg_indexes where schemaname = 'public'
"""


async def shape(url: str) -> set[tuple[str, str, str]]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(SHAPE)
    await connection.close()
    return {tuple(row) for row in rows if row["name"] != "alembic_version"}


async def count_left(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    left = await connection.fetch(
        "select relname from pg_class c join pg_namespace n on n.oid = relnamespace "
        "where relkind in ('r', 'S', 'v') and nspname in ('public', 'jobs')"
    )
    await connection.close()
    return {row["relname"] for row in left}


@pytest.fixture
async def empty(postgres: EmbeddedDatabase) -> AsyncIterator[EmbeddedDatabase]:
    """The owner's and the runtime's way to a database in which nothing is yet."""
    name = f"t_{uuid4().hex}"
    admin = await asyncpg.connect(postgres.admin_url)
    await admin.execute(f"create database {name} owner {OWNER_ROLE} strategy file_copy")
    yield EmbeddedDatabase(
        runtime_url=database_url(postgres.runtime_url, name),
        owner_url=database_url(postgres.owner_url, name),
        admin_url=database_url(postgres.admin_url, name),
        pid=postgres.pid,
    )
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def test_the_newest_revision_is_what_the_models_say(
    owner_url: str, empty: EmbeddedDatabase
) -> None:
    engine = create_async_engine(async_url(empty.owner_url))
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()
    migrated, modelled = await shape(owner_url), await shape(empty.owner_url)
    assert len(modelled) > 500
    assert migrated - modelled == set()
    assert modelled - migrated == set()


async def test_down_to_nothing_and_up_again(owner_url: str) -> None:
    assert await schema_state(owner_url) is SchemaState.CURRENT
    before = await shape(owner_url)
    await downgrade(owner_url)
    assert await schema_state(owner_url) is SchemaState.BEHIND
    assert await count_left(owner_url) <= {"alembic_version"}
    await migrate(owner_url)
    assert await schema_state(owner_url) is SchemaState.CURRENT
    assert await shape(owner_url) == before


async def test_an_older_release_tells_how_far_it_has_been_overtaken(owner_url: str) -> None:
    """What a process of the release before finds, started anew while an upgrade rolls."""
    newest = max(path.name[:4] for path in VERSIONS.glob("*.py"))
    connection = await asyncpg.connect(owner_url)

    async def said(revision: str, needs: str | None) -> SchemaState:
        comment = f"'needs code of {needs}'" if needs else "null"
        await connection.execute(f"comment on table alembic_version is {comment}")
        await connection.execute("update alembic_version set version_num = $1", revision)
        return await schema_state(owner_url)

    assert await said(newest, None) is SchemaState.CURRENT
    assert await said("0027", None) is SchemaState.BEHIND
    assert await said("9001", None) is SchemaState.AHEAD
    assert await said("9001", newest) is SchemaState.AHEAD
    assert await said("9001", "9000") is SchemaState.TOO_FAR_AHEAD
    await connection.close()


async def test_a_migration_writes_which_code_it_needs(owner_url: str) -> None:
    engine = create_async_engine(async_url(owner_url))
    async with engine.begin() as connection:
        for given in ("0031", None):
            await connection.run_sync(_say_needs, given)
            found = await connection.scalar(text(READ_NEED))
            assert needed_code(found) == given
    await engine.dispose()


def _say_needs(connection: Connection, revision: str | None) -> None:
    with Operations.context(MigrationContext.configure(connection)):
        needs_code(revision)


async def _write(connection: asyncpg.Connection, table: str, **values: Any) -> UUID:
    names, places = ", ".join(values), ", ".join(f"${n}" for n in range(1, len(values) + 1))
    await connection.execute(f"insert into {table} ({names}) values ({places})", *values.values())
    return values.get("id") or values["tenant_id"]


async def _a_workspace_of_old(connection: asyncpg.Connection, team: str, *, token: bool) -> UUID:
    """As revision 0002 kept it: two members, one of whom has left, a mailbox and a card."""
    tenant = uuid4()
    await connection.execute("select set_config('app.tenant_id', $1, false)", str(tenant))
    await _write(
        connection,
        "tenants",
        tenant_id=tenant,
        created_at=MAY,
        team_id=team,
        name=team,
        bot_user_id="U0BOT",
        bot_token=b"sealed" if token else None,
        settings="{}",
        installed_at=MAY,
    )
    await _write(connection, "workspace_directory", team_id=team, tenant_id=tenant)
    row = {"tenant_id": tenant, "created_at": MAY}
    for name in ("maya", "left"):
        member = await _write(
            connection,
            "members",
            **row,
            id=uuid4(),
            email=f"{name}@{team}.example".lower(),
            name=name,
            role="rep",
            function="sales",
            titles="[]",
            timezone="Europe/Berlin",
            active=name != "left",
            preferences="{}",
        )
        await _write(
            connection,
            "mailboxes",
            **row,
            id=uuid4(),
            member_id=member,
            address=f"{name}@{team}.example".lower(),
            is_system=False,
            status="connected",
            credentials=b"sealed",
        )
        await _write(
            connection,
            "cards",
            **row,
            id=uuid4(),
            kind="mail",
            subject_id=uuid4(),
            recipient_id=member,
            surface="slack",
            wanted_rev=1,
            delivered_rev=1,
            shown="{}",
        )
        await _predict(connection, row, member, waits=name == "maya")
    return tenant


async def _predict(
    connection: asyncpg.Connection, row: dict[str, Any], member: UUID, *, waits: bool
) -> None:
    """A mail of theirs, with a prediction that waits behind its timer or has expired."""
    action = await _write(
        connection,
        "actions",
        **row,
        id=uuid4(),
        type="send_routine_response",
        status="done",
        owner_id=member,
        trigger="mail",
        verdict="approval_required",
        reasons="[]",
        confidence=Decimal("0.7"),
        confidence_reason="",
    )
    outcome = await _write(
        connection,
        "outcomes",
        **row,
        id=uuid4(),
        action_id=action,
        kind="email_engagement",
        event="human reply within 7 days",
        predicted=Decimal("0.7"),
        edited=False,
        status="pending" if waits else "expired",
        source="automatic",
        window_ends_at=MAY,
    )
    if waits:
        timer = {"kind": "outcome.window", "subject_id": outcome, "due_at": MAY}
        await _write(connection, "timers", tenant_id=row["tenant_id"], **timer)


async def test_who_got_cards_before_an_update_gets_them_after(empty: EmbeddedDatabase) -> None:
    await migrate(empty.owner_url, "0002")
    connection = await asyncpg.connect(empty.owner_url)
    kept = await _a_workspace_of_old(connection, "T0KEPT", token=True)
    removed = await _a_workspace_of_old(connection, "T0GONE", token=False)
    await connection.close()
    await migrate(empty.owner_url)
    assert await schema_state(empty.owner_url) is SchemaState.CURRENT
    database = Database(empty.runtime_url, pool_size=1)
    for tenant_id in (kept, removed):
        async with database.read(tenant_id) as tx:
            tenant = (await tx.session.scalars(select(Tenant))).one()
            members = {m.name: m for m in await tx.session.scalars(select(Member))}
            boxes = (await tx.session.scalars(select(Mailbox))).all()
            cards = (await tx.session.scalars(select(Card))).all()
            outcomes = (await tx.session.scalars(select(Outcome).order_by(Outcome.status))).all()
            due = (await tx.session.scalars(select(Timer.kind))).all()
        assert (tenant.paused_at is None) == (tenant_id == kept)
        assert tenant.admin_wanted is False
        assert members["maya"].enabled_at == MAY
        assert {holds_back(members["maya"], tenant, kind, NOW) for kind in GATED} == {None}
        assert holds_back(members["left"], tenant, "mail", NOW) is not None
        assert [(box.via, box.status, box.aliases) for box in boxes] == [
            ("file", "connected", [])
        ] * 2
        assert [(card.held_rev, card.rolled_up_at, card.fresh_rev) for card in cards] == [
            (None, None, 0)
        ] * 2
        assert [(one.status, one.score, one.action_type) for one in outcomes] == [
            ("expired", 0, "send_routine_response"),
            ("pending", None, "send_routine_response"),
        ]
        assert {one.member_id for one in outcomes} == {one.id for one in members.values()}
        assert "outcome.sweep.7d" in due, "the sweep finds them, and counts what is over"
        assert "outcome.window" not in due
    await database.close()
    # And back: nothing of theirs is lost on the way down.
    await downgrade(empty.owner_url, "0002")
    connection = await asyncpg.connect(empty.admin_url)
    assert await connection.fetchval("select count(*) from members") == 4
    assert await connection.fetchval("select count(*) from cards") == 4
    assert await connection.fetchval("select count(*) from outcomes") == 4
    waiting = await connection.fetchval("select count(*) from timers where kind = 'outcome.window'")
    assert waiting == 2
    await connection.close()


async def test_every_step_down_can_be_taken_again(empty: EmbeddedDatabase) -> None:
    """With rows in place: a step that only works on empty tables is found here."""
    await migrate(empty.owner_url, "0002")
    connection = await asyncpg.connect(empty.owner_url)
    await _a_workspace_of_old(connection, "T0KEPT", token=True)
    await connection.close()
    steps = sorted(path.name[:4] for path in VERSIONS.glob("*.py") if path.name[:4] > "0002")
    for step in steps:
        await migrate(empty.owner_url, step)
        await downgrade(empty.owner_url, "-1")
        await migrate(empty.owner_url, step)
    assert await schema_state(empty.owner_url) is SchemaState.CURRENT
