"""Reading Web API arguments, which come as query, form or JSON, and checking who asks."""

import json
from typing import Any

from aiohttp import web

from sandbox.slack.grants import Grants, Token
from sandbox.slack.model import ApiError, Json

_STRUCTURED = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "metadata": "invalid_metadata_format",
    "view": "invalid_arguments",
    "chunks": "invalid_chunks",
    "prompts": "invalid_arguments",
}
_BEARER = "Bearer "
_TRUE = frozenset({"1", "true", "True", "yes"})


async def read(request: web.Request) -> Json:
    """All arguments as one dict, structured ones parsed."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        raw = await request.text()
        try:
            body = json.loads(raw) if raw.strip() else {}
        except ValueError as error:
            raise ApiError("invalid_json") from error
        if not isinstance(body, dict):
            raise ApiError("json_not_object")
        given.update(body)
    elif request.method == "POST":
        given.update(await request.post())
    for name, code in _STRUCTURED.items():
        if isinstance(given.get(name), str):
            given[name] = _parse(given[name], code)
    return {name: value for name, value in given.items() if value is not None}


def _parse(raw: str, code: str) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError as error:
        raise ApiError(code) from error


def bearer(request: web.Request, given: Json) -> Any:
    """The token that was sent, wherever it stands."""
    header = request.headers.get("Authorization", "")
    return header.removeprefix(_BEARER) if header.startswith(_BEARER) else given.get("token")


def authenticate(request: web.Request, given: Json, grants: Grants) -> Token:
    """The bot token, in the header or in the arguments."""
    token = bearer(request, given)
    if not token:
        raise ApiError("not_authed")
    return grants.of(str(token))


def need(given: Json, name: str) -> str:
    """A required argument as text."""
    value = given.get(name)
    if value in (None, ""):
        missing = f"[ERROR] missing required field: {name} [json-pointer:/{name}]"
        raise ApiError("invalid_arguments", [missing])
    return str(value)


def flag(given: Json, name: str, *, default: bool = False) -> bool:
    """A boolean, as JSON or as form text."""
    value = given.get(name, default)
    return value if isinstance(value, bool) else str(value) in _TRUE


def listing(given: Json, name: str) -> list[str]:
    """A comma-separated list or a JSON one."""
    value = given.get(name) or []
    parts = value if isinstance(value, list) else str(value).split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def page(items: list[Any], given: Json, *, default: int, most: int = 1000) -> tuple[list[Any], str]:
    """One page of a list and the cursor of the next."""
    cursor = str(given.get("cursor") or "0").removeprefix("c")
    raw = str(given.get("limit") or default)
    if not raw.isdigit() or int(raw) > most:
        raise ApiError("invalid_limit")
    if not cursor.isdigit():
        raise ApiError("invalid_cursor")
    start, size = int(cursor), int(raw) or default
    end = start + size
    return items[start:end], f"c{end}" if end < len(items) else ""
