"""The loop with an admin, a workspace in memory, and whoever brings people in."""

from dataclasses import dataclass, field, fields
from typing import Any
from uuid import UUID

from sqlalchemy import select
from typing_extensions import override

from bot.wiring_rollout import rollout_deps, rollout_services
from db.cards import get_card_of
from db.models.cards import Card
from db.models.directories import Timer
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import Database, Tx
from db.tenants import get_tenant, set_setting
from handlers.cards import CardDelivery
from handlers.rollout_cards import rollout_renderers
from handlers.rollout_jobs import rollout_jobs
from services.audit import AuditService
from services.cards import CardService
from services.digest_mails import DigestMailer
from services.digests import DigestService
from services.mail_out import MailOut
from services.members import MemberService
from services.ports import ChatGroup, ChatPerson, Clock, Ids
from services.rollout.bundle import RolloutServices
from services.rollout.leaving import Farewell
from services.types.tenant_settings import TenantSettings, read_settings
from tests import factories as make
from tests.fakes.chat import FakeChat
from tests.fakes.mail import FakeMail
from tests.integration.services.loop import Loop, make_loop


async def forget_mailbox(tx: Tx, mailbox: Mailbox) -> None:
    """What ends a mailbox here: its tokens go."""
    mailbox.credentials, mailbox.status = None, "disconnected"
    await tx.session.flush()


async def _no_digest(_tx: Any, _member: Member) -> None:
    """Nobody asks for digests here."""


def make_farewell(clock: Clock, ids: Ids, audit: AuditService) -> Farewell:
    """What a seed needs to see people off."""
    return Farewell(
        deps=rollout_deps(clock, ids, audit, arm_digest=_no_digest, end_mailbox=forget_mailbox)
    )


@dataclass
class Desk(Loop):
    """Ada is the admin. `chat` is their Slack."""

    ada: Member = field(kw_only=True)
    chat: FakeChat = field(default_factory=FakeChat, kw_only=True)
    team: str = field(kw_only=True)

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        db, clock, ids = self.database, self.clock, self.ids
        mailer = DigestMailer(
            db=db,
            clock=clock,
            audit=self.audit,
            views=self.views,
            mail_out=MailOut(sender=None),
            render=lambda _view, _links: ("", "", ""),
        )
        self.digests = DigestService(db, clock, ids, self.audit, mailer)
        deps = rollout_deps(
            clock,
            ids,
            self.audit,
            arm_digest=self.digests.schedule,
            end_mailbox=forget_mailbox,
        )
        self.rollout: RolloutServices = rollout_services(db, deps, self.chat, self.views)
        self.card_service = CardService(db=db, clock=clock, ids=ids)
        self.delivery = CardDelivery(
            cards=self.card_service,
            people=MemberService(db=db, clock=clock, ids=ids, chats=self.chat),
            views=self.views,
            chats=self.chat,
            more=rollout_renderers(self.rollout.imports, self.rollout.waiting),
        )

    @override
    async def deliver(self, card_id: UUID) -> None:
        await self.delivery.deliver(self.tenant, {"card_id": str(card_id)})

    @override
    async def _run_more(self, kind: str, body: dict[str, Any], ids: dict[str, UUID]) -> None:
        run = rollout_jobs(self.rollout).get(kind)
        if run is not None:
            await run(self.tenant, body)
        elif kind not in {"approvals.recheck", "approvals.regate"}:
            await super()._run_more(kind, body, ids)

    # ── the workspace ───────────────────────────────────────────────────────────────────────────
    def person(self, user_id: str, name: str, **changes: Any) -> ChatPerson:
        """Somebody in Slack."""
        values: dict[str, Any] = {
            "user_id": user_id,
            "team_id": self.team,
            "email": f"{name.split(maxsplit=1)[0].lower()}@northwind.test",
            "name": name,
            "timezone": "Europe/Berlin",
            **changes,
        }
        person = ChatPerson(**values)
        self.chat.people[user_id] = person
        return person

    def group(self, group_id: str, name: str, *people: str) -> None:
        group = ChatGroup(group_id=group_id, name=name, handle=name.lower(), size=len(people))
        self.chat.user_groups[group] = people

    def said_to(self, member: Member) -> list[str]:
        """The messages that stand in this member's conversation."""
        channel = f"D{member.slack_user_id}"
        return [text.text for (at, _), text in self.chat.messages.items() if at == channel]

    # ── looking and turning ─────────────────────────────────────────────────────────────────────
    async def member(self, member_id: UUID) -> Member:
        return next(m for m in await self.rows(Member) if m.id == member_id)

    async def named(self, name: str) -> Member:
        return next(m for m in await self.rows(Member) if m.name == name)

    async def settings(self) -> TenantSettings:
        async with self.database.read(self.tenant) as tx:
            tenant = await get_tenant(tx)
        assert tenant is not None
        return read_settings(tenant.settings)

    async def shadow(self, *, on: bool) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await set_setting(tx, "shadow", on)

    async def card_row(self, kind: str, subject: UUID, reader: Member) -> Card | None:
        async with self.database.read(self.tenant) as tx:
            return await get_card_of(tx, kind=kind, subject_id=subject, recipient_id=reader.id)

    async def timers(self) -> list[tuple[str, UUID]]:
        async with self.database.directory() as tx:
            query = select(Timer.kind, Timer.subject_id).where(Timer.tenant_id == self.tenant)
            return [(kind, subject) for kind, subject in await tx.session.execute(query)]

    async def connect(self, member: Member) -> Mailbox:
        async with self.database.transaction(self.tenant) as tx:
            box = await make.make_mailbox(tx, member=member)
        self.mails.boxes[box.id] = FakeMail(box.address)
        return box

    async def box_of(self, member: Member) -> Mailbox:
        return next(box for box in await self.rows(Mailbox) if box.member_id == member.id)

    def command(self) -> str:
        return self.ids.new().hex


async def make_desk(database: Database) -> Desk:
    loop = await make_loop(database)
    async with database.transaction(loop.tenant) as tx:
        ada = await make.make_member(tx, name="Ada Admin", role="admin")
        tenant = await get_tenant(tx)
        assert tenant is not None
        team = tenant.team_id
    desk = Desk(**{one.name: getattr(loop, one.name) for one in fields(Loop)}, ada=ada, team=team)
    for member in (loop.rita, loop.cole, loop.mona, ada):
        desk.person(str(member.slack_user_id), member.name, email=member.email)
    return desk
