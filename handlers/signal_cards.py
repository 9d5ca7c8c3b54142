"""Cards about the looking for signals itself: that the month's model budget runs out."""

from typing import Protocol
from uuid import UUID

from blocks.budget import budget_card, budget_text
from handlers.cards import CardRenderer, Rendered
from services.cards import CardWork
from services.types.budget import BudgetNoticeView


class BudgetNotices(Protocol):
    async def notice(self, tenant_id: UUID, notice_id: UUID) -> BudgetNoticeView | None: ...


def budget_renderers(notices: BudgetNotices) -> dict[str, CardRenderer]:
    async def told(work: CardWork) -> Rendered | None:
        view = await notices.notice(work.tenant_id, work.subject_id)
        if view is None:
            return None
        return Rendered(
            text=budget_text(view), blocks=budget_card(view), shown={"share": view.share}
        )

    return {"budget": told}
