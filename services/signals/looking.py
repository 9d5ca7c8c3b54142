"""One look at one account: its facts, all detectors, and what becomes of what they found.

Read, look, write: the account's row holds a lease meanwhile, so of two that look one does it, and a
look that was overtaken by a change is followed by another. A detector that can't look takes nothing
else with it, and what only it could have confirmed stays as it was.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from db import customers, jobs, looks
from db.looks import Spent
from db.session import Database, ReadTx, Tx, is_disconnect
from services.errors import LimitReached, NotFound, TransientError
from services.health.recomputing import touch_health
from services.ports import Clock, Ids
from services.signals.detector import Detector, names_looked
from services.signals.lifecycle import LifecycleService, Reconciled
from services.signals.merging import merge
from services.signals.model_detector import ModelDetectors
from services.signals.model_memory import Memory, memory_from_json, memory_to_json
from services.signals.wanting import LOOK, PAUSE
from services.types.signals import AccountFacts, Detected

log = structlog.get_logger()

LEASE = timedelta(minutes=3)
"""Longer than a model with its second attempt may take."""
SOON = timedelta(seconds=5)
BUDGET_USED = "the month's model budget is used up"
MODEL_DOWN = "the model could not be asked"
NOT_OURS = "no account to look at any more"
DETECTOR_FAILED = "a detector failed: {name}"

FactsReader = Callable[[ReadTx, UUID, datetime], Awaitable[AccountFacts]]
"""Raises NotFound when the account is gone, or excluded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """`note` says what could not be done; empty when everything was."""

    reconciled: Reconciled = field(default_factory=Reconciled)
    spent: Spent = field(default_factory=Spent)
    note: str = ""
    gone: bool = False
    """There is no such account, or it is excluded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    tenant_id: UUID
    account_id: UUID
    token: UUID
    rev: int
    memory: Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class LookService:
    """`models` is None where no model is configured: the rules look alone."""

    db: Database
    clock: Clock
    ids: Ids
    facts: FactsReader
    detectors: Sequence[Detector]
    models: ModelDetectors | None
    lifecycle: LifecycleService

    async def look(
        self, tenant_id: UUID, account_id: UUID, *, scan_id: UUID | None = None
    ) -> Looked | None:
        """None when the lease was lost to another look, which does the work.

        Raises TransientError while somebody else is looking at the account.
        """
        claim = await self._claim(tenant_id, account_id)
        try:
            facts = await self._facts(claim)
            if facts is None:
                return await self._nothing(claim)
            return await self._look(claim, facts, scan_id)
        except Exception:
            await self._release(claim)
            raise

    async def wanted(self, tenant_id: UUID, account_id: UUID) -> None:
        """The job after a change. What was seen already, by a scan or another look, is enough."""
        async with self.db.read(tenant_id) as tx:
            waits = await looks.is_wanted(tx, account_id)
        if waits:
            await self.look(tenant_id, account_id)

    async def _claim(self, tenant_id: UUID, account_id: UUID) -> _Claim:
        now, token = self.clock.now(), self.ids.new()
        async with self.db.transaction(tenant_id) as tx:
            row = None
            if await customers.get_account(tx, account_id) is not None:
                row = await looks.claim_look(
                    tx, account_id, look_id=self.ids.new(), token=token, now=now, until=now + LEASE
                )
                if row is None:
                    raise TransientError("Somebody is looking at this account.", retry_after=SOON)
        return _Claim(
            tenant_id=tenant_id,
            account_id=account_id,
            token=token,
            rev=row.wanted_rev if row else 0,
            memory=memory_from_json(row.memory if row else {}),
        )

    async def _facts(self, claim: _Claim) -> AccountFacts | None:
        async with self.db.read(claim.tenant_id) as tx:
            try:
                return await self.facts(tx, claim.account_id, self.clock.now())
            except NotFound:
                return None

    async def _look(
        self, claim: _Claim, facts: AccountFacts, scan_id: UUID | None
    ) -> Looked | None:
        model = self.models.about(claim.tenant_id, claim.memory) if self.models else None
        sight = await look_with((*self.detectors, *((model,) if model else ())), facts)
        spent = model.spent if model else Spent()
        async with self.db.transaction(claim.tenant_id) as tx:
            if not await looks.lock_leased(tx, claim.account_id, claim.token):
                return None
            await self._note(tx, claim, model.memory if model else claim.memory, spent)
            reconciled = await self.lifecycle.reconcile(
                tx,
                facts,
                merge(sight.found),
                looked=names_looked(sight.ran, sight.failed),
                scan_id=scan_id,
            )
            await touch_health(tx, claim.account_id)
        return Looked(reconciled=reconciled, spent=spent, note=sight.note)

    async def _nothing(self, claim: _Claim) -> Looked:
        async with self.db.transaction(claim.tenant_id) as tx:
            await self._note(tx, claim, Memory(), Spent())
        return Looked(note=NOT_OURS, gone=True)

    async def _note(self, tx: Tx, claim: _Claim, memory: Memory, spent: Spent) -> None:
        overtaken = await looks.set_looked(
            tx,
            claim.account_id,
            claim.token,
            rev=claim.rev,
            now=self.clock.now(),
            memory=memory_to_json(memory),
            spent=spent,
        )
        if overtaken:
            await jobs.enqueue(tx, LOOK, {"account_id": claim.account_id}, after=PAUSE)

    async def _release(self, claim: _Claim) -> None:
        async with self.db.transaction(claim.tenant_id) as tx:
            await looks.drop_lease(tx, claim.account_id, claim.token)


@dataclass(slots=True)
class Sight:
    """What detectors found together, and which of them could look."""

    found: list[Detected] = field(default_factory=list)
    ran: list[Detector] = field(default_factory=list)
    failed: list[Detector] = field(default_factory=list)
    note: str = ""


async def look_with(detectors: Sequence[Detector], facts: AccountFacts) -> Sight:
    """Each by itself: one that fails is noted, and the others go on."""
    sight = Sight()
    for detector in detectors:
        try:
            sight.found += await detector.detect(facts)
        except LimitReached:
            sight.failed.append(detector)
            sight.note = sight.note or BUDGET_USED
        except TransientError as error:
            log.info("the model could not look", reason=str(error))
            sight.failed.append(detector)
            sight.note = sight.note or MODEL_DOWN
        except Exception as error:
            if is_disconnect(error):
                raise
            log.exception("a detector failed", detector=detector.name)
            sight.failed.append(detector)
            sight.note = DETECTOR_FAILED.format(name=detector.name)
        else:
            sight.ran.append(detector)
    return sight
