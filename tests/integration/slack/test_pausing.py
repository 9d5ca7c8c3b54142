"""A workspace that Slack took back: its admins are written to once, what is meant for Slack waits,
and all of it goes on when it is connected again."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from blocks.paused_mail import paused_mail
from db import jobs
from db.models.tenants import Member, Tenant
from handlers.cards import CardDelivery
from services.audit import AuditService
from services.errors import TransientError
from services.mail_out import MailOut
from services.workspace_pause import PauseNotices
from tests.fakes.chat import TEAM
from tests.fakes.mail_sender import FakeMailSender
from tests.integration.slack.card_rig import OneMail, card_of, run, want
from tests.integration.slack.conftest import Office
from tests.shared import VAULT

LINK = "https://bot.example/slack/install?team="


@dataclass
class Desk:
    office: Office
    admin: UUID
    sender: FakeMailSender = field(default_factory=FakeMailSender)

    @property
    def notices(self) -> PauseNotices:
        office = self.office
        return PauseNotices(
            db=office.db,
            clock=office.clock,
            ids=office.ids,
            audit=AuditService(office.db, office.clock, office.ids, VAULT),
            mail_out=MailOut(sender=self.sender),
            render=paused_mail,
            install_url=lambda team: LINK + team,
        )

    async def away(self) -> str:
        """The app is removed; returns what its job is told."""
        office = self.office
        office.clock.move(timedelta(minutes=5))
        why = "the app was removed"
        assert await office.tenants.disconnect(TEAM.team_id, at=office.clock.now(), why=why)
        async with office.db.read(office.tenant_id) as tx:
            (payload,) = await jobs.live_payloads(tx, "workspace.paused")
        return str(payload["paused_at"])

    async def tell(self, paused_at: str) -> None:
        await self.notices.tell(self.office.tenant_id, paused_at)


@pytest.fixture
async def desk(office: Office) -> Desk:
    admin, gone = office.ids.new(), office.ids.new()
    async with office.db.transaction(office.tenant_id) as tx:
        for member_id, active in ((admin, True), (gone, False)):
            await tx.session.execute(
                insert(Member).values(
                    tenant_id=office.tenant_id,
                    id=member_id,
                    created_at=office.clock.now(),
                    email=f"sam{'' if active else '.gone'}@brightdesk.example",
                    name="Sam",
                    role="admin",
                    active=active,
                )
            )
    return Desk(office=office, admin=admin)


def parts(raw: bytes) -> tuple[str, str, str]:
    mail: Any = message_from_bytes(raw, policy=default)
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    return str(mail["Subject"]), plain.get_content(), rich.get_content()


async def test_its_admin_is_told_once_with_the_way_back(desk: Desk) -> None:
    paused_at = await desk.away()
    for _ in range(3):
        await desk.tell(paused_at)
    ((to, raw),) = desk.sender.sent
    assert to.email == "sam@brightdesk.example"
    subject, plain, rich = parts(raw)
    assert subject == "Understudy is disconnected from Sandbox"
    for text in (plain, rich):
        assert "the app was removed" in text
        assert f"{LINK}{TEAM.team_id}" in text
        assert "Nothing is lost" in text


async def test_a_mail_that_failed_is_tried_again_and_one_that_may_have_left_is_not(
    desk: Desk,
) -> None:
    paused_at = await desk.away()
    desk.sender.fail.append(TransientError("down"))
    with pytest.raises(TransientError):
        await desk.tell(paused_at)
    desk.sender.lose.append(TransientError("cut", ambiguous=True))
    await desk.tell(paused_at)
    await desk.tell(paused_at)
    assert len(desk.sender.sent) == 1


@pytest.mark.parametrize("how", ["connected again", "no sender", "an older pause"])
async def test_nobody_is_told_what_is_no_longer_so(desk: Desk, how: str) -> None:
    paused_at = await desk.away()
    if how == "connected again":
        await desk.office.tenants.ensure_from_slack(TEAM, "xoxb-2")
    elif how == "no sender":
        desk.sender.sender = None
    else:
        paused_at = "2020-01-01T00:00:00+00:00"
    await desk.tell(paused_at)
    assert desk.sender.sent == []


async def test_another_workspaces_admin_hears_nothing(desk: Desk) -> None:
    other = await desk.office.tenants.ensure_from_slack(replace(TEAM, team_id="T0B"), "xoxb-b")
    paused_at = await desk.away()
    await desk.notices.tell(other, paused_at)
    assert desk.sender.sent == []
    async with desk.office.db.read(other) as tx:
        assert (await tx.session.execute(select(Tenant.paused_at))).scalar_one() is None


async def test_cards_wait_without_asking_slack_and_come_on_reconnecting(
    desk: Desk, views: OneMail
) -> None:
    office = desk.office

    @dataclass(frozen=True)
    class Gated:
        """As SlackChats does it: no workspace, no gateway."""

        async def of(self, tenant_id: UUID) -> Any:
            await office.tenants.workspace(tenant_id)
            return office.chat

    delivery = CardDelivery(
        cards=office.cards,
        people=office.members,
        views=views,  # type: ignore[arg-type]
        chats=Gated(),
    )
    await desk.away()
    (card_id,) = await want(office, [office.maya])
    await run(office, delivery, card_id)
    await run(office, delivery, card_id)
    assert office.chat.calls == []
    assert "taken back" in str((await card_of(office, office.maya)).failure)
    await office.tenants.ensure_from_slack(TEAM, "xoxb-2")
    await run(office, delivery, card_id)
    assert len(office.chat.messages) == 1
    assert (await card_of(office, office.maya)).failure is None
