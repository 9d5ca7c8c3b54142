"""What is new in a member's figures, for their digest: a finding that is surer than it has to be,
at most one a week, and each once."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from db.digests import list_tips
from db.session import ReadTx
from services.coaching.showing import seen_by, to_try
from services.types.coaching import Finding

STRONG = 0.01
"""The q-value up to which somebody is told unasked: their own page shows more."""
A_WEEK = timedelta(days=7)
ALL = 100


async def news_of(tx: ReadTx, days: Mapping[UUID, date]) -> dict[UUID, str]:
    """By member the pattern their digest of this day tells of; who has none isn't in it. A handful
    of statements, however many members there are."""
    seen = await seen_by(tx, list(days))
    if not seen:
        return {}
    told = await list_tips(tx, list(days))
    news = {}
    for member_id, day in days.items():
        known = {pattern: last for who, pattern, last in told if who == member_id}
        if any(last > day - A_WEEK for last in known.values()):
            continue
        fresh = [
            one.pattern
            for one in seen[member_id].findings(member_id)
            if one.compared.q <= STRONG and one.pattern not in known
        ]
        if fresh:
            news[member_id] = fresh[0]
    return news


async def still_holds(tx: ReadTx, member_id: UUID, pattern: str) -> Finding | None:
    """What the digest was to tell, as it stands now; None when it no longer holds, or was called
    not helpful meanwhile."""
    found = (await to_try(tx, member_id, ALL)).findings
    return next((one for one in found if one.pattern == pattern), None)
