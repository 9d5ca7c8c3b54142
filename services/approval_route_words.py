"""A route in one sentence: which rule holds, whom it names, and why it is this person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.approval_rule_text import measure_texts
from services.types.approvals import (
    ACTION_WORDS,
    MANAGER,
    TITLE_WORDS,
    Approver,
    Ask,
    AutoApproval,
    Band,
    RequestType,
    Risk,
    Rule,
)

_NOUNS = {
    RequestType.DISCOUNT: "discount",
    RequestType.REFUND: "refund",
    RequestType.EXCEPTION: "exception",
    RequestType.ESCALATION: "escalation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """The rule and the band that hold. `doubt`: what couldn't be told, so that it is the strictest
    band of the rule."""

    rule: Rule
    index: int
    doubt: Literal["", "type", "risk", "size"] = ""

    @property
    def band(self) -> Band:
        return self.rule.bands[self.index]


@dataclass(slots=True, kw_only=True)
class Choice:
    """Who was chosen for a seat; `voice` is the delegate while the holder is away. `among` counts
    those who could have been."""

    title: str
    holder: Approver
    voice: Approver
    until: str = ""
    among: int = 1
    direct: bool = True
    """False for a manager further up than the nearest."""

    @property
    def delegated(self) -> bool:
        return self.voice.id != self.holder.id

    @property
    def delegate_id(self) -> UUID | None:
        return self.voice.id if self.delegated else None


def title_words(title: str) -> str:
    """`vp_sales` is a VP of sales."""
    return TITLE_WORDS.get(title, title.replace("_", " "))


def last_day(ends_at: datetime) -> str:
    """The last day of an absence, by name. It ends at somebody's midnight; wherever that is from
    UTC-10 to UTC+13, eleven hours earlier it is that last day in UTC as well."""
    day = (ends_at - timedelta(hours=11)).date()
    return f"{day.day} {day:%B}"


def auto_sentence(ask: Ask, auto: AutoApproval) -> str:
    caps = measure_texts(auto.percentage_up_to, {})
    if ask.currency in auto.amount_up_to:
        caps += measure_texts(None, {ask.currency: auto.amount_up_to[ask.currency]})
    within = f" up to {' and '.join(caps)}" if caps else ""
    return f"{_a(ask.type)}{within} needs nobody: the template “{auto.name}” approves it."


def route_sentence(ask: Ask, demand: Demand, choices: Sequence[Choice], empty: int) -> str:
    """What the rules demand, and how it came to these people."""
    lead = _lead(ask, demand, len(choices) + empty)
    if demand.band.needed > 1 or len(choices) > 1:
        return f"{lead}{_several(choices, empty)}."
    if not choices:
        return f"{lead}; nobody may do so now, so an admin has to see to it."
    return f"{lead}{_one(demand.band.approver, choices[0])}."


def _lead(ask: Ask, demand: Demand, seats: int) -> str:
    what, words, needed = _what(ask, demand), title_words(demand.band.approver), demand.band.needed
    if needed > 1 or seats > 1:
        of = f" of {seats}" if seats > needed else ""
        return f"{what}: {needed}{of} people must agree, {words} first"
    if not demand.doubt:
        return f"{what} is decided by {words}"
    return f"{what}{', so' if demand.doubt == 'type' else ' and'} {words} decides"


def _what(ask: Ask, demand: Demand) -> str:
    if demand.doubt == "type":
        return f"No rule covers {_noun(ask.type)}"
    if demand.doubt == "risk":
        return f"No rule covers {_noun(ask.type)} at {ask.risk} risk, so the strictest one holds"
    if demand.doubt == "size":
        return f"How large {_noun(ask.type)} is can't be told, so the strictest band holds"
    return _which(ask, demand)


def _which(ask: Ask, demand: Demand) -> str:
    rule, index = demand.rule, demand.index
    risk = f" at {ask.risk} risk" if rule.risks != frozenset(Risk) else ""
    band = rule.bands[index]
    if index:
        return f"{_a(ask.type)} from {_reached(ask, band)}{risk}"
    above = rule.bands[1] if len(rule.bands) > 1 else None
    limit = _measures(ask, above) if above else []
    return f"{_a(ask.type)} below {' and '.join(limit)}{risk}" if limit else _a(ask.type) + risk


def _reached(ask: Ask, band: Band) -> str:
    """The threshold that was passed."""
    by_percentage = (
        band.percentage is not None
        and ask.percentage is not None
        and ask.percentage >= band.percentage
    )
    told = _measures(ask, band)
    return told[0 if by_percentage else -1]


def _measures(ask: Ask, band: Band) -> list[str]:
    """The band's thresholds that matter to this ask: no currency but its own."""
    own = {ask.currency: band.amount[ask.currency]} if ask.currency in band.amount else {}
    return measure_texts(band.percentage, own)


def _one(demanded: str, choice: Choice) -> str:
    name = choice.voice.name
    away = f"{choice.holder.name} is away until {choice.until}, so {name} decides instead"
    if choice.title != demanded or not choice.direct:
        missing = (
            "the requester's manager can't decide now"
            if demanded == MANAGER
            else "nobody with that title can decide now"
        )
        if choice.delegated:
            return f"; {missing}, and {away}"
        up = title_words(choice.title) if choice.title != MANAGER else "the next manager up"
        return f"; {missing}, so it goes to {up}, {name}"
    if choice.delegated:
        return f"; {away}"
    return f"; {name} has the fewest waiting" if choice.among > 1 else f": {name}"


def _several(choices: Sequence[Choice], empty: int) -> str:
    names = [
        f"{one.voice.name} for {one.holder.name}" if one.delegated else one.voice.name
        for one in choices
    ]
    missing = ""
    if empty:
        places = "one place has" if empty == 1 else f"{empty} places have"
        missing = f"; {places} nobody yet"
    if not names:
        return missing
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f" ({listed}){missing}"


def _noun(type_: str) -> str:
    noun = _NOUNS.get(RequestType(type_)) if type_ in set(RequestType) else None
    return f"this {noun}" if noun else f"this kind of mail ({_mail(type_)})"


def _a(type_: str) -> str:
    if type_ not in set(RequestType):
        return _mail(type_)
    noun = _NOUNS[RequestType(type_)]
    return f"An {noun}" if noun[0] in "aeiou" else f"A {noun}"


def _mail(type_: str) -> str:
    """`Mail about terms`: what a gated draft amounts to."""
    return ACTION_WORDS.get(type_, f"Mail to {type_.replace('_', ' ')}")
