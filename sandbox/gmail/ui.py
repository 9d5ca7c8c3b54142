"""/ui/mail/*: what the browser and end-to-end tests drive the mailboxes with."""

import base64
import binascii
import html
from email.message import Message as ParsedMail
from typing import Any

from aiohttp import web

from sandbox.gmail import compose, mime, parts
from sandbox.gmail.archive import messages_in
from sandbox.gmail.errors import GmailError, invalid, not_found
from sandbox.gmail.model import Json, Mailbox, Message
from sandbox.gmail.web_tools import WORLD, answer, plain, read_json, read_request, text_field
from sandbox.gmail.world import World

_FOLDERS = {"inbox": "INBOX", "sent": "SENT", "drafts": "DRAFT", "all": ""}
_HIDDEN = {"SPAM", "TRASH"}


def attach(app: web.Application) -> None:
    for method, path, handler in (
        ("GET", "mailboxes", _mailboxes),
        ("GET", "threads", _threads),
        ("GET", "thread", _thread),
        ("POST", "send", _send),
        ("POST", "draft", _draft),
        ("POST", "draft_send", _draft_send),
        ("POST", "draft_delete", _draft_delete),
        ("POST", "import", _import),
    ):
        app.router.add_route(method, f"/ui/mail/{path}", plain(handler))


def _box(world: World, email: str) -> Mailbox:
    return world.store.mailbox(email)


async def _mailboxes(request: web.Request) -> web.Response:
    rows = [
        {
            "email": box.email,
            "name": box.name,
            "kind": box.kind,
            "unread": len({m.thread_id for m in box.messages.values() if _unread(m)}),
        }
        for box in request.app[WORLD].store.mailboxes.values()
    ]
    return answer({"mailboxes": rows})


def _unread(message: Message) -> bool:
    return {"UNREAD", "INBOX"} <= message.labels


async def _threads(request: web.Request) -> web.Response:
    box = _box(request.app[WORLD], request.query.get("mailbox", ""))
    folder = request.query.get("folder", "inbox")
    if folder not in _FOLDERS:
        raise invalid(f"'folder' is one of {', '.join(_FOLDERS)}")
    threads: dict[str, list[Message]] = {}
    for message in sorted(box.messages.values(), key=lambda m: (m.internal_ms, m.id)):
        if not message.labels & _HIDDEN:
            threads.setdefault(message.thread_id, []).append(message)
    wanted = _FOLDERS[folder]
    rows = [
        _row(thread_id, found)
        for thread_id, found in threads.items()
        if not wanted or any(wanted in m.labels for m in found)
    ]
    return answer({"threads": sorted(rows, key=lambda row: row["date"], reverse=True)})


def _row(thread_id: str, messages: list[Message]) -> Json:
    newest = messages[-1]
    drafts = [m.draft_id for m in messages if m.draft_id]
    row: Json = {
        "id": thread_id,
        "subject": messages[0].meta.subject,
        "from": newest.meta.sender,
        "to": newest.meta.to,
        "snippet": html.unescape(newest.meta.snippet),
        "date": _iso(newest),
        "unread": any(_unread(m) for m in messages),
        "count": len(messages),
    }
    return row | {"draft_id": drafts[-1]} if drafts else row


def _iso(message: Message) -> str:
    seconds, rest = divmod(message.internal_ms, 1000)
    return mime.iso(seconds, rest)


async def _thread(request: web.Request) -> web.Response:
    """The thread's messages; looking at them marks them read."""
    world = request.app[WORLD]
    box = _box(world, request.query.get("mailbox", ""))
    messages = box.thread(request.query.get("id", ""))
    if not messages:
        raise not_found()
    for message in messages:
        if "UNREAD" in message.labels:
            world.store.relabel(box, message, (), {"UNREAD"})
    return answer({"messages": [_shown(m) for m in messages]})


def _shown(message: Message) -> Json:
    mail = mime.parse(message.raw)
    text, page = mime.bodies(mail)
    meta = message.meta
    out: Json = {
        "id": message.id,
        "message_id": meta.message_id,
        "from": meta.sender,
        "to": meta.to,
        "cc": meta.cc,
        "bcc": meta.bcc,
        "subject": meta.subject,
        "date": _iso(message),
        "text": text.replace("\r\n", "\n"),
        "labels": sorted(message.labels),
        "headers": [{"name": f.name, "value": f.value} for f in mime.split_head(message.raw)[0]],
    }
    if page:
        out["html"] = page
    if files := _attachments(mail):
        out["attachments"] = files
    if message.draft_id:
        out["draft_id"] = message.draft_id
    return out


def _attachments(mail: ParsedMail) -> list[Json]:
    return [
        {"filename": name, "mime_type": part.get_content_type(), "size": len(mime.content(part))}
        for part in mime.leaves(mail)
        if (name := mime.file_name(part))
    ]


def _parent(box: Mailbox, body: Json) -> Message | None:
    """The message answered: named by Gmail's id or Message-ID, or the newest of the thread."""
    named = body.get("in_reply_to")
    if named:
        for message in box.messages.values():
            if named in (message.id, message.meta.message_id):
                return message
        raise not_found()
    thread_id = body.get("thread_id")
    if not thread_id:
        return None
    found = [m for m in box.thread(str(thread_id)) if m.draft_id is None]
    if not found:
        raise not_found()
    return found[-1]


async def _send(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    body = await read_json(request)
    box = _box(world, text_field(body, "mailbox"))
    parent = _parent(box, body)
    raw = compose.write(box, compose.letter_of(body), parent, world.clock.now())
    asked = parent.thread_id if parent else None
    thread = world.store.asked_thread(box, raw, asked)
    sent = world.delivery.send(box, raw, via="ui", thread_id=thread)
    return answer({"id": sent.id, "thread_id": sent.thread_id})


async def _draft(request: web.Request) -> web.Response:
    """Changes a draft by hand; without a draft id it starts one."""
    world = request.app[WORLD]
    body = await read_json(request)
    box = _box(world, text_field(body, "mailbox"))
    if body.get("draft_id"):
        message = world.drafts.edit(box, str(body["draft_id"]), body, keep_x=False)
    else:
        parent = _parent(box, body)
        raw = compose.write(box, compose.letter_of(body), parent, world.clock.now())
        message = world.drafts.create(box, raw, parent.thread_id if parent else None)
    return answer({"draft_id": message.draft_id, "id": message.id, "thread_id": message.thread_id})


async def _draft_send(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    body = await read_json(request)
    box = _box(world, text_field(body, "mailbox"))
    sent = world.drafts.send(box, text_field(body, "draft_id"), via="ui")
    return answer({"id": sent.id, "thread_id": sent.thread_id})


async def _draft_delete(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    body = await read_json(request)
    box = _box(world, text_field(body, "mailbox"))
    world.drafts.delete(box, text_field(body, "draft_id"))
    return answer({"deleted": True})


async def _import(request: web.Request) -> web.Response:
    """Files of mail into a mailbox, byte for byte; what can't be read is named."""
    world = request.app[WORLD]
    email, files, failed = await _files(request)
    box = _box(world, email)
    delivered = 0
    for name, data in files:
        for raw in messages_in(name, data):
            try:
                world.delivery.deliver(box, raw, auth="keep")
            except GmailError as error:
                failed.append({"name": name, "reason": error.message})
            else:
                delivered += 1
    return answer({"delivered": delivered, "failed": failed})


async def _files(request: web.Request) -> tuple[str, list[tuple[str, bytes]], list[Json]]:
    kind = request.headers.get("Content-Type", "")
    if not kind.lower().startswith("multipart/"):
        return _json_files(await read_json(request))
    email, files = request.query.get("mailbox", ""), []
    for part in parts.split(kind, (await read_request(request)).body):
        if part.parameter("filename"):
            files.append((part.parameter("filename"), part.body))
        elif part.parameter("name") == "mailbox":
            email = part.body.decode("utf-8", "replace").strip()
    return email, files, []


def _json_files(body: Json) -> tuple[str, list[tuple[str, bytes]], list[Json]]:
    files: list[tuple[str, bytes]] = []
    failed: list[Json] = []
    listed: Any = body.get("files")
    if not isinstance(listed, list):
        raise invalid("'files' is needed")
    for item in listed:
        entry = item if isinstance(item, dict) else {}
        name = str(entry.get("name", "unnamed"))
        try:
            files.append((name, base64.b64decode(str(entry["base64"]), validate=True)))
        except (KeyError, ValueError, binascii.Error):
            failed.append({"name": name, "reason": "not base64"})
    return text_field(body, "mailbox"), files, failed
