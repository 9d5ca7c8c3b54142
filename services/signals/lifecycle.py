"""What becomes of what was found: raised once, kept up to date, cleared when it no longer holds.

`LifecycleService.reconcile` is the only writer of raised and cleared. Two looks at one account at
once: the index of open causes lets one raise, every write names the version it read, and a look
with older facts never changes what a newer one has seen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from db import signals as rows
from db.models.signals import Signal
from db.session import Tx
from services.ports import Clock, Ids
from services.signals.clearing import why_cleared
from services.signals.evidence import digest_of, from_json, to_json, verify
from services.signals.merging import detectors_of, merge, severity_of
from services.signals.raising import holds, may_raise
from services.signals.severity import risen
from services.signals.thresholds import thresholds_in_force
from services.types.signals import (
    CATALOGUE,
    AccountFacts,
    Detected,
    Severity,
    SignalName,
    SignalStatus,
)

KEPT = timedelta(days=92)
"""How long detections that are gone are kept: for a replay of the last months."""
Thing = tuple[str, str]
"""A name and its cause."""


class Tell(Protocol):
    """Who is told of signals, in the transaction that changed them, last."""

    async def show_raised(self, tx: Tx, signals: Sequence[Signal]) -> None: ...

    async def show_refreshed(self, tx: Tx, signals: Sequence[Signal]) -> None:
        """Their evidence or severity is another: what is shown follows in place."""
        ...

    async def show_cleared(self, tx: Tx, signals: Sequence[Signal]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """`refreshed` still hold, whether or not anything about them changed."""

    raised: tuple[Signal, ...] = ()
    refreshed: tuple[Signal, ...] = ()
    cleared: tuple[Signal, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Look:
    """One look at an account while it is being written down."""

    facts: AccountFacts
    now: datetime
    scan_id: UUID | None
    thresholds: Mapping[SignalName, float]
    standing: dict[Thing, Signal]
    held: set[Thing] = field(default_factory=set)
    raised: list[Signal] = field(default_factory=list)
    refreshed: list[Signal] = field(default_factory=list)
    changed: list[Signal] = field(default_factory=list)
    cleared: list[Signal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LifecycleService:
    clock: Clock
    ids: Ids
    tell: Tell

    async def reconcile(
        self,
        tx: Tx,
        facts: AccountFacts,
        merged: Iterable[Detected],
        *,
        looked: frozenset[SignalName],
        scan_id: UUID | None = None,
    ) -> Reconciled:
        """Write down what one look found. Only names in `looked` are cleared: what couldn't be
        looked for may hold as before. Nothing enters whose evidence isn't in `facts`."""
        found = proven(facts, merged)
        look = _Look(
            facts=facts,
            now=self.clock.now(),
            scan_id=scan_id,
            thresholds=await thresholds_in_force(tx),
            standing={
                (one.name, one.cause): one for one in await rows.list_standing(tx, facts.account_id)
            },
        )
        for one in found:
            await self._settle(tx, look, one)
        for signal in look.standing.values():
            if SignalName(signal.name) in looked and (signal.name, signal.cause) not in look.held:
                await self._clear(tx, look, signal)
        await self._record(tx, look, found, looked)
        if look.raised:
            await self.tell.show_raised(tx, look.raised)
        if look.changed:
            await self.tell.show_refreshed(tx, look.changed)
        if look.cleared:
            await self.tell.show_cleared(tx, look.cleared)
        return Reconciled(
            raised=tuple(look.raised),
            refreshed=tuple(look.refreshed),
            cleared=tuple(look.cleared),
        )

    async def _settle(self, tx: Tx, look: _Look, found: Detected) -> None:
        """Raise it or refresh it, or leave it a detection."""
        threshold = look.thresholds[found.name]
        thing = (found.name.value, found.cause)
        last = look.standing.get(thing)
        if last is not None and SignalStatus(last.status).open:
            if holds(found, threshold):
                look.held.add(thing)
                await self._refresh(tx, look, last, found)
            return
        if not may_raise(found, threshold, last, look.now):
            return
        signal = self._signal(tx, look, found, threshold)
        look.held.add(thing)
        if await rows.add_signal(tx, signal):
            stored = await rows.get_signal(tx, signal.id)
            if stored is not None:
                look.raised.append(stored)
                look.standing[thing] = stored

    async def _refresh(self, tx: Tx, look: _Look, signal: Signal, found: Detected) -> None:
        """Newer evidence and confidence; the severity of an open one only ever rises."""
        severity = max((Severity(signal.severity), severity_of(found)), key=lambda one: one.rank)
        before = replace(found, evidence=from_json(signal.evidence), confidence=signal.confidence)
        changed = digest_of(before) != digest_of(found) or severity != signal.severity
        done = await rows.set_open(
            tx,
            signal.id,
            expect=signal.version,
            not_after=look.facts.now,
            confidence=found.confidence,
            evidence=to_json(found.evidence),
            detectors=list(detectors_of(found)),
            severity=severity.value,
            why=found.why or signal.why,
            seen_at=look.facts.now,
            # A day more of the same is no other version: what people look at stays clickable.
            **({"version": signal.version + 1} if changed else {}),
        )
        if done:
            look.refreshed.append(signal)
            if changed:
                look.changed.append(signal)

    async def _clear(self, tx: Tx, look: _Look, signal: Signal) -> None:
        if not SignalStatus(signal.status).open:
            return
        done = await rows.set_open(
            tx,
            signal.id,
            expect=signal.version,
            not_after=look.facts.now,
            status=SignalStatus.CLEARED.value,
            settled_at=look.now,
            settled_why=why_cleared(signal, look.facts),
            version=signal.version + 1,
        )
        if done:
            look.cleared.append(signal)

    async def _record(
        self,
        tx: Tx,
        look: _Look,
        found: Sequence[Detected],
        looked: frozenset[SignalName],
    ) -> None:
        account_id = look.facts.account_id
        await rows.record_detections(tx, [self._detection(look, one) for one in found])
        await rows.end_detections(
            tx,
            account_id,
            sorted(name.value for name in looked),
            holding=sorted((one.name.value, one.cause) for one in found),
            now=look.now,
        )
        await rows.drop_detections(tx, account_id, before=look.now - KEPT)

    def _signal(self, tx: Tx, look: _Look, found: Detected, threshold: float) -> Signal:
        return Signal(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=look.now,
            account_id=look.facts.account_id,
            deal_id=found.deal_id,
            contact_id=found.contact_id,
            kind=CATALOGUE[found.name].kind.value,
            name=found.name.value,
            cause=found.cause,
            severity=severity_of(found).value,
            confidence=found.confidence,
            threshold=threshold,
            why=found.why,
            evidence=to_json(found.evidence),
            detectors=list(detectors_of(found)),
            status=SignalStatus.RAISED.value,
            raised_at=look.now,
            seen_at=look.facts.now,
            settled_why="",
            scan_id=look.scan_id,
            version=1,
        )

    def _detection(self, look: _Look, found: Detected) -> dict[str, Any]:
        signal = look.standing.get((found.name.value, found.cause))
        counted = signal is not None and SignalStatus(signal.status).open
        return {
            "id": self.ids.new(),
            "created_at": look.now,
            "account_id": look.facts.account_id,
            "signal_id": signal.id if signal is not None and counted else None,
            "kind": CATALOGUE[found.name].kind.value,
            "name": found.name.value,
            "cause": found.cause,
            "severity": severity_of(found).value,
            "confidence": found.confidence,
            "evidence": to_json(found.evidence),
            "detectors": list(detectors_of(found)),
            "digest": digest_of(found),
            "found_at": look.now,
            "gone_at": None,
        }


def proven(facts: AccountFacts, found: Iterable[Detected]) -> tuple[Detected, ...]:
    """What is left of it when only evidence counts that stands in its source, with the severity
    that the account's facts give it; in an order of its own, so that two writers never wait for
    each other crosswise."""
    verified = (verify(facts, one) for one in found)
    return tuple(
        replace(one, severity=risen(facts, one)) for one in merge(v for v in verified if v.evidence)
    )
