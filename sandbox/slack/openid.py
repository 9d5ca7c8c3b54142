"""Sign in with Slack: the page where a person says who they are, and the two calls behind it."""

import base64
import hashlib
import hmac
import html
import json
import secrets
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from sandbox.slack.arguments import need
from sandbox.slack.core import SLACK, Core
from sandbox.slack.model import ApiError, Json, User
from sandbox.slack.sign_ins import Code

CODE_SECONDS = 600.0
TOKEN_SECONDS = 300
PEOPLE = "https://slack.com/"
# The only app of this workspace; any id is its id, a wrong secret is a wrong secret.
CLIENT_SECRET = "sandbox-client-secret"
STYLE = """<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 22rem; margin: 3rem auto; padding: 0 1rem; }
button { font: inherit; width: 100%; padding: .5rem; border: 1px solid #ccc; border-radius: .5rem;
         background: #fff; cursor: pointer; }
p { margin: .5rem 0; }
</style>"""


def _asked(request: web.Request) -> dict[str, str]:
    """The request's parameters, or a page that says what is wrong, as Slack shows one."""
    given = dict(request.query)
    scopes = set(given.get("scope", "").replace(",", " ").split())
    if given.get("response_type") != "code":
        raise web.HTTPBadRequest(text="invalid_response_type")
    if not given.get("client_id"):
        raise web.HTTPBadRequest(text="invalid_client_id")
    if "openid" not in scopes or not scopes <= {"openid", "profile", "email"}:
        raise web.HTTPBadRequest(text="invalid_scope")
    if urlsplit(given.get("redirect_uri", "")).scheme not in {"http", "https"}:
        raise web.HTTPBadRequest(text="bad_redirect_uri")
    return given


def _core(request: web.Request, given: dict[str, str]) -> Core:
    """The workspace to sign in to: the one named, else the one of whoever signs in unasked."""
    lead = request.app[SLACK]
    return lead.teams.get(given.get("team", "")) or lead.home_of(lead.sign_ins.automatic) or lead


async def authorize(request: web.Request) -> web.StreamResponse:
    """GET: who are you? In automatic mode nobody is asked."""
    given = _asked(request)
    core = _core(request, given)
    if core.sign_ins.automatic:
        return _back(core, given, core.sign_ins.automatic)
    people = [u for u in core.workspace.users.values() if not u.is_bot and not u.deleted]
    buttons = "".join(_button(person) for person in people)
    return web.Response(
        content_type="text/html",
        text=f"<!doctype html><html lang='en'><title>Sign in with Slack</title>"
        f"<meta name='viewport' content='width=device-width'>{STYLE}"
        f"<h1>Sign in to {html.escape(core.workspace.team.name)}</h1>"
        f"<form method='post'>{buttons}<button name='user' value=''>Cancel</button></form>",
    )


def _button(person: User) -> str:
    name = html.escape(person.real_name)
    return f"<p><button name='user' value='{html.escape(person.id)}'>{name}</button></p>"


async def choose(request: web.Request) -> web.StreamResponse:
    """POST: the person has chosen; nobody means that they declined."""
    given = _asked(request)
    core = _core(request, given)
    form = await request.post()
    return _back(core, given, str(form.get("user") or ""))


def _back(core: Core, given: dict[str, str], user: str) -> web.Response:
    """To the app, with a code or with the refusal."""
    answer = {"state": given.get("state", "")}
    if user in core.workspace.users:
        code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(24)}"
        core.sign_ins.codes[code] = Code(
            user=user,
            client_id=given["client_id"],
            redirect_uri=given["redirect_uri"],
            nonce=given.get("nonce", ""),
            born=core.clock.now(),
        )
        answer["code"] = code
    else:
        answer["error"] = "access_denied"
    joint = "&" if urlsplit(given["redirect_uri"]).query else "?"
    return web.Response(
        status=302, headers={"Location": f"{given['redirect_uri']}{joint}{urlencode(answer)}"}
    )


async def token(core: Core, given: Json) -> Json:
    """openid.connect.token"""
    if given.get("client_secret") != CLIENT_SECRET:
        raise ApiError("bad_client_secret")
    code = core.sign_ins.codes.get(need(given, "code"))
    if code is None or code.client_id != given.get("client_id"):
        raise ApiError("invalid_code")
    if code.used:
        raise ApiError("code_already_used")
    if core.clock.now() - code.born > CODE_SECONDS:
        raise ApiError("code_expired")
    if code.redirect_uri != given.get("redirect_uri"):
        raise ApiError("bad_redirect_uri")
    code.used = True
    access = f"xoxp-sandbox-{secrets.token_hex(16)}"
    core.sign_ins.tokens[access] = code.user
    return {"access_token": access, "token_type": "Bearer", "id_token": _id_token(core, code)}


def _id_token(core: Core, code: Code) -> str:
    now = int(core.clock.now())
    claims: Json = {
        "iss": "https://slack.com",
        "aud": code.client_id,
        "exp": now + TOKEN_SECONDS,
        "iat": now,
        "auth_time": now,
        "nonce": code.nonce,
        **_whose(core, code.user),
    }
    head = _part({"alg": "HS256", "typ": "JWT", "kid": "sandbox"})
    body = f"{head}.{_part(claims)}"
    signature = hmac.digest(CLIENT_SECRET.encode(), body.encode(), hashlib.sha256)
    return f"{body}.{_base64(signature)}"


def _part(value: Json) -> str:
    return _base64(json.dumps(value).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _whose(lead: Core, user: str) -> Json:
    core = lead.home_of(user) or lead
    return _person(core, core.workspace.user(user))


def _person(core: Core, person: User) -> Json:
    first, _, last = person.real_name.partition(" ")
    return {
        "sub": person.id,
        f"{PEOPLE}user_id": person.id,
        f"{PEOPLE}team_id": "T0ELSEWHERE" if person.is_stranger else core.workspace.team.id,
        "email": person.email,
        "email_verified": bool(person.email),
        "name": person.real_name,
        "given_name": first,
        "family_name": last,
        "locale": "en-US",
    }


async def user_info(core: Core, given: Json) -> Json:
    """openid.connect.userInfo"""
    user = core.sign_ins.tokens.get(str(given.get("token") or ""))
    if user is None:
        raise ApiError("invalid_auth")
    team = (core.home_of(user) or core).workspace.team
    person = _whose(core, user)
    return {**person, f"{PEOPLE}team_name": team.name, f"{PEOPLE}team_domain": team.domain}


METHODS = {"openid.connect.token": token, "openid.connect.userInfo": user_info}


async def automatic(request: web.Request) -> web.Response:
    """POST /control/slack/sign_in {user}: from now on this person signs in without being asked;
    an empty one asks again."""
    body: Json = await request.json()
    request.app[SLACK].sign_ins.automatic = str(body.get("user") or "")
    return web.json_response({"ok": True})
