"""What is known, fact by fact: what was said last holds, what was said before stays visible. Pure.

The conversation's own qualification weighs by confidence, because it drives stages and drafts. For
the view a newer word on the same fact beats an older one, whichever channel it came through.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.merge import SEPARATOR, from_json
from services.types.account_view import Channel, Fact, Said, Where
from services.types.qualification import LIST_CRITERIA, Criterion

EARLIER = 5
Sayings = dict[str, list[Said]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Of a text: when it was said, through what, by whom, and where it stands."""

    at: datetime
    channel: Channel
    where: Where
    who: str = ""

    def said(self, value: str, quote: str, confidence: float) -> Said:
        return Said(
            value=value,
            at=self.at,
            channel=self.channel,
            where=self.where,
            who=self.who,
            quote=quote,
            confidence=confidence,
        )


def said_in(analysis: Mapping[str, Any], told: Told) -> Iterator[tuple[str, Said]]:
    """What one text says: its findings, or (stored before those were kept) what it changed."""
    stored = analysis.get("findings")
    values = (
        [(one, "value") for one in stored]
        if isinstance(stored, list)
        else [(one, "after") for one in analysis.get("changes") or ()]
    )
    for one, key in values:
        found = _said(one, key, told)
        if found is not None:
            yield found


def _said(one: Any, key: str, told: Told) -> tuple[str, Said] | None:
    try:
        name = Criterion(one["criterion"]).value
        value = " ".join(str(one[key] or "").split())
        quote, sure = str(one.get("quote") or ""), float(one.get("confidence") or 0.0)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return (name, told.said(value, quote, sure)) if value else None


def said_by_state(qualification: Mapping[str, Any], told: Told) -> Iterator[tuple[str, Said]]:
    """What a folded state holds; when exactly it was said is no longer known."""
    for criterion, state in from_json(qualification).criteria.items():
        quote = state.evidence.split(SEPARATOR)[-1]
        for value in state.values if state.identified else ():
            yield criterion.value, told.said(value, quote, state.confidence)


def collect(found: Iterable[tuple[str, Said]]) -> Sayings:
    sayings: Sayings = {}
    for name, said in found:
        sayings.setdefault(name, []).append(said)
    return sayings


def facts_of(sayings: Mapping[str, Sequence[Said]]) -> tuple[Fact, ...]:
    """One fact a criterion, in the order of the methods."""
    return tuple(fact_of(one.value, sayings[one.value]) for one in Criterion if one in sayings)


def fact_of(name: str, said: Sequence[Said], about: str = "") -> Fact:
    """The newest word wins. Of a criterion that names several things nothing is lost: every value
    that was named holds."""
    ordered = sorted(said, key=_newest)
    current = ordered[0]
    if name in LIST_CRITERIA:
        values = {_same(one.value): one.value for one in reversed(ordered)}
        named = [values[_same(one.value)] for one in ordered]
        return Fact(
            name=name,
            current=replace(current, value=", ".join(dict.fromkeys(named))),
            about=about,
        )
    lost: dict[str, Said] = {}
    for one in ordered[1:]:
        if _same(one.value) != _same(current.value):
            lost.setdefault(_same(one.value), one)
    return Fact(name=name, current=current, earlier=tuple(lost.values())[:EARLIER], about=about)


def _newest(said: Said) -> tuple[float, float, str, str, tuple[str, str]]:
    """Ties are settled by what was said and where, never by what was read first."""
    return (-said.at.timestamp(), -said.confidence, said.value, said.quote, said.where.order)


def _same(value: str) -> str:
    return " ".join(value.casefold().split())
