"""A quarter of a tenant with many accounts in simulated time, on real PostgreSQL: their stories are
stored as mail, deals and meetings, scans look every few days, people say what they think of alerts,
and cards are delivered to a Slack in memory.

`stormy`: every scan is begun twice and worked on by two processes, one of which dies again and
again in the middle of a look. Nothing may come out otherwise.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from bot.wiring_signals import signal_services
from db.models.cards import Card
from db.models.conversations import Conversation, Message
from db.models.signals import Scan, Signal
from db.models.tenants import Member
from db.session import Database, Tx
from services.errors import ServiceError, TransientError
from services.model_calls import ModelCallService
from services.offline.model import OfflineModel
from services.signals.looking import LEASE
from services.signals.scans import SignalScanService
from services.types.alerts import CARD as ALERT
from tests import factories as make
from tests.integration.services.alert_desk import AlertDesk, make_alert_desk
from tests.integration.services.mortality import Crash, MortalDatabase, Mortality
from tests.integration.services.quarter_rows import (
    PEOPLE,
    Life,
    call_off,
    change_deal,
    mail_of,
    named_champion,
)
from tests.integration.services.quarter_script import BEFORE, STORIES, cast, tell

MONDAY = datetime(2027, 1, 4, 0, tzinfo=UTC)
QUEUED = text(
    "select id, entrypoint, convert_from(payload, 'utf8') as body from jobs.pgqueuer "
    "where status = 'queued' order by id"
)
FORGET = text("delete from jobs.pgqueuer where id = any(:jobs)")
_ROUNDS = 12


@dataclass
class Quarter:
    desk: AlertDesk
    database_url: str
    seed: int
    accounts: int
    days: int
    stormy: bool = False
    reps: int = 1
    lives: list[Life] = field(default_factory=list)
    looks: int = 0
    scans: int = 0
    deaths: int = 0
    begun_twice: int = 0
    rated: dict[UUID, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    most_rolled_up: int = 0

    @classmethod
    async def open(cls, database: Database, database_url: str, **fields: Any) -> "Quarter":
        quarter = cls(await make_alert_desk(database), database_url, **fields)
        quarter.mortality = Mortality()
        quarter.mortal = MortalDatabase(database_url, pool_size=5)
        quarter.mortal.mortality = quarter.mortality
        quarter.scanners = [quarter._scanner(database)]
        if quarter.stormy:
            quarter.scanners.append(quarter._scanner(quarter.mortal))
        quarter.dice = random.Random(quarter.seed)  # noqa: S311 - chances that can be repeated
        await quarter._settle()
        return quarter

    async def close(self) -> None:
        await self.mortal.close()

    def _scanner(self, database: Database) -> SignalScanService:
        """A process that scans; its cards are told of as in the product."""
        desk, model = self.desk, OfflineModel()
        calls = ModelCallService(database, desk.clock, desk.ids)
        services = signal_services(
            database, desk.clock, desk.ids, model=model, calls=calls, tell=desk.alerts.alerts
        )
        return services.scans

    # ── the world ───────────────────────────────────────────────────────────────────────────────
    async def _settle(self) -> None:
        """The people on both sides, and what was before the quarter."""
        desk = self.desk
        desk.clock.at = MONDAY
        async with desk.database.transaction(desk.tenant) as tx:
            others = [
                await make.make_member(
                    tx, name=f"Rep {place}", slack_user_id=f"UREP{place}", manager_id=desk.mona.id
                )
                for place in range(1, self.reps)
            ]
            for rep in others:
                desk.person(rep.slack_user_id, rep.name, email=rep.email)
            for place, story in enumerate(cast(self.accounts)):
                owner = [desk.rita, *others][place % self.reps]
                self.lives.append(await self._account(tx, place, story, owner))
        await self._store(until=0.0)

    async def _account(self, tx: Tx, place: int, story: str, owner: Member) -> Life:
        dice = random.Random(f"{self.seed}/{place}")  # noqa: S311 - chances that can be repeated
        name, domain = f"{story.capitalize()} {place:03}", f"{story}-{place:03}.test"
        born = MONDAY + timedelta(days=BEFORE - 1)
        account = await make.make_account(
            tx, name=name, domain=domain, owner_id=owner.id, created_at=born
        )
        contacts = [
            await make.make_contact(
                tx,
                account_id=account.id,
                name=f"{first} {story.capitalize()}",
                title=title,
                email=f"{first.lower()}@{domain}",
                created_at=born,
            )
            for first, title in PEOPLE
        ]
        thread = await make.make_conversation(
            tx, account_id=account.id, subject=f"Project {place}", created_at=born,
            qualification=named_champion(contacts[0].name) if story == "champion" else {},
        )  # fmt: skip
        deal = await make.make_deal(
            tx, account_id=account.id, name=f"Rollout {place}", owner_id=owner.id, created_at=born,
            stage_changed_at=born, close_date=(MONDAY + timedelta(days=self.days + 60)).date(),
        )  # fmt: skip
        first_day = 2.0 if self.days < 30 else 14.0
        trouble = dice.uniform(first_day, max(first_day + 1, self.days - 42.0))
        if story in ("buying", "cancelling") and place % self.reps == 0:
            trouble = first_day  # what comes on one day to one person becomes one card
        return Life(
            name=name, story=story, trouble=trouble, owner=owner, account=account.id,
            domain=domain, contacts=[one.id for one in contacts], thread=thread.id, deal=deal.id,
            ahead=tell(story, dice, days=self.days, trouble=trouble),
        )  # fmt: skip

    async def _store(self, until: float) -> None:
        """What has happened by then, account by account."""
        async with self.desk.database.transaction(self.desk.tenant) as tx:
            for life in self.lives:
                newest: Message | None = None
                while life.ahead and life.ahead[0].day < until:
                    one = life.ahead.pop(0)
                    at = MONDAY + timedelta(days=one.day, hours=9)
                    if one.sort == "mail":
                        newest = mail_of(tx, life, one, at)
                        tx.session.add(newest)
                    elif one.sort == "meeting":
                        await call_off(tx, life, at)
                    else:
                        await change_deal(tx, life, one, at)
                if newest is not None:
                    await tx.session.flush()
                    thread = await tx.session.get_one(Conversation, (tx.tenant_id, life.thread))
                    thread.head_message_id = newest.id
                    thread.last_message_at = newest.received_at

    # ── time ────────────────────────────────────────────────────────────────────────────────────
    async def live(self, looks: Iterable[float]) -> None:
        """Let it happen, and scan at those moments, in days."""
        for day in looks:
            await self._store(until=day - 9 / 24)
            self.desk.clock.at = MONDAY + timedelta(days=day)
            await self.scan(self.desk.clock.at)
            await self.deliver()
            await self.rate()

    async def scan(self, due_at: datetime) -> None:
        begun = await asyncio.gather(*(self._begin(scanner, due_at) for scanner in self.scanners))
        ids = [one for one in begun if one is not None]
        self.begun_twice += len(ids) > 1
        self.scans += 1
        if not ids:
            return
        if self.stormy:
            self.mortality.at = len(self.mortality.seen) + self.dice.randint(3, 40)
        await asyncio.gather(*(self._lane(scanner, ids[0]) for scanner in self.scanners))

    async def _begin(self, scanner: SignalScanService, due_at: datetime) -> UUID | None:
        self.mortality.resting = True
        try:
            return await scanner.begin(self.desk.tenant, due_at)
        finally:
            self.mortality.resting = False

    async def _lane(self, scanner: SignalScanService, scan_id: UUID) -> None:
        while await self._running(scan_id):
            try:
                await scanner.run(self.desk.tenant, scan_id)
                self.looks += 1
            except Crash:
                # It comes back when whoever is left has waited for its lease.
                self.deaths += 1
                self.mortality.at = None
                self.mortality.revive()
                self.desk.clock.move(LEASE + timedelta(seconds=1))
            except TransientError:
                self.desk.clock.move(timedelta(seconds=5))

    async def _running(self, scan_id: UUID) -> bool:
        async with self.desk.database.read(self.desk.tenant) as tx:
            found = await tx.session.scalars(select(Scan.status).where(Scan.id == scan_id))
            return found.one() == "running"

    async def deliver(self) -> None:
        """Cards go out as the worker would send them; scans and looks are driven by hand here."""
        desk = self.desk
        for _ in range(_ROUNDS):
            async with desk.database.directory() as tx:
                jobs = (await tx.session.execute(QUEUED)).all()
            cards = [job for job in jobs if job.entrypoint == "card.deliver"]
            done = [job.id for job in jobs if job.entrypoint != "card.deliver"]
            for job in cards:
                try:
                    await desk.delivery.deliver(desk.tenant, json.loads(job.body))
                except TransientError as error:
                    desk.clock.move(error.retry_after or timedelta(seconds=1))
                    continue
                except ServiceError as error:
                    self.refused.append(str(error))
                done.append(job.id)
            async with desk.database.directory() as tx:
                await tx.session.execute(FORGET, {"jobs": done})
            if not cards:
                break
        shown = [card for card in await self.cards() if card.rolled_up_at is not None]
        self.most_rolled_up = max(self.most_rolled_up, len(shown))

    async def rate(self) -> None:
        """Owners say what they think, once: of what their story leads to, that it was useful (every
        other owner does); of what it never should, that it was a false alarm."""
        lives = {life.account: life for life in self.lives}
        actions = self.desk.alerts.actions
        for signal in sorted(await self.signals(), key=lambda one: (str(one.account_id), one.name)):
            life = lives[signal.account_id]
            if signal.status != "raised" or signal.id in self.rated:
                continue
            story, actor = STORIES[life.story], self.desk.actor(life.owner)
            command = f"rate:{signal.id}"
            if signal.name in story.leads_to and int(life.name[-1]) % 2:
                await actions.useful(actor, signal.id, command_id=command)
                self.rated[signal.id] = "useful"
            elif signal.name not in story.leads_to | story.allowed:
                await actions.dismiss(
                    actor, signal.id, version=signal.version, reason="", command_id=command
                )
                self.rated[signal.id] = "false alarm"

    # ── what stands there ───────────────────────────────────────────────────────────────────────
    async def signals(self) -> list[Signal]:
        return list(await self.desk.rows(Signal))

    async def cards(self) -> list[Card]:
        return [card for card in await self.desk.rows(Card) if card.kind == ALERT]

    async def outcome(self) -> Counter[tuple[str, str, str]]:
        """(account, signal, how it stands) → how many: what must not depend on who scanned."""
        names = {life.account: life.name for life in self.lives}
        return Counter(
            (names[one.account_id], one.name, one.status) for one in await self.signals()
        )

    async def summary(self) -> str:
        """A line a story: accounts, what was raised, what cleared by itself, what stands open."""
        signals = await self.signals()
        stories = {life.account: life.story for life in self.lives}
        lines = [f"{'':12}{'accounts':>9}{'alerted':>9}{'raised':>8}{'cleared':>9}{'open':>6}"]
        for story in STORIES:
            mine = [one for one in signals if stories[one.account_id] == story]
            kinds = Counter(one.status for one in mine)
            row = (
                sum(life.story == story for life in self.lives),
                len({one.account_id for one in mine}),
                len(mine),
                kinds["cleared"],
                kinds["raised"] + kinds["acknowledged"],
            )
            names = ", ".join(
                f"{name} {times}" for name, times in Counter(one.name for one in mine).most_common()
            )
            lines.append(
                f"{story:12}{row[0]:>9}{row[1]:>9}{row[2]:>8}{row[3]:>9}{row[4]:>6}  {names}"
            )
        lines.append(
            f"{self.scans} scans, {self.looks} turns, {self.deaths} deaths; "
            f"{len(await self.cards())} cards, at most {self.most_rolled_up} rolled up at once; "
            f"{dict(Counter(self.rated.values()))}"
        )
        return "\n".join(lines)
