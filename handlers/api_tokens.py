"""`/understudy token`: admins list, make and revoke bearer tokens for /api. A new one is shown once
and to its maker alone: the command is none of the direct message's, which would keep it."""

from blocks.action_ids import ActionId
from blocks.api_tokens import token_made_blocks, tokens_blocks
from blocks.parts import short
from blocks.values import Target
from handlers.edge import Click, Reply, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs
from handlers.words import first_word, nearest
from services.types.people import Actor

DAYS = 90
LONGEST = 4
"""Digits of what is meant as a number of days; more belong to the name."""


async def token_wanted(
    verbs: Verbs, actor: Actor, rest: str, command_id: str, _response_url: str
) -> Reply:
    word, more = first_word(rest)
    if nearest(word.lower(), ("make",)) is None:
        view = await verbs.tokens.view(actor)
        return Reply(text="Tokens for /api", blocks=tokens_blocks(view))
    name, days = _named(more)
    made = await verbs.tokens.make(actor, name=name, days=days, command_id=command_id)
    blocks = token_made_blocks(made, actor.timezone)
    # The text stands in notifications: it says nothing that opens anything.
    return Reply(text=f"Token “{short(made.line.name)}” is made.", blocks=blocks)


def _named(words: str) -> tuple[str, int]:
    """`reports 30` is a name and a number of days; `reports` alone lives as long as usual."""
    name, _, last = words.strip().rpartition(" ")
    if name and last.isascii() and last.isdigit() and len(last) <= LONGEST:
        return name.strip(), int(last)
    return words.strip(), DAYS


async def revoke_clicked(verbs: Verbs, click: Click) -> None:
    line = await verbs.tokens.revoke(click.actor, read_value(Target, click.value).id)
    told = f"“{line.name}” opens nothing any more."
    blocks = tokens_blocks(await verbs.tokens.view(click.actor), told=told)
    await click.tell(Reply(text="Tokens for /api", blocks=blocks, replaces=True))


ROUTES = Routes(clicks={ActionId.TOKEN_REVOKE: revoke_clicked})
