"""A quarter as a company lives it: mails that left and what came back on them, first texts that
were held, and statements that were too sure. Rows as the services leave them behind; the product
counts, corrects, looks for habits and patterns by itself."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from bot.adapters.clock import DatabaseClock, TimeOrderedIds
from db import jobs
from db.analytics import add_marks, count_day
from db.models.actions import Action, Effect
from db.models.autonomy import Judgement
from db.models.coaching import CoachingNight
from db.models.conversations import Conversation, Message
from db.models.drafts import Draft
from db.models.mailboxes import Mailbox, MailboxMessage
from db.models.outcomes import Outcome
from db.session import Tx
from services.calibration.counting import place_of, recount
from services.calibration.service import JOB as ADJUST
from services.coaching.nights import JOB as FIND
from services.habits.wanting import NOTE
from services.types.autonomy import AutonomyLevel
from tests.e2e.rig import Json
from tests.pictures.past import DAY, FOLLOW_UP, HOUR, LINEAGE, SUBJECTS, Case, Past, of_tenant

SEED = 11
STATED = (0.62, 0.78, 0.78, 0.86, 0.86, 0.94)
TRUE = {0.62: 0.56, 0.78: 0.55, 0.86: 0.58, 0.94: 0.66}
"""What a mail was said to have a chance of, and how often it had it."""
ASKED = 0.24
"""So much more often a mail with a question is answered, and so much less one without."""
PROMISES, CUTS, EDITS = 0.28, 0.75, 0.05
RULER, RULED = "maya@brightpath.example", 35 * DAY
"""Who made a rule of that edit, and how long ago."""
PROMISED = "I said I would come back to you this week."
OWN = "Your order {number} is on its way. "
BODIES = (
    "Is there anything you still need from us?",
    "I have put what we discussed together, and we are ready whenever you are.",
)
ANSWERS = (
    "Thanks, that is clear. Let us take it to our team on Thursday.",
    "Good to hear from you. Could you send the schedule as well?",
    "We are on it; I will come back to you once the budget is signed.",
)
NEITHER = (
    "Forwarding this to Anke, she looks after it now.",
    "Hm, we are in the middle of our audit. Let us see.",
    "Noted.",
)
BY_HAND = """Hi {name},

thank you for your time last week. As promised I went through the points with our people here, and \
I have put down what we can do by when, so that you can show it around before your next meeting. \
The roll-out would begin with one site, with two people of ours beside yours for the first ten \
days, and we would look at the figures together on the Friday of each week.

Is that what you had in mind, or would you rather begin with both sites at once?

Best regards
{rep}"""


@dataclass(kw_only=True)
class Lived(Past):
    """Played after the story's mails are there."""

    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - a story

    def held(self, number: int, *, first: int, last: int) -> None:
        """So many mails people wrote themselves, from `first` to `last` days ago, when every text
        of the copilot's was still held."""

        async def write(tx: Tx) -> None:
            for index, (to, at) in enumerate(self._spread(number, first - last)):
                when = _worked(at - DAY * last, index)
                await _ByHand(tx=tx, to=to, index=index, at=when, chance=self.chance).write()

        self._do(write)

    def lived(self, number: int, *, days: float) -> None:
        """So many mails people decided on, evenly over the days up to now, with the mails and what
        came back on them. Some begin with a promise that people cut."""

        async def write(tx: Tx) -> None:
            await self._stand(tx, FOLLOW_UP, AutonomyLevel.APPROVE, self.now - DAY * (days + 1))
            boxes = {row.address: row.id for row in await tx.session.scalars(select(Mailbox))}
            for index, (to, at) in enumerate(self._spread(number, days)):
                when = min(_worked(at, index), self.now - 2 * HOUR)
                case = _Mailed(tx=tx, to=to, index=index, at=when, chance=self.chance)
                case.promised = self.chance.random() < PROMISES and not self._ruled(to, when)
                case.asks = self.chance.random() < 1 / 2
                case.edited = self.chance.random() < (CUTS if case.promised else EDITS)
                case.box = boxes.get(to["sender"])
                await case.write(self.now)

        self._do(write)

    def counted(self, days: int) -> None:
        """The figures of these days."""

        async def write(tx: Tx) -> None:
            past = [(self.now - DAY * back).date() for back in range(days)]
            await add_marks(tx, [(uuid4(), day) for day in past], at=self.now)
            for day in past:
                await count_day(tx, day, at=self.now)

        self._do(write)

    def scored(self, share: int) -> None:
        """One part of what has ended is counted, as on one night, and a night's step is taken."""

        async def write(tx: Tx) -> None:
            clock = DatabaseClock()
            query = select(Outcome).where(Outcome.counted.is_distinct_from(Outcome.score))
            found = sorted(await tx.session.scalars(query.with_for_update()), key=place_of)
            for one in found[::share]:
                await recount(tx, one, clock=clock, ids=TimeOrderedIds(clock))
            await jobs.enqueue(tx, ADJUST)

        self.office.db.fetch("update calibrations set moved_at = moved_at - interval '1 day'")
        self._do(write)
        self._settled(ADJUST)

    def nights(self, number: int) -> None:
        """So many nights of calibration, each with some more outcomes."""
        for left in range(number, 0, -1):
            self.scored(left)
        self.office.db.fetch(BACK, LINEAGE)

    def _ruled(self, to: Json, at: datetime) -> bool:
        return to["sender"] == RULER and at > self.now - RULED

    def noted(self) -> None:
        """What people changed is looked at, mail by mail; one of them has said yes long since."""

        async def write(tx: Tx) -> None:
            query = select(Action.id).where(Action.type == FOLLOW_UP, Action.status == "done")
            for action_id in await tx.session.scalars(query.order_by(Action.decided_at)):
                await jobs.enqueue(tx, NOTE, {"action_id": str(action_id)})

        self._do(write)
        self._settled(NOTE)
        self.office.db.fetch(SIGHTED)
        self.office.db.fetch(RULE, RULER, RULED)
        self.office.db.fetch(APPLIED, RULER, RULED)

    def looked(self) -> None:
        """One more night's look at how mails went."""

        async def write(tx: Tx) -> None:
            night = of_tenant(
                tx, CoachingNight, self.now, night=(self.now + DAY).date(), looked=0, failed=0
            )
            tx.session.add(night)
            await jobs.enqueue(tx, FIND, {"night_id": str(night.id)})

        self._do(write)
        self._settled(FIND)

    def _settled(self, kind: str) -> None:
        self.office.until(lambda: kind not in self.office.busy(), 60, f"{kind} is done")


SIGHTED = """
update edit_sightings s set created_at = a.decided_at
from actions a where a.id = s.action_id
"""
RULE = """
update edit_habits h set status = 'accepted', accepted_at = now() - $2::interval,
    decided_at = now() - $2::interval, asked_at = now() - $2::interval
from members m where m.id = h.member_id and m.email = $1 and h.status = 'asked'
"""
APPLIED = """
insert into edit_sightings (tenant_id, id, created_at, habit_id, action_id, came)
select a.tenant_id, gen_random_uuid(), a.decided_at, h.id, a.id, 'applied'
from actions a
join members m on m.id = a.owner_id and m.email = $1
join edit_habits h on h.member_id = m.id and h.status = 'accepted'
where a.decided_at > now() - $2::interval and a.type = 'send_follow_up_email'
order by a.decided_at limit 9
"""
BACK = """
with told as (
    select m.id, row_number() over (order by m.created_at desc) as back
    from calibration_moves m join calibrations c on c.id = m.calibration_id
    where c.lineage = $1)
update calibration_moves m set created_at = m.created_at - t.back * interval '1 day'
from told t where t.id = m.id
"""


def _worked(at: datetime, index: int) -> datetime:
    """The same day, or the Friday before, within hours that all of them work."""
    day = at.replace(hour=13, minute=0, second=0, microsecond=0)
    day -= DAY * max(day.weekday() - 4, 0)
    return day + timedelta(minutes=index * 37 % 480)


# ── Mails ───────────────────────────────────────────────────────────────────────────────────────
@dataclass(kw_only=True)
class _Mailed(Case):
    """A follow-up with its mail in the thread, and the answer if there was one."""

    chance: random.Random
    promised: bool = False
    asks: bool = False
    box: UUID | None = None
    gmail: str = field(default_factory=lambda: uuid4().hex[:16])

    def text(self, number: int) -> str:
        """The copilot's, or the person's, who has cut the promise or put in a sentence."""
        name, rep = self.to["name"].split()[0], self.to["owner"]
        promise = f"{PROMISED} " if self.promised and number == 1 else ""
        own = OWN.format(number=self.index) if not self.promised and number > 1 else ""
        return f"Hi {name},\n\n{promise}{own}{BODIES[not self.asks]}\n\nBest regards\n{rep}"

    @property
    def stated(self) -> float:
        return STATED[self.index % len(STATED)]

    async def _action(self, thread: Conversation, draft: Draft) -> Action:
        thread.responder_id = self.to["owner_id"]
        action = await super()._action(thread, draft)
        action.confidence = Decimal(str(self.stated))
        return action

    async def _sent(self, action: Action, draft: Draft) -> None:
        await super()._sent(action, draft)
        query = select(Effect).where(Effect.action_id == action.id)
        effect = (await self.tx.session.scalars(query)).one()
        effect.result = {"gmail_message_id": self.gmail}

    async def _outcome(self, action: Action, thread: Conversation, now: datetime) -> None:
        text = self.text(self._revisions)
        mail = await written(self, thread, self.at, text)
        if self.box is not None:
            ids = {"gmail_message_id": self.gmail, "gmail_thread_id": self.gmail}
            await self._add(MailboxMessage, mailbox_id=self.box, message_id=mail.id, **ids)
        likely = TRUE[self.stated] + (ASKED if self.asks else -ASKED)
        known = self.at + HOUR * self.chance.uniform(2, 70)
        answered = self.chance.random() < likely
        neither = answered and self.chance.random() < NEITHER_SHARE
        if not answered:
            known = self.at + 7 * DAY
        reply = None
        if answered and known < now:
            words = self.chance.choice(NEITHER if neither else ANSWERS)
            reply = await received(self, thread, known, words)
        status = "expired" if not answered else "ambiguous" if neither else "positive"
        score = {"expired": Decimal(0), "positive": Decimal(1)}.get(status)
        over = known < now
        await self._add(
            Outcome,
            action_id=action.id,
            action_type=FOLLOW_UP,
            lineage=LINEAGE,
            conversation_id=thread.id,
            account_id=self.to["account_id"],
            member_id=self.to["owner_id"],
            kind="email_engagement",
            event="human reply within 7 days",
            predicted=Decimal(str(self.stated)),
            calibrated=Decimal(str(self.stated)),
            edited=self.edited,
            status=status if over else "pending",
            score=score if over else None,
            reason="the answer says neither yes nor no" if neither else "",
            signal_message_id=reply.id if reply else None,
            window_ends_at=self.at + 7 * DAY,
            resolved_at=known if over else None,
        )


NEITHER_SHARE = 0.03


@dataclass(kw_only=True)
class _ByHand(Case):
    """A text that was held, and the mail its person wrote instead."""

    chance: random.Random

    async def write(self, _now: datetime | None = None) -> None:
        subject = SUBJECTS[self.index % len(SUBJECTS)]
        thread = await self._add(
            Conversation,
            subject=subject,
            link="linked",
            account_id=self.to["account_id"],
            responder_id=self.to["owner_id"],
            last_message_at=self.at,
        )
        draft = await self._add(
            Draft, conversation_id=thread.id, status="held", revision=1, purpose="follow_up"
        )
        await self._texts(draft, subject)
        action = await self._held(thread, draft)
        await self._add(
            Judgement,
            action_id=action.id,
            revision=1,
            level="shadow",
            verdict="approval_required",
            decision="held",
            would="ask",
            types=[FOLLOW_UP],
            lineage=LINEAGE,
        )
        text = BY_HAND.format(name=self.to["name"].split()[0], rep=self.to["owner"])
        await written(self, thread, self.at, text)
        if self.chance.random() < 0.45:
            when = self.at + HOUR * self.chance.uniform(2, 70)
            await received(self, thread, when, ANSWERS[self.index % len(ANSWERS)])

    async def _held(self, thread: Conversation, draft: Draft) -> Action:
        action: Action = await self._add(
            Action,
            type=FOLLOW_UP,
            conversation_id=thread.id,
            account_id=self.to["account_id"],
            draft_id=draft.id,
            owner_id=self.to["owner_id"],
            trigger="outreach",
            verdict="approval_required",
            confidence=Decimal("0.7"),
            status="held",
            level="shadow",
            lineage=LINEAGE,
        )
        return action


async def written(case: Case, thread: Conversation, at: datetime, text: str) -> Message:
    """Ours, in its thread."""
    to = case.to
    return await _message(
        case,
        thread,
        at,
        direction="outbound",
        attention="ours",
        sender={"email": to["sender"], "name": to["owner"]},
        recipients={"to": [to["email"]]},
        text=text,
    )


async def received(case: Case, thread: Conversation, at: datetime, text: str) -> Message:
    """What the customer wrote back."""
    to = case.to
    thread.last_message_at = at
    return await _message(
        case,
        thread,
        at,
        direction="inbound",
        attention="quiet",
        contact_id=to["id"],
        sender={"email": to["email"], "name": to["name"]},
        recipients={"to": [to["sender"]]},
        text=text,
        analysis={"quiet_reason": "it asks nothing"},
    )


async def _message(case: Case, thread: Conversation, at: datetime, **more: Any) -> Message:
    message: Message = await case._add(
        Message,
        created_at=at,
        conversation_id=thread.id,
        rfc_message_id=f"<{uuid4().hex}@lived.example>",
        kind="human",
        proof="pass",
        subject=thread.subject,
        language="en",
        sent_at=at,
        received_at=at,
        **more,
    )
    return message
