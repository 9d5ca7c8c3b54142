"""Cards of earned autonomy: a level to be decided on, a level that moved."""

from blocks.promotion import level_card, level_text, promotion_card, promotion_text
from handlers.cards import CardRenderer, Rendered
from handlers.earning_verbs import EarningReads
from services.cards import CardWork
from services.types.earning import LEVEL, PROMOTION


def promotion_renderers(reads: EarningReads) -> dict[str, CardRenderer]:
    async def promotion(work: CardWork) -> Rendered | None:
        view = await reads.promotion(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None or (work.ref is None and view.status == "withdrawn"):
            # What was withdrawn before anybody saw it is no news.
            return None
        shown = {"status": view.status, "version": view.version}
        return Rendered(text=promotion_text(view), blocks=promotion_card(view), shown=shown)

    async def moved(work: CardWork) -> Rendered | None:
        view = await reads.moved(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None:
            return None
        return Rendered(
            text=level_text(view), blocks=level_card(view), shown={"after": view.after.value}
        )

    return {PROMOTION: promotion, LEVEL: moved}
