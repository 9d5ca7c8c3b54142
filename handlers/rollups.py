"""Mails that came in a burst: the buttons that give them cards of their own."""

from blocks.action_ids import ActionId
from blocks.values import Target
from handlers.edge import Click, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs


async def show_clicked(verbs: Verbs, click: Click) -> None:
    await verbs.rollups.show(click.actor, read_value(Target, click.value).id)


async def next_clicked(verbs: Verbs, click: Click) -> None:
    await verbs.rollups.show(click.actor, None)


ROUTES = Routes(clicks={ActionId.ROLLUP_SHOW: show_clicked, ActionId.ROLLUP_NEXT: next_clicked})
