"""Undo, feedback, what was wrong, and reviews, as people click them."""

import json

import pytest

from blocks.action_ids import ActionId, CallbackId
from blocks.values import Approval, Choice, Fault, Rating, Target, Word
from services.errors import Conflict, TransientError
from services.types.feedback import Review, TargetWords, WordsView
from services.types.undo import Undone
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import Rig, click, submission
from tests.unit.view_factory import ACTION, NOW, make_mail_card

TARGET = Target(id=ACTION).encode()
WORDS = WordsView(
    action_id=ACTION,
    targets=(TargetWords(target="conversation", rating=None),),
    timezone="UTC",
    now=NOW,
)


def told(rig: Rig) -> list[str]:
    return [str(body["text"]) for _, body in rig.chat.told]


async def test_undo_is_one_verb_and_silent_where_the_card_tells(rig: Rig) -> None:
    rig.book.answers["undo.undo"] = Undone(stopped=True, sentence="Undone.")
    assert await rig.interact(click(ActionId.UNDO, TARGET)) == (200, "")
    ((args, kwargs),) = rig.book.named("undo.undo")
    assert args == (MAYA, ACTION)
    assert kwargs["surface"] == "slack"
    assert kwargs["command_id"].startswith("trigger.1:")
    assert told(rig) == []


async def test_an_undo_that_is_not_decided_yet_is_told(rig: Rig) -> None:
    rig.book.answers["undo.undo"] = Undone(stopped=False, sentence="It is leaving.")
    await rig.interact(click(ActionId.UNDO, TARGET))
    assert told(rig) == ["It is leaving."]


async def test_too_late_is_told_and_the_card_brought_up_to_date(rig: Rig) -> None:
    rig.book.errors["undo.undo"].append(Conflict("It left at 10:42."))
    rig.book.answers["views.mail_card"] = make_mail_card(state="done")
    await rig.interact(click(ActionId.UNDO, TARGET))
    assert told(rig) == ["It left at 10:42."]
    assert len(rig.book.named("cards.refresh")) == 1


async def test_approving_brings_along_what_was_seen(rig: Rig) -> None:
    seen = "a" * 64
    value = Approval(id=ACTION, rev=2, seen=seen).encode()
    await rig.interact(click(ActionId.APPROVE, value))
    await rig.interact(submission(CallbackId.READ_ALL, value, {}))
    assert [kwargs["seen"] for _, kwargs in rig.book.named("actions.approve")] == [seen, seen]


@pytest.mark.parametrize("ask", [True, False])
async def test_a_bad_word_opens_the_question_when_it_has_no_reason(rig: Rig, *, ask: bool) -> None:
    rig.book.answers["feedback.rate"] = ask
    value = Rating(id=ACTION, up=False, of="message").encode()
    assert await rig.interact(click(ActionId.RATE, value)) == (200, "")
    assert [view["callback_id"] for _, view, _ in rig.chat.modals] == (
        [CallbackId.WRONG] if ask else []
    )
    if ask:
        fault = json.loads(rig.chat.modals[0][1]["private_metadata"])
        assert (fault["id"], fault["of"]) == (str(ACTION), "message")


async def test_slack_failing_to_show_the_question_takes_nothing_back(rig: Rig) -> None:
    rig.book.answers["feedback.rate"] = True
    rig.chat.trouble = [TransientError("expired")]
    assert await rig.interact(click(ActionId.RATE, Rating(id=ACTION, up=False).encode())) == (
        200,
        "",
    )
    assert len(rig.book.named("feedback.rate")) == 1
    assert told(rig) == []


async def test_what_was_wrong_by_button_and_by_form(rig: Rig) -> None:
    fault = Fault(id=ACTION, what="tone")
    await rig.interact(click(f"{ActionId.WRONG}#1", fault.encode()))
    await rig.interact(click(ActionId.WRONG_MORE, Fault(id=ACTION).encode()))
    assert rig.chat.modals[0][1]["callback_id"] == CallbackId.WRONG
    form = {"wrong": "facts", "words": "It is 2027."}
    await rig.interact(submission(CallbackId.WRONG, Fault(id=ACTION).encode(), form))
    assert [kwargs for _, kwargs in rig.book.named("feedback.say_why")] == [
        {"what": "tone", "words": "", "target": "decision"},
        {"what": "facts", "words": "It is 2027.", "target": "decision"},
    ]


async def test_a_review_from_the_menu_and_its_form(rig: Rig) -> None:
    rig.book.answers["feedback.words"] = WORDS
    choice = Choice(id=ACTION, do=ActionId.REVIEW).encode()
    element = {"type": "overflow", "selected_option": {"value": choice}}
    await rig.interact(click(ActionId.MORE, element=element))
    await rig.interact(click(ActionId.REVIEW, TARGET))
    assert [view["callback_id"] for _, view, _ in rig.chat.modals] == [CallbackId.REVIEW] * 2
    form = {"reviewed": "message", "overall": "4", "tone": "5", "words": "Good"}
    status, _ = await rig.interact(submission(CallbackId.REVIEW, TARGET, form))
    assert status == 200
    ((args, _),) = rig.book.named("feedback.review")
    assert args == (
        MAYA,
        ACTION,
        Review(target="message", overall=4, tone=5, words="Good"),
    )


@pytest.mark.parametrize("overall", ["", "6", "x", "11"])
async def test_a_review_without_a_score_is_told_at_its_field(rig: Rig, overall: str) -> None:
    form = {"overall": overall, "words": "Good"}
    status, body = await rig.interact(submission(CallbackId.REVIEW, TARGET, form))
    assert status == 200
    assert "overall" in body["errors"]
    assert rig.book.named("feedback.review") == []


async def test_neither_on_a_conversation_is_one_click_in_the_window(rig: Rig) -> None:
    rig.book.answers["feedback.word"] = WORDS
    for rating in (0, -1):
        word = Word(id=ACTION, of="conversation", rating=rating)
        await rig.interact(click(f"{ActionId.WORD}#7", word.encode()))
    assert [args[1:] for args, _ in rig.book.named("feedback.word")] == [
        (ACTION, "conversation", 0),
        (ACTION, "conversation", -1),
    ]
    assert [view["callback_id"] for _, view, _ in rig.chat.modals] == [CallbackId.REVIEW] * 2
    forged = Word(id=ACTION, of="conversation", rating=1).encode().replace(":1}", ":9}")
    await rig.interact(click(f"{ActionId.WORD}#7", forged))
    assert len(rig.book.named("feedback.word")) == 2, "nine is no word"
