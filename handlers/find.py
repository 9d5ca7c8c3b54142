"""`/understudy find …`: taken in the ack, answered for the asker when the worker has looked."""

from blocks.parts import short
from handlers.edge import Reply
from handlers.verbs import Verbs
from services.types.people import Actor


async def find_wanted(
    verbs: Verbs, actor: Actor, rest: str, command_id: str, response_url: str
) -> Reply:
    words = await verbs.finds.begin(actor, rest, response_url=response_url, command_id=command_id)
    return Reply(text=f"Looking for “{short(words, 120)}”; it comes here in a moment.")
