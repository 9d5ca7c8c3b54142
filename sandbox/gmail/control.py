"""/control/gmail/*: what tests and the demo may do behind the mailboxes' backs."""

import base64

from aiohttp import web

from sandbox.gmail import render
from sandbox.gmail.errors import invalid
from sandbox.gmail.model import Json, Label
from sandbox.gmail.web_tools import WORLD, answer, base64_field, plain, read_json, text_field

_AUTHS = ("pass", "fail", "none", "keep")
_KINDS = ("rep", "colleague", "customer", "system")


def attach(app: web.Application) -> None:
    for method, path, handler in (
        ("GET", "faults", _faults),
        ("POST", "faults", _plan),
        ("DELETE", "faults", _no_faults),
        ("GET", "push", _push_state),
        ("POST", "push", _push_settings),
        ("DELETE", "push", _push_forget),
        ("POST", "push/raw", _push_raw),
        ("GET", "calls", _calls),
        ("DELETE", "calls", _no_calls),
        ("GET", "sent", _sent),
        ("POST", "expire-history", _expire_history),
        ("POST", "deliver", _deliver),
        ("GET", "mailboxes", _mailboxes),
        ("POST", "mailboxes", _add_mailbox),
        ("POST", "label", _label),
        ("GET", "credentials/{email}", _credentials),
        ("POST", "tokens", _tokens),
        ("POST", "drafts/{mailbox}/{draft_id}/edit", _edit_draft),
        ("POST", "reset", _reset),
    ):
        app.router.add_route(method, f"/control/gmail/{path}", plain(handler))


async def _faults(request: web.Request) -> web.Response:
    return answer({"faults": request.app[WORLD].faults.listed()})


async def _plan(request: web.Request) -> web.Response:
    faults = request.app[WORLD].faults
    faults.plan(await read_json(request))
    return answer({"faults": faults.listed()})


async def _no_faults(request: web.Request) -> web.Response:
    request.app[WORLD].faults.planned.clear()
    return answer({"faults": []})


async def _push_state(request: web.Request) -> web.Response:
    return answer(request.app[WORLD].push.state())


async def _push_settings(request: web.Request) -> web.Response:
    push = request.app[WORLD].push
    push.settings.change(await read_json(request))
    return answer(push.state()["settings"])


async def _push_forget(request: web.Request) -> web.Response:
    request.app[WORLD].push.log.clear()
    return answer({"deliveries": []})


async def _push_raw(request: web.Request) -> web.Response:
    """Any body and headers to the bot: {path?, body|body_base64|json, headers, sign}."""
    push = request.app[WORLD].push
    spec = await read_json(request)
    headers = {str(k): str(v) for k, v in dict(spec.get("headers") or {}).items()}
    if spec.get("sign"):
        headers.setdefault("Authorization", f"Bearer {push.bearer()}")
    if "body_base64" in spec:
        body = base64_field(spec, "body_base64")
    elif "json" in spec:
        body = web.json_response(spec["json"]).body  # type: ignore[assignment]
        headers.setdefault("Content-Type", "application/json")
    else:
        body = str(spec.get("body", "")).encode()
    status, text = await push.post(bytes(body), headers, str(spec.get("path", "")))
    return answer({"status": status, "body": text})


async def _calls(request: web.Request) -> web.Response:
    wanted = request.query.get("op", "")
    calls = request.app[WORLD].faults.calls
    return answer({"calls": [c for c in calls if wanted in ("", c["op"])]})


async def _no_calls(request: web.Request) -> web.Response:
    request.app[WORLD].faults.calls.clear()
    return answer({"calls": []})


async def _sent(request: web.Request) -> web.Response:
    wanted = request.query.get("mailbox", "").lower()
    return answer(
        {
            "sent": [
                {
                    "mailbox": s.mailbox,
                    "id": s.id,
                    "thread_id": s.thread_id,
                    "draft_id": s.draft_id,
                    "message_id": s.message_id,
                    "via": s.via,
                    "recipients": list(s.recipients),
                    "time": s.time_ms,
                    "raw": base64.b64encode(s.raw).decode(),
                }
                for s in request.app[WORLD].delivery.sent
                if wanted in ("", s.mailbox)
            ]
        }
    )


async def _expire_history(request: web.Request) -> web.Response:
    store = request.app[WORLD].store
    mailbox = store.mailbox(text_field(await read_json(request), "mailbox"))
    store.expire_history(mailbox)
    return answer({"historyId": str(mailbox.history_id)})


async def _deliver(request: web.Request) -> web.Response:
    """Any bytes into a mailbox: {mailbox, eml_base64, auth, labels?, envelope?, date_ms?}."""
    world = request.app[WORLD]
    body = await read_json(request)
    auth = body.get("auth", "keep")
    if auth not in _AUTHS:
        raise invalid(f"'auth' is one of {', '.join(_AUTHS)}")
    labels = body.get("labels", ["INBOX", "UNREAD"])
    moment = body.get("date_ms")
    message = world.delivery.deliver(
        world.store.mailbox(text_field(body, "mailbox")),
        base64_field(body, "eml_base64"),
        auth=auth,
        envelope=str(body.get("envelope", "")),
        labels=[str(label) for label in labels],
        internal_ms=None if moment is None else int(moment),
    )
    return answer(render.brief(message))


async def _mailboxes(request: web.Request) -> web.Response:
    store = request.app[WORLD].store
    rows = [{"email": m.email, "name": m.name, "kind": m.kind} for m in store.mailboxes.values()]
    return answer({"mailboxes": rows})


async def _add_mailbox(request: web.Request) -> web.Response:
    body = await read_json(request)
    kind = body.get("kind", "customer")
    if kind not in _KINDS:
        raise invalid(f"'kind' is one of {', '.join(_KINDS)}")
    mailbox = request.app[WORLD].store.add_mailbox(
        text_field(body, "email"), str(body.get("name", "")), kind
    )
    for alias, state in dict(body.get("aliases") or {}).items():
        mailbox.aliases[str(alias).lower()] = str(state)
    return answer({"email": mailbox.email, "name": mailbox.name, "kind": mailbox.kind})


async def _label(request: web.Request) -> web.Response:
    """{mailbox, id, name}: a person labels a message; the label is made when it is missing."""
    store, body = request.app[WORLD].store, await read_json(request)
    mailbox = store.mailbox(text_field(body, "mailbox"))
    name = text_field(body, "name")
    found = next((label for label in mailbox.labels.values() if label.name == name), None)
    if found is None:
        found = Label(id=f"Label_{len(mailbox.labels) + 1}", name=name)
        mailbox.labels[found.id] = found
    store.relabel(mailbox, store.message(mailbox, text_field(body, "id")), {found.id})
    return answer({"id": found.id, "name": found.name})


async def _credentials(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    mailbox = world.store.mailbox(request.match_info["email"])
    uri = f"{request.scheme}://{request.host}/oauth/token"
    return answer(world.tokens.credentials(mailbox.email, uri))


async def _tokens(request: web.Request) -> web.Response:
    """{mailbox, do: "expire"|"revoke"}: access tokens end, or the whole consent does."""
    tokens = request.app[WORLD].tokens
    body = await read_json(request)
    email = text_field(body, "mailbox").lower()
    if body.get("do") not in ("expire", "revoke"):
        raise invalid("'do' is expire or revoke")
    ended = tokens.expire(email) if body["do"] == "expire" else tokens.revoke(email)
    return answer({"ended": ended})


async def _edit_draft(request: web.Request) -> web.Response:
    """A person's edit: {to?, cc?, bcc?, subject?, text?, keep_x_headers?}."""
    world = request.app[WORLD]
    mailbox = world.store.mailbox(request.match_info["mailbox"])
    body: Json = await read_json(request)
    message = world.drafts.edit(
        mailbox, request.match_info["draft_id"], body, keep_x=bool(body.get("keep_x_headers"))
    )
    return answer({"id": message.draft_id, "message": render.brief(message)})


async def _reset(request: web.Request) -> web.Response:
    """Everything gone; POST /control/reset also brings the story back."""
    request.app[WORLD].reset()
    return answer({"mailboxes": []})
