"""Gmail's answers, read into the port's types."""

import base64
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from googleapiclient.http import MediaIoBaseUpload

from services.ports import HistoryItem, MailDraft, ThreadEntry

HIDDEN = frozenset({"SPAM", "TRASH"})
# Above this a message travels as an upload; JSON requests are refused some way further up.
UPLOAD_OVER = 4_000_000


def items(record: dict[str, Any]) -> Iterator[HistoryItem]:
    """What one history record tells, from its typed lists: `messages` only repeats them."""
    for change in record.get("messagesAdded", ()):
        yield item(change["message"], added=True)
    for change in record.get("messagesDeleted", ()):
        yield item(change["message"], added=False)
    for change in record.get("labelsAdded", ()):
        gained = frozenset(str(label) for label in change.get("labelIds", ()))
        yield item(change["message"], added=False, gained=gained)
    for change in record.get("labelsRemoved", ()):
        # Taken out of spam or the bin: to us it arrives only now.
        if HIDDEN & set(change.get("labelIds", ())):
            yield item(change["message"], added=True)


def item(
    message: dict[str, Any], *, added: bool, gained: frozenset[str] = frozenset()
) -> HistoryItem:
    return HistoryItem(
        message_id=str(message["id"]),
        thread_id=str(message.get("threadId", "")),
        added=added,
        labels=frozenset(message.get("labelIds", ())),
        gained=gained,
    )


def entry(message: dict[str, Any]) -> ThreadEntry:
    named = headers(message)
    return ThreadEntry(
        message_id=str(message["id"]),
        labels=frozenset(message.get("labelIds", ())),
        received_at=received(message, named.get("date")),
        headers=named,
    )


def headers(message: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for header in message.get("payload", {}).get("headers", ()):
        # The first of a name counts: what a sender adds below is not Gmail's.
        found.setdefault(str(header["name"]).lower(), str(header["value"]))
    return found


def content(raw: bytes, thread_id: str | None, draft_id: str | None = None) -> dict[str, Any]:
    message: dict[str, Any] = {"threadId": thread_id} if thread_id else {}
    body: dict[str, Any] = {"message": message} | ({"id": draft_id} if draft_id else {})
    if len(raw) > UPLOAD_OVER:
        media = MediaIoBaseUpload(io.BytesIO(raw), mimetype="message/rfc822", resumable=False)
        return {"body": body, "media_body": media}
    message["raw"] = base64.urlsafe_b64encode(raw).decode("ascii")
    return {"body": body}


def written(answer: dict[str, Any], raw: bytes) -> MailDraft:
    message = answer["message"]
    return MailDraft(
        draft_id=str(answer["id"]),
        message_id=str(message["id"]),
        thread_id=str(message.get("threadId", "")),
        raw=raw,
    )


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def received(message: dict[str, Any], date: str | None) -> datetime:
    """When Gmail took it in. No field of an answer is promised: else what the sender says."""
    if message.get("internalDate"):
        return moment(message["internalDate"])
    said = parsedate_to_datetime(str(date))
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def moment(milliseconds: str | int) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
