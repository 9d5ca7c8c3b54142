"""The heart of the loop on real PostgreSQL: real services, fakes at the ports, jobs run in turn."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from db import jobs
from db.models.actions import Action, Effect
from db.models.cards import Card
from db.models.conversations import Conversation, Message
from db.models.customers import Account, Contact, Deal
from db.models.drafts import Draft, DraftRevision
from db.models.mailboxes import Mailbox
from db.models.outcomes import Outcome
from db.models.tenants import Member
from db.session import Database, ReadTx, raw_connection
from services.account_view.service import AccountViewService
from services.actions import ActionService
from services.analysis import Analyst
from services.audit import AuditService
from services.autonomy.deciding import DecidingService
from services.autonomy.limits import LimitService
from services.autonomy.own_texts import OwnTextService
from services.autonomy.recalling import RecallService
from services.conversations import ConversationService
from services.draft_following import DraftFollower
from services.drafts import DraftService
from services.effects import EffectService
from services.errors import ServiceError, TransientError
from services.feedback import FeedbackService
from services.habits.noting import HabitNoting
from services.mail.compose import compose
from services.mail.parse import parse
from services.model_calls import ModelCallService
from services.offline.model import OfflineModel
from services.outcomes.kinds import STAGE_MOVED, SWEEP, Window
from services.outcomes.opening import OutcomeOpener
from services.outcomes.resolving import OutcomeService
from services.outcomes.sweeping import OutcomeSweeper
from services.overviews import ViewService
from services.ports import ChatRef
from services.rereading import RereadingService
from services.revisions import Revisions, RevisionWritten, told_nobody
from services.sorting import SortingService
from services.sweeps import SweepService
from services.types.feedback import WrongView
from services.types.mail import Address
from services.types.model import Ask, AskKind, DraftText, Extraction
from services.types.people import Actor, Role
from services.types.undo import Undone
from services.types.views import MailCardView
from services.undo import UndoService
from services.undo_waits import UndoWaits
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.fakes.mail import FakeMail
from tests.fakes.scripted_model import ScriptedModel
from tests.integration.services.mortality import TestMailboxes
from tests.shared import VAULT

ASK = "Could you send me the security report by Friday?"
ANSWER = "Hello Carla,\n\nthe report is on its way.\n\nBest regards\nRita Rep"
QUEUED = text(
    "select id, entrypoint, convert_from(payload, 'utf8') as body "
    "from jobs.pgqueuer where status = 'queued' order by id"
)
NEXT = """
select id, entrypoint, convert_from(payload, 'utf8') as body from jobs.pgqueuer
where status = 'queued' and convert_from(payload, 'utf8')::jsonb ->> 'tenant_id' = $1
  and entrypoint <> all($2)
order by id limit 1
"""


WAITS = UndoWaits(approved=timedelta(seconds=60), autonomous=timedelta(minutes=10))
"""Of what leaves by itself; what people approve leaves at once here, unless `wait` says so."""


@dataclass
class Hours:
    """Monday to Friday, 8:00 to 18:00 UTC if `kept`, else always."""

    kept: bool = False

    async def next_from(
        self, _tx: ReadTx, _action: Action, _draft: Draft, at: datetime
    ) -> datetime:
        while self.kept and not (at.weekday() < 5 and 8 <= at.hour < 18):
            at = (at + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        return at


@dataclass
class Loop:
    """One tenant's loop: rep Rita (owner, her mailbox), colleague Cole, manager Mona."""

    database: Database
    tenant: UUID
    clock: FrozenClock
    model: ScriptedModel
    mails: TestMailboxes
    ids: UuidIds
    rita: Member
    cole: Member
    mona: Member
    box: Mailbox
    account: Account
    deal: Deal
    contact: Contact
    conversation: Conversation
    cards: dict[tuple[UUID, UUID], MailCardView | None] = field(default_factory=dict)
    wrong: dict[UUID, WrongView | None] = field(default_factory=dict)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    looked: list[UUID] = field(default_factory=list)
    """Accounts that were to be looked at for signals."""

    def __post_init__(self) -> None:
        db, clock, ids, mails, model = (
            self.database,
            self.clock,
            self.ids,
            self.mails,
            self.model,
        )
        self.audit = audit = AuditService(db, clock, ids, VAULT)
        self.outcomes = OutcomeService(clock, ids, audit)
        self.opening = OutcomeOpener(clock, ids)
        self.windows = OutcomeSweeper(db, clock, self.outcomes)
        calls, offline = ModelCallService(db, clock, ids), OfflineModel()
        self.hours = Hours()
        deciding = DecidingService(clock=clock, ids=ids, audit=audit, waits=WAITS, hours=self.hours)
        self.conversations = ConversationService(
            db, clock, ids, audit, self.outcomes, Analyst(model, offline, calls), deciding
        )
        self.written: RevisionWritten = told_nobody
        revisions = Revisions(clock, ids, self._written)
        self.follower = DraftFollower(db, clock, ids, audit, revisions, mails)
        self.drafts = DraftService(
            db, clock, ids, revisions, self.follower, mails, model, offline, calls, deciding
        )
        self.actions = ActionService(db, clock, ids, audit, revisions)
        self.effects = EffectService(
            db, clock, ids, audit, mails, self.drafts, self.follower, self.opening, self.hours
        )
        self.own_texts = OwnTextService(db=db, clock=clock, ids=ids, audit=audit)
        self.limits = LimitService(db=db, clock=clock, ids=ids, audit=audit)
        self.recalls = RecallService(db=db, clock=clock, ids=ids, audit=audit)
        self.undo = UndoService(db=db, clock=clock, ids=ids, audit=audit, mails=mails)
        self.feedback = FeedbackService(db, clock, ids, audit)
        self.noting = HabitNoting(db=db, clock=clock, ids=ids, audit=audit)
        self.sorting = SortingService(db, clock, ids, audit)
        self.rereading = RereadingService(db, mails, self.clock)
        self.views = ViewService(db, clock, model)
        # A busy test machine is no source that is down.
        self.accounts = AccountViewService(db, clock, statement_ms=20_000)
        self.sweeps = SweepService(db, clock, self.windows.timers())

    async def _written(self, *told: Any) -> None:
        await self.written(*told)

    # ── the world ───────────────────────────────────────────────────────────────────────────────
    @property
    def mail(self) -> FakeMail:
        return self.mails.boxes[self.box.id]

    @property
    def sent(self) -> list[bytes]:
        return [m.raw for m in self.mail.sent]

    def actor(self, member: Member) -> Actor:
        return Actor(
            tenant_id=self.tenant,
            member_id=member.id,
            role=Role(member.role),
            name=member.name,
            timezone=member.timezone,
        )

    def receive(self, words: str = ASK, **headers: Any) -> str:
        """A customer's mail arrives in Gmail; nobody has looked yet."""
        self.clock.move(timedelta(seconds=5))
        raw = compose(
            sender=Address(email=self.contact.email, name=self.contact.name),
            to=[Address(email=self.rita.email)],
            subject="Security questions",
            text=words,
            date=self.clock.now(),
            message_id=f"<{self.ids.new().hex}@acme.test>",
            **headers,
        )
        return self.mail.deliver(raw, at=self.clock.now(), thread_id="t1")

    async def write(self, words: str = ASK, **fields: Any) -> UUID:
        """A customer's mail arrives and is stored, as the sync would do."""
        return await self.store(self.receive(words), **fields)

    async def store(self, gmail: str, **fields: Any) -> UUID:
        stored = self.mail.messages[gmail]
        parsed = parse(stored.raw)
        ours = "SENT" in stored.labels
        sender = parsed.sender or Address(email="nobody@acme.test")
        human = parsed.kind.value == "human"
        defaults = {
            "rfc_message_id": parsed.message_id,
            "direction": "outbound" if ours else "inbound",
            "attention": "ours" if ours else "new" if human else "quiet",
            "kind": parsed.kind.value,
            "sender": {"email": sender.email, "name": sender.name},
            "recipients": {"to": [one.email for one in parsed.to], "cc": []},
            "text": parsed.visible_reply,
            "received_at": stored.received_at,
            "created_at": self.clock.now(),
            "contact_id": None if ours else self.contact.id,
        }
        async with self.database.transaction(self.tenant) as tx:
            conversation = await tx.session.get_one(
                Conversation, (self.tenant, self.conversation.id)
            )
            message = await make.make_message(tx, conversation, **(defaults | fields))
            await make.make_place(tx, message, self.box, gmail=gmail, thread=stored.thread_id)
            if message.attention == "new":
                await jobs.enqueue(tx, "message.process", {"message_id": message.id})
            return message.id

    def answer_by_hand(
        self, words: str = "I called you, all is clear.", *, to: str | None = None
    ) -> str:
        """Rita writes in Gmail herself, in the thread, without the draft."""
        self.clock.move(timedelta(seconds=5))
        raw = compose(
            sender=Address(email=self.rita.email, name=self.rita.name),
            to=[Address(email=to or self.contact.email)],
            subject="Re: Security questions",
            text=words,
            date=self.clock.now(),
            message_id=f"<{self.ids.new().hex}@northwind.test>",
        )
        return self.mail.deliver(raw, labels={"SENT"}, at=self.clock.now(), thread_id="t1")

    async def edit_in_gmail(self, **changes: Any) -> None:
        """Rita changes the draft in Gmail: its message id changes, its draft id does not."""
        draft, revision = await self.draft(), (await self.revisions())[-1]
        written = {
            "sender": Address(email=revision.sender, name=revision.sender_name),
            "to": [Address(email=one) for one in revision.to],
            "subject": revision.subject,
            "text": revision.text,
            "in_reply_to": revision.in_reply_to,
            "references": revision.refs,
            "draft_token": str(draft.id),
            "date": self.clock.now(),
        } | changes
        await self.mail.update_draft(
            draft.gmail_draft_id, compose(**written), draft.gmail_thread_id
        )

    async def sync(self) -> None:
        """What the mailbox's sync does, as far as this loop needs it."""
        async with self.database.read(self.tenant) as tx:
            rows = await tx.session.execute(text("select gmail_message_id from mailbox_messages"))
            known = set(rows.scalars())
        for gmail, message in list(self.mail.messages.items()):
            if gmail not in known and "DRAFT" not in message.labels:
                await self.store(gmail)

    # ── jobs ────────────────────────────────────────────────────────────────────────────────────
    async def queued(self, kind: str | None = None) -> list[tuple[int, str, dict[str, Any]]]:
        """(id, kind, payload) of this tenant's jobs, oldest first."""
        async with self.database.read(self.tenant) as tx:
            rows = (await tx.session.execute(QUEUED)).all()
        found = [(row.id, row.entrypoint, json.loads(row.body)) for row in rows]
        mine = [job for job in found if job[2]["tenant_id"] == str(self.tenant)]
        return [job for job in mine if kind is None or job[1] == kind]

    async def drain(self, *, skip: tuple[str, ...] = (), limit: int = 120) -> None:
        """Run every queued job in turn, as a worker would; what wants to come later does."""
        done: int | None = None
        for _ in range(limit):
            found = await self._next(done, skip)
            if found is None:
                return
            job, kind, body = found
            try:
                await self.run(kind, body)
            except TransientError as error:
                self.clock.move(error.retry_after or timedelta(seconds=1))
                done = None
                continue
            except ServiceError as error:
                self.dropped.append((kind, str(error)))
            done = job
        raise AssertionError("the jobs never came to an end")

    async def _next(
        self, done: int | None, skip: tuple[str, ...]
    ) -> tuple[int, str, dict[str, Any]] | None:
        """The oldest job that is none of `skip`; the one that is done goes in the same breath."""
        async with self.database.directory() as tx:
            raw = await raw_connection(tx)
            if done is not None:
                await raw.execute("delete from jobs.pgqueuer where id = $1", done)
            row = await raw.fetchrow(NEXT, str(self.tenant), list(skip))
        return (row["id"], row["entrypoint"], json.loads(row["body"])) if row else None

    async def run(self, kind: str, body: dict[str, Any]) -> None:
        """One job, by the same verbs as the product's own table."""
        foreign = {"tenant_id", "gmail_draft_id"}
        ids = {
            key: UUID(value)
            for key, value in body.items()
            if key.endswith("_id") and key not in foreign and value
        }
        match kind:
            case "message.process":
                await self.conversations.process(self.tenant, **ids)
            case "signals.look":
                self.looked.append(ids["account_id"])
            case "message.reread":
                await self.rereading.reread(self.tenant, **ids)
            case "draft.compose":
                await self.drafts.compose(
                    self.tenant,
                    ids["action_id"],
                    base_revision=body["base_revision"],
                    instruction=body.get("instruction"),
                    fresh=body.get("fresh", False),
                )
            case "draft.push":
                await self.drafts.push(self.tenant, **ids)
            case "draft.check":
                await self.follower.check(self.tenant, **ids)
            case "effect.run":
                await self.effects.run(self.tenant, **ids)
            case "effect.undo":
                await self.undo.stop(self.tenant, **ids)
            case "audit.chain":
                await self.audit.chain(self.tenant)
            case _:
                await self._run_more(kind, body, ids)

    async def _run_more(self, kind: str, body: dict[str, Any], ids: dict[str, UUID]) -> None:
        match kind:
            case "draft.withdraw":
                await self.drafts.withdraw(
                    self.tenant,
                    draft_id=ids["draft_id"],
                    mailbox_id=ids.get("mailbox_id"),
                    gmail_draft_id=body.get("gmail_draft_id"),
                )
            case (
                "mailbox.watch"
                | "mailbox.intro"
                | "search.index"
                | "health.recompute"
                | "autonomy.weigh"
            ):
                pass
            case "habits.note":
                await self.noting.note(self.tenant, ids["action_id"])
            case "effects.recall":
                await self.recalls.recall(self.tenant)
            case kind if kind == SWEEP:
                await self.windows.run(self.tenant, Window(body["window"]))
            case kind if kind == STAGE_MOVED:
                await self.windows.stage_moved(self.tenant, **ids)
            case "mailbox.sync":
                await self.sync()
            case "card.deliver":
                await self.deliver(ids["card_id"])
            case _:
                raise AssertionError(kind)

    async def deliver(self, card_id: UUID) -> None:
        """Render the card as its reader would see it now."""
        async with self.database.transaction(self.tenant) as tx:
            card = await tx.session.get_one(Card, (self.tenant, card_id))
            card.delivered_rev, key = card.wanted_rev, (card.subject_id, card.recipient_id)
            kind = card.kind
        if kind == "wrong":
            self.wrong[key[1]] = await self.views.wrong_card(self.tenant, *key)
        if kind == "mail":
            self.cards[key] = await self.views.mail_card(self.tenant, *key)

    async def recover(self, *, skip: tuple[str, ...] = ()) -> None:
        """A restart after a crash: leases run out, jobs come again, the sweep finds the others."""
        self.mails.mortality.revive()
        for _ in range(3):
            self.clock.move(timedelta(seconds=61))
            await self.drain(skip=skip)
            await self.sweeps.recover(self.tenant)
        await self.drain(skip=skip)

    # ── looking ─────────────────────────────────────────────────────────────────────────────────
    async def rows(self, model: type[Any]) -> list[Any]:
        async with self.database.read(self.tenant) as tx:
            query = select(model).where(model.tenant_id == self.tenant)
            return list(
                (await tx.session.execute(query.order_by(model.created_at, model.id))).scalars()
            )

    async def action(self) -> Action:
        return (await self.rows(Action))[-1]

    async def draft(self) -> Draft:
        return (await self.rows(Draft))[-1]

    async def revisions(self) -> list[DraftRevision]:
        return sorted(await self.rows(DraftRevision), key=lambda r: r.number)

    async def effect(self) -> Effect:
        return (await self.rows(Effect))[-1]

    async def outcome(self, kind: str = "email_engagement") -> Outcome | None:
        return next((one for one in await self.rows(Outcome) if one.kind == kind), None)

    async def message(self, message_id: UUID) -> Message:
        return next(m for m in await self.rows(Message) if m.id == message_id)

    async def state(self) -> Conversation:
        return (await self.rows(Conversation))[0]

    async def card(self, member: Member | None = None) -> MailCardView:
        action = await self.action()
        view = await self.views.mail_card(self.tenant, action.id, (member or self.rita).id)
        assert view is not None
        return view

    async def verbs(self) -> list[str]:
        async with self.database.read(self.tenant) as tx:
            rows = await tx.session.execute(
                text("select verb from audit_entries order by position")
            )
            return list(rows.scalars())

    async def set(self, model: type[Any], row_id: UUID, **values: Any) -> None:
        async with self.database.transaction(self.tenant) as tx:
            row = await tx.session.get_one(model, (self.tenant, row_id))
            for name, value in values.items():
                setattr(row, name, value)

    async def switch(self, *, engaged: bool) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await tx.session.execute(
                text("update kill_switches set engaged = :engaged"), {"engaged": engaged}
            )

    # ── the way there ───────────────────────────────────────────────────────────────────────────
    async def proposed(self, words: str = ASK, **fields: Any) -> Action:
        """A mail came, its draft is written and stands in Gmail."""
        await self.write(words, **fields)
        await self.drain()
        return await self.action()

    async def approve(self, member: Member | None = None, **changes: Any) -> ChatRef | None:
        action, draft = await self.action(), await self.draft()
        given = {
            "revision": draft.revision,
            "surface": "slack",
            "command_id": self.ids.new().hex,
        } | changes
        return await self.actions.approve(self.actor(member or self.rita), action.id, **given)

    def wait(self, seconds: int = 60) -> None:
        """From now on what is approved waits so long before it leaves."""
        self.actions = replace(self.actions, waits=UndoWaits(approved=timedelta(seconds=seconds)))

    async def take_back(self, member: Member | None = None, **changes: Any) -> Undone:
        given = {"surface": "slack", "command_id": self.ids.new().hex} | changes
        action = await self.action()
        return await self.undo.undo(self.actor(member or self.rita), action.id, **given)

    async def approved(self) -> Effect:
        """Proposed and approved; the effect is queued and has not run."""
        await self.proposed()
        await self.approve()
        return await self.effect()


def asking(quote: str = ASK, **fields: Any) -> Extraction:
    """What a model finds in a mail that asks for something."""
    return Extraction(
        summary="Carla asks for the report.",
        asks=(Ask(quote=quote, kind=AskKind.DOCUMENT),),
        **fields,
    )


async def make_loop(
    database: Database, mails: TestMailboxes | None = None, sort: type[Loop] = Loop
) -> Loop:
    """A tenant with three members, one account with an open deal, and an empty thread."""
    tenant = await make.make_tenant(database)
    async with database.transaction(tenant) as tx:
        rita = await make.make_member(tx, name="Rita Rep")
        cole = await make.make_member(tx, name="Cole League")
        mona = await make.make_member(tx, name="Mona Manager", role="manager")
        box = await make.make_mailbox(tx, member=rita)
        account = await make.make_account(tx, name="Acme", owner_id=rita.id)
        deal = await make.make_deal(tx, account_id=account.id, owner_id=rita.id)
        contact = await make.make_contact(tx, account_id=account.id)
        conversation = await make.make_conversation(tx, account_id=account.id, deal_id=deal.id)
    mails = mails or TestMailboxes()
    mails.boxes[box.id] = FakeMail(box.address)
    return sort(
        database=database,
        tenant=tenant,
        clock=FrozenClock(make.NOW),
        model=ScriptedModel(
            extractions=[asking()], drafts=[DraftText(body=ANSWER, confidence=0.6, reason="asked")]
        ),
        mails=mails,
        ids=UuidIds(),
        rita=rita,
        cole=cole,
        mona=mona,
        box=box,
        account=account,
        deal=deal,
        contact=contact,
        conversation=conversation,
    )
