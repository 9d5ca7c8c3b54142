"""How good alerts are, and what another threshold would have raised: for whoever leads people.
Executives see totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from db import alert_quality as rows
from db import alerts
from db.session import Database, ReadTx
from services.actors import require_member
from services.errors import Forbidden, InvalidInput
from services.intervals import share_of
from services.ports import Clock
from services.reader import reader_of
from services.signals.evidence import from_json
from services.signals.grading import independent
from services.signals.replaying import firings
from services.signals.thresholds import FOR_MANAGERS, paused_until, thresholds_in_force
from services.types.alerts import Found, NameQuality, QualityView, ReplayView
from services.types.people import Actor, Role
from services.types.signals import THRESHOLD, SignalName, SignalStatus
from services.visibility import leads

DAYS = 30
MOST_DAYS = 90
SHOWN = 20
LOOKED_THROUGH = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityService:
    db: Database
    clock: Clock

    async def quality(self, actor: Actor, days: int = DAYS) -> QualityView:
        """The last so many days, name by name; totals only for executives."""
        since = self.clock.now() - timedelta(days=days)
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            whole = leads(member)
            if not whole and member.role != Role.EXECUTIVE:
                raise Forbidden("How good alerts are is for managers and admins.")
            found = await self._figures(tx, since)
            total = next((one for name, one in found if name is None), None)
            return QualityView(
                reader=reader_of(member, self.clock),
                since=since,
                days=days,
                names=tuple(one for name, one in found if name is not None) if whole else (),
                total=total,
                may_change=whole,
                whole=whole,
            )

    async def replay(
        self, actor: Actor, names: Sequence[SignalName], threshold: float, days: int = DAYS
    ) -> ReplayView:
        """What the last so many days would have raised at this threshold."""
        if not 0 < threshold <= 1:
            raise InvalidInput("A threshold is a number from 0 to 1, like 0.6.", field="threshold")
        if not names:
            raise InvalidInput("Choose at least one signal.", field="signals")
        now, days = self.clock.now(), min(max(days, 1), MOST_DAYS)
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if not leads(member):
                raise Forbidden(FOR_MANAGERS)
            # All of a thing's looks are read, since what was gone in between may have come again.
            found = await rows.list_detected(
                tx,
                since=now - timedelta(days=days),
                names=[one.value for one in names],
                limit=LOOKED_THROUGH,
            )
        fired = firings((_found(row) for row in found[:LOOKED_THROUGH]), threshold)
        return ReplayView(
            reader=reader_of(member, self.clock),
            names=tuple(names),
            threshold=threshold,
            days=days,
            firings=tuple(fired[:SHOWN]),
            total=len(fired),
            raised=sum(bool(one.outcome) for one in fired),
            whole=len(found) <= LOOKED_THROUGH,
        )

    async def _figures(
        self, tx: ReadTx, since: datetime
    ) -> list[tuple[SignalName | None, NameQuality]]:
        force, resting = await thresholds_in_force(tx), await paused_until(tx, self.clock.now())
        known = {one.value: one for one in SignalName}
        figures = {
            row["name"]: row
            for row in await rows.quality(tx, since)
            if row["name"] is None or row["name"] in known
        }
        ordered: list[tuple[SignalName | None, NameQuality]] = []
        for name in (*SignalName, None):
            row = figures.get(name)
            if row is None:
                continue
            of = name or SignalName.SILENCE
            ordered.append((name, _quality(row, of, force.get(of, THRESHOLD), resting.get(of))))
        return sorted(ordered, key=lambda one: (one[0] is None, -one[1].raised))


def _quality(
    row: asyncpg.Record, name: SignalName, threshold: float, resting: datetime | None
) -> NameQuality:
    rated = row["useful"] + row["false_alarms"]
    return NameQuality(
        name=name,
        raised=row["raised"],
        useful=share_of(row["useful"], rated),
        false_alarm=share_of(row["false_alarms"], rated),
        acted=share_of(row["acted"], row["raised"]),
        minutes_to_action=row["minutes"],
        threshold=threshold,
        paused_until=resting,
    )


def _found(row: asyncpg.Record) -> Found:
    pieces = independent(from_json(alerts.evidence_of(row)))
    return Found(
        account_id=row["account_id"],
        account_name=row["account"],
        name=SignalName(row["name"]),
        cause=row["cause"],
        confidence=row["confidence"],
        pieces=pieces,
        found_at=row["found_at"],
        gone_at=row["gone_at"],
        outcome=_outcome(row["status"], row["rating"]),
    )


def _outcome(status: str | None, rating: int | None) -> str:
    """What people made of the signal it became; nothing where it became none."""
    if status is None:
        return ""
    if rating:
        return "useful" if rating > 0 else "false alarm"
    words = {
        SignalStatus.ACTED: "acted on",
        SignalStatus.DISMISSED: "false alarm",
        SignalStatus.CLEARED: "cleared",
    }
    return words.get(SignalStatus(status), "open")
