"""The last thirty days and the thirty before, in days of UTC as the figures are kept."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from db.session import ReadTx
from services.analytics.figures import figures
from services.types.learning import Figures
from services.types.me import Spans

DAYS = 30
OVER = 8
"""Days until the seven in which a mail may be answered are over, whenever on its day it left."""
WEEKS = 12


def today_of(now: datetime) -> date:
    return now.astimezone(UTC).date()


def drafts_from(today: date) -> date:
    """The first of the last thirty days."""
    return today - timedelta(days=DAYS - 1)


def answers_of(today: date) -> tuple[date, date]:
    """Thirty days whose mails have all had their time."""
    last = today - timedelta(days=OVER)
    return last - timedelta(days=DAYS - 1), last


async def spans_of(tx: ReadTx, people: Collection[UUID] | None, now: datetime) -> Spans:
    today, back = today_of(now), timedelta(days=DAYS)
    first, last = answers_of(today)
    begins = drafts_from(today)
    return Spans(
        now=await _sum(tx, people, begins, today),
        before=await _sum(tx, people, begins - back, today - back),
        answers=await _sum(tx, people, first, last),
        answers_before=await _sum(tx, people, first - back, last - back),
        days=DAYS,
        first=first,
        last=last,
    )


async def _sum(tx: ReadTx, people: Collection[UUID] | None, first: date, last: date) -> Figures:
    return (await figures(tx, people, first, last))[None]


def first_week(today: date) -> date:
    """The Monday of the first of twelve weeks, the running one included."""
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)


def is_over(monday: date, today: date) -> bool:
    """Whether every mail of this week has had its time to be answered."""
    return monday + timedelta(days=6) <= today - timedelta(days=OVER)
