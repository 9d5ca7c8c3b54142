"""`/understudy me`: a member's own page, and what only a person can say of an outcome."""

from blocks.action_ids import ActionId
from blocks.learning_values import Label, Page
from blocks.me import how_modal, me_blocks, me_modal, me_text, to_try_modal
from blocks.to_label import to_label_modal
from handlers.edge import Click, Reply, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs
from services.errors import Conflict, Forbidden
from services.types.people import Actor


async def me_wanted(verbs: Verbs, actor: Actor, _rest: str, _command_id: str) -> Reply:
    view = await verbs.learning.me.page(actor)
    return Reply(text=me_text(view), blocks=me_blocks(view))


async def me_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(me_modal(await verbs.learning.me.page(click.actor)))


async def to_try_clicked(verbs: Verbs, click: Click) -> None:
    await click.open(to_try_modal(await verbs.learning.me.page(click.actor)))


async def how_clicked(_verbs: Verbs, click: Click) -> None:
    await click.open(how_modal())


async def to_label_clicked(verbs: Verbs, click: Click) -> None:
    page = read_value(Page, click.value).page
    await click.open(to_label_modal(await verbs.learning.to_label.page(click.actor, page)))


async def to_label_turned(verbs: Verbs, click: Click) -> None:
    page = read_value(Page, click.value).page
    await click.update(to_label_modal(await verbs.learning.to_label.page(click.actor, page)))


async def label_said(verbs: Verbs, click: Click) -> None:
    """One click; the window it was made in shows what it did, or why it did nothing."""
    label = read_value(Label, click.value)
    desk = verbs.learning.to_label
    try:
        told = await desk.label(click.actor, label.id, label.said, command_id=click.command_id)
    except (Conflict, Forbidden) as refusal:
        told = str(refusal)
    await click.update(to_label_modal(await desk.page(click.actor, label.page), told))


ROUTES = Routes(
    clicks={
        ActionId.ME: me_clicked,
        ActionId.TO_TRY: to_try_clicked,
        ActionId.HOW_COUNTED: how_clicked,
        ActionId.TO_LABEL: to_label_clicked,
        ActionId.TO_LABEL_TURN: to_label_turned,
        ActionId.LABEL: label_said,
    }
)
