"""Versions of the rules: one after another, one winner, admins only, nothing forgotten."""

import asyncio
import contextvars
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update

from db.models.approvals import ApprovalRuleSet
from db.models.tenants import Member
from db.session import Database
from services.approval_rules import DEFAULT_TEXT, RulesRefused, parse_rules, write_rules
from services.approvals.rule_sets import RuleSetService, changes, current_rules
from services.audit import AuditService
from services.errors import Conflict, Forbidden, NotFound
from services.types.approvals import ADMIN, RuleSet
from services.types.ids import MemberId, TenantId
from services.types.people import Actor, Role
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.integration.audited import audited
from tests.shared import VAULT

TIGHTER = DEFAULT_TEXT.replace("from: 5,", "from: 4,")
GATED = "rules:\n- {type: send_proposal, bands: [{from: 0, approver: vp_sales}]}\n"


@dataclass
class Desk:
    database: Database
    service: RuleSetService
    tenant: UUID
    ada: Actor
    rita: Actor

    async def apply(self, words: str, based_on: int, **fields: Any) -> RuleSet:
        actor = fields.pop("actor", self.ada)
        command_id = fields.pop("command_id", str(uuid4()))
        return await self.service.apply(
            actor, words, based_on=based_on, source="modal", command_id=command_id
        )

    async def now(self) -> RuleSet:
        async with self.database.read(self.tenant) as tx:
            return await current_rules(tx)

    async def versions(self) -> list[tuple[int, str]]:
        async with self.database.read(self.tenant) as tx:
            query = select(ApprovalRuleSet).order_by(ApprovalRuleSet.version)
            return [
                (row.version, row.source) for row in (await tx.session.execute(query)).scalars()
            ]

    async def audit(self) -> list[dict[str, Any]]:
        return await audited(self.database, self.tenant, "rules.applied")

    async def jobs(self, kind: str) -> int:
        async with self.database.read(self.tenant) as tx:
            query = text("select count(*) from jobs.pgqueuer where entrypoint = :kind")
            return (await tx.session.execute(query, {"kind": kind})).scalar_one()


async def make_desk(database: Database) -> Desk:
    tenant = await make.make_tenant(database)
    clock, ids = FrozenClock(), UuidIds()

    def actor(member: Member) -> Actor:
        return Actor(
            tenant_id=TenantId(tenant),
            member_id=MemberId(member.id),
            role=Role(member.role),
            name=member.name,
            timezone="Europe/Berlin",
        )

    async with database.transaction(tenant) as tx:
        ada = actor(await make.make_member(tx, name="Ada Admin", role="admin"))
        rita = actor(await make.make_member(tx, name="Rita Rep"))
    service = RuleSetService(database, clock, ids, AuditService(database, clock, ids, VAULT))
    return Desk(database=database, service=service, tenant=tenant, ada=ada, rita=rita)


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


async def test_the_defaults_hold_until_others_are_applied(desk: Desk):
    assert await desk.now() == parse_rules(DEFAULT_TEXT, version=1)
    assert (await desk.service.current(desk.rita)).version == 1
    assert await desk.versions() == []


async def test_a_version_is_applied_recorded_and_rechecked(desk: Desk):
    applied = await desk.apply(TIGHTER + GATED.removeprefix("rules:\n").replace("- {", "  - {"), 1)
    assert applied.version == 2
    assert await desk.now() == applied
    assert await desk.versions() == [(1, "default"), (2, "modal")]
    (entry,) = await desk.audit()
    assert entry["actor"] == str(desk.ada.member_id)
    assert entry["facts"] == {
        "version": 2,
        "based_on": 1,
        "source": "modal",
        "changes": ["send_proposal added", "discount: bands"],
        "gated": ["send_proposal"],
    }
    assert await desk.jobs("approvals.recheck") == 1
    async with desk.database.read(desk.tenant) as tx:
        query = select(ApprovalRuleSet).where(ApprovalRuleSet.version == 2)
        row = (await tx.session.execute(query)).scalar_one()
    assert (row.gated_types, row.applied_by) == (["send_proposal"], desk.ada.member_id)
    assert row.text == write_rules(applied)


async def test_of_many_on_one_version_exactly_one_wins(desk: Desk):
    words = [DEFAULT_TEXT.replace("from: 5,", f"from: {n}.5,") for n in range(1, 9)]
    tasks = [
        asyncio.create_task(desk.apply(one, 1), context=contextvars.Context()) for one in words
    ]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    won = [one for one in results if isinstance(one, RuleSet)]
    lost = [one for one in results if isinstance(one, Conflict)]
    assert (len(won), len(lost)) == (1, 7)
    assert str(lost[0]) == (
        "Ada Admin applied version 2 on 20 Nov at 10:30 CET. Nothing was changed: look at the "
        "rules as they are now and try again."
    )
    assert await desk.now() == won[0]
    assert await desk.versions() == [(1, "default"), (2, "modal")]
    assert len(await desk.audit()) == 1
    assert await desk.jobs("approvals.recheck") == 1


async def test_a_repeated_command_gets_the_first_answer(desk: Desk):
    first = await desk.apply(TIGHTER, 1, command_id="c1")
    await desk.apply(DEFAULT_TEXT, 2)
    assert await desk.apply(TIGHTER, 1, command_id="c1") == first
    assert (await desk.now()).version == 3
    tasks = [
        asyncio.create_task(desk.apply(TIGHTER, 3, command_id="c2"), context=contextvars.Context())
        for _ in range(5)
    ]
    assert {one.version for one in await asyncio.gather(*tasks)} == {4}
    assert len(await desk.audit()) == 3


async def test_the_same_rules_make_no_version(desk: Desk):
    same = "# just words\n" + DEFAULT_TEXT.replace("[low, medium]", "[medium, low]")
    assert (await desk.apply(same, 1, command_id="c1")).version == 1
    assert (await desk.apply(same, 1, command_id="c1")).version == 1
    assert await desk.versions() == []
    assert await desk.audit() == []


async def test_only_an_admin_and_one_who_still_is(desk: Desk):
    with pytest.raises(Forbidden, match=r"Only an admin .* Ask Ada Admin\."):
        await desk.apply(TIGHTER, 1, actor=desk.rita)
    for change, error in (({"role": "manager"}, Forbidden), ({"active": False}, NotFound)):
        async with desk.database.transaction(desk.tenant) as tx:
            member = Member.id == desk.ada.member_id
            await tx.session.execute(update(Member).where(member).values(**change))
        with pytest.raises(error):
            await desk.apply(TIGHTER, 1)
    assert (await desk.now()).version == 1


async def test_what_is_wrong_is_told_before_anything(desk: Desk):
    with pytest.raises(RulesRefused) as caught:
        await desk.apply(TIGHTER.replace("cfo", "boss", 1), 1)
    assert caught.value.faults[0].line == 8
    with pytest.raises(Conflict, match="default rules, version 1"):
        await desk.apply(TIGHTER, 7)
    assert await desk.versions() == []


async def test_from_the_command_line(desk: Desk):
    assert (await desk.service.apply_file(desk.tenant, TIGHTER, based_on=None)).version == 2
    assert (await desk.service.apply_file(desk.tenant, DEFAULT_TEXT, based_on=2)).version == 3
    with pytest.raises(Conflict, match="Somebody with the command line applied version 3"):
        await desk.service.apply_file(desk.tenant, TIGHTER, based_on=2)
    assert await desk.versions() == [(1, "default"), (2, "file"), (3, "file")]
    assert [entry["actor"] for entry in await desk.audit()] == ["understudy", "understudy"]


async def test_tenants_have_their_own(desk: Desk):
    other = await make_desk(desk.database)
    await desk.apply(TIGHTER, 1)
    assert (await other.now()).version == 1
    with pytest.raises(NotFound):
        await desk.service.apply(
            Actor(
                tenant_id=TenantId(other.tenant),
                member_id=desk.ada.member_id,
                role=Role.ADMIN,
                name="Ada",
                timezone="UTC",
            ),
            TIGHTER,
            based_on=1,
            source="modal",
            command_id="c9",
        )
    assert (await other.now()).version == 1


async def test_a_version_nobody_can_read_any_more_is_decided_by_admins(desk: Desk):
    async with desk.database.transaction(desk.tenant) as tx:
        await make.make_rule_set(
            tx, version=5, text="rules:\n- type: x\n", gated_types=["send_proposal"]
        )
    found = await desk.now()
    assert found.version == 5
    assert {band.approver for rule in found.rules for band in rule.bands} == {ADMIN}
    assert "send_proposal" in {rule.type for rule in found.rules}
    assert (await desk.apply(TIGHTER, 5)).version == 6


def test_changes_in_words():
    old = parse_rules(DEFAULT_TEXT, version=1)
    new = parse_rules(
        DEFAULT_TEXT.replace("sla: {low: 24h", "sla: {low: 23h", 1)
        .replace("type: refund", "type: send_proposal")
        .replace("urgent:", "")
        + "auto_approvals:\n  - {name: Small, type: discount, up_to: 2}\nurgent: {sms: true}\n",
        version=2,
    )
    assert changes(old, new) == [
        "send_proposal added",
        "refund removed",
        "discount: sla",
        "template Small added",
        "urgent channel",
    ]
    assert "template Small removed" in changes(new, old)
    third = parse_rules(write_rules(new).replace("up_to: 2", "up_to: 1"), version=3)
    assert changes(new, third) == ["template Small changed"]
    assert changes(new, parse_rules(write_rules(new), version=3)) == []
