"""Mail of nobody's account: link, lead or ignore."""

from blocks.action_ids import ActionId, Target
from blocks.parts import Block, option
from blocks.unsorted import BLOCK
from handlers.edge import Click, Routes, Typing
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


async def lead_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.conversations.lead(click.actor, target.id, command_id=click.command_id)


async def ignore_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.conversations.ignore(click.actor, target.id, command_id=click.command_id)


async def account_typed(verbs: Verbs, typing: Typing) -> list[Block]:
    found = await verbs.views.account_options(typing.actor, typing.text.strip()[:100])
    return [option(name, str(account_id)) for account_id, name in found[:100]]


ROUTES = Routes(
    clicks={
        ActionId.LINK: account_chosen,
        ActionId.LEAD: lead_clicked,
        ActionId.IGNORE: ignore_clicked,
    },
    options={ActionId.LINK: account_typed},
)
