"""Digests over a real database: made once, mailed once, at the right morning."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from blocks.email_digest import digest_mail
from bot.adapters.system_mailbox import SystemMailboxSender
from db import digests as digest_rows
from db import jobs, members, timers
from db.models.cards import Card, Digest
from db.models.conversations import Conversation, Message
from db.models.directories import Timer, WorkspaceEntry
from db.models.mailboxes import Mailbox
from db.models.tenants import Member, Tenant
from db.session import Database
from services.audit import AuditService
from services.digest_mails import DigestMailer
from services.digests import DigestService
from services.errors import InvalidInput, NotFound, TransientError
from services.mail.parse import parse
from services.mail_out import SLACK_ONLY, MailOut
from services.offline.model import OfflineModel
from services.overviews import ViewService
from services.sweeps import SweepService
from services.types.people import Actor, Role
from tests.fakes.clock import CountingIds, FrozenClock
from tests.fakes.mail_sender import FakeMailSender
from tests.shared import VAULT

NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)  # 08:00 in New York


@dataclass
class Desk:
    database: Database
    clock: FrozenClock
    sender: FakeMailSender
    service: DigestService
    tenant: UUID
    maya: UUID

    @property
    def actor(self) -> Actor:
        return Actor(
            tenant_id=self.tenant,
            member_id=self.maya,
            role=Role.REP,
            name="Maya",
            timezone="America/New_York",
        )

    async def digests(self) -> list[Digest]:
        async with self.database.read(self.tenant) as tx:
            return list((await tx.session.execute(select(Digest))).scalars())

    async def cards(self) -> list[Card]:
        async with self.database.read(self.tenant) as tx:
            return list((await tx.session.execute(select(Card))).scalars())

    async def mail_jobs(self) -> int:
        async with self.database.read(self.tenant) as tx:
            return len(await jobs.live_payloads(tx, "digest.mail"))

    async def unsorted_mail(self) -> None:
        """A mail of nobody's account, so that the day isn't quiet."""
        async with self.database.transaction(self.tenant) as tx:
            base = {"tenant_id": self.tenant, "created_at": NOW}
            conversation = Conversation(
                **base, id=uuid4(), subject="Hi", link="unlinked", responder_id=self.maya
            )
            tx.session.add(conversation)
            await tx.session.flush()
            message = Message(
                **base,
                id=uuid4(),
                conversation_id=conversation.id,
                rfc_message_id=f"<{uuid4()}@x.example>",
                direction="inbound",
                kind="human",
                proof="pass",
                sender={"email": "a@x.example", "name": "A"},
                recipients={"to": [], "cc": []},
                subject="Hi",
                text="",
                attention="unlinked",
                received_at=NOW,
            )
            tx.session.add(message)
            await tx.session.flush()
            conversation.head_message_id = message.id


@pytest.fixture
async def desk(database: Database) -> Desk:
    tenant, maya = uuid4(), uuid4()
    async with database.transaction(tenant) as tx:
        tx.session.add(
            Tenant(tenant_id=tenant, created_at=NOW, team_id="T1", name="B", bot_user_id="U1")
        )
        tx.session.add(WorkspaceEntry(team_id="T1", tenant_id=tenant))
        await tx.session.flush()
        tx.session.add(
            Member(
                tenant_id=tenant,
                id=maya,
                created_at=NOW,
                email="maya@brightpath.example",
                name="Maya Okafor",
                role="rep",
                timezone="America/New_York",
                enabled_at=NOW,
            )
        )
    clock, ids, sender = FrozenClock(NOW), CountingIds(), FakeMailSender()
    mail_out = MailOut(sender=sender)
    views = ViewService(database, clock, OfflineModel(), mail_out.describe())
    audit = AuditService(database, clock, ids, VAULT)
    mailer = DigestMailer(
        db=database,
        clock=clock,
        audit=audit,
        views=views,
        mail_out=mail_out,
        render=digest_mail,
    )
    service = DigestService(database, clock, ids, audit, mailer)
    return Desk(database, clock, sender, service, tenant, maya)


async def test_on_demand_once_per_command(desk: Desk):
    await asyncio.gather(*(desk.service.request(desk.actor, command_id="c1") for _ in range(4)))
    await desk.service.request(desk.actor, command_id="c2")
    made = await desk.digests()
    assert sorted(one.request for one in made) == ["now:c1", "now:c2"]
    assert {one.day for one in made} == {date(2026, 11, 20)}
    assert {(card.kind, card.recipient_id) for card in await desk.cards()} == {
        ("digest", desk.maya)
    }
    assert await desk.mail_jobs() == 2


async def test_a_stranger_gets_none(desk: Desk):
    stranger = Actor(
        tenant_id=desk.tenant, member_id=uuid4(), role=Role.REP, name="X", timezone="UTC"
    )
    with pytest.raises(NotFound):
        await desk.service.request(stranger, command_id="c1")
    other = Actor(tenant_id=uuid4(), member_id=desk.maya, role=Role.REP, name="X", timezone="UTC")
    with pytest.raises(NotFound):
        await desk.service.request(other, command_id="c1")
    assert await desk.digests() == []


async def test_a_quiet_day_makes_none(desk: Desk):
    assert await desk.service.make(desk.tenant, desk.maya) is None
    assert await desk.cards() == []


async def test_the_daily_one_is_made_once(desk: Desk):
    await desk.unsorted_mail()
    made = await asyncio.gather(
        *(desk.service.make(desk.tenant, desk.maya, date(2026, 11, 20)) for _ in range(4))
    )
    assert len([one for one in made if one]) == 1
    assert len(await desk.digests()) == 1
    assert await desk.mail_jobs() == 1


async def _mailed(desk: Desk) -> Digest:
    (row,) = await desk.digests()
    await desk.service.mail(desk.tenant, row.id)
    (row,) = await desk.digests()
    return row


async def test_the_mail_is_ours_and_leaves_once(desk: Desk):
    await desk.unsorted_mail()
    await desk.service.make(desk.tenant, desk.maya)
    assert (await _mailed(desk)).mail_status == "sent"
    await _mailed(desk)
    ((to, raw),) = desk.sender.sent
    assert to.email == "maya@brightpath.example"
    for line in (b"X-Understudy: notice", b"Auto-Submitted: auto-generated", b"From: Understudy"):
        assert line in raw
    assert b"List-Unsubscribe" not in raw
    mail = parse(raw)
    assert mail.subject == "No mail waits for you, Friday, 20 November"
    assert "One mail belongs to no account yet" in mail.text


async def test_a_doubtful_mail_is_never_sent_again(desk: Desk):
    desk.sender.lose.append(TransientError("lost", ambiguous=True))
    await desk.service.request(desk.actor, command_id="c1")
    row = await _mailed(desk)
    assert row.mail_status == "unknown"
    assert "may or may not" in row.mail_note
    await _mailed(desk)
    assert len(desk.sender.sent) == 1


async def test_a_job_that_died_on_the_way_leaves_a_doubt(desk: Desk):
    desk.sender.fail.append(RuntimeError("the process ends here"))
    await desk.service.request(desk.actor, command_id="c1")
    with pytest.raises(RuntimeError):
        await _mailed(desk)
    assert (await _mailed(desk)).mail_status == "unknown"
    assert desk.sender.sent == []


async def test_a_server_that_is_down_is_tried_again(desk: Desk):
    desk.sender.fail.append(TransientError("down"))
    await desk.service.request(desk.actor, command_id="c1")
    with pytest.raises(TransientError):
        await _mailed(desk)
    assert (await _mailed(desk)).mail_status == "sent"
    assert len(desk.sender.sent) == 1


async def test_a_refused_mail_is_told(desk: Desk):
    desk.sender.fail.append(InvalidInput("The mail server refused the mail: 550 no"))
    await desk.service.request(desk.actor, command_id="c1")
    row = await _mailed(desk)
    assert (row.mail_status, row.mail_note) == (
        "failed",
        "The mail server refused the mail: 550 no",
    )


async def test_without_an_address_slack_is_all(desk: Desk):
    desk.sender.sender = None
    await desk.service.request(desk.actor, command_id="c1")
    assert (await desk.digests())[0].mail_status == "none"
    assert await desk.mail_jobs() == 0
    assert desk.service.mailer.mail_out.describe() == SLACK_ONLY
    assert len(await desk.cards()) == 1
    await desk.unsorted_mail()
    daily = await desk.service.make(desk.tenant, desk.maya)
    await desk.service.mail(desk.tenant, daily)
    async with desk.database.read(desk.tenant) as tx:
        assert (await digest_rows.get_digest(tx, daily)).mail_status == "none"


async def _due(desk: Desk) -> list[datetime]:
    async with desk.database.directory() as tx:
        return list((await tx.session.execute(select(Timer.due_at))).scalars())


async def test_each_morning_and_armed_again(desk: Desk):
    desk.clock.at = NOW - timedelta(minutes=30)
    assert await desk.service.arm(desk.tenant) == 1
    assert await desk.service.arm(desk.tenant) == 0
    assert await _due(desk) == [NOW]
    await desk.unsorted_mail()
    on_timer: dict[str, Callable] = {desk.service.TIMER: desk.service.due}
    sweep = SweepService(desk.database, desk.clock, on_timer)
    await sweep.tick()
    assert await desk.digests() == []
    # Three days without a worker bring one digest, not three.
    desk.clock.at = NOW + timedelta(days=3, minutes=1)
    await sweep.tick()
    await sweep.tick()
    assert [one.day for one in await desk.digests()] == [date(2026, 11, 23)]
    assert await _due(desk) == [NOW + timedelta(days=4)]


async def test_who_left_gets_nothing_more(desk: Desk):
    await desk.unsorted_mail()
    await desk.service.arm(desk.tenant)
    async with desk.database.transaction(desk.tenant) as tx:
        (await members.get_member(tx, desk.maya)).active = False
    async with desk.database.transaction(desk.tenant) as tx:
        await timers.drop_timer(tx, "digest", desk.maya)
        assert await desk.service.due(tx, desk.maya) is None
    assert await desk.service.arm(desk.tenant) == 0
    assert await desk.digests() == []


class NoMails:
    """Nobody writes here: only the address is asked for."""

    async def of(self, *_):
        raise AssertionError("no mailbox is opened to show Home")


async def test_home_says_how_digests_leave(desk: Desk):
    sender = SystemMailboxSender(desk.database, NoMails())
    views = ViewService(desk.database, desk.clock, OfflineModel(), MailOut(sender=sender))
    home = await views.home(desk.tenant, desk.maya)
    assert home.status.mail_out == SLACK_ONLY
    assert any("Slack only" in notice for notice in home.notices)
    async with desk.database.transaction(desk.tenant) as tx:
        tx.session.add(
            Mailbox(
                tenant_id=desk.tenant,
                id=uuid4(),
                created_at=NOW,
                address="copilot@brightpath.example",
                is_system=True,
            )
        )
    home = await views.home(desk.tenant, desk.maya)
    assert home.status.mail_out == "digests leave from copilot@brightpath.example"
    assert not any("Slack only" in notice for notice in home.notices)
