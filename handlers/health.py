"""`/understudy health ACCOUNT`, and "Why 62?" wherever a health is shown."""

from blocks.action_ids import ActionId
from blocks.health import health_blocks, health_modal
from blocks.parts import escape
from blocks.values import Target
from handlers.edge import Click, Reply, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs
from services.types.people import Actor


async def health_wanted(verbs: Verbs, actor: Actor, rest: str, _command_id: str) -> Reply:
    view = await verbs.health.why(actor, rest[:200])
    return Reply(text=f"Health of {escape(view.account_name)}", blocks=health_blocks(view))


async def why_clicked(verbs: Verbs, click: Click) -> None:
    target = read_value(Target, click.value)
    await click.open(health_modal(await verbs.health.why_of(click.actor, target.id)))


ROUTES = Routes(clicks={ActionId.HEALTH_WHY: why_clicked})
