"""Edit habits on PostgreSQL: seen, asked about, obeyed, taken back; whose they are."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from db import habits as rows
from db.models.actions import Action
from db.models.cards import Card
from db.models.coaching import EditHabit, EditSighting
from db.models.customers import Account
from db.models.drafts import DraftRevision
from db.models.tenants import Member
from services.errors import Conflict, Forbidden, NotFound
from services.habits.asking import AGAIN_AFTER, BETWEEN
from services.habits.rules import rules_for
from services.habits.service import HabitService
from services.habits.views import HabitViews, counts_for, shared_rules
from services.types.habits import HABIT, Change
from services.types.model import DraftRequest, DraftText
from tests import factories as make
from tests.integration.services.loop import Loop, make_loop

HOPE = "I hope this finds you well."
TEXT = "Hello Carla,\n\n{}the report is on its way. It has four parts.\n\n{}\nRita Rep"


def mail(first: str = "", sign: str = "Best regards") -> str:
    return TEXT.format(f"{first} " if first else "", sign)


class Desk:
    """Rita at her drafts."""

    def __init__(self, loop: Loop) -> None:
        parts = {"db": loop.database, "clock": loop.clock}
        self.loop = loop
        self.service = HabitService(**parts, ids=loop.ids, audit=loop.audit)
        self.views = HabitViews(**parts)

    async def sent(
        self,
        written: str,
        left: str | None = None,
        *,
        member: Member | None = None,
        author: str = "member",
        account: Account | None = None,
        note: bool = True,
    ) -> UUID:
        """A mail of another conversation with another account that left, edited or not."""
        loop, member = self.loop, member or self.loop.rita
        loop.clock.move(timedelta(hours=1))
        async with loop.database.transaction(loop.tenant) as tx:
            whose = account or await make.make_account(tx, name=uuid4().hex)
            talk = await make.make_conversation(tx, account_id=whose.id)
            message = await make.make_message(tx, talk)
            draft = await make.make_draft(tx, talk, message_id=message.id)
            await make.make_revision(tx, draft, text=written)
            if left is not None:
                await make.make_revision(tx, draft, text=left, author=author, author_id=member.id)
            draft.status = "sent"
            action = await make.make_action(
                tx,
                talk,
                draft_id=draft.id,
                status="done",
                owner_id=member.id,
                decided_by=member.id,
                decided_at=loop.clock.now(),
                decided_revision=draft.revision,
            )
        if note:
            await loop.noting.note(loop.tenant, action.id)
        return action.id

    async def cuts(self, times: int, **more: Any) -> None:
        for _ in range(times):
            await self.sent(mail(HOPE), mail(), **more)

    async def habits(self, status: str | None = None) -> list[EditHabit]:
        found = await self.loop.rows(EditHabit)
        return [one for one in found if status in (None, one.status)]

    async def newest(self) -> DraftRevision:
        """The last revision of the draft that was begun last."""
        action = await self.loop.action()
        async with self.loop.database.read(self.loop.tenant) as tx:
            return (await rows.list_revisions(tx, action.draft_id or uuid4()))[-1]

    async def asked(self) -> EditHabit:
        (one,) = await self.habits("asked")
        return one


@pytest.fixture
def desk(loop: Loop) -> Desk:
    return Desk(loop)


async def test_three_edits_become_a_question_a_rule_and_shorter_drafts(
    loop: Loop, desk: Desk
) -> None:
    rita = loop.actor(loop.rita)
    await desk.cuts(1)
    await desk.cuts(1, author="gmail")
    await desk.sent(mail(HOPE))
    assert [(one.status, one.before) for one in await desk.habits()] == [("seen", "")], "no words"
    third = await desk.sent(mail(HOPE), mail())
    await loop.noting.note(loop.tenant, third)
    habit = await desk.asked()
    assert (habit.before, habit.times) == (HOPE, 3)
    (card,) = [one for one in await loop.rows(Card) if one.kind == HABIT]
    assert (card.recipient_id, card.subject_id) == (loop.rita.id, habit.id)
    line = await desk.views.card(loop.tenant, habit.id, loop.rita.id)
    assert line is not None
    assert (line.seen.made, line.seen.of, line.seen.accounts) == (3, 4, 3)
    examples = (await desk.views.examples(rita, habit.id)).examples
    assert [(one.before, one.after) for one in examples] == [(HOPE, "")] * 3

    await asyncio.gather(*(desk.service.accept(rita, habit.id) for _ in range(3)))
    assert (await loop.verbs()).count("habit.accepted") == 1
    loop.model.drafts[:] = [DraftText(body=mail(HOPE), confidence=0.6)] * 3
    action = await loop.proposed()
    written = await desk.newest()
    assert (written.text, written.to) == (mail(), [loop.contact.email])
    asked = [one for one in loop.model.requests if isinstance(one, DraftRequest)][-1]
    assert [one.before for one in asked.habits] == [HOPE]

    # She puts it back once, and it is said so; what she makes of it is hers.
    draft = await loop.draft()
    await loop.actions.edit(
        rita,
        action.id,
        revision=draft.revision,
        subject="Re: x",
        text=mail(HOPE),
        command_id=uuid4().hex,
    )
    await loop.approve()
    await loop.drain()
    assert [one.came for one in await loop.rows(EditSighting)].count("undone") == 1
    (shown,) = (await desk.views.page(rita)).lines
    assert shown.effect is not None
    assert (shown.effect.applied, shown.effect.undone) == (1, 1)
    assert (shown.effect.before.part, shown.effect.before.of) == (3, 4)
    assert (shown.effect.changed_before.part, shown.effect.changed_since.of) == (3, 1)

    await desk.service.remove(rita, habit.id)
    await loop.proposed()
    assert (await loop.draft()).id != draft.id
    assert (await desk.newest()).text == mail(HOPE)


async def test_a_question_a_week_and_none_after_no(loop: Loop, desk: Desk) -> None:
    rita = loop.actor(loop.rita)
    for _ in range(3):
        await desk.sent(mail(HOPE), mail(sign="Cheers"))
    assert len(await desk.habits("asked")) == 1, "two habits, one question"
    first = await desk.asked()
    await desk.service.decline(rita, first.id)
    loop.clock.move(BETWEEN)
    await desk.sent(mail(HOPE), mail(sign="Cheers"))
    second = await desk.asked()
    assert second.id != first.id
    await _accepted(desk, second.id)
    with pytest.raises(Conflict):
        await desk.service.decline(rita, second.id)
    assert (first.change, second.change) == ("replace", "cut")
    loop.clock.move(AGAIN_AFTER - BETWEEN - timedelta(days=1))
    for _ in range(3):
        await desk.sent(mail(), mail(sign="Cheers"))
    assert await desk.habits("asked") == []
    loop.clock.move(timedelta(days=2))
    await desk.sent(mail(), mail(sign="Cheers"))
    assert (await desk.asked()).id == first.id


async def _accepted(desk: Desk, habit_id: UUID) -> UUID:
    await desk.service.accept(desk.loop.actor(desk.loop.rita), habit_id)
    return habit_id


async def test_two_mails_at_once_ask_once(loop: Loop, desk: Desk) -> None:
    for _ in range(2):
        await desk.sent(mail(HOPE), mail(sign="Cheers"))
    both = [await desk.sent(mail(HOPE), mail(sign="Cheers"), note=False) for _ in range(2)]
    await asyncio.gather(*(loop.noting.note(loop.tenant, one) for one in (*both, *both)))
    assert len(await desk.habits("asked")) == 1
    assert len(await loop.rows(EditSighting)) == 8


async def test_what_is_no_habit_of_a_member(loop: Loop, desk: Desk) -> None:
    """Somebody else's words, one customer's facts, what nobody decided on, what is gone."""
    await desk.cuts(4, account=loop.account)
    assert (await desk.habits())[0].status == "seen", "one customer alone"
    async with loop.database.transaction(loop.tenant) as tx:
        (habit,) = await rows.list_habits(tx, loop.rita.id)
        await tx.session.delete(habit)
    mails = [await desk.sent(mail(HOPE), mail(), note=False) for _ in range(5)]
    changes: list[dict[str, Any]] = [
        {"decided_by": loop.mona.id},
        {"decided_by": None},
        {"status": "rejected"},
        {"draft_id": None},
        {"decided_revision": 1},
    ]
    for action_id, change in zip(mails, changes, strict=True):
        await loop.set(Action, action_id, **change)
        await loop.noting.note(loop.tenant, action_id)
    await loop.noting.note(loop.tenant, uuid4())
    assert await desk.habits() == []
    await loop.set(Member, loop.rita.id, active=False)
    await desk.cuts(3)
    assert await desk.habits() == []


async def test_whose_they_are(loop: Loop, desk: Desk) -> None:
    await desk.cuts(3)
    habit = await desk.asked()
    other = Desk(await make_loop(loop.database))
    with pytest.raises(NotFound):
        await other.service.accept(other.loop.actor(other.loop.rita), habit.id)
    mona = loop.actor(loop.mona)
    for verb in (desk.service.accept, desk.service.decline, desk.views.examples):
        with pytest.raises(Forbidden):
            await verb(mona, habit.id)
    assert await desk.views.card(loop.tenant, habit.id, loop.mona.id) is None
    assert (await desk.views.page(mona)).lines == ()
    await _accepted(desk, habit.id)
    async with loop.database.read(loop.tenant) as tx:
        counts = await counts_for(tx, loop.rita.id, loop.clock)
        assert (counts.changed.part, counts.changed.of) == (3, 3)
        assert (counts.changes, counts.rules) == (((Change.CUT, 3),), 1)
        assert await shared_rules(tx, loop.rita, loop.clock) == ()
        assert len(await rules_for(tx, loop.rita.id)) == 1
        assert await rules_for(tx, loop.cole.id) == ()
    await loop.set(Member, loop.rita.id, preferences={"share_examples": "on"}, active=False)
    async with loop.database.read(loop.tenant) as tx:
        rita = await tx.session.get_one(Member, (loop.tenant, loop.rita.id))
        assert [one.before for one in await shared_rules(tx, rita, loop.clock)] == [HOPE]
        assert await rules_for(tx, loop.rita.id) == (), "nothing is written for who has left"


async def test_an_edit_sent_straight_from_gmail_counts(loop: Loop, desk: Desk) -> None:
    loop.model.drafts[:] = [DraftText(body=mail(HOPE), confidence=0.6)]
    await loop.proposed()
    draft = await loop.draft()
    await loop.mail.delete_draft(draft.gmail_draft_id)
    loop.answer_by_hand(mail())
    await loop.follower.check(loop.tenant, draft.id)
    await loop.sync()
    await loop.drain()
    assert [(one.change, one.status) for one in await desk.habits()] == [("cut", "seen")]
