"""Jobs of learning, by kind; one file a part beside this one."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from handlers.analytics_jobs import analytics_jobs
from handlers.calibration_jobs import calibration_jobs
from handlers.coaching_jobs import coaching_jobs
from handlers.habits_jobs import habit_jobs
from handlers.outcome_jobs import outcome_jobs
from services.bundle import LearningServices


def learning_jobs(
    services: LearningServices,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    return {
        **analytics_jobs(services.counting),
        **calibration_jobs(services.calibration),
        **coaching_jobs(services.coaching),
        **habit_jobs(services.habits),
        **outcome_jobs(services.outcomes),
    }
