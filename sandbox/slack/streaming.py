"""chat.*Stream, agents.sessions.* and assistant.threads.*: messages that grow, and what is shown
around them."""

from sandbox.slack import posting, render
from sandbox.slack.arguments import need
from sandbox.slack.core import Core
from sandbox.slack.model import ApiError, Channel, Json, Message, Session

TEXT = 12_000
PROMPTS = 4
TITLE = 200
STATUSES = frozenset({"processing", "active", "suspended", "closed"})
OVER = "message_not_in_streaming_state"


def _place(core: Core, given: Json, name: str = "channel") -> Channel:
    channel = core.workspace.channel(need(given, name))
    if channel.archived:
        raise ApiError("is_archived")
    if not core.workspace.bot_in(channel):
        raise ApiError("not_in_channel")
    return channel


def _root(core: Core, channel: Channel, given: Json) -> str:
    try:
        top = core.workspace.message(channel, need(given, "thread_ts"))
    except ApiError as error:
        if error.code != "message_not_found":
            raise
        raise ApiError("thread_not_found") from error
    return top.thread_ts or top.ts


def _words(given: Json) -> str:
    """The text of a call: markdown_text, or its markdown chunks."""
    chunks = given.get("chunks")
    text = str(given.get("markdown_text") or "")
    if isinstance(chunks, list):
        if any(not isinstance(one, dict) or "type" not in one for one in chunks):
            raise ApiError("invalid_chunks")
        text += "".join(
            str(one.get("text", "")) for one in chunks if one["type"] == "markdown_text"
        )
    if len(text) > TEXT:
        raise ApiError("msg_too_long")
    return text


def _write(item: Message, text: str) -> None:
    item.text = text[: posting.TEXT_LIMIT]
    item.blocks = [{"type": "markdown", "block_id": f"stream{item.ts}", "text": text or " "}]


async def start(core: Core, given: Json) -> Json:
    """chat.startStream"""
    channel = _place(core, given)
    root = _root(core, channel, given)
    if not channel.is_im:
        for name in ("recipient_user_id", "recipient_team_id"):
            if not given.get(name):
                raise ApiError(f"missing_{name}")
    text = _words(given)
    item = posting.post(
        core,
        channel,
        posting.Content(text=text),
        author=core.workspace.bot.user_id,
        thread_ts=root,
        streaming_since=core.clock.now(),
    )
    _write(item, text)
    core.changed("message", channel=channel.id, ts=item.ts)
    return {"channel": channel.id, "ts": item.ts}


def _growing(core: Core, given: Json) -> tuple[Channel, Message]:
    channel = _place(core, given)
    item = core.workspace.message(channel, need(given, "ts"))
    if not item.from_bot:
        raise ApiError("message_not_owned_by_app")
    if not is_open(core, item):
        raise ApiError(OVER)
    return channel, item


def is_open(core: Core, item: Message) -> bool:
    """Whether it still takes more. A stream that is too old ends as it is looked at."""
    born = item.streaming_since
    if born is not None and core.clock.now() - born > core.stream_life:
        end(core, item)
    return item.streaming_since is not None


def end(core: Core, item: Message) -> None:
    """No more is taken; what was said stays."""
    item.streaming_since = None
    core.changed("message", channel=item.channel, ts=item.ts)


async def append(core: Core, given: Json) -> Json:
    """chat.appendStream"""
    text = _words(given)
    channel, item = _growing(core, given)
    if not text and not given.get("chunks"):
        raise ApiError("no_text")
    _write(item, item.text + text)
    core.changed("message", channel=channel.id, ts=item.ts)
    return {"channel": channel.id, "ts": item.ts}


async def stop(core: Core, given: Json) -> Json:
    """chat.stopStream"""
    text = _words(given)
    channel, item = _growing(core, given)
    before = render.message(core.workspace, item)
    below = posting.checked_blocks(core, given.get("blocks") or [])
    metadata = posting.read_metadata(given.get("metadata"))
    _write(item, item.text + text)
    item.blocks += below
    item.metadata = metadata or item.metadata
    end(core, item)
    posting.announce_change(core, channel, item, before)
    status = given.get("session_status")
    if status:
        _session(core, channel, item.thread_ts or item.ts, str(status))
    body = render.message(core.workspace, item, metadata=True)
    return {"channel": channel.id, "ts": item.ts, "message": body}


# ── Sessions, status lines and prompts ──────────────────────────────────────────────────────────
def _session(core: Core, channel: Channel, root: str, status: str, title: str = "") -> Session:
    if status not in STATUSES:
        raise ApiError("invalid_status")
    if len(title) > TITLE:
        raise ApiError("invalid_title")
    session = core.sessions.setdefault((channel.id, root), Session(title=title))
    session.status = status
    core.changed("session", channel=channel.id)
    return session


async def set_session(core: Core, given: Json) -> Json:
    """agents.sessions.setStatus"""
    channel = _place(core, given, "channel_id")
    root = _root(core, channel, given)
    session = _session(core, channel, root, need(given, "status"), str(given.get("title") or ""))
    return {"status": session.status, "agent_status": session.status, "title": session.title}


async def rename(core: Core, given: Json) -> Json:
    """agents.sessions.rename"""
    channel = _place(core, given, "channel_id")
    root, title = _root(core, channel, given), need(given, "title")
    session = core.sessions.get((channel.id, root))
    if session is None:
        raise ApiError("session_not_found")
    if len(title) > TITLE:
        raise ApiError("invalid_title")
    session.title = title
    core.changed("session", channel=channel.id)
    return {"title": title}


async def set_status(core: Core, given: Json) -> Json:
    """assistant.threads.setStatus"""
    channel = _place(core, given, "channel_id")
    root = _root(core, channel, given)
    if "status" not in given:
        raise ApiError("invalid_arguments", ["[ERROR] missing required field: status"])
    core.say_status(channel.id, root, str(given["status"]))
    return {}


async def set_title(core: Core, given: Json) -> Json:
    """assistant.threads.setTitle"""
    channel = _place(core, given, "channel_id")
    session = core.sessions.setdefault((channel.id, _root(core, channel, given)), Session())
    session.title = need(given, "title")[:TITLE]
    core.changed("session", channel=channel.id)
    return {}


async def set_prompts(core: Core, given: Json) -> Json:
    """assistant.threads.setSuggestedPrompts; without thread_ts they are pinned to the place."""
    channel = _place(core, given, "channel_id")
    prompts = given.get("prompts")
    good = isinstance(prompts, list) and 0 < len(prompts) <= PROMPTS
    if not good or any(
        not isinstance(one, dict) or not one.get("title") or not one.get("message")
        for one in prompts or ()
    ):
        raise ApiError("invalid_arguments", ["[ERROR] prompts: one to four of title and message"])
    core.prompts[channel.id] = {"title": str(given.get("title") or ""), "prompts": prompts}
    core.changed("prompts", channel=channel.id)
    return {}


METHODS = {
    "chat.startStream": start,
    "chat.appendStream": append,
    "chat.stopStream": stop,
    "agents.sessions.setStatus": set_session,
    "agents.sessions.rename": rename,
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setTitle": set_title,
    "assistant.threads.setSuggestedPrompts": set_prompts,
}
