"""Looking at a Gmail thread: what left by hand, and what came since."""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from db.models.drafts import Draft
from services.errors import NotFound
from services.mail.compose import same_content
from services.mail.parse import parse
from services.ports import MailGateway, ThreadEntry
from services.types.mail import MailKind, SenderProof

DRAFT_HEADER = "x-understudy-draft"
CLOCKS_APART = timedelta(minutes=5)
MOST_LOOKED_AT = 50
SKIPPED = frozenset({"DRAFT", "TRASH", "SPAM"})


async def entries(gateway: MailGateway, thread_id: str | None) -> tuple[ThreadEntry, ...]:
    """The thread's messages without drafts, oldest first; empty when the thread is gone."""
    if thread_id is None:
        return ()
    try:
        found = await gateway.thread(thread_id)
    except NotFound:
        return ()
    kept = [entry for entry in found if not entry.labels & SKIPPED]
    return tuple(sorted(kept, key=lambda entry: entry.received_at))


def carries(entry: ThreadEntry, draft: Draft) -> bool:
    """Whether the message was sent from this very draft."""
    return entry.headers.get(DRAFT_HEADER, "").strip() == str(draft.id)


async def was_sent(gateway: MailGateway, draft: Draft) -> bool:
    """Whether a message sent from this very draft stands in its thread."""
    found = await entries(gateway, draft.gmail_thread_id)
    return any("SENT" in entry.labels and carries(entry, draft) for entry in found)


async def taken_back(gateway: MailGateway, draft: Draft) -> bool:
    """Take the draft away from under a send: whether it went before it could be sent. A message of
    ours in the thread says it was sent, whatever Gmail answered to the deletion."""
    if draft.gmail_draft_id is None or not await gateway.delete_draft(draft.gmail_draft_id):
        return False
    return not await was_sent(gateway, draft)


async def sent_by_hand(
    gateway: MailGateway, draft: Draft, asked_at: datetime, customer: str | None = None
) -> ThreadEntry | None:
    """The message a person sent in place of the draft: it carries our header, or it is a sent
    message of the thread to the customer, younger than the mail it would answer (both times are
    Gmail's), that no other draft of ours became."""
    for entry in reversed(await entries(gateway, draft.gmail_thread_id)):
        if "SENT" not in entry.labels:
            continue
        if carries(entry, draft):
            return entry
        young = entry.received_at > asked_at
        if young and not entry.headers.get(DRAFT_HEADER) and _reaches(entry, customer):
            return entry
    return None


async def sent_from(
    gateway: MailGateway,
    draft: Draft,
    raw: bytes,
    *,
    known: AbstractSet[str],
    alone_since: datetime | None,
) -> str | None:
    """The message that left from this draft: by our header in its thread; for a mail that began a
    thread, among all that is in the mailbox `alone_since`; last by what it says."""
    sent = [e for e in await entries(gateway, draft.gmail_thread_id) if "SENT" in e.labels]
    for entry in reversed(sent):
        if carries(entry, draft):
            return entry.message_id
    if alone_since is not None:
        found, _ = await gateway.recent(alone_since - CLOCKS_APART, None)
        for message_id in found[:MOST_LOOKED_AT]:
            stored = await gateway.fetch(message_id)
            if "SENT" in stored.labels and parse(stored.raw).draft_token == str(draft.id):
                return message_id
    for entry in reversed(sent):
        if entry.message_id in known:
            continue
        if same_content((await gateway.fetch(entry.message_id)).raw, raw):
            return entry.message_id
    return None


def _reaches(entry: ThreadEntry, customer: str | None) -> bool:
    """A forward to a colleague answers nobody: the customer stands in To or Cc. Where Gmail tells
    neither, the message counts."""
    recipients = " ".join((entry.headers.get("to", ""), entry.headers.get("cc", ""))).lower()
    return customer is None or not recipients.strip() or customer.lower() in recipients


async def unknown_since(
    gateway: MailGateway, draft: Draft, known: AbstractSet[str]
) -> ThreadEntry | None:
    """The newest word in the thread that our picture doesn't hold yet, whoever said it: sending now
    would answer a thread we have not read to its end. Machines (absences, bounces) and senders who
    could not prove who they are say nothing here."""
    for entry in reversed(await entries(gateway, draft.gmail_thread_id)):
        if entry.message_id in known or carries(entry, draft):
            continue
        if "SENT" in entry.labels:
            return entry
        mail = parse((await gateway.fetch(entry.message_id)).raw)
        if mail.kind is MailKind.HUMAN and mail.proof is not SenderProof.FAIL:
            return entry
    return None
