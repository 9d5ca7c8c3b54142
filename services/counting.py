"""What the audit says is what is counted: decisions, effects, outcomes, recommendations.

Counted when the entry's transaction has committed, so a rollback or a retry counts nothing. The
table below is all there is: whoever adds a verb that ends up on the dashboard adds a row.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from db.session import Tx
from services import metrics

Facts = Mapping[str, Any]
Count = Callable[[Facts], None]

SURFACES = frozenset({"slack", "gmail", "mail", "link", "reply", "rule", "api"})


def _decided(decision: str) -> Count:
    def count(facts: Facts) -> None:
        surface = str(facts.get("surface", "slack"))
        metrics.DECISIONS.labels(decision, surface if surface in SURFACES else "other").inc()

    return count


def _effect(result: str) -> Count:
    return lambda _facts: metrics.EFFECTS.labels(result).inc()


def _recommended(sort: str, answer: str) -> Count:
    return lambda _facts: metrics.RECOMMENDATIONS.labels(sort, answer).inc()


def _settled(facts: Facts) -> None:
    metrics.OUTCOMES.labels(str(facts.get("kind")), str(facts.get("status"))).inc()


COUNTED: Mapping[str, Count] = {
    "action.approved": _decided("approved"),
    "action.rejected": _decided("rejected"),
    "action.approved_by_rule": _decided("by_itself"),
    "action.taken_over": _decided("taken_over"),
    "draft.edited": _decided("edited"),
    "draft.edited_in_gmail": _decided("edited"),
    "draft.regenerate": _decided("written_anew"),
    "effect.claimed": _effect("claimed"),
    "effect.done": _effect("sent"),
    "effect.cancelled": _effect("cancelled"),
    "effect.undone": _effect("undone"),
    "effect.unknown": _effect("unknown"),
    "effect.incident": _effect("incident"),
    "outcome.resolved": _settled,
    "outcome.corrected": _settled,
    "outcome.expired": _settled,
    "outcome.labelled": _settled,
    "alert.acknowledged": _recommended("alert", "taken"),
    "alert.acted": _recommended("alert", "taken"),
    "alert.drafted": _recommended("alert", "taken"),
    "alert.snoozed": _recommended("alert", "put_off"),
    "alert.dismissed": _recommended("alert", "dismissed"),
    "proposal.drafted": _recommended("outreach", "taken"),
    "proposal.put_off": _recommended("outreach", "put_off"),
    "outreach.dismissed": _recommended("outreach", "dismissed"),
    "outreach.lapsed": _recommended("outreach", "lapsed"),
    "promotion.approved": _recommended("promotion", "taken"),
    "promotion.declined": _recommended("promotion", "dismissed"),
}


def count_vote(tx: Tx, *, choice: str, surface: str, seconds: Decimal | None, hasty: bool) -> None:
    """Count a vote that was taken once the open transaction has committed."""
    tx.committed.append(metrics.VOTES.labels(choice, surface).inc)
    if hasty:
        tx.committed.append(metrics.HASTY_VOTES.inc)
    if seconds is not None:
        took = float(seconds)
        tx.committed.append(lambda: metrics.VOTE_SECONDS.observe(took))


def count_entry(tx: Tx, verb: str, facts: Facts | None = None) -> None:
    """Count an entry of the audit once the open transaction has committed."""
    tx.committed.append(metrics.AUDIT_ENTRIES.labels(verb).inc)
    more = COUNTED.get(verb)
    if more is not None:
        kept = dict(facts or {})
        tx.committed.append(lambda: more(kept))
