"""Mornings over a real database: each member at their eight, once, whatever the clocks and the
sweeps do, and nobody who wants none."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, text

from blocks.email_digest import digest_mail
from db.models.actions import Action
from db.models.approvals import Absence
from db.models.cards import Card, Digest
from db.models.tenants import Member
from db.session import Database
from services.audit import AuditService
from services.digest_mails import DigestMailer
from services.digests import DigestService
from services.letters.links import Links, Purpose
from services.mail.parse import parse
from services.mail_out import MailOut
from services.offline.model import OfflineModel
from services.overviews import ViewService
from services.sweeps import SweepService
from services.vault import Vault, generate
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.fakes.mail_sender import FakeMailSender
from tests.shared import VAULT

START = datetime(2026, 3, 28, 0, tzinfo=UTC)
PUBLIC = "https://copilot.example"
# One for every hour of the clock, those with odd minutes and those that jump among them.
ZONES = """
Pacific/Pago_Pago Pacific/Honolulu America/Anchorage America/Los_Angeles America/Denver
America/Chicago America/New_York America/Nuuk America/Sao_Paulo Atlantic/Azores UTC Europe/London
Europe/Oslo Africa/Cairo Asia/Tehran Asia/Dubai Asia/Karachi Asia/Kathmandu Asia/Dhaka Asia/Bangkok
Asia/Tokyo Australia/Lord_Howe Pacific/Chatham Pacific/Apia
""".split()  # noqa: SIM905 - a list is easier to read as words


@dataclass
class Mornings:
    """One tenant whose members all have a draft that waits."""

    database: Database
    clock: FrozenClock
    sender: FakeMailSender
    links: Links
    service: DigestService
    tenant: UUID

    async def add(
        self, zone: str, count: int = 1, *, busy: bool = True, **fields: object
    ) -> list[UUID]:
        ids = [uuid4() for _ in range(count)]
        base = {"tenant_id": self.tenant, "created_at": START}
        async with self.database.transaction(self.tenant) as tx:
            people = [
                base
                | {
                    "id": one,
                    "email": f"{one.hex}@brightpath.example",
                    "name": "Maya",
                    "role": "rep",
                    "timezone": zone,
                    "preferences": {},
                    "enabled_at": START,
                }
                | fields
                for one in ids
            ]
            await tx.session.execute(insert(Member), people)
            waiting = [
                base
                | {
                    "id": uuid4(),
                    "type": "send_routine_response",
                    "status": "pending",
                    "owner_id": one,
                    "trigger": "mail",
                    "verdict": "approval_required",
                    "reasons": [],
                    "confidence": 0.5,
                }
                for one in ids
            ]
            if busy:
                await tx.session.execute(insert(Action), waiting)
        return ids

    def sweep(self) -> SweepService:
        """As another process has it."""
        on_timer = {self.service.TIMER: self.service.due}
        return SweepService(self.database, self.clock, on_timer)

    async def at(self, moment: datetime, sweeps: int = 1) -> None:
        self.clock.at = moment
        await asyncio.gather(*(self.sweep().tick() for _ in range(sweeps)))

    async def crash(self, moment: datetime) -> None:
        """A sweep that dies before its commit: nothing of it happened."""
        self.clock.at = moment
        before = len(await self.digests())
        async with self.database.directory() as tx:
            due = (await tx.session.execute(text("select subject_id from timers limit 1"))).scalar()

        async def dies() -> None:
            async with self.database.transaction(self.tenant) as tx:
                await self.service.due(tx, due)
                raise RuntimeError("kill -9")

        with pytest.raises(RuntimeError):
            await dies()
        assert len(await self.digests()) == before

    async def digests(self) -> list[Digest]:
        async with self.database.read(self.tenant) as tx:
            return list((await tx.session.execute(select(Digest))).scalars())

    async def set(self, member_id: UUID, **values: object) -> None:
        async with self.database.transaction(self.tenant) as tx:
            member = await tx.session.get_one(Member, (self.tenant, member_id))
            for name, value in values.items():
                setattr(member, name, value)

    async def mailed(self) -> list[Digest]:
        for row in await self.digests():
            await self.service.mail(self.tenant, row.id)
        return await self.digests()


@pytest.fixture
async def mornings(database: Database) -> Mornings:
    clock, ids, sender = FrozenClock(START), UuidIds(), FakeMailSender()
    mail_out, audit = MailOut(sender=sender), AuditService(database, clock, ids, VAULT)
    views = ViewService(database, clock, OfflineModel(), mail_out)
    links = Links.of(Vault.parse(generate()))
    mailer = DigestMailer(
        db=database,
        clock=clock,
        audit=audit,
        views=views,
        mail_out=mail_out,
        render=digest_mail,
        links=links,
        public_url=PUBLIC,
    )
    service = DigestService(database, clock, ids, audit, mailer)
    tenant = await make.make_tenant(database)
    return Mornings(database, clock, sender, links, service, tenant)


@pytest.mark.parametrize("members", [120, pytest.param(1_000, marks=pytest.mark.slow)])
async def test_members_in_all_zones_get_one_each(mornings: Mornings, members: int):
    """Two sweepers, restarts in between, and the night of Europe's change: everybody's digest is
    made at their own eight, of their own day, once a day."""
    people: dict[UUID, str] = {}
    for number, zone in enumerate(ZONES):
        count = len(range(number, members, len(ZONES)))
        people |= dict.fromkeys(await mornings.add(zone, count), zone)
    assert len(people) == members
    await mornings.service.arm(mornings.tenant)
    started, sweeps = time.process_time(), 0
    moment = START
    # By the quarter: some zones are a quarter past.
    while moment < START + timedelta(days=2):
        async with mornings.database.directory() as tx:
            due = (
                await tx.session.execute(
                    text("select count(*) from timers where due_at <= :now"), {"now": moment}
                )
            ).scalar_one()
        if due:
            if not sweeps:
                await mornings.crash(moment)
            sweeps += 1
            await mornings.at(moment, sweeps=2)
        moment += timedelta(minutes=15)
    took = time.process_time() - started
    found = await mornings.digests()
    by_member = Counter(row.member_id for row in found)
    assert set(by_member) == set(people)
    for row in found:
        local = row.created_at.astimezone(ZoneInfo(people[row.member_id]))
        assert (local.hour, local.minute) == (8, 0), people[row.member_id]
        assert row.day == local.date()
    assert len({(row.member_id, row.day) for row in found}) == len(found)
    # Twice round the clock is two mornings; who sprang over an hour has no more and no less.
    assert set(by_member.values()) == {2}
    async with mornings.database.read(mornings.tenant) as tx:
        cards = (await tx.session.execute(select(Card.subject_id))).scalars().all()
    assert Counter(cards) == Counter(row.id for row in found)
    assert took < 60, f"{took:.1f} s of work for {sweeps} sweeps"


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("Asia/Kathmandu", ["2026-11-20T02:15", "2026-11-21T02:15"]),
        ("Pacific/Chatham", ["2026-04-03T18:15", "2026-04-04T19:15"]),
        ("Australia/Lord_Howe", ["2026-04-03T21:00", "2026-04-04T21:30"]),
        ("America/Nuuk", ["2026-03-28T10:00", "2026-03-29T09:00"]),
        ("Asia/Tehran", ["2026-03-20T04:30", "2026-03-21T04:30"]),
        ("America/New_York", ["2026-10-31T12:00", "2026-11-01T13:00"]),
        ("Pacific/Apia", ["2011-12-29T18:00", "2011-12-30T18:00"]),
    ],
)
async def test_the_wall_clock_rules(mornings: Mornings, zone: str, days: list[str]):
    moments = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in days]
    mornings.clock.at = moments[0] - timedelta(hours=5)
    await mornings.add(zone)
    await mornings.service.arm(mornings.tenant)
    for moment in moments:
        await mornings.at(moment - timedelta(minutes=1))
        before = len(await mornings.digests())
        await mornings.at(moment)
        assert len(await mornings.digests()) == before + 1
    assert len({row.day for row in await mornings.digests()}) == 2


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # New York's morning had its digest; at noon she flies east: Tokyo's next morning.
        ("America/New_York", "Asia/Tokyo", [("2026-11-20T13:00", 20), ("2026-11-21T23:00", 22)]),
        # Tokyo's morning had its digest; she lands in Honolulu, where it is still that day.
        ("Asia/Tokyo", "Pacific/Honolulu", [("2026-11-19T23:00", 20), ("2026-11-21T18:00", 21)]),
        (
            "America/New_York",
            "America/Los_Angeles",
            [("2026-11-20T13:00", 20), ("2026-11-21T16:00", 21)],
        ),
    ],
)
async def test_a_move_at_noon_brings_each_day_once(mornings: Mornings, old, new, expected):
    first = datetime.fromisoformat(expected[0][0]).replace(tzinfo=UTC)
    mornings.clock.at = first - timedelta(hours=1)
    (maya,) = await mornings.add(old)
    await mornings.service.arm(mornings.tenant)
    await mornings.at(first)
    await mornings.set(maya, timezone=new)
    end = datetime.fromisoformat(expected[-1][0]).replace(tzinfo=UTC)
    moment = first
    while moment < end:
        moment += timedelta(hours=1)
        await mornings.at(moment)
    made = sorted((row.created_at, row.day.day) for row in await mornings.digests())
    assert made == [(datetime.fromisoformat(at).replace(tzinfo=UTC), day) for at, day in expected]


@pytest.mark.parametrize(
    ("fields", "away", "made"),
    [
        ({}, False, (1, 1, "sent")),
        ({"preferences": {"digest_mail": "off"}}, False, (1, 1, "none")),
        ({"preferences": {"digest_slack": "off"}}, False, (1, 0, "sent")),
        ({"preferences": {"digest_mail": "off", "digest_slack": "off"}}, False, (0, 0, None)),
        ({}, True, (0, 0, None)),
        ({"busy": False}, False, (0, 0, None)),
    ],
)
async def test_only_who_wants_it_where_they_want_it(mornings: Mornings, fields, away, made):
    digest, card, mail = made
    (maya,) = await mornings.add("UTC", **fields)
    if away:
        async with mornings.database.transaction(mornings.tenant) as tx:
            tx.session.add(
                Absence(
                    tenant_id=mornings.tenant,
                    id=uuid4(),
                    created_at=START,
                    member_id=maya,
                    starts_at=START,
                    ends_at=START + timedelta(days=2),
                )
            )
    await mornings.service.arm(mornings.tenant)
    await mornings.at(START + timedelta(hours=8))
    found = await mornings.mailed()
    async with mornings.database.read(mornings.tenant) as tx:
        cards = list((await tx.session.execute(select(Card))).scalars())
    assert (len(found), len(cards)) == (digest, card)
    assert [row.mail_status for row in found] == ([mail] if mail else [])
    if away:
        await mornings.at(START + timedelta(days=3, hours=8))
        assert [row.day for row in await mornings.digests()] == [date(2026, 3, 31)]


async def test_one_that_comes_too_late_waits_for_the_morning(mornings: Mornings):
    await mornings.add("UTC")
    await mornings.service.arm(mornings.tenant)
    await mornings.at(START + timedelta(hours=21))
    assert await mornings.digests() == []
    await mornings.at(START + timedelta(days=1, hours=8))
    assert len(await mornings.digests()) == 1


async def test_who_is_held_back_gets_none(mornings: Mornings):
    held, free = await mornings.add("UTC", 2)
    async with mornings.database.transaction(mornings.tenant) as tx:
        member = await tx.session.get_one(Member, (mornings.tenant, held))
        member.paused_until = START + timedelta(days=9)
    await mornings.service.arm(mornings.tenant)
    await mornings.at(START + timedelta(hours=8))
    assert [row.member_id for row in await mornings.digests()] == [free]


async def test_the_mail_has_its_buttons_and_a_way_out(mornings: Mornings):
    (maya,) = await mornings.add("UTC")
    async with mornings.database.transaction(mornings.tenant) as tx:
        await make.make_mailbox(tx, member_id=maya, address="maya@b.example", status="reconnect")
    await mornings.service.arm(mornings.tenant)
    await mornings.at(START + timedelta(hours=8))
    await mornings.mailed()
    ((_, raw),) = mornings.sender.sent
    mail = parse(raw)
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    assert "maya@b.example must be connected again." in mail.text
    token = mail.headers["list-unsubscribe"].strip("<>").rpartition("/")[2]
    link = mornings.links.read_subject(token)
    assert (link.purpose, link.member_id, link.tenant_id) == (
        Purpose.NO_DIGEST,
        maya,
        mornings.tenant,
    )
    page = mail.text.partition("Read and decide: ")[2].split()[0]
    opened = mornings.links.read_subject(page.rpartition("/")[2])
    async with mornings.database.read(mornings.tenant) as tx:
        action = (await tx.session.execute(select(Action))).scalars().one()
    assert (opened.purpose, opened.subject_id) == (Purpose.DRAFT, action.id)


async def test_it_tells_what_left_and_to_whom(mornings: Mornings):
    (maya,) = await mornings.add("UTC")
    async with mornings.database.transaction(mornings.tenant) as tx:
        account = await make.make_account(tx, name="Kestrel")
        conversation = await make.make_conversation(tx, account_id=account.id, responder_id=maya)
        sender = {"email": "nora@kestrel.example", "name": "Nora Lind"}
        message = await make.make_message(tx, conversation, sender=sender)
        draft = await make.make_draft(tx, conversation, message_id=message.id)
        action = await make.make_action(
            tx,
            conversation,
            owner_id=maya,
            account_id=account.id,
            draft_id=draft.id,
            status="done",
            decided_at=START,
        )
        await make.make_effect(tx, action, status="done", settled_at=START)
    await mornings.service.arm(mornings.tenant)
    await mornings.at(START + timedelta(hours=8))
    await mornings.mailed()
    ((_, raw),) = mornings.sender.sent
    assert "Kestrel · Nora Lind" in parse(raw).text
