"""An approval on its way by mail: real services over a real database; the sender, the system
mailbox and Slack are in memory, and the test plays the people and Google's mail server."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import select, text

from blocks.approval_mail import approval_mail
from db.models.approvals import ApprovalMail, ApprovalRequest, ApprovalVote
from db.models.records import InboundEvent
from db.models.tenants import Member, Tenant
from db.session import Database, Tx
from services.approvals.decisions import DecisionService
from services.approvals.deps import Deps
from services.approvals.link_pages import ActService
from services.approvals.mails import ApprovalMailService
from services.approvals.orders import OrderService
from services.approvals.payload import basis_of
from services.approvals.token_use import Decider, TokenUse
from services.approvals.views import ApprovalViews
from services.audit import AuditService
from services.devices import DeviceService
from services.intake import Intake
from services.letters.links import Links
from services.letters.refusals import Refusals
from services.letters.replies import ReplyService
from services.letters.sign_in import LinkSignIn
from services.mail.compose import compose
from services.mail.parse import parse
from services.mail_out import MailOut
from services.mail_sync import MailSync
from services.mailbox_access import MailboxAccess
from services.mailboxes import MailboxService
from services.members import MemberService, actor_of
from services.never_label import Forgetting
from services.sweeps import SweepService
from services.types.approvals import Surface
from services.types.mail import Address, ParsedMail
from services.types.people import Actor
from services.vault import Vault, generate
from tests import factories as make
from tests.fakes.chat import FakeChat
from tests.fakes.clock import FrozenClock, UuidIds
from tests.fakes.mail import FakeMail, FakeMailboxes, credentials
from tests.fakes.mail_sender import FakeMailSender
from tests.fakes.sign_in import FakeSignIn
from tests.integration.audited import audited
from tests.shared import VAULT

SYSTEM = "copilot@brightpath.example"
PUBLIC = "https://copilot.example"
LINK = re.compile(rf"{PUBLIC}/act/([\w.-]+)")
QUEUED = text(
    "select id, entrypoint, convert_from(payload, 'utf8') as body from jobs.pgqueuer "
    "where status = 'queued' and entrypoint in ('approval.mail', 'approval.order') order by id"
)
TEAM = {
    "rita": ("rep", []),
    "victor": ("manager", ["vp_sales"]),
    "dana": ("manager", ["vp_sales"]),
}


@dataclass
class MailDesk:
    database: Database
    vault: Vault = field(default_factory=lambda: Vault.parse(generate()))
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(make.NOW))
    ids: UuidIds = field(default_factory=UuidIds)
    sender: FakeMailSender = field(
        default_factory=lambda: FakeMailSender(sender=Address(email=SYSTEM, name="Understudy"))
    )
    world: FakeMailboxes = field(default_factory=FakeMailboxes)
    sign_in: FakeSignIn | None = field(default_factory=FakeSignIn)
    chat: FakeChat = field(default_factory=FakeChat)
    people: dict[str, Member] = field(default_factory=dict)
    wrap: Callable[[Decider], Decider] = lambda inner: inner

    tenant: UUID = field(init=False)
    request: UUID = field(init=False)
    system_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        db, clock, ids = self.database, self.clock, self.ids
        self.audit = AuditService(db, clock, ids, VAULT)
        self.links = Links.of(self.vault)
        views = ApprovalViews(db, clock, figures_of=None)
        self.notes = ApprovalMailService(
            db=db,
            clock=clock,
            ids=ids,
            audit=self.audit,
            links=self.links,
            mail_out=MailOut(sender=self.sender),
            card=views.card,
            render=approval_mail,
            public_url=PUBLIC,
        )
        deps = Deps(clock=clock, ids=ids, audit=self.audit, notify=self.notes.notify)
        decisions: Decider = self.wrap(DecisionService(db, deps))
        self.use = TokenUse(db=db, clock=clock, decisions=decisions)
        self.devices = DeviceService(
            db=db, clock=clock, ids=ids, sign=self.links.sign, verify=self.links.verified
        )
        self.acts = ActService(
            db=db,
            clock=clock,
            links=self.links,
            devices=self.devices,
            card=views.card,
            use=self.use,
            refusals=self._refusals(Surface.LINK),
            sign_in=LinkSignIn(
                db=db,
                devices=self.devices,
                members=MemberService(db=db, clock=clock, ids=ids, chats=self.chat),
                refusals=self._refusals(Surface.LINK),
                gateway=self.sign_in,
            ),
        )
        self.access = MailboxAccess(
            db=db, clock=clock, ids=ids, vault=self.vault, gateways=self.world
        )
        refusals = self._refusals(Surface.REPLY)
        desk = OrderService(
            db=db, clock=clock, ids=ids, notes=self.notes, use=self.use, refusals=refusals
        )
        self.orders = ReplyService(
            db=db, clock=clock, ids=ids, mails=self.access, refusals=refusals, desks=(desk,)
        )
        self.sweeps = SweepService(db, clock)

    def _refusals(self, surface: Surface) -> Refusals:
        return Refusals(db=self.database, clock=self.clock, audit=self.audit, surface=surface)

    # ── The world ───────────────────────────────────────────────────────────────────────────────
    async def open(self, **request: Any) -> "MailDesk":
        """Rita asks for a discount; Victor, VP of sales, is to decide."""
        self.tenant = await make.make_tenant(self.database)
        async with self.database.transaction(self.tenant) as tx:
            for name, (role, titles) in TEAM.items():
                self.people[name] = await make.make_member(
                    tx,
                    name=f"{name.title()} Example",
                    email=f"{name}@brightpath.example",
                    role=role,
                    titles=titles,
                )
            account = await make.make_account(tx, name="Acme")
            deal = await make.make_deal(tx, account_id=account.id)
            fields = {
                "account_id": account.id,
                "deal_id": deal.id,
                "basis": basis_of(deal),
                "created_at": self.clock.now(),
            }
            asked = await make.make_approval_request(
                tx, requester=self.people["rita"], **(fields | request)
            )
            await make.make_seat(tx, asked, holder=self.people["victor"])
        self.request = asked.id
        return self

    async def connect(self) -> FakeMail:
        """The admin connects the system mailbox; it is read once."""
        box = self.world.add(SYSTEM)
        self.system_id = await self.mailboxes().add(
            self.tenant, SYSTEM, credentials(SYSTEM), is_system=True
        )
        await self.sync()
        return box

    def mailboxes(self) -> MailboxService:
        async def touched(_tx: Tx, *_: Any) -> None:
            return None

        db, clock, ids = self.database, self.clock, self.ids
        audit = AuditService(db, clock, ids, VAULT)
        return MailboxService(
            db=db,
            clock=clock,
            ids=ids,
            vault=self.vault,
            access=self.access,
            mail_sync=MailSync(
                db=db,
                clock=clock,
                intake=Intake(clock=clock, ids=ids),
                touch=touched,
                forgetting=Forgetting(db=db, clock=clock, ids=ids, audit=audit),
                orders=self.orders.receive,
            ),
            touch=touched,
            audit=audit,
        )

    async def sync(self) -> None:
        await self.mailboxes().sync(self.tenant, self.system_id)

    def actor(self, name: str) -> Actor:
        return actor_of(self.people[name])

    async def notify(self, *names: str, kind: str = "request") -> None:
        async with self.database.transaction(self.tenant) as tx:
            asked = await tx.session.get(ApprovalRequest, (self.tenant, self.request))
            await self.notes.notify(tx, asked, [self.people[name].id for name in names], kind)

    async def work(self) -> None:
        """Run the jobs that wait, as a worker would."""
        while True:
            async with self.database.directory() as tx:
                waiting = (await tx.session.execute(QUEUED)).all()
            if not waiting:
                return
            job, kind, body = waiting[0]
            payload = json.loads(body)
            if kind == "approval.mail":
                await self.notes.send(self.tenant, UUID(payload["mail_id"]))
            else:
                await self.orders.run(self.tenant, UUID(payload["event_id"]))
            async with self.database.directory() as tx:
                await tx.session.execute(
                    text("delete from jobs.pgqueuer where id = :job"), {"job": job}
                )

    async def write_to(self, *names: str, kind: str = "request") -> ParsedMail:
        """Write to them; the mail that left last."""
        await self.notify(*names, kind=kind)
        await self.work()
        return self.sent()[-1]

    def sent(self, to: str | None = None) -> list[ParsedMail]:
        address = f"{to}@brightpath.example"
        return [parse(raw) for who, raw in self.sender.sent if to is None or who.email == address]

    async def reply(
        self,
        mail: ParsedMail,
        words: str,
        *,
        sender: str = "victor@brightpath.example",
        to: str | None = None,
        top: str | None = None,
        **headers: str,
    ) -> None:
        """Somebody answers that mail; Google's server takes it in, the mailbox is read, the jobs
        run. `top` replaces what Google writes above."""
        self.clock.move(timedelta(minutes=1))
        quote = "\n".join(f"> {line}" for line in mail.text.splitlines())
        raw = compose(
            sender=Address(email=sender),
            to=[Address(email=to or next(iter(mail.reply_to or (Address(email=SYSTEM),))).email)],
            subject=f"Re: {mail.subject}",
            text=f"{words}\n\nOn Sat, 21 Nov 2026 at 09:30, Understudy wrote:\n{quote}\n",
            date=self.clock.now(),
            message_id=f"<{self.ids.new().hex}@mail.test>",
            in_reply_to=mail.message_id,
            references=[mail.message_id],
            headers=headers,
        )
        above = received(sender) if top is None else top
        box = self.world.mailboxes[SYSTEM]
        box.deliver(above.encode() + raw, at=self.clock.now())
        await self.sync()
        await self.work()

    # ── What is there ───────────────────────────────────────────────────────────────────────────
    async def rows(self, model: type, order: Any = None) -> list[Any]:
        async with self.database.read(self.tenant) as tx:
            query = select(model).where(model.tenant_id == self.tenant)
            return list((await tx.session.execute(query.order_by(order))).scalars())

    async def mails(self) -> list[ApprovalMail]:
        return await self.rows(ApprovalMail, ApprovalMail.created_at)

    async def votes(self) -> list[ApprovalVote]:
        return await self.rows(ApprovalVote)

    async def events(self) -> list[InboundEvent]:
        return await self.rows(InboundEvent, InboundEvent.created_at)

    async def asked(self) -> ApprovalRequest:
        async with self.database.read(self.tenant) as tx:
            return await tx.session.get(
                ApprovalRequest, (self.tenant, self.request), populate_existing=True
            )

    async def refused(self) -> list[dict[str, Any]]:
        """The facts of every refusal in the audit."""
        entries = await audited(self.database, self.tenant, "approval.refused")
        return [entry["facts"] for entry in entries]

    async def untouched(self) -> bool:
        """Nothing was decided, and no token was used up."""
        asked, mails = await self.asked(), await self.mails()
        unused = all(mail.used_at is None for mail in mails)
        return asked.status == "pending" and unused and not await self.votes()

    async def team_id(self) -> str:
        async with self.database.read(self.tenant) as tx:
            return (await tx.session.get(Tenant, self.tenant)).team_id

    async def change(self, row: Any, **values: Any) -> None:
        async with self.database.transaction(self.tenant) as tx:
            found = await tx.session.get(type(row), (self.tenant, row.id))
            for name, value in values.items():
                setattr(found, name, value)


def received(sender: str, mailbox: str = SYSTEM, verdict: str = "") -> str:
    """What Google's server writes above a mail it took in."""
    domain = sender.rpartition("@")[2]
    found = verdict or f"dkim=pass header.i=@{domain}; dmarc=pass (p=REJECT) header.from={domain}"
    return (
        f"Delivered-To: {mailbox}\r\n"
        f"Received: from mail.{domain} by mx.google.com with ESMTPS id x for <{mailbox}>\r\n"
        f"Authentication-Results: mx.google.com; {found}\r\n"
        f"Return-Path: <{sender}>\r\n"
    )


def link_of(mail: ParsedMail) -> str:
    """The token of the first link in it."""
    found = LINK.search(mail.text)
    assert found, mail.text
    return found[1]


async def everything_stored(admin_url: str) -> str:
    """All rows of all tables, past row-level security, as one text."""
    connection = await asyncpg.connect(admin_url)
    try:
        tables = await connection.fetch(
            "select format('%I.%I', schemaname, tablename) from pg_tables "
            "where schemaname in ('public', 'jobs')"
        )
        rows = [
            row[0]
            for (table,) in tables
            for row in await connection.fetch(f"select t::text from {table} t")
        ]
    finally:
        await connection.close()
    return "\n".join(rows)


def holds(stored: str, secret: str) -> bool:
    """Whether it stands there, as text or as bytes."""
    return secret in stored or secret.encode().hex() in stored
