"""Figures on approvals: how much waits, how long decisions take, and how many were hasty.

Everybody sees their own; managers, executives and admins see the whole too. They tell, they never
block: a hasty decision counts like any other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from db import approval_figures as rows
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.actors import require_member
from services.errors import InvalidInput
from services.ports import Clock
from services.reader import reader_of
from services.types.approval_views import ApprovalFigures, FiguresView
from services.types.people import OVERSEERS, Actor

LONGEST = 366
NO_VOTES = rows.VoteCounts()


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureService:
    db: Database
    clock: Clock

    async def figures(self, actor: Actor, days: int = 30) -> FiguresView:
        """The last `days`, up to now. What is pending is counted as it is now."""
        if not 1 <= days <= LONGEST:
            raise InvalidInput(f"Choose between 1 and {LONGEST} days.", field="days")
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            return await self._view(tx, member, days)

    async def _view(self, tx: ReadTx, member: Member, days: int) -> FiguresView:
        now = self.clock.now()
        since = now - timedelta(days=days)
        votes = await rows.count_votes(tx, since, member.id)
        seats = await rows.count_seats(tx, since, member.id)
        own = _own(days, seats, votes.get(None, NO_VOTES), now)
        reader = reader_of(member, self.clock)
        # Read here: what the edge believes of somebody's role may be a minute old.
        if member.role not in OVERSEERS:
            return FiguresView(reader=reader, all=None, own=own)
        counts = await rows.count_requests(tx, since)
        return FiguresView(
            reader=reader,
            all=_of(days, counts[None], votes.get(None, NO_VOTES), now),
            own=own,
            types=tuple(
                (name, _of(days, counts[name], votes.get(name, NO_VOTES), now))
                for name in sorted(name for name in counts if name is not None)
            ),
        )


def _of(
    days: int, counts: rows.RequestCounts, votes: rows.VoteCounts, now: datetime
) -> ApprovalFigures:
    return ApprovalFigures(
        days=days,
        pending=counts.pending,
        oldest_pending_hours=_hours(counts.oldest, now),
        decided=counts.decided,
        decide_p50_minutes=counts.p50,
        decide_p90_minutes=counts.p90,
        breached_share=_share(counts.breached, counts.due),
        auto_share=_share(counts.auto, counts.auto + counts.decided),
        hasty_share=_share(votes.hasty, votes.timed),
        expired=counts.expired,
        own_decided=votes.own,
        own_hasty=votes.own_hasty,
        own_p50_seconds=votes.own_seconds,
    )


def _own(
    days: int, seats: rows.SeatCounts, votes: rows.VoteCounts, now: datetime
) -> ApprovalFigures:
    """What one member was asked: their own votes, not what became of the requests."""
    return ApprovalFigures(
        days=days,
        pending=seats.pending,
        oldest_pending_hours=_hours(seats.oldest, now),
        decided=votes.own,
        decide_p50_minutes=votes.own_p50,
        decide_p90_minutes=votes.own_p90,
        breached_share=_share(seats.breached, seats.due),
        auto_share=None,
        hasty_share=_share(votes.own_hasty, votes.own_timed),
        expired=seats.expired,
        own_decided=votes.own,
        own_hasty=votes.own_hasty,
        own_p50_seconds=votes.own_seconds,
    )


def _share(part: int, whole: int) -> float | None:
    """None without cases: no share is not a good one."""
    return part / whole if whole else None


def _hours(since: datetime | None, now: datetime) -> float | None:
    return (now - since).total_seconds() / 3600 if since is not None else None
