"""The confidence that signals of each name need: what is in force, and how it moves.

Feedback moves it by services/signals/threshold_rule, a person by hand; every move is a row and an
entry in the audit, and can be undone. After an undo feedback leaves that name alone for a month.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from db import alert_quality as rows
from db import alerts, commands, members, signals, timers
from db.models.signals import Signal, SignalThreshold, SignalWarning
from db.session import Database, ReadTx, Tx
from services.actors import require_member
from services.audit import AuditService
from services.cards import touch
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.ports import Clock, Ids
from services.reader import reader_of
from services.signals.threshold_rule import BETWEEN, PAUSED_FOR, move_of, within
from services.types.alerts import QUALITY, Move, MoveLine, Rated, ThresholdView, WarningView
from services.types.people import Actor
from services.types.signals import (
    CATALOGUE,
    LEAST_THRESHOLD,
    MOST_THRESHOLD,
    THRESHOLD,
    SignalName,
)
from services.visibility import leads

TIMER = "alert.thresholds"
LONG_AGO = datetime.min.replace(tzinfo=UTC)
LISTED = 12
FOR_MANAGERS = "Thresholds are for managers and admins."
TOO_MANY_FALSE = 0.5
LEAST_RATED = 8
"""Fewer words warn nobody."""


async def thresholds_in_force(tx: ReadTx) -> Mapping[SignalName, float]:
    """For every name: the newest move that wasn't undone, else the default."""
    moved = dict(await signals.list_thresholds(tx))
    return {one: moved.get(one.value, THRESHOLD) for one in SignalName}


async def paused_until(tx: ReadTx, now: datetime) -> Mapping[str, datetime]:
    """Names that feedback moves no more for now, and until when."""
    undone = await rows.last_undone(tx, now - PAUSED_FOR)
    return {name: at + PAUSED_FOR for name, at in undone.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    TIMER: ClassVar[str] = TIMER

    # ── learning ────────────────────────────────────────────────────────────────────────────────
    async def heard(self, tx: Tx, signal: Signal) -> None:
        """Somebody gave their word on a signal: look at the thresholds with the next tick, and warn
        when more than half of what this name raised was wrong."""
        await timers.set_timer(tx, TIMER, tx.tenant_id, self.clock.now())
        await self._warn(tx, signal.name)

    async def due(self, tx: Tx, _subject: UUID) -> None:
        """The timer: move what the words since the last move ask for."""
        now = self.clock.now()
        await rows.lock_thresholds(tx)
        force, last = await thresholds_in_force(tx), await rows.last_moves(tx)
        resting, people = await paused_until(tx, now), await rows.count_people(tx)
        again: list[datetime] = []
        for name in SignalName:
            if name in resting:
                continue
            since = last.get(name, LONG_AGO)
            rated = [Rated(**row) for row in await rows.list_rated(tx, name, since)]
            move = move_of(rated, force[name], people=people)
            if move is None:
                continue
            if now < since + BETWEEN:
                again.append(since + BETWEEN)
                continue
            await self._add(tx, name, move)
        if again:
            await timers.set_timer(tx, TIMER, tx.tenant_id, min(again))

    async def _add(
        self, tx: Tx, name: SignalName, move: Move, actor: Actor | None = None
    ) -> SignalThreshold:
        row = SignalThreshold(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            name=name.value,
            before=move.before,
            value=move.value,
            source="person" if actor else "feedback",
            reason=move.reason,
            samples=dict(move.samples),
            moved_by=actor.member_id if actor else None,
        )
        await rows.add_move(tx, row)
        facts = {
            "name": name.value,
            "before": move.before,
            "value": move.value,
            "reason": move.reason,
            "samples": dict(move.samples),
        }
        await self.audit.append(tx, "threshold.moved", actor=actor, subject_id=row.id, facts=facts)
        return row

    async def _warn(self, tx: Tx, name: str) -> None:
        month = self.clock.now().astimezone(UTC).date().replace(day=1)
        since = datetime(month.year, month.month, 1, tzinfo=UTC)
        found = await rows.quality(tx, since, name)
        figures = next((row for row in found if row["name"] == name), None)
        if figures is None:
            return
        false, rated = figures["false_alarms"], figures["false_alarms"] + figures["useful"]
        if rated < LEAST_RATED or false <= rated * TOO_MANY_FALSE:
            return
        warning = SignalWarning(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            name=name,
            month=month,
            false_alarms=false,
            rated=rated,
        )
        if not await rows.add_warning(tx, warning):
            return
        facts = {"name": name, "false_alarms": false, "rated": rated}
        await self.audit.append(tx, "alert.warned", subject_id=warning.id, facts=facts)
        people = [one.id for one in await alerts.list_managers(tx)]
        await touch(tx, QUALITY, warning.id, people, clock=self.clock, ids=self.ids)

    # ── by hand ─────────────────────────────────────────────────────────────────────────────────
    async def set_by_hand(
        self, actor: Actor, name: SignalName, value: float, *, reason: str, command_id: str
    ) -> ThresholdView:
        if not LEAST_THRESHOLD <= value <= MOST_THRESHOLD:
            raise InvalidInput(
                f"A threshold is a number from {LEAST_THRESHOLD} to {MOST_THRESHOLD}.",
                field="threshold",
            )
        async with self.db.transaction(actor.tenant_id) as tx:
            await _require_lead(tx, actor)
            if await self._done(tx, "threshold.set", command_id):
                return await self._view(tx, actor, name)
            await rows.lock_thresholds(tx)
            before = (await thresholds_in_force(tx))[name]
            if within(value) == before:
                raise Conflict(f"It is {before:.2f} already.")
            move = Move(
                before=before, value=within(value), reason=reason or "Set by hand.", samples={}
            )
            await self._add(tx, name, move, actor)
            told = f"From now on {CATALOGUE[name].words} needs {move.value:.2f}."
            return await self._view(tx, actor, name, told)

    async def undo(self, actor: Actor, move_id: UUID, *, command_id: str) -> ThresholdView:
        """Take the move that is in force back: what was in force before it is again."""
        async with self.db.transaction(actor.tenant_id) as tx:
            await _require_lead(tx, actor)
            move = await rows.get_move(tx, move_id)
            if move is None:
                raise NotFound("This move is no longer there.")
            name = SignalName(move.name)
            if await self._done(tx, "threshold.undo", command_id):
                return await self._view(tx, actor, name)
            await rows.lock_thresholds(tx)
            move = await rows.get_move(tx, move_id)
            newest = (await rows.moves_in_force(tx)).get(name)
            if move is None or move.undone_at is not None:
                raise Conflict("This move has been undone already.")
            if newest is None or newest.id != move.id:
                raise Conflict("A later move stands on this one. Undo that one first.")
            move.undone_at, move.undone_by = self.clock.now(), actor.member_id
            await tx.session.flush()
            value = (await thresholds_in_force(tx))[name]
            facts = {"name": name.value, "before": move.value, "value": value}
            await self.audit.append(
                tx, "threshold.undone", actor=actor, subject_id=move.id, facts=facts
            )
            told = f"Undone: {value:.2f} holds again, and feedback moves it no more for 30 days."
            return await self._view(tx, actor, name, told)

    async def view(self, actor: Actor, name: SignalName) -> ThresholdView:
        async with self.db.read(actor.tenant_id) as tx:
            await _require_lead(tx, actor)
            return await self._view(tx, actor, name)

    async def warning(
        self, tenant_id: UUID, warning_id: UUID, member_id: UUID
    ) -> WarningView | None:
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            found = await rows.get_warning(tx, warning_id)
            if member is None or found is None:
                return None
            name = SignalName(found.name)
            return WarningView(
                reader=reader_of(member, self.clock),
                name=name,
                month=found.month,
                false_alarms=found.false_alarms,
                rated=found.rated,
                threshold=(await thresholds_in_force(tx))[name],
            )

    async def _done(self, tx: Tx, verb: str, command_id: str) -> bool:
        done = await commands.claim_command(
            tx, result_id=self.ids.new(), command_id=command_id, verb=verb, now=self.clock.now()
        )
        return done is not None

    async def _view(
        self, tx: ReadTx, actor: Actor, name: SignalName, told: str = ""
    ) -> ThresholdView:
        member = await require_member(tx, actor)
        newest = (await rows.moves_in_force(tx)).get(name)
        return ThresholdView(
            reader=reader_of(member, self.clock),
            name=name,
            threshold=newest.value if newest else THRESHOLD,
            moves=_lines(await rows.list_moves(tx, name, LISTED), newest),
            paused_until=(await paused_until(tx, self.clock.now())).get(name),
            told=told,
        )


async def _require_lead(tx: ReadTx, actor: Actor) -> None:
    if not leads(await require_member(tx, actor)):
        raise Forbidden(FOR_MANAGERS)


def _lines(
    moves: Sequence[tuple[SignalThreshold, str | None, str | None]],
    newest: SignalThreshold | None,
) -> tuple[MoveLine, ...]:
    return tuple(
        MoveLine(
            move_id=move.id,
            at=move.created_at,
            before=move.before,
            value=move.value,
            by=(by or "somebody who has left") if move.source == "person" else None,
            reason=move.reason,
            undone_at=move.undone_at,
            undone_by=undone_by,
            undoable=newest is not None and newest.id == move.id,
        )
        for move, by, undone_by in moves
    )
