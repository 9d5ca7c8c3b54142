"""What people write in channels: followed threads only, and mentions of the bot."""

import re

from blocks.parts import escape
from blocks.sources import follow_choice
from blocks.values import Target
from handlers.message_words import readable
from handlers.payloads import EventBody, EventEnvelope, EventPost
from handlers.verbs import Verbs
from services.errors import ServiceError
from services.ports import ChatMessage, Chats
from services.types.people import Actor
from services.types.slack_threads import Followed, SeenPost, ThreadRef

CHANNELS = frozenset({"channel", "group"})
WRITTEN = frozenset({None, "file_share", "thread_broadcast"})
_MENTION = re.compile(r"<@[A-Z0-9]{2,20}(?:\|[^<>]*)?>")


def in_channel(event: EventBody) -> bool:
    """A message in a channel: nobody's wish, and kept only where its thread is followed."""
    return event.type == "message" and event.channel_type in CHANNELS


def seen_post(event: EventBody) -> SeenPost | None:
    """The post an event tells of; None of a bot's, and of what is no post (somebody joined)."""
    if not event.channel:
        return None
    if event.subtype == "message_deleted":
        gone = event.previous_message or EventPost()
        ts = event.deleted_ts or gone.ts
        if not ts:
            return None
        thread = ThreadRef(channel=event.channel, ts=gone.thread_ts or ts)
        return SeenPost(thread=thread, ts=ts, removed=True)
    if event.subtype == "message_changed":
        return _changed(event.channel, event.message)
    if event.subtype not in WRITTEN or event.bot_id or not (event.user and event.ts):
        return None
    return SeenPost(
        thread=ThreadRef(channel=event.channel, ts=event.thread_ts or event.ts),
        ts=event.ts,
        user=event.user,
        text=readable(event.text or ""),
    )


def _changed(channel: str, post: EventPost | None) -> SeenPost | None:
    if post is None or post.bot_id or not (post.user and post.ts):
        return None
    thread = ThreadRef(channel=channel, ts=post.thread_ts or post.ts)
    if post.subtype == "tombstone":
        # A first message whose replies stay is deleted like this.
        return SeenPost(thread=thread, ts=post.ts, removed=True)
    edited = str((post.edited or {}).get("ts") or "")
    if post.subtype not in WRITTEN or not edited:
        return None  # an unfurled link, a new reply: its words are the same
    return SeenPost(
        thread=thread, ts=post.ts, user=post.user, text=readable(post.text), edited=edited
    )


async def mentioned(verbs: Verbs, chats: Chats, actor: Actor, envelope: EventEnvelope) -> None:
    """Somebody named the bot in a channel: that is about its thread. What concerns everybody there
    is said to all, the rest to the one who asked."""
    event = envelope.event
    if not event.channel or not event.ts:
        return
    thread = ThreadRef(channel=event.channel, ts=event.thread_ts or event.ts)
    words = readable(_MENTION.sub(" ", event.text or "")).strip()
    try:
        found = await verbs.sources.threads.mentioned(
            actor, thread, words, command_id=envelope.event_id
        )
    except ServiceError as refusal:
        found = Followed(status="nothing", told=str(refusal))
    if found.status == "followed" or actor.slack_user_id is None:
        return  # its job says so, once the thread is read
    chat = await chats.of(actor.tenant_id)
    blocks = follow_choice(found.told, Target(id=found.ask)) if found.ask else []
    message = ChatMessage(text=escape(found.told), blocks=blocks, thread_ts=thread.ts)
    if found.status == "ended":
        await chat.post(thread.channel, message)
    else:
        await chat.whisper(thread.channel, actor.slack_user_id, message)
