"""users.messages.*"""

from collections.abc import Callable
from email.utils import parsedate_to_datetime

from sandbox.gmail import mime, render
from sandbox.gmail.call import Call
from sandbox.gmail.errors import invalid
from sandbox.gmail.mime import header, split_head
from sandbox.gmail.model import Json, Message
from sandbox.gmail.query import Search

_BATCH_MOST = 1000
_FIXED = frozenset({"SENT", "DRAFT", "CHAT"})


def search(call: Call, keep: Callable[[Message], bool] | None = None) -> list[Message]:
    """The messages a list call means, newest first."""
    hidden_too = call.flag("includeSpamTrash")
    wanted = set(call.query.getall("labelIds", []))
    if wanted & {"SPAM", "TRASH"}:
        hidden_too = True
    query = Search(
        call.query.get("q", ""), call.mailbox, call.world.clock.ms(), hidden_too=hidden_too
    )
    found = [
        m
        for m in call.mailbox.messages.values()
        if wanted <= m.labels and (keep is None or keep(m)) and query.matches(m)
    ]
    return sorted(found, key=lambda m: (m.internal_ms, m.id), reverse=True)


def page(call: Call, key: str, rows: list[Json], default: int = 100, most: int = 500) -> Json:
    """One page of a list answer; the token is the offset, to be seen as opaque."""
    size = call.number("maxResults", default, most)
    token = call.query.get("pageToken", "0")
    if not token.isdigit():
        raise invalid("Invalid pageToken")
    start = int(token)
    out: Json = {"resultSizeEstimate": len(rows)}
    if rows[start : start + size]:
        out[key] = rows[start : start + size]
    if start + size < len(rows):
        out["nextPageToken"] = f"{start + size:020d}"
    return out


def list_messages(call: Call) -> Json:
    return page(call, "messages", [render.stub(m) for m in search(call)])


def _message(call: Call) -> Message:
    return call.world.store.message(call.mailbox, call.ids["id"])


def get_message(call: Call) -> Json:
    form = call.query.get("format", "full").lower()
    return render.full(_message(call), form, call.query.getall("metadataHeaders", []))


def send_message(call: Call) -> Json:
    raw = call.raw()
    thread = call.world.store.asked_thread(call.mailbox, raw, call.body.get("threadId"))
    sent = call.world.delivery.send(call.mailbox, raw, via="messages.send", thread_id=thread)
    return render.brief(sent)


def insert_message(call: Call) -> Json:
    return _put(call, "receivedTime")


def import_message(call: Call) -> Json:
    return _put(call, "dateHeader")


def _put(call: Call, default_source: str) -> Json:
    """Bytes into the mailbox without sending them; dated now or by their Date header."""
    raw = call.raw()
    moment = None
    if call.query.get("internalDateSource", default_source) == "dateHeader":
        moment = date_header_ms(raw)
    thread_id = call.body.get("threadId")
    message = call.world.store.add(
        call.mailbox,
        raw,
        set(call.names("labelIds")),
        thread_id=call.world.store.asked_thread(call.mailbox, raw, thread_id),
        internal_ms=moment,
    )
    return render.brief(message)


def date_header_ms(raw: bytes) -> int | None:
    value = header(split_head(raw)[0], "Date")
    moment = mime.attempt(lambda: parsedate_to_datetime(value), None)
    return mime.attempt(lambda: int(moment.timestamp() * 1000), None) if moment else None


def changes(call: Call) -> tuple[set[str], set[str]]:
    """(to add, to remove), refusing the labels only Gmail sets."""
    add, remove = set(call.names("addLabelIds")), set(call.names("removeLabelIds"))
    for label in sorted((add | remove) & _FIXED):
        raise invalid(f"Invalid label: {label}")
    return add, remove


def modify(call: Call) -> Json:
    message = _message(call)
    add, remove = changes(call)
    call.world.store.relabel(call.mailbox, message, add, remove)
    return render.brief(message)


def trash(call: Call) -> Json:
    message = _message(call)
    call.world.store.relabel(call.mailbox, message, {"TRASH"}, {"INBOX"})
    return render.brief(message)


def untrash(call: Call) -> Json:
    message = _message(call)
    call.world.store.relabel(call.mailbox, message, (), {"TRASH"})
    return render.brief(message)


def delete(call: Call) -> None:
    call.world.store.delete(call.mailbox, _message(call))


def _batch(call: Call) -> list[Message]:
    ids = call.names("ids")
    if not 0 < len(ids) <= _BATCH_MOST:
        raise invalid("Invalid ids")
    # Documented: no guarantee that the messages exist at all.
    return [call.mailbox.messages[i] for i in ids if i in call.mailbox.messages]


def batch_modify(call: Call) -> None:
    add, remove = changes(call)
    for message in _batch(call):
        call.world.store.relabel(call.mailbox, message, add, remove)


def batch_delete(call: Call) -> None:
    for message in _batch(call):
        call.world.store.delete(call.mailbox, message)


def get_attachment(call: Call) -> Json:
    message = call.world.store.message(call.mailbox, call.ids["message"])
    return render.attachment(message, call.ids["id"])
