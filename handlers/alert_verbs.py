"""The verbs of alerts that the edge calls (services/signals)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from services.types.alerts import (
    AlertRollupView,
    AlertsView,
    AlertView,
    QualityView,
    ReplayView,
    Snooze,
    ThresholdView,
    WarningView,
)
from services.types.people import Actor
from services.types.signals import SignalName


class AlertReads(Protocol):
    """What is shown. A card's view is None when its subject or its reader is gone."""

    async def card(self, tenant_id: UUID, signal_id: UUID, member_id: UUID) -> AlertView | None: ...
    async def rollup(self, tenant_id: UUID, member_id: UUID) -> AlertRollupView | None: ...
    async def look(self, actor: Actor, signal_id: UUID) -> AlertView:
        """NotFound where the account isn't the actor's to see."""
        ...

    async def mine(self, actor: Actor) -> AlertsView: ...


class AlertDeeds(Protocol):
    """What people do about an alert. Conflict: somebody was faster, or it has changed; NotFound: it
    isn't the actor's to see."""

    async def acknowledge(
        self, actor: Actor, signal_id: UUID, *, version: int, command_id: str
    ) -> None: ...
    async def done(
        self, actor: Actor, signal_id: UUID, *, version: int, command_id: str
    ) -> None: ...
    async def useful(self, actor: Actor, signal_id: UUID, *, command_id: str) -> None: ...
    async def dismiss(
        self, actor: Actor, signal_id: UUID, *, version: int, reason: str, command_id: str
    ) -> None: ...
    async def snooze(
        self, actor: Actor, signal_id: UUID, *, version: int, span: Snooze, command_id: str
    ) -> datetime: ...
    async def draft(
        self, actor: Actor, signal_id: UUID, *, version: int, command_id: str
    ) -> str: ...
    async def note(
        self, actor: Actor, signal_id: UUID, *, version: int, words: str, command_id: str
    ) -> None: ...


class AlertRollupVerbs(Protocol):
    async def show(self, actor: Actor, signal_id: UUID | None) -> None:
        """Give this one a card of its own; None: the next few."""
        ...


class QualityVerbs(Protocol):
    """For whoever leads people; Forbidden to others."""

    async def quality(self, actor: Actor, days: int = 30) -> QualityView: ...
    async def replay(
        self, actor: Actor, names: Sequence[SignalName], threshold: float, days: int = 30
    ) -> ReplayView: ...


class ThresholdVerbs(Protocol):
    async def view(self, actor: Actor, name: SignalName) -> ThresholdView: ...
    async def set_by_hand(
        self, actor: Actor, name: SignalName, value: float, *, reason: str, command_id: str
    ) -> ThresholdView: ...
    async def undo(self, actor: Actor, move_id: UUID, *, command_id: str) -> ThresholdView: ...
    async def warning(
        self, tenant_id: UUID, warning_id: UUID, member_id: UUID
    ) -> WarningView | None: ...


class AmountVerbs(Protocol):
    """From which sum of open deals a manager is told of risk; admins only."""

    async def amount(self, actor: Actor) -> Decimal: ...
    async def set_amount(self, actor: Actor, words: str, *, command_id: str) -> Decimal: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertVerbs:
    reads: AlertReads
    deeds: AlertDeeds
    rollups: AlertRollupVerbs
    quality: QualityVerbs
    thresholds: ThresholdVerbs
    amounts: AmountVerbs
