"""What customers say: ready to buy, wanting more, asking the price, naming a competitor, unhappy,
short of money, about to leave. One table says which words mean which signal.

`core` words mean it; without one there is no signal. `with_it` go along with it and make it surer.
A sentence weighs what reading it made us sure of, times `CORE` or `WITH_IT`, times its freshness; a
second sentence of the same mail weighs a little less than one of another.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from services.signals.detectors.pure import Rules, finding
from services.signals.detectors.sayings import Said, sayings
from services.signals.detectors.seen import quoted
from services.signals.detectors.words import MORE
from services.signals.grading import Piece, freshness
from services.signals.saying import count, day, names
from services.types.signals import CATALOGUE, AccountFacts, Detected, SignalName

CORE, WITH_IT, SAME_TEXT = 0.75, 0.45, 0.75


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
        "competitor named", "price objection | deal lost | cancellation"
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
    said = list(sayings(facts))
    for name, meaning in MEANINGS.items():
        core = [one for one in said if one.name in meaning.core]
        if core:
            beside = [one for one in said if one.name in meaning.with_it]
            yield _found(facts, name, core, beside)


def _found(facts: AccountFacts, name: SignalName, core: list[Said], beside: list[Said]) -> Detected:
    pieces = [*_pieces(facts, core, CORE), *_pieces(facts, beside, WITH_IT)]
    newest = core[-1].text
    people = names(dict.fromkeys(one.text.sender_name or one.text.sender_email for one in core))
    places = len({one.text.id for one in core})
    why = (
        f"{people}, {day(newest.happened_at, facts.now)}: {CATALOGUE[name].words}, in "
        f"{count(places, 'message')} of the last weeks"
    )
    return finding(name, pieces, why)


def _pieces(facts: AccountFacts, said: Iterable[Said], factor: float) -> Iterator[Piece]:
    """The newest texts first; of one text the surest sentence counts in full."""
    seen: dict[UUID, int] = {}
    ranked = sorted(said, key=lambda one: (-one.confidence, one.text.happened_at, one.quote))
    for one in ranked:
        again = seen[one.text.id] = seen.get(one.text.id, -1) + 1
        weight = one.confidence * factor * freshness(one.text.happened_at, facts.now)
        yield Piece(quoted(one.text, one.quote), weight * SAME_TEXT**again)


SAID = Rules(name="rules.said", names=frozenset(MEANINGS), look=look)
