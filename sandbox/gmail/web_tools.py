"""Shared by the HTTP faces: reading requests of any size, answering JSON."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from email.errors import MessageError

from aiohttp import web
from multidict import CIMultiDict, MultiDict

from sandbox.gmail.call import Request
from sandbox.gmail.errors import GmailError, invalid
from sandbox.gmail.model import Json
from sandbox.gmail.world import World

WORLD = web.AppKey("gmail_world", World)
# What a value of the wrong type or an address beyond repair raises on the way.
_UNUSABLE = (ValueError, TypeError, AttributeError, IndexError, MessageError)
# Gmail takes 35 MiB of message; base64 in JSON makes a third more of it.
_MOST_BYTES = 80 * 1024 * 1024


async def read_request(request: web.Request) -> Request:
    """The whole body, past aiohttp's limit of 1 MiB."""
    chunks, size = [], 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > _MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=_MOST_BYTES, actual_size=size)
        chunks.append(chunk)
    return Request(
        method=request.method,
        path=request.rel_url.raw_path,
        query=MultiDict(request.query),
        headers=CIMultiDict(request.headers),
        body=b"".join(chunks),
    )


async def read_json(request: web.Request) -> Json:
    body = (await read_request(request)).body
    try:
        value = json.loads(body) if body.strip() else {}
    except ValueError:
        raise invalid("The body is not JSON") from None
    if not isinstance(value, dict):
        raise invalid("The body is not a JSON object")
    return value


def answer(
    body: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    return web.json_response(body, status=status, headers=headers)


def text_field(body: Json, name: str) -> str:
    """A field that must be there."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise invalid(f"'{name}' is needed")
    return value


def base64_field(body: Json, name: str) -> bytes:
    """Bytes that may be empty, but whose field must be there."""
    value = body.get(name)
    if not isinstance(value, str):
        raise invalid(f"'{name}' is needed")
    try:
        return base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        raise invalid(f"'{name}' is not base64") from None


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def plain(handler: Handler) -> Handler:
    """Refusals become the same error JSON that the API answers."""

    async def wrapped(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except GmailError as error:
            return answer(error.body(), status=error.code)
        except _UNUSABLE as error:
            return answer(invalid(f"Unusable value: {error}").body(), status=400)

    return wrapped
