"""What is done around every HTTP request: a number to find it by, a span, a count, one line."""

import secrets
import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import hdrs, web

from db.tracing import span
from services.metrics import HTTP_REQUESTS, HTTP_SECONDS

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HEADER = "X-Request-Id"
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS = frozenset(hdrs.METH_ALL)


def route_of(request: web.Request) -> str:
    """As it is registered: no client makes up names for the metrics."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"


@web.middleware
async def watched(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Probes pass unseen: they come every few seconds and say nothing."""
    route = route_of(request)
    if route in PROBES:
        return await handler(request)
    method = request.method if request.method in METHODS else "other"
    number = secrets.token_hex(6)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=number)
    began, status = time.perf_counter(), 500
    try:
        with span(f"{method} {route}", kind="server", request_id=number):
            try:
                response = await handler(request)
            except web.HTTPException as raised:
                status = raised.status
                raised.headers[HEADER] = number
                raise
        status = response.status
        if not response.prepared:
            response.headers[HEADER] = number
        return response
    finally:
        took = time.perf_counter() - began
        HTTP_REQUESTS.labels(route, method, f"{status // 100}xx").inc()
        HTTP_SECONDS.labels(route).observe(took)
        log.info("request", route=route, method=method, status=status, ms=round(took * 1000, 1))
