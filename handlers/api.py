"""The door of /api/v1: who calls, how often, and how errors are told. Everything is JSON; nothing
is allowed by a cookie, and no other site's page may read it."""

import json
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from aiohttp import web

from services.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    LimitReached,
    NotFound,
    ServiceError,
    TransientError,
)
from services.ports import Clock
from services.types.api import Bearer

log = structlog.get_logger(__name__)

BEARER: web.RequestKey[Bearer] = web.RequestKey("bearer", Bearer)
PREFIX = "/api/v1"
LARGEST = 16 * 1024
A_MINUTE = 120
"""Requests of one token; half of them at once."""
MOST_TOKENS = 10_000
BACK_LATER = 60
UNNAMED = (
    "Send a token of yours: Authorization: Bearer us_… An admin makes one with /understudy token."
)
UNKNOWN = "This token opens nothing: it is unknown, ended or revoked."
OTHER_TENANT = "X-Tenant-ID names another tenant than the token."
FAILED = "Something went wrong on my side."
STATUS: tuple[tuple[type[ServiceError], int], ...] = (
    (InvalidInput, 422),
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (LimitReached, 429),
    (TransientError, 503),
)
WORDS = {
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "failed",
    503: "unavailable",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Tokens(Protocol):
    async def authenticate(self, text: str) -> Bearer | None: ...


class RefusedError(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        super().__init__(sentence)
        self.status, self.headers = status, {n.replace("_", "-"): v for n, v in headers.items()}


@dataclass(slots=True)
class Pace:
    """How often a token may call: a bucket that fills up again by the second. Of this process
    alone; whoever hasn't called for long is forgotten."""

    clock: Clock
    a_minute: int = A_MINUTE
    _left: OrderedDict[UUID, tuple[float, datetime]] = field(default_factory=OrderedDict)

    def wait(self, token_id: UUID) -> int:
        """0: go on; else the seconds until the next call is welcome."""
        now, full, a_second = self.clock.now(), self.a_minute / 2, self.a_minute / 60
        left, at = self._left.get(token_id, (full, now))
        # A clock that was set back fills nothing.
        left = min(full, left + max((now - at).total_seconds(), 0) * a_second)
        free = left >= 1
        self._left[token_id] = (left - 1 if free else left, now)
        self._left.move_to_end(token_id)
        while len(self._left) > MOST_TOKENS:
            self._left.popitem(last=False)
        return 0 if free else math.ceil((1 - left) / a_second)


def api_app(
    tokens: Tokens,
    clock: Clock,
    routes: Iterable[web.AbstractRouteDef],
    on_shutdown: Callable[[], Awaitable[None]],
) -> web.Application:
    """The application behind /api/v1. What isn't found or allowed there is told by the same rules,
    and only to callers with a token."""
    pace = Pace(clock)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            request[BEARER] = await _bearer(request, tokens, pace)
            response = await handler(request)
        except RefusedError as error:
            response = refusal(error.status, str(error), error.headers)
        except ServiceError as error:
            response = _told(error)
        except web.HTTPException as error:
            kept = {n: v for n, v in error.headers.items() if n == "Allow"}
            response = refusal(error.status, error.reason, kept)
        except Exception:
            log.exception("a request at /api failed", route=_route(request))
            response = refusal(500, FAILED)
        return response

    async def shut(_app: web.Application) -> None:
        await on_shutdown()

    app = web.Application(middlewares=[guard])
    app.add_routes(routes)
    app.on_shutdown.append(shut)
    return app


def answer(body: Any, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})


def refusal(status: int, sentence: str, headers: dict[str, str] | None = None) -> web.Response:
    body = {"error": WORDS.get(status, "refused"), "message": sentence}
    return web.json_response(
        body, status=status, headers={"Cache-Control": "no-store", **(headers or {})}
    )


async def json_body(request: web.Request) -> Any:
    """What was sent, if it is JSON and no larger than what anybody has to say."""
    if request.content_type != "application/json":
        raise RefusedError(415, "Send JSON: Content-Type: application/json.")
    held = bytearray()
    async for chunk in request.content.iter_chunked(LARGEST):
        held += chunk
        if len(held) > LARGEST:
            raise RefusedError(413, f"A body has at most {LARGEST:,} bytes.")
    try:
        return json.loads(bytes(held))
    except (ValueError, RecursionError):
        raise RefusedError(422, "The body is no JSON.") from None


async def _bearer(request: web.Request, tokens: Tokens, pace: Pace) -> Bearer:
    given = request.headers.getall("Authorization", [])
    scheme, _, text = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer":
        raise RefusedError(401, UNNAMED, WWW_Authenticate='Bearer realm="understudy"')
    bearer = await tokens.authenticate(text.strip())
    if bearer is None:
        told = 'Bearer realm="understudy", error="invalid_token"'
        raise RefusedError(401, UNKNOWN, WWW_Authenticate=told)
    wait = pace.wait(bearer.token_id)
    if wait:
        raise RefusedError(429, f"Too many requests: {A_MINUTE} a minute.", Retry_After=str(wait))
    tenant = str(bearer.actor.tenant_id)
    if any(one.strip().lower() != tenant for one in request.headers.getall("X-Tenant-ID", [])):
        raise RefusedError(403, OTHER_TENANT)
    return bearer


def _told(error: ServiceError) -> web.Response:
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    late = status in {429, 503}
    return refusal(status, str(error), {"Retry-After": str(BACK_LATER)} if late else None)


def _route(request: web.Request) -> str:
    """As it is registered, so that no client makes up names for the metrics."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"
