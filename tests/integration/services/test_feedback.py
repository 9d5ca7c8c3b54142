"""Feedback: one standing word per person and thing, however it comes; few questions."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from db.models.cards import Card, Feedback
from db.models.customers import Deal
from db.models.reviews import FeedbackPrompt, Review
from services.errors import InvalidInput, NotFound
from services.feedback_prompts import ask_about, is_critical, may_ask
from services.types.feedback import Review as Said
from services.types.preferences import read_preferences
from tests import factories as make
from tests.factories import NOW
from tests.integration.services.loop import Loop, make_loop


async def stand(loop: Loop) -> str:
    """The card's place in Slack."""
    action = await loop.action()
    card = next(c for c in await loop.rows(Card) if c.subject_id == action.id)
    await loop.set(Card, card.id, channel="D1", ts="1.1")
    return "1.1"


async def words(loop: Loop) -> list[tuple[int, str | None, str]]:
    return [(f.rating, f.reason, f.source) for f in await loop.rows(Feedback)]


async def react(loop: Loop, rating: int, *, added: bool = True) -> None:
    await loop.feedback.rate_at(
        loop.actor(loop.rita), channel="D1", ts="1.1", rating=rating, added=added
    )


async def press(loop: Loop, rating: int | None) -> bool:
    action = await loop.action()
    return await loop.feedback.rate(
        loop.actor(loop.rita), action.id, rating=rating, reason=None, source="button"
    )


# ── one word ────────────────────────────────────────────────────────────────────────────────────
async def test_button_and_reaction_are_one_word_and_the_last_stands(loop: Loop) -> None:
    await loop.proposed()
    await stand(loop)
    await press(loop, 1)
    await react(loop, -1)
    assert await words(loop) == [(-1, None, "reaction")]
    assert (await loop.card()).rating == -1
    await press(loop, 1)
    await react(loop, -1, added=False)
    assert await words(loop) == [(1, None, "button")], "taking back what no longer stands"
    await react(loop, 1, added=False)
    assert await words(loop) == []
    assert (await loop.card()).rating is None
    assert (await loop.verbs()).count("feedback.given") == 4


async def test_both_at_once_count_once(loop: Loop) -> None:
    await loop.proposed()
    await stand(loop)
    await asyncio.gather(press(loop, 1), react(loop, -1), press(loop, 1), react(loop, 1))
    assert len(await words(loop)) == 1


async def test_a_bad_word_is_asked_for_its_reason_until_it_has_one(loop: Loop) -> None:
    action = await loop.proposed()
    assert not await press(loop, 1)
    assert await press(loop, -1)
    rita = loop.actor(loop.rita)
    await loop.feedback.say_why(rita, action.id, what="facts", words=" It is 2027. ")
    assert not await press(loop, -1), "it has one"
    assert await words(loop) == [(-1, "wrong facts; It is 2027.", "button")]
    assert len(await loop.queued("autonomy.weigh")) == 1, "the same word again is no news"
    for what, own in (("", "  "), ("nonsense", "x")):
        with pytest.raises(InvalidInput):
            await loop.feedback.say_why(rita, action.id, what=what, words=own)


async def test_a_bad_reaction_is_asked_once_by_a_card(loop: Loop) -> None:
    action = await loop.proposed()
    await stand(loop)
    for _ in range(3):
        await react(loop, -1)
    await loop.drain()
    cards = [c for c in await loop.rows(Card) if c.kind == "wrong"]
    assert [c.recipient_id for c in cards] == [loop.rita.id]
    asked = loop.wrong[loop.rita.id]
    assert asked is not None
    assert (asked.rating, asked.reason, asked.about) == (-1, None, "Security questions")
    await loop.feedback.say_why(loop.actor(loop.rita), action.id, what="tone", words="")
    await loop.drain()
    told = loop.wrong[loop.rita.id]
    assert told is not None
    assert told.reason == "the tone"
    await react(loop, -1, added=False)
    await loop.drain()
    gone = loop.wrong[loop.rita.id]
    assert gone is not None
    assert gone.rating is None


async def test_a_reaction_elsewhere_is_no_feedback(loop: Loop) -> None:
    await loop.proposed()
    await react(loop, -1)
    assert await words(loop) == []


async def test_another_workspace_can_not_rate_or_review(loop: Loop) -> None:
    action = await loop.proposed()
    await stand(loop)
    other = await make_loop(loop.database)
    rita = other.actor(other.rita)
    for call in (
        other.feedback.rate(rita, action.id, rating=1, reason=None, source="button"),
        other.feedback.say_why(rita, action.id, what="tone", words=""),
        other.feedback.review(rita, action.id, Said(target="decision", overall=5)),
        other.feedback.rate(
            rita, loop.conversation.id, rating=1, reason=None, source="button",
            target="conversation",
        ),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await call
    await other.feedback.rate_at(rita, channel="D1", ts="1.1", rating=1, added=True)
    assert await words(loop) == await words(other) == []


async def test_an_answer_of_ours_is_rated_beside_decisions(loop: Loop) -> None:
    action = await loop.proposed()
    for target in ("message", "decision"):
        await loop.feedback.rate(
            loop.actor(loop.rita), action.id, rating=1, reason=None, source="button", target=target
        )
    assert sorted(f.target for f in await loop.rows(Feedback)) == ["decision", "message"]
    with pytest.raises(InvalidInput):
        await loop.feedback.rate(
            loop.actor(loop.rita), action.id, rating=1, reason=None, source="button", target="deal"
        )


async def test_a_word_on_each_thing_and_how_it_came_about(loop: Loop) -> None:
    action = await loop.proposed()
    rita, cole = loop.actor(loop.rita), loop.actor(loop.cole)
    await press(loop, -1)
    loop.clock.move(timedelta(days=2))
    await loop.feedback.word(cole, action.id, "decision", -1)
    for target in ("message", "decision", "conversation"):
        view = await loop.feedback.word(rita, action.id, target, 0)
    assert [(one.target, one.rating) for one in view.targets] == [
        ("message", 0), ("decision", 0), ("conversation", 0),
    ]  # fmt: skip
    decision = (await loop.feedback.words(rita, action.id)).targets[1]
    assert [one.rating for one in decision.said] == [0, -1], "hers alone, the newest first"
    assert decision.said[0].at - decision.said[1].at >= timedelta(days=2)
    other = await make_loop(loop.database)
    for call in (
        other.feedback.word(other.actor(other.rita), action.id, "decision", 1),
        other.feedback.words(other.actor(other.rita), action.id),
    ):
        with pytest.raises(NotFound):
            await call
    with pytest.raises(InvalidInput):
        await loop.feedback.word(rita, action.id, "deal", 1)


# ── reviews ─────────────────────────────────────────────────────────────────────────────────────
async def test_a_review_of_each_target_stands_once(loop: Loop) -> None:
    action = await loop.proposed()
    rita = loop.actor(loop.rita)
    for overall in (2, 5):
        for target in ("message", "decision", "conversation"):
            said = Said(target=target, overall=overall, tone=3, words="Good.")
            await loop.feedback.review(rita, action.id, said)
    rows = {row.target: row for row in await loop.rows(Review)}
    assert {name: row.target_id for name, row in rows.items()} == {
        "message": action.draft_id,
        "decision": action.id,
        "conversation": action.conversation_id,
    }
    assert {(r.overall, r.accuracy, r.tone, r.usefulness) for r in rows.values()} == {
        (5, None, 3, None)
    }
    assert (await loop.verbs()).count("feedback.reviewed") == 6, "the audit keeps all"
    for wrong in (0, 6):
        with pytest.raises(InvalidInput):
            await loop.feedback.review(rita, action.id, Said(target="decision", overall=wrong))


async def test_reviews_at_once_leave_one(loop: Loop) -> None:
    action = await loop.proposed()
    reviews = [
        loop.feedback.review(
            loop.actor(loop.rita), action.id, Said(target="decision", overall=score)
        )
        for score in (1, 2, 3, 4, 5)
    ]
    await asyncio.gather(*reviews)
    assert len(await loop.rows(Review)) == 1


# ── questions ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("stage", "amount", "currency", "urgency", "critical"),
    [
        ("negotiation", None, None, None, True),
        ("closed_won", Decimal(1), "EUR", None, True),
        ("discovery", Decimal(50_001), "USD", None, True),
        ("discovery", Decimal(50_000), "USD", None, False),
        ("discovery", Decimal(10**9), "XXX", None, False),
        (None, None, None, "critical", True),
        (None, None, None, "high", False),
        (None, None, None, None, False),
    ],
)
def test_only_what_matters_is_asked_about(
    stage: str | None, amount: Decimal | None, currency: str | None, urgency: str | None,
    *, critical: bool,
) -> None:  # fmt: skip
    assert is_critical(stage=stage, amount=amount, currency=currency, urgency=urgency) == critical


@pytest.mark.parametrize(
    ("said", "limit"),
    [(None, 2), ("off", 0), ("0", 0), ("5", 5), ("99", 10), ("-1", 2), ("many", 2), (3, 3)],
)
def test_the_members_wish(said: object, limit: int) -> None:
    stored = {} if said is None else {"feedback_prompts": said}
    assert read_preferences(stored).feedback_prompts == limit


def asked(*days: tuple[float, bool]) -> Sequence[FeedbackPrompt]:
    return [
        FeedbackPrompt(created_at=NOW - timedelta(days=ago), answered_at=NOW if answered else None)
        for ago, answered in days
    ]


@pytest.mark.parametrize(
    ("days", "limit", "may"),
    [
        ((), 2, True),
        (((1, True),), 2, True),
        (((1, True), (2, True)), 2, False),
        (((1, True), (8, True)), 2, True),
        (((1, False),), 2, False),
        (((6.9, False),), 2, False),
        (((8, False),), 2, True),
        (((8, False), (9, False), (10, False)), 2, False),
        (((29, False), (30, False), (31, False)), 2, True),
        ((), 0, False),
        (((1, True), (2, True)), 3, True),
    ],
)
def test_who_does_not_answer_is_asked_less(
    days: tuple[tuple[float, bool], ...], limit: int, *, may: bool
) -> None:
    assert may_ask(asked(*days), limit, NOW) == may


async def critical(loop: Loop) -> None:
    await loop.set(Deal, loop.deal.id, stage="discovery", amount=Decimal(90_000), currency="USD")


async def test_after_a_critical_one_has_left_its_decider_is_asked_on_the_card(loop: Loop) -> None:
    await critical(loop)
    await loop.approved()
    await loop.drain()
    assert (await loop.card()).asked
    assert not (await loop.card(loop.mona)).asked
    await press(loop, 1)
    assert not (await loop.card()).asked
    (prompt,) = await loop.rows(FeedbackPrompt)
    assert prompt.answered_at is not None


async def test_a_routine_one_and_an_off_wish_ask_nothing(loop: Loop) -> None:
    await loop.approved()
    await loop.drain()
    assert await loop.rows(FeedbackPrompt) == []
    other = await make_loop(loop.database)
    await critical(other)
    await other.set(type(other.rita), other.rita.id, preferences={"feedback_prompts": "off"})
    await other.approved()
    await other.drain()
    assert await other.rows(FeedbackPrompt) == []


async def test_at_once_no_more_are_asked_than_agreed_and_never_twice(loop: Loop) -> None:
    await critical(loop)
    await loop.approved()
    async with loop.database.transaction(loop.tenant) as tx:
        actions = [
            await make.make_action(tx, loop.conversation, decided_by=loop.rita.id) for _ in range(6)
        ]

    async def ask(number: int) -> bool:
        async with loop.database.transaction(loop.tenant) as tx:
            return await ask_about(
                tx, actions[number % 6], clock=loop.clock, ids=loop.ids, audit=loop.audit
            )

    await loop.set(type(loop.rita), loop.rita.id, preferences={"feedback_prompts": "3"})
    results = await asyncio.gather(*(ask(number) for number in range(12)))
    # Each that waits for an answer takes one from the three.
    assert sum(results) == len(await loop.rows(FeedbackPrompt)) == 2
    assert len({prompt.target_id for prompt in await loop.rows(FeedbackPrompt)}) == 2
