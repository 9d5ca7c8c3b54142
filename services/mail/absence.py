"""When somebody says they will be back."""

from datetime import datetime


def returns_on(subject: str, text: str, sent_at: datetime | None) -> datetime | None:
    return None
