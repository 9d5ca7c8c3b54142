"""Mail of nobody's account: link, lead or ignore."""

from blocks.action_ids import ActionId
from blocks.home_modals import sort_modal
from blocks.unsorted import BLOCK
from blocks.values import Target
from handlers.account_choice import account_typed
from handlers.edge import Click, Routes
from handlers.payloads import read_id, read_value
from handlers.verbs import Verbs


async def account_chosen(verbs: Verbs, click: Click) -> None:
    conversation_id = read_id(click.element.block_id.removeprefix(BLOCK))
    await verbs.conversations.link(
        click.actor,
        conversation_id,
        account_id=read_id(click.value),
        command_id=click.command_id,
    )
    await _show_rest(verbs, click)


async def lead_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.conversations.lead(click.actor, target.id, command_id=click.command_id)
    await _show_rest(verbs, click)


async def ignore_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.conversations.ignore(click.actor, target.id, command_id=click.command_id)
    await _show_rest(verbs, click)


async def _show_rest(verbs: Verbs, click: Click) -> None:
    """The card follows by itself; a window has to be told."""
    if not click.in_modal:
        return
    view = await verbs.views.unsorted_card(click.actor.tenant_id, click.actor.member_id)
    if view is not None:
        await click.update(sort_modal(view))


ROUTES = Routes(
    clicks={
        ActionId.LINK: account_chosen,
        ActionId.LEAD: lead_clicked,
        ActionId.IGNORE: ignore_clicked,
    },
    options={ActionId.LINK: account_typed},
)
