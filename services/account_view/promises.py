"""Who owes what: what they asked and nobody has answered, and what either side said it would do.
Read out of the mails themselves, by rules; each with the words that say so. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.account_view.promise_words import DONE, NO_PROMISE, PROMISES, Sort
from services.offline.dates import find_days
from services.offline.text import Sentence, sentences
from services.types.account_view import Promise, PromiseState, Side, Where

LONGEST = 400
"""Characters of a sentence that may be a promise: longer ones are lists and terms."""
FORGOTTEN = timedelta(days=60)
"""A promise without a day is no longer spoken of."""
READ = 12_000
MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail, as far as promises are read in it. `asks`: quotes of what it asks, with the day it is
    wanted; `talk` is its conversation; `handed`: it has attachments."""

    id: UUID
    talk: UUID
    at: datetime
    inbound: bool
    who: str
    text: str
    where: Where
    asks: tuple[tuple[str, date | None], ...] = ()
    human: bool = True
    handed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vow:
    """A sentence that promises something, and by when."""

    quote: str
    sort: Sort
    due: date | None


def find_vows(text: str, today: date) -> Iterator[Vow]:
    """The promises in a text, in order; a sentence is one at most."""
    for sentence in sentences(text[:READ]):
        sort = _sort(sentence)
        if sort is not None:
            due = next(
                (one.day for one in find_days(sentence.flat, today) if one.day >= today), None
            )
            yield Vow(quote=sentence.quote, sort=sort, due=due)


def _sort(sentence: Sentence) -> Sort | None:
    flat = sentence.flat
    if sentence.question or len(flat) > LONGEST:
        return None
    if NO_PROMISE.search(flat) or DONE.search(flat):
        return None
    return next((sort for sort, pattern in PROMISES if pattern.search(flat)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A letter and what is promised in it, read once."""

    letter: Letter
    vows: tuple[Vow, ...]
    done: bool
    """It hands something over, or says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """What today is, and which talks were arranged when."""

    today: date
    meetings: Sequence[tuple[datetime, Where]]


def promises_of(
    letters: Iterable[Letter],
    meetings: Sequence[tuple[datetime, Where]],
    now: datetime,
    zone: ZoneInfo,
) -> tuple[Promise, ...]:
    """What is owed, in the order it presses: overdue, then by day, then the newest. `meetings`:
    when each was arranged or changed."""
    told = [_read(one, zone) for one in sorted(letters, key=_order) if one.human]
    day = _Day(today=now.astimezone(zone).date(), meetings=sorted(meetings, key=lambda m: m[0]))
    talks: dict[UUID, list[_Read]] = {}
    for one in told:
        talks.setdefault(one.letter.talk, []).append(one)
    found: dict[tuple[Side, str], Promise] = {}
    for one in told:
        later = [other for other in talks[one.letter.talk] if other.letter.at > one.letter.at]
        for promise in _owed(one, later, day):
            # Said again in the same words is the same promise: the last time counts.
            found[promise.side, " ".join(promise.quote.split()).casefold()] = promise
    pressing = [one for one in found.values() if one.due or now - one.at < FORGOTTEN]
    return tuple(sorted(pressing, key=_pressing))[:MOST]


def _read(letter: Letter, zone: ZoneInfo) -> _Read:
    vows = tuple(find_vows(letter.text, letter.at.astimezone(zone).date()))
    return _Read(letter=letter, vows=vows, done=letter.handed or bool(DONE.search(letter.text)))


def _owed(one: _Read, later: Sequence[_Read], day: _Day) -> Iterator[Promise]:
    letter = one.letter
    answered = any(other.letter.inbound != letter.inbound for other in later)
    if letter.inbound and not answered:
        for quote, due in letter.asks:
            yield _promise(letter, Side.ASKED, (quote, due), day)
    side = Side.THEIRS if letter.inbound else Side.OURS
    own = [other for other in later if other.letter.inbound == letter.inbound]
    for vow in one.vows:
        kept = _kept(vow, letter, own, day)
        yield _promise(letter, side, (vow.quote, vow.due), day, kept)


def _promise(
    letter: Letter, side: Side, said: tuple[str, date | None], day: _Day, kept: Where | None = None
) -> Promise:
    quote, due = said
    late = due is not None and due < day.today
    state = PromiseState.OVERDUE if late else PromiseState.OPEN
    return Promise(
        side=side,
        quote=quote,
        who=letter.who,
        at=letter.at,
        due=due,
        state=state if kept is None else PromiseState.KEPT,
        where=letter.where,
        kept_by=kept,
    )


def _kept(vow: Vow, letter: Letter, own: Sequence[_Read], day: _Day) -> Where | None:
    """What shows that it was kept: nothing is taken for kept that no row shows."""
    if vow.sort is Sort.MEET:
        met = next((where for at, where in day.meetings if at > letter.at), None)
        if met is not None:
            return met
    # A later word is an answer, unless it only promises one again.
    shown = (one for one in own if one.done or (vow.sort is Sort.ANSWER and not one.vows))
    return next((one.letter.where for one in shown), None)


def _order(letter: Letter) -> tuple[datetime, str, tuple[str, str]]:
    return (letter.at, letter.text, letter.where.order)


def _pressing(promise: Promise) -> tuple[bool, bool, date, float, str]:
    return (
        promise.state is PromiseState.KEPT,
        promise.state is not PromiseState.OVERDUE,
        promise.due or date.max,
        -promise.at.timestamp(),
        promise.quote,
    )
