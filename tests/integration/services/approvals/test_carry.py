"""What was approved takes effect once, and what can't is seen by everybody concerned."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from db.models.approvals import ApprovalRequest, Concession
from db.models.customers import Deal, DealChange
from db.session import Database, Tx
from services.approvals.carry import BROKEN, GRACE, JOB, TRIES, CarryService
from services.errors import Conflict, Forbidden, NotFound, TransientError
from tests import factories as make
from tests.integration.services.approvals.desk import Desk, open_desk
from tests.integration.services.mortality import Crash, MortalDatabase, Mortality


async def granted(desk: Desk) -> list[Concession]:
    async with desk.database.read(desk.tenant) as tx:
        return list(await tx.session.scalars(select(Concession)))


async def amount(desk: Desk) -> Decimal:
    async with desk.database.read(desk.tenant) as tx:
        return (await tx.session.get_one(Deal, (desk.tenant, desk.deal.id))).amount


async def fate(desk: Desk, request: UUID) -> tuple[str, str | None]:
    row = await desk.request(request)
    return row.carry_status, row.carry_note


async def test_a_discount_is_written_down_and_changes_the_deal_once(desk: Desk):
    request = await desk.approved()
    await asyncio.gather(*(desk.carry.run(desk.tenant, request) for _ in range(4)))
    await desk.carry.run(desk.tenant, request)
    (row,) = await granted(desk)
    assert (row.type, row.percentage, row.amount) == ("discount", Decimal(10), Decimal(2000))
    assert row.conditions == ["Paid within 14 days"]
    assert row.account_id == desk.account.id
    assert await amount(desk) == Decimal(18_000)
    async with desk.database.read(desk.tenant) as tx:
        (change,) = await tx.session.scalars(select(DealChange))
    assert (change.field, change.before, change.after) == ("amount", "20000.00", "18000.00")
    assert await fate(desk, request) == ("done", None)
    assert (await desk.request(request)).carried_at == desk.clock.now()
    (entry,) = await desk.entries("approval.carried")
    assert entry["facts"]["effect"]["deal_amount_after"] == "18000.00"
    assert set(await desk.shown_to(request)) == {"rita"}
    # Other requests about this deal are looked at again.
    assert [job["deal_id"] for job in await desk.jobs("approvals.recheck")] == [str(desk.deal.id)]


@pytest.mark.parametrize("type_", ["refund", "exception", "escalation"])
async def test_the_others_are_written_down_and_change_no_deal(desk: Desk, type_):
    request = await desk.approved(type=type_, payload={"type": type_}, percentage=None)
    await desk.carry.run(desk.tenant, request)
    assert [row.type for row in await granted(desk)] == [type_]
    assert await amount(desk) == Decimal(20_000)
    assert await desk.jobs("approvals.recheck") == []


@pytest.mark.parametrize("state", ["pending", "rejected", "expired", "withdrawn", "voided"])
async def test_what_is_not_approved_has_no_effect(desk: Desk, state):
    request = await desk.approved(status=state)
    await desk.carry.run(desk.tenant, request)
    assert await granted(desk) == []
    assert await amount(desk) == Decimal(20_000)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": Decimal(25_000)}, "The deal's amount changed from 20,000 USD to 25,000 USD."),
        ({"stage": "closed_won"}, "The deal moved from discovery to closed won."),
        ({"amount": None}, "The deal's amount changed from 20,000 USD to unknown."),
        ({"currency": "EUR"}, "The deal is in EUR now, no longer in USD."),
    ],
)
async def test_a_deal_that_moved_on_is_not_changed(desk: Desk, change, told):
    request = await desk.approved()
    await desk.change_deal(**change)
    await desk.carry.run(desk.tenant, request)
    status, note = await fate(desk, request)
    assert status == "failed"
    assert told in note
    assert await granted(desk) == []
    shown = await desk.shown_to(request)
    assert set(shown) == {"rita", "ada"}
    assert shown["rita"].fresh_rev == shown["rita"].wanted_rev
    (entry,) = await desk.entries("approval.carry_failed")
    assert entry["facts"]["why"] == note


async def test_a_deal_that_is_gone_is_told(desk: Desk):
    request = await desk.approved()
    async with desk.database.transaction(desk.tenant) as tx:
        await tx.session.delete(await tx.session.get_one(Deal, (desk.tenant, desk.deal.id)))
    await desk.carry.run(desk.tenant, request)
    assert await fate(desk, request) == ("failed", "The deal isn't there any more.")


async def test_a_discount_on_a_deal_without_an_amount_is_only_written_down(desk: Desk):
    request = await desk.approved(payload={"type": "discount", "deal_amount_after": None})
    await desk.carry.run(desk.tenant, request)
    assert len(await granted(desk)) == 1
    assert await amount(desk) == Decimal(20_000)


class Sending:
    """What gated drafts leave through; `answers` in turn, a raised one or a sentence."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.calls = 0

    async def __call__(self, tx: Tx, request: ApprovalRequest) -> str | None:
        assert tx.open
        assert request.action_id is not None
        self.calls += 1
        await tx.session.execute(text("update deals set name = 'touched'"))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, BaseException):
            raise answer
        return answer


async def gated(desk: Desk, **fields: Any) -> UUID:
    async with desk.database.transaction(desk.tenant) as tx:
        conversation = await make.make_conversation(tx, account_id=desk.account.id)
        action = await make.make_action(tx, conversation)
    return await desk.approved(type=action.type, action_id=action.id, **fields)


def carrying(desk: Desk, *answers: Any) -> tuple[CarryService, Sending]:
    sending = Sending(*answers)
    return CarryService(db=desk.database, deps=desk.deps, send_approved=sending), sending


async def test_an_approved_draft_leaves_once(desk: Desk):
    request = await gated(desk)
    carry, sending = carrying(desk)
    for _ in range(3):
        await carry.run(desk.tenant, request)
    assert sending.calls == 1
    assert await fate(desk, request) == ("done", None)
    assert await granted(desk) == []


async def test_a_draft_that_can_t_leave_says_why(desk: Desk):
    request = await gated(desk)
    carry, _ = carrying(desk, "The text has changed since this was asked.")
    await carry.run(desk.tenant, request)
    assert await fate(desk, request) == ("failed", "The text has changed since this was asked.")


async def test_a_refusal_is_told_and_takes_its_rows_back(desk: Desk):
    request = await gated(desk)
    carry, _ = carrying(desk, Forbidden("Sending is switched off."))
    await carry.run(desk.tenant, request)
    assert await fate(desk, request) == ("failed", "Sending is switched off.")
    async with desk.database.read(desk.tenant) as tx:
        deal = await tx.session.get_one(Deal, (desk.tenant, desk.deal.id))
    assert deal.name != "touched"


async def test_what_may_pass_is_left_to_the_worker(desk: Desk):
    request = await gated(desk)
    carry, _ = carrying(desk, TransientError("busy"), ValueError("a bug"))
    with pytest.raises(TransientError):
        await carry.run(desk.tenant, request)
    with pytest.raises(ValueError, match="a bug"):
        await carry.run(desk.tenant, request)
    assert (await desk.request(request)).carry_attempts == 1
    await carry.run(desk.tenant, request)
    assert await fate(desk, request) == ("done", None)


async def test_after_the_last_failure_it_is_shown(desk: Desk):
    request = await gated(desk)
    carry, sending = carrying(desk, *(ValueError(f"bug {n}") for n in range(TRIES)))
    for _ in range(TRIES - 1):
        with pytest.raises(ValueError, match="bug"):
            await carry.run(desk.tenant, request)
        assert (await fate(desk, request))[0] == "queued"
    await carry.run(desk.tenant, request)
    assert await fate(desk, request) == ("failed", BROKEN)
    await carry.run(desk.tenant, request)
    assert sending.calls == TRIES
    assert "ada" in await desk.shown_to(request)


async def test_an_admin_tries_again(desk: Desk):
    request = await gated(desk)
    carry, sending = carrying(desk, "Not now.")
    await carry.run(desk.tenant, request)
    for who in ("rita", "vera"):
        with pytest.raises(Forbidden):
            await carry.retry(desk.actor(who), request, command_id=f"by {who}")
    stale = desk.actor("ada")
    await desk.change("ada", role="rep")
    with pytest.raises(Forbidden):
        await carry.retry(stale, request, command_id="demoted")
    await desk.change("ada", role="admin")
    for _ in range(2):
        await carry.retry(stale, request, command_id="c1")
    assert await fate(desk, request) == ("queued", None)
    assert len(await desk.jobs(JOB)) == 1
    with pytest.raises(Conflict, match="being tried again"):
        await carry.retry(stale, request, command_id="c2")
    await carry.run(desk.tenant, request)
    with pytest.raises(Conflict, match="carried out by now"):
        await carry.retry(stale, request, command_id="c3")
    assert sending.calls == 2
    (entry,) = await desk.entries("approval.retry")
    assert entry["facts"] == {"note": "Not now."}


async def test_nobody_retries_or_carries_out_another_tenant_s(desk: Desk, database: Database):
    other = await open_desk(database)
    request = await desk.approved()
    await other.carry.run(other.tenant, request)
    assert await fate(desk, request) == ("queued", None)
    await desk.change_deal(amount=Decimal(1))
    await desk.carry.run(desk.tenant, request)
    with pytest.raises(NotFound):
        await other.carry.retry(other.actor("ada"), request, command_id="c1")


async def test_the_sweep_finds_what_lost_its_job(desk: Desk):
    request = await desk.approved()
    await desk.sweep.tick()
    assert await desk.jobs(JOB) == [], "a fresh one has a job that nobody has picked up yet"
    await desk.pass_time(GRACE + timedelta(seconds=1))
    await desk.pass_time(timedelta(minutes=1))
    assert [job["request_id"] for job in await desk.jobs(JOB)] == [str(request)]


async def test_the_sweep_shows_what_is_held(desk: Desk):
    request = await desk.approved()
    await desk.pass_time(GRACE + timedelta(seconds=1))
    async with desk.database.transaction(desk.tenant) as tx:
        await tx.session.execute(
            text("update jobs.pgqueuer set status = 'failed' where entrypoint = :kind"),
            {"kind": JOB},
        )
    await desk.pass_time(timedelta(minutes=1))
    assert await fate(desk, request) == ("failed", BROKEN)
    await desk.carry.retry(desk.actor("ada"), request, command_id="c1")
    await desk.pass_time(timedelta(minutes=1))
    assert await fate(desk, request) == ("queued", None), "its new job is alive"


async def test_a_crash_at_every_point_carries_out_once(runtime_url):
    """kill -9 before or after any commit; then the job comes again."""
    database = MortalDatabase(runtime_url, pool_size=3)
    database.mortality = Mortality()
    seen = 2
    for at in range(1, seen + 1):
        database.mortality = Mortality()
        desk = await open_desk(database)
        request = await desk.approved()
        database.mortality = Mortality(at)
        with pytest.raises(Crash):
            await desk.carry.run(desk.tenant, request)
        database.mortality = Mortality()
        await desk.carry.run(desk.tenant, request)
        assert len(database.mortality.seen) == seen
        assert len(await granted(desk)) == 1
        assert await amount(desk) == Decimal(18_000)
        assert len(await desk.entries("approval.carried")) == 1
    await database.close()
