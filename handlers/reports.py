"""`/understudy report`: the month in figures, how each is counted, the one before, by mail."""

from blocks.action_ids import ActionId
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
from services.types.reports import CARD, ReportView


async def report_wanted(verbs: Verbs, actor: Actor, rest: str, _command_id: str) -> Reply:
    return _shown(await verbs.reports.wished(actor, rest[:40]))


async def how_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(how_modal(await _page(verbs, click)))


async def earlier_clicked(verbs: Verbs, click: Click) -> None:
    """For this person only: a card goes on showing its own report."""
    await click.tell(_shown(await _page(verbs, click)))


async def mail_clicked(verbs: Verbs, click: Click) -> None:
    days = read_value(ReportDays, click.value)
    said = await verbs.reports.mail_me(
        click.actor, days.period, days.first, command_id=click.command_id
    )
    await click.tell(Reply(text=escape(said)))


async def _page(verbs: Verbs, click: Click) -> ReportView:
    days = read_value(ReportDays, click.value)
    return await verbs.reports.page(click.actor, days.period, days.first)


def _shown(view: ReportView) -> Reply:
    return Reply(text=report_text(view), blocks=report_blocks(view))


def report_renderers(reads: ReportVerbs) -> dict[str, CardRenderer]:
    async def report(work: CardWork) -> Rendered | None:
        view = await reads.card(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None:
            return None
        shown = {"first": view.report.first.isoformat()}
        return Rendered(text=report_text(view), blocks=report_blocks(view), shown=shown)

    return {CARD: report}


ROUTES = Routes(
    clicks={
        ActionId.REPORT_HOW: how_clicked,
        ActionId.REPORT_EARLIER: earlier_clicked,
        ActionId.REPORT_MAIL: mail_clicked,
    }
)
