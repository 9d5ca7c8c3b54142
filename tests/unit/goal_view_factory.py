"""What is shown of goals, with sensible defaults; every field can be overridden."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.types.goal_views import GoalDeed, GoalFormView, GoalMoment, GoalsView, GoalView
from services.types.goals import (
    GoalKind,
    GoalLine,
    GoalScope,
    GoalStatus,
    Progress,
    Standing,
    Tally,
)
from tests.unit.view_factory import NOW, make_reader


def make_progress(**changes: Any) -> Progress:
    """Behind: after 33 of 66 working days 214,000 of 520,000."""
    return Progress(
        **{
            "standing": Standing.BEHIND,
            "value": Decimal(214_000),
            "expected": Decimal(260_000),
            "forecast": Decimal("428000.00"),
            "low": Decimal("331214.10"),
            "high": Decimal("524785.90"),
            "days_done": 33,
            "days": 66,
            **changes,
        }
    )


def make_goal_line(**changes: Any) -> GoalLine:
    return GoalLine(
        **{
            "goal_id": UUID(int=0x60A1),
            "kind": GoalKind.REVENUE,
            "scope": GoalScope.MEMBER,
            "whose": "",
            "currency": "USD",
            "starts_on": date(2026, 10, 1),
            "ends_on": date(2026, 12, 31),
            "status": GoalStatus.ACTIVE,
            "target": Decimal(520_000),
            "proposed": None,
            "observe_until": None,
            "progress": make_progress(),
            "version": 3,
            **changes,
        }
    )


def make_tally(**changes: Any) -> Tally:
    return Tally(
        **{
            "value": Decimal(214_000),
            "things": 6,
            "squares": Decimal(9_000_000_000),
            "unknown": 2,
            "unknown_names": ("Pilot (Acme)", "Seats (Globex)"),
            "undated": 1,
            "elsewhere": (("EUR", 1, Decimal(12_500)),),
            **changes,
        }
    )


def make_goal(**changes: Any) -> GoalView:
    return GoalView(
        **{
            "reader": make_reader(),
            "line": make_goal_line(),
            "tally": make_tally(),
            "baseline": None,
            "observe_from": None,
            "note": "",
            "made_by": "Mona Manager",
            "settled_at": None,
            "may_change": True,
            "days": tuple((date(2026, 11, day), Decimal(10_000 * day)) for day in range(1, 21)),
            "moments": (
                GoalMoment(
                    at=NOW - timedelta(days=3), what="target", before=Decimal(500_000),
                    after=Decimal(520_000), by="Mona Manager", why="New seats",
                ),
                GoalMoment(
                    at=NOW - timedelta(days=9), what="made", before=None, after=None,
                    by=None, why="",
                ),
            ),
            "deeds": (
                GoalDeed(
                    at=NOW - timedelta(hours=5), type="send_follow_up_email", account="Acme",
                    status="done", effect="done", outcome="positive",
                ),
            ),
            "deeds_total": 4,
            **changes,
        }
    )  # fmt: skip


def make_goals(*lines: GoalLine, **changes: Any) -> GoalsView:
    return GoalsView(
        **{
            "reader": make_reader(),
            "lines": lines,
            "total": len(lines),
            "may_make": True,
            **changes,
        }
    )


def make_goal_form(**changes: Any) -> GoalFormView:
    return GoalFormView(
        **{
            "reader": make_reader(),
            "for_others": True,
            "currencies": ("EUR", "USD"),
            **changes,
        }
    )
