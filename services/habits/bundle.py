"""The services of edit habits; one field each."""

from dataclasses import dataclass

from services.habits.noting import HabitNoting
from services.habits.service import HabitService
from services.habits.views import HabitViews


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitServices:
    noting: HabitNoting
    habits: HabitService
    views: HabitViews
