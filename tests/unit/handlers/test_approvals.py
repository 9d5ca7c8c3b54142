"""Decisions on approval cards: opened from what was seen, bound to it, and always answered."""

import json
from typing import Any
from uuid import UUID

import pytest

from blocks.action_ids import ActionId, CallbackId
from blocks.values import Asked, Choice, Sight, Target
from services.errors import Conflict, Forbidden
from services.ports import ChatRef
from services.types.approvals import Decided, RequestStatus, Seen, Surface, VoteChoice
from tests.fakes.verbs import MAYA
from tests.unit.approval_view_factory import (
    FRESH,
    HASH,
    QUESTION,
    REQUEST,
    make_approval_card,
    make_question_view,
    make_seat_view,
    make_settled_card,
)
from tests.unit.handlers.slack_rig import Rig, click, submission

SEEN = Sight(id=REQUEST, hash=HASH, rules=3).encode()
TARGET = Target(id=REQUEST).encode()
ASKED = Asked(id=REQUEST, question=QUESTION).encode()
HERE = ChatRef(channel="D0MAYA", ts="1700000000.000001")
ELSEWHERE = ChatRef(channel="D0MAYA", ts="1700000009.000009")


def decided(**changes: Any) -> Decided:
    return Decided(
        **{
            "request_id": REQUEST,
            "status": RequestStatus.APPROVED,
            "sentence": "Approved.",
            "counted": True,
            **changes,
        }
    )


@pytest.fixture(autouse=True)
def views(rig: Rig) -> None:
    rig.book.answers |= {
        "approvals.reads.card": make_approval_card(),
        "approvals.decisions.decide": decided(),
        "cards.place": HERE,
    }


def told(rig: Rig) -> str:
    return json.dumps([body for _, body in rig.chat.told], ensure_ascii=False)


def refreshed(rig: Rig) -> list[Any]:
    return [args[1:] for args, _ in rig.book.named("cards.refresh")]


# ── From the card to the window ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("action", "title"),
    [
        (ActionId.APPROVAL_APPROVE, "Approve"),
        (ActionId.APPROVAL_READ_ALL, "Approve"),
        (ActionId.APPROVAL_CONDITIONS, "Approve with conditions"),
        (ActionId.APPROVAL_REJECT, "Reject"),
    ],
)
async def test_a_decision_opens_its_window_and_decides_nothing(
    rig: Rig, action: ActionId, title: str
) -> None:
    assert await rig.interact(click(action, SEEN)) == (200, "")
    ((trigger, view, on_top),) = rig.chat.modals
    assert (trigger, view["title"]["text"], on_top) == ("trigger.1", title, False)
    assert view["private_metadata"] == SEEN
    assert rig.book.named("approvals.decisions.decide") == []


async def test_no_conditions_for_a_mail_that_leaves_at_once(rig: Rig) -> None:
    rig.book.answers["approvals.reads.card"] = make_approval_card(type="discuss_pricing")
    await rig.interact(click(ActionId.APPROVAL_CONDITIONS, SEEN))
    assert rig.chat.modals == []
    assert "nobody could keep conditions" in told(rig)
    assert refreshed(rig) == [("approval", REQUEST)]


async def test_a_payload_that_changed_is_not_opened(rig: Rig) -> None:
    changed = make_approval_card(seen=Seen(payload_hash="cd" * 32, rule_version=3))
    rig.book.answers["approvals.reads.card"] = changed
    await rig.interact(click(ActionId.APPROVAL_APPROVE, SEEN))
    assert rig.chat.modals == []
    assert "has changed since you saw it" in told(rig)
    assert refreshed(rig) == [("approval", REQUEST)]


async def test_who_comes_late_is_told_who_and_when(rig: Rig) -> None:
    rig.book.answers["approvals.reads.card"] = make_settled_card()
    await rig.interact(click(ActionId.APPROVAL_REJECT, SEEN))
    assert rig.chat.modals == []
    assert "Victor Hahn approved this at 10:25, by mail link." in told(rig)
    assert "Open it" not in told(rig)


async def test_a_void_one_points_to_the_fresh_one(rig: Rig) -> None:
    void = make_settled_card(
        status=RequestStatus.VOIDED, settled_reason="The deal moved.", replaced_by=FRESH
    )
    rig.book.answers |= {"approvals.reads.card": void, "cards.place": ELSEWHERE}
    await rig.interact(click(ActionId.APPROVAL_APPROVE, SEEN))
    assert "The deal moved." in told(rig)
    assert "p1700000009000009" in told(rig)
    assert rig.book.named("cards.place")[-1][0][2] == FRESH


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"part": "informed", "deciders": ("Victor Hahn", "Elena Costa")}, "Victor Hahn or Elena"),
        ({"part": "requester"}, "You asked for this yourself"),
        ({"part": "informed", "deciders": ()}, "an admin must see to it"),
    ],
)
async def test_who_may_not_decide_is_told_who_may(
    rig: Rig, changes: dict[str, Any], words: str
) -> None:
    rig.book.answers["approvals.reads.card"] = make_approval_card(may_decide=False, **changes)
    await rig.interact(click(ActionId.APPROVAL_APPROVE, SEEN))
    assert rig.chat.modals == []
    assert words in told(rig)
    ((_, request_id), noted) = rig.book.named("approvals.decisions.note_refusal")[0]
    assert (request_id, noted["surface"]) == (REQUEST, Surface.SLACK)
    assert words in noted["why"]


async def test_who_has_spoken_already_did_nothing_wrong(rig: Rig) -> None:
    spoken = make_seat_view(voter="Victor Hahn", choice="approve")
    rig.book.answers["approvals.reads.card"] = make_approval_card(may_decide=False, seats=(spoken,))
    await rig.interact(click(ActionId.APPROVAL_APPROVE, SEEN))
    assert "You have decided on this already." in told(rig)
    assert rig.book.named("approvals.decisions.note_refusal") == []


async def test_what_is_not_theirs_to_see_is_not_found(rig: Rig) -> None:
    rig.book.answers["approvals.reads.card"] = None
    await rig.interact(click(ActionId.APPROVAL_APPROVE, SEEN))
    assert "isn't yours to see" in told(rig)


@pytest.mark.parametrize(
    "value",
    [
        TARGET,
        SEEN.replace(HASH, "AB" * 32),
        SEEN.replace("}", ',"tenant":"other"}'),
        "",
        "not json",
    ],
)
async def test_a_forged_value_is_refused(rig: Rig, value: str) -> None:
    await rig.interact(click(ActionId.APPROVAL_APPROVE, value))
    assert rig.chat.modals == []
    assert "I couldn't read that button" in told(rig)


# ── Deciding ────────────────────────────────────────────────────────────────────────────────────
async def test_two_taps_are_a_reason(rig: Rig) -> None:
    form = submission(CallbackId.APPROVAL_APPROVE, SEEN, {"preset": "Strategic account"})
    assert (await rig.interact(form))[1] == {"response_action": "clear"}
    ((args, kwargs),) = rig.book.named("approvals.decisions.decide")
    assert args == (MAYA, REQUEST)
    command = kwargs.pop("command_id")
    assert command.startswith("V0:")
    assert kwargs == {
        "choice": VoteChoice.APPROVE,
        "reason": "Strategic account",
        "conditions": (),
        "seen": Seen(payload_hash=HASH, rule_version=3),
        "surface": Surface.SLACK,
    }


async def test_conditions_travel_one_a_line(rig: Rig) -> None:
    values = {"conditions": "- two years\n\nsigned in 2026", "reason": "Worth it"}
    await rig.interact(submission(CallbackId.APPROVAL_CONDITIONS, SEEN, values))
    ((_, kwargs),) = rig.book.named("approvals.decisions.decide")
    assert kwargs["conditions"] == ("two years", "signed in 2026")
    assert kwargs["reason"] == "Worth it"


@pytest.mark.parametrize(
    ("callback", "values", "field"),
    [
        (CallbackId.APPROVAL_APPROVE, {}, "reason"),
        (CallbackId.APPROVAL_REJECT, {"reason": "  "}, "reason"),
        (
            CallbackId.APPROVAL_CONDITIONS,
            {"preset": "Worth it", "conditions": " \n "},
            "conditions",
        ),
        (CallbackId.APPROVAL_CONDITIONS, {"preset": "x", "conditions": "a" * 201}, "conditions"),
        (
            CallbackId.APPROVAL_CONDITIONS,
            {"preset": "x", "conditions": "\n".join(map(str, range(11)))},
            "conditions",
        ),
        (CallbackId.APPROVAL_ASK, {"question": ""}, "question"),
    ],
)
async def test_what_is_missing_is_said_at_its_field(
    rig: Rig, callback: CallbackId, values: dict[str, str], field: str
) -> None:
    _, body = await rig.interact(
        submission(callback, SEEN if "ask" not in callback else TARGET, values)
    )
    assert list(body["errors"]) == [field]
    assert rig.book.named("approvals.decisions.decide") == []


@pytest.mark.parametrize(
    "error",
    [Conflict("Elena Costa approved this at 10:42."), Forbidden("Elena Costa may decide this.")],
)
async def test_a_refused_decision_says_so_and_the_card_follows(rig: Rig, error: Exception) -> None:
    rig.book.errors["approvals.decisions.decide"].append(error)
    _, body = await rig.interact(submission(CallbackId.APPROVAL_REJECT, SEEN, {"preset": "No"}))
    assert body["response_action"] == "update"
    assert str(error) in json.dumps(body["view"])
    assert refreshed(rig) == [("approval", REQUEST)]


async def test_a_voided_request_is_told_with_the_way_to_the_fresh_one(rig: Rig) -> None:
    rig.book.answers |= {
        "approvals.decisions.decide": decided(
            status=RequestStatus.VOIDED, counted=False, fresh_id=FRESH, sentence="The deal moved."
        ),
        "cards.place": ELSEWHERE,
    }
    _, body = await rig.interact(submission(CallbackId.APPROVAL_APPROVE, SEEN, {"preset": "Yes"}))
    assert body["response_action"] == "update"
    assert "The deal moved." in json.dumps(body["view"])
    assert "p1700000009000009" in json.dumps(body["view"])


async def test_who_comes_after_it_was_voided_is_shown_the_fresh_one_too(rig: Rig) -> None:
    rig.book.errors["approvals.decisions.decide"].append(Conflict("This no longer counts."))
    rig.book.answers |= {
        "approvals.reads.card": make_settled_card(status=RequestStatus.VOIDED, replaced_by=FRESH),
        "cards.place": ELSEWHERE,
    }
    _, body = await rig.interact(submission(CallbackId.APPROVAL_APPROVE, SEEN, {"preset": "Yes"}))
    assert "This no longer counts. A fresh request has been made." in json.dumps(body["view"])
    assert "p1700000009000009" in json.dumps(body["view"])
    assert refreshed(rig) == [("approval", REQUEST)]


async def test_a_voided_request_without_a_fresh_one_is_told_too(rig: Rig) -> None:
    rig.book.answers["approvals.decisions.decide"] = decided(
        status=RequestStatus.VOIDED, counted=False, sentence="The deal is closed."
    )
    _, body = await rig.interact(submission(CallbackId.APPROVAL_APPROVE, SEEN, {"preset": "Yes"}))
    assert "The deal is closed." in json.dumps(body["view"])
    assert "Open the fresh" not in json.dumps(body["view"])


# ── Between the two sides ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("entry", "title"),
    [
        (ActionId.APPROVAL_DELEGATE, "Delegate"),
        (ActionId.APPROVAL_ASK, "Ask a question"),
        (ActionId.APPROVAL_ABOUT, "Why me, and the policy"),
    ],
)
async def test_the_menu_opens_its_windows(rig: Rig, entry: ActionId, title: str) -> None:
    value = Choice(id=REQUEST, do=entry).encode()
    assert len(value) <= 150
    chosen = {"type": "overflow", "value": None, "selected_option": {"value": value}}
    await rig.interact(click(ActionId.APPROVAL_MORE, element=chosen))
    assert [view["title"]["text"] for _, view, _ in rig.chat.modals] == [title]


async def test_another_action_in_the_menu_is_refused(rig: Rig) -> None:
    value = Choice(id=REQUEST, do=ActionId.APPROVAL_APPROVE).encode()
    chosen = {"type": "overflow", "value": None, "selected_option": {"value": value}}
    await rig.interact(click(ActionId.APPROVAL_MORE, element=chosen))
    assert rig.chat.modals == []
    assert "Nothing was changed" in told(rig)


async def test_a_delegation_names_the_colleague(rig: Rig) -> None:
    values = {"to": str(UUID(int=7)), "note": "I'm at the fair"}
    await rig.interact(submission(CallbackId.APPROVAL_DELEGATE, TARGET, values))
    ((args, kwargs),) = rig.book.named("approvals.requests.delegate")
    assert args == (MAYA, REQUEST)
    assert (kwargs["to_id"], kwargs["note"]) == (UUID(int=7), "I'm at the fair")


async def test_colleagues_are_offered_by_name(rig: Rig) -> None:
    rig.book.answers["approvals.reads.delegate_options"] = ((UUID(int=7), "Elena Costa"),)
    payload = {
        "type": "block_suggestion",
        "user": {"id": "U0MAYA"},
        "team": {"id": "T0SANDBOX"},
        "action_id": ActionId.DELEGATE_TO,
        "block_id": "to",
        "value": "ele",
    }
    _, body = await rig.interact(payload)
    assert [option["text"]["text"] for option in body["options"]] == ["Elena Costa"]
    assert rig.book.named("approvals.reads.delegate_options") == [((MAYA, "ele"), {})]


async def test_a_question_and_its_answer_reach_the_service(rig: Rig) -> None:
    await rig.interact(submission(CallbackId.APPROVAL_ASK, TARGET, {"question": "Which term?"}))
    ((args, kwargs),) = rig.book.named("approvals.requests.ask")
    assert (args, kwargs["question"]) == ((MAYA, REQUEST), "Which term?")
    rig.book.answers["approvals.reads.card"] = make_approval_card(
        part="requester", may_decide=False, questions=(make_question_view(),)
    )
    await rig.interact(click(ActionId.APPROVAL_ANSWER, ASKED))
    ((_, view, _),) = rig.chat.modals
    assert "Did they sign for two years?" in json.dumps(view)
    await rig.interact(submission(CallbackId.APPROVAL_ANSWER, ASKED, {"answer": "Two years"}))
    ((args, kwargs),) = rig.book.named("approvals.requests.answer")
    assert (args, kwargs["answer"]) == ((MAYA, QUESTION), "Two years")


async def test_an_answered_question_is_not_answered_twice(rig: Rig) -> None:
    rig.book.answers["approvals.reads.card"] = make_approval_card(
        questions=(make_question_view(answer="Yes", answered_by="Tom"),)
    )
    await rig.interact(click(ActionId.APPROVAL_ANSWER, ASKED))
    assert rig.chat.modals == []
    assert "has its answer already" in told(rig)


async def test_withdraw_retry_and_the_fresh_one(rig: Rig) -> None:
    await rig.interact(click(ActionId.APPROVAL_WITHDRAW, TARGET))
    await rig.interact(click(ActionId.APPROVAL_RETRY, TARGET))
    assert rig.book.named("approvals.requests.withdraw")[0][0] == (MAYA, REQUEST)
    assert rig.book.named("approvals.carry.retry")[0][0] == (MAYA, REQUEST)
    rig.book.answers["cards.place"] = ELSEWHERE
    await rig.interact(click(ActionId.APPROVAL_SHOW_FRESH, TARGET))
    assert "p1700000009000009" in told(rig)


async def test_a_refused_withdrawal_is_told_and_the_card_follows(rig: Rig) -> None:
    rig.book.errors["approvals.requests.withdraw"].append(Conflict("It is decided already."))
    await rig.interact(click(ActionId.APPROVAL_WITHDRAW, TARGET))
    assert "It is decided already." in told(rig)
    assert refreshed(rig) == [("approval", REQUEST)]


async def test_names_in_a_refusal_stay_inert(rig: Rig) -> None:
    rig.book.errors["approvals.requests.withdraw"].append(Forbidden("<!channel> may do this."))
    await rig.interact(click(ActionId.APPROVAL_WITHDRAW, TARGET))
    assert "<!channel>" not in told(rig)
