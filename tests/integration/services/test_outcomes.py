"""What becomes of predictions: settled once, by what happened and when it happened."""

import asyncio
import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, text

from db.models.actions import Action
from db.models.calibration import CalibrationBin
from db.models.conversations import Message
from db.models.customers import Account, Deal
from db.models.drafts import DraftRevision
from db.models.outcomes import Outcome
from db.models.tenants import Member
from db.outcome_credits import list_credits
from db.session import Database, Tx
from services.audit import AuditService
from services.deal_changes import DealState, record_changes
from services.errors import Conflict, Forbidden, NotFound
from services.learning_views.to_label import count_for
from services.outcomes.kinds import KINDS, Window
from services.outcomes.labelling import LabelService
from services.outcomes.opening import OutcomeOpener
from services.outcomes.resolving import OutcomeService
from services.outcomes.signals import read_reply
from services.outcomes.sweeping import OutcomeSweeper
from services.types.model import DraftText, Extraction
from services.types.outcomes import Reply
from services.types.people import Actor, Role
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.integration.services.loop import Loop
from tests.shared import VAULT

DAY = timedelta(days=1)
EVENTS = {kind.name: kind for kind in KINDS}


@dataclass
class Desk:
    """A rep with a manager, an account with a deal, and mails that left."""

    database: Database
    tenant: UUID
    clock: FrozenClock
    ids: UuidIds = field(default_factory=UuidIds)

    def __post_init__(self) -> None:
        audit = AuditService(self.database, self.clock, self.ids, VAULT)
        self.outcomes = OutcomeService(self.clock, self.ids, audit)
        self.sweeper = OutcomeSweeper(self.database, self.clock, self.outcomes)
        self.opener = OutcomeOpener(self.clock, self.ids)
        self.labels = LabelService(
            db=self.database, clock=self.clock, ids=self.ids, outcomes=self.outcomes
        )

    async def begin(self) -> "Desk":
        async with self.database.transaction(self.tenant) as tx:
            self.mona = await make.make_member(tx, name="Mona Manager", role="manager")
            self.rita = await make.make_member(tx, manager_id=self.mona.id)
            self.cole = await make.make_member(tx, name="Cole", manager_id=self.mona.id)
            self.other = await make.make_member(tx, name="Otto", role="manager")
            self.account: Account = await make.make_account(tx, owner_id=self.rita.id)
            self.deal: Deal = await make.make_deal(tx, account_id=self.account.id)
        return self

    async def mail(self, kind: str = "email_engagement", **fields: Any) -> Outcome:
        """A mail in a conversation of its own, with one open prediction."""
        async with self.database.transaction(self.tenant) as tx:
            action = fields.pop("action", None)
            if action is None:
                conversation = await make.make_conversation(
                    tx, account_id=self.account.id, deal_id=self.deal.id
                )
                action = await make.make_action(tx, conversation, owner_id=self.rita.id)
            known = {
                "kind": kind,
                "event": EVENTS[kind].event,
                "created_at": self.clock.now(),
                "window_ends_at": self.clock.now() + EVENTS[kind].window.length,
                "action_type": action.type,
                "member_id": self.rita.id,
                "account_id": self.account.id,
                "deal_id": self.deal.id,
            }
            return await make.make_outcome(tx, action, **(known | fields))

    async def answer(
        self, outcome: Outcome, words: str = "Thank you.", *, at: datetime | None = None
    ) -> UUID:
        """They answer; `at` is when it was received, read it is now."""
        received = at or self.clock.now()
        async with self.database.transaction(self.tenant) as tx:
            message = await self._message(tx, outcome, received)
            await self.outcomes.human_replied(
                tx,
                Reply(
                    conversation_id=message.conversation_id,
                    message_id=message.id,
                    at=received,
                    verdict=read_reply("Re: x", words, (), suspicious=False),
                ),
            )
            return message.id

    async def _message(self, tx: Tx, outcome: Outcome, at: datetime) -> Message:
        message = Message(
            tenant_id=tx.tenant_id,
            id=uuid4(),
            created_at=at,
            conversation_id=outcome.conversation_id,
            rfc_message_id=f"<{uuid4().hex}@acme.test>",
            direction="inbound",
            kind="human",
            proof="pass",
            sender={},
            recipients={},
            subject="Re: x",
            text="They wrote this.",
            language="en",
            received_at=at,
            attention="quiet",
        )
        tx.session.add(message)
        await tx.session.flush()
        return message

    async def move(self, stage: str) -> UUID:
        """The deal goes to another stage; its job is done."""
        async with self.database.transaction(self.tenant) as tx:
            deal = await tx.session.get_one(Deal, (self.tenant, self.deal.id))
            before = DealState.of(deal)
            deal.stage = stage
            (change,) = await record_changes(tx, deal, before, ids=self.ids, now=self.clock.now())
        await self.sweeper.stage_moved(self.tenant, change.id)
        return change.id

    async def sql(self, statement: str, **values: Any) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await tx.session.execute(text(statement), values)

    async def now(self, outcome: Outcome) -> Outcome:
        async with self.database.read(self.tenant) as tx:
            return await tx.session.get_one(Outcome, (self.tenant, outcome.id))

    async def bins(self) -> tuple[int, Decimal]:
        """(number, sum of scores) over all bins."""
        async with self.database.read(self.tenant) as tx:
            rows = (await tx.session.scalars(select(CalibrationBin))).all()
        return sum(row.count for row in rows), sum((row.score_sum for row in rows), Decimal(0))

    async def verbs(self) -> Counter[str]:
        async with self.database.read(self.tenant) as tx:
            rows = await tx.session.execute(text("select verb from audit_entries"))
            return Counter(rows.scalars())

    def actor(self, member: Member) -> Actor:
        return Actor(
            tenant_id=self.tenant,
            member_id=member.id,
            role=Role(member.role),
            name=member.name,
            timezone="UTC",
        )


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await Desk(database, await make.make_tenant(database), FrozenClock(make.NOW)).begin()


@pytest.mark.parametrize("answers", [60, pytest.param(1000, marks=pytest.mark.slow)])
async def test_any_number_of_signals_at_once_leave_one_entry_and_one_contribution(
    desk: Desk, answers: int
) -> None:
    outcome = await desk.mail()
    desk.clock.move(7 * DAY)
    inside = desk.clock.now() - timedelta(minutes=1)
    words = ("Thank you.", "Please stop emailing me.")
    await asyncio.gather(
        *(desk.answer(outcome, words[n % 2], at=inside) for n in range(answers)),
        *(desk.sweeper.run(desk.tenant, Window.WEEK) for _ in range(20)),
    )
    found, verbs = await desk.now(outcome), await desk.verbs()
    assert verbs["outcome.resolved"] + verbs["outcome.expired"] == 1
    # Had a sweep been first, the first answer corrects it; nothing after it changes anything.
    assert verbs["outcome.corrected"] == verbs["outcome.expired"]
    assert found.status in ("positive", "negative")
    assert await desk.bins() == (1, found.score)


async def test_an_empty_window_scores_nothing_and_workers_share_the_closing(desk: Desk) -> None:
    """Seven in ten say nothing at all, and that is what is learnt."""
    sent = [await desk.mail() for _ in range(40)]
    for outcome in sent[:12]:
        await desk.answer(outcome)
    assert await desk.bins() == (0, 0), "silence comes later than answers"
    desk.clock.move(7 * DAY)
    assert await desk.sweeper.run(desk.tenant, Window.DAY) == 12
    assert await desk.bins() == (12, 12)
    settled = await asyncio.gather(*(desk.sweeper.run(desk.tenant, Window.WEEK) for _ in range(4)))
    assert sum(settled) == 28
    assert await desk.bins() == (40, 12), "a share of 0.30"
    assert (await desk.verbs())["outcome.expired"] == 28
    assert await desk.sweeper.run(desk.tenant, Window.WEEK) == 0


async def test_when_it_happened_counts_not_when_it_was_read(desk: Desk) -> None:
    outcome = await desk.mail()
    desk.clock.move(7 * DAY)
    await desk.sweeper.run(desk.tenant, Window.WEEK)
    assert ((await desk.now(outcome)).status, await desk.bins()) == ("expired", (1, 0))
    # Too late: kept, and nothing else.
    late = await desk.answer(outcome, at=outcome.window_ends_at + timedelta(seconds=1))
    found = await desk.now(outcome)
    assert (found.status, found.score, found.late_message_id) == ("expired", 0, late)
    # Received in time, read after it: corrected, in the bins as well.
    await desk.answer(outcome, at=outcome.window_ends_at)
    found = await desk.now(outcome)
    assert (found.status, found.late_at, await desk.bins()) == ("positive", None, (1, 1))
    # The first clear answer stands; a clock that goes back opens nothing again.
    desk.clock.move(-30 * DAY)
    await desk.answer(outcome, "Please stop emailing me.", at=outcome.created_at + DAY)
    await desk.sweeper.run(desk.tenant, Window.WEEK)
    assert ((await desk.now(outcome)).status, await desk.bins()) == ("positive", (1, 1))
    assert found.resolved_at >= found.created_at


async def test_nothing_closes_while_nobody_reads_the_mail(desk: Desk) -> None:
    outcome = await desk.mail()
    desk.clock.move(8 * DAY)
    await desk.sql("update tenants set paused_at = :at", at=desk.clock.now())
    assert await desk.sweeper.run(desk.tenant, Window.WEEK) == 0
    await desk.sql("update tenants set paused_at = null")
    assert await desk.sweeper.run(desk.tenant, Window.WEEK) == 1
    assert (await desk.now(outcome)).status == "expired"


async def test_one_event_settles_many_predictions_and_teaches_once(desk: Desk) -> None:
    for _ in range(3):
        async with desk.database.transaction(desk.tenant) as tx:
            conversation = await make.make_conversation(
                tx, account_id=desk.account.id, deal_id=desk.deal.id
            )
            action = await make.make_action(tx, conversation, owner_id=desk.rita.id)
            written = DraftRevision(text="Thank you.", author="model")
            await desk.opener.mail_left(tx, action, written, desk.clock.now())
    await desk.sweeper.stage_moved(desk.tenant, await desk.move("qualification"))
    desk.clock.move(31 * DAY)
    await desk.sweeper.run(desk.tenant, Window.MONTH)
    async with desk.database.read(desk.tenant) as tx:
        found = (await tx.session.scalars(select(Outcome))).all()
    moved = [one for one in found if one.kind == "deal_progression"]
    assert [one.status for one in moved] == ["positive"] * 3
    assert sum(one.teaches for one in moved) == 1
    assert await desk.bins() == (1, 1)


async def test_a_stage_settles_what_predicted_it_and_is_shared_out_once(desk: Desk) -> None:
    first = await desk.mail()
    progress = await desk.mail("deal_progression", action=await action_of(desk, first))
    desk.clock.move(7 * DAY)
    second = await desk.mail()
    change = await desk.move("qualification")
    await desk.sweeper.stage_moved(desk.tenant, change)
    assert (await desk.now(progress)).status == "positive"
    async with desk.database.read(desk.tenant) as tx:
        (one,) = await list_credits(tx, action_id=first.action_id)
        (other,) = await list_credits(tx, conversation_id=second.conversation_id)
    assert (one.event_kind, one.event_id, one.score) == ("stage", change, 1.0)
    assert (one.weight, other.weight) == (0.4, 0.6)
    # An action that is no longer there leaves its part to the others, and its count behind.
    counted = await desk.bins()
    async with desk.database.transaction(desk.tenant) as tx:
        await tx.session.execute(delete(Action).where(Action.id == first.action_id))
    async with desk.database.read(desk.tenant) as tx:
        (other,) = await list_credits(tx, action_id=second.action_id)
    assert other.weight == 1.0
    assert await desk.bins() == counted
    # Backwards is the opposite; one that moved while no job told of it is found at the end.
    later = await desk.mail("deal_progression")
    async with desk.database.transaction(desk.tenant) as tx:
        deal = await tx.session.get_one(Deal, (desk.tenant, desk.deal.id))
        before, deal.stage = DealState.of(deal), "closed_lost"
        await record_changes(tx, deal, before, ids=desk.ids, now=desk.clock.now() + DAY)
    desk.clock.move(30 * DAY)
    await desk.sweeper.run(desk.tenant, Window.MONTH)
    assert (await desk.now(later)).status == "negative"


async def test_a_meeting_counts_when_it_was_held(desk: Desk) -> None:
    touch, held = await desk.mail(), await desk.mail("meeting_outcome")
    meeting = """insert into meetings (tenant_id, id, created_at, account_id, uid, series, sequence,
        title, starts_at, ends_at, all_day, status, source, organizer, attendees, cancellations,
        moves, changed_at) values (:tenant, :id, :at, :account, :uid, '', 0, 'Demo', :at, :until,
        false, :status, 'invitation', '', cast(:who as jsonb), 0, 0, :changed)"""
    at = desk.clock.now() + 3 * DAY
    known = {"tenant": desk.tenant, "account": desk.account.id, "at": at, "changed": at,
             "until": at + timedelta(hours=1)}  # fmt: skip
    declined = '[{"email": "dana@acme.test", "status": "declined"}]'
    await desk.sql(meeting, id=uuid4(), uid="1", status="scheduled", who=declined, **known)
    desk.clock.move(4 * DAY)
    await desk.sweeper.run(desk.tenant, Window.MONTH)
    assert (await desk.now(held)).status == "pending", "they declined"
    accepted = declined.replace("declined", "accepted")
    await desk.sql(meeting, id=uuid4(), uid="2", status="scheduled", who=accepted, **known)
    await asyncio.gather(*(desk.sweeper.run(desk.tenant, Window.MONTH) for _ in range(3)))
    assert (await desk.now(held)).status == "positive"
    async with desk.database.read(desk.tenant) as tx:
        (part,) = await list_credits(tx, action_id=touch.action_id)
    assert (part.event_kind, part.weight) == ("meeting", 1.0)
    # Called off and never made up for.
    off = await desk.mail("meeting_outcome")
    soon = {"at": desk.clock.now() + DAY, "changed": desk.clock.now() + timedelta(hours=1)}
    await desk.sql(meeting, id=uuid4(), uid="3", status="cancelled", who="[]", **(known | soon))
    desk.clock.move(30 * DAY)
    await desk.sweeper.run(desk.tenant, Window.MONTH)
    found = await desk.now(off)
    assert (found.status, found.score, found.reason) == (
        "negative", 0, "the meeting was called off",
    )  # fmt: skip


async def test_a_request_is_predicted_when_it_is_asked_and_settled_by_its_decision(
    desk: Desk,
) -> None:
    mails = [await desk.mail() for _ in range(4)]
    requests = []
    for mail in mails:
        async with desk.database.transaction(desk.tenant) as tx:
            request = await make.make_approval_request(
                tx, requester=desk.rita, action_id=mail.action_id
            )
            await desk.opener.request_opened(tx, request)
            requests.append(request.id)
    soon, late = desk.clock.now() + timedelta(hours=2), desk.clock.now() + timedelta(hours=30)
    settled = "update approval_requests set status = :status, settled_at = :at where id = :id"
    await desk.sql(settled, status="approved", at=soon, id=requests[0])
    await desk.sql(settled, status="rejected", at=soon, id=requests[1])
    await desk.sql(settled, status="withdrawn", at=soon, id=requests[2])
    desk.clock.move(timedelta(hours=3))
    assert await desk.sweeper.run(desk.tenant, Window.DAY) == 2
    desk.clock.move(timedelta(hours=21))
    assert await desk.sweeper.run(desk.tenant, Window.DAY) == 4, "two of them are counted now"
    await desk.sql(settled, status="approved", at=late, id=requests[3])
    desk.clock.move(timedelta(hours=12))
    await desk.sweeper.run(desk.tenant, Window.DAY)
    async with desk.database.read(desk.tenant) as tx:
        rows = await tx.session.scalars(select(Outcome).where(Outcome.kind == "escalation_result"))
        found = {row.action_id: row for row in rows}
    told = [found[mail.action_id] for mail in mails]
    assert [row.status for row in told] == ["positive", "negative", "undelivered", "expired"]
    assert [row.late_at for row in told] == [None, None, None, late]
    assert {row.predicted for row in told} == {Decimal("0.5")}, "nothing was known yet"
    assert await desk.bins() == (3, 1)


# ── labels ──────────────────────────────────────────────────────────────────────────────────────
async def test_a_persons_word_stands_and_the_bins_follow(desk: Desk, database: Database) -> None:
    outcome = await desk.mail()
    with pytest.raises(Conflict):
        await desk.labels.label(desk.actor(desk.mona), outcome.id, positive=True, command_id="c0")
    await desk.answer(outcome, "…")
    desk.clock.move(8 * DAY)
    async with database.read(desk.tenant) as tx:
        assert await count_for(tx, [desk.rita.id, desk.cole.id], desk.clock.now()) == 1
        assert await count_for(tx, [desk.cole.id], desk.clock.now()) == 0
    assert await desk.bins() == (0, 0)
    said = await desk.labels.label(
        desk.actor(desk.mona), outcome.id, positive=True, command_id="c1"
    )
    again = await desk.labels.label(
        desk.actor(desk.mona), outcome.id, positive=True, command_id="c1"
    )
    assert (said.status, said.own) == ("positive", False)
    assert said == again
    assert await desk.bins() == (1, 1)
    # Machines leave it alone; the last word of a person stands, whoever they are.
    await desk.answer(outcome, "Please stop emailing me.", at=outcome.created_at + DAY)
    await desk.sweeper.run(desk.tenant, Window.WEEK)
    assert (await desk.now(outcome)).status == "positive"
    own = await desk.labels.label(
        desk.actor(desk.rita), outcome.id, positive=False, command_id="c2"
    )
    assert own.own
    assert await desk.bins() == (1, 0)
    await desk.labels.label(desk.actor(desk.rita), outcome.id, positive=None, command_id="c3")
    found = await desk.now(outcome)
    assert (found.status, found.source, found.labelled_by) == ("ambiguous", "human", desk.rita.id)
    assert await desk.bins() == (0, 0)
    assert (await desk.verbs())["outcome.labelled"] == 3
    async with database.read(desk.tenant) as tx:
        assert await count_for(tx, [desk.rita.id], desk.clock.now()) == 0, "somebody has looked"


async def test_who_may_not_say_what_came_of_it(desk: Desk, database: Database) -> None:
    outcome = await desk.mail()
    desk.clock.move(8 * DAY)
    await desk.sweeper.run(desk.tenant, Window.WEEK)
    for who in (desk.cole, desk.other):
        with pytest.raises(Forbidden):
            await desk.labels.label(desk.actor(who), outcome.id, positive=True, command_id="c1")
    other = await Desk(database, await make.make_tenant(database), desk.clock).begin()
    with pytest.raises(NotFound):
        await other.labels.label(
            other.actor(other.mona), outcome.id, positive=True, command_id="c1"
        )
    stranger = Actor(
        tenant_id=desk.tenant, member_id=uuid4(), role=Role.ADMIN, name="X", timezone="UTC"
    )
    with pytest.raises(NotFound):
        await desk.labels.label(stranger, outcome.id, positive=True, command_id="c2")
    assert (await desk.now(outcome)).status == "expired"


async def action_of(desk: Desk, outcome: Outcome) -> Action:
    async with desk.database.read(desk.tenant) as tx:
        return await tx.session.get_one(Action, (desk.tenant, outcome.action_id))


# ── through the product ─────────────────────────────────────────────────────────────────────────
async def left(loop: Loop) -> dict[str, Outcome]:
    """A mail that agrees on a date has left; its predictions by kind."""
    await loop.proposed()
    await loop.actions.edit(
        loop.actor(loop.rita),
        (await loop.action()).id,
        revision=1,
        subject="Re: Security questions",
        text="Here is the report. Let's meet on Tuesday at 10:00.",
        command_id="e1",
    )
    await loop.drain()
    await loop.approve()
    await loop.drain()
    return {one.kind: one for one in await loop.rows(Outcome)}


async def notice(loop: Loop, words: str, **fields: Any) -> Outcome:
    """A machine writes; how the prediction of an answer stands then."""
    message = await loop.write(words, attention="quiet", **fields)
    await loop.conversations.process(loop.tenant, message)
    outcome = await loop.outcome()
    assert outcome is not None
    return outcome


async def test_every_mail_that_leaves_opens_what_it_predicts(loop: Loop) -> None:
    found = await left(loop)
    action, effect = await loop.action(), await loop.effect()
    assert set(found) == {"email_engagement", "deal_progression", "meeting_outcome"}
    for kind, one in found.items():
        assert one.event == EVENTS[kind].event
        assert one.window_ends_at - effect.claimed_at == EVENTS[kind].window.length
        assert (one.member_id, one.account_id, one.deal_id) == (
            loop.rita.id, loop.account.id, loop.deal.id,
        )  # fmt: skip
        assert (one.action_type, one.lineage, one.edited) == (action.type, action.lineage, True)
        assert one.calibrated == one.predicted
    assert found["email_engagement"].predicted == action.confidence
    assert found["deal_progression"].predicted == Decimal("0.5")


async def test_machines_give_time_or_take_it_out_and_never_answer(loop: Loop) -> None:
    # Away: the week begins anew when they are back; a machine that isn't away changes nothing.
    ends = (await left(loop))["email_engagement"].window_ends_at
    assert (await notice(loop, "Ticket 7 was opened.", kind="auto_reply")).window_ends_at == ends
    back = loop.clock.now() + 10 * DAY
    away = {"kind": "auto_reply", "analysis": {"returns_on": back.isoformat()}}
    spoofed = await notice(loop, "I am away.", proof="fail", **away)
    assert spoofed.window_ends_at == ends
    for times, expected in enumerate((back, back + 2 * DAY, back + 2 * DAY), start=1):
        away["analysis"] = {"returns_on": (back + (times - 1) * 2 * DAY).isoformat()}
        moved = await notice(loop, "I am away.", **away)
        assert (moved.status, moved.window_ends_at) == ("pending", expected + 7 * DAY)
        assert moved.extended == min(times, 2)
    # A bounce of somebody else's copy says nothing; of the one it was written to, everything.
    bounce = {"kind": "bounce", "contact_id": None}
    other = await notice(loop, "Failed.", analysis={"undeliverable": ["x@acme.test"]}, **bounce)
    assert other.status == "pending"
    gone = {"undeliverable": [loop.contact.email]}
    assert (await notice(loop, "Failed.", analysis=gone, **bounce)).score is None
    assert {one.status for one in await loop.rows(Outcome)} == {"undelivered"}
    await loop.drain()
    shown = loop.cards[(await loop.action()).id, loop.rita.id]
    assert shown is not None
    assert shown.note == "It could not be delivered."
    # They answer all the same: it was delivered.
    loop.model.extractions = [Extraction(summary="Fine.")]
    await loop.write("Tuesday is fine.")
    await loop.drain()
    answered = await loop.outcome()
    assert answered is not None
    assert (answered.status, answered.score) == ("positive", 1)


async def test_a_confidence_that_is_none_is_taken_inside_and_said(loop: Loop) -> None:
    for stated, kept, told in ((math.nan, 0, "is no number"), (1.7, 1, "I took 1")):
        loop.model.drafts = [DraftText(body="Here it is.", confidence=stated, reason="Sure.")]
        await loop.proposed()
        action = await loop.action()
        assert action.confidence == kept
        assert action.confidence_reason.startswith("Sure. ")
        assert told in action.confidence_reason
