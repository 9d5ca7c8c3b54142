"""The Web API under /api/{method}: arguments, token, faults, record, answer."""

import asyncio
from typing import Any

from aiohttp import web

from sandbox.slack import (
    api_chat,
    api_directory,
    api_views,
    arguments,
    files,
    installing,
    openid,
    streaming,
    uploads,
)
from sandbox.slack.core import SLACK, Core
from sandbox.slack.faults import Fault
from sandbox.slack.grants import Token
from sandbox.slack.kit.payloads import message_problems, view_problems
from sandbox.slack.model import ApiError, Json

_HANG_SECONDS = 120.0
_OPEN = frozenset({"api.test", "blocks.validate"})


async def _api_test(_core: Core, given: Json) -> Json:
    shown = {name: value for name, value in given.items() if name != "token"}
    if "error" in given:
        raise ApiError(str(given["error"]))
    return {"args": shown} if shown else {}


async def _validate(_core: Core, given: Json) -> Json:
    """blocks.validate: the same checks, without posting anything."""
    blocks = given.get("blocks") or (given.get("message") or {}).get("blocks")
    problems = view_problems(given["view"]) if "view" in given else message_problems(blocks)
    if problems:
        raise ApiError("invalid_blocks", problems)
    return {}


METHODS: dict[str, api_chat.Method] = {
    "api.test": _api_test,
    "blocks.validate": _validate,
    **api_chat.METHODS,
    **api_directory.METHODS,
    **api_views.METHODS,
    **files.METHODS,
    **openid.METHODS,
    **installing.METHODS,
    **installing.OF_A_TOKEN,
    **streaming.METHODS,
    **uploads.METHODS,
}


async def _answer(core: Core, method: str, request: web.Request) -> tuple[Json, Json]:
    given: Json = {}
    try:
        given = await arguments.read(request)
        if method in installing.METHODS:
            installing.basic(request, given)
        elif method in openid.METHODS:
            # They carry the app's own secret, or the token of a person.
            given["token"] = arguments.bearer(request, given)
        elif method not in _OPEN:
            token = arguments.authenticate(request, given, core.grants)
            core = _of(core, token, method)
            given["token"] = token.value
        handler = METHODS.get(method)
        if handler is None:
            return given, {"ok": False, "error": "unknown_method", "req_method": method}
        return given, {"ok": True, **await handler(core, given)}
    except ApiError as error:
        return given, error.answer()


def _of(lead: Core, token: Token, method: str) -> Core:
    """The workspace a token speaks for. One of a whole organisation may only be given back here."""
    if not token.team and method not in installing.OF_A_TOKEN:
        raise ApiError("team_access_not_granted")
    return lead.teams.get(token.team, lead)


async def _arguments_only(request: web.Request) -> Json:
    try:
        return await arguments.read(request)
    except ApiError:
        return {}


async def _broken(
    core: Core, fault: Fault, method: str, request: web.Request
) -> web.StreamResponse:
    """Go wrong before doing anything."""
    given = await _arguments_only(request)
    status, headers = 200, {}
    answer: Any = fault.error.answer() if fault.error else None
    if fault.kind == "ratelimited":
        status, headers = 429, {"Retry-After": str(fault.retry_after)}
        answer = {"ok": False, "error": "ratelimited"}
    elif fault.kind == "http_500":
        status = 500
    core.calls.add(at=core.clock.now(), method=method, body=given, status=status, answer=answer)
    if fault.kind == "timeout":
        await asyncio.sleep(_HANG_SECONDS)
    if answer is None:
        return web.Response(status=500, text="internal error")
    return web.json_response(answer, status=status, headers=headers)


def hang_up(request: web.Request) -> web.Response:
    """Close the connection without a word, though the work is done."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def call(request: web.Request) -> web.StreamResponse:
    """One API call."""
    core = request.app[SLACK]
    method = request.match_info["method"]
    fault = core.faults.take(method)
    if fault is not None and fault.kind != "drop_after_accept":
        return await _broken(core, fault, method, request)
    given, answer = await _answer(core, method, request)
    core.calls.add(at=core.clock.now(), method=method, body=given, status=200, answer=answer)
    if fault is not None:
        return hang_up(request)
    return web.json_response(answer, headers=_told(core, given))


def _told(core: Core, given: Json) -> dict[str, str]:
    """Slack names a token's scopes with every answer (docs: Web API, X-OAuth-Scopes). Of the tokens
    this world begins with none are known."""
    token = core.grants.tokens.get(str(given.get("token")))
    return {"X-OAuth-Scopes": ",".join(token.scopes)} if token and token.scopes else {}
