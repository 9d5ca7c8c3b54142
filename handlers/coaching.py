"""A finding's page, and the word that it doesn't help."""

from blocks.action_ids import ActionId
from blocks.coaching import finding_modal, refused_modal
from blocks.values import Target
from handlers.edge import Click, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs


async def finding_opened(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(finding_modal(await verbs.coaching.page(click.actor, target.id)))


async def finding_refused(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.coaching.refuse(click.actor, target.id)
    await click.update(refused_modal())


ROUTES = Routes(
    clicks={
        ActionId.FINDING_MAILS: finding_opened,
        ActionId.FINDING_REFUSE: finding_refused,
    }
)
