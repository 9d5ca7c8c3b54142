"""How long what is authorised waits before it leaves: the one place that decides it."""

from dataclasses import dataclass
from datetime import timedelta

from db.models.actions import Action

AUTONOMOUS_SURFACE = "rule"
"""Where nobody decided: a verdict or a template stood in for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoWaits:
    """`approved`: after a person's decision; `autonomous`: where no person decided, so that
    somebody has time to look. Zero: at once, and nothing can be undone."""

    approved: timedelta = timedelta(0)
    autonomous: timedelta = timedelta(0)

    def after(self, surface: str) -> timedelta:
        """How long what was authorised through this surface waits."""
        return self.autonomous if surface == AUTONOMOUS_SURFACE else self.approved


AT_ONCE = UndoWaits()


def by_rule(action: Action) -> bool:
    """Whether it was settled without any person: a template stands for the one who asked."""
    return action.decided_surface == AUTONOMOUS_SURFACE and action.decided_by is None
