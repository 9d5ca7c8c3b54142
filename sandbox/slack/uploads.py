"""Files the app hands out: files.getUploadURLExternal gives an address, the content is posted there
without a token, files.completeUploadExternal shows it. What isn't completed is thrown away."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.slack import files, posting
from sandbox.slack.api_chat import Method
from sandbox.slack.arguments import need
from sandbox.slack.core import SLACK, Core
from sandbox.slack.model import ApiError, Json, SharedFile

LARGEST = 1_000_000_000


@dataclass(kw_only=True)
class Upload:
    """A file on its way; `data` is None until its content came."""

    name: str
    length: int
    data: bytes | None = None


async def get_address(core: Core, given: Json) -> Json:
    """files.getUploadURLExternal"""
    length = need(given, "length")
    if not length.isdigit() or not 0 < int(length) <= LARGEST:
        raise ApiError("missing_argument")
    file_id = core.workspace.new_id("F")
    core.uploads[file_id] = Upload(name=need(given, "filename"), length=int(length))
    key = f"{core.workspace.team.id}-{file_id}-{secrets.token_hex(8)}"
    return {"upload_url": f"{core.settings.url}/upload/v1/{key}", "file_id": file_id}


async def bring(request: web.Request) -> web.StreamResponse:
    """The address: raw bytes, 200 when they came whole."""
    lead = request.app[SLACK]
    fault = lead.faults.take("files.upload")
    if fault is not None and fault.kind == "ratelimited":
        return web.Response(status=429, headers={"Retry-After": str(fault.retry_after)})
    if fault is not None:
        return web.Response(status=500, text="internal error")
    team, _, rest = request.match_info["key"].partition("-")
    core = lead.teams.get(team)
    item = core.uploads.get(rest.partition("-")[0]) if core else None
    if item is None:
        return web.Response(status=404, text="not found")
    data = await request.read()
    if len(data) != item.length:
        return web.Response(status=400, text="length mismatch")
    item.data = data
    return web.Response(text=f"OK - {len(data)}")


async def complete(core: Core, given: Json) -> Json:
    """files.completeUploadExternal: once an upload; without a channel the file stays private."""
    wanted = _files(given)
    channel = core.workspace.channels.get(str(given.get("channel_id") or ""))
    if channel is None or not core.workspace.bot_in(channel):
        raise ApiError("channel_not_found")
    shared: list[SharedFile] = []
    for one in wanted:
        item = core.uploads.get(str(one.get("id") or ""))
        if item is None or item.data is None:
            raise ApiError("file_not_found")
        shared.append(
            SharedFile(
                id=str(one["id"]),
                name=item.name,
                user=core.workspace.bot.user_id,
                channel=channel.id,
                created=int(core.clock.now()),
                data=item.data,
            )
        )
    for one_shared in shared:
        del core.uploads[one_shared.id]
        core.workspace.files[one_shared.id] = one_shared
    shown = [files.shown(core, one_shared) for one_shared in shared]
    content = posting.Content(text=str(given.get("initial_comment") or ""))
    posting.post(
        core,
        channel,
        content,
        author=core.workspace.bot.user_id,
        files=shown,
        subtype="file_share",
    )
    return {"files": [{"id": one["id"], "title": one["title"]} for one in shown]}


def _files(given: Json) -> list[dict[str, Any]]:
    raw = given.get("files")
    try:
        wanted = json.loads(raw) if isinstance(raw, str) else raw
    except ValueError as error:
        raise ApiError("invalid_arguments") from error
    if not isinstance(wanted, list) or not wanted or not all(isinstance(f, dict) for f in wanted):
        raise ApiError("invalid_arguments")
    return wanted


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": get_address,
    "files.completeUploadExternal": complete,
}
