"""Two weeks of an office in simulated time: people ask, decide, go away, leave; the sweep comes
when something is due. `Chaos` makes the worker stand still, die in the middle, or run twice.

What people do is a script made from a seed alone; whom it hits is chosen from the state of that
moment, so two lives of one script go apart at once when time did something different in one.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from db.models.approvals import ApprovalRequest, ApprovalSeat, ApprovalVote
from db.models.customers import Account, Deal
from db.models.tenants import Member
from services.approvals.absences import BEGINS, ENDS, AbsenceService
from services.approvals.carry import CarryService
from services.approvals.decisions import DecisionService
from services.approvals.deps import Deps
from services.approvals.recheck import Rechecker
from services.approvals.requests import RequestService
from services.approvals.timers import ApprovalTimers
from services.approvals.timing import TIMER
from services.approvals.vacancies import VacancyService
from services.audit import AuditService
from services.errors import ServiceError
from services.members import actor_of
from services.sweeps import SweepService
from services.types.approvals import RequestForm, Seen, Surface, Urgency, VoteChoice
from services.types.people import Actor
from services.zones import zone_of
from tests import factories as make
from tests.fakes.clock import FrozenClock
from tests.integration.audited import audited
from tests.integration.services.approvals.fortnight_log import Entry, MortalIds
from tests.integration.services.approvals.fortnight_script import (
    APPROVERS,
    DEALS,
    END,
    FORGOTTEN,
    MINUTE,
    REPS,
    START,
    TEAM,
    Deed,
    dice_of,
    next_minute,
)
from tests.integration.services.mortality import Crash, MortalDatabase, Mortality
from tests.shared import VAULT


@dataclass
class Life:
    """One run of a script. Without chaos the sweep comes whenever something is due."""

    database: MortalDatabase
    chaos: random.Random | None = None
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(START))
    mortality: Mortality = field(default_factory=Mortality)
    names: dict[str, str] = field(default_factory=dict)
    """Ids of members and requests, as text, to names that are the same in every life."""
    people: dict[str, Member] = field(default_factory=dict)
    deals: list[Deal] = field(default_factory=list)

    async def open(self) -> "Life":
        self.database.mortality = Mortality()
        self.tenant = await make.make_tenant(self.database)
        async with self.database.transaction(self.tenant) as tx:
            for name, (role, titles, _, zone) in TEAM.items():
                self.people[name] = await make.make_member(
                    tx, name=name.title(), role=role, titles=titles, timezone=zone
                )
            for name, (_, _, manager, _) in TEAM.items():
                if manager is not None:
                    self.people[name].manager_id = self.people[manager].id
            self.account: Account = await make.make_account(tx, name="Acme")
            self.deals = [
                await make.make_deal(
                    tx, account_id=self.account.id, stage="evaluation", amount=Decimal(10_000 + n)
                )
                for n in range(DEALS)
            ]
        self.names |= {str(member.id): name for name, member in self.people.items()}
        self.database.mortality = self.mortality
        self.ids = MortalIds(self.clock, self.mortality)
        self.boot()
        return self

    def boot(self) -> None:
        """A process starts: nothing of the one before is left but the database."""
        database, clock = self.database, self.clock
        self.audit = AuditService(database, clock, self.ids, VAULT)
        deps = Deps(clock=clock, ids=self.ids, audit=self.audit)
        self.requests = RequestService(database, deps)
        self.decisions = DecisionService(database, deps)
        self.absences = AbsenceService(db=database, deps=deps)
        self.carry = CarryService(db=database, deps=deps)
        self.rechecker = Rechecker(database, deps)
        self.sweep = self.new_sweep(deps)
        self.deps = deps

    def new_sweep(self, deps: Deps) -> SweepService:
        return SweepService(
            self.database,
            self.clock,
            {
                TIMER: ApprovalTimers(deps=deps).due,
                BEGINS: self.absences.begins,
                ENDS: self.absences.ends,
            },
            (self.carry.recover, VacancyService(db=self.database, deps=deps).check),
        )

    # ── time ────────────────────────────────────────────────────────────────────────────────────
    async def live(self, deeds: list[Deed]) -> None:
        for deed in deeds:
            await self._until(deed.at)
            await self.tick()
            await getattr(self, f"_{deed.kind}")(deed, dice_of(deed.seed))
            if deed.kind in {"leave", "rejoin", "title"}:
                await self.tick()
            await self._work()
        await self._until(END)
        await self.tick()

    async def _until(self, moment: datetime) -> None:
        """Let time pass; the sweep comes at the minute something is due, or, in chaos, hours
        later."""
        while (due := await self._next_due()) is not None and due < moment:
            wake = max(self.clock.now(), next_minute(due))
            if self.chaos is not None:
                wake += self.chaos.choice((0, 0, 0, 1, 7, 90, 600, 2000)) * MINUTE
            if wake >= moment:
                break
            self.clock.at = wake
            await self.tick()
        self.clock.at = moment

    async def tick(self) -> None:
        """A whole tick at last, whatever came before."""
        if self.chaos is not None:
            if self.chaos.random() < 0.4:
                await self._killed(self.sweep.tick, self.chaos.randint(1, 12))
            if self.chaos.random() < 0.2:
                others = [self.new_sweep(self.deps) for _ in range(2)]
                await asyncio.gather(*(one.tick() for one in (self.sweep, *others)))
        await self.sweep.tick()

    async def _killed(self, run: Callable[[], Awaitable[Any]], after: int) -> None:
        """Run until the process dies; another one starts."""
        self.mortality.at = len(self.mortality.seen) + after
        try:
            await run()
        except Crash:
            self.mortality.revive()
            self.boot()
        self.mortality.at = None

    async def _next_due(self) -> datetime | None:
        query = text("select min(due_at) from timers where tenant_id = :tenant")
        async with self.database.directory() as tx:
            return (await tx.session.execute(query, {"tenant": self.tenant})).scalar_one()

    async def _work(self) -> None:
        """The worker does the jobs that matter here, some of them twice; cards are delivered."""
        while jobs := await self._take_jobs():
            for kind, payload in jobs:
                if kind == "approval.carry":
                    request_id = UUID(payload["request_id"])
                    await self._job(lambda one=request_id: self.carry.run(self.tenant, one))
                else:
                    deal = payload.get("deal_id")
                    deal_id = UUID(deal) if deal else None
                    await self._job(
                        lambda one=deal_id: self.rechecker.recheck(self.tenant, deal_id=one)
                    )
        await self._name_fresh()

    async def _job(self, run: Callable[[], Awaitable[Any]]) -> None:
        if self.chaos is not None and self.chaos.random() < 0.5:
            await self._killed(run, self.chaos.randint(1, 6))
        await run()

    async def _take_jobs(self) -> list[tuple[str, dict[str, Any]]]:
        query = text(
            "with gone as (delete from jobs.pgqueuer returning *) "
            "select entrypoint, convert_from(payload, 'utf8') as body from gone order by id"
        )
        self.mortality.resting = True
        async with self.database.transaction(self.tenant) as tx:
            rows = list(await tx.session.execute(query))
            await tx.session.execute(text("update cards set delivered_rev = wanted_rev"))
        self.mortality.resting = False
        return [
            (row.entrypoint, json.loads(row.body))
            for row in rows
            if row.entrypoint in {"approval.carry", "approvals.recheck"}
        ]

    # ── what people do ──────────────────────────────────────────────────────────────────────────
    async def _command(self, run: Callable[[str], Awaitable[Any]], deed: Deed) -> Any:
        """A click; in chaos the process may die under it, and the person clicks again. What is
        refused stays refused."""
        command = f"deed {deed.number}"
        if self.chaos is not None and self.chaos.random() < 0.3:
            try:
                await self._killed(lambda: run(command), self.chaos.randint(1, 8))
            except ServiceError:
                self.mortality.at = None
        try:
            return await run(command)
        except ServiceError:
            return None

    def actor(self, name: str) -> Actor:
        return actor_of(self.people[name])

    async def _submit(self, deed: Deed, dice: random.Random) -> None:
        kind = dice.choice(("discount", "discount", "refund", "exception", "escalation"))
        own: dict[str, Any] = {
            "discount": {
                "deal_id": self.deals[deed.number % DEALS].id,
                "percentage": dice.choice(("3", "7", "12", "25")),
            },
            "refund": {
                "account_id": self.account.id,
                "amount": str(dice.choice((200, 2_000, 7_000, 20_000)) + deed.number),
                "currency": "USD",
            },
            "exception": {"account_id": self.account.id},
            "escalation": {"account_id": self.account.id},
        }[kind]
        form = RequestForm(
            type=kind,
            reason=f"Wish {deed.number}.",
            urgency=dice.choice((*Urgency, Urgency.NORMAL, Urgency.NORMAL)),
            **own,
        )
        actor = self.actor(dice.choice(REPS))
        done = await self._command(
            lambda command: self.requests.submit(actor, form, command_id=command), deed
        )
        if done is not None:
            self.names[str(done.request_id)] = f"R{deed.number}"

    async def _decide(self, deed: Deed, dice: random.Random) -> None:
        request, seats = await self._some_pending(dice)
        if request is None:
            return
        voices = sorted({self.names[str(s.delegate_id or s.holder_id)] for s in seats})
        actor = self.actor(dice.choice(voices or ["ada"]))
        choice = VoteChoice(dice.choice(("approve", "approve", "approve", "reject")))
        seen = Seen(payload_hash=request.payload_hash, rule_version=request.rule_version)
        await self._command(
            lambda command: self.decisions.decide(
                actor,
                request.id,
                choice=choice,
                reason=f"Thought about it, {deed.number}.",
                conditions=("Paid early",) if deed.number % 5 == 0 else (),
                seen=seen,
                surface=Surface.SLACK,
                command_id=command,
            ),
            deed,
        )
        await self._name_fresh()

    async def _delegate(self, deed: Deed, dice: random.Random) -> None:
        request, seats = await self._some_pending(dice)
        if request is None or not seats:
            return
        actor = self.actor(self.names[str(dice.choice(seats).holder_id)])
        to = self.people[dice.choice(APPROVERS)].id
        await self._command(
            lambda command: self.requests.delegate(
                actor, request.id, to_id=to, note="", command_id=command
            ),
            deed,
        )

    async def _withdraw(self, deed: Deed, dice: random.Random) -> None:
        request, _ = await self._some_pending(dice)
        if request is not None:
            actor = self.actor(self.names[str(request.requester_id)])
            await self._command(
                lambda command: self.requests.withdraw(actor, request.id, command_id=command),
                deed,
            )

    async def _away(self, deed: Deed, dice: random.Random) -> None:
        name = dice.choice(APPROVERS)
        today = self.clock.now().astimezone(zone_of(self.people[name].timezone)).date()
        first = today + timedelta(days=dice.randint(0, 2))
        last = first + timedelta(days=dice.randint(0, 4))
        delegate = dice.choice((*APPROVERS, *APPROVERS, None, None, None))
        delegate_id = self.people[delegate].id if delegate else None
        await self._command(
            lambda command: self.absences.set_absence(
                self.actor(name),
                first=first,
                last=last,
                delegate_id=delegate_id,
                command_id=command,
            ),
            deed,
        )

    async def _back(self, deed: Deed, dice: random.Random) -> None:
        actor = self.actor(dice.choice(APPROVERS))
        await self._command(
            lambda command: self.absences.cancel_absence(actor, command_id=command), deed
        )

    async def _leave(self, _deed: Deed, dice: random.Random) -> None:
        await self._set_member(dice.choice(APPROVERS), active=False)

    async def _rejoin(self, _deed: Deed, dice: random.Random) -> None:
        await self._set_member(dice.choice(APPROVERS), active=True)

    async def _title(self, _deed: Deed, dice: random.Random) -> None:
        titles = dice.choice(([], ["vp_sales"], ["cfo"], ["sales_manager", "support_manager"]))
        await self._set_member(dice.choice(APPROVERS), titles=titles)

    async def _set_member(self, name: str, **values: Any) -> None:
        self.mortality.resting = True
        async with self.database.transaction(self.tenant) as tx:
            await tx.session.execute(
                update(Member).where(Member.id == self.people[name].id).values(**values)
            )
        self.mortality.resting = False

    async def _deal(self, _deed: Deed, dice: random.Random) -> None:
        """What rests on the deal is voided, and asked anew."""
        request, _ = await self._some_pending(dice)
        deal_id = request.deal_id if request is not None else None
        if deal_id is None:
            deal_id = dice.choice(self.deals).id
        self.mortality.resting = True
        async with self.database.transaction(self.tenant) as tx:
            await tx.session.execute(
                update(Deal).where(Deal.id == deal_id).values(amount=dice.randint(9_000, 90_000))
            )
        self.mortality.resting = False
        await self._job(lambda: self.rechecker.recheck(self.tenant, deal_id=deal_id))
        await self._name_fresh()

    # ── looking ─────────────────────────────────────────────────────────────────────────────────
    async def _some_pending(
        self, dice: random.Random
    ) -> tuple[ApprovalRequest | None, list[ApprovalSeat]]:
        """A pending request, and its seats without a vote."""
        pending = [one for one in await self.rows(ApprovalRequest) if one.status == "pending"]
        pending.sort(key=lambda one: (one.created_at, self.names[str(one.id)]))
        pending = [one for one in pending if not self._forgotten(one)]
        if not pending:
            return None, []
        request = dice.choice(pending)
        voted = {vote.seat_id for vote in await self.rows(ApprovalVote)}
        seats = [
            seat
            for seat in await self.rows(ApprovalSeat)
            if seat.request_id == request.id and seat.id not in voted and seat.holder_id
        ]
        return request, sorted(seats, key=lambda seat: seat.number)

    def _forgotten(self, request: ApprovalRequest) -> bool:
        return int(self.names[str(request.id)].strip("R+")) % FORGOTTEN == 0

    async def _name_fresh(self) -> None:
        """A request that stands for a voided one is called after it."""
        for one in await self.rows(ApprovalRequest):
            if str(one.id) not in self.names and one.replaces_id is not None:
                self.names[str(one.id)] = f"{self.names[str(one.replaces_id)]}+"

    async def rows(self, model: type[Any]) -> list[Any]:
        async with self.database.read(self.tenant) as tx:
            query = select(model).where(model.tenant_id == self.tenant)
            return list(await tx.session.scalars(query.order_by(model.created_at, model.id)))

    async def log(self) -> list[tuple[Any, ...]]:
        """The audit as it reads in every life: verb, about what, who, when it was scheduled, and
        between whom."""
        return [Entry(body, self.names).line() for body in await self.bodies()]

    async def bodies(self) -> list[dict[str, Any]]:
        return await audited(self.database, self.tenant)
