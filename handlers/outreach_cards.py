"""Cards of proposals."""

from blocks.proposal import proposal_card, proposal_text
from handlers.cards import CardRenderer, Rendered
from handlers.outreach_verbs import ProposalReads
from services.cards import CardWork
from services.types.outreach import CARD, TriggerStatus


def outreach_renderers(reads: ProposalReads) -> dict[str, CardRenderer]:
    async def proposal(work: CardWork) -> Rendered | None:
        view = await reads.card(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None or (work.ref is None and view.status is not TriggerStatus.PROPOSED):
            # What was over before anybody saw it is no news.
            return None
        shown = {"status": view.status.value, "version": view.version}
        return Rendered(text=proposal_text(view), blocks=proposal_card(view), shown=shown)

    return {CARD: proposal}
