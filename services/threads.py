"""Looking at a Gmail thread: what left by hand, and what came since."""

from collections.abc import Set as AbstractSet
from datetime import timedelta

from db.models.drafts import Draft
from services.errors import NotFound
from services.ports import MailGateway, ThreadEntry

DRAFT_HEADER = "x-understudy-draft"
SKIPPED = frozenset({"DRAFT", "TRASH", "SPAM"})
# A message of ours may carry a clock that differs a little from Gmail's.
SLACK_TIME = timedelta(minutes=2)


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


async def sent_by_hand(gateway: MailGateway, draft: Draft) -> ThreadEntry | None:
    """The message a person sent in place of the draft: it carries our header, or it is a sent
    message of the thread, younger than the draft, that no other draft of ours became."""
    for entry in reversed(await entries(gateway, draft.gmail_thread_id)):
        if "SENT" not in entry.labels:
            continue
        if carries(entry, draft):
            return entry
        young = entry.received_at >= draft.created_at - SLACK_TIME
        if young and not entry.headers.get(DRAFT_HEADER):
            return entry
    return None


async def unknown_since(
    gateway: MailGateway, draft: Draft, known: AbstractSet[str]
) -> ThreadEntry | None:
    """The newest message of the thread that our picture doesn't hold yet, whoever wrote it. Sending
    now would answer a thread we have not read to its end."""
    for entry in reversed(await entries(gateway, draft.gmail_thread_id)):
        if entry.message_id not in known and not carries(entry, draft):
            return entry
    return None
