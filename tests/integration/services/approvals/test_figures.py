"""Figures on approvals: counted right, for whom they are, and only of one's own workspace."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from db.models.approvals import ApprovalRequest, ApprovalVote
from db.models.tenants import Member
from db.session import Database
from services.approvals.figures import FigureService
from services.errors import InvalidInput, NotFound
from services.types.approval_views import FiguresView
from services.types.people import Actor, Role
from tests import factories as make
from tests.fakes.clock import FrozenClock

HOUR = timedelta(hours=1)


@dataclass
class Desk:
    database: Database
    tenant: UUID
    clock: FrozenClock
    people: dict[str, Member]

    def actor(self, name: str, tenant: UUID | None = None) -> Actor:
        member = self.people[name]
        return Actor(
            tenant_id=tenant or self.tenant,
            member_id=member.id,
            role=Role(member.role),
            name=member.name,
            timezone="UTC",
        )

    async def figures(self, name: str, days: int = 30) -> FiguresView:
        service = FigureService(db=self.database, clock=self.clock)
        return await service.figures(self.actor(name), days)

    async def request(
        self,
        *,
        age: float,
        took: float | None = None,
        holder: str = "victor",
        seconds: int | None = None,
        **fields: Any,
    ) -> ApprovalRequest:
        """Made `age` hours ago, settled `took` hours later."""
        created = self.clock.now() - HOUR * age
        settled = created + HOUR * took if took is not None else None
        async with self.database.transaction(self.tenant) as tx:
            row = await make.make_approval_request(
                tx,
                requester=self.people["rita"],
                created_at=created,
                settled_at=settled,
                **fields,
            )
            seat = await make.make_seat(tx, row, holder=self.people[holder])
            if fields.get("status") in {"approved", "rejected"} and "auto_template" not in fields:
                tx.session.add(
                    ApprovalVote(
                        tenant_id=tx.tenant_id,
                        id=uuid4(),
                        created_at=settled,
                        request_id=row.id,
                        seat_id=seat.id,
                        member_id=self.people[holder].id,
                        choice="approve" if fields["status"] == "approved" else "reject",
                        reason="Fine",
                        surface="slack",
                        payload_hash=row.payload_hash,
                        rule_version=1,
                        seconds=Decimal(seconds) if seconds is not None else None,
                    )
                )
            return row


@pytest.fixture
async def desk(database: Database) -> Desk:
    tenant = await make.make_tenant(database)
    async with database.transaction(tenant) as tx:
        people = {
            name: await make.make_member(tx, name=f"{name.title()} X", role=role)
            for name, role in (
                ("rita", "rep"),
                ("victor", "executive"),
                ("vera", "rep"),
                ("mona", "manager"),
                ("ada", "admin"),
            )
        }
    return Desk(database, tenant, FrozenClock(make.NOW), people)


async def filled(desk: Desk) -> None:
    decided = {"status": "approved", "seconds": 5}
    await desk.request(age=30, took=1, **decided)
    await desk.request(age=30, took=3, **{**decided, "seconds": 60})
    await desk.request(
        age=40,
        took=26,
        status="rejected",
        breached_at=desk.clock.now(),
        holder="vera",
    )
    await desk.request(age=20, took=0, status="approved", auto_template="small", type="refund")
    await desk.request(age=200, took=168, status="expired", breached_at=desk.clock.now())
    await desk.request(age=10, took=2, status="withdrawn")
    await desk.request(age=7)
    await desk.request(age=2, holder="vera", type="refund")
    await desk.request(age=24 * 60, took=1, status="rejected", seconds=1)


async def test_an_overseer_sees_all_of_it(desk: Desk) -> None:
    await filled(desk)
    view = await desk.figures("mona")
    assert view.all is not None
    assert (view.all.pending, view.all.oldest_pending_hours) == (2, pytest.approx(7))
    assert view.all.decided == 3
    assert view.all.decide_p50_minutes == pytest.approx(180)
    assert view.all.decide_p90_minutes == pytest.approx(180 + 0.8 * (26 - 3) * 60)
    assert view.all.breached_share == pytest.approx(2 / 4)
    assert view.all.auto_share == pytest.approx(1 / 4)
    # One of two whose time is known: the third was delivered nobody knows when.
    assert view.all.hasty_share == pytest.approx(1 / 2)
    assert view.all.expired == 1
    by_type = dict(view.types)
    assert sorted(by_type) == ["discount", "refund"]
    assert (by_type["refund"].pending, by_type["refund"].decided) == (1, 0)
    assert by_type["refund"].auto_share == 1
    assert by_type["refund"].decide_p50_minutes is None
    assert by_type["refund"].hasty_share is None


async def test_an_approver_sees_their_own(desk: Desk) -> None:
    await filled(desk)
    own = (await desk.figures("victor")).own
    assert (own.pending, own.decided, own.own_hasty, own.expired) == (1, 2, 1, 1)
    assert own.own_p50_seconds == pytest.approx(32.5)
    assert own.decide_p50_minutes == pytest.approx(120)
    assert own.hasty_share == pytest.approx(1 / 2)
    assert own.breached_share == pytest.approx(1 / 3)
    assert own.auto_share is None


async def test_a_rep_who_decides_sees_their_own_and_no_more(desk: Desk) -> None:
    await filled(desk)
    view = await desk.figures("vera")
    assert (view.all, view.types) == (None, ())
    assert (view.own.pending, view.own.decided, view.own.own_hasty) == (1, 1, 0)
    assert view.own.own_p50_seconds is None
    assert view.own.hasty_share is None


async def test_the_threshold_is_the_requests_own(desk: Desk) -> None:
    """Sixty seconds are hasty where the rule wants ninety."""
    await desk.request(age=5, took=1, status="approved", seconds=60, route={"read_at_least": 90})
    view = await desk.figures("mona")
    assert view.all is not None
    assert view.all.hasty_share == 1


async def test_without_cases_there_is_no_share(desk: Desk) -> None:
    view = await desk.figures("ada")
    assert view.all is not None
    assert (view.all.pending, view.all.decided, view.all.expired) == (0, 0, 0)
    shares = (view.all.breached_share, view.all.auto_share, view.all.hasty_share)
    assert shares == (None, None, None)
    assert view.types == ()


async def test_what_is_older_than_the_window_is_left_out(desk: Desk) -> None:
    await filled(desk)
    view = await desk.figures("mona", days=366)
    assert view.all is not None
    assert view.all.decided == 4


async def test_a_delegate_has_it_and_the_absent_holder_not(desk: Desk) -> None:
    async with desk.database.transaction(desk.tenant) as tx:
        row = await make.make_approval_request(tx, requester=desk.people["rita"])
        await make.make_seat(
            tx, row, holder=desk.people["victor"], delegate_id=desk.people["vera"].id
        )
    assert (await desk.figures("vera")).own.pending == 1
    assert (await desk.figures("victor")).own.pending == 0


async def test_a_demoted_manager_sees_only_their_own_whatever_the_edge_believes(desk: Desk) -> None:
    await filled(desk)
    async with desk.database.transaction(desk.tenant) as tx:
        mona = await tx.session.get_one(Member, (desk.tenant, desk.people["mona"].id))
        mona.role = "rep"
    assert (await desk.figures("mona")).all is None


async def test_another_workspace_sees_nothing_of_it(desk: Desk) -> None:
    await filled(desk)
    other = await make.make_tenant(desk.database)
    service = FigureService(db=desk.database, clock=desk.clock)
    with pytest.raises(NotFound):
        await service.figures(desk.actor("mona", other))
    async with desk.database.transaction(other) as tx:
        boss = await make.make_member(tx, role="manager")
    theirs = await service.figures(
        Actor(tenant_id=other, member_id=boss.id, role=Role.MANAGER, name="B", timezone="UTC")
    )
    assert theirs.all is not None
    assert theirs.all.pending == 0


@pytest.mark.parametrize("days", [0, -1, 367])
async def test_a_window_has_its_bounds(desk: Desk, days: int) -> None:
    with pytest.raises(InvalidInput):
        await desk.figures("mona", days)
