"""Choosing an account in an external select: wherever one is chosen, the same offer."""

from blocks.parts import Block, option
from handlers.edge import Typing
from handlers.verbs import Verbs

MOST = 100


async def account_typed(verbs: Verbs, typing: Typing) -> list[Block]:
    """Accounts whose name or domain holds what was typed, the best first."""
    found = await verbs.views.account_options(typing.actor, typing.text.strip()[:100])
    return [option(name, str(account_id)) for account_id, name in found[:MOST]]
