"""Slack's agent methods: messages that grow, the line that says what is being done, the prompts.

A stream lives five minutes at most and takes 12,000 characters a call; who writes one rolls over
before that (handlers/telling.py). Slack ends it when the reader presses its stop button.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from services.errors import InvalidInput
from services.ports import ChatRef, SessionStatus, StreamReader

STREAM_ENDED = frozenset({"message_not_in_streaming_state", "streaming_state_conflict"})
STOPPED = "stopped_by_user"
PROMPTS = 4
TITLE = 200


class Calls(Protocol):
    """Runs one call of the Web API and translates its failures (bot/adapters/slack.py)."""

    @property
    def client(self) -> AsyncWebClient: ...
    async def __call__(
        self,
        method: str,
        call: Callable[[], Awaitable[Any]],
        *,
        channel: str = "",
        writes: bool = False,
    ) -> Mapping[str, Any]: ...


class SlackStreams:
    """The agent's part of a workspace's gateway."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._client = calls.client

    async def find_reply(
        self, channel: str, thread_ts: str, *, after: str, leave: frozenset[str] = frozenset()
    ) -> ChatRef | None:
        data = await self._calls(
            "conversations.replies",
            lambda: self._client.conversations_replies(
                channel=channel, ts=thread_ts, oldest=after, limit=100
            ),
            channel=channel,
        )
        for message in data.get("messages") or ():
            ts = str(message.get("ts") or "")
            if message.get("bot_id") and ts > after and ts not in leave:
                return ChatRef(channel=channel, ts=ts)
        return None

    async def start_stream(
        self, channel: str, thread_ts: str, text: str, *, recipient: StreamReader | None = None
    ) -> ChatRef:
        data = await self._calls(
            "chat.startStream",
            lambda: self._client.chat_startStream(
                channel=channel,
                thread_ts=thread_ts,
                markdown_text=text or None,
                recipient_team_id=recipient.team_id if recipient else None,
                recipient_user_id=recipient.user_id if recipient else None,
            ),
            channel=channel,
            writes=True,
        )
        return ChatRef(channel=str(data.get("channel") or channel), ts=str(data["ts"]))

    async def append_stream(self, ref: ChatRef, text: str) -> None:
        await self._calls(
            "chat.appendStream",
            lambda: self._client.chat_appendStream(
                channel=ref.channel, ts=ref.ts, markdown_text=text
            ),
            channel=ref.channel,
            writes=True,
        )

    async def stop_stream(
        self, ref: ChatRef, *, text: str = "", blocks: Sequence[dict[str, Any]] = ()
    ) -> None:
        try:
            await self._stop(ref, text, [dict(block) for block in blocks] or None)
        except InvalidInput as refusal:
            if refusal.field != "blocks" or not blocks:
                raise
            # What was said matters more than what stands below it.
            await self._stop(ref, text, None)

    async def _stop(self, ref: ChatRef, text: str, blocks: list[dict[str, Any]] | None) -> None:
        await self._calls(
            "chat.stopStream",
            lambda: self._client.chat_stopStream(
                channel=ref.channel, ts=ref.ts, markdown_text=text or None, blocks=blocks
            ),
            channel=ref.channel,
            writes=True,
        )

    async def set_session(
        self, channel: str, thread_ts: str, status: SessionStatus, *, title: str = ""
    ) -> None:
        await self._calls(
            "agents.sessions.setStatus",
            lambda: self._client.agents_sessions_setStatus(
                channel_id=channel,
                thread_ts=thread_ts,
                status=status,
                title=title[:TITLE] or None,
            ),
            channel=channel,
        )

    async def set_status(self, channel: str, thread_ts: str, words: str) -> None:
        await self._calls(
            "assistant.threads.setStatus",
            lambda: self._client.assistant_threads_setStatus(
                channel_id=channel, thread_ts=thread_ts, status=words
            ),
            channel=channel,
        )

    async def suggest(
        self, channel: str, prompts: Sequence[tuple[str, str]], *, title: str
    ) -> None:
        await self._calls(
            "assistant.threads.setSuggestedPrompts",
            lambda: self._client.assistant_threads_setSuggestedPrompts(
                channel_id=channel,
                title=title,
                prompts=[{"title": name, "message": text} for name, text in prompts[:PROMPTS]],
            ),
            channel=channel,
        )
