"""Where an account is in its life as a customer, from facts alone. Pure."""

import re
from datetime import datetime, timedelta

from services.types.health import Health, HealthFacts, HeldDeal, Lifecycle, Standing
from services.types.model import SignalKind
from services.types.qualification import Stage
from services.types.signals import Severity, SignalName

NEW_CUSTOMER = timedelta(days=60)
OVERDUE = timedelta(days=30)
"""After a renewal that nobody renewed and nobody spoke of."""
POOR = 40
RENEWS_SOON = timedelta(days=30)
SHAKY = 60
LEAVING = frozenset({SignalName.CANCELLATION})
_DEMO = re.compile(
    r"\b(?:demo|demonstration|walk-?through|product tour|vorführung)\b", re.IGNORECASE
)


def standing(facts: HealthFacts, health: Health) -> Standing | None:
    """None when nothing is known that would say so."""
    won = [deal for deal in facts.deals if deal.stage is Stage.CLOSED_WON]
    if not won:
        return _before(facts)
    if (gone := _churned(facts, won)) is not None:
        return gone
    if (risk := _at_risk(facts, health)) is not None:
        return risk
    first = min((deal.stage_since for deal in won if deal.stage_since), default=None)
    if first is not None and facts.now - first <= NEW_CUSTOMER:
        return Standing(lifecycle=Lifecycle.ONBOARDING, why=f"a customer since {first:%-d %b %Y}")
    return Standing(lifecycle=Lifecycle.ACTIVE, why=f"{_newest(won).name} was won")


def _before(facts: HealthFacts) -> Standing | None:
    """Not a customer yet."""
    demos = [one for one in facts.meetings if _DEMO.search(one.title) and not one.cancelled]
    if demos:
        newest = max(demos, key=lambda one: (one.starts_at, one.id))
        when = "was" if newest.starts_at <= facts.now else "is set for"
        return Standing(
            lifecycle=Lifecycle.DEMO, why=f"a demo {when} on {newest.starts_at:%-d %b %Y}"
        )
    shown = [deal for deal in facts.deals if deal.stage is Stage.EVALUATION]
    if shown:
        return Standing(lifecycle=Lifecycle.DEMO, why=f"{_newest(shown).name} is in evaluation")
    if not facts.deals and not facts.heard:
        return None
    return Standing(lifecycle=Lifecycle.PROSPECT, why="no deal has been won yet")


def _churned(facts: HealthFacts, won: list[HeldDeal]) -> Standing | None:
    """The renewal has passed, nothing was won for it, and they are leaving or silent since."""
    if facts.renewal is None or facts.renewal >= facts.now.date():
        return None
    newest = max((deal.stage_since for deal in won if deal.stage_since), default=None)
    if newest is not None and newest.date() > facts.renewal - NEW_CUSTOMER:
        return None
    overdue = facts.now.date() - facts.renewal > OVERDUE
    silent = all(moment.date() <= facts.renewal for moment in facts.heard)
    leaving = any(signal.name in LEAVING for signal in facts.signals)
    if leaving or (overdue and silent):
        why = f"the contract ended on {facts.renewal:%-d %b %Y} and was not renewed"
        return Standing(lifecycle=Lifecycle.CHURNED, why=why)
    return None


def _at_risk(facts: HealthFacts, health: Health) -> Standing | None:
    grave = [
        signal
        for signal in facts.signals
        if signal.severity is Severity.CRITICAL and signal.kind is SignalKind.RISK
    ]
    if grave:
        return Standing(lifecycle=Lifecycle.AT_RISK, why="a critical risk is open")
    if health.score is None:
        return None
    if health.score < POOR:
        return Standing(lifecycle=Lifecycle.AT_RISK, why=f"its health is {health.score}")
    soon = facts.renewal is not None and (
        facts.renewal - facts.now.date() <= RENEWS_SOON and health.score < SHAKY
    )
    if soon:
        return Standing(
            lifecycle=Lifecycle.AT_RISK,
            why=f"it renews within {RENEWS_SOON.days} days at a health of {health.score}",
        )
    return None


def _newest(deals: list[HeldDeal]) -> HeldDeal:
    return max(deals, key=lambda deal: (_at(deal), deal.name, deal.id))


def _at(deal: HeldDeal) -> float:
    return deal.stage_since.timestamp() if isinstance(deal.stage_since, datetime) else 0.0
