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
from services.signals.grading import Piece, freshness
from services.signals.saying import count, day, names
from services.types.model import Sign
from services.types.signals import AccountFacts, Detected, SignalName

CORE, WITH_IT, SAME_TEXT = 0.75, 0.5, 0.75
BESIDE, MOST_BESIDE = 0.3, 3
SHORTLY_BEFORE, NEAR = timedelta(days=7), timedelta(days=30)
"""What confirms is said so many days before the sentence it confirms at most, or after it."""


AGAIN = "competitor again"
"""A competitor that was brought in before, named once more."""


@dataclass(frozen=True, slots=True)
class Meaning:
    core: frozenset[str]
    with_it: frozenset[str] = frozenset()


MEANINGS: dict[SignalName, Meaning] = {
    SignalName.READY_TO_BUY: Meaning(
        frozenset({Sign.READY_TO_BUY, Sign.CONTRACT_REQUESTED}),
        frozenset(
            {
                Sign.BUDGET_STATED,
                Sign.TIMELINE_NAMED,
                Sign.URGENCY,
                Sign.STRONG_INTEREST,
                Sign.NEXT_STEP,
                Sign.STAKEHOLDER_ADDED,
                Sign.PRICING_ASKED,
            }
        ),
    ),
    SignalName.PRICING_ASKED: Meaning(
        frozenset({Sign.PRICING_ASKED}),
        frozenset(
            {
                Sign.CONTRACT_REQUESTED,
                Sign.BUDGET_STATED,
                Sign.TIMELINE_NAMED,
                Sign.READY_TO_BUY,
                Sign.STRONG_INTEREST,
            }
        ),
    ),
    SignalName.EXPANSION: Meaning(
        frozenset({Sign.WANTS_MORE}),
        frozenset(
            {
                Sign.STRONG_INTEREST,
                Sign.USAGE_UP,
                Sign.PRICING_ASKED,
                Sign.BUDGET_STATED,
                Sign.READY_TO_BUY,
            }
        ),
    ),
    SignalName.COMPETITOR_NAMED: Meaning(
        frozenset({Sign.COMPETITOR_NAMED}),
        frozenset({AGAIN, Sign.PRICE_OBJECTION, Sign.DEAL_LOST, Sign.CANCELLATION}),
    ),
    SignalName.CANCELLATION: Meaning(
        frozenset({Sign.CANCELLATION, Sign.DEAL_LOST}),
        frozenset(
            {
                Sign.DISSATISFACTION,
                Sign.ESCALATION,
                Sign.COMPETITOR_NAMED,
                Sign.USAGE_DOWN,
                Sign.BUDGET_CUT,
                Sign.NO_BUDGET,
                Sign.PRICE_OBJECTION,
            }
        ),
    ),
    SignalName.DISSATISFACTION: Meaning(
        frozenset({Sign.DISSATISFACTION, Sign.ESCALATION}),
        frozenset({Sign.CANCELLATION, Sign.USAGE_DOWN, Sign.PRICE_OBJECTION}),
    ),
    SignalName.BUDGET_TROUBLE: Meaning(
        frozenset({Sign.BUDGET_CUT, Sign.NO_BUDGET}),
        frozenset({Sign.PRICE_OBJECTION, Sign.GOING_QUIET, Sign.CANCELLATION}),
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
        core = [one for one in said if one.name in meaning.core]
        if name is SignalName.CANCELLATION and staying is not None:
            core = [one for one in core if one.text.happened_at > staying]
        if core:
            with_it = [one for one in said if one.name in meaning.with_it]
            yield _found(facts, name, core, with_it)


def _rivals(facts: AccountFacts) -> Iterator[Said]:
    """A competitor that somebody brought in, and what else they say of it."""
    for one in rivals(facts, recent(facts)):
        name = Sign.COMPETITOR_NAMED if one.first else AGAIN
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
    last = day(newest.happened_at, facts.now)
    why = (
        f"{people} said so on {last}"
        if places == 1
        else f"{people} said so in {count(places, 'message')}, last on {last}"
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
