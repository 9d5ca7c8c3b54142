"""/gmail/connect and the way back from Google: HTTP in, one verb, a page out."""

from collections.abc import Awaitable
from typing import TypeVar

import structlog
from aiohttp import web

from blocks.connect_page import connect_page
from handlers.pages import guard, keep_cookie
from services.mailbox_connect import (
    ATTEMPT_LASTS,
    CONNECT_PATH,
    FAILED,
    NOTHING_STORED,
    BegunAtGoogle,
    MailboxConnectService,
)
from services.metrics import CONNECT_PAGES
from services.types.mailbox_connect import ConnectPage, ConnectState

log = structlog.get_logger(__name__)

RETURN_PATH = "/gmail/oauth_redirect"
COOKIE = "understudy_gmail"
COOKIE_PATH = "/gmail"
Found = TypeVar("Found")


def connect_routes(
    connecting: MailboxConnectService, *, secure: bool
) -> list[web.AbstractRouteDef]:
    """Both doors. HEAD opens neither: link scanners begin nothing. `secure`: cookies travel over
    https only."""
    door = ConnectDoor(connecting, secure=secure)
    return [
        web.get(CONNECT_PATH, door.begin, allow_head=False),
        web.get(RETURN_PATH, door.returned, allow_head=False),
    ]


class ConnectDoor:
    def __init__(self, connecting: MailboxConnectService, *, secure: bool) -> None:
        self._connecting = connecting
        self._secure = secure

    async def begin(self, request: web.Request) -> web.StreamResponse:
        """From Home to Google."""
        link, kept = request.query.get("link", ""), request.cookies.get(COOKIE)
        begun = await _shielded(self._connecting.begin(link, kept))
        if not isinstance(begun, BegunAtGoogle):
            return _shown(begun)
        response = web.Response(status=302, headers={"Location": begun.url})
        guard(response)
        keep_cookie(
            response,
            COOKIE,
            begun.browser,
            path=COOKIE_PATH,
            age=int(ATTEMPT_LASTS.total_seconds()),
            secure=self._secure,
        )
        return response

    async def returned(self, request: web.Request) -> web.StreamResponse:
        """Back from Google, with a code or without."""
        query = request.query
        page = await _shielded(
            self._connecting.finish(
                state=query.get("state", ""),
                code=query.get("code", ""),
                error=query.get("error", ""),
                browser=request.cookies.get(COOKIE),
            )
        )
        return _shown(page)


async def _shielded(work: Awaitable[Found]) -> Found | ConnectPage:
    """The person always gets a page; whoever runs this sees the fault."""
    try:
        return await work
    except Exception:
        log.exception("connect_failed")
        return ConnectPage(state=ConnectState.TROUBLE, sentences=(FAILED, NOTHING_STORED))


def _shown(page: ConnectPage) -> web.Response:
    CONNECT_PAGES.labels(page.state.value).inc()
    response = web.Response(
        text=connect_page(page), content_type="text/html", status=page.state.status.value
    )
    guard(response)
    return response
