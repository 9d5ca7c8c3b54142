"""`/understudy calibration`: how what the copilot says holds, its charts, what was adjusted."""

from blocks.action_ids import ActionId
from blocks.calibration import (
    adjustments_modal,
    calibration_blocks,
    calibration_text,
    chart_card,
    chart_text,
)
from blocks.calibration_values import Held
from blocks.modals import told_modal
from blocks.values import Target
from handlers.calibration_verbs import CalibrationReads
from handlers.cards import CardRenderer, Rendered
from handlers.edge import Click, Reply, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs
from services.cards import CardWork
from services.types.calibration_views import CARD, FILE
from services.types.people import Actor


async def calibration_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    view = await verbs.calibration.pages.page(actor)
    return Reply(text=calibration_text(view), blocks=calibration_blocks(view))


async def chart_clicked(verbs: Verbs, click: Click) -> None:
    await click.tell(Reply(text=await verbs.calibration.pages.show_charts(click.actor)))


async def moves_clicked(verbs: Verbs, click: Click) -> None:
    key = read_value(Held, click.value).key
    await click.open(adjustments_modal(await verbs.calibration.pages.adjustments(click.actor, key)))


async def undo_clicked(verbs: Verbs, click: Click) -> None:
    view = await verbs.calibration.pages.take_back(
        click.actor, read_value(Target, click.value).id, command_id=click.command_id
    )
    await click.update(adjustments_modal(view))


async def export_clicked(verbs: Verbs, click: Click) -> None:
    said = await verbs.calibration.files.request_other(
        click.actor, FILE, command_id=click.command_id
    )
    await click.open(told_modal("Export", said))


def calibration_renderers(reads: CalibrationReads) -> dict[str, CardRenderer]:
    async def charts(work: CardWork) -> Rendered | None:
        view = await reads.card(work.tenant_id, work.subject_id, work.recipient_id)
        if view is None:
            return None
        return Rendered(text=chart_text(view), blocks=chart_card(view), shown={})

    return {CARD: charts}


ROUTES = Routes(
    clicks={
        ActionId.CALIBRATION_CHART: chart_clicked,
        ActionId.CALIBRATION_EXPORT: export_clicked,
        ActionId.CALIBRATION_MOVES: moves_clicked,
        ActionId.CALIBRATION_UNDO: undo_clicked,
    },
)
