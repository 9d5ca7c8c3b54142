"""Figures that nobody counts as they go: what lies in the queue, waits and is late. Read when
somebody asks for metrics, at most every ten seconds, and never failing the answer.

What needs a look into every workspace is read once a minute by the scheduler, a short statement
each, and told as sums: no series carries a tenant. With several schedulers each tells the same.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from typing_extensions import override

from db import jobs, standing, timers
from db.jobs import QueueFigures
from db.session import Database
from db.standing import Standing
from services.ports import Clock

log = structlog.get_logger(__name__)

KEEP = 10.0
"""Seconds for which a look at the queue is good."""

QUEUE = {
    "due": ("understudy_jobs_due", "Jobs that may run now and wait for a worker."),
    "waiting": ("understudy_jobs_waiting", "Jobs that wait for their hour or their next try."),
    "running": ("understudy_jobs_running", "Jobs a worker has taken."),
    "held": ("understudy_jobs_held", "Jobs held after their last try: somebody must look."),
    "oldest": ("understudy_jobs_oldest_due_seconds", "For how long the oldest due job waits."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at what belongs to no workspace."""

    queue: Sequence[QueueFigures] = ()
    tick: datetime | None = None
    late_timers: int = 0
    timer_since: datetime | None = None
    at: datetime | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Figures(Collector):
    """What the last look found, told to whoever scrapes."""

    database: Database
    clock: Clock
    budget_usd: float | None = None
    look: Look | None = field(default=None, init=False)
    sums: Standing | None = field(default=None, init=False)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry, init=False)
    """Of its own: what is counted belongs to the process, this belongs to one runtime."""
    _looked: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.registry.register(self)

    async def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        await self.refresh()
        return generate_latest(REGISTRY) + generate_latest(self.registry)

    async def refresh(self) -> None:
        """Look again, unless the last look is fresh."""
        if self._looked is not None and time.monotonic() - self._looked < KEEP:
            return
        self._looked = time.monotonic()
        now = self.clock.now()
        try:
            async with self.database.directory() as tx:
                late, since = await standing.late_timers(tx, now)
                self.look = Look(
                    queue=await jobs.queue_figures(tx),
                    tick=await standing.last_tick(tx),
                    late_timers=late,
                    timer_since=since,
                    at=now,
                )
        except (SQLAlchemyError, OSError) as error:
            self.look = None
            log.warning("figures could not be read", error=str(error))

    async def visit(self) -> None:
        """Every workspace once, for the sums."""
        sums, now = Standing(), self.clock.now()
        async with self.database.directory() as tx:
            tenants = await timers.list_tenants(tx)
        for tenant_id in tenants:
            async with self.database.read(tenant_id) as tx:
                await standing.add_standing(tx, now, sums, spending=self.budget_usd is not None)
        self.sums = sums

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is told when it registers: it hasn't looked yet."""
        return []

    @override
    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = _one("understudy_database_up", "1 when the last look at the database went well.")
        up.add_metric([], float(self.look is not None))
        yield up
        if self.look is not None:
            yield from self._queue(self.look)
        if self.sums is not None:
            yield from self._sums(self.sums, self.clock.now())

    @staticmethod
    def _queue(look: Look) -> Iterator[GaugeMetricFamily]:
        for name, (metric, told) in QUEUE.items():
            family = GaugeMetricFamily(metric, told, labels=["kind"])
            for one in look.queue:
                family.add_metric([one.kind], float(getattr(one, name)))
            yield family
        tick = _one("understudy_tick_age_seconds", "Since the last minute a scheduler wrote down.")
        if look.tick is not None:
            tick.add_metric([], _age(look.tick, look.at))
        yield tick
        late = _one("understudy_timers_due", "Timers that are due and not yet swept.")
        late.add_metric([], look.late_timers)
        yield late
        oldest = _one("understudy_timers_oldest_due_seconds", "For how long the oldest is due.")
        oldest.add_metric([], _age(look.timer_since, look.at))
        yield oldest

    def _sums(self, sums: Standing, now: datetime) -> Iterator[GaugeMetricFamily]:
        by_state = (
            ("understudy_workspaces", "Workspaces by state.", sums.workspaces),
            (
                "understudy_mailboxes",
                "Mailboxes by state; late, watch_ended and push_silent are connected too.",
                sums.mailboxes,
            ),
            (
                "understudy_effects_open",
                "Mails on their way, and those of the last day of which nobody knows.",
                sums.effects,
            ),
        )
        for metric, told, counts in by_state:
            family = GaugeMetricFamily(metric, told, labels=["state"])
            for state, count in counts.items():
                family.add_metric([state], count)
            yield family
        plain = [
            ("understudy_cards_behind", "Cards that should show something newer.", sums.cards),
            (
                "understudy_mail_sync_age_seconds",
                "Since the mailbox that waits longest was read.",
                _age(sums.read_at, now),
            ),
            (
                "understudy_audit_unchained_age_seconds",
                "Since the oldest audit entry that no chain holds yet.",
                _age(sums.unchained_since, now),
            ),
        ]
        if self.budget_usd:
            share = sums.most_spent_usd / self.budget_usd
            told = "Of the month's model budget, what the dearest workspace has used (0 to 1)."
            plain.append(("understudy_model_budget_used_ratio", told, share))
        for metric, told, value in plain:
            family = _one(metric, told)
            family.add_metric([], value)
            yield family


def _one(name: str, told: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, labels=[])


def _age(since: datetime | None, now: datetime | None) -> float:
    return max((now - since).total_seconds(), 0.0) if since and now else 0.0
