"""POST /batch/gmail/v1: several calls in one multipart body."""

import asyncio
import json
import secrets
from urllib.parse import parse_qsl, urlsplit

from multidict import CIMultiDict, MultiDict

from sandbox.gmail import parts
from sandbox.gmail.api import Api, Reply
from sandbox.gmail.call import Request
from sandbox.gmail.errors import invalid
from sandbox.gmail.mime import split_head

_MOST = 100
_REASONS = {200: "OK", 204: "No Content", 400: "Bad Request", 401: "Unauthorized"}


async def run(api: Api, request: Request) -> tuple[bytes, str]:
    """(body, content type) of the answer; each inner call succeeds or fails by itself."""
    pieces = parts.split(request.headers.get("Content-Type", ""), request.body)
    if not 0 < len(pieces) <= _MOST:
        raise invalid(f"The batch must hold 1 to {_MOST} calls")
    inner = [_inner(piece.body, request) for piece in pieces]
    replies = await asyncio.gather(*(api.handle(call) for call in inner))
    mark = f"batch_{secrets.token_urlsafe(16)}"
    body = b"".join(
        f"--{mark}\r\nContent-Type: application/http\r\n".encode()
        + f"Content-ID: {_answer_id(piece)}\r\n\r\n".encode()
        + _http(reply)
        + b"\r\n"
        for piece, reply in zip(pieces, replies, strict=True)
    )
    return body + f"--{mark}--\r\n".encode(), f"multipart/mixed; boundary={mark}"


def _answer_id(piece: parts.Part) -> str:
    return "<response-" + piece.header("Content-ID").lstrip("<")


def _inner(body: bytes, outer: Request) -> Request:
    line, _, rest = body.lstrip(b"\r\n").partition(b"\n")
    words = line.decode("latin-1").split()
    if len(words) < 2:  # noqa: PLR2004 - method and target
        raise invalid("Failed to parse batch request")
    fields, at = split_head(rest)
    target = urlsplit(words[1])
    headers = CIMultiDict((field.name, field.value) for field in fields)
    headers.setdefault("Authorization", outer.headers.get("Authorization", ""))
    return Request(
        method=words[0].upper(),
        path=target.path,
        query=MultiDict(parse_qsl(target.query, keep_blank_values=True)),
        headers=headers,
        body=rest[at:],
    )


def _http(reply: Reply) -> bytes:
    body = b"" if reply.body is None else json.dumps(reply.body).encode()
    reason = _REASONS.get(reply.status, "Error")
    head = f"HTTP/1.1 {reply.status} {reason}\r\nContent-Type: application/json; charset=UTF-8\r\n"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
