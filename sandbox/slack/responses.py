"""Answers that come by response_url or in the body of a command's answer."""

import asyncio
import contextlib
import json
from typing import Any

from aiohttp import web

from sandbox.slack import posting
from sandbox.slack.api import hang_up
from sandbox.slack.core import SLACK, Core
from sandbox.slack.faults import Fault
from sandbox.slack.model import ApiError, Channel, Json, Message
from sandbox.slack.tickets import ResponseTicket

METHOD = "response_url"
_HANG_SECONDS = 120.0
_GONE = frozenset({"used_url", "expired_url", "no_service"})


def say(
    core: Core, body: Json, *, user: str, channel: Channel, thread_ts: str | None = None
) -> Message:
    """A new message in answer: to the person alone unless it says in_channel."""
    content = posting.read_content(core, body)
    posting.require_words(content)
    public = body.get("response_type") == "in_channel"
    return posting.post(
        core,
        channel,
        content,
        author=core.workspace.bot.user_id,
        thread_ts=str(body.get("thread_ts") or thread_ts or "") or None,
        ephemeral_for=None if public else user,
    )


def _original(core: Core, ticket: ResponseTicket) -> Message:
    channel = core.workspace.channels[ticket.channel]
    return core.workspace.message(channel, ticket.message_ts or "", ephemeral=True)


def _apply(core: Core, ticket: ResponseTicket, body: Json) -> None:
    channel = core.workspace.channels[ticket.channel]
    if body.get("delete_original"):
        posting.remove(core, channel, _original(core, ticket))
    elif body.get("replace_original") and ticket.message_ts:
        content = posting.read_content(core, body)
        posting.require_words(content)
        content.blocks = content.blocks or []
        posting.rewrite(core, channel, _original(core, ticket), content, core.workspace.bot.user_id)
    else:
        say(core, body, user=ticket.user, channel=channel, thread_ts=ticket.thread_ts)


async def _body(request: web.Request) -> Json:
    """What was sent; nothing usable is an empty message, which is then refused as no_text."""
    raw: Any = await request.text()
    if request.content_type != "application/json":
        form = await request.post()
        raw = form.get("payload", raw)
    with contextlib.suppress(ValueError):
        body = json.loads(str(raw))
        if isinstance(body, dict):
            return body
    return {}


def _refused_on_purpose(fault: Fault) -> tuple[int, Any, dict[str, str]] | None:
    """Status, answer and headers of a fault that comes before anything is done."""
    if fault.kind == "ratelimited":
        wait = {"Retry-After": str(fault.retry_after)}
        return 429, {"ok": False, "error": "ratelimited"}, wait
    if fault.kind == "http_500":
        return 500, "internal error", {}
    if fault.error is not None:
        return 400, fault.error.answer(), {}
    return None


def _done(core: Core, key: str, body: Json) -> tuple[int, Any, dict[str, str]]:
    try:
        _apply(core, core.tickets.answer(key), body)
    except ApiError as refused:
        return 404 if refused.code in _GONE else 400, refused.answer(), {}
    return 200, "ok", {}


def _owner(lead: Core, key: str) -> Core:
    """The workspace that handed this address out."""
    return next((core for core in lead.teams.values() if core.tickets.knows(key)), lead)


async def respond(request: web.Request) -> web.StreamResponse:
    """POST /slack/response/{key}"""
    core = _owner(request.app[SLACK], request.match_info["key"])
    fault = core.faults.take(METHOD)
    if fault is not None and fault.kind == "timeout":
        await asyncio.sleep(_HANG_SECONDS)
    body = await _body(request)
    outcome = _refused_on_purpose(fault) if fault is not None else None
    status, answer, headers = outcome or _done(core, request.match_info["key"], body)
    core.calls.add(at=core.clock.now(), method=METHOD, body=body, status=status, answer=answer)
    if fault is not None and fault.kind == "drop_after_accept":
        return hang_up(request)
    if isinstance(answer, str):
        return web.Response(text=answer, status=status, headers=headers)
    return web.json_response(answer, status=status, headers=headers)
