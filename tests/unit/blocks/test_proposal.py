"""Every state of a proposal, its list and windows: what Slack takes, and what they say."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from blocks.lint import faults, view_faults
from blocks.proposal import KIND_WORDS, proposal_card, proposal_text
from blocks.proposal_lists import (
    not_useful_modal,
    proposal_modal,
    proposal_why_modal,
    proposals_blocks,
    proposals_text,
)
from blocks.values import Target
from services.types.alerts import MailSketch
from services.types.goals import GoalKind, GoalName
from services.types.outreach import (
    ProposalLine,
    ProposalsView,
    ProposalView,
    TriggerKind,
    TriggerStatus,
)
from tests.unit.alert_view_factory import make_evidence
from tests.unit.view_factory import NOW, make_reader

SKETCH = MailSketch(
    contact_id=UUID(int=0xC),
    name="Dana <!here> Reyes",
    title="Head of IT",
    subject="Following up: my last mail",
    opening="I wanted to come back to you about my last mail.",
    ask="Could you tell me where things stand on your side?",
)


def make_proposal(**changes: Any) -> ProposalView:
    return ProposalView(
        **{
            "reader": make_reader(),
            "trigger_id": UUID(int=0xF1),
            "version": 2,
            "kind": TriggerKind.FOLLOW_UP_DUE,
            "status": TriggerStatus.PROPOSED,
            "account_id": UUID(int=0xAC),
            "account_name": "Arden *Foods* & <Sons>",
            "why": "Dana Reyes hasn't answered our mail of 12 Nov",
            "evidence": make_evidence(),
            "suggestion": "A follow-up",
            "sketch": SKETCH,
            "found_at": NOW - timedelta(hours=2),
            "goal": GoalName(
                kind=GoalKind.PIPELINE, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31)
            ),
            **changes,
        }
    )


SETTLED = {"settled_at": NOW, "settled_by": "Maya Lindt"}
STATES: dict[str, ProposalView] = {
    "open": make_proposal(),
    "without anybody": make_proposal(sketch=None),
    "forgotten": make_proposal(why="", evidence=()),
    "asleep": make_proposal(put_off_until=NOW + timedelta(days=3)),
    "somebody else's": make_proposal(moved_to="Mona"),
    "begun by her": make_proposal(
        status=TriggerStatus.SCHEDULED, drafted_by="Maya Lindt", draft_id=UUID(int=9)
    ),
    "begun by itself": make_proposal(status=TriggerStatus.SCHEDULED),
    "acted": make_proposal(
        status=TriggerStatus.ACTED, why_not="The mail was sent.", draft_id=UUID(int=9), **SETTLED
    ),
    "dismissed": make_proposal(status=TriggerStatus.DISMISSED, why_not="We spoke.", **SETTLED),
    "lapsed": make_proposal(status=TriggerStatus.LAPSED, why_not="They have written since."),
    "declined": make_proposal(status=TriggerStatus.DECLINED, why_not="The kill switch is on."),
    **{kind.value: make_proposal(kind=kind) for kind in TriggerKind},
}


@pytest.mark.parametrize("state", STATES)
def test_slack_takes_every_state_and_nothing_in_it_is_a_mention(state: str) -> None:
    view = STATES[state]
    blocks = proposal_card(view)
    assert not faults(blocks, text=proposal_text(view))
    assert not view_faults(proposal_modal(view))
    assert not view_faults(proposal_why_modal(view))
    assert "<!here>" not in str([one for one in blocks if one["type"] == "section"])


def _buttons(view: ProposalView) -> list[str]:
    return [
        (one.get("text") or one["placeholder"])["text"]
        for block in proposal_card(view)
        if block["type"] == "actions"
        for one in block["elements"]
    ]


def test_it_offers_four_things_and_nothing_once_it_is_over() -> None:
    assert _buttons(STATES["open"]) == ["Draft it", "Not now", "Not useful", "Why"]
    assert _buttons(STATES["without anybody"]) == ["Not now", "Not useful", "Why"]
    assert _buttons(STATES["begun by her"]) == ["Open the draft"]
    assert [_buttons(STATES[one]) for one in ("lapsed", "dismissed", "begun by itself")] == [[]] * 3


def test_it_says_what_why_whom_and_which_goal_it_serves() -> None:
    said = str(proposal_card(STATES["open"]))
    assert "hasn't answered our mail of 12 Nov." in said
    assert "*I suggest*  A follow-up, to Dana" in said
    assert "serves: new pipeline, Q4 2026" in said
    over = str(proposal_card(STATES["dismissed"]))
    assert "Maya Lindt said so" in over
    assert "We spoke. I leave this alone here for 30 days." in over
    assert "They have written since. Nothing is left to do." in str(proposal_card(STATES["lapsed"]))
    assert proposal_text(STATES["lapsed"]).endswith("no answer to our mail (over)")


def line(**changes: Any) -> ProposalLine:
    return ProposalLine(
        **{
            "trigger_id": UUID(int=0xF1),
            "account_name": "Arden <@U1> Foods",
            "kind": TriggerKind.SILENCE,
            "status": TriggerStatus.PROPOSED,
            "why": "Dana was the last to write, on 3 Nov",
            "why_not": "",
            "at": NOW,
            **changes,
        }
    )


def test_the_list_says_what_is_open_and_what_was_decided_against_and_why() -> None:
    waiting = line(status=TriggerStatus.FOUND, why_not="Maya has had 5 proposals today.")
    left = line(status=TriggerStatus.DECLINED, why_not="The kill switch is on.", member="Mona")
    view = ProposalsView(
        reader=make_reader(), open=(line(), waiting), open_total=30, left=(left,) * 2, left_total=2
    )
    blocks = proposals_blocks(view)
    assert not faults(blocks, text=proposals_text(view))
    said = str(blocks)
    assert "What I decided not to do, and why" in said
    assert "The kill switch is on." in said
    assert "Waits: Maya has had 5 proposals today." in said
    assert "<@U1>" not in said
    assert "28 more open ones after these." in said
    empty = replace(view, open=(), open_total=0, left=(), left_total=0)
    assert not faults(proposals_blocks(empty), text=proposals_text(empty))
    full = replace(view, open=(line(),) * 10, left=(left,) * 15, left_total=40)
    assert not faults(proposals_blocks(full), text="x")


def test_not_useful_asks_for_a_reason_that_may_be_left_out() -> None:
    modal = not_useful_modal(Target(id=UUID(int=1), rev=2))
    assert not view_faults(modal)
    assert [one["optional"] for one in modal["blocks"] if one["type"] == "input"] == [True]


def test_every_kind_has_words() -> None:
    assert set(KIND_WORDS) == set(TriggerKind)
