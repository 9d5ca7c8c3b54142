"""The product as bot/wiring.py puts it together, over a filled database: only Slack, Gmail and the
model are fakes, so that what is measured is ours and PostgreSQL's."""

import json
import secrets
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import asyncpg

from bot.adapters.gmail import GmailGateways
from bot.adapters.slack import SlackChats
from bot.config import Settings
from bot.wiring import Others, Runtime, build, verbs_of
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import raw_connection
from handlers.verbs import Verbs
from services.errors import ServiceError
from services.intake import Arrival, Intake
from services.mail.compose import compose
from services.mail.parse import parse
from services.offline.model import OfflineModel
from services.ports import MailGateway, StoredMail
from services.search.finding import SearchService
from services.types.ids import MemberId, TenantId
from services.types.mail import Address
from services.types.people import Actor, Role
from services.vault import Vault, generate
from tests.fakes.chat import FakeChat
from tests.fakes.embeddings import FakeEmbeddings
from tests.fakes.mail import FakeMail
from tests.scale.size import Size

NEXT = """
select id, entrypoint, convert_from(payload, 'utf8') as body from jobs.pgqueuer
where status = 'queued' and convert_from(payload, 'utf8')::jsonb ->> 'tenant_id' = $1
  and id > $2 and entrypoint <> all($3) order by id limit 1
"""
MEMBER = "select * from members where tenant_id = $1 and slack_user_id = $2"


@dataclass
class Boxes:
    """Every mailbox of the workspace, in memory."""

    opened: dict[UUID, FakeMail] = field(default_factory=dict)

    def open(self, tokens: Any) -> MailGateway:
        return self.of(tokens.mailbox_id)

    def of(self, mailbox_id: UUID) -> FakeMail:
        if mailbox_id not in self.opened:
            # Numbers that no earlier run over the same data has given out.
            first = secrets.randbits(20)
            self.opened[mailbox_id] = FakeMail("m1@northwind.example", _ids=count(first))
        return self.opened[mailbox_id]

    def close(self) -> None:
        """Nothing is held."""


class Chats(FakeChat):
    """The workspace's Slack, whatever token is shown."""

    def with_token(self, _token: str) -> FakeChat:
        return self

    async def publish_home(self, user_id: str, view: dict[str, Any]) -> None:
        """Everybody is there."""
        self.homes[user_id] = view


@dataclass(kw_only=True)
class Product:
    """One process of ours and one workspace."""

    runtime: Runtime
    verbs: Verbs
    tenant: UUID
    size: Size
    boxes: Boxes
    chat: FakeChat
    said: Counter[str] = field(default_factory=Counter)
    """Errors that jobs ended with, in words."""

    async def actor(self, number: int) -> Actor:
        """The workspace's n-th member."""
        member = await self.member(number)
        return Actor(
            tenant_id=TenantId(self.tenant),
            member_id=MemberId(member.id),
            role=Role(member.role),
            name=member.name,
            timezone=member.timezone,
            slack_user_id=member.slack_user_id,
        )

    async def member(self, number: int) -> Member:
        async with self.runtime.database.read(self.tenant) as tx:
            connection = await raw_connection(tx)
            row = await connection.fetchrow(MEMBER, self.tenant, f"U{number}")
            return await tx.session.get_one(Member, (self.tenant, row["id"]))

    async def ask(self, sql: str, *values: object) -> Any:
        """One value out of the workspace's tables."""
        async with self.runtime.database.read(self.tenant) as tx:
            connection = await raw_connection(tx)
            return await connection.fetchval(sql, self.tenant, *values)

    # ── mail ────────────────────────────────────────────────────────────────────────────────────
    async def mail(self, company: int) -> Arrival:
        """A known contact of this company writes to member 1; nobody has looked yet."""
        async with self.runtime.database.read(self.tenant) as tx:
            raw = await raw_connection(tx)
            box = await raw.fetchval(
                "select id from mailboxes where tenant_id = $1 and address = "
                "'m1@northwind.example'",
                self.tenant,
            )
            mailbox = await tx.session.get_one(Mailbox, (self.tenant, box))
        stored = self._delivered(mailbox, company)
        return Arrival(mailbox=mailbox, stored=stored, parsed=parse(stored.raw))

    async def take_in(self, arrival: Arrival) -> UUID:
        """Find whose it is and keep it; returns the message."""
        clock, ids = self.runtime.clock, self.runtime.ids
        async with self.runtime.database.transaction(self.tenant) as tx:
            message = await Intake(clock=clock, ids=ids).store(tx, arrival)
            if message is None:
                raise SystemExit("a mail was not kept")
            return message.id

    def _delivered(self, mailbox: Mailbox, company: int) -> StoredMail:
        box, at = self.boxes.of(mailbox.id), self.runtime.clock.now()
        raw = compose(
            sender=Address(email=f"p{company}@company{company}.example", name=f"Person {company}"),
            to=[Address(email=mailbox.address)],
            subject="Security questions",
            text="Could you send me the security report by Friday?",
            date=at,
            message_id=f"<{self.runtime.ids.new().hex}@company.example>",
        )
        name = box.deliver(raw, at=at, thread_id=f"n{self.runtime.ids.new().hex}")
        return box.messages[name]

    # ── search ──────────────────────────────────────────────────────────────────────────────────
    @property
    def search(self) -> SearchService:
        """By the exact words: the store of meaning is a program of its own."""
        return replace(self.runtime.services.search.search, embeddings=FakeEmbeddings(down=True))

    # ── jobs ────────────────────────────────────────────────────────────────────────────────────
    async def drain(self, *, each: int, skip: frozenset[str] = frozenset()) -> Counter[str]:
        """Run what is queued, in turn, at most so many of a kind; the rest is dropped. What is
        refused is counted in `said`."""
        done: Counter[str] = Counter()
        after, enough = 0, set(skip)
        while (row := await self._next(after, enough)) is not None:
            after, kind = row["id"], row["entrypoint"]
            done[kind] += 1
            if done[kind] >= each:
                enough.add(kind)
            body = json.loads(row["body"])
            try:
                await self.runtime.jobs[kind](self.tenant, body)
            except ServiceError as error:
                self.said[f"{kind}: {error}"] += 1
        await self.drop_jobs()
        return done

    async def drop_jobs(self) -> None:
        async with self.runtime.database.directory() as tx:
            await (await raw_connection(tx)).execute("delete from jobs.pgqueuer")

    async def _next(self, after: int, enough: set[str]) -> asyncpg.Record | None:
        async with self.runtime.database.directory() as tx:
            connection = await raw_connection(tx)
            return await connection.fetchrow(NEXT, str(self.tenant), after, list(enough))


async def open_product(runtime_url: str, tenant: UUID, size: Size, data_dir: Path) -> Product:
    boxes, chat = Boxes(), Chats()
    runtime = await build(
        Settings(data_dir=data_dir, undo_seconds=0),
        database_url=runtime_url,
        vault=Vault.parse(generate()),
        others=Others(
            model=OfflineModel(),
            gateways=cast(GmailGateways, boxes),
            chats=cast(SlackChats, chat),
        ),
    )
    await runtime.clock.follow(runtime.database)
    return Product(
        runtime=runtime,
        verbs=verbs_of(runtime.services),
        tenant=tenant,
        size=size,
        boxes=boxes,
        chat=chat,
    )
