"""Google's side of connecting an account: the consent page, and the endpoints for tokens and
revocation."""

import html
import json
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import web

from sandbox.gmail.auth import CLIENT_ID, GMAIL_SCOPES, OAuthError
from sandbox.gmail.call import Request
from sandbox.gmail.errors import GmailError
from sandbox.gmail.faults import DroppedConnectionError
from sandbox.gmail.model import Json
from sandbox.gmail.service_accounts import JWT_GRANT
from sandbox.gmail.web_tools import WORLD, answer, plain, read_json, read_request
from sandbox.gmail.world import Consent, World

AUTH_PATH = "/o/oauth2/v2/auth"
TOKEN_PATHS = ("/token", "/oauth/token")
REVOKE_PATHS = ("/revoke", "/o/oauth2/revoke")
WORDS = {
    "https://www.googleapis.com/auth/gmail.modify": (
        "Read, compose, and send emails from your Gmail account"
    ),
    "https://mail.google.com/": "Read, compose, send, and permanently delete all your email",
    "https://www.googleapis.com/auth/gmail.readonly": "View your email messages and settings",
}
STYLE = """<style>
:root { color-scheme: light dark; --ground: #f0f4f9; --sheet: #fff; --ink: #1f1f1f; --soft: #444746;
        --line: #c4c7c5; --blue: #0b57d0; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #1e1f20; --sheet: #0e0e0e; --ink: #e3e3e3;
        --soft: #c4c7c5; --line: #444746; --blue: #a8c7fa; --on: #062e6f; } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground);
       color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: min(28rem, 100vw - 2rem); box-sizing: border-box; padding: 2rem;
       background: var(--sheet); border-radius: 1.75rem; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; font-weight: 400; line-height: 1.25; }
p { margin: .5rem 0; color: var(--soft); }
fieldset { margin: 1.25rem 0 0; padding: 0; border: 0; }
legend { padding: 0; color: var(--soft); font-size: .875rem; }
label { display: flex; gap: .75rem; align-items: center; padding: .75rem 0;
        border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
input { width: 1.1rem; height: 1.1rem; flex: none; accent-color: var(--blue); }
.ways { display: flex; justify-content: flex-end; gap: .5rem; margin-top: 1.5rem; }
button { font: inherit; padding: .5rem 1.5rem; border: 0; border-radius: 2rem; cursor: pointer;
         background: none; color: var(--blue); }
button.yes { background: var(--blue); color: var(--on); }
:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
</style>"""


def attach(app: web.Application) -> None:
    app.router.add_get(AUTH_PATH, _ask)
    app.router.add_post(AUTH_PATH, _chosen)
    for path in TOKEN_PATHS:
        app.router.add_post(path, _token)
    for path in REVOKE_PATHS:
        app.router.add_post(path, _revoke)
    app.router.add_post("/control/gmail/consent", plain(_set_consent))
    app.router.add_post("/control/gmail/service-accounts", plain(_add_account))


def _asked(request: web.Request) -> dict[str, str]:
    """The request's parameters; what is wrong with them is a page, never a redirect."""
    given = dict(request.query)
    scopes = given.get("scope", "").split()
    wrong = (
        (given.get("client_id") != CLIENT_ID, "invalid_client", "The OAuth client was not found."),
        (given.get("response_type") != "code", "unsupported_response_type", "Only code is."),
        (not scopes, "invalid_request", "Missing required parameter: scope"),
        (
            urlsplit(given.get("redirect_uri", "")).scheme not in {"http", "https"},
            "redirect_uri_mismatch",
            "The redirect address isn't one of this client's.",
        ),
        (
            given.get("code_challenge_method", "plain") not in {"plain", "S256"},
            "invalid_request",
            "Unsupported code_challenge_method",
        ),
    )
    for holds, code, words in wrong:
        if holds:
            raise web.HTTPBadRequest(
                content_type="text/html",
                text=_page(f"<h1>Access blocked</h1><p>Error 400: {code}</p><p>{words}</p>"),
            )
    return given


async def _ask(request: web.Request) -> web.StreamResponse:
    """Whose account, and may it? Where a test has answered already, nobody is asked."""
    world, given = request.app[WORLD], _asked(request)
    standing = world.consent
    if standing.automatic or standing.deny:
        email = standing.automatic or given.get("login_hint", "")
        granted = [] if standing.untick else given["scope"].split()
        return _back(world, given, "" if standing.deny else email, granted)
    hint = given.get("login_hint", "").lower()
    boxes = world.store.mailboxes.values()
    # Customers sit at other machines.
    people = [box.email for box in boxes if box.kind != "customer" or box.email == hint]
    people.sort(key=lambda email: (email != hint, email))
    accounts = "".join(_account(email, chosen=n == 0) for n, email in enumerate(people))
    scopes = "".join(_scope(scope) for scope in given["scope"].split())
    return web.Response(
        content_type="text/html",
        text=_page(
            "<h1>Understudy wants access to your Google Account</h1>"
            "<p>This is the sandbox's Google; nothing leaves this machine.</p><form method='post'>"
            f"<fieldset><legend>Choose an account</legend>{accounts}</fieldset>"
            f"<fieldset><legend>Select what Understudy can access</legend>{scopes}</fieldset>"
            "<div class='ways'><button name='do' value='deny'>Cancel</button>"
            "<button class='yes' name='do' value='allow'>Continue</button></div></form>"
        ),
    )


def _account(email: str, *, chosen: bool) -> str:
    mark = " checked" if chosen else ""
    name = html.escape(email)
    return f"<label><input type='radio' name='account' value='{name}'{mark}>{name}</label>"


def _scope(scope: str) -> str:
    words = html.escape(WORDS.get(scope, scope))
    name = html.escape(scope)
    return f"<label><input type='checkbox' name='scope' value='{name}' checked>{words}</label>"


async def _chosen(request: web.Request) -> web.StreamResponse:
    world, given = request.app[WORLD], _asked(request)
    form = await request.post()
    email = str(form.get("account") or "") if form.get("do") == "allow" else ""
    ticked = [str(scope) for scope in form.getall("scope", [])]
    return _back(world, given, email, [s for s in given["scope"].split() if s in ticked])


def _back(world: World, given: dict[str, str], email: str, granted: list[str]) -> web.Response:
    """To the app, with a code or with the refusal. Nothing ticked is a refusal only where nothing
    is left: a sign-in goes on with what was granted."""
    parameters: dict[str, str] = {}
    if "state" in given:
        parameters["state"] = given["state"]
    if email.lower() in world.store.mailboxes:
        scopes = tuple(granted)
        parameters["code"] = world.tokens.code_for(email.lower(), given, scopes)
        parameters["scope"] = " ".join(scopes)
    else:
        parameters["error"] = "access_denied"
    joint = "&" if "?" in given["redirect_uri"] else "?"
    location = f"{given['redirect_uri']}{joint}{urlencode(parameters)}"
    return web.Response(status=302, headers={"Location": location})


def _page(inner: str) -> str:
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>Sign in with Google</title>{STYLE}</head><body><main>{inner}</main></body></html>"
    )


async def _token(request: web.Request) -> web.Response:
    """Google's token endpoint; its errors have their own shape."""
    world = request.app[WORLD]
    form = _form(await read_request(request))

    def work(kind: str) -> Json:
        if form.get("grant_type") == JWT_GRANT:
            origin = f"{request.scheme}://{request.host}"
            uris = frozenset(origin + path for path in TOKEN_PATHS)
            users = frozenset(world.store.mailboxes)
            held = world.service_accounts.grant(form.get("assertion", ""), uris, users)
            return world.tokens.issue(held)
        return world.tokens.exchange(form, refuse=kind == "invalid_grant")

    return await _noted(request, "token", work)


async def _revoke(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    form = _form(await read_request(request))
    token = form.get("token") or request.query.get("token", "")

    def work(_kind: str) -> Json:
        world.tokens.revoke_token(token)
        return {}

    return await _noted(request, "revoke", work)


async def _noted(request: web.Request, op: str, work: Callable[[str], Json]) -> web.Response:
    """Do it as the planned fault lets it be done, and write the call down."""
    world = request.app[WORLD]
    kind = world.faults.take(op, "")
    note: Json = {
        "op": op,
        "mailbox": "",
        "method": "POST",
        "path": request.path,
        "status": 0,
        "fault": kind,
        "time_ms": world.clock.ms(),
    }
    world.faults.calls.append(note)
    try:
        if kind != "invalid_grant":
            await world.faults.before(kind)
        body, status = work(kind), 200
        world.faults.after(kind)
    except OAuthError as error:
        body, status = error.body(), error.status
    except GmailError as error:
        body, status = error.body(), error.code
    except DroppedConnectionError:
        return hang_up(request)
    note["status"] = status
    return answer(body, status=status)


def hang_up(request: web.Request) -> web.Response:
    """The connection ends without a byte of an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _form(request: Request) -> dict[str, str]:
    text = request.body.decode("utf-8", "replace")
    if "json" in request.headers.get("Content-Type", ""):
        try:
            value = json.loads(text)
        except ValueError:
            return {}
        return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}
    return dict(parse_qsl(text))


async def _set_consent(request: web.Request) -> web.Response:
    """{automatic?: address, deny?, untick?}: nobody sees the page any more; {} shows it again."""
    body = await read_json(request)
    request.app[WORLD].consent = Consent(
        automatic=str(body.get("automatic", "")).lower(),
        deny=bool(body.get("deny")),
        untick=bool(body.get("untick")),
    )
    return answer({"ok": True})


async def _add_account(request: web.Request) -> web.Response:
    """{name?, scopes?}: a key file; {email, scopes}: what the Admin console lets it do now."""
    world, body = request.app[WORLD], await read_json(request)
    scopes = [str(scope) for scope in body.get("scopes", sorted(GMAIL_SCOPES))]
    if "email" in body:
        world.service_accounts.allow(str(body["email"]), scopes)
        return answer({"scopes": scopes})
    uri = f"{request.scheme}://{request.host}{TOKEN_PATHS[0]}"
    return answer(world.service_accounts.add(str(body.get("name", "mail")), scopes, uri))
