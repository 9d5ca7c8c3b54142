"""What customers say: ready to buy, wanting more, asking the price, naming a competitor, unhappy,
short of money, about to leave. One table says which words mean which signal.

`core` words mean it; without one there is no signal. `with_it` go along with it and make it surer.
A sentence weighs what reading it made us sure of, times `CORE` or `WITH_IT`, times its freshness; a
second sentence of the same mail weighs a little less than one of another. What confirms it in other
words (services/signals/detectors/beside, rivals) weighs `BESIDE`, the newest `MOST_BESIDE` of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.signals.detectors.beside import confirming
from services.signals.detectors.pure import Rules, finding
from services.signals.detectors.rivals import SURE, rivals
from services.signals.detectors.sayings import Said, recent, sayings
from services.signals.detectors.seen import quoted
from services.signals.detectors.taken_back import staying_since
from services.signals.detectors.words import ABOUT_OTHERS, MORE
from services.signals.grading import Piece, freshness
from services.signals.saying import count, day, names
from services.types.signals import CATALOGUE, AccountFacts, Detected, SignalName

CORE, WITH_IT, SAME_TEXT = 0.75, 0.5, 0.75
BESIDE, MOST_BESIDE = 0.3, 3
SHORTLY_BEFORE, NEAR = timedelta(days=7), timedelta(days=30)
"""What confirms is said so many days before the sentence it confirms at most, or after it."""


@dataclass(frozen=True, slots=True)
class Meaning:
    core: frozenset[str]
    with_it: frozenset[str] = frozenset()


def _meaning(core: str, with_it: str = "") -> Meaning:
    return Meaning(frozenset(core.split(" | ")), frozenset(with_it.split(" | ")))


MEANINGS: dict[SignalName, Meaning] = {
    SignalName.READY_TO_BUY: _meaning(
        "ready to buy | contract requested",
        "budget stated | timeline named | urgency | strong interest | next step proposed"
        " | stakeholder added | pricing asked",
    ),
    SignalName.PRICING_ASKED: _meaning(
        "pricing asked",
        "contract requested | budget stated | timeline named | ready to buy | strong interest",
    ),
    SignalName.EXPANSION: _meaning(
        MORE, "strong interest | usage up | pricing asked | budget stated | ready to buy"
    ),
    SignalName.COMPETITOR_NAMED: _meaning(
        "competitor named", "competitor again | price objection | deal lost | cancellation"
    ),
    SignalName.CANCELLATION: _meaning(
        "cancellation | deal lost",
        "dissatisfaction | escalation | competitor named | usage down | budget cut | no budget"
        " | price objection",
    ),
    SignalName.DISSATISFACTION: _meaning(
        "dissatisfaction | escalation", "cancellation | usage down | price objection"
    ),
    SignalName.BUDGET_TROUBLE: _meaning(
        "budget cut | no budget", "price objection | going quiet | cancellation"
    ),
}


def look(facts: AccountFacts) -> Iterator[Detected]:
    if facts.lifecycle == "churned":
        return
    said = sorted(
        [*sayings(facts), *_rivals(facts)], key=lambda one: (one.text.happened_at, one.text.id)
    )
    staying = staying_since(recent(facts))
    for name, meaning in MEANINGS.items():
        core = [one for one in said if one.name in meaning.core and not _elsewhere(name, one)]
        if name is SignalName.CANCELLATION and staying is not None:
            core = [one for one in core if one.text.happened_at > staying]
        if core:
            with_it = [one for one in said if one.name in meaning.with_it]
            yield _found(facts, name, core, with_it)


def _elsewhere(name: SignalName, said: Said) -> bool:
    """Unhappy, but with somebody else."""
    return name is SignalName.DISSATISFACTION and bool(ABOUT_OTHERS.search(said.quote))


def _rivals(facts: AccountFacts) -> Iterator[Said]:
    """A competitor that somebody brought in, and what else they say of it."""
    for one in rivals(facts, recent(facts)):
        name = "competitor named" if one.first else "competitor again"
        yield Said(one.text, name, SURE, one.quote)


def _found(
    facts: AccountFacts, name: SignalName, core: list[Said], with_it: list[Said]
) -> Detected:
    known = {one.quote for one in (*core, *with_it)}
    pieces = [
        *_pieces(facts, core, CORE),
        *_pieces(facts, with_it, WITH_IT),
        *_beside(facts, name, core, known),
    ]
    newest = core[-1].text
    people = names(dict.fromkeys(one.text.sender_name or one.text.sender_email for one in core))
    places = len({one.text.id for one in core})
    why = (
        f"{people}, {day(newest.happened_at, facts.now)}: {CATALOGUE[name].words}, in "
        f"{count(places, 'message')} of the last weeks"
    )
    return finding(name, pieces, why)


def _beside(
    facts: AccountFacts, name: SignalName, core: list[Said], known: set[str]
) -> Iterator[Piece]:
    """Other sentences, near in time, that confirm it."""
    first, last = core[0].text.happened_at - SHORTLY_BEFORE, core[-1].text.happened_at + NEAR
    found = [
        (text, quote)
        for text in reversed(recent(facts))
        if first <= text.happened_at <= last
        for quote in confirming(name, text)
        if quote not in known and quote in text.text
    ]
    for text, quote in found[:MOST_BESIDE]:
        yield Piece(quoted(text, quote), BESIDE * freshness(text.happened_at, facts.now))


def _pieces(facts: AccountFacts, said: Iterable[Said], factor: float) -> Iterator[Piece]:
    """The newest texts first; of one text the surest sentence counts in full."""
    seen: dict[UUID, int] = {}
    ranked = sorted(said, key=lambda one: (-one.confidence, one.text.happened_at, one.quote))
    for one in ranked:
        again = seen[one.text.id] = seen.get(one.text.id, -1) + 1
        weight = one.confidence * factor * freshness(one.text.happened_at, facts.now)
        yield Piece(quoted(one.text, one.quote), weight * SAME_TEXT**again)


SAID = Rules(name="rules.said", names=frozenset(MEANINGS), look=look)
