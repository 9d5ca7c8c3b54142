"""Cards of alerts: one signal, many together, and a name that is wrong too often."""

from blocks.alert import alert_card, alert_text
from blocks.alert_lists import alert_rollup_card, alert_rollup_text
from blocks.alert_quality import warning_card, warning_text
from handlers.alert_verbs import AlertReads, ThresholdVerbs
from handlers.cards import CardRenderer, Rendered
from services.cards import CardWork
from services.types.alerts import CARD, QUALITY, ROLLUP
from services.types.signals import SignalStatus


def alert_renderers(reads: AlertReads, thresholds: ThresholdVerbs) -> dict[str, CardRenderer]:
    async def alert(work: CardWork) -> Rendered | None:
        view = await reads.card(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None or (work.ref is None and _too_late(view.status)):
            # What was over before anybody saw it is no news.
            return None
        shown = {"status": view.status.value, "version": view.version}
        return Rendered(text=alert_text(view), blocks=alert_card(view), shown=shown)

    async def rollup(work: CardWork) -> Rendered | None:
        view = await reads.rollup(work.tenant_id, work.recipient_id)
        if view is None or (work.ref is None and not view.total):
            return None
        return Rendered(
            text=alert_rollup_text(view),
            blocks=alert_rollup_card(view),
            shown={"total": view.total},
        )

    async def warning(work: CardWork) -> Rendered | None:
        view = await thresholds.warning(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None:
            return None
        return Rendered(
            text=warning_text(view), blocks=warning_card(view), shown={"name": view.name.value}
        )

    return {CARD: alert, ROLLUP: rollup, QUALITY: warning}


def _too_late(status: SignalStatus) -> bool:
    return not status.open
