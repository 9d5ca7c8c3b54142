"""The agent's side of the direct message: what is a question and what a command, and the clicks in
an answer."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from blocks.action_ids import ActionId
from blocks.parts import unescape
from blocks.values import Meant, Rating
from handlers.edge import Click, Reply, Routes
from handlers.payloads import read_value
from handlers.verbs import Verbs
from handlers.words import nearest
from services.ports import ChatRef

# These take an account behind them: "brief Acme?" is meant as the command.
_WITH_ACCOUNT = frozenset({"brief", "health", "request", "draft", "qualify"})
_SOMETHING = re.compile(
    r"^draft\s+(?:a|an|the|my|our|some|something|me|it|them|her|him)\b", re.IGNORECASE
)
_SHORT = 2
"""Words: so few may be a command that was typed wrong."""
MESSAGE = "slack#/types/message_context"


def is_command(text: str, commands: Iterable[str]) -> bool:
    """Whether a direct message is one of the slash command's words. First of all the first word
    says so; a question mark behind words that take none says otherwise."""
    words = unescape(text).split()
    if not words:
        return False
    known = list(commands)
    first = words[0].lower()
    if first in known:
        asked = text.rstrip().endswith("?") and first not in _WITH_ACCOUNT and len(words) > 1
        return not asked and not _SOMETHING.match(" ".join(words))
    return len(words) <= _SHORT and not text.rstrip().endswith("?") and _nearly(first, known)


def _nearly(word: str, known: Iterable[str]) -> bool:
    return nearest(word, known) is not None


def seen_in(context: Mapping[str, Any]) -> tuple[ChatRef, ...]:
    """The messages in an app context, the nearest first; what else is there says nothing to us."""
    entities = context.get("entities")
    found = []
    for entity in entities if isinstance(entities, list) else ():
        value = entity.get("value") if isinstance(entity, dict) else None
        if not isinstance(value, dict) or entity.get("type") != MESSAGE:
            continue
        channel, ts = value.get("channel_id"), value.get("message_ts")
        if isinstance(channel, str) and isinstance(ts, str) and channel and ts:
            found.append(ChatRef(channel=channel[:40], ts=ts[:40]))
    return tuple(found)


async def account_chosen(verbs: Verbs, click: Click) -> None:
    meant = read_value(Meant, click.value)
    await verbs.agent.choose(click.actor, meant.id, meant.account)


async def answer_rated(verbs: Verbs, click: Click) -> None:
    rating = read_value(Rating, click.value)
    await verbs.agent.rate(click.actor, rating.id, up=rating.up)
    await click.tell(Reply(text="Thanks, I keep that."))


ROUTES = Routes(clicks={ActionId.AGENT_CHOOSE: account_chosen, ActionId.AGENT_RATE: answer_rated})
