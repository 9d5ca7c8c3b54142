"""GET /api/v1/learning/stream: the figures as they are, and again whenever they change.

Nothing is queued for anybody: each stream makes its event when it is free to send one, from the
figures of that moment. Who a slow reader is costs its own connection and, after a while, ends it.
"""

import json
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog
from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from handlers.api import BEARER, Tokens
from handlers.learning_api import Summaries
from services.errors import ServiceError
from services.types.api import Bearer

log = structlog.get_logger(__name__)

EVENT = "figures"
HEARTBEAT = 15.0
"""Seconds between comments that keep proxies from closing; as often the token is looked at."""
PATIENCE = 30.0
"""Seconds that a reader may leave an event lying."""
COME_BACK = 3_000
"""Milliseconds until a reader that lost us tries again."""


class Watched(Protocol):
    closed: bool

    async def after(self, version: int, *, seconds: float) -> None: ...


class Watch(Protocol):
    def watch(self, tenant_id: UUID) -> AbstractAsyncContextManager[Watched]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningStream:
    tokens: Tokens
    summaries: Summaries
    watch: Watch
    heartbeat: float = HEARTBEAT

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/learning/stream", self.stream, allow_head=False)]

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """LimitReached, before anything was sent, where too many streams are open."""
        bearer = request[BEARER]
        # Authenticated a moment ago, and again before each event.
        text = request.headers["Authorization"].partition(" ")[2].strip()
        async with self.watch.watch(bearer.actor.tenant_id) as watched:
            first = await self.summaries.summary(bearer.actor)
            async with sse_response(
                request, ping_interval=self.heartbeat, send_timeout=PATIENCE
            ) as response:
                try:
                    seen = _seen(response.last_event_id)
                    if first.version != seen:
                        await _send(response, first.version, first.body)
                    await self._follow(response, watched, bearer, text, first.version)
                except (ConnectionError, TimeoutError):
                    log.info("a reader of the figures is gone", token_id=str(bearer.token_id))
                except ServiceError as error:
                    log.info("a stream of figures ended", reason=str(error))
                except Exception:
                    # The answer has begun: what is left is to end it. The reader comes back.
                    log.exception("a stream of figures failed", token_id=str(bearer.token_id))
        return response

    async def _follow(
        self,
        response: EventSourceResponse,
        watched: Watched,
        bearer: Bearer,
        text: str,
        version: int,
    ) -> None:
        """Until the reader, the token, its member or this process is gone."""
        now: Bearer | None = bearer
        while now is not None and response.is_connected():
            await watched.after(version, seconds=self.heartbeat)
            if watched.closed or not response.is_connected():
                return
            now = await self.tokens.authenticate(text)
            if now is None:
                return
            found = await self.summaries.summary(now.actor)
            if found.version != version:
                version = found.version
                await _send(response, version, found.body)


async def _send(response: EventSourceResponse, version: int, body: object) -> None:
    await response.send(json.dumps(body), id=str(version), event=EVENT, retry=COME_BACK)


def _seen(last_event_id: str | None) -> int | None:
    """The version a reader has seen before it lost us; anything else is as good as none."""
    given = last_event_id or ""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None  # noqa: PLR2004 - as long as our numbers get
