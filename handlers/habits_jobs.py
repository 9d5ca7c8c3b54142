"""Jobs and cards of edit habits, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from blocks.habits import habit_card, habit_text
from handlers.cards import CardRenderer, Rendered
from handlers.habits_verbs import HabitReads
from services.cards import CardWork
from services.habits.bundle import HabitServices
from services.habits.wanting import NOTE
from services.types.habits import HABIT


def habit_jobs(
    services: HabitServices,
) -> dict[str, Callable[[UUID, Mapping[str, Any]], Awaitable[None]]]:
    async def note(tenant: UUID, payload: Mapping[str, Any]) -> None:
        await services.noting.note(tenant, UUID(payload["action_id"]))

    return {NOTE: note}


def habit_renderers(reads: HabitReads) -> dict[str, CardRenderer]:
    async def render(work: CardWork) -> Rendered | None:
        line = await reads.card(work.tenant_id, work.subject_id, work.recipient_id)
        if line is None:
            return None
        return Rendered(
            text=habit_text(line), blocks=habit_card(line), shown={"status": line.status}
        )

    return {HABIT: render}
