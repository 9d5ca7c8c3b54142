"""/act/{token} for links to drafts, and for those that end a kind of mail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from blocks.draft_page import draft_page, end_page
from handlers.forms import LARGEST, form_of, same_site
from handlers.pages import guard
from services.letters.draft_pages import DraftForm, DraftPages
from services.letters.endings import EndService
from services.letters.sign_in import BegunAtSlack
from services.types.approval_mails import PageState
from services.types.letters import DraftPage, EndPage

log = structlog.get_logger(__name__)

ONE_CLICK = ("List-Unsubscribe", "One-Click")
FAILED = "Something went wrong on my side. Nothing was decided; try again, or decide in Slack."

KeepSignIn = Callable[[web.Request, web.StreamResponse, BegunAtSlack], None]
"""Leaves in the browser what the way back from Slack needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDoor:
    """GET and HEAD show, POST acts."""

    pages: DraftPages
    endings: EndService

    def knows(self, token: str) -> bool:
        return self.pages.knows(token) or self.endings.read(token) is not None

    async def look(self, request: web.Request) -> web.StreamResponse:
        token = request.match_info["token"]
        if self.endings.read(token) is not None:
            return _ending(await self.endings.look(token))
        return await _page(self.pages.look(token, request.cookies))

    async def act(self, request: web.Request, keep: KeepSignIn) -> web.StreamResponse:
        token = request.match_info["token"]
        if self.endings.read(token) is not None:
            return await self._end(request, token)
        form = await form_of(request)
        if form is None or not same_site(request):
            return _shown(DraftPage(state=PageState.REFUSED, sentence=FAILED))
        if form.get("do") == "sign_in":
            begun = await self.pages.begin(token, request.cookies)
            if not isinstance(begun, BegunAtSlack):
                return _shown(begun)
            response = _shown(DraftPage(state=PageState.SIGN_IN), onward=begun.url)
            keep(request, response, begun)
            return response
        sent = DraftForm(
            csrf=form.get("csrf", ""),
            choice=form.get("choice", ""),
            reason=form.get("reason", ""),
        )
        return await _page(self.pages.decide(token, request.cookies, sent))

    async def _end(self, request: web.Request, token: str) -> web.StreamResponse:
        """RFC 8058: the body is `List-Unsubscribe=One-Click`, as a form of either encoding. Our own
        page's button sends the same."""
        if (request.content_length or 0) > LARGEST:
            return _ending(EndPage(known=True, failed=True))
        try:
            fields: Any = await request.post()
        except (ValueError, LookupError, AssertionError, web.HTTPRequestEntityTooLarge):
            fields = {}
        name, value = ONE_CLICK
        if fields.get(name) != value:
            return _ending(await self.endings.look(token))
        return _ending(await self.endings.end(token))


async def _page(work: Awaitable[DraftPage]) -> web.StreamResponse:
    try:
        page = await work
    except Exception:
        # The person always gets a page; whoever runs this sees the fault.
        log.exception("draft_page_failed")
        page = DraftPage(state=PageState.TROUBLE, sentence=FAILED)
    return _shown(page)


def _shown(page: DraftPage, *, onward: str | None = None) -> web.Response:
    return _guarded(draft_page(page, onward=onward), page.state.status.value)


def _ending(page: EndPage) -> web.Response:
    status = 400 if page.failed else 200 if page.known else 404
    return _guarded(end_page(page), status)


def _guarded(html: str, status: int) -> web.Response:
    response = web.Response(text=html, content_type="text/html", status=status)
    guard(response)
    return response
