"""Views of the copilot's autonomy with sensible defaults; every field can be overridden."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.guardrails import TABLE
from services.types.actions import ActionType, AutonomyLevel, Verdict
from services.types.autonomy_views import (
    AutonomyView,
    Because,
    ChainView,
    CreditLine,
    DoingLine,
    DoingsFilter,
    DoingsView,
    EffectLine,
    EvidenceView,
    JudgementLine,
    LeftOutLine,
    MoveLine,
    NarrowingLine,
    OutcomeLine,
    RevisionLine,
    Standing,
    Totals,
    TypeLine,
    TypeView,
)
from tests.unit.view_factory import NOW, make_reader

ID = UUID(int=0xD1)


def make_type(action_type: str = "send_follow_up_email", **changes: Any) -> TypeLine:
    return TypeLine(
        **{
            "action_type": action_type,
            "standing": Standing.ACTS,
            "level": AutonomyLevel.UNDO_WINDOW,
            "earned": AutonomyLevel.UNDO_WINDOW,
            "ceiling": None,
            "stopped": False,
            "because": Because.EARNED,
            "evidence": EvidenceView(decided=62, good=0.97, success=0.71, spread=0.05),
            **changes,
        }
    )


def make_types(**changes: Any) -> tuple[TypeLine, ...]:
    """All fourteen; those that never happen are what they are."""
    never = {
        "standing": Standing.NEVER,
        "because": Because.HARD_STOP,
        "level": AutonomyLevel.OFF,
        "earned": AutonomyLevel.OFF,
        "evidence": None,
    }
    return tuple(
        make_type(one, **(never if TABLE[one].base is Verdict.HARD_STOP else changes))
        for one in ActionType
    )


def make_page(**changes: Any) -> AutonomyView:
    return AutonomyView(
        **{
            "reader": make_reader(),
            "totals": Totals(days=30, by_itself=41, by_people=120, undone=3),
            "types": make_types(),
            "may_change": True,
            **changes,
        }
    )


def make_narrowing(**changes: Any) -> NarrowingLine:
    return NarrowingLine(
        **{
            "account_id": ID,
            "account": "Arden Foods",
            "action_type": "",
            "level": AutonomyLevel.APPROVE,
            **changes,
        }
    )


def make_move(number: int = 0, **changes: Any) -> MoveLine:
    return MoveLine(
        **{
            "move_id": UUID(int=number),
            "at": NOW - timedelta(days=number),
            "kind": "promoted",
            "before": "approve",
            "after": "undo_window",
            "by": "Dana Reyes",
            "why": "62 decided",
            **changes,
        }
    )


def make_type_view(**changes: Any) -> TypeView:
    return TypeView(
        **{
            "reader": make_reader(),
            "line": make_type(),
            "moves": (make_move(),),
            "moves_in_all": 1,
            "may_change": True,
            "may_narrow": False,
            **changes,
        }
    )


def make_doing(**changes: Any) -> DoingLine:
    return DoingLine(
        **{
            "id": ID,
            "at": NOW - timedelta(hours=1),
            "action_type": "send_follow_up_email",
            "status": "pending",
            "level": "approve",
            "verdict": "approval_required",
            "account": "Arden Foods",
            "owner": "Rita Rep",
            "trigger": "mail",
            **changes,
        }
    )


def make_left_out(**changes: Any) -> LeftOutLine:
    return LeftOutLine(
        **{
            "id": ID,
            "at": NOW,
            "kind": "silence",
            "action_type": "send_follow_up_email",
            "account": "Arden Foods",
            "owner": "Rita Rep",
            "status": "declined",
            "why": "Nobody has written for 12 days.",
            "why_not": "A meeting is planned for Monday.",
            **changes,
        }
    )


def make_list(**changes: Any) -> DoingsView:
    return DoingsView(
        **{
            "reader": make_reader(),
            "chosen": DoingsFilter(),
            "lines": (make_doing(),),
            **changes,
        }
    )


def make_story(words: str = "words", times: int = 1, **changes: Any) -> ChainView:
    """`times`: so many texts, judgements, effects and outcomes, each with these words."""
    numbers = range(1, times + 1)
    return ChainView(
        **{
            "reader": make_reader(),
            "line": make_doing(status="done", decided_by="Rita Rep", decided_at=NOW,
                               surface="slack", effect="done", settled_at=NOW),
            "reasons": (words,),
            "decision_reason": words,
            "mail": words,
            "mail_from": words,
            "mail_at": NOW,
            "trigger_why": words,
            "revisions": tuple(
                RevisionLine(number=n, at=NOW, author="member", by=words, instruction=words)
                for n in numbers
            ),
            "judgements": tuple(
                JudgementLine(revision=n, at=NOW, level="approve", verdict="approval_required",
                              decision="held", would="send", reasons=(words,) * 9)
                for n in numbers
            ),
            "effects": tuple(
                EffectLine(revision=n, status="done", queued_at=NOW, due_at=NOW, claimed_at=NOW,
                           settled_at=NOW, undone_at=None, undone_by="", why=words)
                for n in numbers
            ),
            "outcomes": tuple(
                OutcomeLine(event=words, status="pending", predicted=0.62, shown=0.5, until=NOW,
                            resolved_at=None)
                for n in numbers
            ),
            "credits": tuple(
                CreditLine(event="reply", at=NOW, part=0.4, forward=bool(n)) for n in numbers
            ),
            **changes,
        }
    )  # fmt: skip
