"""Changing the rules in Slack, down to the database: one version a form, whoever sends it twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from typing_extensions import override

from blocks.action_ids import ActionId, CallbackId
from blocks.approval_rules import rule_key
from blocks.values import Target
from db.models.tenants import Member
from db.session import Database
from handlers.verbs import Verbs
from services.approvals.rule_sets import RuleSetService
from services.audit import AuditService
from services.errors import NotFound
from services.types.ids import MemberId, TenantId
from services.types.people import Actor, Role
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.fakes.verbs import Book
from tests.shared import VAULT
from tests.unit.handlers.slack_rig import Rig, click, running, submission

DISCOUNT = Target(id=rule_key("discount"), rev=1).encode()
FIELDS = {
    "bands": "0: manager\n5 %: cfo, 1 of 2, two people",
    "sla low": "1440m",
    "sla normal": "1440m",
    "sla high": "480m",
    "sla critical": "120m",
    "remind": "60m",
    "escalate": "manager,admin",
    "expires": "10080m",
    "read_at_least": "10s",
}


class Business(Book):
    """The rules are real, everything else is written down only."""

    def __init__(self, service: RuleSetService, people: dict[str, Actor]) -> None:
        super().__init__()
        self.service = service
        self.people = people
        self.answers["members.identify"] = self._find

    def _find(self, _team_id: str, slack_user_id: str) -> Actor:
        if slack_user_id not in self.people:
            raise NotFound("I don't know you.")
        return self.people[slack_user_id]

    @override
    def verbs(self) -> Verbs:
        verbs = super().verbs()
        return replace(verbs, approvals=replace(verbs.approvals, rules=self.service))


@dataclass
class Desk:
    rig: Rig
    service: RuleSetService
    tenant: UUID

    async def send(self, user: str, metadata: str = DISCOUNT, **changes: str) -> str:
        payload = submission(CallbackId.RULE, metadata, FIELDS | changes)
        payload["user"]["id"] = user
        payload["view"]["root_view_id"] = f"V-{user}"
        status, body = await self.rig.interact(payload)
        assert status == 200
        return json.dumps(body, ensure_ascii=False)

    async def version(self) -> int:
        return (await self.service.current_of(self.tenant)).version


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    tenant = await make.make_tenant(database)
    clock, ids = FrozenClock(), UuidIds()
    people: dict[str, Actor] = {}

    async with database.transaction(tenant) as tx:
        for user, name, role in (
            ("U0ADA", "Ada Admin", Role.ADMIN),
            ("U0BEA", "Bea Boss", Role.ADMIN),
            ("U0MAYA", "Maya Lindt", Role.REP),
        ):
            member: Member = await make.make_member(tx, name=name, role=role)
            people[user] = Actor(
                tenant_id=TenantId(tenant),
                member_id=MemberId(member.id),
                role=role,
                name=name,
                timezone="UTC",
            )
    service = RuleSetService(database, clock, ids, AuditService(database, clock, ids, VAULT))
    async with running(Rig(book=Business(service, people))) as rig:
        yield Desk(rig=rig, service=service, tenant=tenant)


def said(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)


async def test_an_admin_reads_opens_changes_and_reads_again(desk: Desk):
    _, body = await desk.rig.command("approvals rules", user_id="U0ADA")
    assert "version 1" in said(body)
    assert str(ActionId.RULE_EDIT) in said(body)
    button = click(f"{ActionId.RULE_EDIT}#0", DISCOUNT)
    button["user"]["id"] = "U0ADA"
    await desk.rig.interact(button)
    ((_, modal, _),) = desk.rig.chat.modals
    assert modal["private_metadata"] == DISCOUNT
    assert "Version 2 is in force" in await desk.send("U0ADA")
    _, body = await desk.rig.command("approvals rules", user_id="U0MAYA")
    assert "from 5 %: 2 people, the CFO first" in said(body)
    assert str(ActionId.RULE_EDIT) not in said(body)
    assert await desk.version() == 2


async def test_a_form_sent_twice_is_one_version(desk: Desk):
    """Slack shows a failure after three seconds, and the person sends it again."""
    first, second = await asyncio.gather(desk.send("U0ADA"), desk.send("U0ADA"))
    assert first == second
    assert "Version 2 is in force" in first
    assert await desk.send("U0ADA") == first
    assert await desk.version() == 2


async def test_of_two_admins_the_second_is_told(desk: Desk):
    await desk.send("U0ADA")
    told = await desk.send("U0BEA", bands="0: cfo")
    assert "Ada Admin applied version 2" in told
    assert "Nothing was changed" in told
    assert await desk.version() == 2


async def test_who_may_not_is_told_who_may(desk: Desk):
    told = await desk.send("U0MAYA")
    assert "Only an admin may change the approval rules. Ask Ada Admin or Bea Boss." in told
    assert await desk.version() == 1


async def test_a_stranger_changes_nothing(desk: Desk):
    assert "I don't know you." in await desk.send("U0NOBODY")
    assert await desk.version() == 1


async def test_errors_come_back_at_their_fields_and_the_form_goes_on(desk: Desk):
    assert '"errors": {"bands": "Line 2: “150” is more' in await desk.send(
        "U0ADA", bands="0: manager\n150 %: cfo"
    )
    assert await desk.version() == 1
    assert "Version 2 is in force" in await desk.send("U0ADA")
