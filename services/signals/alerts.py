"""Alerts: telling people of signals. What can wait stands in the digest and on Home.

`AlertService` is what the life cycle of signals tells (`show_raised`, `show_cleared`, in its own
transaction, last), and what time brings: an alert that was put off, an account that went to
somebody else. Ten at once become one card: services/bursts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from db import alerts as rows
from db import timers
from db.models.signals import Signal
from db.session import Database, Tx
from services.audit import AuditService
from services.cards import surface_again, touch
from services.home_cards import touch_homes
from services.ports import Clock, Ids
from services.signals.readers import keepers_of, readers_of
from services.types.alerts import CARD
from services.types.signals import SignalStatus

SNOOZE_TIMER = "alert.snooze"
GATHER = timedelta(seconds=4)
"""So long the first alert waits for others of the same look, so that ten become one."""
AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    TIMER: ClassVar[str] = SNOOZE_TIMER

    async def show_raised(self, tx: Tx, signals: Sequence[Signal]) -> None:
        """Tell of these, each to whoever is to know at once. Call it last in the transaction."""
        for signal in sorted(signals, key=lambda one: one.id):
            await self._show(tx, signal)

    async def show_cleared(self, tx: Tx, signals: Sequence[Signal]) -> None:
        """Their conditions went away: the cards say so where they stand, and nobody is pinged.
        Call it last in the transaction."""
        for signal in sorted(signals, key=lambda one: one.id):
            await timers.drop_timer(tx, SNOOZE_TIMER, signal.id)
            await touch(tx, CARD, signal.id, clock=self.clock, ids=self.ids)
            await self._homes(tx, signal)

    async def show_refreshed(self, tx: Tx, signals: Sequence[Signal]) -> None:
        """There is more or newer evidence: the cards follow in place. Call it last."""
        for signal in sorted(signals, key=lambda one: one.id):
            await self._show(tx, signal)

    async def awake(self, tx: Tx, signal_id: UUID) -> None:
        """It was put off until now: it comes back, if it still holds."""
        signal = await rows.lock_signal(tx, signal_id)
        now = self.clock.now()
        if signal is None or not SignalStatus(signal.status).open or signal.snoozed_until is None:
            return
        if signal.snoozed_until > now:
            await timers.set_timer(tx, SNOOZE_TIMER, signal_id, signal.snoozed_until)
            return
        signal.snoozed_until = signal.snoozed_by = None
        signal.version += 1
        await tx.session.flush()
        await self.audit.append(tx, "alert.awake", subject_id=signal.id)
        people = [one.id for one in await readers_of(tx, signal)]
        await rows.unroll(tx, signal.id)
        await surface_again(tx, CARD, signal.id, people, clock=self.clock, ids=self.ids)
        await self._homes(tx, signal)

    async def follow(self, tenant_id: UUID) -> None:
        """A check of every tick: alerts go with the account, to whoever has it now."""
        async with self.db.read(tenant_id) as reading:
            astray = await rows.list_astray(reading, AT_ONCE)
        for signal_id in astray:
            async with self.db.transaction(tenant_id) as tx:
                signal = await rows.lock_signal(tx, signal_id)
                if signal is not None and SignalStatus(signal.status).open:
                    await self._show(tx, signal, refresh=False)

    async def _show(self, tx: Tx, signal: Signal, *, refresh: bool = True) -> None:
        """A card for whoever has none yet. `refresh`: what stands there is shown anew in any
        case."""
        known = {one.id for one in await rows.list_readers(tx, signal.id)}
        asleep = signal.snoozed_until is not None and signal.snoozed_until > self.clock.now()
        wanted = [] if asleep else [one.id for one in await readers_of(tx, signal)]
        new = [one for one in wanted if one not in known]
        if not new and not refresh:
            return
        if new:
            facts = {"to": sorted(str(one) for one in new), "severity": signal.severity}
            await self.audit.append(tx, "alert.shown", subject_id=signal.id, facts=facts)
        await touch(tx, CARD, signal.id, new, clock=self.clock, ids=self.ids)
        if new:
            await rows.gather(tx, signal.id, new, self.clock.now() + GATHER)
        else:
            await self._homes(tx, signal)

    async def _homes(self, tx: Tx, signal: Signal) -> None:
        """Lists on Home show what has no card, too."""
        people = [one.id for one in await keepers_of(tx, signal.account_id)]
        await touch_homes(tx, people, now=self.clock.now())
