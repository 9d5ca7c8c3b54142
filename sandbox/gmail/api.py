"""The table of operations, and how one request becomes one answer."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from sandbox.gmail import api_mailbox as box
from sandbox.gmail import api_messages as messages
from sandbox.gmail import api_threads as threads
from sandbox.gmail.call import Call, Operation, Request, read_body
from sandbox.gmail.errors import GmailError, not_found
from sandbox.gmail.faults import DroppedConnectionError
from sandbox.gmail.model import Json
from sandbox.gmail.world import World

_PREFIX = re.compile(r"^/(?P<upload>upload/)?gmail/v1/users/(?P<user>[^/]+)/(?P<tail>.+?)/?$")
_OPERATIONS: list[tuple[str, str, str, Operation]] = [
    ("GET", "profile", "getProfile", box.profile),
    ("POST", "watch", "watch", box.watch),
    ("POST", "stop", "stop", box.stop),
    ("GET", "messages", "messages.list", messages.list_messages),
    ("POST", "messages", "messages.insert", messages.insert_message),
    ("POST", "messages/send", "messages.send", messages.send_message),
    ("POST", "messages/import", "messages.import", messages.import_message),
    ("POST", "messages/batchModify", "messages.batchModify", messages.batch_modify),
    ("POST", "messages/batchDelete", "messages.batchDelete", messages.batch_delete),
    ("GET", "messages/{id}", "messages.get", messages.get_message),
    ("DELETE", "messages/{id}", "messages.delete", messages.delete),
    ("POST", "messages/{id}/modify", "messages.modify", messages.modify),
    ("POST", "messages/{id}/trash", "messages.trash", messages.trash),
    ("POST", "messages/{id}/untrash", "messages.untrash", messages.untrash),
    (
        "GET",
        "messages/{message}/attachments/{id}",
        "messages.attachments.get",
        messages.get_attachment,
    ),
    ("GET", "threads", "threads.list", threads.list_threads),
    ("GET", "threads/{id}", "threads.get", threads.get_thread),
    ("DELETE", "threads/{id}", "threads.delete", threads.delete_thread),
    ("POST", "threads/{id}/modify", "threads.modify", threads.modify_thread),
    ("POST", "threads/{id}/trash", "threads.trash", threads.trash_thread),
    ("POST", "threads/{id}/untrash", "threads.untrash", threads.untrash_thread),
    ("GET", "drafts", "drafts.list", threads.list_drafts),
    ("POST", "drafts", "drafts.create", threads.create_draft),
    ("POST", "drafts/send", "drafts.send", threads.send_draft),
    ("GET", "drafts/{id}", "drafts.get", threads.get_draft),
    ("PUT", "drafts/{id}", "drafts.update", threads.update_draft),
    ("DELETE", "drafts/{id}", "drafts.delete", threads.delete_draft),
    ("GET", "labels", "labels.list", box.list_labels),
    ("POST", "labels", "labels.create", box.create_label),
    ("GET", "labels/{id}", "labels.get", box.get_label),
    ("PUT", "labels/{id}", "labels.update", box.change_label),
    ("PATCH", "labels/{id}", "labels.patch", box.change_label),
    ("DELETE", "labels/{id}", "labels.delete", box.delete_label),
    ("GET", "history", "history.list", box.history),
    ("GET", "settings/sendAs", "settings.sendAs.list", box.send_as),
    ("GET", "settings/sendAs/{id}", "settings.sendAs.get", box.send_as),
]
_TABLE = [
    (method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), name, run)
    for method, path, name, run in _OPERATIONS
]


@dataclass(kw_only=True)
class Reply:
    status: int
    body: Json | None
    headers: dict[str, str] = field(default_factory=dict)


class Api:
    """Checks the token, applies the planned fault, runs the operation, notes the call."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle(self, request: Request) -> Reply:
        """One answer; raises DroppedConnectionError when a fault wants none."""
        note: Json = {
            "op": "unknown",
            "mailbox": "",
            "method": request.method,
            "path": request.path,
            "status": 0,
            "fault": "",
            "time_ms": self._world.clock.ms(),
        }
        self._world.faults.calls.append(note)
        try:
            body = await self._run(request, note)
            reply = Reply(status=204 if body is None else 200, body=body)
        except GmailError as error:
            reply = Reply(status=error.code, body=error.body())
            if error.code == 401:  # noqa: PLR2004 - an HTTP status
                reply.headers["WWW-Authenticate"] = (
                    'Bearer realm="https://accounts.google.com/", error="invalid_token"'
                )
        except DroppedConnectionError:
            note["dropped"] = True
            raise
        note["status"] = reply.status
        return reply

    async def _run(self, request: Request, note: Json) -> Json | None:
        match = _PREFIX.match(request.path)
        if not match:
            raise not_found()
        name, ids, run = _find(request.method, match["tail"])
        note["op"] = name
        user = unquote(match["user"])
        email = self._world.tokens.check(request.headers.get("Authorization", ""), user)
        note["mailbox"] = email
        mailbox = self._world.store.mailbox(email)
        note["fault"] = kind = self._world.faults.take(name, email)
        await self._world.faults.before(kind)
        body, media = read_body(request, upload=bool(match["upload"]))
        call = Call(
            world=self._world,
            mailbox=mailbox,
            ids=ids,
            query=request.query,
            body=body,
            media=media,
        )
        answer = run(call)
        self._world.faults.after(kind)
        return answer


def _find(method: str, tail: str) -> tuple[str, dict[str, str], Operation]:
    for wanted, pattern, name, run in _TABLE:
        match = pattern.fullmatch(tail)
        if match and wanted == method:
            return name, {k: unquote(v) for k, v in match.groupdict().items()}, run
    raise not_found()
