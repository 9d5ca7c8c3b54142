"""Health over real PostgreSQL: facts, records, what was given, and who may look."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from blocks.health import health_blocks
from db import health as rows
from db.models.customers import Account, DealChange
from db.models.health import HealthRecord
from db.models.meetings import Meeting
from db.models.signals import Signal
from db.session import Database
from services.audit import AuditService
from services.errors import NotFound
from services.health.recomputing import HealthService, record_given, touch_health
from services.types.health import Lifecycle
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.integration.services.search.desk import actor_of
from tests.shared import VAULT

DAY = timedelta(days=1)


async def records(database: Database, tenant: object, account: Account) -> list[HealthRecord]:
    async with database.read(tenant) as tx:  # type: ignore[arg-type]
        return list(await rows.list_records(tx, account.id, 20))


async def current(database: Database, account: Account) -> tuple[int | None, str | None]:
    async with database.read(account.tenant_id) as tx:
        row = await tx.session.get(Account, (account.tenant_id, account.id))
        assert row is not None
        return row.health, row.lifecycle


def health_service(database: Database, clock: FrozenClock) -> HealthService:
    ids = UuidIds()
    return HealthService(database, clock, ids, AuditService(database, clock, ids, VAULT))


async def test_from_facts_to_a_history_that_shows_only_what_changed(database: Database) -> None:
    clock = FrozenClock(make.NOW)
    service = health_service(database, clock)
    tenant = await make.make_tenant(database)
    async with database.transaction(tenant) as tx:
        rita = await make.make_member(tx)
        otto = await make.make_member(tx, name="Otto Other")
        acme = await make.make_account(tx, name="Acme", owner_id=rita.id, health=None)
        conversation = await make.make_conversation(tx, account_id=acme.id)
        for days in (2, 5, 8, 11):
            await make.make_message(
                tx,
                conversation,
                head=False,
                received_at=make.NOW - days * DAY,
                analysis={"signals": [{"kind": "buying"}], "asks": [{"quote": "When?"}]},
            )
        deal = await make.make_deal(tx, account_id=acme.id, name="Rollout", stage="evaluation")
        base = {"tenant_id": tenant, "created_at": make.NOW - DAY}
        tx.session.add_all(
            [
                DealChange(
                    **base, id=UuidIds().new(), deal_id=deal.id, field="stage",
                    before="discovery", after="evaluation",
                ),
                Meeting(
                    **base, id=UuidIds().new(), account_id=acme.id, uid="m", title="Demo",
                    starts_at=make.NOW - 3 * DAY, source="invitation", changed_at=make.NOW,
                ),
            ]
        )  # fmt: skip
    await service.recompute(tenant, acme.id)
    # 60 + rhythm 12 + asks -4 + meeting 4 + deal 8 + tone 8 (four good words).
    assert await current(database, acme) == (88, Lifecycle.DEMO)
    clock.move(timedelta(hours=1))
    await service.recompute(tenant, acme.id)
    assert len(await records(database, tenant, acme)) == 1

    async with database.transaction(tenant) as tx:
        tx.session.add(
            Signal(
                tenant_id=tenant, id=UuidIds().new(), created_at=clock.now(), account_id=acme.id,
                kind="risk", name="cancellation", severity="critical", confidence=0.9,
                threshold=0.7, raised_at=clock.now(), seen_at=clock.now(),
            )
        )  # fmt: skip
        await touch_health(tx, acme.id)
        await touch_health(tx, acme.id)
    await service.recompute(tenant, acme.id)
    newest, first = await records(database, tenant, acme)
    assert (newest.health, newest.before, first.health) == (68, 88, 88)
    async with database.read(tenant) as tx:
        queued = text("select count(*) from jobs.pgqueuer where entrypoint = 'health.recompute'")
        assert await tx.session.scalar(queued) == 1, "many changes, one look"
        said = text("select count(*) from audit_entries where verb = 'health.dropped'")
        assert await tx.session.scalar(said) == 1
        drops = await rows.list_drops(tx, make.NOW, 10)
        assert [one.account_id for one in drops] == [acme.id]
    view = await service.why(actor_of(rita), "acme")
    assert (view.health, view.lifecycle) == (68, "demo")
    shown = str(health_blocks(view))
    assert "about to leave" in shown
    assert "88 → 68" in shown
    assert "the renewal date" in shown, "unknown is told"
    with pytest.raises(NotFound):
        await service.why_of(actor_of(otto), acme.id)


async def test_what_was_given_stands_for_a_day(database: Database) -> None:
    clock = FrozenClock(make.NOW)
    service = health_service(database, clock)
    tenant = await make.make_tenant(database)
    async with database.transaction(tenant) as tx:
        rita = await make.make_member(tx)
        acme = await make.make_account(tx, name="Acme", owner_id=rita.id, health=31)
        await make.make_deal(
            tx, account_id=acme.id, stage="closed_won", stage_changed_at=make.NOW - 3 * DAY
        )
        await record_given(tx, acme, record_id=UuidIds().new(), at=clock.now())
    clock.move(timedelta(hours=23))
    await service.recompute(tenant, acme.id)
    assert await current(database, acme) == (31, None)
    view = await service.why_of(actor_of(rita), acme.id)
    assert (view.health, view.computed) == (31, 70)
    assert "would be 70" in str(health_blocks(view))
    clock.move(timedelta(hours=2))
    await service.check(tenant)
    await service.check(tenant)
    await service.daily(tenant)
    assert await current(database, acme) == (70, Lifecycle.ONBOARDING)
    assert [one.source for one in await records(database, tenant, acme)] == ["computed", "given"]
    stranger = await make.make_tenant(database)
    await service.recompute(stranger, acme.id)
    assert await records(database, stranger, acme) == []
    # An account of which nothing is known stays unknown, and an excluded one isn't looked at.
    async with database.transaction(tenant) as tx:
        empty = await make.make_account(tx, name="Empty", health=None, created_at=make.NOW)
        secret = await make.make_account(tx, name="Secret", health=50, excluded=True)
    clock.move(2 * DAY)
    await service.daily(tenant)
    assert await current(database, empty) == (None, None)
    assert await current(database, secret) == (50, None)
