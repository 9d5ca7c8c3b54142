"""Keeping accounts' health and lifecycle current, with their history.

Computed after a look at the account, and once a day; a record is written only when the health moved
by three points or the lifecycle is another one: the history shows what changed and no noise. What a
file or a person gave stands for a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from db import customers, jobs
from db import health as rows
from db.models.customers import Account
from db.models.health import HealthRecord
from db.session import Database, ReadTx, Tx
from db.visibility import may_see
from services.account_names import the_account
from services.actors import require_member
from services.audit import AuditService
from services.errors import InvalidInput, NotFound, ServiceError
from services.health.facts import health_facts
from services.health.lifecycle import standing
from services.health.score import score
from services.home_cards import touch_homes
from services.ports import Clock, Ids
from services.reader import reader_of
from services.types.health import (
    AccountHealthView,
    Health,
    Lifecycle,
    PastHealth,
    Reason,
    ReasonKind,
    Standing,
)
from services.types.people import Actor
from services.visibility import only_of

log = structlog.get_logger()

JOB = "health.recompute"
DAILY = "health.daily"
GATHER = timedelta(seconds=5)
GIVEN_FOR = timedelta(hours=24)
A_DAY = timedelta(days=1)
STEP = 3
"""A smaller move is no news."""
DROP = 10
"""A fall by more is written down as one: `health.dropped` in the audit, `before` in the record."""
AT_ONCE = 100
SHOWN = 6
BY_FILE = "given by a file"


async def touch_health(tx: Tx, account_id: UUID) -> None:
    """Something about this account has changed: look at its health again, once for many changes."""
    await jobs.enqueue(
        tx,
        JOB,
        {"account_id": account_id},
        after=GATHER,
        dedupe_key=f"{JOB}:{tx.tenant_id}:{account_id}",
    )


async def record_given(
    tx: Tx, account: Account, *, record_id: UUID, at: datetime, why: str = BY_FILE
) -> None:
    """What somebody says about an account's health or lifecycle, as it now stands there."""
    before = await rows.list_records(tx, account.id, 1)
    await rows.add_record(
        tx,
        id=record_id,
        created_at=at,
        account_id=account.id,
        health=account.health,
        before=before[0].health if before else None,
        lifecycle=account.lifecycle if account.lifecycle in set(Lifecycle) else None,
        lifecycle_why=why,
        reasons=[],
        unknown=[],
        source="given",
    )


@dataclass(frozen=True, slots=True)
class HealthService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService
    _looked: dict[UUID, date] = field(default_factory=dict)

    async def recompute(self, tenant_id: UUID, account_id: UUID) -> None:
        """The job `health.recompute`. Safe to repeat: the same facts write nothing new."""
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            account = await rows.lock_account(tx, account_id)
            if account is None or account.excluded:
                return
            past = await rows.list_records(tx, account_id, 1)
            if past and past[0].source == "given" and now - past[0].created_at < GIVEN_FOR:
                return
            facts = await health_facts(tx, account, now)
            health = score(facts)
            life = standing(facts, health)
            if _moved(account, past, health, life):
                await self._write(tx, account, health, life)

    async def _write(self, tx: Tx, account: Account, health: Health, life: Standing | None) -> None:
        now, was = self.clock.now(), account.health
        # What isn't known any more is left as it was known last.
        account.health = health.score if health.score is not None else was
        account.lifecycle = life.lifecycle.value if life else account.lifecycle
        known = account.lifecycle if account.lifecycle in set(Lifecycle) else None
        await rows.add_record(
            tx,
            id=self.ids.new(),
            created_at=now,
            account_id=account.id,
            health=account.health,
            before=was,
            lifecycle=known,
            lifecycle_why=life.why if life else "",
            reasons=[reason.as_json() for reason in health.reasons],
            unknown=[kind.value for kind in health.unknown],
            source="computed",
        )
        if was is not None and account.health is not None and was - account.health > DROP:
            facts = {"before": was, "after": account.health}
            await self.audit.append(tx, "health.dropped", subject_id=account.id, facts=facts)
        owners = [member.id for _, member in await customers.list_owners(tx, account.id)]
        await touch_homes(tx, [account.owner_id, *owners], now=now)

    # ── By time ─────────────────────────────────────────────────────────────────────────────────
    async def check(self, tenant_id: UUID) -> None:
        """Once a day: silence and renewals come true by time alone."""
        today = self.clock.now().date()
        if self._looked.get(tenant_id) == today:
            return
        async with self.db.transaction(tenant_id) as tx:
            await jobs.enqueue(tx, DAILY, dedupe_key=f"{DAILY}:{tenant_id}")
        self._looked[tenant_id] = today

    async def daily(self, tenant_id: UUID) -> None:
        """The job `health.daily`: every account that nobody has looked at since yesterday. One that
        fails leaves the others alone."""
        before, after = self.clock.now() - A_DAY, None
        while True:
            async with self.db.read(tenant_id) as tx:
                due = await rows.list_accounts_due(tx, before, after, AT_ONCE)
            for account_id in due:
                try:
                    await self.recompute(tenant_id, account_id)
                except ServiceError as error:
                    log.warning("no health", account=str(account_id), reason=str(error))
            if len(due) < AT_ONCE:
                return
            after = due[-1]

    # ── What is shown ───────────────────────────────────────────────────────────────────────────
    async def why(self, actor: Actor, words: str) -> AccountHealthView:
        """By the account's name. InvalidInput names the choices when the words fit several."""
        if not words.strip():
            raise InvalidInput("Which account? For example: `/understudy health Acme`.")
        async with self.db.read(actor.tenant_id) as tx:
            only = only_of(await require_member(tx, actor))
            return await self._view(tx, actor, await the_account(tx, words.strip(), only))

    async def why_of(self, actor: Actor, account_id: UUID) -> AccountHealthView:
        async with self.db.read(actor.tenant_id) as tx:
            only = only_of(await require_member(tx, actor))
            account = await customers.get_account(tx, account_id)
            if account is None or not await may_see(tx, account_id, only):
                raise NotFound("This account is no longer there.")
            return await self._view(tx, actor, account)

    async def _view(self, tx: ReadTx, actor: Actor, account: Account) -> AccountHealthView:
        member = await require_member(tx, actor)
        past = await rows.list_records(tx, account.id, SHOWN)
        newest = past[0] if past else None
        given = newest if newest is not None and newest.source == "given" else None
        if newest is not None and given is None:
            reasons, unknown, computed = _reasons(newest), _unknown(newest), None
        else:
            # Nothing computed was ever written down: what it would rest on at this moment.
            health = score(await health_facts(tx, account, self.clock.now()))
            reasons, unknown, computed = health.reasons, health.unknown, health.score
        return AccountHealthView(
            reader=reader_of(member, self.clock),
            account_id=account.id,
            account_name=account.name,
            health=account.health,
            lifecycle=account.lifecycle,
            lifecycle_why=newest.lifecycle_why if newest else "",
            reasons=reasons,
            unknown=unknown,
            given_at=given.created_at if given else None,
            computed=computed,
            past=tuple(
                PastHealth(
                    at=one.created_at,
                    health=one.health,
                    lifecycle=one.lifecycle,
                    given=one.source == "given",
                )
                for one in past
            ),
        )


def _moved(
    account: Account,
    past: Sequence[HealthRecord],
    health: Health,
    life: Standing | None,
) -> bool:
    if life is not None and life.lifecycle.value != account.lifecycle:
        return True
    if health.score is None:
        return False
    if account.health is None or not past:
        return True
    return abs(health.score - account.health) >= STEP


def _reasons(record: HealthRecord) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            kind=ReasonKind(one["kind"]),
            words=str(one["words"]),
            points=int(one["points"]),
            source=str(one.get("source") or ""),
            source_id=UUID(one["source_id"]) if one.get("source_id") else None,
        )
        for one in record.reasons
    )


def _unknown(record: HealthRecord) -> tuple[ReasonKind, ...]:
    return tuple(ReasonKind(one) for one in record.unknown)
