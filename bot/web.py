"""The web process: Slack's door, Gmail's door, and the ones that tell whether we are well."""

import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.ops import Health, ops_routes
from bot.slack_shapes import is_readable
from bot.watching import watched
from db.tracing import span
from services.metrics import SLACK_ACK_SECONDS, SLACK_REQUESTS
from services.ports import Clock

log = structlog.get_logger(__name__)

MAX_BODY = 1024 * 1024
FRESH = timedelta(minutes=5)
INTERACTIONS = frozenset(
    {
        "block_actions",
        "block_suggestion",
        "view_submission",
        "view_closed",
        "shortcut",
        "message_action",
    }
)
# Nested beyond what Python reads comes as RecursionError.
UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSignature:
    """Slack's v0 signature: HMAC over the timestamp and the exact bytes."""

    secret: str
    clock: Clock

    def valid(self, body: bytes, timestamp: str | None, signature: str | None) -> bool:
        """False for anything missing, garbled, older or newer than five minutes, or forged."""
        if not timestamp or not signature or not _is_number(timestamp):
            return False
        try:
            signed_at = datetime.fromtimestamp(int(timestamp), UTC)
        except (OverflowError, OSError, ValueError):
            return False
        if abs(self.clock.now() - signed_at) > FRESH:
            return False
        digest = hmac.new(
            self.secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256
        ).hexdigest()
        return hmac.compare_digest(f"v0={digest}".encode(), signature.encode("utf-8", "replace"))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12  # noqa: PLR2004 - year 33658


class SlackDoor:
    """POST /slack/events: events, interactivity and commands."""

    def __init__(self, app: AsyncApp, signature: SlackSignature) -> None:
        self._app = app
        self._signature = signature

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """401 for the unsigned, 400 for the unreadable, 200 for all that Slack really sends."""
        body = await request.read()
        if not self._signature.valid(
            body,
            request.headers.get("X-Slack-Request-Timestamp"),
            request.headers.get("X-Slack-Signature"),
        ):
            if _asks_for_the_certificate(body, request.content_type):
                return web.Response()
            SLACK_REQUESTS.labels("unsigned").inc()
            return web.Response(status=401, text="invalid signature")
        try:
            response = await self._dispatch(request, body)
        except UNREADABLE as error:
            # Our own handlers' errors end in the error table. What comes through is Bolt reaching
            # into nested fields, which it does unprotected, even while it reports an error.
            log.info("slack_request_unreadable", reason=repr(error))
            SLACK_REQUESTS.labels("unreadable").inc()
            return web.Response(
                status=400, text="unreadable request", headers={"X-Slack-No-Retry": "1"}
            )
        SLACK_REQUESTS.labels("answered").inc()
        return response

    async def _dispatch(self, request: web.Request, body: bytes) -> web.StreamResponse:
        text = body.decode()
        found = _object_of(text, request.content_type)
        bolt_request = AsyncBoltRequest(
            body="", query=request.query_string, headers=dict(request.headers)
        )
        # Read once, and by us: Bolt takes every form that says "payload" somewhere for a click, so
        # a command with that word in it would come to nobody.
        bolt_request.raw_body, bolt_request.body = text, found
        bolt_request.context = build_async_context(AsyncBoltContext(), found)
        kind = _kind_of(found, request.content_type)
        began = time.perf_counter()
        try:
            with span(f"slack {kind}"):
                answer = await self._app.async_dispatch(bolt_request)
            return await to_aiohttp_response(answer)
        finally:
            SLACK_ACK_SECONDS.labels(kind).observe(time.perf_counter() - began)


def _asks_for_the_certificate(body: bytes, content_type: str) -> bool:
    """Slack now and then looks whether our certificate is good; it wants a 200 and nothing done,
    and doesn't promise a signature."""
    if content_type != "application/x-www-form-urlencoded" or len(body) > 1024:  # noqa: PLR2004 - far more than Slack sends
        return False
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return form.get("ssl_check") == "1" and form.keys() <= {"ssl_check", "token"}


def _object_of(text: str, content_type: str) -> dict[str, Any]:
    """Events come as a JSON object, interactivity as one in the form field `payload`, commands as
    a form. ValueError for anything else, and for shapes Bolt trips over."""
    if content_type == "application/x-www-form-urlencoded":
        form = dict(parse_qsl(text, keep_blank_values=True))
        if "payload" not in form:
            if not form:
                raise ValueError("no payload")
            return form
        text = form["payload"]
    found = json.loads(text)
    if not isinstance(found, dict) or not is_readable(found):
        raise ValueError("no payload")
    return found


def _kind_of(body: Mapping[str, Any], content_type: str) -> str:
    """Which of Slack's sorts of request it is; the names are few, whatever somebody sends."""
    if content_type != "application/x-www-form-urlencoded":
        return "event"
    kind = body.get("type")
    if kind is None:
        return "command"
    return kind if isinstance(kind, str) and kind in INTERACTIONS else "other"


async def _plain_spoken(_request: web.Request, response: web.StreamResponse) -> None:
    """Nothing is taken for anything but what it says it is, and nothing tells what we run on."""
    response.headers["Server"] = "understudy"
    response.headers.setdefault("X-Content-Type-Options", "nosniff")


def build_web(
    *,
    slack: AsyncApp | None,
    signing_secret: str | None,
    clock: Clock,
    ready: Callable[[], Awaitable[bool]] | None = None,
    extra_routes: Iterable[web.AbstractRouteDef] = (),
    parts: Mapping[str, web.Application] | None = None,
    ops: Iterable[web.AbstractRouteDef] | None = None,
) -> web.Application:
    """The application. `ready` asks the database; `extra_routes` are other doors, /gmail/push
    among them; `parts` have rules of their own below a prefix; `ops` are probes that look at more
    than the database. Without a signing secret (Socket Mode) Slack's door stays shut."""
    doors = list(extra_routes)
    if slack is not None and signing_secret is not None:
        if not signing_secret:
            # Checked at start: an empty secret would make every signature forgeable.
            raise ValueError("SLACK_SIGNING_SECRET is empty")
        door = SlackDoor(slack, SlackSignature(secret=signing_secret, clock=clock))
        doors.append(web.post("/slack/events", door.handle))

    async def database() -> str | None:
        return None if ready is None or await ready() else "unreachable"

    probes = ops_routes(Health({"database": database})) if ops is None else ops
    app = web.Application(client_max_size=MAX_BODY, middlewares=[watched])
    app.on_response_prepare.append(_plain_spoken)
    app.add_routes([*probes, *doors])
    for prefix, part in (parts or {}).items():
        app.add_subapp(prefix, part)
    return app
