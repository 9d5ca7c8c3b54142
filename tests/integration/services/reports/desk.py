"""A company's first two months: September it only watches, in October the copilot writes; a report
of it, told by real services, with a sender and a renderer that keep what they were given."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from blocks.report_mail import report_mail
from db import jobs
from db.base import TenantRow
from db.models.actions import Action, Effect
from db.models.analytics import LearningDay
from db.models.autonomy import Judgement, LevelMove
from db.models.cards import Card
from db.models.coaching import Report, ReportMail, ReportWish
from db.models.conversations import Conversation, Message
from db.models.customers import Account, Deal, DealChange
from db.models.directories import Timer
from db.models.drafts import Draft, DraftRevision
from db.models.goals import Goal
from db.models.mailboxes import Mailbox, MailboxMessage
from db.models.outcomes import OutcomeCredit
from db.models.records import ModelCall
from db.models.tenants import Member
from db.report_facts import Within, count_answered
from db.session import Database, Tx
from db.tenants import set_setting
from services.audit import AuditService
from services.mail_out import MailOut
from services.reports.gathering import Gathering
from services.reports.mailing import ReportMailer
from services.reports.making import ReportMaker
from services.reports.pages import ReportPages
from services.reports.telling import ReportTeller
from services.reports.wishes import ReportWishes
from services.types.people import Actor, Role
from services.types.reports import ReportView, ReportWork, WayBack
from services.zones import day_begins
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.fakes.mail_sender import FakeMailSender
from tests.integration.services.taught import count
from tests.shared import VAULT

BEGAN = datetime(2026, 9, 5, 12, tzinfo=UTC)
TOLD = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
"""Half past eight in Berlin, on October's first working day after."""
HAND, MINE = " ".join(["word"] * 100), " ".join(["text"] * 50)
BERLIN = "Europe/Berlin"
LINEAGE = "today"


@dataclass
class Desk:
    database: Database
    tenant: UUID
    ada: Member
    mona: Member
    rita: Member
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(TOLD))
    ids: UuidIds = field(default_factory=UuidIds)
    sender: FakeMailSender = field(default_factory=FakeMailSender)

    def __post_init__(self) -> None:
        self.audit = AuditService(self.database, self.clock, self.ids, VAULT)
        out = MailOut(sender=self.sender)
        same = {
            "db": self.database,
            "clock": self.clock,
            "ids": self.ids,
        }
        self.maker = ReportMaker(
            **same, audit=self.audit, gathering=Gathering(lineage=lambda: LINEAGE)
        )
        self.teller = ReportTeller(**same, maker=self.maker)
        self.mailer = ReportMailer(**same, audit=self.audit, mail_out=out, render=report_mail)
        self.pages = ReportPages(
            **same,
            audit=self.audit,
            maker=self.maker,
            teller=self.teller,
            wishes=ReportWishes(**same),
            mail_out=out,
        )

    async def shown(self, member: Member, words: str) -> ReportView:
        """What the command answers with, when the worker has done what there was to do."""
        for _ in range(2):
            way = WayBack(command_id=str(self.ids.new()))
            view = await self.pages.wished(self.actor(member), words, way)
            if view is not None:
                return view
            await self.count()
        raise AssertionError("it was counted, and isn't there")

    async def count(self) -> list[ReportWork]:
        """The worker's work on all wishes that are open."""
        found = []
        for wish in await self.rows(ReportWish):
            work = await self.pages.work(self.tenant, wish.id)
            if work is not None:
                found.append(work)
                await self.pages.wishes.settle(self.tenant, wish.id)
        return found

    def actor(self, member: Member) -> Actor:
        return Actor(
            tenant_id=self.tenant,
            member_id=member.id,
            role=Role(member.role),
            name=member.name,
            timezone=member.timezone,
        )

    async def rows(self, model: type[Any]) -> list[Any]:
        async with self.database.read(self.tenant) as tx:
            return list((await tx.session.scalars(select(model))).all())

    async def mails(self) -> list[ReportMail]:
        return await self.rows(ReportMail)

    async def reports(self) -> list[Report]:
        return await self.rows(Report)

    async def cards(self) -> list[Card]:
        return [one for one in await self.rows(Card) if one.kind == "report"]

    async def queued(self, kind: str) -> int:
        async with self.database.read(self.tenant) as tx:
            return len(await jobs.live_payloads(tx, kind))

    async def due_at(self, member: Member) -> datetime | None:
        found = [one for one in await self.rows(Timer) if one.subject_id == member.id]
        return found[0].due_at if found else None

    async def due(self, member: Member) -> None:
        """The sweep finds this member's timer."""
        async with self.database.transaction(self.tenant) as tx:
            await self.teller.due(tx, member.id)

    async def change(self, member: Member, **values: Any) -> None:
        await self.alter(Member, member.id, **values)

    async def alter(self, model: type[Any], row_id: UUID, **values: Any) -> None:
        async with self.database.transaction(self.tenant) as tx:
            row = await tx.session.get_one(model, (self.tenant, row_id))
            for name, value in values.items():
                setattr(row, name, value)

    def row(self, kind: type[Any], at: datetime, /, **values: Any) -> Any:
        return kind(**({"tenant_id": self.tenant, "id": uuid4(), "created_at": at} | values))

    async def set_shadow(self, *, on: bool) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await set_setting(tx, "shadow", on)

    # ── two months ──────────────────────────────────────────────────────────────────────────────
    async def september(self) -> None:
        """Six days of watching, four answers by hand on each; every other one is answered."""
        layers: list[list[TenantRow]] = [[], [], []]
        for number in range(24):
            at = datetime(2026, 9, 7 + number // 4, 9 + number % 4, tzinfo=UTC)
            talk = self.row(Conversation, at, link="linked", responder_id=self.rita.id)
            action = self.row(
                Action,
                at,
                type="send_routine_response",
                conversation_id=talk.id,
                trigger="mail",
                verdict="approval_required",
                confidence=Decimal("0.5"),
                level="shadow",
                owner_id=self.rita.id,
            )
            layers[0].append(talk)
            layers[1] += [action, *self._exchange(talk, at, HAND, answered=number % 2 == 0)]
            layers[2].append(
                self.row(
                    Judgement,
                    at,
                    action_id=action.id,
                    revision=1,
                    level="shadow",
                    verdict="autonomous",
                    decision="held",
                    would="send",
                    types=["send_routine_response"],
                )
            )
        await self._layers(layers)

    async def october(self, *, sent: int = 20, answered: int = 15) -> None:
        """Twenty answers of the copilot's left, one with five words typed into it; two more were
        read and rejected."""
        box = self.row(Mailbox, BEGAN, address="rita@northwind.test", member_id=self.rita.id)
        layers: list[list[TenantRow]] = [[box], [], [], [], []]
        for number in range(sent + 2):
            at = datetime(2026, 10, 5 + number // 8, 8 + number % 8, tzinfo=UTC)
            one = self._mine(at, box, left=number < sent, answered=number < answered, number=number)
            for layer, rows in zip(layers, one, strict=True):
                layer.extend(rows)
        day = self.row(
            LearningDay,
            TOLD,
            day=date(2026, 10, 6),
            changed_at=TOLD,
            member_id=self.rita.id,
            action_type="send_routine_response",
            proposed=sent + 2,
            unchanged=sent - 1,
            edited=1,
            rejected=2,
            sent=sent,
        )
        await self._layers([*layers, [day]])

    def _mine(
        self, at: datetime, box: Mailbox, *, left: bool, answered: bool, number: int
    ) -> list[list[TenantRow]]:
        talk = self.row(Conversation, at, link="linked", responder_id=self.rita.id)
        asked, ours, *reply = self._exchange(talk, at, MINE, answered=answered)
        draft = self.row(Draft, at, conversation_id=talk.id, message_id=asked.id, status="sent")
        base = {"draft_id": draft.id, "sender": "r@x.test", "to": ["c@x.test"], "subject": "Re"}
        revisions = [
            self.row(
                DraftRevision, at, **base, number=1, author="model", text=MINE, content_hash="a"
            )
        ]
        edited = left and number == 0
        if edited:
            words = f"{MINE} and five words of ours"
            revisions.append(
                self.row(
                    DraftRevision,
                    at,
                    **base,
                    number=2,
                    author="member",
                    text=words,
                    content_hash="b",
                )
            )
        action = self.row(
            Action,
            at,
            type="send_routine_response",
            status="done" if left else "rejected",
            conversation_id=talk.id,
            draft_id=draft.id,
            owner_id=self.rita.id,
            trigger="mail",
            verdict="approval_required",
            confidence=Decimal("0.5"),
            decided_by=self.rita.id,
            decided_at=at,
            decided_surface="slack",
        )
        if not left:
            return [[talk], [asked], [draft], [*revisions, action], []]
        effect = self.row(
            Effect,
            at,
            action_id=action.id,
            draft_id=draft.id,
            kind="send_draft",
            revision=2 if edited else 1,
            status="done",
            due_at=at,
            settled_at=at,
            result={"gmail_message_id": f"g{number}", "incident": None},
        )
        place = self.row(
            MailboxMessage,
            at,
            mailbox_id=box.id,
            message_id=ours.id,
            gmail_message_id=f"g{number}",
            gmail_thread_id=f"t{number}",
        )
        return [[talk], [asked, ours, *reply], [draft], [*revisions, action], [effect, place]]

    def _exchange(
        self, talk: Conversation, at: datetime, words: str, *, answered: bool
    ) -> list[Message]:
        """Their mail, ours, and theirs again if it was answered."""

        def mail(when: datetime, direction: str, said: str) -> Message:
            found: Message = self.row(
                Message,
                when,
                conversation_id=talk.id,
                rfc_message_id=f"<{uuid4().hex}@x.test>",
                direction=direction,
                kind="human",
                proof="pass",
                sender={"email": "a@x.test"},
                text=said,
                received_at=when,
                attention="ours" if direction == "outbound" else "card",
            )
            return found

        found = [mail(at - timedelta(hours=1), "inbound", "Hi"), mail(at, "outbound", words)]
        return [*found, *([mail(at + timedelta(days=2), "inbound", "Thanks")] if answered else [])]

    async def beside(self) -> None:
        """What the other figures count, all in October."""
        at = datetime(2026, 10, 14, 9, tzinfo=UTC)
        account = self.row(Account, BEGAN, name="Acme")
        deal = self.row(
            Deal, BEGAN, account_id=account.id, name="D", stage="qualification",
            amount=Decimal(100), currency="EUR", owner_id=self.rita.id,
        )  # fmt: skip
        change = self.row(
            DealChange, at, deal_id=deal.id, field="stage", before="discovery",
            after="qualification",
        )  # fmt: skip
        (action, *_) = await self.rows(Action)
        credit = self.row(
            OutcomeCredit, at, event_kind="stage", event_id=change.id, happened_at=at,
            action_id=action.id, deal_id=deal.id, weight=Decimal(1),
        )  # fmt: skip
        calls = [
            self.row(
                ModelCall, at, purpose="draft", model="m", status="ok", cost_usd=Decimal("0.1")
            )
            for _ in range(4)
        ]
        fell = self.row(
            LevelMove, at, action_type="send_routine_response", kind="demoted",
            before="undo_window", after="approve",
        )  # fmt: skip
        goal = self.row(
            Goal, BEGAN, kind="activity", scope="tenant", starts_on=date(2026, 10, 1),
            ends_on=date(2026, 10, 31), status="met", target=Decimal(5),
        )  # fmt: skip
        await self._layers([[account, *calls, fell, goal], [deal], [change], [credit]])
        await count(
            self.database, self.tenant, "send_routine_response", LINEAGE,
            predicted="0.6", positive=22, of=40,
        )  # fmt: skip
        self.clock.at = at
        async with self.database.transaction(self.tenant) as tx:
            await self.audit.append(tx, "text.suspicious", subject_id=uuid4(), facts={})
        self.clock.at = TOLD

    async def counted_anew(self, first: date) -> set[int | None]:
        """Mails of the copilot's that were answered in this month, as they would be told today."""
        async with self.database.read(self.tenant) as tx:
            rows = await count_answered(
                tx,
                Within(
                    since=day_begins(first, BERLIN),
                    until=TOLD,
                    zone=BERLIN,
                    now=TOLD,
                ),
            )
        return {row["answered"] for row in rows if row["mine"]}

    async def late_answer(self, **changes: Any) -> None:
        """A customer answers a mail of October's within its week, and their mailbox tells of it in
        November."""
        mails = await self.rows(Message)
        heard = {one.conversation_id for one in mails if one.text == "Thanks"}
        ours = [one for one in mails if one.direction == "outbound"]
        open_one = next(one for one in ours if one.conversation_id not in heard)
        at = open_one.received_at + timedelta(days=3)
        late = self.row(
            Message,
            TOLD,
            conversation_id=open_one.conversation_id,
            rfc_message_id=f"<late{uuid4().hex}@x.test>",
            direction="inbound",
            sender={"email": "a@x.test"},
            received_at=at,
            attention="card",
            **({"kind": "human", "proof": "pass"} | changes),
        )
        await self._layers([[late]])

    async def _layers(self, layers: Iterable[Iterable[TenantRow]]) -> None:
        async with self.database.transaction(self.tenant) as tx:
            for rows in layers:
                await _add(tx, rows)


async def _add(tx: Tx, rows: Iterable[TenantRow]) -> None:
    tx.session.add_all(list(rows))
    await tx.session.flush()


async def make_desk(database: Database) -> Desk:
    tenant = await make.make_tenant(database, created_at=BEGAN)
    given = {"timezone": BERLIN, "enabled_at": BEGAN, "created_at": BEGAN}
    async with database.transaction(tenant) as tx:
        ada = await make.make_member(tx, name="Ada Admin", role="executive", **given)
        mona = await make.make_member(tx, name="Mona Manager", role="manager", **given)
        rita = await make.make_member(tx, name="Rita Rep", manager_id=mona.id, **given)
    return Desk(database, tenant, ada, mona, rita)
