"""Scans on real PostgreSQL: which accounts, in which turn, once, whatever dies or fails."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from db.models.cards import Card
from db.models.meetings import Meeting, SlackThread, Transcript
from db.models.records import ModelCall
from db.models.signals import Signal
from db.session import Database
from services.errors import TransientError
from services.signals.looking import LEASE, MODEL_DOWN
from services.signals.scans import LANES, NEXT_CAME, SCAN, SCAN_ACCOUNT, slot
from services.types.detection import Proposed, Quote
from services.types.model import Usage
from services.types.signals import SignalName
from tests import factories as make
from tests.integration.services.signal_desk import SignalDesk

DAY = timedelta(days=1)
SAID = ("We have decided for you.", "Please send us the contract to sign.")
READY = Proposed(
    name=SignalName.READY_TO_BUY,
    confidence=0.95,
    quotes=(Quote(number=1, words=SAID[0]), Quote(number=2, words=SAID[1])),
)


@pytest.fixture
def desk(database: Database) -> SignalDesk:
    return SignalDesk(database)


async def begin(desk: SignalDesk, *tenants: UUID) -> None:
    for tenant in tenants:
        await desk.scans.due(tenant)
    for _ in tenants:
        await desk.step()


async def test_the_accounts_where_something_happened_or_the_clock_may_say_something(desk):
    tenant, (written,) = await desk.tenant(1)
    stranger, _ = await desk.tenant(2)
    now = make.NOW
    async with desk.database.transaction(tenant) as tx:
        base = {"tenant_id": tenant, "created_at": now - 90 * DAY}
        ids = [(await make.make_account(tx)).id for _ in range(9)]
        posted, met, told, moved, stuck, quiet, open_, idle, shut = ids
        excluded = await make.make_account(tx, excluded=True)
        await make.make_conversation(tx, account_id=excluded.id, last_message_at=now)
        tx.session.add_all(
            [
                SlackThread(
                    **base, id=uuid4(), channel="C1", thread_ts="1.0", account_id=posted,
                    last_at=now - DAY,
                ),
                meeting := Meeting(
                    **base, id=uuid4(), account_id=met, uid="m", starts_at=now - 2 * DAY,
                    source="invitation", changed_at=now - 30 * DAY,
                ),
            ]
        )  # fmt: skip
        await tx.session.flush()
        tx.session.add_all(
            [
                Transcript(
                    tenant_id=tenant, created_at=now - DAY, id=uuid4(), account_id=told,
                    meeting_id=meeting.id, sha256="0",
                ),
                Signal(
                    **base, id=uuid4(), account_id=open_, kind="risk", name="silence",
                    severity="medium", confidence=0.8, threshold=0.7, raised_at=now, seen_at=now,
                ),
            ]
        )  # fmt: skip
        old = {"created_at": now - 90 * DAY}
        await make.make_deal(tx, account_id=moved, stage_changed_at=now - DAY, **old)
        await make.make_deal(tx, account_id=stuck, close_date=date(2027, 6, 1), **old)
        await make.make_deal(tx, account_id=shut, stage="closed_lost", **old)
        for account_id, days in ((quiet, (40, 36, 32)), (idle, (100, 60, 15))):
            thread = await make.make_conversation(tx, account_id=account_id)
            for ago in days:
                await make.make_message(tx, thread, received_at=now - ago * DAY)
    await begin(desk, tenant)
    found = {account: row.reason for account, row in (await desk.accounts(tenant)).items()}
    happened, clock = {written, posted, met, told, moved}, {stuck, quiet, open_}
    assert found == dict.fromkeys(happened, "activity") | dict.fromkeys(clock, "clock")

    await desk.work()
    assert (await desk.scan(tenant)).status == "done"
    desk.clock.move(timedelta(hours=6))
    await begin(desk, tenant)
    again = await desk.accounts(tenant)
    assert set(again) == happened, "what only the clock brings comes once a day"
    assert Counter(desk.rule.seen)[idle] == 0
    assert stranger not in {tenant_id for _, tenant_id in desk.ran}


async def test_two_schedulers_begin_one_scan_and_a_tenant_nobody_hears_from_none(desk):
    tenant, _ = await desk.tenant(2)
    empty, _ = await desk.tenant(1, active=False)
    await asyncio.gather(*(desk.sweeps.tick() for _ in range(3)))
    due_at = slot(desk.clock.now())
    begun = await asyncio.gather(*(desk.scans.begin(tenant, due_at) for _ in range(3)))
    assert len([one for one in begun if one]) == 1
    await desk.work()
    assert [kind for kind, _ in desk.ran].count(SCAN) <= 2
    scan = await desk.scan(tenant)
    assert (scan.due_at, scan.status) == (due_at, "done")
    assert (await desk.scan(empty)).status == "done"
    assert len(desk.rule.seen) == 2
    await desk.sweeps.tick()
    assert SCAN not in await desk.queued(), "one in six hours"


async def test_a_tenant_with_many_accounts_keeps_nobody_with_few_waiting(desk):
    large, _ = await desk.tenant(40)
    small, few = await desk.tenant(3)
    await begin(desk, large, small)
    assert (await desk.queued())[SCAN_ACCOUNT] == 2 * LANES, "never more than its lanes"
    desk.ran.clear()
    await desk.work()
    turns = [tenant for kind, tenant in desk.ran if kind == SCAN_ACCOUNT]
    last = max(place for place, tenant in enumerate(turns) if tenant == small)
    assert last < 2 * len(few) + 2 * LANES, turns[: last + 1]
    assert {(await desk.scan(one)).status for one in (large, small)} == {"done"}
    assert set(Counter(desk.rule.seen).values()) == {1}


async def test_a_killed_worker_s_account_is_taken_up_again(desk):
    tenant, accounts = await desk.tenant(5)
    await begin(desk, tenant)
    desk.rule.dies = {accounts[2]}
    with pytest.raises(KeyboardInterrupt):
        await desk.work()
    await desk.lose_jobs()
    await desk.sweeps.recover(tenant)
    await desk.work()
    left = [row for row in (await desk.accounts(tenant)).values() if row.status == "queued"]
    assert [row.account_id for row in left] == [accounts[2]], "it is still under a dead lease"
    assert (await desk.scan(tenant)).status == "running"
    desk.clock.move(LEASE)
    await desk.sweeps.recover(tenant)
    await desk.sweeps.recover(tenant)
    await desk.work()
    scan = await desk.scan(tenant)
    assert (scan.status, scan.model_calls, scan.cost_usd) == ("done", 0, 0)
    assert Counter(desk.rule.seen) == Counter([*accounts, accounts[2]])


async def test_many_scanners_at_once_look_at_each_account_once(desk):
    tenant, accounts = await desk.tenant(8)
    await begin(desk, tenant)
    scan = await desk.scan(tenant)
    for _ in range(len(accounts)):
        await asyncio.gather(*(desk.scans.run(tenant, scan.id) for _ in range(4)))
    assert Counter(desk.rule.seen) == Counter(accounts)
    assert (await desk.scan(tenant)).status == "done"


async def test_the_next_scan_takes_over_what_the_last_one_has_left(desk):
    tenant, accounts = await desk.tenant(3)
    await begin(desk, tenant)
    first = await desk.scan(tenant)
    await desk.step()
    done = desk.rule.seen[0]
    await desk.lose_jobs()
    desk.clock.move(timedelta(hours=6))
    await begin(desk, tenant)
    await desk.work()
    async with desk.database.read(tenant) as tx:
        old = await tx.session.get(type(first), (tenant, first.id))
    assert (old.status, old.stop_reason) == ("stopped", NEXT_CAME)
    assert set(desk.rule.seen[1:3]) == {*accounts} - {done}, "who waited goes first"


async def test_a_model_that_goes_down_in_the_middle_takes_nothing_with_it(database):
    desk = SignalDesk(database, with_model=True)
    tenant, (buyer, unhappy, broken) = await desk.tenant(3)
    for words in SAID:
        desk.words.add(buyer, words)
    desk.model.detections = [(READY,)]
    await desk.looks.look(tenant, buyer)
    assert await desk.signals(tenant) == {"ready_to_buy"}

    for words in ("We are unhappy with the support.", "Dana is unhappy about the last outage."):
        desk.words.add(unhappy, words)
    desk.words.add(buyer, "One more question about the timeline.")
    desk.model.detections = [TransientError("The model could not answer just now.")]
    desk.rule.fails = {broken}
    await begin(desk, tenant)
    await desk.work()
    notes = {account: row.note for account, row in (await desk.accounts(tenant)).items()}
    assert notes == {
        buyer: MODEL_DOWN,
        unhappy: MODEL_DOWN,
        broken: "a detector failed: rule",
    }
    assert await desk.signals(tenant) == {"ready_to_buy", "dissatisfaction"}
    assert desk.told.cleared == []
    assert (await desk.scan(tenant)).status == "done"

    desk.model.detections = [()]
    await desk.looks.look(tenant, buyer)
    assert await desk.signals(tenant) == {"dissatisfaction"}, "looked for, and no longer there"


async def test_a_scan_costs_what_its_calls_cost_and_a_call_without_a_price_is_not_free(database):
    desk = SignalDesk(database, with_model=True)
    tenant, accounts = await desk.tenant(2)
    for account in accounts:
        desk.words.add(account, "Could you tell me what 40 seats cost?")
    desk.model.usage = Usage(
        model="scripted", tokens_in=900, tokens_out=50, cost_usd=Decimal("0.002")
    )
    await begin(desk, tenant)
    await desk.work()
    scan = await desk.scan(tenant)
    assert (scan.model_calls, scan.tokens_in, scan.cost_usd) == (2, 1800, Decimal("0.004"))

    desk.clock.move(timedelta(hours=6))
    desk.words.add(accounts[0], "And what would 80 seats cost?")
    desk.model.usage = Usage(model="scripted", tokens_in=900, tokens_out=50, cost_usd=None)
    await begin(desk, tenant)
    await desk.work()
    scan = await desk.scan(tenant)
    assert (scan.model_calls, scan.cost_usd) == (1, None), "only what is new was read"
    row = await desk.row(tenant, accounts[0])
    assert (row.model_calls, row.tokens_in, row.cost_usd) == (2, 1800, None)


async def test_when_the_budget_is_used_up_rules_go_on_and_admins_are_told_once(database):
    desk = SignalDesk(database, with_model=True, budget_usd=Decimal(10))
    tenant, (account,) = await desk.tenant(1)
    stranger = await make.make_tenant(database)
    async with database.transaction(tenant) as tx:
        admin = await make.make_member(tx, role="admin", name="Ada Admin")
        await make.make_member(tx, name="Rita Rep")

    async def spend(dollars: str) -> None:
        async with database.transaction(tenant) as tx:
            tx.session.add(
                ModelCall(
                    tenant_id=tenant, id=uuid4(), created_at=make.NOW, purpose="draft",
                    model="gpt-4o", status="ok", cost_usd=Decimal(dollars),
                )
            )  # fmt: skip

    async def told() -> list[tuple[UUID, UUID]]:
        await desk.budget.check(tenant)
        await desk.budget.check(tenant)
        await desk.budget.check(stranger)
        async with database.read(tenant) as tx:
            rows = await tx.session.execute(
                select(Card.subject_id, Card.recipient_id).where(
                    Card.tenant_id == tenant, Card.kind == "budget"
                )
            )
            return [(subject, reader) for subject, reader in rows]

    await spend("7.99")
    assert await told() == []
    await spend("0.01")
    ((notice, reader),) = await told()
    assert reader == admin.id
    view = await desk.budget.notice(tenant, notice)
    assert view is not None
    assert (view.share, view.spent_usd) == (80, Decimal("8.00"))
    assert await desk.budget.notice(stranger, notice) is None
    await spend("2")
    assert len(await told()) == 2

    for words in ("We are unhappy with the support.", "Dana is unhappy about the last outage."):
        desk.words.add(account, words)
    await begin(desk, tenant)
    await desk.work()
    scan = await desk.scan(tenant)
    assert scan.status == "stopped"
    assert "budget is used up; 1 account was looked at by rules alone" in scan.stop_reason
    assert await desk.signals(tenant) == {"dissatisfaction"}
    assert desk.model.requests == []
    desk.clock.move(timedelta(days=20))
    assert len(await told()) == 2, "a new month, a new budget"
