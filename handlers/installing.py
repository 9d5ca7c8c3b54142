"""/slack/install and the way back from it: HTTP in, one verb, a page out."""

from collections.abc import Awaitable, Mapping
from typing import TypeVar

import structlog
from aiohttp import web

from blocks.install_page import install_page
from handlers.acting import RETURN_PATH, Returned
from handlers.pages import guard, keep_cookie
from services.installs import LASTS, STATE_PREFIX, InstallBegun, InstallService, cookie_name
from services.installs import Returned as ComeBack
from services.metrics import INSTALL_PAGES
from services.types.installs import InstallPage, InstallStep

log = structlog.get_logger(__name__)

INSTALL_PATH = "/slack/install"
FAILED = "Something went wrong on my side."
Found = TypeVar("Found")


def install_routes(installs: InstallService, *, secure: bool) -> list[web.AbstractRouteDef]:
    """The page an install begins on. `secure`: cookies travel over https only."""
    return [web.get(INSTALL_PATH, InstallDoor(installs, secure=secure).offer, allow_head=False)]


def install_return(installs: InstallService, *, secure: bool) -> Mapping[str, Returned]:
    """What comes back from installing, for `return_route`."""
    return {STATE_PREFIX: InstallDoor(installs, secure=secure).returned}


class InstallDoor:
    def __init__(self, installs: InstallService, *, secure: bool) -> None:
        self._installs = installs
        self._secure = secure

    async def offer(self, request: web.Request) -> web.StreamResponse:
        """The page with the button; each carries a state of its own."""
        begun = await _shielded(self._installs.begin(request.query.get("team", "")))
        if not isinstance(begun, InstallBegun):
            return _shown(begun)
        response = _shown(begun.page)
        keep_cookie(
            response,
            begun.cookie_name,
            begun.cookie,
            path=RETURN_PATH,
            age=int(LASTS.total_seconds()),
            secure=self._secure,
        )
        return response

    async def returned(self, request: web.Request) -> web.StreamResponse:
        """Back from Slack, with a code or without."""
        query = request.query
        state = query.get("state", "")
        page = await _shielded(
            self._installs.finish(
                ComeBack(
                    state=state,
                    code=query.get("code", ""),
                    error=query.get("error", ""),
                    cookies=request.cookies,
                )
            )
        )
        response = _shown(page)
        if cookie_name(state) in request.cookies:
            response.del_cookie(cookie_name(state), path=RETURN_PATH)
        return response


async def _shielded(work: Awaitable[Found]) -> Found | InstallPage:
    """The person always gets a page; whoever runs this sees the fault."""
    try:
        return await work
    except Exception:
        log.exception("install_failed")
        return InstallPage(step=InstallStep.TROUBLE, sentence=FAILED)


def _shown(page: InstallPage) -> web.Response:
    INSTALL_PAGES.labels(page.step.value).inc()
    response = web.Response(
        text=install_page(page), content_type="text/html", status=page.step.status.value
    )
    guard(response)
    return response
