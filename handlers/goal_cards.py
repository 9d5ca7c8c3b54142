"""The card of a goal: a target is proposed, somebody set one, it is settled."""

from blocks.goals import goal_card, goal_text
from handlers.cards import CardRenderer, Rendered
from handlers.goal_verbs import GoalReads
from services.cards import CardWork
from services.types.goals import CARD


def goal_renderers(reads: GoalReads) -> dict[str, CardRenderer]:
    async def goal(work: CardWork) -> Rendered | None:
        view = await reads.card(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None:
            return None
        shown = {"status": view.line.status.value, "version": view.line.version}
        return Rendered(text=goal_text(view), blocks=goal_card(view), shown=shown)

    return {CARD: goal}
