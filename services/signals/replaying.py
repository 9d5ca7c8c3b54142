"""What would have been raised at another threshold. Pure: the stored detections decide.

A thing is one account, name and cause. It is raised when it is first found with enough confidence
and evidence, and not again before it was gone.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from uuid import UUID

from services.types.alerts import Firing, Found
from services.types.signals import LEAST_EVIDENCE


def firings(found: Iterable[Found], threshold: float) -> list[Firing]:
    """Newest first."""
    fired: list[Firing] = []
    for _, things in groupby(sorted(found, key=_order), key=_thing):
        fired += _of_one(things, threshold)
    return sorted(fired, key=lambda one: (one.at, one.account_name, one.name), reverse=True)


def _of_one(things: Iterable[Found], threshold: float) -> list[Firing]:
    fired: list[Firing] = []
    gone_at: datetime | None = None
    open_since: datetime | None = None
    for one in things:
        if open_since is not None and gone_at is not None and gone_at <= one.found_at:
            open_since = None
        if open_since is None and one.confidence >= threshold and one.pieces >= LEAST_EVIDENCE:
            open_since = one.found_at
            fired.append(
                Firing(
                    account_name=one.account_name,
                    name=one.name,
                    at=one.found_at,
                    confidence=one.confidence,
                    outcome=one.outcome,
                )
            )
        elif open_since is not None and one.outcome and not fired[-1].outcome:
            # What it came to is known from a later look at the same thing.
            fired[-1] = Firing(
                account_name=one.account_name,
                name=one.name,
                at=fired[-1].at,
                confidence=fired[-1].confidence,
                outcome=one.outcome,
            )
        gone_at = one.gone_at
    return fired


def _thing(one: Found) -> tuple[UUID, str, str]:
    return (one.account_id, one.name, one.cause)


def _order(one: Found) -> tuple[UUID, str, str, datetime]:
    return (*_thing(one), one.found_at)
