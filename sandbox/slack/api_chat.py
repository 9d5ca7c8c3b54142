"""chat.* and reactions.*"""

import re
from collections.abc import Awaitable, Callable

from sandbox.slack import posting, render, streaming
from sandbox.slack.arguments import flag, need
from sandbox.slack.core import Core
from sandbox.slack.model import ApiError, Channel, Json, Message
from sandbox.slack.reacting import react, unreact

Method = Callable[[Core, Json], Awaitable[Json]]

_UPDATE_TEXT = 4_000
_EMOJI = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")


def _target(core: Core, name: str) -> Channel:
    """A conversation to write to; a person's id means their direct message."""
    if name in core.workspace.users:
        if name == core.workspace.bot.user_id:
            raise ApiError("channel_not_found")
        return core.workspace.dm(name, core.workspace.bot.user_id)
    return core.workspace.channel(name)


def _writable(core: Core, channel: Channel) -> None:
    if channel.archived:
        raise ApiError("is_archived")
    if not core.workspace.bot_in(channel):
        raise ApiError("not_in_channel")


def _thread(core: Core, channel: Channel, given: Json) -> str | None:
    ts = given.get("thread_ts")
    if not ts:
        return None
    try:
        top = core.workspace.message(channel, str(ts))
    except ApiError as error:
        raise ApiError("thread_not_found") from error
    return top.thread_ts or top.ts


async def post_message(core: Core, given: Json) -> Json:
    """chat.postMessage"""
    channel = _target(core, need(given, "channel"))
    _writable(core, channel)
    content = posting.read_content(core, given)
    posting.require_words(content)
    item = posting.post(
        core,
        channel,
        content,
        author=core.workspace.bot.user_id,
        thread_ts=_thread(core, channel, given),
        client_msg_id=given.get("client_msg_id"),
        broadcast=flag(given, "reply_broadcast"),
        subtype="bot_message" if given.get("username") else None,
    )
    body = render.message(core.workspace, item, metadata=True)
    return {"channel": channel.id, "ts": item.ts, "message": body}


def _own(core: Core, given: Json, refusal: str) -> tuple[Channel, Message]:
    channel = core.workspace.channel(need(given, "channel"))
    item = core.workspace.message(channel, need(given, "ts"))
    if not item.from_bot or item.system:
        raise ApiError(refusal)
    return channel, item


async def update(core: Core, given: Json) -> Json:
    """chat.update"""
    channel, item = _own(core, given, "cant_update_message")
    if channel.archived:
        raise ApiError("is_inactive")
    if streaming.is_open(core, item):
        raise ApiError("streaming_state_conflict")
    content = posting.read_content(core, given)
    if content.text is None and content.blocks is None and content.attachments is None:
        raise ApiError("no_text")
    if len(content.text or "") > _UPDATE_TEXT:
        raise ApiError("msg_too_long")
    posting.rewrite(core, channel, item, content, core.workspace.bot.user_id)
    body = render.message(core.workspace, item, metadata=True)
    return {"channel": channel.id, "ts": item.ts, "text": item.text, "message": body}


async def delete(core: Core, given: Json) -> Json:
    """chat.delete"""
    channel, item = _own(core, given, "cant_delete_message")
    if streaming.is_open(core, item):
        raise ApiError("cant_delete_message")
    posting.remove(core, channel, item)
    return {"channel": channel.id, "ts": item.ts}


async def post_ephemeral(core: Core, given: Json) -> Json:
    """chat.postEphemeral"""
    channel = core.workspace.channel(need(given, "channel"))
    _writable(core, channel)
    user = need(given, "user")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    content = posting.read_content(core, given)
    posting.require_words(content)
    if len(content.text or "") > posting.TEXT_LIMIT:
        raise ApiError("msg_too_long")
    item = posting.post(
        core,
        channel,
        content,
        author=core.workspace.bot.user_id,
        thread_ts=given.get("thread_ts"),
        ephemeral_for=user,
    )
    return {"message_ts": item.ts}


async def permalink(core: Core, given: Json) -> Json:
    """chat.getPermalink"""
    channel = core.workspace.channel(need(given, "channel"))
    item = core.workspace.message(channel, need(given, "message_ts"))
    path = f"archives/{channel.id}/p{item.ts.replace('.', '')}"
    link = f"https://{core.workspace.team.domain}.slack.com/{path}"
    if item.thread_ts and item.thread_ts != item.ts:
        link += f"?thread_ts={item.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _reacted(core: Core, given: Json) -> tuple[Channel, Message, str]:
    name = need(given, "name").strip(":")
    if not _EMOJI.fullmatch(name):
        raise ApiError("invalid_name")
    channel = core.workspace.channel(need(given, "channel"))
    return channel, core.workspace.message(channel, need(given, "timestamp")), name


async def add_reaction(core: Core, given: Json) -> Json:
    """reactions.add"""
    channel, item, name = _reacted(core, given)
    if channel.archived:
        raise ApiError("is_archived")
    react(core, channel, item, name, core.workspace.bot.user_id)
    return {}


async def remove_reaction(core: Core, given: Json) -> Json:
    """reactions.remove"""
    channel, item, name = _reacted(core, given)
    unreact(core, channel, item, name, core.workspace.bot.user_id)
    return {}


async def get_reactions(core: Core, given: Json) -> Json:
    """reactions.get"""
    channel = core.workspace.channel(need(given, "channel"))
    item = core.workspace.message(channel, need(given, "timestamp"))
    body = render.message(core.workspace, item)
    return {"type": "message", "channel": channel.id, "message": body}


METHODS: dict[str, Method] = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": permalink,
    "reactions.add": add_reaction,
    "reactions.remove": remove_reaction,
    "reactions.get": get_reactions,
}
