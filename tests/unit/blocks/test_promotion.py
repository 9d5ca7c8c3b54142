"""A proposed level, what it rests on and a level that moved: what Slack takes, what they say."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from blocks.lint import faults, view_faults
from blocks.promotion import (
    decline_modal,
    evidence_modal,
    level_card,
    level_text,
    promotion_card,
    promotion_text,
)
from blocks.values import Target
from services.types.actions import AutonomyLevel
from services.types.earning import (
    Condition,
    EvidenceView,
    ExampleView,
    Interval,
    LevelView,
    PromotionView,
)
from tests.unit.view_factory import NOW, make_reader

APPROVE, UNDO, FREE = AutonomyLevel.APPROVE, AutonomyLevel.UNDO_WINDOW, AutonomyLevel.AUTONOMOUS
SUCCESS = Interval(value=0.71, low=0.66, high=0.76, of=400)
EVIL = "<!channel> *x* & co"


def make_promotion(**fields: Any) -> PromotionView:
    values: dict[str, Any] = {
        "reader": make_reader(),
        "promotion_id": UUID(int=1),
        "version": 1,
        "action_type": "send_follow_up_email",
        "before": APPROVE,
        "after": UNDO,
        "status": "pending",
        "counted": 62,
        "share": 60 / 62,
        "low": 0.91,
        "success": SUCCESS,
        "stated": None,
        "quiet_days": 30,
        "undo_minutes": 5.0,
        "mine": True,
        "contributor": False,
        "deciders": ("Mona", "Ada"),
    }
    return PromotionView(**(values | fields))


def make_evidence() -> EvidenceView:
    return EvidenceView(
        reader=make_reader(),
        action_type="send_follow_up_email",
        after=UNDO,
        at=NOW,
        counted=62,
        share=60 / 62,
        low=0.91,
        by={"unchanged": 60, "edited": 2},
        shares={"rep": 0.4, "account": 0.2, "contact": 0.1, "week": 0.35},
        left_out={"approved faster than it can be read": 7},
        success=SUCCESS,
        edited=Interval(),
        baseline=Interval(value=0.5, low=0.4, high=0.6, of=90),
        stated=0.69,
        success_left_out={"ambiguous": 3},
        conditions=(Condition(name="share", met=True, found="at least 91 %", wanted="90 %"),),
        examples=(ExampleView(account=EVIL, subject=EVIL, who="Rita", at=NOW),) * 6,
    )


def make_level(**fields: Any) -> LevelView:
    values: dict[str, Any] = {
        "reader": make_reader(),
        "move_id": UUID(int=2),
        "action_type": "send_follow_up_email",
        "kind": "demoted",
        "before": UNDO,
        "after": APPROVE,
        "why": "2 of the last 20 were stopped.",
        "names": ("Jonas", "Mira"),
        "who": None,
        "at": NOW - timedelta(hours=1),
        "undo_minutes": 5.0,
    }
    return LevelView(**(values | fields))


def words(blocks: list[dict[str, Any]]) -> str:
    return " ".join(str(block) for block in blocks)


def test_a_proposal_says_what_the_figures_are_and_what_would_happen() -> None:
    view = make_promotion()
    said = words(promotion_card(view))
    assert "Follow-ups: allow them to leave by themselves, with 5 minutes to undo?" in said
    assert (
        "62 decided, 97 % unchanged (at least 91 %), answered within 7 days 0.71 ± 0.05, "
        "no undo in 30 days." in said
    )
    for button in ("Allow", "Decline…", "Evidence"):
        assert f"'text': '{button}'" in said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mine": False, "contributor": True}, "You decided most of what this rests on. Mona or"),
        ({"mine": False, "contributor": True, "deciders": ()}, "Nobody here can decide on it"),
        ({"limit": APPROVE}, "limit is “approve”, so this can't be allowed"),
        ({"status": "approved", "decided_by": "Mona"}, "*Allowed* by Mona"),
        ({"status": "declined", "decided_by": "Mona", "reason": EVIL}, "*Declined* by Mona"),
        ({"status": "withdrawn", "reason": "It no longer holds."}, "*Withdrawn by me*"),
    ],
)
def test_nobody_else_is_offered_the_decision(fields: dict[str, Any], said: str) -> None:
    found = words(promotion_card(make_promotion(decided_at=NOW, **fields)))
    assert said in found
    assert "promotion.allow" not in found
    assert "<!channel>" not in found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (AutonomyLevel.SHADOW, AutonomyLevel.SUGGEST),
        (AutonomyLevel.SUGGEST, APPROVE),
        (APPROVE, UNDO),
        (UNDO, FREE),
    ],
)
@pytest.mark.parametrize("status", ["pending", "approved", "declined", "withdrawn"])
def test_slack_takes_every_proposal(
    before: AutonomyLevel, after: AutonomyLevel, status: str
) -> None:
    view = make_promotion(
        before=before,
        after=after,
        status=status,
        share=None,
        success=Interval(),
        reason=EVIL * 100,
        undo_minutes=0.0,
    )
    assert faults(promotion_card(view), text=promotion_text(view)) == []


def test_the_evidence_shows_shares_intervals_and_what_was_left_out() -> None:
    modal = evidence_modal(make_evidence())
    said = words(modal["blocks"])
    assert view_faults(modal) == []
    for part in (
        "7 approved faster than it can be read",
        "unchanged: 0.71 ± 0.05 of 400",
        "edited, apart: not known yet",
        "your own mails: 0.50 ± 0.10 of 90",
        "left out: 3 ambiguous",
        "rep 40 % · account 20 % · contact 10 % · week 35 %",
    ):
        assert part in said
    assert "<!channel>" not in said
    assert view_faults(decline_modal(Target(id=UUID(int=1), rev=1))) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "I no longer send follow-ups by myself."),
        ({"before": FREE, "after": UNDO}, "There is time to undo again when I send follow-ups"),
        ({"before": APPROVE, "after": UNDO, "kind": "promoted", "who": "Mona"}, "From now on I"),
        ({"before": AutonomyLevel.SUGGEST, "after": APPROVE}, "are at “approve” now."),
        ({"before": APPROVE, "after": AutonomyLevel.OFF, "who": "Ada"}, "are at “off” now."),
    ],
)
def test_a_level_that_moved_says_so_first(fields: dict[str, Any], said: str) -> None:
    view = make_level(**fields)
    assert said in level_text(view)
    assert faults(level_card(view), text=level_text(view)) == []


def test_a_fall_names_whose_doing_it_was_and_what_waits_again() -> None:
    said = words(level_card(make_level()))
    assert "2 of the last 20 were stopped (Jonas, Mira). They wait for your decision again" in said
    assert "By itself" in said
    assert "By Ada" in words(level_card(replace(make_level(), who="Ada", why=EVIL)))


def test_calibrated_success_says_what_came_and_what_is_said_of_the_same_mails() -> None:
    card = promotion_card(make_promotion(stated=0.69))
    assert (
        "calibrated success 0.71 ± 0.05 (answered within 7 days; of the same mails I say 0.69)"
        in card[0]["text"]["text"]
    )
    assert faults(card, text="x") == []
    lines = [
        one["text"]["text"] for one in evidence_modal(make_evidence())["blocks"] if "text" in one
    ]
    assert any("• what I say of these, calibrated: 0.69" in text for text in lines)
