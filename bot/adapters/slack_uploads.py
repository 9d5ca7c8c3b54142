"""Files of ours in Slack: an address to bring the content to, the content itself, then showing it.

Only the last call is seen by anybody. The address comes with Slack's answer, so it must be one of
Slack's own; it needs no token, and none goes along.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp

from bot.adapters.slack_calls import SERVER_ERROR, TOO_MANY_REQUESTS
from bot.adapters.slack_reading import OK, SlackReading, is_slacks
from db.session import refuse_inside_transaction
from services.errors import InvalidInput, NotFound, TransientError

TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5)
ELSEWHERE = "Slack named an address that isn't its own, so I bring nothing there."


class SlackUploads(SlackReading):
    """The part of a workspace's gateway that hands out files."""

    async def upload(self, name: str, data: bytes) -> str:
        told = await self._calls(
            "files.getUploadURLExternal",
            lambda: self._client.files_getUploadURLExternal(filename=name, length=len(data)),
        )
        await self._bring(str(told.get("upload_url") or ""), data)
        return str(told["file_id"])

    async def share_upload(self, file_id: str, channel: str, *, title: str, comment: str) -> None:
        await self._calls(
            "files.completeUploadExternal",
            lambda: self._client.files_completeUploadExternal(
                files=[{"id": file_id, "title": title}],
                channel_id=channel,
                initial_comment=comment,
            ),
            channel=channel,
            writes=True,
        )

    async def is_shared(self, file_id: str, channel: str) -> bool | None:
        try:
            data = await self._calls("files.info", lambda: self._client.files_info(file=file_id))
        except NotFound:
            return None
        return _stands_in(data.get("file") or {}, channel)

    async def _bring(self, address: str, data: bytes) -> None:
        refuse_inside_transaction()
        session = self._client.session
        if session is None:
            raise TransientError("Slack can't be reached.")
        if not is_slacks(address, self._client.base_url):
            raise InvalidInput(ELSEWHERE)
        try:
            async with session.post(
                address,
                data=data,
                headers={"Content-Type": "application/octet-stream"},
                allow_redirects=False,
                timeout=TIMEOUT,
            ) as response:
                _check(response)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # Nobody has seen it: another address and the same content do no harm.
            raise TransientError("Slack's answer was lost.") from error


def _check(response: aiohttp.ClientResponse) -> None:
    if response.status == TOO_MANY_REQUESTS:
        raise TransientError("Slack asked us to wait.", retry_after=_wait(response))
    if response.status >= SERVER_ERROR:
        raise TransientError("Slack failed for a moment.")
    if response.status != OK:
        raise InvalidInput(f"Slack refused the file: {response.status}")


def _wait(response: aiohttp.ClientResponse) -> timedelta:
    said = response.headers.get("Retry-After", "1")
    return timedelta(seconds=max(int(said) if said.isascii() and said.isdigit() else 1, 1))


def _stands_in(told: Mapping[str, Any], channel: str) -> bool:
    """Slack names the conversations of a file twice, and not always both times."""
    shares = told.get("shares") or {}
    named = {at for kind in shares.values() if isinstance(kind, dict) for at in kind}
    for key in ("channels", "groups", "ims"):
        named.update(str(at) for at in told.get(key) or ())
    return channel in named
