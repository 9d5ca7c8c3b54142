"""Clicks on a card where the copilot keeps its text back, or let one go by itself."""

from blocks.action_ids import ActionId
from blocks.values import StoppedWhy, Target
from handlers.drafts import show_current
from handlers.edge import Click, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs
from services.errors import Conflict


async def draft_it_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    try:
        await verbs.own_texts.draft_it(click.actor, target.id, command_id=click.command_id)
    except Conflict as overtaken:
        await show_current(verbs, click, target.id, str(overtaken))


async def leave_it_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    try:
        await verbs.own_texts.leave_it(click.actor, target.id, command_id=click.command_id)
    except Conflict as overtaken:
        await show_current(verbs, click, target.id, str(overtaken))


async def stopped_why_chosen(verbs: Verbs, click: Click) -> None:
    chosen = read_value(StoppedWhy, click.value)
    await verbs.own_texts.say_why(click.actor, chosen.id, chosen.what, command_id=click.command_id)


ROUTES = Routes(
    clicks={
        ActionId.DRAFT_IT: draft_it_clicked,
        ActionId.LEAVE_IT: leave_it_clicked,
        ActionId.STOPPED_WHY: stopped_why_chosen,
    },
)
