"""When a mail was written, as far as its date can be believed. Pure."""

from datetime import datetime, timedelta

LATE = timedelta(days=3)
"""Servers deliver within days; a date further back is a wrong clock's."""
EARLY = timedelta(minutes=10)
STORED = timedelta(days=1)


def happened_at(
    sent_at: datetime | None, received_at: datetime, stored_at: datetime | None = None
) -> datetime:
    """The sender's date where it fits what the mailbox says, else the mailbox's: a mail dated 1970
    or 2099 counts from when it was received. A mailbox that tells of the future is not believed
    either: then it is when we stored it."""
    if stored_at is not None and received_at > stored_at + STORED:
        received_at = stored_at
    if sent_at is None or not received_at - LATE <= sent_at <= received_at + EARLY:
        return received_at
    return sent_at
