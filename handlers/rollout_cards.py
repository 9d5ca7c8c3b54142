"""Cards of bringing people in: what became of an import, what waits, what was handed over."""

from blocks.members import import_card, import_text
from blocks.welcome import handover_card, handover_text, welcome_card, welcome_text
from handlers.cards import CardRenderer, Rendered
from handlers.rollout_verbs import ImportVerbs, WaitingVerbs
from services.cards import CardWork


def rollout_renderers(imports: ImportVerbs, waiting: WaitingVerbs) -> dict[str, CardRenderer]:
    async def imported(work: CardWork) -> Rendered | None:
        view = await imports.view(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None:
            return None
        return Rendered(
            text=import_text(view), blocks=import_card(view), shown={"status": view.status}
        )

    async def welcomed(work: CardWork) -> Rendered | None:
        view = await waiting.welcome(work.tenant_id, work.recipient_id)
        if view is None:
            return None
        shown = {"total": view.total, "first": view.first}
        return Rendered(text=welcome_text(view), blocks=welcome_card(view), shown=shown)

    async def handed_over(work: CardWork) -> Rendered | None:
        view = await waiting.handover(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None:
            return None
        return Rendered(
            text=handover_text(view), blocks=handover_card(view), shown={"total": view.total}
        )

    return {"import": imported, "welcome": welcomed, "handover": handed_over}
