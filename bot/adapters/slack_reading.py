"""Reading in Slack: threads, and files that were shared.

A file's address comes from outside: the token goes along to Slack's own hosts only, and a redirect
is not followed.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.adapters.slack_streams import SlackStreams
from db.session import refuse_inside_transaction
from handlers.message_words import readable
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.types.slack_threads import ChatFile, ChatPost

PAGE = 200
CHUNK = 65_536
TIMEOUT = aiohttp.ClientTimeout(total=30, connect=5)
ELSEWHERE = "This file doesn't lie with Slack itself, so I don't fetch it."
GONE = "Slack doesn't have this file any more, or not for me."
_HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]+")
OK, REDIRECTS, UNKNOWN, SERVER_ERROR = 200, range(300, 400), frozenset({404, 410}), 500


class SlackReading(SlackStreams):
    """The part of a workspace's gateway that reads what people wrote and shared."""

    async def thread(
        self, channel: str, thread_ts: str, cursor: str = ""
    ) -> tuple[tuple[ChatPost, ...], str]:
        data = await self._calls(
            "conversations.replies",
            lambda: self._client.conversations_replies(
                channel=channel, ts=thread_ts, limit=PAGE, cursor=cursor or None
            ),
            channel=channel,
        )
        posts = tuple(_post(message) for message in data.get("messages") or ())
        following = (data.get("response_metadata") or {}).get("next_cursor")
        return posts, str(following or "")

    async def file(self, file_id: str, *, largest: int) -> ChatFile:
        data = await self._calls("files.info", lambda: self._client.files_info(file=file_id))
        told: Mapping[str, Any] = data.get("file") or {}
        name = str(told.get("name") or "file")
        if told.get("is_external") or told.get("mode") in ("external", "hidden_by_limit"):
            raise InvalidInput(ELSEWHERE)
        if told.get("mode") == "tombstone":
            raise NotFound(GONE)
        if int(told.get("size") or 0) > largest:
            raise InvalidInput(f"{name[:80]} is larger than {largest // 1_000_000} MB.")
        address = str(told.get("url_private_download") or told.get("url_private") or "")
        return ChatFile(name=name, data=await self._download(address, largest))

    async def _download(self, address: str, largest: int) -> bytes:
        refuse_inside_transaction()
        if not is_slacks(address, self._client.base_url):
            raise InvalidInput(ELSEWHERE)
        session = self._client.session
        if session is None:
            raise TransientError("Slack can't be reached.")
        try:
            async with session.get(
                address,
                headers={"Authorization": f"Bearer {self._client.token}"},
                allow_redirects=False,
                timeout=TIMEOUT,
            ) as response:
                _check(response, self._client.base_url)
                return await _within(response, largest)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise TransientError("Slack's answer was lost.") from error


def is_slacks(address: str, api: str) -> bool:
    """Whether it is an address of Slack's: of *.slack.com, of where its API is said to be, or of a
    name below that."""
    try:
        parts, ours = urlsplit(address), urlsplit(api)
        same = (parts.scheme, parts.hostname, parts.port) == (ours.scheme, ours.hostname, ours.port)
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None:
        return False
    host = parts.hostname or ""
    if not _HOST.fullmatch(host):
        return False
    slacks = parts.scheme == "https" and parts.port in (None, 443)
    below = (".slack.com", f".{ours.hostname}") if ours.scheme == "https" else (".slack.com",)
    return same or (slacks and host.endswith(below))


def on_this_machine(address: str) -> bool:
    """Where a Slack to play with answers: from several ports, perhaps, and no token goes along."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")


def _check(response: aiohttp.ClientResponse, api: str) -> None:
    if response.status in REDIRECTS and not is_slacks(response.headers.get("Location", ""), api):
        raise InvalidInput(ELSEWHERE)
    if response.status in UNKNOWN:
        raise NotFound(GONE)
    if response.status >= SERVER_ERROR:
        raise TransientError("Slack failed for a moment.")
    # Without the right to read files Slack answers with the page to sign in, or the way there.
    if response.status != OK or response.content_type == "text/html":
        raise Forbidden("Slack doesn't let me read files here. An admin can add that right.")


async def _within(response: aiohttp.ClientResponse, largest: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_chunked(CHUNK):
        size += len(piece)
        if size > largest:
            raise InvalidInput(f"The file is larger than {largest // 1_000_000} MB.")
        pieces.append(piece)
    return b"".join(pieces)


def _post(message: Mapping[str, Any]) -> ChatPost:
    edited = message.get("edited") or {}
    return ChatPost(
        ts=str(message.get("ts") or ""),
        user=str(message.get("user") or ""),
        text=readable(str(message.get("text") or "")),
        edited=str(edited.get("ts") or ""),
        by_bot=bool(message.get("bot_id")) or message.get("subtype") == "bot_message",
    )
