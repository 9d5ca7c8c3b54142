"""When a signal weighs more than its name says: one table. Pure.

A row holds for the names it lists; each that is true lifts the severity to at least what it says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from services.signals.merging import severity_of
from services.types.signals import AccountFacts, Detected, SeenDeal, Severity, SignalName

NEAR = timedelta(days=30)
"""A close date or renewal this near, or already past, is near."""


@dataclass(frozen=True, slots=True)
class Rise:
    names: frozenset[SignalName]
    when: Callable[[AccountFacts, Detected], bool]
    severity: Severity
    words: str


def _near(facts: AccountFacts, deal: SeenDeal) -> bool:
    return deal.close_date is not None and deal.close_date - facts.now.date() <= NEAR


def _meant(facts: AccountFacts, detected: Detected) -> list[SeenDeal]:
    """The open deals it is about: the one it names, or all of the account's."""
    return [deal for deal in facts.deals if deal.open and detected.deal_id in (None, deal.id)]


def _big(facts: AccountFacts, detected: Detected) -> bool:
    return any(deal.big for deal in _meant(facts, detected))


def _closing(facts: AccountFacts, detected: Detected) -> bool:
    return any(_near(facts, deal) for deal in _meant(facts, detected))


def _big_and_closing(facts: AccountFacts, detected: Detected) -> bool:
    return any(deal.big and _near(facts, deal) for deal in _meant(facts, detected))


def _renewing(facts: AccountFacts, _detected: Detected) -> bool:
    today = facts.now.date()
    return facts.renewal_date is not None and today <= facts.renewal_date <= today + 3 * NEAR


_QUIET = frozenset(
    {SignalName.SILENCE, SignalName.CHAMPION_QUIET, SignalName.PARTICIPATION_SHRINKING}
)
_STUCK = frozenset({SignalName.STAGE_STUCK, SignalName.REPLY_DRIFT})
_UNHAPPY = frozenset(
    {SignalName.DISSATISFACTION, SignalName.SENTIMENT_TURN, SignalName.BUDGET_TROUBLE}
)
_LOSING = frozenset(
    {
        SignalName.COMPETITOR_NAMED,
        SignalName.CLOSE_DATE_SLIPPING,
        SignalName.MEETING_CANCELLED,
        SignalName.BUDGET_TROUBLE,
    }
)

RISES: tuple[Rise, ...] = (
    Rise(_QUIET | _STUCK, _closing, Severity.HIGH, "a deal closes within 30 days"),
    Rise(_QUIET | _STUCK, _big, Severity.HIGH, "a deal among the tenant's largest quarter"),
    Rise(
        _QUIET | _LOSING, _big_and_closing, Severity.CRITICAL, "a large deal closes within 30 days"
    ),
    Rise(_QUIET | _UNHAPPY, _renewing, Severity.HIGH, "the account renews within 90 days"),
    Rise(
        frozenset({SignalName.DISSATISFACTION, SignalName.SENTIMENT_TURN}),
        _renewing,
        Severity.CRITICAL,
        "unhappy, and the account renews within 90 days",
    ),
    Rise(
        frozenset({SignalName.PRICING_ASKED}),
        _big,
        Severity.CRITICAL,
        "price asked of a large deal",
    ),
)


def risen(facts: AccountFacts, detected: Detected) -> Severity:
    """Its severity in this account."""
    rises = [
        rise.severity
        for rise in RISES
        if detected.name in rise.names and rise.when(facts, detected)
    ]
    return max((severity_of(detected), *rises), key=lambda one: one.rank)
