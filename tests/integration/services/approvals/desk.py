"""A tenant with approvers of every kind, and the services that time drives, on real PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from db.models.approvals import ApprovalRequest, ApprovalSeat, ApprovalVote
from db.models.cards import Card
from db.models.customers import Account, Deal
from db.models.tenants import Member
from db.session import Database, Tx
from services.approvals.absences import BEGINS, ENDS, AbsenceService
from services.approvals.carry import CarryService
from services.approvals.deps import Deps
from services.approvals.payload import basis_of
from services.approvals.timers import ApprovalTimers
from services.approvals.timing import TIMER, arm
from services.approvals.vacancies import VacancyService
from services.audit import AuditService
from services.members import actor_of
from services.sweeps import SweepService
from services.types.people import Actor
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.integration.audited import audited
from tests.shared import VAULT

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TEAM = {
    # name: role, titles, manager
    "otto": ("executive", [], None),
    "mona": ("manager", ["sales_manager"], "otto"),
    "rita": ("rep", [], "mona"),
    "vera": ("manager", ["vp_sales"], "otto"),
    "victor": ("manager", ["vp_sales"], "otto"),
    "cleo": ("executive", ["cfo"], None),
    "ada": ("admin", [], None),
}
ROUTE = {
    "sla": 86400,
    "remind_before": [3600],
    "escalate": ["manager", "admin"],
    "expires_after": 7 * 86400,
    "read_at_least": 10,
}


@dataclass
class Desk:
    database: Database
    tenant: UUID
    people: dict[str, Member]
    account: Account
    deal: Deal
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(make.NOW))
    ids: UuidIds = field(default_factory=UuidIds)
    told: list[tuple[str, str]] = field(default_factory=list)
    alarmed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.audit = AuditService(self.database, self.clock, self.ids, VAULT)
        self.deps = Deps(
            clock=self.clock,
            ids=self.ids,
            audit=self.audit,
            notify=self._notify,
            alarm=self._alarm,
        )
        self.timers = ApprovalTimers(deps=self.deps)
        self.absences = AbsenceService(db=self.database, deps=self.deps)
        self.carry = CarryService(db=self.database, deps=self.deps)
        self.vacancies = VacancyService(db=self.database, deps=self.deps)
        self.sweep = self.new_sweep()

    def new_sweep(self) -> SweepService:
        return SweepService(
            self.database,
            self.clock,
            {
                TIMER: self.timers.due,
                BEGINS: self.absences.begins,
                ENDS: self.absences.ends,
            },
            (self.carry.recover, self.vacancies.check),
        )

    async def _notify(
        self, tx: Tx, _request: ApprovalRequest, members: Sequence[UUID], kind: str
    ) -> None:
        assert tx.open
        self.told += [(kind, self.name(member)) for member in members]

    async def _alarm(self, tx: Tx, _request: ApprovalRequest, members: Sequence[UUID]) -> None:
        assert tx.open
        self.alarmed += [self.name(member) for member in members]

    # ── people ──────────────────────────────────────────────────────────────────────────────────
    def name(self, member_id: UUID | str | None) -> str:
        known = {str(member.id): name for name, member in self.people.items()}
        return known.get(str(member_id), str(member_id))

    def actor(self, name: str) -> Actor:
        return actor_of(self.people[name])

    async def change(self, name: str, **values: Any) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await tx.session.execute(
                update(Member).where(Member.id == self.people[name].id).values(**values)
            )

    async def change_deal(self, **values: Any) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await tx.session.execute(update(Deal).where(Deal.id == self.deal.id).values(**values))

    # ── requests ────────────────────────────────────────────────────────────────────────────────
    async def ask(self, *holders: str | None, title: str = "vp_sales", **fields: Any) -> UUID:
        """A pending request with a seat for each holder, and its timer."""
        now = self.clock.now()
        route = ROUTE | fields.pop("route", {})
        defaults = {
            "created_at": now,
            "account_id": self.account.id,
            "deal_id": self.deal.id,
            "route": route,
            "due_at": now + timedelta(seconds=route["sla"]),
            "expires_at": now + timedelta(seconds=route["expires_after"]),
            "basis": basis_of(self.deal),
            "payload": {
                "type": "discount",
                "deal": str(self.deal.id),
                "percentage": "10",
                "amount": "2000.00",
                "deal_amount_before": "20000.00",
                "deal_amount_after": "18000.00",
            },
            "amount": Decimal(2000),
        }
        requester = self.people[fields.pop("requester", "rita")]
        async with self.database.transaction(self.tenant) as tx:
            request = await make.make_approval_request(
                tx, requester=requester, **(defaults | fields)
            )
            for number, holder in enumerate(holders, 1):
                person = self.people[holder] if holder else None
                await make.make_seat(tx, request, holder=person, number=number, title=title)
            await arm(tx, request)
            return request.id

    async def vote(self, request_id: UUID, name: str, *, choice: str = "approve") -> None:
        member = self.people[name]
        seat = next(
            seat
            for seat in await self.seats(request_id)
            if member.id in {seat.holder_id, seat.delegate_id}
        )
        async with self.database.transaction(self.tenant) as tx:
            tx.session.add(
                ApprovalVote(
                    tenant_id=self.tenant,
                    id=self.ids.new(),
                    created_at=self.clock.now(),
                    request_id=request_id,
                    seat_id=seat.id,
                    member_id=member.id,
                    choice=choice,
                    reason="Fine.",
                    surface="slack",
                    payload_hash="a" * 64,
                    rule_version=1,
                )
            )

    async def approved(self, **fields: Any) -> UUID:
        """A request that everybody agreed to, waiting to be carried out."""
        now = self.clock.now()
        return await self.ask(
            "vera",
            **(
                {
                    "status": "approved",
                    "carry_status": "queued",
                    "settled_at": now,
                    "settled_by": self.people["vera"].id,
                    "conditions": ["Paid within 14 days"],
                }
                | fields
            ),
        )

    # ── time ────────────────────────────────────────────────────────────────────────────────────
    async def pass_time(self, by: timedelta) -> None:
        """The clock moves on, then the sweep comes."""
        self.clock.move(by)
        await self.sweep.tick()

    # ── looking ─────────────────────────────────────────────────────────────────────────────────
    async def request(self, request_id: UUID) -> ApprovalRequest:
        async with self.database.read(self.tenant) as tx:
            return await tx.session.get_one(ApprovalRequest, (self.tenant, request_id))

    async def seats(self, request_id: UUID) -> list[ApprovalSeat]:
        async with self.database.read(self.tenant) as tx:
            query = select(ApprovalSeat).where(ApprovalSeat.request_id == request_id)
            return list(await tx.session.scalars(query.order_by(ApprovalSeat.number)))

    async def seat(self, request_id: UUID) -> tuple[str, str | None, str]:
        """Holder, delegate and title of the only seat."""
        (seat,) = await self.seats(request_id)
        delegate = self.name(seat.delegate_id) if seat.delegate_id else None
        return self.name(seat.holder_id), delegate, seat.title

    async def chain(self, request_id: UUID) -> list[tuple[str, str, str]]:
        """From, to and why of every hand-over of the first seat."""
        seat = (await self.seats(request_id))[0]
        return [(self.name(one["from"]), self.name(one["to"]), one["why"]) for one in seat.chain]

    async def entries(self, verb: str = "") -> list[dict[str, Any]]:
        """Audit bodies in order, of one verb or of all."""
        return await audited(self.database, self.tenant, verb)

    async def scheduled(self, verb: str) -> list[datetime]:
        return [
            datetime.fromisoformat(entry["facts"]["scheduled"])
            for entry in await self.entries(verb)
        ]

    async def shown_to(self, request_id: UUID) -> dict[str, Card]:
        async with self.database.read(self.tenant) as tx:
            query = select(Card).where(Card.kind == "approval", Card.subject_id == request_id)
            return {self.name(c.recipient_id): c for c in await tx.session.scalars(query)}

    async def jobs(self, kind: str) -> list[dict[str, Any]]:
        query = text(
            "select convert_from(payload, 'utf8')::jsonb as payload from jobs.pgqueuer "
            "where entrypoint = :kind and status = 'queued' order by id"
        )
        async with self.database.read(self.tenant) as tx:
            return [row.payload for row in await tx.session.execute(query, {"kind": kind})]


async def open_desk(database: Database) -> Desk:
    tenant = await make.make_tenant(database)
    people: dict[str, Member] = {}
    async with database.transaction(tenant) as tx:
        for name, (role, titles, manager) in TEAM.items():
            people[name] = await make.make_member(
                tx,
                name=name.title(),
                role=role,
                titles=titles,
                manager_id=people[manager].id if manager else None,
                timezone="America/New_York",
            )
        account = await make.make_account(tx, name="Acme")
        deal = await make.make_deal(tx, account_id=account.id, owner_id=people["rita"].id)
    return Desk(database=database, tenant=tenant, people=people, account=account, deal=deal)
