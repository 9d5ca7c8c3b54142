"""Windows, forms, queues and figures of approvals: within Slack's limits, escaped and plain."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks.action_ids import ActionId, FieldId
from blocks.approval_card import sight
from blocks.approval_forms import absence_modal, request_choice, request_modal
from blocks.approval_modals import (
    about_modal,
    answer_modal,
    approve_modal,
    conditions_modal,
    conditions_of,
    delegate_modal,
    outcome_modal,
    question_modal,
    reason_in_words,
    reject_request_modal,
)
from blocks.approval_queue import figures_blocks, queue_blocks, queue_section
from blocks.approval_words import at, named, until
from blocks.home import home_view
from blocks.lint import faults, view_faults
from blocks.values import Sight
from services.types.approval_views import EffectLine
from services.types.approvals import RequestStatus, RequestType
from services.types.people import Role
from tests.unit.approval_view_factory import (
    FRESH,
    HASH,
    REQUEST,
    make_approval_card,
    make_figures,
    make_figures_view,
    make_form,
    make_question_view,
    make_queue,
    make_queue_item,
    make_seat_view,
    make_vote_view,
)
from tests.unit.blocks.test_approval_card import filled, mrkdwn
from tests.unit.home_view_factory import make_home
from tests.unit.view_factory import NOW, make_draft, make_reader

Build = Callable[[str, int], Mapping[str, Any]]
SEEN = Sight(id=REQUEST, hash=HASH, rules=3)


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


MODALS: dict[str, Build] = {
    "approve": lambda text, n: approve_modal(filled(text, n), SEEN),
    "conditions": lambda text, n: conditions_modal(filled(text, n), SEEN),
    "reject": lambda text, n: reject_request_modal(filled(text, n), SEEN),
    "delegate": lambda text, n: delegate_modal(filled(text, n)),
    "question": lambda text, n: question_modal(filled(text, n)),
    "answer": lambda text, n: answer_modal(filled(text, n), make_question_view(question=text)),
    "about": lambda text, n: about_modal(filled(text, n)),
    "outcome": lambda text, _n: outcome_modal("Not decided", text, "https://slack.com/x"),
    "absence": lambda text, _n: absence_modal(make_queue(absence=text)),
    **{
        type_.value: lambda text, n, type_=type_: request_modal(
            make_form(
                type=type_,
                account=(REQUEST, text or "Acme"),
                deal=(FRESH, text or "Acme"),
                reason=text,
                evidence=text,
            ),
            choose=n % 2 == 0,
        )
        for type_ in RequestType
    },
}


@pytest.mark.parametrize("name", MODALS)
@settings(max_examples=15, deadline=None)
@given(text=st.text(max_size=300), n=st.integers(0, 12))
def test_no_modal_breaks_slacks_limits(name: str, text: str, n: int) -> None:
    assert view_faults(dict(MODALS[name](text, n))) == []


@pytest.mark.parametrize("name", MODALS)
def test_the_worst_text_fits_and_no_markup_survives(name: str) -> None:
    assert view_faults(dict(MODALS[name]("&" * 3000, 20))) == []
    for text in mrkdwn(list(MODALS[name]("<!channel> <https://x.example|y>", 3)["blocks"])):
        assert "<" not in text


# ── Deciding ────────────────────────────────────────────────────────────────────────────────────
def test_an_approval_repeats_all_that_takes_effect_and_is_bound_to_it() -> None:
    view = make_approval_card()
    modal = approve_modal(view, sight(view))
    assert "$84,000 → " in dumped(modal)
    assert "$75,600" in dumped(modal)
    assert Sight.model_validate_json(modal["private_metadata"]) == SEEN
    (choice,) = [b["element"] for b in modal["blocks"] if b.get("block_id") == FieldId.PRESET]
    assert len(choice["options"]) >= 3
    assert "initial_option" not in choice


def test_a_long_text_is_whole_in_the_window() -> None:
    text = "".join(f"{number} " for number in range(1500))
    view = make_approval_card(effect=(EffectLine(label="Allowed", before="", after=text),))
    modal = approve_modal(view, SEEN)
    shown = "".join(
        piece["text"]
        for block in modal["blocks"]
        if block["type"] == "rich_text"
        for part in block["elements"]
        for piece in part["elements"]
    )
    assert text in shown
    assert "submit" in modal


@pytest.mark.parametrize(
    "changes",
    [
        {"effect": (EffectLine(label="Allowed", before="", after="x" * 20_001),)},
        {"effect": (EffectLine(label="Allowed", before="", after="pay\u202e1"),)},
        {"effect": (), "draft": make_draft(text="a" * 20_001)},
        {"effect": (), "draft": make_draft(text="a\u200bb")},
        {"effect": ()},
    ],
)
def test_what_cannot_be_shown_cannot_be_approved(changes: dict[str, Any]) -> None:
    for build in (approve_modal, conditions_modal):
        modal = build(make_approval_card(**changes), SEEN)
        assert "submit" not in modal
        assert "can't be approved here" in dumped(modal)


def test_conditions_are_one_a_line() -> None:
    text = " • Two-year term \n\n- signed by 15 December\nTwo-year term\n"
    assert conditions_of(text) == ("Two-year term", "signed by 15 December")
    assert conditions_of(" \n ") == ()


def test_a_reason_is_a_preset_and_own_words() -> None:
    assert reason_in_words("Too much", "half of it\nwould do") == "Too much: half of it would do"
    assert reason_in_words("", " <b> ") == "<b>"
    assert reason_in_words("", " ") == ""


def test_why_me_tells_the_policy_the_seats_and_the_way_here() -> None:
    view = make_approval_card(
        seats=(
            make_seat_view(delegate="Elena Costa"),
            make_vote_view(voter="Dana Reyes", holder="Sam Lind"),
        ),
        history=("Victor Hahn is away until Monday, so Elena Costa decides for him.",),
        expires_at=None,
    )
    text = dumped(about_modal(view))
    assert "Victor Hahn (VP of sales), Elena Costa decides for them: not yet" in text
    assert "Dana Reyes approved at 10:25: “Strategic account”, on the seat of Sam Lind" in text
    assert "away until Monday" in text
    assert "it waits until somebody decides" in text
    assert "Their mail of Tuesday" in text


# ── Asking ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("type_", "fields"),
    [
        ("discount", ["deal", "percentage", "amount", "reason", "evidence", "competitor"]),
        ("refund", ["account", "amount", "currency", "reason", "evidence"]),
        ("exception", ["account", "deal", "reason", "evidence", "competitor"]),
        ("escalation", ["account", "deal", "reason", "evidence"]),
    ],
)
def test_each_type_has_its_own_form(type_: str, fields: list[str]) -> None:
    modal = request_modal(make_form(type=type_))
    assert [block["block_id"] for block in modal["blocks"]] == [*fields, "urgency"]
    chosen = request_modal(make_form(type=type_), choose=True)
    assert chosen["blocks"][0]["block_id"] == "type"
    assert chosen["blocks"][0]["dispatch_action"] is True


def test_a_form_begins_with_what_is_known() -> None:
    text = dumped(
        request_modal(make_form(type="refund", account=(REQUEST, "Acme"), evidence="See <mail>"))
    )
    assert "Acme" in text
    assert "See <mail>" in text


def test_the_choice_of_types_carries_the_account() -> None:
    blocks = request_choice("A" * 400)
    assert faults(blocks, text="x") == []
    assert dumped(blocks).count("A" * 200) == 4


def test_an_absence_starts_today_and_can_be_ended() -> None:
    modal = absence_modal(make_queue())
    assert "2026-11-20" in dumped(modal)
    assert ActionId.BACK not in dumped(modal)
    assert ActionId.BACK in dumped(absence_modal(make_queue(absence="You are away.")))


# ── Queues ──────────────────────────────────────────────────────────────────────────────────────
def test_a_queue_says_what_by_when_and_who() -> None:
    item = make_queue_item(overdue=True, due_at=NOW - timedelta(hours=1))
    text = dumped(queue_blocks(make_queue(which="all", items=(item,), total=16)))
    assert "All that wait: 16 requests" in text
    assert "*was due today 09:30*" in text
    assert "Maya Lindt asks · Victor Hahn has it · urgent" in text
    assert "15 more after these." in text
    assert "https://slack.com/archives/D0VICTOR/p1700000000000001" in text


def test_a_rep_is_not_offered_everybodys() -> None:
    rep = make_queue(reader=make_reader(role=Role.REP))
    lead = make_queue(reader=make_reader(role=Role.MANAGER))
    assert "All that wait" not in dumped(queue_blocks(rep))
    assert "All that wait" in dumped(queue_blocks(lead))


def test_an_expired_one_is_never_called_rejected() -> None:
    item = make_queue_item(status=RequestStatus.EXPIRED)
    text = dumped(queue_blocks(make_queue(which="decided", items=(item,))))
    assert "expired, nobody decided" in text
    assert "rejected" not in text


@pytest.mark.parametrize("which", ["mine", "asked", "all", "decided"])
@settings(max_examples=15, deadline=None)
@given(text=st.text(max_size=300), n=st.integers(0, 30))
def test_no_queue_breaks_slacks_limits(which: str, text: str, n: int) -> None:
    items = (make_queue_item(title=text, requester=text, deciders=(text,) * n),) * n
    view = make_queue(which=which, items=items, total=n + 3, absence=text or None)
    assert faults(queue_blocks(view), text="x") == []
    home = home_view(make_home(approvals=view, decide=view))
    assert view_faults(home) == []


def test_no_markup_from_outside_survives_in_a_queue() -> None:
    text = "<!channel> <https://x.example|y>"
    items = (make_queue_item(title=text, requester=text, deciders=(text,)),)
    view = make_queue(which="all", items=items, absence=text)
    for shown in mrkdwn([*queue_blocks(view), *queue_section(view)]):
        assert "<" not in shown


def test_home_shows_approvals_after_what_waits() -> None:
    asked = make_queue(which="asked", items=(), total=0)
    text = dumped(home_view(make_home(approvals=asked)))
    assert "You have asked for nothing that waits" in text
    assert text.index("1 approval and 1 mail wait for you") < text.index("Your accounts")
    assert text.index("Your accounts") < text.index("*Approvals*")
    assert ActionId.QUEUE_HOME in text
    assert "Waiting for me" not in text, "that list stands above in any case"


# ── Figures ─────────────────────────────────────────────────────────────────────────────────────
def test_figures_are_plain_and_a_share_without_cases_is_no_number() -> None:
    text = dumped(figures_blocks(make_figures_view()))
    assert "4 requests wait, the oldest for 30 h" in text
    assert "20 decided, half within 42 min, nine in ten within 10 h" in text
    assert "10 % late, no cases by a template, 5 % hasty, 1 expired" in text
    assert "7 decided, half of them within 2 min" in text
    assert faults(figures_blocks(make_figures_view()), text="x") == []


def test_a_rep_sees_their_own_only() -> None:
    view = make_figures_view(all=None, types=(), own=make_figures(own_decided=0))
    text = dumped(figures_blocks(view))
    assert "Everybody" not in text
    assert "You have decided nothing." in text


# ── Words ───────────────────────────────────────────────────────────────────────────────────────
def test_hours_stand_in_the_readers_zone() -> None:
    reader = make_reader()
    assert until(NOW + timedelta(hours=1), reader) == "today 11:30"
    assert until(NOW + timedelta(days=30), reader) == "20 Dec 10:30"
    assert at(NOW - timedelta(days=1), reader) == "yesterday at 10:30"
    assert at(NOW - timedelta(days=20), reader) == "on 31 Oct at 10:30"
    assert until(NOW, make_reader(timezone="Asia/Tokyo")) == "today 18:30"
    assert named(["A", "B", "C"]) == "A, B or C"
    assert named(["A", "B", "C", "D", "E", "F"], "and") == "A, B, C, D and 2 more"
    assert named([]) == ""
