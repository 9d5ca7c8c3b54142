"""👍 and 👎 by button. Reactions come as events (handlers/events.py)."""

from blocks.action_ids import ActionId, Rating
from handlers.edge import Click, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs


async def rated(verbs: Verbs, click: Click) -> None:
    rating = read_value(Rating, click.value)
    await verbs.feedback.rate(
        click.actor, rating.id, rating=1 if rating.up else -1, reason=None, source="button"
    )


ROUTES = Routes(clicks={ActionId.RATE: rated})
