"""What the copilot held back, beside what a person wrote in its place. Pure.

Two texts are alike when at least six tenths of their words stand in both in the same order: the
ratio of difflib over words without case and punctuation, 2 x matches / words of both; closings,
names and signatures are left out of both. An answer with another greeting and one more sentence is
alike, one that says something else is not; that the border lies there is a choice, so the report
shows the texts beside the number.
"""

import re
from datetime import date, datetime, time, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.autonomy.ruling import Would
from services.mail.reply import visible_reply
from services.zones import is_weekday

ALIKE = 0.6
WORKING_DAYS = 2
MOST_WORDS = 400
"""Compared of each text: more would cost much and change little."""
_WORD = re.compile(r"\w+")


class Did(StrEnum):
    """What people did: sent the like, sent something else, wrote only after the two days, nothing;
    open while there is time."""

    LIKE = "like"
    OTHER = "other"
    LATER = "later"
    NOTHING = "nothing"
    OPEN = "open"


def similarity(mine: str, theirs: str) -> float:
    """From 0 (no word in common) to 1 (the same words in the same order)."""
    said = (visible_reply(text).casefold() for text in (mine, theirs))
    ours, others = (_WORD.findall(text)[:MOST_WORDS] for text in said)
    if not ours or not others:
        return 0.0
    return SequenceMatcher(None, ours, others, autojunk=False).ratio()


def deadline(at: datetime, zone: ZoneInfo) -> datetime:
    """The same hour two working days later, Saturdays and Sundays left out; what begins on one of
    them begins on the Monday."""
    local = at.astimezone(zone)
    day, hour = local.date(), local.timetz().replace(tzinfo=None)
    if not is_weekday(day):
        day, hour = _next_working(day), time()
    for _ in range(WORKING_DAYS):
        day = _next_working(day)
    return datetime.combine(day, hour, zone)


def _next_working(day: date) -> date:
    day += timedelta(days=1)
    while not is_weekday(day):
        day += timedelta(days=1)
    return day


def did(
    held: str, written: str | None, written_at: datetime | None, *, until: datetime, now: datetime
) -> Did:
    """`written`: what a person sent first after it was held, None where that is no longer kept."""
    if written_at is None:
        return Did.NOTHING if now >= until else Did.OPEN
    if written_at > until:
        return Did.LATER
    return Did.LIKE if similarity(held, written or "") >= ALIKE else Did.OTHER


def agrees(would: Would, came: Did) -> bool:
    return (would is Would.SEND) == (came is Did.LIKE)
