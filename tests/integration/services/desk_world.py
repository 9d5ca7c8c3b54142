"""Two tenants with something done in each: what a desk of autonomy shows, and to whom."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from bot.wiring_autonomy import autonomy_services
from db.models.actions import Action
from db.models.autonomy import EarnedLevel, Judgement, LevelMove
from db.models.outreach import Trigger
from db.models.tenants import Member
from db.session import Database, Tx
from services.audit import AuditService
from services.autonomy.bundle import AutonomyServices
from services.types.people import Actor, Role
from services.types.views import Reader
from services.undo_waits import AT_ONCE
from tests import factories as make
from tests.factories import NOW
from tests.fakes.chat import FakeChat
from tests.fakes.clock import FrozenClock, UuidIds
from tests.shared import VAULT

A_DAY = timedelta(days=1)


@dataclass
class Desk:
    """Admin Dana; manager Mona with rep Rita below; rep Cole, led by nobody. Rita looks after
    Arden, Cole after Birch; another tenant has Otto and an account of its own."""

    database: Database
    tenant: UUID
    services: AutonomyServices
    clock: FrozenClock
    chat: FakeChat
    people: dict[str, Member]
    accounts: dict[str, Any]
    elsewhere: UUID
    otto: Member
    made: dict[str, UUID] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        member = self.people[name]
        return Actor(
            tenant_id=self.tenant,  # type: ignore[arg-type]
            member_id=member.id,  # type: ignore[arg-type]
            role=Role(member.role),
            name=member.name,
            timezone=member.timezone,
        )

    def reader(self, name: str) -> Reader:
        member = self.people[name]
        return Reader(
            member_id=member.id,
            name=member.name,
            role=Role(member.role),
            timezone=member.timezone,
            now=self.clock.now(),
        )


async def act(tx: Tx, desk: Desk, account: str, **fields: Any) -> Action:
    """An action on an account, in the care of whoever looks after it."""
    about = desk.accounts[account]
    conversation = await make.make_conversation(tx, account_id=about.id)
    defaults = {"owner_id": about.owner_id, "trigger": f"mail {uuid4()}"}
    return await make.make_action(tx, conversation, **(defaults | fields))


async def judge(tx: Tx, action: Action, **fields: Any) -> Judgement:
    defaults = {
        "action_id": action.id,
        "revision": 1,
        "level": "undo_window",
        "verdict": "autonomous",
        "decision": "queued",
        "would": "send",
        "reasons": [],
    }
    row = Judgement(**_base(tx), **(defaults | fields))
    tx.session.add(row)
    await tx.session.flush()
    return row


async def leave_out(tx: Tx, desk: Desk, account: str, **fields: Any) -> Trigger:
    about = desk.accounts[account]
    defaults = {
        "kind": "silence",
        "key": uuid4().hex,
        "account_id": about.id,
        "member_id": about.owner_id,
        "purpose": "nudge",
        "action_type": "send_follow_up_email",
        "status": "declined",
        "seen_at": NOW,
        "why": "Nobody has written for 12 days.",
        "why_not": "A meeting is planned for Monday.",
    }
    row = Trigger(**_base(tx), **(defaults | fields))
    tx.session.add(row)
    await tx.session.flush()
    return row


async def earn(tx: Tx, action_type: str, **fields: Any) -> EarnedLevel:
    row = EarnedLevel(**_base(tx), action_type=action_type, since=NOW, **fields)
    tx.session.add(row)
    await tx.session.flush()
    return row


async def move(tx: Tx, action_type: str, kind: str, **fields: Any) -> LevelMove:
    defaults = {"before": "suggest", "after": "approve"}
    row = LevelMove(**(_base(tx) | {"action_type": action_type, "kind": kind} | defaults | fields))
    tx.session.add(row)
    await tx.session.flush()
    return row


def _base(tx: Tx) -> dict[str, Any]:
    return {"tenant_id": tx.tenant_id, "id": uuid4(), "created_at": NOW}


async def make_desk(database: Database) -> Desk:
    tenant, elsewhere = await make.make_tenant(database), await make.make_tenant(database)
    clock, chat = FrozenClock(NOW), FakeChat()
    ids = UuidIds()
    people: dict[str, Member] = {}
    accounts: dict[str, Any] = {}
    async with database.transaction(tenant) as tx:
        people["Dana"] = await make.make_member(tx, name="Dana Admin", role="admin")
        people["Mona"] = await make.make_member(tx, name="Mona Manager", role="manager")
        people["Rita"] = await make.make_member(tx, name="Rita Rep", manager_id=people["Mona"].id)
        people["Cole"] = await make.make_member(tx, name="Cole League")
        people["Eve"] = await make.make_member(tx, name="Eve Executive", role="executive")
        accounts["Arden"] = await make.make_account(
            tx, name="Arden Foods", owner_id=people["Rita"].id
        )
        accounts["Birch"] = await make.make_account(tx, name="Birch", owner_id=people["Cole"].id)
    async with database.transaction(elsewhere) as tx:
        otto = await make.make_member(tx, name="Otto Other", role="admin")
        foreign = await make.make_account(tx, name="Foreign", owner_id=otto.id)
        conversation = await make.make_conversation(tx, account_id=foreign.id)
        await make.make_action(tx, conversation, owner_id=otto.id)
    audit = AuditService(database, clock, ids, VAULT)
    built = autonomy_services(
        database, clock, ids, audit, chats=chat, lineage=lambda: "model-1", waits=AT_ONCE
    )
    return Desk(database, tenant, built, clock, chat, people, accounts, elsewhere, otto)
