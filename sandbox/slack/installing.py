"""Installing the app (OAuth v2): the page where a person allows it, and the calls behind it."""

import base64
import binascii
import html
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from sandbox.context import SETTINGS
from sandbox.slack import driver
from sandbox.slack.arguments import need
from sandbox.slack.core import SLACK, Core
from sandbox.slack.grants import Refresh, Token
from sandbox.slack.model import ApiError, Json, User
from sandbox.slack.openid import CLIENT_SECRET

ENTERPRISE = {"id": "E0SANDBOX", "name": "Sandbox Group"}
ORG = "*"
STATES = ("token_revoked", "token_expired", "invalid_auth", "account_inactive")
STYLE = """<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 30rem; margin: 3rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
fieldset { border: 1px solid #8884; border-radius: .5rem; margin: 1rem 0; padding: .5rem 1rem; }
label { display: block; padding: .15rem 0; }
button { font: inherit; padding: .5rem 1.25rem; border: 1px solid #8888; border-radius: .5rem;
         cursor: pointer; margin-right: .5rem; }
button[value=allow] { background: #1f6f4a; border-color: #1f6f4a; color: #fff; }
</style>"""


def _asked(request: web.Request) -> dict[str, str]:
    """The request's parameters, or a page that says what is wrong, as Slack shows one."""
    given = dict(request.query)
    settings = request.app[SETTINGS]
    given.setdefault("redirect_uri", settings.bot_url.rstrip("/") + "/slack/oauth_redirect")
    if not given.get("client_id"):
        raise web.HTTPBadRequest(text="invalid_client_id")
    if not given.get("scope") and not given.get("user_scope"):
        raise web.HTTPBadRequest(text="invalid_scope: no scopes requested")
    if urlsplit(given["redirect_uri"]).scheme not in {"http", "https"}:
        raise web.HTTPBadRequest(text="bad_redirect_uri")
    return given


def _scopes(given: dict[str, str]) -> list[str]:
    return [scope for scope in given.get("scope", "").replace(" ", ",").split(",") if scope]


def _people(core: Core) -> list[User]:
    """Guests and strangers can't install apps."""
    return [
        user
        for user in core.workspace.users.values()
        if not (user.is_bot or user.deleted or user.is_restricted or user.is_stranger)
    ]


async def authorize(request: web.Request) -> web.StreamResponse:
    """GET /oauth/v2/authorize: which workspace, who are you, may it?"""
    lead, given = request.app[SLACK], _asked(request)
    wanted = given.get("team", "")
    cores = [lead.teams[wanted]] if wanted in lead.teams else list(lead.teams.values())
    choices = "".join(_choice(core) for core in cores)
    scopes = ", ".join(html.escape(scope) for scope in _scopes(given))
    return web.Response(
        content_type="text/html",
        text=f"<!doctype html><html lang='en'><title>Allow Understudy?</title>"
        f"<meta name='viewport' content='width=device-width'>{STYLE}"
        f"<h1>Understudy wants to be installed</h1><p>It asks for: {scopes}</p>"
        f"<form method='post'>{choices}"
        f"<label><input type='checkbox' name='org' value='1'> for the whole organisation</label>"
        f"<p><button name='do' value='allow'>Allow</button>"
        f"<button name='do' value='cancel'>Cancel</button></p></form>",
    )


def _choice(core: Core) -> str:
    team = core.workspace.team
    rows = "".join(
        f"<label><input type='radio' name='who' value='{team.id}/{html.escape(user.id)}'> "
        f"{html.escape(user.real_name)}{' (admin)' if user.is_admin else ''}</label>"
        for user in _people(core)
    )
    return f"<fieldset><legend>{html.escape(team.name)}, as</legend>{rows}</fieldset>"


async def decide(request: web.Request) -> web.StreamResponse:
    """POST: allowed or not. Back to the app, with a code or with the refusal."""
    lead, given = request.app[SLACK], _asked(request)
    form = await request.post()
    team, _, user = str(form.get("who") or "").partition("/")
    answer = {"state": given["state"]} if "state" in given else {}
    core = lead.teams.get(team)
    allowed = core is not None and user in {person.id for person in _people(core)}
    if form.get("do") == "cancel" or not allowed:
        answer["error"] = "access_denied"
    else:
        answer["code"] = lead.grants.code(
            team=team,
            user=user,
            client_id=given["client_id"],
            redirect_uri=given["redirect_uri"],
            scopes=[s for s in _scopes(given) if s not in lead.grants.leave_out],
            org_wide=bool(form.get("org")),
        )
    joint = "&" if urlsplit(given["redirect_uri"]).query else "?"
    return web.Response(
        status=302, headers={"Location": f"{given['redirect_uri']}{joint}{urlencode(answer)}"}
    )


async def app_redirect(request: web.Request) -> web.StreamResponse:
    """GET /app_redirect: the app's Home in that workspace, as whoever installed it last."""
    team, grants = request.query.get("team", ""), request.app[SLACK].grants
    users = [code.user for code in grants.codes.values() if code.used and code.team == team]
    me = {"me": users[-1]} if users else {}
    place = urlencode({"team": team, "tab": "home", **me})
    return web.Response(status=302, headers={"Location": f"/?{place}"})


def basic(request: web.Request, given: Json) -> None:
    """The client's id and secret, from where Slack would rather have them."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return
    given.update({"client_id": name, "client_secret": secret})


def _client(given: Json) -> str:
    if not given.get("client_id"):
        raise ApiError("invalid_client_id")
    if given.get("client_secret") != CLIENT_SECRET:
        raise ApiError("bad_client_secret")
    return str(given["client_id"])


async def access(core: Core, given: Json) -> Json:
    """oauth.v2.access"""
    client_id = _client(given)
    kind = given.get("grant_type") or "authorization_code"
    if kind == "refresh_token":
        token, refresh = core.grants.renew(need(given, "refresh_token"))
        return _answer(core, core.teams[token.team], token, refresh)
    if kind != "authorization_code":
        raise ApiError("invalid_grant_type")
    code = core.grants.redeem(
        str(given.get("code") or ""), client_id=client_id, redirect_uri=given.get("redirect_uri")
    )
    person: Json = {"authed_user": {"id": code.user}}
    if code.org_wide:
        token, refreshes = core.grants.give("", code.scopes)
        return {**_answer(core, None, token, refreshes), **person}
    team = core.teams[code.team]
    fresh = not team.installed
    token, refreshes = core.grants.give(code.team, code.scopes)
    if fresh:
        team.changed("installed")
    return {**_answer(core, team, token, refreshes), **person}


def _answer(lead: Core, core: Core | None, token: Token, refresh: Refresh | None) -> Json:
    bot = (core or lead).workspace.bot
    rotating: Json = (
        {"expires_in": lead.grants.lasts, "refresh_token": refresh.value} if refresh else {}
    )
    team = core.workspace.team if core else None
    return {
        "app_id": bot.app_id,
        "scope": ",".join(token.scopes),
        "token_type": "bot",
        "access_token": token.value,
        "bot_user_id": bot.user_id,
        "team": {"id": team.id, "name": team.name} if team else None,
        "enterprise": None if team else ENTERPRISE,
        "is_enterprise_install": team is None,
        **rotating,
    }


async def revoke(core: Core, given: Json) -> Json:
    """auth.revoke: the token that was sent. `test` only asks."""
    if str(given.get("test") or "") in {"1", "true"}:
        return {"revoked": False}
    token = core.grants.tokens[str(given["token"])]
    token.state = "token_revoked"
    if token.team:
        core.emit(
            {"type": "tokens_revoked", "tokens": {"bot": [core.workspace.bot.user_id]}}, anyway=True
        )
    return {"revoked": True}


async def uninstall(core: Core, given: Json) -> Json:
    """apps.uninstall: every token of the workspace."""
    _client(given)
    take_away(core)
    return {}


def take_away(core: Core) -> None:
    """Somebody removes the app: its tokens are worth nothing, and it is told so."""
    core.grants.end(core.workspace.team.id, "account_inactive")
    bot = core.workspace.bot.user_id
    core.emit({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot]}}, anyway=True)
    core.emit({"type": "app_uninstalled"}, anyway=True)
    core.changed("uninstalled")


METHODS = {"oauth.v2.access": access}
OF_A_TOKEN = {"auth.revoke": revoke, "apps.uninstall": uninstall}


async def set_oauth(request: web.Request) -> web.Response:
    """POST /control/slack/oauth {rotation, lasts, strict, leave_out}: how installs go on."""
    core, body = await driver.body_of(request)
    grants = core.grants
    grants.rotation = bool(body.get("rotation", grants.rotation))
    grants.lasts = int(body.get("lasts", grants.lasts))
    grants.strict = bool(body.get("strict", grants.strict))
    grants.leave_out = [str(scope) for scope in body.get("leave_out", grants.leave_out)]
    return web.json_response({"ok": True})


async def set_tokens(request: web.Request) -> web.Response:
    """POST /control/slack/tokens {team, state, refreshes, emit}: the workspace's tokens meet this
    error from now on; with `emit` the app is told. `state: "uninstalled"` removes it."""
    core, body = await driver.body_of(request)
    state = str(body.get("state") or "token_revoked")
    if state == "uninstalled":
        take_away(core)
        return web.json_response({"ok": True})
    if state not in STATES:
        driver.bad(f"state must be uninstalled or one of {', '.join(STATES)}")
    refreshes = bool(body.get("refreshes", state != "token_expired"))
    core.grants.end(core.workspace.team.id, state, refreshes=refreshes)
    if body.get("emit"):
        bot = core.workspace.bot.user_id
        core.emit({"type": "tokens_revoked", "tokens": {"bot": [bot]}}, anyway=True)
    return web.json_response({"ok": True})


async def list_tokens(request: web.Request) -> web.Response:
    """GET /control/slack/tokens: each token of a workspace and how it stands, oldest first."""
    core = request.app[SLACK]
    wanted = request.query.get("team")
    shown = [
        {"token": t.value, "team": t.team, "state": t.state, "ends": t.ends, "used": t.used}
        for t in core.grants.tokens.values()
        if wanted in (None, t.team)
    ]
    return web.json_response({"tokens": shown})
