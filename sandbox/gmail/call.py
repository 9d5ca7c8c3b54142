"""One API call, whether it came by itself or inside a batch."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from multidict import CIMultiDict, MultiDict

from sandbox.gmail import parts, render
from sandbox.gmail.errors import invalid
from sandbox.gmail.model import Json, Mailbox
from sandbox.gmail.world import World


@dataclass(kw_only=True)
class Request:
    """The HTTP side, already read."""

    method: str
    path: str
    query: MultiDict[str]
    headers: CIMultiDict[str]
    body: bytes


@dataclass(kw_only=True)
class Call:
    """What an operation works on."""

    world: World
    mailbox: Mailbox
    ids: dict[str, str]
    query: MultiDict[str]
    body: Json = field(default_factory=dict)
    media: bytes | None = None

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() == "true"

    def number(self, name: str, default: int, most: int) -> int:
        text = self.query.get(name, str(default))
        if not text.isdigit():
            raise invalid(f"Invalid value at '{name}': {text}")
        return min(int(text), most) or default

    def raw(self, body: Json | None = None) -> bytes:
        """The message's bytes: uploaded, or base64url in the JSON."""
        if self.media is not None:
            return self.media
        text = (self.body if body is None else body).get("raw")
        if not isinstance(text, str):
            raise invalid(
                "'raw' RFC822 payload message string or uploading message via /upload/* URL "
                "required"
            )
        return render.from_b64url(text)

    def names(self, key: str) -> list[str]:
        value = self.body.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise invalid(f"Invalid value at '{key}'")
        return value


Operation = Callable[[Call], Json | None]


def read_body(request: Request, *, upload: bool) -> tuple[Json, bytes | None]:
    """(JSON, media) of a request to the plain or to the upload address."""
    kind = request.headers.get("Content-Type", "")
    if upload:
        if kind.lower().startswith("multipart/"):
            pieces = parts.split(kind, request.body)
            if len(pieces) != 2:  # noqa: PLR2004 - metadata and media
                raise invalid("Expected a metadata part and a media part")
            return _json(pieces[0].body), pieces[1].body
        return {}, request.body
    return _json(request.body), None


def _json(body: bytes) -> Json:
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except ValueError:
        raise invalid("Invalid JSON payload received.") from None
    if not isinstance(value, dict):
        raise invalid("Invalid JSON payload received.")
    return value
