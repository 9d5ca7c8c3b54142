"""One cycle a day for every key of a tenant, and a person's undo.

The timer of the tenant is due at three in the morning (UTC) and enqueues the job; the job gives
each key its own transaction. The key's row is held over it and remembers the day it moved: a
repeat, a second process or a clock that went back moves nothing again. A new move needs outcomes
that were counted since the last one.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from db import calibration as rows
from db import commands, jobs, timers
from db.models.calibration import Calibration, CalibrationMove
from db.session import Database, Tx
from services.actors import require_admin
from services.audit import AuditService
from services.calibration.adjusting import Cycle, cycle
from services.calibration.state import curve_of, halves_of, in_force, read, summary_of, written
from services.errors import Conflict, NotFound
from services.ports import Clock, Ids
from services.types.calibration import Adjustment, Summary
from services.types.people import Actor

TIMER = JOB = "calibration.adjust"
HOUR = time(3)
ONE_DAY = timedelta(days=1)
PAUSED_FOR = timedelta(days=30)
"""After somebody has undone a move nothing moves by itself for so long."""
GONE = "This adjustment is no longer there."
UNDONE = "This adjustment has been undone already."
LATER = "A later adjustment stands on this one. Undo that one first."


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    _armed: set[UUID] = field(default_factory=set)

    TIMER: ClassVar[str] = TIMER

    # ── by time ─────────────────────────────────────────────────────────────────────────────────
    async def arm(self, tenant_id: UUID) -> None:
        """The tenant's timer, where it has none; asked at every tick, looked up once a start."""
        if tenant_id in self._armed:
            return
        async with self.db.transaction(tenant_id) as tx:
            await timers.set_missing_timer(tx, TIMER, tenant_id, _next_night(self.clock.now()))
        self._armed.add(tenant_id)

    async def due(self, tx: Tx, tenant_id: UUID) -> None:
        """The timer: the work is a job, and the next night's timer is set."""
        await jobs.enqueue(tx, JOB)
        await timers.set_timer(tx, TIMER, tenant_id, _next_night(self.clock.now()))

    async def adjust(self, tenant_id: UUID) -> int:
        """The job `calibration.adjust`: a cycle for every key; how many moved."""
        async with self.db.read(tenant_id) as tx:
            keys = await rows.list_keys(tx)
        return sum([await self._adjust(tenant_id, *key) for key in keys])

    async def _adjust(self, tenant_id: UUID, action_type: str, kind: str, lineage: str) -> bool:
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            row = await rows.hold_calibration(tx, action_type, kind, lineage, new=self._new(now))
            if row.moved_at is not None and _day(row.moved_at) >= _day(now):
                return False
            if row.paused_until is not None and row.paused_until > now:
                return False
            halves = halves_of(await rows.list_bins(tx, action_type, kind, lineage))
            last = await rows.newest_move(tx, row.id)
            if halves[0].n + halves[1].n <= (int(last.samples.get("n", 0)) if last else 0):
                return False
            before = in_force(row)
            found = cycle(halves, before)
            if found.after != before:
                await self._put(tx, row, found.after)
            if found.moved:
                await self._moved(tx, row, before, found)
            return found.moved

    def _new(self, now: datetime) -> Calibration:
        start = Adjustment()
        return Calibration(
            id=self.ids.new(),
            created_at=now,
            scale=_decimal(start.scale),
            threshold=_decimal(start.threshold),
            curve=curve_of(start),
            version=0,
        )

    async def _put(self, tx: Tx, row: Calibration, adjustment: Adjustment) -> None:
        row.scale, row.threshold = _decimal(adjustment.scale), _decimal(adjustment.threshold)
        row.curve = curve_of(adjustment)
        await tx.session.flush()

    async def _moved(self, tx: Tx, row: Calibration, before: Adjustment, found: Cycle) -> None:
        now = self.clock.now()
        row.version, row.moved_at = row.version + 1, now
        move = CalibrationMove(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=now,
            calibration_id=row.id,
            version=row.version,
            before=written(before),
            after=written(found.after),
            samples=dict(found.samples),
            reason=found.reason,
        )
        await rows.add_move(tx, move)
        facts = _facts(row) | {
            "number": move.version,
            "before": move.before,
            "after": move.after,
            "reason": move.reason,
            "samples": move.samples,
        }
        await self.audit.append(tx, "calibration.moved", subject_id=move.id, facts=facts)

    # ── by hand ─────────────────────────────────────────────────────────────────────────────────
    async def undo_move(self, actor: Actor, move_id: UUID, command_id: str) -> Summary:
        """What was in force before the move is again, and nothing moves by itself for 30 days.
        Admins only. Conflict when it was undone, or when a later one stands on it: newest first.
        The same command again answers the same and does nothing."""
        now = self.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            await require_admin(tx, actor)
            move = await rows.get_move(tx, move_id)
            if move is None:
                raise NotFound(GONE)
            row = await rows.hold_calibration_by_id(tx, move.calibration_id)
            done = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb="calibration.undo",
                now=now,
            )
            if done is None:
                await self._undo(tx, actor, row, move_id)
            return await summary_of(tx, row.action_type, row.kind, row.lineage)

    async def _undo(self, tx: Tx, actor: Actor, row: Calibration, move_id: UUID) -> None:
        """The key is held: what is read of its moves now stays so."""
        move = await rows.get_move(tx, move_id)
        if move is None or move.undone_at is not None:
            raise Conflict(UNDONE)
        newest = await rows.newest_move(tx, row.id, standing=True)
        if newest is None or newest.id != move.id:
            raise Conflict(LATER)
        now = self.clock.now()
        move.undone_at, move.undone_by = now, actor.member_id
        row.paused_until = now + PAUSED_FOR
        # Nothing is corrected while it rests, so nothing waits for a correction to arrive.
        await self._put(tx, row, replace(read(move.before), apart=False))
        facts = _facts(row) | {
            "number": move.version,
            "before": move.after,
            "after": move.before,
            "paused_until": row.paused_until.isoformat(),
        }
        await self.audit.append(
            tx, "calibration.undone", actor=actor, subject_id=move.id, facts=facts
        )


def _facts(row: Calibration) -> dict[str, object]:
    return {"type": row.action_type, "kind": row.kind, "lineage": row.lineage}


def _day(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(UTC).date(), time(), UTC)


def _next_night(now: datetime) -> datetime:
    tonight = datetime.combine(now.astimezone(UTC).date(), HOUR, UTC)
    return tonight if tonight > now else tonight + ONE_DAY


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 4)))
