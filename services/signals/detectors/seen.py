"""Reading an account's facts: who wrote when, in whose words, and how long that is in working days.
Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from services.types.signals import (
    AccountFacts,
    Evidence,
    EvidenceSource,
    SeenContact,
    SeenText,
)
from services.zones import is_weekday

ONE_DAY = timedelta(days=1)
_COUNTED = 400
_STANDING = ("onboarding", "at_risk")


def written(facts: AccountFacts, since: datetime | None = None) -> list[SeenText]:
    """What people of the customer wrote or said, oldest first. A text that gives orders to machines
    is among it: its writer did write, though none of its words count."""
    return [
        text
        for text in facts.texts
        if text.inbound and text.human and (since is None or text.happened_at > since)
    ]


def believed(facts: AccountFacts, since: datetime | None = None) -> list[SeenText]:
    """Of these, what may be evidence."""
    return [text for text in written(facts, since) if not text.suspicious]


def sent(facts: AccountFacts, since: datetime | None = None) -> list[SeenText]:
    """The mails people on our side wrote, oldest first."""
    return [
        text
        for text in facts.texts
        if text.source is EvidenceSource.MESSAGE
        and not text.inbound
        and text.human
        and (since is None or text.happened_at > since)
    ]


def on_sale(facts: AccountFacts) -> bool:
    """Something is open with them: a deal, or nothing that was ever closed. Whoever has left, or
    whose deals are all closed, may be quiet; unless a renewal is near or things already go badly.
    """
    if facts.lifecycle == "churned":
        return False
    if not facts.deals or any(deal.open for deal in facts.deals):
        return True
    return facts.lifecycle in _STANDING or renews_within(facts, timedelta(days=120))


def renews_within(facts: AccountFacts, span: timedelta) -> bool:
    today = facts.now.date()
    return facts.renewal_date is not None and today <= facts.renewal_date <= today + span


# ── Working time ────────────────────────────────────────────────────────────────────────────────
def is_workday(day: date) -> bool:
    """Not a weekend, and not the days at the end of the year on which nobody answers."""
    holiday = (day.month, day.day) == (1, 1) or (day.month == 12 and day.day >= 24)  # noqa: PLR2004 - Christmas Eve
    return is_weekday(day) and not holiday


def workdays(start: datetime, end: datetime) -> float:
    """The working days between two moments, in days and parts of them."""
    if end <= start:
        return 0.0
    total, day = timedelta(0), start.date()
    while day <= end.date():
        if is_workday(day):
            midnight = datetime(day.year, day.month, day.day, tzinfo=start.tzinfo)
            total += min(end, midnight + ONE_DAY) - max(start, midnight)
        day += ONE_DAY
    return total / ONE_DAY


def days_written(texts: Iterable[SeenText]) -> list[SeenText]:
    """The last text of each day on which somebody wrote: five mails in an hour are one sign of
    life."""
    return list({text.happened_at.date(): text for text in texts}.values())


def pauses(texts: Sequence[SeenText]) -> list[float]:
    """The working days between one day of writing and the next."""
    return [workdays(before.happened_at, after.happened_at) for before, after in pairwise(texts)]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Pauses between days of writing, in working days: the middle one, and nearly the longest."""

    middle: float
    long: float

    def limit(self, shortest: float) -> float:
        """The pause that is no longer usual: three times the middle one, a quarter beyond what
        nine of ten stayed under, and never under `shortest`."""
        return max(self.middle * 3, self.long * 1.25, shortest)


def rhythm(texts: Sequence[SeenText], fewest: int) -> Rhythm | None:
    """None when there are fewer than `fewest` pauses to tell from."""
    gaps = sorted(pauses(days_written(texts)))
    if len(gaps) < fewest:
        return None
    return Rhythm(middle=median(gaps), long=gaps[min(int(len(gaps) * 0.9), len(gaps) - 1)])


# ── Pieces ──────────────────────────────────────────────────────────────────────────────────────
def figure(words: str, of: Iterable[SeenText], at: datetime | None = None) -> Evidence:
    """A number with the messages it was counted from, the newest last."""
    texts = sorted(of, key=lambda text: (text.happened_at, text.id))[-_COUNTED:]
    return Evidence(
        source=EvidenceSource.FIGURE,
        at=at or (texts[-1].happened_at if texts else None),
        words=words,
        of=tuple(dict.fromkeys(text.id for text in texts)),
    )


def quoted(text: SeenText, quote: str) -> Evidence:
    return Evidence(
        source=text.source,
        source_id=text.id,
        at=text.happened_at,
        who=text.sender_name or text.sender_email,
        quote=quote,
    )


def called(text: SeenText) -> str:
    return text.sender_name or text.sender_email


def wrote(contact: SeenContact, texts: Iterable[SeenText]) -> list[SeenText]:
    """What this contact wrote."""
    return [text for text in texts if is_by(contact, text)]


def is_by(contact: SeenContact, text: SeenText) -> bool:
    return text.contact_id == contact.id or text.sender_email == contact.email


def by_person(texts: Iterable[SeenText]) -> Iterator[tuple[str, list[SeenText]]]:
    """Each writer's texts, in the order of their addresses."""
    people: dict[str, list[SeenText]] = {}
    for text in texts:
        people.setdefault(text.sender_email, []).append(text)
    yield from sorted(people.items())
