"""/act/{token} and the way back from Slack's sign-in: HTTP in, one verb, a page out.

GET and HEAD only look: mail scanners open every link. POST acts, for the link's own person on a
device of theirs, with the token its form was given.
"""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web

from blocks.approval_page import act_page
from handlers.forms import form_of, same_site
from handlers.letter_pages import LetterDoor
from handlers.pages import guard, keep_cookie
from services.approvals.link_pages import ActForm, ActService
from services.devices import LASTS, SIGN_IN_LASTS, STATE_PREFIX
from services.letters.sign_in import BegunAtSlack, SignedInHere, device_cookie
from services.metrics import ACT_PAGES
from services.types.approval_mails import ActPage, PageState

log = structlog.get_logger(__name__)

SIGN_IN_COOKIE = "understudy_sign_in"
# Which of the mail's two links it was: after signing in, that choice stands in the form.
CHOICE_COOKIE = "understudy_choice"
CHOICES = frozenset({"approve", "reject"})
RETURN_PATH = "/slack/oauth_redirect"
FAILED = "Something went wrong on my side. Nothing was decided; try again, or decide in Slack."
UNKNOWN_RETURN = "I don't know this sign-in. Open the link in your mail again."

Returned = Callable[[web.Request], Awaitable[web.StreamResponse]]


def acting_routes(
    acts: ActService, *, secure: bool, letters: LetterDoor | None = None
) -> list[web.AbstractRouteDef]:
    """The routes of acting from a mail. `secure`: cookies travel over https only; `letters` serves
    the links that aren't about approvals."""
    door = ActDoor(acts, secure=secure, letters=letters)
    return [
        web.get("/act/{token}", door.look),
        web.post("/act/{token}", door.act),
    ]


def return_route(ways: Mapping[str, Returned]) -> web.AbstractRouteDef:
    """GET /slack/oauth_redirect, shared by all that send browsers to Slack: the state's prefix says
    whose it is. What nobody knows is nobody's. HEAD opens nothing: it would use the state up."""

    async def handle(request: web.Request) -> web.StreamResponse:
        state = request.query.get("state", "")
        way = next((ways[prefix] for prefix in ways if state.startswith(prefix)), None)
        if way is None:
            page = ActPage(state=PageState.REFUSED, sentence=UNKNOWN_RETURN)
            return _shown(request, page)
        return await way(request)

    return web.get(RETURN_PATH, handle, allow_head=False)


def sign_in_return(
    acts: ActService, *, secure: bool, letters: LetterDoor | None = None
) -> Mapping[str, Returned]:
    """What comes back to links in mails, for `return_route`."""
    return {STATE_PREFIX: ActDoor(acts, secure=secure, letters=letters).returned}


class ActDoor:
    def __init__(
        self, acts: ActService, *, secure: bool, letters: LetterDoor | None = None
    ) -> None:
        self._acts = acts
        self._secure = secure
        self._letters = letters

    def _of_letters(self, request: web.Request) -> LetterDoor | None:
        """Whose link it is, when it is about no approval."""
        token = request.match_info["token"]
        return self._letters if self._letters and self._letters.knows(token) else None

    async def look(self, request: web.Request) -> web.StreamResponse:
        """GET and HEAD: show, change nothing."""
        letters = self._of_letters(request)
        if letters is not None:
            return await letters.look(request)
        token, choice = request.match_info["token"], request.query.get("choice", "")
        return await self._page(request, self._acts.look(token, request.cookies, choice))

    async def act(self, request: web.Request) -> web.StreamResponse:
        """POST: begin signing in, or decide."""
        letters = self._of_letters(request)
        if letters is not None:
            return await letters.act(request, self._keep_sign_in)
        form = await form_of(request)
        if form is None or not same_site(request):
            return _shown(request, ActPage(state=PageState.REFUSED, sentence=FAILED))
        token = request.match_info["token"]
        if form.get("do") == "sign_in":
            return await self._sign_in(request, token)
        sent = ActForm(
            csrf=form.get("csrf", ""),
            choice=form.get("choice", ""),
            preset=form.get("preset", ""),
            reason=form.get("reason", ""),
            conditions=form.get("conditions", ""),
        )
        return await self._page(request, self._acts.decide(token, request.cookies, sent))

    async def _sign_in(self, request: web.Request, token: str) -> web.StreamResponse:
        begun = await self._acts.begin(token, request.cookies)
        if not isinstance(begun, BegunAtSlack):
            return _shown(request, begun)
        # A page that leads on, not a redirect: a form's policy would follow redirects to Slack and
        # to wherever a company signs its people in.
        page = ActPage(state=PageState.SIGN_IN)
        response = _shown(request, page, onward=begun.url)
        self._keep_sign_in(request, response, begun)
        return response

    def _keep_sign_in(
        self, request: web.Request, response: web.StreamResponse, begun: BegunAtSlack
    ) -> None:
        self._keep(response, SIGN_IN_COOKIE, begun.cookie, RETURN_PATH, SIGN_IN_LASTS.seconds)
        choice = request.query.get("choice", "")
        if choice in CHOICES:
            self._keep(response, CHOICE_COOKIE, choice, RETURN_PATH, SIGN_IN_LASTS.seconds)

    async def returned(self, request: web.Request) -> web.StreamResponse:
        """Back from Slack, with a code or without."""
        others = (self._letters.pages.owner,) if self._letters else ()
        done = await self._acts.sign_in.finish(
            owners=(self._acts.owner, *others),
            state=request.query.get("state", ""),
            code=request.query.get("code", ""),
            cookie=request.cookies.get(SIGN_IN_COOKIE),
        )
        response: web.Response
        if isinstance(done, SignedInHere):
            choice = request.cookies.get(CHOICE_COOKIE, "")
            chosen = f"?choice={choice}" if choice in CHOICES else ""
            response = web.Response(status=303, headers={"Location": f"/act/{done.link}{chosen}"})
            guard(response)
            name, days = device_cookie(done.tenant_id), LASTS.days
            self._keep(response, name, done.cookie, "/act", days * 24 * 3600)
        else:
            response = _shown(request, done)
        response.del_cookie(SIGN_IN_COOKIE, path=RETURN_PATH)
        response.del_cookie(CHOICE_COOKIE, path=RETURN_PATH)
        return response

    async def _page(self, request: web.Request, work: Awaitable[ActPage]) -> web.StreamResponse:
        try:
            page = await work
        except Exception:
            # The person always gets a page; whoever runs this sees the fault.
            log.exception("act_failed")
            page = ActPage(state=PageState.TROUBLE, sentence=FAILED)
        return _shown(request, page)

    def _keep(
        self, response: web.StreamResponse, name: str, value: str, path: str, age: int
    ) -> None:
        keep_cookie(response, name, value, path=path, age=age, secure=self._secure)


def _shown(request: web.Request, page: ActPage, *, onward: str | None = None) -> web.Response:
    ACT_PAGES.labels(request.method, page.state.value).inc()
    html = act_page(page, onward=onward)
    response = web.Response(text=html, content_type="text/html", status=page.state.status.value)
    guard(response)
    return response
