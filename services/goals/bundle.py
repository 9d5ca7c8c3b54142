"""The services of goals, together."""

from dataclasses import dataclass

from services.goals.days import GoalDays
from services.goals.service import GoalService
from services.goals.views import GoalViews


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalServices:
    deeds: GoalService
    days: GoalDays
    views: GoalViews
