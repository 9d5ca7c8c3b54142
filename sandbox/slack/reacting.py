"""Reactions, whoever gives them, and the events they cause."""

from sandbox.slack.core import Core
from sandbox.slack.model import ApiError, Channel, Message


def react(core: Core, channel: Channel, item: Message, name: str, user: str) -> None:
    """Add one person's reaction."""
    users = item.reactions.setdefault(name, [])
    if user in users:
        raise ApiError("already_reacted")
    users.append(user)
    _announce(core, channel, item, ("reaction_added", name, user))


def unreact(core: Core, channel: Channel, item: Message, name: str, user: str) -> None:
    """Take it back."""
    if user not in item.reactions.get(name, []):
        raise ApiError("no_reaction")
    item.reactions[name].remove(user)
    if not item.reactions[name]:
        del item.reactions[name]
    _announce(core, channel, item, ("reaction_removed", name, user))


def _announce(core: Core, channel: Channel, item: Message, what: tuple[str, str, str]) -> None:
    kind, name, user = what
    core.changed("reaction", channel=channel.id, ts=item.ts)
    if core.workspace.bot_in(channel):
        core.emit(
            {
                "type": kind,
                "user": user,
                "reaction": name,
                "item_user": item.user,
                "item": {"type": "message", "channel": channel.id, "ts": item.ts},
                "event_ts": core.workspace.new_ts(),
            }
        )
