"""`/understudy report`: the month in figures, how each is counted, the one before, by mail."""

from blocks.action_ids import ActionId
from blocks.modals import told_modal
from blocks.parts import escape
from blocks.report import how_modal, report_blocks, report_text
from blocks.report_values import ReportDays
from handlers.cards import CardRenderer, Rendered
from handlers.edge import Click, Reply, Routes
from handlers.payloads import read_value
from handlers.report_verbs import ReportVerbs
from handlers.verbs import Verbs
from services.cards import CardWork
from services.types.people import Actor
from services.types.reports import CARD, ReportView, WayBack

COUNTING = "I'm counting these days; the report comes here in a moment."
AGAIN = "I'm counting these days. Ask again in a moment, then it is there."


async def report_wanted(verbs: Verbs, actor: Actor, rest: str, command_id: str) -> Reply:
    """In the direct message, which has no way back for an answer that takes its time."""
    view = await verbs.reports.wished(actor, rest[:40], WayBack(command_id=command_id))
    return Reply(text=AGAIN) if view is None else shown(view)


async def report_asked(
    verbs: Verbs, actor: Actor, rest: str, command_id: str, response_url: str
) -> Reply:
    way = WayBack(command_id=command_id, response_url=response_url)
    view = await verbs.reports.wished(actor, rest[:40], way)
    return Reply(text=COUNTING) if view is None else shown(view)


async def how_clicked(verbs: Verbs, click: Click) -> None:
    view = await _page(verbs, click, WayBack(command_id=click.command_id))
    await click.open(told_modal("How this is counted", AGAIN) if view is None else how_modal(view))


async def earlier_clicked(verbs: Verbs, click: Click) -> None:
    """For this person only: a card goes on showing its own report."""
    way = WayBack(command_id=click.command_id, response_url=click.response_url or "")
    view = await _page(verbs, click, way)
    await click.tell(Reply(text=COUNTING) if view is None else shown(view))


async def mail_clicked(verbs: Verbs, click: Click) -> None:
    days = read_value(ReportDays, click.value)
    said = await verbs.reports.mail_me(
        click.actor, days.period, days.first, command_id=click.command_id
    )
    await click.tell(Reply(text=escape(said)))


async def _page(verbs: Verbs, click: Click, way: WayBack) -> ReportView | None:
    days = read_value(ReportDays, click.value)
    return await verbs.reports.page(click.actor, days.period, days.first, way)


def shown(view: ReportView) -> Reply:
    return Reply(text=report_text(view), blocks=report_blocks(view))


def report_renderers(reads: ReportVerbs) -> dict[str, CardRenderer]:
    async def report(work: CardWork) -> Rendered | None:
        view = await reads.card(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None:
            return None
        told = {"first": view.report.first.isoformat()}
        return Rendered(text=report_text(view), blocks=report_blocks(view), shown=told)

    return {CARD: report}


ROUTES = Routes(
    clicks={
        ActionId.REPORT_HOW: how_clicked,
        ActionId.REPORT_EARLIER: earlier_clicked,
        ActionId.REPORT_MAIL: mail_clicked,
    }
)
