"""A week of one workspace in simulated time, on real parts: the whole product in this process, over
HTTP to the sandbox's Slack and Gmail. Pushes are lost, doubled and late; the product dies twice a
day in the middle of whatever it is doing. Polls are rare, so that pushes matter."""

import asyncio
import base64
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp import web
from sqlalchemy import text
from typing_extensions import override

from bot.adapters.clock import DatabaseClock
from bot.config import Settings
from bot.demo import free_port
from bot.processes import connect_workspace
from bot.wiring import Runtime, build
from db.session import Database
from sandbox.app import build as build_sandbox
from sandbox.clock import CLOCK
from sandbox.context import STORY
from sandbox.context import Settings as SandboxSettings
from sandbox.gmail.web_tools import WORLD
from sandbox.slack.core import SLACK
from services.errors import ServiceError, TransientError
from services.ports import MailboxCredentials
from services.seed_files import SeedFile
from services.seeding import SeedService
from services.vault import Vault, generate

MONDAY = datetime(2026, 11, 23, 5, tzinfo=UTC)
REPS = ("maya@brightpath.example", "tom@brightpath.example")
SECRET = "week"
FIELDS = ("token", "refresh_token", "token_uri", "client_id", "client_secret")
QUEUED = text(
    "select id, entrypoint, convert_from(payload, 'utf8') as body from jobs.pgqueuer "
    "where status = 'queued' order by id"
)
CONTACTS = (
    ("Rachel Abara", "rachel.abara@northwindfreight.example"),
    ("Joanna Pierce", "joanna.pierce@verityhealth.example"),
    ("Tobias Brückner", "tobias.brueckner@brueckner-werke.example"),
    ("Colin Frost", "colin.frost@kestrelaviation.example"),
    ("Nadia Volkova", "nadia.volkova@ardenbiologics.example"),
    ("A Stranger", "someone@elsewhere.example"),
)
WORDS = (
    "Could you send me the security report by Friday?",
    "Our budget is $48,000 and the board decides next week. Can we talk on Tuesday?",
    "Thanks, that is all I needed.",
    "Können Sie uns bitte ein Angebot für 50 Plätze schicken?",
    "👍",
    "هل يمكنك إرسال عرض السعر قبل يوم الخميس؟",
    "How does pricing work for 200 seats?\n\n> > > earlier words\n> > earlier words\n> words",
)


class SimulatedClock(DatabaseClock):
    """Stands still until the week moves it."""

    def __init__(self) -> None:
        super().__init__()
        self.at = MONDAY

    @override
    def now(self) -> datetime:
        return self.at

    @override
    async def follow(self, database: Database) -> None:
        return


@dataclass
class Week:
    database_url: str
    dice: random.Random
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    port: int = field(default_factory=free_port)
    vault: Vault = field(default_factory=lambda: Vault.parse(generate()))
    delivered: Counter[str] = field(default_factory=Counter)
    """Message-ID → in how many mailboxes it was put."""
    subjects: dict[str, str] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()
    """Kinds of jobs that are no matter of this week: dropped, not run."""
    deaths: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    _later: dict[int, datetime] = field(default_factory=dict)

    # ── the world ───────────────────────────────────────────────────────────────────────────────
    async def open(self) -> "Week":
        settings = SandboxSettings(
            bot_url=f"http://127.0.0.1:{self.port}", signing_secret=SECRET, story=STORY
        )
        self.app = build_sandbox(settings)
        self._sandbox = web.AppRunner(self.app)
        await self._sandbox.setup()
        await web.TCPSite(self._sandbox, "127.0.0.1", 0).start()
        self.url = settings.url = f"http://127.0.0.1:{self._sandbox.addresses[0][1]}"
        self.app[CLOCK].advance((MONDAY - self.app[CLOCK].moment()).total_seconds())
        self.http = aiohttp.ClientSession()
        await self.boot()
        await connect_workspace(self.runtime)
        ((_, self.tenant),) = await self.runtime.services.tenants.list_all()
        seeding = SeedService(
            db=self.runtime.database,
            clock=self.clock,
            ids=self.runtime.ids,
            audit=self.runtime.services.audit,
            farewell=self.runtime.services.rollout.members.farewell,
        )
        files = [
            SeedFile(label=path.name, stem=path.stem, data=path.read_bytes())
            for path in sorted(STORY.glob("*.csv"))
        ]
        report = await seeding.seed(self.tenant, files)
        assert not report.unreadable
        for email in REPS:
            await self._connect(email)
        await self.drain()
        await self.control(
            "push", drop=0.1, duplicate=0.2, reorder=0.3, delay=0.01, tries=2, backoff=0.05
        )
        return self

    async def _connect(self, email: str) -> None:
        async with self.http.get(f"{self.url}/control/gmail/credentials/{email}") as answer:
            given = await answer.json()
        member = await self.runtime.services.members.admit(self.tenant, email)
        assert member is not None
        held = MailboxCredentials(**{name: given[name] for name in FIELDS})
        await self.runtime.services.mailboxes.add(self.tenant, email, held, member.member_id)

    async def control(self, path: str, **body: Any) -> Any:
        async with self.http.post(f"{self.url}/control/gmail/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    # ── the product ─────────────────────────────────────────────────────────────────────────────
    async def boot(self) -> None:
        """A process starts; nothing of the one before is left but the database."""
        settings = Settings.model_validate(
            {
                "slack_bot_token": "xoxb-sandbox",
                "slack_signing_secret": SECRET,
                "slack_api_url": f"{self.url}/api/",
                "gmail_api_url": f"{self.url}/",
                "gmail_push_audience": f"http://127.0.0.1:{self.port}/gmail/push",
                "gmail_push_certs_url": f"{self.url}/oauth2/v1/certs",
                "gmail_topic": "projects/sandbox/topics/gmail",
                "port": self.port,
                "data_dir": "/tmp/understudy-week",
            }
        )
        self.runtime: Runtime = await build(
            settings, database_url=self.database_url, vault=self.vault, clock=self.clock
        )
        self._door = web.AppRunner(self.runtime.web, access_log=None)
        await self._door.setup()
        await web.TCPSite(self._door, "127.0.0.1", self.port, reuse_address=True).start()

    async def die(self) -> None:
        self.deaths += 1
        await self._door.cleanup()
        await self.runtime.close()

    async def close(self) -> None:
        await self.die()
        await self.http.close()
        await self._sandbox.cleanup()

    # ── time ────────────────────────────────────────────────────────────────────────────────────
    def move(self, by: timedelta) -> None:
        self.clock.at += by
        self.app[CLOCK].advance(by.total_seconds())

    async def live(self, hours: int, mails: int) -> None:
        """So many hours, with so many mails an hour at most while people work."""
        for hour in range(hours):
            self.move(timedelta(hours=1))
            if self.clock.at.hour in {8, 15}:
                await self._die_at_work(mails)
            if 6 < self.clock.at.hour < 20:
                await self._write(self.dice.randint(0, mails))
            await self.settled()
            if hour % 6 == 0:
                await self.poll()
            if hour % 2 == 0:
                await self.runtime.jobs["tick"](None, {})
            await self.drain()
        await self.rest()

    async def rest(self) -> None:
        """Let what is under way come to its end."""
        for _ in range(3):
            self.move(timedelta(minutes=10))
            await self.settled()
            await self.poll()
            await self.runtime.jobs["tick"](None, {})
            await self.drain()

    async def poll(self) -> None:
        await self.runtime.jobs["mailboxes.poll"](None, {})

    async def settled(self) -> None:
        """Until no push is on its way any more."""
        push = self.app[WORLD].push
        for _ in range(4000):
            if all(entry["outcome"] != "pending" for entry in push.log):
                return
            await asyncio.sleep(0.005)
        raise AssertionError("a push never came to an end")

    async def _die_at_work(self, mails: int) -> None:
        """Mail comes, the product begins to work on it and dies somewhere; more mail comes while
        nobody listens; another process starts."""
        await self._write(mails)
        await self.settled()
        await self.poll()
        for _ in range(self.dice.randint(0, 3)):
            if not await self._run_next():
                break
        work = asyncio.create_task(self._run_next())
        for _ in range(self.dice.randint(1, 120)):
            await asyncio.sleep(0)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await self.die()
        await self._write(1)
        await self.settled()
        await self.boot()
        self._later.clear()
        self.move(timedelta(minutes=2))

    # ── mail ────────────────────────────────────────────────────────────────────────────────────
    async def _write(self, count: int) -> None:
        for _ in range(count):
            name, email = self.dice.choice(CONTACTS)
            to = self.dice.sample(REPS, self.dice.choice((1, 1, 1, 2)))
            mail = self._mail(name, email, to)
            for mailbox in to:
                coded = base64.b64encode(mail.as_bytes()).decode()
                await self.control("deliver", mailbox=mailbox, eml_base64=coded, auth="pass")
                self.delivered[str(mail["Message-ID"])] += 1

    def _mail(self, name: str, email: str, to: Sequence[str]) -> EmailMessage:
        number = len(self.subjects)
        mail = EmailMessage()
        mail["From"], mail["To"] = f"{name} <{email}>", ", ".join(to)
        mail["Message-ID"] = f"<{number}.{self.dice.getrandbits(32):x}@{email.partition('@')[2]}>"
        mail["Date"] = format_datetime(self.clock.at)
        earlier = [key for key in self.subjects if key.endswith(f"@{email.partition('@')[2]}>")]
        subject = f"Question {number}"
        if earlier and self.dice.random() < 0.4:
            parent = self.dice.choice(earlier)
            mail["In-Reply-To"] = mail["References"] = parent
            subject = "Re: " + self.subjects[parent].removeprefix("Re: ")
        if self.dice.random() < 0.1:
            mail["Auto-Submitted"] = "auto-replied"
        mail["Subject"] = self.subjects[str(mail["Message-ID"])] = subject
        mail.set_content(self.dice.choice(WORDS))
        return mail

    # ── jobs ────────────────────────────────────────────────────────────────────────────────────
    async def drain(self, limit: int = 3000) -> None:
        """Run what is queued, as workers would, until nothing is due."""
        for _ in range(limit):
            if not await self._run_next():
                if not self._later:
                    return
                self.move(max(min(self._later.values()) - self.clock.at, timedelta(0)))
        raise AssertionError("the jobs never came to an end")

    async def _run_next(self) -> bool:
        async with self.runtime.database.directory() as tx:
            rows = list(await tx.session.execute(QUEUED))
        now = self.clock.at
        self._later = {row.id: due for row in rows if (due := self._later.get(row.id))}
        row = next((row for row in rows if self._later.get(row.id, now) <= now), None)
        if row is None:
            return False
        body = json.loads(row.body)
        try:
            if row.entrypoint not in self.aside:
                await self._run(row.entrypoint, body)
        except TransientError as error:
            self._later[row.id] = now + (error.retry_after or timedelta(seconds=1))
            return True
        except ServiceError as error:
            self.refused.append((row.entrypoint, str(error)))
        async with self.runtime.database.directory() as tx:
            await tx.session.execute(
                text("delete from jobs.pgqueuer where id = :job"), {"job": row.id}
            )
        return True

    async def _run(self, kind: str, body: Mapping[str, Any]) -> None:
        payload = dict(body)
        tenant = payload.pop("tenant_id")
        await self.runtime.jobs[kind](UUID(tenant) if tenant else None, payload)

    # ── looking ─────────────────────────────────────────────────────────────────────────────────
    async def rows(self, sql: str) -> list[Any]:
        async with self.runtime.database.read(self.tenant) as tx:
            return list(await tx.session.execute(text(sql)))

    def drafts(self) -> list[list[str]]:
        """Each rep's drafts in Gmail, by the header that names ours."""
        boxes = [self.app[WORLD].store.mailbox(email) for email in REPS]
        return [
            [
                message_from_bytes(m.raw)["X-Understudy-Draft"]
                for m in box.messages.values()
                if m.draft_id
            ]
            for box in boxes
        ]

    def sent(self) -> int:
        return len(self.app[WORLD].delivery.sent)

    def pushes(self) -> Counter[str]:
        """How many pushes ended how."""
        return Counter(entry["outcome"] for entry in self.app[WORLD].push.log)

    def posted(self) -> Counter[str]:
        """Card id → how many messages carry it."""
        found: Counter[str] = Counter()
        for channel in self.app[SLACK].workspace.channels.values():
            for message in channel.messages:
                payload = (message.metadata or {}).get("event_payload") or {}
                if "id" in payload:
                    found[str(payload["id"])] += 1
        return found
