"""Counters of decisions for the process's /metrics: no tenant, no person."""

from decimal import Decimal

from prometheus_client import Counter, Histogram

VOTES = Counter(
    "understudy_approval_votes_total", "Votes on approval requests.", ["choice", "surface"]
)
HASTY = Counter(
    "understudy_approval_hasty_votes_total", "Votes given sooner than the request can be read."
)
SECONDS = Histogram(
    "understudy_approval_vote_seconds",
    "From the delivery of a request to the vote, where the delivery is known.",
    buckets=(5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400, 604_800),
)


def count_vote(*, choice: str, surface: str, seconds: Decimal | None, hasty: bool) -> None:
    """One vote that was taken."""
    VOTES.labels(choice=choice, surface=surface).inc()
    if hasty:
        HASTY.inc()
    if seconds is not None:
        SECONDS.observe(float(seconds))
