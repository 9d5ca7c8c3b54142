"""Looking for signals on real PostgreSQL: real services, a model and detectors that do as told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text

from db.models.customers import Account
from db.models.looks import AccountLook
from db.models.signals import Scan, ScanAccount, Signal
from db.session import Database, ReadTx, Tx
from services.errors import NotFound, TransientError
from services.model_calls import ModelCallService
from services.signals.detector import Detector
from services.signals.lifecycle import LifecycleService
from services.signals.looking import LookService
from services.signals.model_detector import ModelDetectors
from services.signals.scan_budget import BudgetWatch
from services.signals.scans import SCAN, SCAN_ACCOUNT, SignalScanService
from services.signals.wanting import LOOK
from services.sweeps import SweepService
from services.types.signals import (
    AccountFacts,
    Detected,
    Evidence,
    EvidenceSource,
    SeenText,
    SignalName,
)
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.fakes.scripted_model import ScriptedModel

NEXT = text(
    "select id, entrypoint, convert_from(payload, 'utf8') as body from jobs.pgqueuer "
    "where status = 'queued' and entrypoint like 'signals.%' order by priority desc, id limit 1"
)
DROP = text("delete from jobs.pgqueuer where id = :job")
ALL = text("delete from jobs.pgqueuer")
COUNT = text("select entrypoint, count(*) as n from jobs.pgqueuer group by 1")


@dataclass
class Words:
    """What an account's people wrote, by account; facts are made of it."""

    texts: dict[UUID, list[SeenText]] = field(default_factory=dict)

    def add(self, account_id: UUID, words: str, **more: Any) -> SeenText:
        before = len(self.texts.get(account_id, ()))
        said = SeenText(
            **{
                "source": EvidenceSource.MESSAGE,
                "id": uuid4(),
                "conversation_id": uuid4(),
                "happened_at": make.NOW - timedelta(days=2, minutes=-before),
                "inbound": True,
                "human": True,
                "sender_email": "carla@acme.test",
                "sender_name": "Carla Customer",
                "text": words,
                **more,
            }
        )
        self.texts.setdefault(account_id, []).append(said)
        return said

    async def facts_of(self, tx: ReadTx, account_id: UUID, now: Any) -> AccountFacts:
        account = await tx.session.get(Account, (tx.tenant_id, account_id))
        if account is None:
            raise NotFound("This account is gone.")
        return AccountFacts(
            account_id=account_id,
            account_name=account.name,
            now=now,
            texts=tuple(self.texts.get(account_id, ())),
        )


@dataclass
class Rule:
    """A detector that finds dissatisfaction in every text of a customer that says `unhappy`."""

    seen: list[UUID] = field(default_factory=list)
    dies: set[UUID] = field(default_factory=set)
    fails: set[UUID] = field(default_factory=set)
    name: str = "rule"
    names: frozenset[SignalName] = frozenset({SignalName.DISSATISFACTION})

    async def detect(self, facts: AccountFacts) -> tuple[Detected, ...]:
        self.seen.append(facts.account_id)
        if facts.account_id in self.fails:
            raise ValueError("a fault of ours")
        if facts.account_id in self.dies:
            self.dies.discard(facts.account_id)
            raise KeyboardInterrupt
        evidence = tuple(quoted(one) for one in facts.texts if one.theirs and "unhappy" in one.text)
        if not evidence:
            return ()
        return (
            Detected(
                name=SignalName.DISSATISFACTION,
                confidence=0.9,
                evidence=evidence,
                detector=self.name,
            ),
        )


def quoted(one: SeenText) -> Evidence:
    return Evidence(
        source=one.source, source_id=one.id, at=one.happened_at, who=one.sender_name, quote=one.text
    )


@dataclass
class Told:
    raised: list[Signal] = field(default_factory=list)
    cleared: list[Signal] = field(default_factory=list)

    async def show_raised(self, tx: Tx, signals: Sequence[Signal]) -> None:
        assert tx.open
        self.raised += signals

    async def show_refreshed(self, tx: Tx, signals: Sequence[Signal]) -> None: ...

    async def show_cleared(self, tx: Tx, signals: Sequence[Signal]) -> None:
        assert tx.open
        self.cleared += signals


@dataclass
class SignalDesk:
    """A process that looks for signals. `ran` is every job in the order it was run."""

    database: Database
    budget_usd: Decimal | None = None
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(make.NOW))
    ids: UuidIds = field(default_factory=UuidIds)
    words: Words = field(default_factory=Words)
    rule: Rule = field(default_factory=Rule)
    told: Told = field(default_factory=Told)
    model: ScriptedModel = field(default_factory=ScriptedModel)
    with_model: bool = False
    ran: list[tuple[str, UUID]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calls = ModelCallService(self.database, self.clock, self.ids, self.budget_usd)
        detectors: Sequence[Detector] = (self.rule,)
        self.looks = LookService(
            db=self.database,
            clock=self.clock,
            ids=self.ids,
            facts=self.words.facts_of,
            detectors=detectors,
            models=self.models() if self.with_model else None,
            lifecycle=LifecycleService(self.clock, self.ids, self.told),
        )
        self.scans = SignalScanService(
            db=self.database, clock=self.clock, ids=self.ids, looks=self.looks
        )
        self.budget = BudgetWatch(
            db=self.database, clock=self.clock, ids=self.ids, budget_usd=self.budget_usd
        )
        self.sweeps = SweepService(self.database, self.clock, {}, (self.scans.due,))

    def models(self) -> ModelDetectors:
        return ModelDetectors(db=self.database, model=self.model, calls=self.calls)

    # ── the world ───────────────────────────────────────────────────────────────────────────────
    async def tenant(self, accounts: int, *, active: bool = True) -> tuple[UUID, list[UUID]]:
        """A tenant with so many accounts that wrote yesterday."""
        tenant = await make.make_tenant(self.database)
        made = []
        async with self.database.transaction(tenant) as tx:
            for _ in range(accounts):
                account = await make.make_account(tx)
                made.append(account.id)
                if active:
                    await make.make_conversation(
                        tx, account_id=account.id, last_message_at=make.NOW - timedelta(days=1)
                    )
        return tenant, made

    # ── jobs ────────────────────────────────────────────────────────────────────────────────────
    async def work(self, most: int = 500) -> None:
        """All jobs in the queue's own order, until there are none."""
        for _ in range(most):
            if not await self.step():
                return
        raise AssertionError("the jobs never came to an end")

    async def step(self) -> bool:
        """The next job, taken off the queue when it has ended."""
        async with self.database.directory() as tx:
            job = (await tx.session.execute(NEXT)).first()
        if job is None:
            return False
        body = json.loads(job.body)
        tenant = UUID(body["tenant_id"])
        self.ran.append((job.entrypoint, tenant))
        try:
            await self.run(job.entrypoint, tenant, body)
        except TransientError:
            return True
        async with self.database.directory() as tx:
            await tx.session.execute(DROP, {"job": job.id})
        return True

    async def run(self, kind: str, tenant: UUID, body: dict[str, Any]) -> None:
        if kind == SCAN:
            await self.scans.begin(tenant, self.clock.now().fromisoformat(body["due_at"]))
        elif kind == SCAN_ACCOUNT:
            await self.scans.run(tenant, UUID(body["scan_id"]))
        elif kind == LOOK:
            await self.looks.wanted(tenant, UUID(body["account_id"]))

    async def lose_jobs(self) -> None:
        async with self.database.directory() as tx:
            await tx.session.execute(ALL)

    async def queued(self) -> dict[str, int]:
        async with self.database.directory() as tx:
            return {row.entrypoint: row.n for row in await tx.session.execute(COUNT)}

    # ── what stands there ───────────────────────────────────────────────────────────────────────
    async def scan(self, tenant: UUID) -> Scan:
        async with self.database.read(tenant) as tx:
            found = await tx.session.scalars(
                select(Scan).where(Scan.tenant_id == tenant).order_by(Scan.due_at.desc())
            )
            return found.first()  # type: ignore[return-value]

    async def accounts(self, tenant: UUID) -> dict[UUID, ScanAccount]:
        """Of the newest scan."""
        scan = await self.scan(tenant)
        async with self.database.read(tenant) as tx:
            found = await tx.session.scalars(
                select(ScanAccount).where(
                    ScanAccount.tenant_id == tenant, ScanAccount.scan_id == scan.id
                )
            )
            return {row.account_id: row for row in found}

    async def row(self, tenant: UUID, account_id: UUID) -> AccountLook:
        async with self.database.read(tenant) as tx:
            found = await tx.session.scalars(
                select(AccountLook).where(
                    AccountLook.tenant_id == tenant, AccountLook.account_id == account_id
                )
            )
            return found.one()

    async def signals(self, tenant: UUID, status: str = "raised") -> set[str]:
        async with self.database.read(tenant) as tx:
            found = await tx.session.scalars(
                select(Signal.name).where(Signal.tenant_id == tenant, Signal.status == status)
            )
            return set(found)
