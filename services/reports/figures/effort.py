"""Effort saved: the writing that people were spared, less their reading and their editing.

Nobody sees how long somebody writes a mail in Gmail. Words can be counted, so effort is words at a
pace: the words are measured in this tenant, the two paces are assumptions, named as such and taken
as wide as studies find them. What comes out is a range, never one number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.reports.figures.numbers import ENOUGH, Days, median_range
from services.types.reports import Figure, Part, Unit

KEY, NAME = "effort", "Effort saved"
WRITES = (19, 33)
"""Words a minute, composing and copying: Karat and others 1999. Real writing lies between."""
READS = (175, 300)
"""Words a minute, silently, non-fiction: Brysbaert 2019, most adults."""
ENOUGH_DAYS = 5
FORMULA = (
    "(n · h - e) ÷ w - r ÷ v. n: mails of mine that left. h: words of a mail that people write by "
    "hand, the median of days when I only watched. e: words that people wrote into my texts. r: "
    f"words of mine that they had to read, used or not. w: {WRITES[0]} to {WRITES[1]} words "
    f"written a minute, v: {READS[0]} to {READS[1]} words read a minute. Answers and other mails "
    "apart, then added."
)
COUNTED = (
    "Of actions proposed in these days: n counts those whose mail was sent; e the words of the "
    "sent text that my first text didn't have; r the words of every version that was shown on a "
    "card. h is taken from mails that members sent without me on days on which all my texts were "
    f"held, at least {ENOUGH} mails on {ENOUGH_DAYS} days, with the interval its median has at "
    "95 %. w and v are assumptions: composing and copying (Karat and others, 1999), and silent "
    "reading (Brysbaert, 2019). Thinking, searching and waiting are in neither, so they count for "
    "nothing here. Words stand between blanks; of Chinese, Japanese, Korean and Thai two and a "
    "half letters count as one."
)
NO_BASELINE = (
    "I only watched on too few days to know how long people's own mails are. An admin can switch "
    "shadow mode on for a week (/understudy settings): then I only watch, and learn it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """One kind of mail: answers, or mails that answer none."""

    label: str
    sent: int
    typed: int
    read: int
    by_hand: Sequence[int] = ()
    """Words of each mail that people wrote by hand on shadow days."""
    shadow_days: int = 0

    @property
    def measured(self) -> bool:
        return len(self.by_hand) >= ENOUGH and self.shadow_days >= ENOUGH_DAYS


def figure(kinds: Sequence[Writing], days: Days) -> Figure:
    sent = sum(one.sent for one in kinds)
    known = [one for one in kinds if one.measured]
    compared = sum(one.sent for one in known)
    part = _saved(kinds, known) if compared else None
    return Figure(
        key=KEY,
        name=NAME,
        formula=FORMULA,
        counted=COUNTED,
        sample=_sample(kinds, sent),
        since=days.first,
        until=days.last,
        parts=(part,) if part else (),
        notes=_notes(kinds, known),
        unknown="" if part else "no mail of mine left" if not sent else NO_BASELINE,
        told={"mails of mine that left": sent},
    )


def _saved(kinds: Sequence[Writing], known: Sequence[Writing]) -> Part:
    """Reading and editing count for all kinds, spared writing only where its length is known: what
    isn't known never makes the figure larger."""
    ranges = [(one.sent, *median_range(one.by_hand)) for one in known]
    typed = sum(one.typed for one in kinds)
    read = sum(one.read for one in kinds)
    least = sum(sent * low for sent, low, _ in ranges) - typed
    most = sum(sent * high for sent, _, high in ranges) - typed
    return Part(
        label="",
        unit=Unit.MINUTES,
        low=_minutes(min(least / one for one in WRITES) - read / READS[0]),
        high=_minutes(max(most / one for one in WRITES) - read / READS[1]),
    )


def _minutes(value: float) -> Decimal:
    return Decimal(round(value))


def _sample(kinds: Sequence[Writing], sent: int) -> str:
    by_hand = sum(len(one.by_hand) for one in kinds)
    shadow = max((one.shadow_days for one in kinds), default=0)
    return f"mails of mine that left: {sent:,}; by hand: {by_hand:,} on {shadow:,} days of watching"


def _notes(kinds: Sequence[Writing], known: Sequence[Writing]) -> tuple[str, ...]:
    out = [one for one in kinds if one.sent and one not in known]
    if not known or not out:
        return ()
    return tuple(
        f"{one.sent:,} {one.label} count as reading only: too few were written by hand when I only "
        "watched, to compare with"
        for one in out
    )
