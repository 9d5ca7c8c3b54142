"""The ninety days on the whole product, in simulated time: customers write, reps decide or let it
leave, customers reply, a manager decides on proposals; what the copilot says of its own levels in
Slack is written down as it was shown."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from textwrap import indent
from typing import Any, Self
from uuid import UUID, uuid4

from db.models.autonomy import EarnedLevel
from db.models.customers import Contact
from db.models.tenants import Member
from services.autonomy.earning.rule import STEPS, Steps
from services.draft_findings import digest_of
from services.errors import ServiceError
from services.mail.compose import compose
from services.types.actions import ActionType, AutonomyLevel
from services.types.mail import Address
from services.types.model import DraftText, Extraction
from tests import factories as make
from tests.attacks.product import Product
from tests.fakes.mail import FakeMail
from tests.fakes.scripted_model import ScriptedModel
from tests.integration.services.autonomy.ninety_script import (
    ACCOUNTS,
    ANSWER,
    BAD,
    MONDAY,
    REPS,
    Deed,
)
from tests.integration.services.loop import asking

ANSWERS = ActionType.SEND_ROUTINE_RESPONSE.value
READING = timedelta(seconds=45)
ASIDE = frozenset(
    {
        "audit.chain", "health.recompute", "signals.look", "signals.scan", "signals.scan_account",
        "summaries.make", "outreach.scan",
    }
)  # fmt: skip
"""No matter of these days."""
GENUINE = "mx.google.com; dmarc=pass header.from={domain}"
STEPS_TOLD = (
    "select c.channel, c.ts, m.name from cards c join members m on m.id = c.recipient_id "
    "where c.kind in ('promotion', 'level') and c.ts is not null order by c.created_at, m.name"
)
MAILS_TOLD = (
    "select c.channel, c.ts from cards c where c.kind = 'mail' and c.subject_id = :action "
    "and c.recipient_id = :who and c.ts is not null"
)
WAITING = (
    "select a.id, d.revision, d.status, r.findings, r.subject, r.text from actions a "
    "join drafts d on d.id = a.draft_id left join draft_revisions r on r.draft_id = d.id "
    "and r.number = d.revision join conversations c on c.id = a.conversation_id "
    "where a.status = 'pending' and c.subject = :subject"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A card about a level, as it stood in Slack from then on; every reader of it."""

    at: datetime
    to: tuple[str, ...]
    words: str


@dataclass
class NinetyDays:
    product: Product
    model: ScriptedModel
    tenant: UUID
    first: AutonomyLevel
    states: float = 0.4
    """How sure of a reply the model says it is."""
    reps: list[Member] = field(default_factory=list)
    leads: list[Member] = field(default_factory=list)
    boxes: list[tuple[UUID, FakeMail]] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)
    let: list[str] = field(default_factory=list)
    """Subjects of answers that nobody stopped at a level that acts."""
    told: list[Told] = field(default_factory=list)
    by_day: dict[int, Counter[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    """The card of the first answer that left by itself: before, and after."""
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    async def open(
        cls,
        database_url: str,
        folder: Path,
        *,
        first: AutonomyLevel = AutonomyLevel.SHADOW,
        steps: Steps = STEPS,
        states: float = 0.4,
    ) -> Self:
        """Answers begin at `first`, as in a workspace that has put them there."""
        model = ScriptedModel()
        product = await Product.open(
            database_url, folder, model, at=MONDAY + timedelta(hours=7), steps=steps
        )
        product.puts_off = ASIDE
        tenant = await make.make_tenant(product.database, name="Brightpath", created_at=MONDAY)
        days = cls(product, model, tenant, first, states=states)
        await days._settle()
        return days

    async def _settle(self) -> None:
        async with self.product.database.transaction(self.tenant) as tx:
            mona = await make.make_member(tx, name="Mona Manager", role="manager")
            self.leads = [mona, await make.make_member(tx, name="Ada Admin", role="admin")]
            for name in REPS:
                self.reps.append(await make.make_member(tx, name=name, manager_id=mona.id))
            for number in range(ACCOUNTS):
                self.contacts.append(await self._customer(tx, number))
            tx.session.add(
                EarnedLevel(
                    tenant_id=self.tenant, id=uuid4(), created_at=MONDAY, since=MONDAY,
                    action_type=ANSWERS, earned=self.first.value,
                )
            )  # fmt: skip
        for one in (*self.reps, *self.leads):
            self.product.meet(one)
        self.boxes = [await self.product.connect(self.tenant, rep) for rep in self.reps]
        await self.product.drain()

    async def _customer(self, tx: Any, number: int) -> Contact:
        owner, domain = self.reps[number % len(REPS)], f"customer-{number}.test"
        account = await make.make_account(
            tx, name=f"Customer {number}", domain=domain, owner_id=owner.id
        )
        await make.make_deal(tx, account_id=account.id, owner_id=owner.id, currency="USD")
        return await make.make_contact(
            tx, account_id=account.id, email=f"kim@{domain}", name="Kim Customer"
        )

    # ── a day ───────────────────────────────────────────────────────────────────────────────────
    async def live(self, deeds: Iterable[Deed]) -> None:
        for day, of_day in groupby(deeds, key=lambda deed: deed.day):
            for deed in of_day:
                self.product.clock.at = max(deed.at, self.product.clock.at)
                await self._asked(deed)
                level = await self.level()
                await self._reads(deed, level)
                await self._replied(deed)
            await self._evening()
            self._tell(day)

    async def _tick(self) -> None:
        # Nobody looks for signals here, so no sweep is to miss it.
        await self.product.write(self.tenant, "update account_looks set looked_rev = wanted_rev")
        await self.product.tick()
        await self.product.drain()
        await self._listen()

    async def _asked(self, deed: Deed) -> None:
        self.model.extractions = [asking(deed.words)]
        text = BAD if deed.weak else ANSWER
        self.model.drafts = [DraftText(body=text, confidence=self.states, reason="asked")]
        await self._write(deed, deed.words, "q")

    async def _reads(self, deed: Deed, level: AutonomyLevel) -> None:
        """The rep looks at it, and does what the script says at this level."""
        self.product.clock.move(READING)
        does = deed.done_at(level)
        self.did[does] += 1
        self.by_day.setdefault(deed.day, Counter())[does] += 1
        rep = self.reps[deed.account % len(REPS)]
        if does == "write":
            await self._write(deed, ANSWER, "a", by_rep=True)
        elif does in {"let", "undo"}:
            await self._leaves(deed, rep, stop=does == "undo")
        elif does != "nothing":
            await self._decide(deed, rep, does)
        await self.product.drain()
        self.product.clock.move(timedelta(minutes=6))
        await self.product.drain()
        await self._tick()

    async def _leaves(self, deed: Deed, rep: Member, *, stop: bool) -> None:
        """It is about to leave by itself; its rep stops it and turns it down, or lets it go."""
        (found,) = await self.rows(
            "select a.id from actions a join effects e on e.action_id = a.id "
            "join conversations c on c.id = a.conversation_id where e.status = 'queued' "
            "and a.decided_surface = 'rule' and c.subject = :subject",
            subject=deed.subject,
        )
        if not stop:
            self.let.append(f"Re: {deed.subject}")
            if not self.shown:
                self.shown.append(await self._card(found.id, rep))
                self.product.clock.move(timedelta(minutes=6))
                await self.product.drain()
                self.shown.append(await self._card(found.id, rep))
            return
        done = await self.product.services.undo.undo(
            self._actor(rep), found.id, command_id=f"undo {found.id}", surface="slack"
        )
        assert done.stopped
        await self.product.drain()
        await self._decide(deed, rep, "reject")

    async def _decide(self, deed: Deed, rep: Member, does: str) -> None:
        actor, services = self._actor(rep), self.product.services
        (row,) = await self.rows(WAITING, subject=deed.subject)
        key = f"{does} {row.id} {row.revision}"
        given = {"revision": row.revision, "command_id": key}
        try:
            match does:
                case "leave it":
                    await services.autonomy.own_texts.leave_it(actor, row.id, command_id=key)
                    return
                case "draft it":
                    await services.autonomy.own_texts.draft_it(actor, row.id, command_id=key)
                    await self.product.drain()
                    self.product.clock.move(READING)
                    await self._decide(deed, rep, "approve")
                    return
                case "reject":
                    await services.actions.reject(
                        actor, row.id, reason="Not so.", surface="slack", **given
                    )
                    return
                case "edit":
                    await services.actions.edit(
                        actor, row.id, subject=row.subject, text=f"{row.text}\n\nBest, me", **given
                    )
                    given["revision"] += 1
                case _:
                    pass
            await services.actions.approve(
                actor, row.id, surface="slack", seen=digest_of(row.findings),
                **given | {"command_id": f"{key} approve"},
            )  # fmt: skip
        except ServiceError as refusal:
            self.refused.append(f"{does}: {refusal}")

    async def _replied(self, deed: Deed) -> None:
        sent = self.boxes[deed.account % len(REPS)][1].sent
        if deed.replies and any(one.thread_id == deed.thread for one in sent):
            self.model.extractions = [Extraction(summary="They thank us.")]
            self.product.clock.move(timedelta(minutes=20))
            await self._write(deed, "Thank you, that helps.", "r")

    async def _evening(self) -> None:
        """The manager reads what was proposed to her, and allows it."""
        self.product.clock.move(timedelta(minutes=30))
        await self._tick()
        for row in await self.rows("select id, version from promotions where status = 'pending'"):
            self.product.clock.move(READING)
            await self.product.services.autonomy.promotions.allow(
                self._actor(self.leads[0]), row.id, version=row.version, command_id=f"ok {row.id}"
            )
            await self.product.drain()
            await self._listen()

    # ── what lies in mailboxes and in Slack ─────────────────────────────────────────────────────
    async def _write(self, deed: Deed, words: str, sort: str, *, by_rep: bool = False) -> None:
        """A mail in the deed's thread: the customer's, or the rep's own out of Gmail."""
        contact, (box, mail) = self.contacts[deed.account], self.boxes[deed.account % len(REPS)]
        rep = self.reps[deed.account % len(REPS)]
        ends = [Address(email=contact.email, name=contact.name), Address(email=rep.email)]
        sender, to = reversed(ends) if by_rep else ends
        domain = contact.email.partition("@")[2]
        raw = compose(
            sender=sender,
            to=[to],
            subject=deed.subject,
            text=words,
            date=self.product.clock.now(),
            message_id=f"<{sort}{deed.thread}@{domain}>",
            headers={"Authentication-Results": GENUINE.format(domain=domain)},
        )
        mail.deliver(
            raw,
            at=self.product.clock.now(),
            thread_id=deed.thread,
            labels={"SENT"} if by_rep else {"INBOX"},
        )
        await self.product.services.mailboxes.sync(self.tenant, box)
        await self.product.drain()

    def _tell(self, day: int) -> None:
        """The day's line of the log, and what was told on it."""
        print(f"{MONDAY + timedelta(days=day):%a %d %b}, day {day}: {dict(self.by_day[day])}")  # noqa: T201
        for one in self.told:
            if (one.at - MONDAY).days == day:
                print(f"  {one.at:%H:%M} to {', '.join(one.to)}:\n{indent(one.words, '    ')}")  # noqa: T201

    async def _listen(self) -> None:
        """What cards about levels say that they didn't say before."""
        now, fresh = self.product.clock.now(), {}
        for row in await self.rows(STEPS_TOLD):
            words = self._words(row.channel, row.ts)
            if words and self._known.get((row.channel, row.ts)) != words:
                self._known[row.channel, row.ts] = words
                fresh.setdefault(words, []).append(row.name)
        self.told += [Told(now, tuple(to), words) for words, to in fresh.items()]

    async def _card(self, action_id: UUID, rep: Member) -> str:
        (row,) = await self.rows(MAILS_TOLD, action=action_id, who=rep.id)
        return self._words(row.channel, row.ts)

    def _words(self, channel: str, ts: str) -> str:
        """All that can be read on a card, buttons in brackets."""
        message = self.product.chat.messages.get((channel, ts))
        return "\n".join(_lines(message.blocks)) if message else ""

    # ── looking ─────────────────────────────────────────────────────────────────────────────────
    def _actor(self, member: Member) -> Any:
        return self.product.actor(self.tenant, member)

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        return await self.product.rows(self.tenant, sql, **values)

    async def level(self) -> AutonomyLevel:
        sql = "select earned from earned_levels where action_type = :name"
        (row,) = await self.rows(sql, name=ANSWERS)
        return AutonomyLevel(row.earned)

    async def moves(self) -> list[Any]:
        return await self.rows("select * from level_moves order by created_at")

    async def left_by_rule(self) -> list[Any]:
        """Subject and moment of all that left and that nobody decided on, as Gmail has it."""
        return await self.rows(
            "select r.subject, e.claimed_at, e.result->>'gmail_message_id' as gmail from effects e "
            "join actions a on a.id = e.action_id join draft_revisions r on "
            "r.draft_id = e.draft_id and r.number = e.revision where e.status = 'done' "
            "and a.decided_by is null and a.decided_surface = 'rule' order by e.claimed_at"
        )

    @property
    def sent(self) -> int:
        return sum(len(mail.sent) for _, mail in self.boxes)


def _lines(blocks: Iterable[dict[str, Any]]) -> Iterable[str]:
    for block in blocks:
        match block["type"]:
            case "section" if "text" in block:
                yield block["text"]["text"]
            case "context":
                yield " ".join(str(one.get("text", "")) for one in block["elements"])
            case "actions":
                named = (str(one["text"]["text"]) for one in block["elements"] if "text" in one)
                yield " ".join(f"[{name}]" for name in named)
            case _:
                pass
