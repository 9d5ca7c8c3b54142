"""The approval card: what each reader sees, within Slack's limits, and nothing active from
outside."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks.action_ids import ActionId
from blocks.approval_card import approval_card, approval_card_text
from blocks.lint import faults
from blocks.values import Sight
from services.types.approval_views import ApprovalCardView, EffectLine
from services.types.approvals import CarryStatus, RequestStatus, Surface
from tests.unit.approval_view_factory import (
    FRESH,
    HASH,
    REQUEST,
    make_approval_card,
    make_customer,
    make_question_view,
    make_seat_view,
    make_settled_card,
    make_vote_view,
)
from tests.unit.view_factory import NOW, make_draft, make_reader


def seen(view: ApprovalCardView) -> str:
    return json.dumps(approval_card(view), ensure_ascii=False)


def elements(view: ApprovalCardView) -> dict[str, Mapping[str, Any]]:
    """Buttons and menus by their id."""
    found: dict[str, Mapping[str, Any]] = {}
    for block in approval_card(view):
        for part in (*block.get("elements", ()), block.get("accessory") or {}):
            if "action_id" in part:
                found[part["action_id"]] = part
    return found


def entries(view: ApprovalCardView) -> list[str]:
    return [option["text"]["text"] for option in elements(view)[ActionId.APPROVAL_MORE]["options"]]


# ── Who decides ─────────────────────────────────────────────────────────────────────────────────
def test_the_card_says_what_why_and_what_will_change_in_this_order() -> None:
    text = seen(make_approval_card())
    order = [
        "*Maya Lindt asks: 10 % discount for Northwind*",
        "Due tomorrow 09:30",
        "Kestrel offers the same for less.",
        (
            "$84,000 in open and won deals · health good (74) · demo · renews 31 Mar 2027 · "
            "competitor Kestrel"
        ),
        "Granted before: 5 % discount, 3 Mar 2026",
        "Amount of Northwind rollout: $84,000 → ",
        "$75,600",
        '"Approve"',
        "A discount from 10 % is decided by a VP of sales",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_a_mail_is_approved_as_it_is_or_not_at_all() -> None:
    card = elements(make_approval_card(type="discuss_pricing", draft=make_draft()))
    assert ActionId.APPROVAL_APPROVE in card
    assert ActionId.APPROVAL_CONDITIONS not in card


def test_the_actions_are_four_and_bound_to_what_was_seen() -> None:
    card = elements(make_approval_card())
    assert list(card) == [
        ActionId.APPROVAL_APPROVE,
        ActionId.APPROVAL_CONDITIONS,
        ActionId.APPROVAL_REJECT,
        ActionId.APPROVAL_MORE,
    ]
    assert card[ActionId.APPROVAL_APPROVE]["style"] == "primary"
    bound = Sight.model_validate_json(card[ActionId.APPROVAL_APPROVE]["value"])
    assert (bound.id, bound.hash, bound.rules) == (REQUEST, HASH, 3)
    assert entries(make_approval_card()) == ["Delegate", "Ask a question", "Why me, and the policy"]
    assert entries(make_approval_card(may_delegate=False))[0] == "Ask a question"


def test_a_delegate_reads_for_whom_they_decide() -> None:
    assert "you decide for Dana Reyes" in seen(make_approval_card(deciding_for="Dana Reyes"))


def test_what_is_late_and_what_replaces_a_void_one_is_said() -> None:
    late = make_approval_card(due_at=NOW - timedelta(hours=2), overdue=True, replaces=FRESH)
    assert "*was due today 08:30*" in seen(late).lower()
    assert "in place of a request that became void" in seen(late)


def test_a_reminder_says_that_it_is_one_to_who_decides() -> None:
    view = make_approval_card(reminded=True)
    assert approval_card_text(view).startswith("Reminder: ")
    assert "Reminder · due" in seen(view).replace("*", "")
    assert "Reminder" not in approval_card_text(replace(view, may_decide=False))


def test_unknown_facts_are_said_as_unknown() -> None:
    text = seen(
        make_approval_card(
            customer=make_customer(value=None, health=None, renewal_date=None, competitor="")
        )
    )
    assert "worth not known · health not known" in text
    assert "renews" not in text


def test_a_quorum_names_who_has_spoken_and_who_else_is_asked() -> None:
    view = make_approval_card(
        needed=2,
        seats=(make_seat_view(), make_vote_view(voter="Dana Reyes", holder="Dana Reyes")),
        deciders=("Victor Hahn", "Elena Costa"),
    )
    assert "2 must agree · Dana Reyes approved at 10:25 · also asked: Elena Costa" in seen(view)
    own = replace(view, part="requester", may_decide=False)
    assert "also asked" not in seen(own), "their card names who has it"


def test_questions_and_answers_stand_on_the_card() -> None:
    view = make_approval_card(
        questions=(
            make_question_view(answered_by="Maya Lindt", answer="Yes, on Tuesday."),
            make_question_view(question="And the term?"),
        )
    )
    text = seen(view)
    assert "Victor Hahn asked at 10:18" in text
    assert "Yes, on Tuesday." in text
    assert "no answer yet" in text


# ── Shown is decided ────────────────────────────────────────────────────────────────────────────
LONG = EffectLine(label="Allowed as an exception", before="", after="x" * 901)
HIDDEN = EffectLine(label="Allowed as an exception", before="", after="pay 1\u202e000")


@pytest.mark.parametrize("line", [LONG, HIDDEN])
def test_what_cannot_be_shown_whole_has_no_approve(line: EffectLine) -> None:
    card = elements(make_approval_card(effect=(line,)))
    assert ActionId.APPROVAL_APPROVE not in card
    assert ActionId.APPROVAL_CONDITIONS not in card
    assert card[ActionId.APPROVAL_READ_ALL]["style"] == "primary"


def test_an_effect_that_is_missing_has_no_approve() -> None:
    assert ActionId.APPROVAL_APPROVE not in elements(make_approval_card(effect=()))


def test_a_gated_mail_is_shown_character_for_character() -> None:
    view = make_approval_card(type="send_proposal", effect=(), draft=make_draft())
    assert ActionId.APPROVAL_APPROVE in elements(view)
    shown = [
        piece["text"]
        for block in approval_card(view)
        if block["type"] == "rich_text"
        for part in block["elements"]
        for piece in part["elements"]
    ]
    assert make_draft().text in shown
    assert any("Re: Pricing for 40 seats" in text for text in shown)


def test_a_long_mail_is_read_before_it_is_decided() -> None:
    view = make_approval_card(type="send_proposal", effect=(), draft=make_draft(text="a" * 4000))
    assert ActionId.APPROVAL_APPROVE not in elements(view)
    assert ActionId.APPROVAL_READ_ALL in elements(view)


def test_a_text_that_is_the_effect_stands_once() -> None:
    line = EffectLine(label="Allowed as an exception", before="", after="Net 90 this once.")
    view = make_approval_card(type="exception", effect=(line,), reason="Net 90 this once.")
    assert seen(view).count("Net 90 this once.") == 1


# ── Who asked, who looks on ─────────────────────────────────────────────────────────────────────
def asked(**changes: Any) -> ApprovalCardView:
    values: dict[str, Any] = {"part": "requester", "may_decide": False, "may_delegate": False}
    return make_approval_card(**(values | changes))


def test_the_requester_sees_who_has_it_why_and_until_when() -> None:
    text = seen(asked())
    assert "*You asked: 10 % discount for Northwind*" in text
    assert "Victor Hahn (VP of sales) has it until tomorrow 09:30." in text
    assert "A discount from 10 % is decided by a VP of sales" in text
    assert list(elements(asked())) == [ActionId.APPROVAL_WITHDRAW]
    assert "confirm" in elements(asked())[ActionId.APPROVAL_WITHDRAW]


def test_a_question_is_answered_from_the_requesters_card() -> None:
    view = asked(questions=(make_question_view(), make_question_view(id=FRESH)))
    names = list(elements(view))
    assert names[0] == ActionId.APPROVAL_ANSWER
    assert len([name for name in names if name.startswith(ActionId.APPROVAL_ANSWER)]) == 2
    assert "Did they sign for two years?" in seen(view)


def test_nobody_holding_it_is_said() -> None:
    view = asked(seats=(make_seat_view(holder=None),), deciders=())
    assert "Nobody holds it at the moment; the admins have been told." in seen(view)


def test_an_onlooker_and_who_has_spoken_get_no_decision() -> None:
    view = make_approval_card(part="informed", may_decide=False, may_delegate=False)
    assert list(elements(view)) == [ActionId.APPROVAL_MORE]
    assert entries(view) == ["Why me, and the policy"]
    spoke = make_approval_card(
        may_decide=False,
        may_delegate=False,
        needed=2,
        seats=(make_vote_view(), make_seat_view(holder="Elena Costa", title="CFO")),
        deciders=("Elena Costa",),
    )
    assert "You approved this at 10:25. Elena Costa (CFO) has it until" in seen(spoke)


def test_an_admin_finds_somebody_for_a_seat_that_nobody_holds() -> None:
    view = make_approval_card(
        part="informed", may_decide=False, seats=(make_seat_view(holder=None),), deciders=()
    )
    assert entries(view) == ["Delegate", "Why me, and the policy"]


# ── Settled ─────────────────────────────────────────────────────────────────────────────────────
def test_others_decisions_name_who_when_how_and_why() -> None:
    view = make_settled_card(conditions=("Two-year term",))
    text = seen(view)
    assert "Victor Hahn approved this at 10:25, by mail link. “Strategic account”" in text
    assert "• Two-year term" in text
    assert "In effect. Amount of Northwind rollout: $84,000 → $75,600" in text
    assert elements(view) == {}
    assert len(approval_card(view)) <= 3


def test_two_voices_are_both_named() -> None:
    view = make_settled_card(
        needed=2,
        seats=(make_vote_view(), make_vote_view(voter="Elena Costa", reason="Grows the deal")),
        settled_surface=Surface.SLACK,
    )
    text = seen(view)
    assert "Victor Hahn and Elena Costa approved this at 10:25. " in text
    assert "“Strategic account” “Grows the deal”" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"status": RequestStatus.REJECTED, "seats": (make_vote_view(choice="reject"),)},
            "Victor Hahn rejected this at 10:25, by mail link. “Strategic account”",
        ),
        (
            {"status": RequestStatus.EXPIRED, "settled_by": None, "seats": ()},
            "Nobody decided in time: it expired at 10:25. Nothing takes effect.",
        ),
        (
            {"status": RequestStatus.WITHDRAWN, "settled_by": "Maya Lindt"},
            "Maya Lindt took it back at 10:25.",
        ),
        (
            {
                "status": RequestStatus.VOIDED,
                "settled_reason": "The deal moved to negotiation.",
                "replaced_by": FRESH,
            },
            "Void at 10:25: The deal moved to negotiation.",
        ),
        (
            {"auto_template": "small-discounts", "settled_surface": Surface.RULE, "seats": ()},
            "The rule “small-discounts” approved this at 10:25; nobody had to decide.",
        ),
    ],
)
def test_each_end_is_told_as_what_it_is(changes: dict[str, Any], words: str) -> None:
    view = make_settled_card(**changes)
    assert words in seen(view)
    assert words in approval_card_text(view) or "“" in words
    if view.status != RequestStatus.REJECTED:
        assert "rejected" not in seen(view)


def test_a_void_one_points_to_the_fresh_one_and_an_expired_one_may_be_asked_again() -> None:
    void = make_settled_card(status=RequestStatus.VOIDED, replaced_by=FRESH)
    assert str(FRESH) in elements(void)[ActionId.APPROVAL_SHOW_FRESH]["value"]
    expired = make_settled_card(status=RequestStatus.EXPIRED, part="requester")
    assert "Northwind" in elements(expired)[ActionId.REQUEST]["value"]
    assert elements(make_settled_card(status=RequestStatus.EXPIRED)) == {}


def test_a_failed_effect_is_plain_and_an_admin_may_try_again() -> None:
    failed = make_settled_card(carry_status=CarryStatus.FAILED, carry_note="The deal was closed.")
    assert "*It hasn't taken effect.* The deal was closed. The admins have been told" in seen(
        failed
    )
    assert elements(failed) == {}
    assert ActionId.APPROVAL_RETRY in elements(replace(failed, may_retry=True))


def test_a_hasty_decision_is_told_to_its_own_decider_only() -> None:
    assert "You decided 4 s after" in seen(make_settled_card(hasty=True, own_seconds=4.2))
    assert "You decided" not in seen(make_settled_card())


# ── Limits and hostile text ─────────────────────────────────────────────────────────────────────
def filled(text: str, n: int, **changes: Any) -> ApprovalCardView:
    """Every free text of the card is `text`, every list has `n` entries."""
    values: dict[str, Any] = {
        "reader": make_reader(name=text),
        "title": text,
        "requester": text,
        "reason": text,
        "evidence": text,
        "policy": text,
        "deciding_for": text,
        "deciders": (text,) * n,
        "effect": (EffectLine(label=text, before=text, after=text),),
        "customer": make_customer(
            name=text, lifecycle=text, competitor=text, granted_before=(text,) * n
        ),
        "seats": (make_vote_view(holder=text, voter=text, reason=text, title=text),) * n,
        "questions": (make_question_view(question=text, asked_by=text),) * n,
        "settled_by": text,
        "settled_reason": text,
        "conditions": (text,) * n,
        "carry_note": text,
        "auto_template": text or None,
        "history": (text,) * n,
    }
    return make_approval_card(**(values | changes))


STATES: dict[str, dict[str, Any]] = {
    "deciding": {},
    "asked": {"part": "requester", "may_decide": False},
    "watching": {"part": "informed", "may_decide": False},
    "approved": {"status": RequestStatus.APPROVED, "settled_at": NOW},
    "failed": {"status": RequestStatus.APPROVED, "carry_status": CarryStatus.FAILED},
    "rejected": {"status": RequestStatus.REJECTED, "settled_at": NOW, "auto_template": None},
    "voided": {"status": RequestStatus.VOIDED, "replaced_by": FRESH},
    "mail": {"draft": make_draft(text="b" * 3400)},
}


@pytest.mark.parametrize("state", STATES)
@settings(max_examples=20, deadline=None)
@given(text=st.text(max_size=400), n=st.integers(0, 12))
def test_no_card_breaks_slacks_limits(state: str, text: str, n: int) -> None:
    view = filled(text, n, **STATES[state])
    assert faults(approval_card(view), text=approval_card_text(view)) == []


@pytest.mark.parametrize("state", STATES)
def test_the_worst_text_fits_and_no_markup_survives(state: str) -> None:
    worst = filled("&" * 3000, 20, **STATES[state])
    assert faults(approval_card(worst), text=approval_card_text(worst)) == []
    hostile = filled("<!channel> *x* <https://x.example|y>", 3, **STATES[state])
    for block in approval_card(hostile):
        for text in mrkdwn(block):
            assert "<" not in text
            assert "x*" not in text
    assert "<!channel>" not in approval_card_text(hostile)


def mrkdwn(part: Any) -> list[str]:
    """Every text in which Slack looks for markup."""
    if isinstance(part, dict):
        own = [part["text"]] if part.get("type") == "mrkdwn" else []
        return own + [text for value in part.values() for text in mrkdwn(value)]
    return [text for value in part for text in mrkdwn(value)] if isinstance(part, list) else []


def test_no_word_shouts() -> None:
    for changes in STATES.values():
        text = seen(make_approval_card(**changes))
        assert "!" not in text
        assert not [char for char in text if ord(char) > 0x1F000]


def test_money_is_exact() -> None:
    view = make_approval_card(customer=make_customer(value=Decimal("1234.5"), currency="CHF"))
    assert "1,234.50 CHF in open and won deals" in seen(view)
