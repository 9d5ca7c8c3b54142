"""Messages, threads, drafts and history as the API's JSON."""

import base64
import secrets
from email.message import Message as ParsedMail

from sandbox.gmail import mime
from sandbox.gmail.errors import invalid, not_found
from sandbox.gmail.model import Change, Json, Label, Mailbox, Message

_ATTACHMENT = "ANGjdJ8"
# Deeper parts are shown as one attachment; nobody nests so far but to break a reader.
_DEEPEST = 50
_NONE: list[tuple[str, str]] = []
FORMATS = ("full", "metadata", "minimal", "raw")


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii")


def from_b64url(text: str) -> bytes:
    """Both alphabets, with or without padding, as the API accepts them."""
    flat = "".join(text.split()).replace("+", "-").replace("/", "_")
    try:
        return base64.b64decode(flat + "=" * (-len(flat) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise invalid("Invalid value for ByteString: raw") from None


def stub(message: Message) -> Json:
    return {"id": message.id, "threadId": message.thread_id}


def brief(message: Message) -> Json:
    """What writing calls answer with."""
    return {**stub(message), "labelIds": sorted(message.labels)}


def full(message: Message, form: str = "full", wanted: list[str] | None = None) -> Json:
    if form not in FORMATS:
        raise invalid(f"Invalid value at 'format': {form}")
    out: Json = {
        **stub(message),
        "snippet": message.meta.snippet,
        "sizeEstimate": len(message.raw),
        "historyId": str(message.history_id),
        "internalDate": str(message.internal_ms),
    }
    if message.labels:
        out["labelIds"] = sorted(message.labels)
    if form == "raw":
        out["raw"] = b64url(message.raw)
    elif form == "metadata":
        kind = mime.parse(message.raw[: mime.HEAD_BYTES]).get_content_type()
        out["payload"] = {"mimeType": kind, "headers": _headers(message.raw, wanted or [])}
    elif form == "full":
        payload = _part(mime.parse(message.raw), "", message.id)
        payload["headers"] = _headers(message.raw, [])
        out["payload"] = payload
    return out


def _headers(raw: bytes, wanted: list[str]) -> list[Json]:
    names = {name.lower() for name in wanted}
    return [
        {"name": field.name, "value": field.value}
        for field in mime.split_head(raw)[0]
        if not names or field.name.lower() in names
    ]


def _part_headers(part: ParsedMail) -> list[Json]:
    return [
        {"name": name, "value": mime.decode_value(str(value).encode("utf-8", "surrogateescape"))}
        for name, value in mime.attempt(lambda: list(part.raw_items()), _NONE)
    ]


def _part(part: ParsedMail, part_id: str, message_id: str, depth: int = 0) -> Json:
    kind = part.get_content_type()
    name = mime.file_name(part)
    out: Json = {
        "partId": part_id,
        "mimeType": kind,
        "filename": name,
        "headers": _part_headers(part),
        "body": {"size": 0},
    }
    if part.is_multipart() and depth < _DEEPEST:
        prefix = f"{part_id}." if part_id else ""
        out["parts"] = [
            _part(child, f"{prefix}{index}", message_id, depth + 1)
            for index, child in enumerate(part.get_payload())
            if isinstance(child, ParsedMail)
        ]
        if not kind.startswith("message/"):
            return out
    if name or not kind.startswith("text/"):
        size = len(attachment_content(part))
        out["body"] = {"attachmentId": _attachment_id(message_id, part_id), "size": size}
    else:
        text = mime.text_of(part).encode()
        out["body"] = {"size": len(text), "data": b64url(text)}
    return out


def attachment_content(part: ParsedMail) -> bytes:
    if not part.is_multipart():
        return mime.content(part)
    inner = [child for child in part.get_payload() if isinstance(child, ParsedMail)]
    return b"".join(mime.attempt(child.as_bytes, b"") for child in inner)


def _attachment_id(message_id: str, part_id: str) -> str:
    # Gmail gives another id on each read, and each of them works; so do we.
    token = f"{message_id}/{part_id}/{secrets.token_hex(4)}"
    return _ATTACHMENT + b64url(token.encode()).rstrip("=")


def attachment(message: Message, attachment_id: str) -> Json:
    token = from_b64url(attachment_id.removeprefix(_ATTACHMENT)).decode("utf-8", "replace")
    owner, _, rest = token.partition("/")
    part = mime.parse(message.raw)
    if not attachment_id.startswith(_ATTACHMENT) or owner != message.id:
        raise not_found()
    for index in filter(None, rest.rpartition("/")[0].split(".")):
        children = part.get_payload() if part.is_multipart() else []
        if not isinstance(children, list) or int(index) >= len(children):
            raise not_found()
        child = children[int(index)]
        if not isinstance(child, ParsedMail):
            raise not_found()
        part = child
    data = attachment_content(part)
    return {"size": len(data), "data": b64url(data)}


def thread(mailbox: Mailbox, thread_id: str) -> Json:
    messages = mailbox.thread(thread_id)
    newest = messages[-1]
    return {
        "id": thread_id,
        "snippet": newest.meta.snippet,
        "historyId": str(max(m.history_id for m in messages)),
    }


def label(item: Label) -> Json:
    out: Json = {"id": item.id, "name": item.name, "type": item.kind}
    if item.kind == "user":
        out["messageListVisibility"] = item.message_visibility
        out["labelListVisibility"] = item.list_visibility
    if item.color:
        out["color"] = item.color
    return out


def label_counts(mailbox: Mailbox, item: Label) -> Json:
    inside = [m for m in mailbox.messages.values() if item.id in m.labels]
    unread = [m for m in inside if "UNREAD" in m.labels]
    return {
        **label(item),
        "messagesTotal": len(inside),
        "messagesUnread": len(unread),
        "threadsTotal": len({m.thread_id for m in inside}),
        "threadsUnread": len({m.thread_id for m in unread}),
    }


def change(item: Change) -> Json:
    message: Json = {
        "id": item.message_id,
        "threadId": item.thread_id,
        "labelIds": list(item.labels),
    }
    entry: Json = {"message": message}
    if item.changed:
        entry["labelIds"] = list(item.changed)
    return {
        "id": str(item.id),
        "messages": [{"id": item.message_id, "threadId": item.thread_id}],
        item.kind: [entry],
    }
