"""Buttons of the Home tab; its opening comes as an event (handlers/events.py)."""

from blocks.action_ids import ActionId
from handlers.edge import Click, Routes
from handlers.verbs import Verbs


async def refresh_clicked(verbs: Verbs, click: Click) -> None:
    await verbs.cards.refresh(click.actor, "home", click.actor.member_id, create=True)


async def digest_clicked(verbs: Verbs, click: Click) -> None:
    await verbs.digests.request(click.actor, command_id=click.command_id)


async def link_opened(_verbs: Verbs, _click: Click) -> None:
    """A link button; Slack wants an answer all the same."""


ROUTES = Routes(
    clicks={
        ActionId.REFRESH_HOME: refresh_clicked,
        ActionId.DIGEST_NOW: digest_clicked,
        ActionId.OPEN: link_opened,
    }
)
