"""Files people share: kept in memory, told by files.info, downloaded with the app's token."""

import base64
import binascii
import mimetypes
from typing import Any

from aiohttp import web

from sandbox.slack import driver
from sandbox.slack.api_chat import Method
from sandbox.slack.arguments import bearer, need
from sandbox.slack.core import SLACK, Core
from sandbox.slack.model import ApiError, Json, SharedFile

LARGEST = 50_000_000
MOST = 10
_UNKNOWN = "application/octet-stream"


def upload(core: Core, given: Any, user: str, channel: str) -> list[SharedFile]:
    """Files of a message as the browser sends them, each {name, base64 or text}. `external_url`
    makes one that lies elsewhere, as Google Drive's do."""
    if not isinstance(given, list) or len(given) > MOST:
        driver.bad(f"files must be a list of at most {MOST}")
    shared = []
    for one in given:
        if not isinstance(one, dict) or not str(one.get("name") or "").strip():
            driver.bad("a file needs a name")
        item = SharedFile(
            id=core.workspace.new_id("F"),
            name=str(one["name"]),
            user=user,
            channel=channel,
            created=int(core.clock.now()),
            data=_data(one),
            external_url=str(one.get("external_url") or ""),
        )
        core.workspace.files[item.id] = item
        shared.append(item)
    return shared


def _data(one: Json) -> bytes:
    if "text" in one:
        return str(one["text"]).encode()
    try:
        data = base64.b64decode(str(one.get("base64") or ""), validate=True)
    except (binascii.Error, ValueError):
        driver.bad("base64 can't be read")
    if len(data) > LARGEST:
        driver.bad("the file is too large")
    return data


def shown(core: Core, item: SharedFile) -> Json:
    """A file object."""
    kind = mimetypes.guess_type(item.name)[0] or _UNKNOWN
    outside = bool(item.external_url)
    base = f"{core.settings.url}/files-pri/{core.workspace.team.id}-{item.id}"
    address = item.external_url or f"{base}/{item.name}"
    return {
        "id": item.id,
        "created": item.created,
        "timestamp": item.created,
        "name": item.name,
        "title": item.name,
        "mimetype": kind,
        "filetype": item.name.rpartition(".")[2].lower() or "text",
        "pretty_type": "Plain Text",
        "user": item.user,
        "user_team": core.workspace.team.id,
        "editable": False,
        "size": len(item.data),
        "mode": "external" if outside else "hosted",
        "is_external": outside,
        "external_type": "gdrive" if outside else "",
        "is_public": True,
        "public_url_shared": False,
        "url_private": address,
        **({} if outside else {"url_private_download": f"{base}/download/{item.name}"}),
        "channels": [item.channel],
        "groups": [],
        "ims": [],
    }


async def files_info(core: Core, given: Json) -> Json:
    """files.info"""
    item = core.workspace.files.get(need(given, "file"))
    channel = core.workspace.channels.get(item.channel) if item else None
    if item is None or channel is None or not core.workspace.bot_in(channel):
        raise ApiError("file_not_found")
    return {"file": shown(core, item), "comments": [], "response_metadata": {"next_cursor": ""}}


async def download(request: web.Request) -> web.StreamResponse:
    """A file's address: whoever brings no token that is good here is sent to sign in."""
    lead = request.app[SLACK]
    key = request.match_info["key"]
    team, _, file_id = key.rpartition("-")
    core = lead.teams.get(team)
    item = core.workspace.files.get(file_id) if core else None
    fault = lead.faults.take("files.download")
    if fault is not None and fault.kind == "redirect":
        raise web.HTTPFound("https://files.elsewhere.example/steal")
    if fault is not None:
        return web.Response(status=500, text="internal error")
    try:
        allowed = lead.grants.of(str(bearer(request, {}) or "")).team == team
    except ApiError:
        allowed = False
    if not allowed:
        raise web.HTTPFound(f"{lead.settings.url}/?redir=/files-pri/{key}")
    if item is None:
        raise web.HTTPNotFound(text="not found")
    kind = mimetypes.guess_type(item.name)[0] or _UNKNOWN
    return web.Response(body=item.data, content_type=kind)


METHODS: dict[str, Method] = {"files.info": files_info}
