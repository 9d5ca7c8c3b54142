"""A company that asks for approvals: real services on real PostgreSQL, and everybody whom a rule
may name."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from db.models.approvals import ApprovalRequest, ApprovalSeat, ApprovalVote
from db.models.cards import Card
from db.models.customers import Account, Deal
from db.models.directories import Timer
from db.models.tenants import Member
from db.session import Database
from services.approval_rules import gated_types, parse_rules
from services.approvals.decisions import DecisionService
from services.approvals.deps import Deps
from services.approvals.recheck import Rechecker
from services.approvals.requests import RequestService
from services.audit import AuditService
from services.types.approvals import (
    Decided,
    RequestForm,
    Seen,
    Submitted,
    Surface,
    VoteChoice,
)
from services.types.people import Actor, Role
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.integration.audited import audited
from tests.shared import VAULT

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
QUEUED = text(
    "select entrypoint, convert_from(payload, 'utf8') as body "
    "from jobs.pgqueuer where status = 'queued' order by id"
)
TWO_OF_THREE = """
rules:
  - type: discount
    bands:
      - {from: 0, approver: vp_sales, quorum: 2, of: 3}
"""


@dataclass
class Company:
    """Rita asks; Mona is her manager, Dana and Victor are VPs, Sam leads sales, Carl is the CFO,
    Ada and Adam are admins, Cole decides nothing."""

    database: Database
    tenant: UUID
    clock: FrozenClock
    ids: UuidIds
    people: dict[str, Member]
    account: Account
    deal: Deal
    told: list[tuple[UUID, tuple[UUID, ...], str]] = field(default_factory=list)
    alarmed: list[tuple[UUID, tuple[UUID, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        async def notify(_tx, request, member_ids, kind):
            self.told.append((request.id, tuple(member_ids), kind))

        async def alarm(_tx, request, member_ids):
            self.alarmed.append((request.id, tuple(member_ids)))

        audit = AuditService(self.database, self.clock, self.ids, VAULT)
        self.deps = Deps(clock=self.clock, ids=self.ids, audit=audit, notify=notify, alarm=alarm)
        self.audit = audit
        self.requests = RequestService(self.database, self.deps)
        self.decisions = DecisionService(self.database, self.deps)
        self.rechecker = Rechecker(self.database, self.deps)

    def __getattr__(self, name: str) -> Member:
        people = self.__dict__.get("people", {})
        if name in people:
            return people[name]
        raise AttributeError(name)

    def actor(self, member: Member) -> Actor:
        return Actor(
            tenant_id=self.tenant,
            member_id=member.id,
            role=Role(member.role),
            name=member.name,
            timezone=member.timezone,
        )

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────
    def form(self, **changes: Any) -> RequestForm:
        given = {
            "type": "discount",
            "reason": "They have a better offer.",
            "deal_id": self.deal.id,
            "percentage": "12",
        }
        return RequestForm(**(given | changes))

    async def submit(
        self, member: Member | None = None, *, command_id: str = "", **changes: Any
    ) -> Submitted:
        return await self.requests.submit(
            self.actor(member or self.rita),
            self.form(**changes),
            command_id=command_id or self.ids.new().hex,
        )

    async def asked(self, **changes: Any) -> ApprovalRequest:
        """A request, submitted by Rita."""
        return await self.request((await self.submit(**changes)).request_id)

    async def decide(
        self,
        member: Member,
        request: ApprovalRequest,
        choice: str = "approve",
        **changes: Any,
    ) -> Decided:
        given = {
            "choice": VoteChoice(choice),
            "reason": "Fits the quarter.",
            "conditions": (),
            "seen": Seen(payload_hash=request.payload_hash, rule_version=request.rule_version),
            "surface": Surface.SLACK,
            "command_id": self.ids.new().hex,
        }
        return await self.decisions.decide(self.actor(member), request.id, **(given | changes))

    async def delegate(self, member: Member, request: ApprovalRequest, to: Member) -> str:
        return await self.requests.delegate(
            self.actor(member),
            request.id,
            to_id=to.id,
            note="",
            command_id=self.ids.new().hex,
        )

    async def withdraw(self, member: Member, request: ApprovalRequest) -> None:
        await self.requests.withdraw(self.actor(member), request.id, command_id=self.ids.new().hex)

    # ── the world ───────────────────────────────────────────────────────────────────────────────
    async def apply(self, rules: str, version: int = 2) -> None:
        """Another version of the rules is in force; the job has not run yet."""
        async with self.database.transaction(self.tenant) as tx:
            gated = list(gated_types(parse_rules(rules, version=version)))
            await make.make_rule_set(
                tx, version=version, source="file", text=rules, gated_types=gated
            )

    async def change(self, model: Any, row_id: UUID, **values: Any) -> None:
        async with self.database.transaction(self.tenant) as tx:
            await tx.session.execute(update(model).where(model.id == row_id).values(**values))

    # ── what is there ───────────────────────────────────────────────────────────────────────────
    async def rows(self, model: Any, *where: Any) -> list[Any]:
        async with self.database.read(self.tenant) as tx:
            query = select(model).where(*where).order_by(model.created_at, model.id)
            return list((await tx.session.execute(query)).scalars())

    async def request(self, request_id: UUID) -> ApprovalRequest:
        async with self.database.read(self.tenant) as tx:
            return await tx.session.get_one(ApprovalRequest, (self.tenant, request_id))

    async def seats(self, request: ApprovalRequest) -> list[ApprovalSeat]:
        found = await self.rows(ApprovalSeat, ApprovalSeat.request_id == request.id)
        return sorted(found, key=lambda seat: seat.number)

    async def votes(self, request: ApprovalRequest) -> list[ApprovalVote]:
        return await self.rows(ApprovalVote, ApprovalVote.request_id == request.id)

    async def holders(self, request: ApprovalRequest) -> list[UUID | None]:
        return [seat.holder_id for seat in await self.seats(request)]

    async def cards_of(self, request: ApprovalRequest) -> set[UUID]:
        return {card.recipient_id for card in await self.rows(Card, Card.subject_id == request.id)}

    async def timers(self) -> list[tuple[UUID, datetime]]:
        async with self.database.directory() as tx:
            found = (await tx.session.execute(select(Timer))).scalars()
            return [(one.subject_id, one.due_at) for one in found if one.tenant_id == self.tenant]

    async def queued(self, kind: str) -> list[dict[str, Any]]:
        async with self.database.read(self.tenant) as tx:
            found = [
                json.loads(row.body)
                for row in await tx.session.execute(QUEUED)
                if row.entrypoint == kind
            ]
        return [one for one in found if one["tenant_id"] == str(self.tenant)]

    async def entries(self, verb: str | None = None) -> list[dict[str, Any]]:
        bodies = await audited(self.database, self.tenant, verb or "")
        return [body for body in bodies if verb is None or body["verb"] == verb]


TITLES: dict[str, tuple[str, list[str]]] = {
    "ada": ("admin", []),
    "adam": ("admin", []),
    "mona": ("manager", []),
    "rita": ("rep", []),
    "cole": ("rep", []),
    "sam": ("manager", ["sales_manager"]),
    "dana": ("executive", ["vp_sales"]),
    "victor": ("executive", ["vp_sales"]),
    "vera": ("executive", ["vp_sales"]),
    "carl": ("executive", ["cfo"]),
}


async def make_company(database: Database, *, rules: str | None = None) -> Company:
    tenant = await make.make_tenant(database)
    people: dict[str, Member] = {}
    async with database.transaction(tenant) as tx:
        for name, (role, titles) in TITLES.items():
            manager = people.get("mona") if role == "rep" else None
            people[name] = await make.make_member(
                tx,
                name=f"{name.capitalize()} {role.capitalize()}",
                role=role,
                titles=titles,
                manager_id=manager.id if manager else None,
            )
        account = await make.make_account(tx, name="Acme Robotics")
        deal = await make.make_deal(
            tx,
            account_id=account.id,
            owner_id=people["rita"].id,
            stage="evaluation",
            amount=Decimal(40_000),
        )
    company = Company(
        database=database,
        tenant=tenant,
        clock=FrozenClock(NOW),
        ids=UuidIds(),
        people=people,
        account=account,
        deal=deal,
    )
    if rules is not None:
        await company.apply(rules)
    return company


HOUR = timedelta(hours=1)
