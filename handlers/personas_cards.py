"""Cards of personas: samples to look at, and what changed for whom."""

from blocks.persona import persona_card, persona_text
from handlers.cards import CardRenderer, Rendered
from handlers.personas_verbs import PersonaReads
from services.cards import CardWork
from services.personas.telling import KIND


def persona_renderers(reads: PersonaReads) -> dict[str, CardRenderer]:
    async def render(work: CardWork) -> Rendered | None:
        view = await reads.card(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None:
            return None
        shown = {"version": view.version, "state": view.state, "preview": view.preview}
        return Rendered(text=persona_text(view), blocks=persona_card(view), shown=shown)

    return {KIND: render}
