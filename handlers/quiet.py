"""“Should have told me”: a mail that was kept quiet and shouldn't have been."""

from blocks.action_ids import ActionId
from blocks.values import Target
from handlers.edge import Click, Reply, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs


async def should_have_told_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await verbs.conversations.should_have_told_me(
        click.actor, target.id, command_id=click.command_id
    )
    await click.tell(Reply(text="Noted. Mail like this will reach you sooner."))


ROUTES = Routes(clicks={ActionId.SHOULD_HAVE_TOLD: should_have_told_clicked})
