"""A tenant with mailboxes in memory and the real services over a real database."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text

from db.models.conversations import Conversation, Message
from db.models.customers import Account, Contact, Deal
from db.models.directories import WorkspaceEntry
from db.models.drafts import Draft
from db.models.mailboxes import Mailbox
from db.models.records import InboundEvent
from db.models.tenants import Member, Tenant
from db.session import Database, Tx
from services.audit import AuditService
from services.first_reading import FirstReadingService
from services.intake import Intake
from services.letters.links import Links
from services.mail_sync import MailSync
from services.mailbox_access import MailboxAccess
from services.mailbox_connect import ConnectLinks, MailboxConnectService
from services.mailbox_delegation import DelegationService
from services.mailbox_ending import MailboxEndingService
from services.mailbox_health import GmailFacts
from services.mailbox_watch import WatchService
from services.mailboxes import MailboxService
from services.never_label import Forgetting
from services.types.people import Actor, Role
from services.vault import Vault, generate
from tests.fakes.consent import FakeConsent
from tests.fakes.mail import FakeMail, FakeMailboxes, credentials
from tests.shared import VAULT

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
KEY = generate()


@dataclass
class SetClock:
    """Time stands until a test moves it."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


class NewIds:
    def new(self) -> UUID:
        return uuid4()


@dataclass
class Touches:
    """Remembers which cards were to be shown anew."""

    seen: list[tuple[str, UUID]] = field(default_factory=list)
    people: list[Sequence[UUID] | None] = field(default_factory=list)

    async def __call__(
        self, tx: Tx, kind: str, subject_id: UUID, people: Sequence[UUID] | None
    ) -> None:
        assert tx.open
        self.seen.append((kind, subject_id))
        self.people.append(people)


@dataclass
class Office:
    database: Database
    world: FakeMailboxes
    tenant: UUID = field(default_factory=uuid4)
    clock: SetClock = field(default_factory=SetClock)
    touches: Touches = field(default_factory=Touches)
    keys: str = KEY
    topic: str | None = None
    consent: FakeConsent = field(default_factory=FakeConsent)
    made: dict[str, UUID] = field(default_factory=dict)

    def service(self) -> MailboxService:
        vault = Vault.parse(self.keys)
        ids = NewIds()
        access = self.access()
        audit = AuditService(self.database, self.clock, ids, VAULT)
        intake = Intake(clock=self.clock, ids=ids)
        return MailboxService(
            db=self.database,
            clock=self.clock,
            ids=ids,
            vault=vault,
            access=access,
            mail_sync=MailSync(
                db=self.database,
                clock=self.clock,
                intake=intake,
                touch=self.touches,
                forgetting=Forgetting(db=self.database, clock=self.clock, ids=ids, audit=audit),
            ),
            touch=self.touches,
            audit=audit,
        )

    def access(self) -> MailboxAccess:
        return MailboxAccess(
            db=self.database,
            clock=self.clock,
            ids=NewIds(),
            vault=Vault.parse(self.keys),
            gateways=self.world,
        )

    def endings(self) -> MailboxEndingService:
        ids = NewIds()
        return MailboxEndingService(
            db=self.database,
            clock=self.clock,
            ids=ids,
            audit=AuditService(self.database, self.clock, ids, VAULT),
            access=self.access(),
            touch=self.touches,
            revoke=self.consent.revoke,
        )

    def delegation(self) -> DelegationService:
        ids = NewIds()
        return DelegationService(
            db=self.database,
            clock=self.clock,
            ids=ids,
            audit=AuditService(self.database, self.clock, ids, VAULT),
            access=self.access(),
            mailboxes=self.service(),
            endings=self.endings(),
            touch=self.touches,
        )

    def readings(self) -> FirstReadingService:
        ids = NewIds()
        audit = AuditService(self.database, self.clock, ids, VAULT)
        return FirstReadingService(db=self.database, clock=self.clock, ids=ids, audit=audit)

    def facts(self) -> GmailFacts:
        links = Links.of(Vault.parse(self.keys))
        return GmailFacts(
            links=ConnectLinks(
                clock=self.clock,
                sign=links.sign,
                verify=links.verified,
                public_url="https://us.test",
                configured=True,
            ),
            pushes=self.topic is not None,
        )

    def connecting(self) -> MailboxConnectService:
        return MailboxConnectService(
            db=self.database,
            clock=self.clock,
            ids=NewIds(),
            vault=Vault.parse(self.keys),
            links=self.facts().links,
            consent=self.consent,
            gateways=self.world,
            mailboxes=self.service(),
        )

    def actor(self, who: str, role: Role = Role.REP) -> Actor:
        return Actor(
            tenant_id=self.tenant,
            member_id=self.made[who],
            role=role,
            name=who,
            timezone="UTC",
        )

    async def set_role(self, who: str, role: str) -> None:
        await self.run("update members set role = :r where id = :id", r=role, id=self.made[who])

    async def run(self, statement: str, **values: Any) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await tx.session.execute(text(statement), values)

    async def verbs(self) -> list[str]:
        """What the audit tells of, oldest first."""
        async with self.database.read(self.tenant) as tx:
            query = text("select verb from audit_entries order by position")
            return list((await tx.session.execute(query)).scalars())

    def watches(self) -> WatchService:
        return WatchService(
            db=self.database,
            clock=self.clock,
            ids=NewIds(),
            access=self.access(),
            touch=self.touches,
            topic=self.topic,
        )

    async def open(self) -> "Office":
        """The workspace: two reps, an account with a deal, a contact, and an excluded one."""
        async with self.database.transaction(self.tenant) as tx:
            name = f"T{self.tenant.hex[:8]}"
            tx.session.add(
                Tenant(
                    tenant_id=self.tenant, created_at=NOW, team_id=name, name=name, bot_user_id="B"
                )
            )
            await tx.session.flush()
            tx.session.add(WorkspaceEntry(team_id=name, tenant_id=self.tenant))
            for who in ("ana", "ben"):
                await self._add(tx, who, Member(email=f"{who}@sell.test", name=who, role="rep"))
            account = Account(name="Acme", domain="acme.test", owner_id=self.made["ana"])
            await self._add(tx, "acme", account)
            await self._add(
                tx, "deal", Deal(account_id=account.id, name="Big", owner_id=self.made["ben"])
            )
            await self._add(
                tx,
                "dana",
                Contact(
                    account_id=account.id,
                    email="dana@acme.test",
                    name="Dana",
                    status="confirmed",
                ),
            )
            await self._add(tx, "never", Account(name="No", domain="secret.test", excluded=True))
        return self

    async def _add(self, tx: Tx, name: str, row: Any) -> None:
        row.tenant_id, row.id, row.created_at = self.tenant, uuid4(), NOW
        self.made[name] = row.id
        tx.session.add(row)
        await tx.session.flush()

    async def connect(self, who: str, *, synced: bool = True) -> tuple[UUID, FakeMail]:
        """Ana's or Ben's mailbox, connected and read once."""
        address = f"{who}@sell.test"
        mailbox = self.world.add(address)
        member = self.made[who]
        mailbox_id = await self.service().add(self.tenant, address, credentials(address), member)
        if synced:
            await self.service().sync(self.tenant, mailbox_id)
        return mailbox_id, mailbox

    async def add_draft(self, conversation_id: UUID, mailbox_id: UUID, **values: Any) -> UUID:
        async with self.database.transaction(self.tenant) as tx:
            draft = Draft(
                conversation_id=conversation_id, mailbox_id=mailbox_id, status="ready", **values
            )
            await self._add(tx, f"draft-{uuid4()}", draft)
            return draft.id

    async def all(self, model: type[Any]) -> list[Any]:
        async with self.database.read(self.tenant) as tx:
            return list(await tx.session.scalars(select(model).order_by(model.created_at)))

    async def messages(self) -> list[Message]:
        return sorted(await self.all(Message), key=lambda m: m.received_at)

    async def conversations(self) -> list[Conversation]:
        return await self.all(Conversation)

    async def events(self, status: str) -> list[InboundEvent]:
        return [e for e in await self.all(InboundEvent) if e.status == status]

    async def mailbox(self, mailbox_id: UUID) -> Mailbox:
        return next(m for m in await self.all(Mailbox) if m.id == mailbox_id)

    async def all_boxes(self) -> list[Mailbox]:
        return await self.all(Mailbox)

    async def jobs(self, kind: str) -> list[dict[str, Any]]:
        query = text(
            "select convert_from(payload, 'utf8')::jsonb as payload from jobs.pgqueuer "
            "where entrypoint = :kind order by id"
        )
        async with self.database.read(self.tenant) as tx:
            return [row.payload for row in await tx.session.execute(query, {"kind": kind})]


_numbers = itertools.count(1)


def eml(
    text: str = "What would a hundred seats cost?",
    *,
    sender: str = "dana@acme.test",
    to: str = "ana@sell.test",
    cc: str = "",
    message_id: str | None = None,
    parent: str | None = None,
    extra: str = "",
) -> bytes:
    """A mail as it stands in a mailbox."""
    name = message_id or f"<n{next(_numbers)}@mail.test>"
    reply = f"In-Reply-To: {parent}\r\nReferences: {parent}\r\n" if parent else ""
    copies = f"Cc: {cc}\r\n" if cc else ""
    return (
        f"From: {sender}\r\nTo: {to}\r\n{copies}Subject: Seats\r\nMessage-ID: {name}\r\n"
        f"Date: Sat, 21 Nov 2026 09:00:00 +0000\r\n{reply}{extra}"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()
