"""Engagement: how many of my mails a person answered, beside the mails people wrote by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.reports.figures.numbers import ENOUGH, Days, difference, share
from services.types.reports import Figure, Part

KEY, NAME = "engagement", "Engagement"
FORMULA = (
    "a ÷ s, mine less by hand. s: mails sent whose seven days are over. a: of them, those that a "
    "person answered within seven days. Answers to a mail and other mails apart. Each share has "
    "Wilson's interval, their difference Newcombe's, at 95 %."
)
COUNTED = (
    "A mail is mine when it left through me, changed by people or not; by hand when a member sent "
    "it from Gmail. An answer is a later mail of a person in the same conversation; automatic "
    "replies, bounces, mails that fail authentication and those with orders to a machine are "
    "none. The mails by hand are those of shadow days, when I only watched; where these are "
    f"fewer than {ENOUGH}, those of the same days. People choose which mails they leave to me, so "
    "a difference is no proof of a cause."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """(answered, sent) of one kind of mail."""

    label: str
    mine: tuple[int, int]
    shadow: tuple[int, int]
    by_hand: tuple[int, int]
    """By hand, in the days of the report."""

    @property
    def baseline(self) -> tuple[str, tuple[int, int]]:
        if self.shadow[1] >= ENOUGH:
            return "by hand when I only watched, answered", self.shadow
        return "by hand in these days, answered", self.by_hand


def figure(kinds: Sequence[Kind], still_open: int, days: Days) -> Figure:
    sent = sum(one.mine[1] for one in kinds)
    open_words = f"; not over yet: {still_open:,}" if still_open else ""
    return Figure(
        key=KEY,
        name=NAME,
        formula=FORMULA,
        counted=COUNTED,
        sample=f"mails of mine whose week is over: {sent:,}{open_words}",
        since=days.first,
        until=days.last,
        parts=tuple(part for kind in kinds if kind.mine[1] for part in _parts(kind)),
        unknown="" if sent else "no mail of mine has left whose week is over",
        told=_told(kinds),
    )


def _parts(kind: Kind) -> tuple[Part, ...]:
    name, theirs = kind.baseline
    return (
        share(f"{kind.label} of mine, answered", *kind.mine),
        share(name, *theirs),
        difference("difference", kind.mine, theirs),
    )


def _told(kinds: Sequence[Kind]) -> Mapping[str, int]:
    return {"mails of mine answered": sum(one.mine[0] for one in kinds)}
