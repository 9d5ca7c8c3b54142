"""The mail loop with approval rules over it: Victor is the VP who decides, Vera the other one, Ada
the admin."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from typing_extensions import override

from db.models.approvals import ApprovalRequest
from db.models.tenants import Member
from db.session import Database
from services.approvals.carry import CarryService
from services.approvals.decisions import DecisionService
from services.approvals.deps import Deps
from services.approvals.gated import GatedSends
from services.approvals.recheck import Rechecker
from services.approvals.requests import RequestService
from services.approvals.rule_sets import RuleSetService
from services.types.approvals import Decided, RequestForm, Seen, Submitted, Surface, VoteChoice
from services.types.model import DraftText
from tests import factories as make
from tests.integration.services.loop import Loop, make_loop

PRICING = "Hello Carla,\n\npricing depends on the number of seats.\n\nBest regards\nRita Rep"
CHEAPER = "Hello Carla,\n\npricing starts with ten seats.\n\nBest regards\nRita Rep"
PLAIN = "Hello Carla,\n\nthe report is on its way.\n\nBest regards\nRita Rep"
NEVER = "Hello Carla,\n\nwe can offer you 20 % off.\n\nBest regards\nRita Rep"
RULES = """
rules:
  - type: discuss_pricing
    bands:
      - {from: 0, approver: vp_sales}
"""
QUORUM = """
rules:
  - type: discuss_pricing
    bands:
      - {from: 0, approver: vp_sales, quorum: 2, of: 2}
"""


@dataclass
class GatedLoop:
    """`loop` is the mail's own; jobs of approvals run among its jobs."""

    loop: Loop
    victor: Member
    vera: Member
    ada: Member
    requests: RequestService
    decisions: DecisionService
    carry: CarryService
    gated: GatedSends
    rechecker: Rechecker
    rules: RuleSetService
    shown: dict[str, Any] = field(default_factory=dict)

    async def ask(self, member: Member | None = None, **changes: Any) -> Submitted:
        self.loop.clock.move(timedelta(seconds=1))
        action, draft = await self.loop.action(), await self.loop.draft()
        form = {
            "type": "discuss_pricing",
            "reason": "This answer is ready.",
            "action_id": action.id,
            "revision": draft.revision,
        } | changes
        return await self.requests.submit(
            self.loop.actor(member or self.loop.rita),
            RequestForm(**form),
            command_id=self.loop.ids.new().hex,
        )

    async def all(self) -> list[ApprovalRequest]:
        return await self.loop.rows(ApprovalRequest)

    async def request(self) -> ApprovalRequest:
        return (await self.all())[-1]

    async def decide(
        self,
        member: Member | None = None,
        choice: VoteChoice = VoteChoice.APPROVE,
        request: ApprovalRequest | None = None,
        surface: Surface = Surface.LINK,
        conditions: tuple[str, ...] = (),
    ) -> Decided:
        asked = request or await self.request()
        return await self.decisions.decide(
            self.loop.actor(member or self.victor),
            asked.id,
            choice=choice,
            reason="Fine with me" if choice is VoteChoice.APPROVE else "Not before the renewal",
            conditions=conditions,
            seen=Seen(payload_hash=asked.payload_hash, rule_version=asked.rule_version),
            surface=surface,
            command_id=self.loop.ids.new().hex,
        )

    async def edit(self, words: str) -> None:
        self.loop.clock.move(timedelta(seconds=1))
        action, draft = await self.loop.action(), await self.loop.draft()
        await self.loop.actions.edit(
            self.loop.actor(self.loop.rita),
            action.id,
            revision=draft.revision,
            subject="Re: Security questions",
            text=words,
            command_id=self.loop.ids.new().hex,
        )

    async def apply(self, rules: str) -> None:
        await self.rules.apply_file(self.loop.tenant, rules, based_on=None)

    async def proposed(self, words: str = PRICING) -> None:
        self.loop.model.drafts = [DraftText(body=words, confidence=0.6, reason="asked")]
        await self.loop.proposed()


class ApprovalLoop(Loop):
    """Runs the jobs of approvals as well."""

    more: GatedLoop

    @override
    async def _run_more(self, kind: str, body: dict[str, Any], ids: dict[str, UUID]) -> None:
        match kind:
            case "approvals.recheck":
                await self.more.rechecker.recheck(self.tenant, **ids)
            case "approvals.regate":
                await self.more.gated.show_gates(self.tenant)
            case "approval.carry":
                await self.more.carry.run(self.tenant, **ids)
            case "approval.unsent":
                await self.more.gated.unsent(
                    self.tenant, ids["request_id"], body["why"], carried_at=body["carried_at"]
                )
            case _:
                await super()._run_more(kind, body, ids)


async def make_gated(database: Database, rules: str | None = RULES) -> GatedLoop:
    base = await make_loop(database)
    loop = ApprovalLoop(**{name: getattr(base, name) for name in Loop.__dataclass_fields__})
    async with database.transaction(loop.tenant) as tx:
        victor, vera = [
            await make.make_member(tx, name=name, role="executive", titles=["vp_sales"])
            for name in ("Victor Hahn", "Wera Jung")
        ]
        ada = await make.make_member(tx, name="Ada Admin", role="admin")
    asked = loop.opening.request_opened
    deps = Deps(clock=loop.clock, ids=loop.ids, audit=loop.audit, asked=asked)
    sends = GatedSends(db=database, clock=loop.clock, ids=loop.ids, audit=loop.audit)
    gated = GatedLoop(
        loop=loop,
        victor=victor,
        vera=vera,
        ada=ada,
        requests=RequestService(database, deps),
        decisions=DecisionService(database, deps),
        carry=CarryService(db=database, deps=deps, send_approved=sends.send),
        gated=sends,
        rechecker=Rechecker(database, deps),
        rules=RuleSetService(database, loop.clock, loop.ids, loop.audit),
    )
    loop.more = gated
    if rules is not None:
        await gated.apply(rules)
        await loop.drain()
    return gated
