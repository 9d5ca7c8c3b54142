"""The whole product in this process, put together by its own composition root: real services, real
PostgreSQL, real jobs; a Gmail, a Slack and a model in memory; time that only tests move."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from typing_extensions import override

from bot.adapters.clock import DatabaseClock
from bot.config import Settings
from bot.wiring import Others, Runtime, build
from db.models.tenants import Member
from db.session import Database
from services.autonomy.earning.rule import STEPS, Steps
from services.errors import ServiceError, TransientError
from services.ports import ChatPerson
from services.types.people import Actor, Role
from tests.fakes.chat import FakeChat
from tests.fakes.mail import FakeMail, FakeMailboxes, credentials
from tests.shared import VAULT

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
QUEUED = text(
    "select id, entrypoint, convert_from(payload, 'utf8') as body from jobs.pgqueuer "
    "where status = 'queued' order by id"
)
FORGET = text("delete from jobs.pgqueuer where id = any(:jobs)")
LEFT_OUT = frozenset({"search.index", "search.rebuild"})
"""Vectors are no matter of these tests, and embedding takes its time."""
ASIDE = frozenset({"card.deliver", "audit.chain", "signals.look", "health.recompute"})
"""What may be put off until the end where only its last outcome matters."""
_ROUNDS = 400


class TestClock(DatabaseClock):
    """Stands still until a test moves it, forwards or back."""

    __test__ = False

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    @override
    def now(self) -> datetime:
        return self.at

    @override
    async def follow(self, database: Database) -> None:
        return

    def move(self, by: timedelta) -> None:
        self.at += by


class Chat(FakeChat):
    """A workspace that any token opens."""

    def with_token(self, _token: str) -> "Chat":
        return self


class Mailboxes(FakeMailboxes):
    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Product:
    """`run` are the product's own jobs; `drain` is a worker's day."""

    runtime: Runtime
    clock: TestClock
    chat: Chat
    world: Mailboxes
    refused: list[tuple[str, str]] = field(default_factory=list)
    ran: Counter[str] = field(default_factory=Counter)
    later: dict[int, datetime] = field(default_factory=dict)
    puts_off: frozenset[str] = frozenset()
    """Kinds that are done once, by `catch_up`, however often they were wanted."""
    put_off: dict[tuple[str, str], Any] = field(default_factory=dict)

    @classmethod
    async def open(
        cls,
        database_url: str,
        folder: Path,
        model: Any,
        *,
        at: datetime = TUESDAY,
        steps: Steps = STEPS,
        **settings: Any,
    ) -> "Product":
        clock, chat, world = TestClock(at), Chat(), Mailboxes()
        runtime = await build(
            Settings.model_validate({"data_dir": folder, "slack_bot_token": "xoxb-x"} | settings),
            database_url=database_url,
            vault=VAULT,
            clock=clock,
            others=Others(model=model, gateways=world, chats=chat, steps=steps),
        )
        return cls(runtime=runtime, clock=clock, chat=chat, world=world)

    @property
    def database(self) -> Database:
        return self.runtime.database

    @property
    def services(self) -> Any:
        return self.runtime.services

    async def close(self) -> None:
        await self.runtime.close()

    # ── people and mailboxes ────────────────────────────────────────────────────────────────────
    def meet(self, member: Member) -> None:
        """The member is a person in Slack."""
        self.chat.people[str(member.slack_user_id)] = ChatPerson(
            user_id=str(member.slack_user_id),
            team_id="T",
            email=member.email,
            name=member.name,
            timezone=member.timezone,
        )

    async def connect(self, tenant: UUID, member: Member) -> tuple[UUID, FakeMail]:
        mail = self.world.add(member.email)
        box = await self.services.mailboxes.add(
            tenant, member.email, credentials(member.email), member.id
        )
        await self.services.mailboxes.sync(tenant, box)
        return box, mail

    @staticmethod
    def actor(tenant: UUID, member: Member) -> Actor:
        return Actor(
            tenant_id=tenant,
            member_id=member.id,
            role=Role(member.role),
            name=member.name,
            timezone=member.timezone,
            slack_user_id=member.slack_user_id,
        )

    # ── jobs ────────────────────────────────────────────────────────────────────────────────────
    async def drain(self, *, skip: frozenset[str] = frozenset()) -> None:
        """Run all that is queued and due. What asks for a later moment waits for it."""
        for _ in range(_ROUNDS):
            async with self.database.directory() as tx:
                rows = list(await tx.session.execute(QUEUED))
            now = self.clock.now()
            due = [
                row
                for row in rows
                if row.entrypoint not in skip and self.later.get(row.id, now) <= now
            ]
            if not due:
                return
            done = [row.id for row in due if await self._run(row)]
            async with self.database.directory() as tx:
                await tx.session.execute(FORGET, {"jobs": done})
        raise AssertionError("the jobs never came to an end")

    async def _run(self, row: Any) -> bool:
        """Whether the job has ended, well or badly."""
        payload: dict[str, Any] = json.loads(row.body)
        tenant = payload.pop("tenant_id")
        self.ran[row.entrypoint] += 1
        if row.entrypoint in LEFT_OUT:
            return True
        if row.entrypoint in self.puts_off:
            self.put_off[row.entrypoint, row.body] = row
            return True
        try:
            await self.runtime.jobs[row.entrypoint](UUID(tenant) if tenant else None, payload)
        except TransientError as error:
            self.later[row.id] = self.clock.now() + (error.retry_after or timedelta(seconds=1))
            return False
        except ServiceError as error:
            self.refused.append((row.entrypoint, str(error)))
        return True

    async def catch_up(self) -> None:
        """What was put off, each thing once."""
        wanted, self.put_off, self.puts_off = self.put_off, {}, frozenset()
        for row in wanted.values():
            await self._run(row)
        await self.drain()

    async def pass_by(self, span: timedelta, *, step: timedelta) -> None:
        """Time goes on: jobs run when they are due, and the minute's tick finds what waits."""
        end = self.clock.now() + span
        while self.clock.now() < end:
            self.clock.move(min(step, end - self.clock.now()))
            await self.drain()
            await self.tick()
            await self.drain()

    async def tick(self) -> None:
        await self.services.sweeps.tick()

    # ── looking ─────────────────────────────────────────────────────────────────────────────────
    async def rows(self, tenant: UUID, sql: str, **values: Any) -> list[Any]:
        async with self.database.read(tenant) as tx:
            return list(await tx.session.execute(text(sql), values))

    async def write(self, tenant: UUID, sql: str, **values: Any) -> None:
        async with self.database.transaction(tenant) as tx:
            await tx.session.execute(text(sql), values)

    async def stands(self, tenant: UUID, *names: str) -> dict[str, str]:
        """A digest of each table's rows, so that two moments can be compared; all tables of the
        tenant unless some are named."""
        if not names:
            found = await self.rows(
                tenant,
                "select table_name from information_schema.columns "
                "where table_schema = 'public' and column_name = 'tenant_id' order by 1",
            )
            names = tuple(row[0] for row in found)
        union = " union all ".join(
            f"select '{name}', md5(coalesce(string_agg(r, ',' order by r), '')) "
            f"from (select to_jsonb(t)::text as r from {name} t where t.tenant_id = :whose) s"
            for name in names
        )
        return {row[0]: row[1] for row in await self.rows(tenant, union, whose=tenant)}
