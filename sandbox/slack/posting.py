"""Putting messages into conversations, and telling the app what people do there."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.slack import render
from sandbox.slack.core import Core
from sandbox.slack.kit.payloads import message_problems, too_long
from sandbox.slack.model import ApiError, Channel, Json, Message
from sandbox.slack.state import give_ids
from sandbox.slack.workspace import SLACKBOT

TEXT_LIMIT = 40_000
GONE = "This message was deleted."
# What events call each kind of conversation; of group messages the app hears nothing.
CHANNEL_TYPES = {"im": "im", "channel": "channel", "private": "group"}
_MARKDOWN_LIMIT = 12_000
_METADATA_LIMIT = 16_000


@dataclass(kw_only=True)
class Content:
    """What a message says. None means the caller did not mention it."""

    text: str | None = None
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None
    extra: Json = field(default_factory=dict)


def read_content(core: Core, arguments: Json) -> Content:
    """Take a message's content out of API arguments and refuse what Slack refuses."""
    text = arguments.get("text")
    blocks = arguments.get("blocks")
    markdown = arguments.get("markdown_text")
    if markdown is not None:
        if text or blocks:
            raise ApiError("markdown_text_conflict")
        if len(str(markdown)) > _MARKDOWN_LIMIT:
            raise ApiError("msg_too_long")
        blocks = [{"type": "markdown", "text": str(markdown)}]
        text = str(markdown)
    return Content(
        text=None if text is None else str(text),
        blocks=None if blocks is None else checked_blocks(core, blocks),
        attachments=_attachments(arguments.get("attachments")),
        metadata=read_metadata(arguments.get("metadata")),
    )


def checked_blocks(core: Core, blocks: Any) -> list[Json]:
    """Blocks Slack would take, with ids filled in."""
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    problems = message_problems(blocks)
    if problems:
        raise ApiError("invalid_blocks", problems)
    if too_long(blocks):
        raise ApiError("msg_blocks_too_long")
    return give_ids(blocks, core.workspace.new_id)


def _attachments(raw: Any) -> list[Json] | None:
    if raw is None:
        return None
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise ApiError("invalid_attachments")
    for index, entry in enumerate(raw):
        problems = message_problems(entry.get("blocks", []))
        if problems:
            raise ApiError("invalid_attachments", [f"attachment {index}: {p}" for p in problems])
    return raw


def read_metadata(raw: Any) -> Json | None:
    """A message's metadata; {} takes it away, None says nothing about it."""
    if raw is None:
        return None
    if raw == {}:
        return {}
    if not isinstance(raw, dict):
        raise ApiError("invalid_metadata_format")
    if not isinstance(raw.get("event_type"), str) or not isinstance(raw.get("event_payload"), dict):
        raise ApiError("invalid_metadata_schema")
    if len(str(raw)) > _METADATA_LIMIT:
        raise ApiError("metadata_too_large")
    return {"event_type": raw["event_type"], "event_payload": raw["event_payload"]}


def require_words(content: Content) -> None:
    """A message must say something."""
    if not (content.text or content.blocks or content.attachments):
        raise ApiError("no_text")


def post(
    core: Core,
    channel: Channel,
    content: Content,
    *,
    author: str,
    thread_ts: str | None = None,
    app_context: Json | None = None,
    **more: Any,
) -> Message:
    """Store a message, tell the browsers, and tell the app if it listens there."""
    workspace = core.workspace
    item = Message(
        channel=channel.id,
        ts=workspace.new_ts(),
        user=author,
        text=(content.text or "")[:TEXT_LIMIT],
        from_bot=author == workspace.bot.user_id,
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        metadata=content.metadata or None,
        thread_ts=thread_ts,
        **more,
    )
    channel.messages.append(item)
    if item.from_bot and item.thread_ts:
        core.say_status(channel.id, item.thread_ts, "")
    core.changed("message", channel=channel.id, ts=item.ts, user=item.ephemeral_for)
    if item.ephemeral_for is None:
        announce(core, channel, item, app_context)
    return item


def announce(core: Core, channel: Channel, item: Message, app_context: Json | None = None) -> None:
    """The events a new message causes: message.im in the app's DMs, message.channels or
    message.groups where it is a member, and app_mention besides. In a DM it says what the writer
    was looking at."""
    workspace = core.workspace
    if not workspace.bot_in(channel):
        return
    body = render.message(workspace, item)
    event = {**body, "channel": channel.id, "event_ts": item.ts}
    if channel.is_im:
        about = {} if item.from_bot or app_context is None else {"app_context": app_context}
        core.emit({**event, **about, "channel_type": "im"})
        return
    kind = CHANNEL_TYPES.get(channel.kind)
    if kind is not None:
        core.emit({**event, "channel_type": kind})
    if f"<@{workspace.bot.user_id}>" in item.text and not item.from_bot:
        core.emit({**event, "type": "app_mention"})


def announce_change(core: Core, channel: Channel, item: Message, before: Json) -> None:
    """message_changed, as Slack sends it for the app's own edits too."""
    core.changed("message", channel=channel.id, ts=item.ts)
    kind = CHANNEL_TYPES.get(channel.kind)
    if kind is not None and core.workspace.bot_in(channel):
        stamp = core.workspace.new_ts()
        core.emit(
            {
                "type": "message",
                "subtype": "message_changed",
                "message": render.message(core.workspace, item),
                "previous_message": before,
                "channel": channel.id,
                "hidden": True,
                "ts": stamp,
                "event_ts": stamp,
                "channel_type": kind,
            }
        )


def remove(core: Core, channel: Channel, item: Message) -> None:
    """Delete a message, and say so. A first message with replies stays as an empty place."""
    before = render.message(core.workspace, item)
    if core.workspace.replies(channel, item.ts):
        item.text, item.blocks, item.files, item.attachments = GONE, [], [], []
        item.subtype, item.user, item.system = "tombstone", SLACKBOT, True
        announce_change(core, channel, item, before)
        return
    channel.messages.remove(item)
    core.changed("message", channel=channel.id, ts=item.ts)
    kind = CHANNEL_TYPES.get(channel.kind)
    if item.ephemeral_for is None and kind is not None and core.workspace.bot_in(channel):
        stamp = core.workspace.new_ts()
        core.emit(
            {
                "type": "message",
                "subtype": "message_deleted",
                "previous_message": before,
                "deleted_ts": item.ts,
                "channel": channel.id,
                "hidden": True,
                "ts": stamp,
                "event_ts": stamp,
                "channel_type": kind,
            }
        )


def rewrite(core: Core, channel: Channel, item: Message, content: Content, editor: str) -> None:
    """Change a message in place; what the caller did not mention stays as it was."""
    before = render.message(core.workspace, item)
    if content.text is not None:
        item.text = content.text[:TEXT_LIMIT]
    if content.blocks is not None:
        item.blocks = content.blocks
    if content.attachments is not None:
        item.attachments = content.attachments
    if content.metadata is not None:
        item.metadata = content.metadata or None
    item.warnings.clear()
    if item.ephemeral_for is None:
        item.edited = {"user": editor, "ts": core.workspace.new_ts()}
        announce_change(core, channel, item, before)
    else:
        core.changed("message", channel=channel.id, ts=item.ts, user=item.ephemeral_for)
