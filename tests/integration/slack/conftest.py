"""A tenant with three members, on real PostgreSQL, and a workspace in memory."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import insert

from db.models.tenants import Member
from db.session import Database
from handlers.cards import CardDelivery
from services.cards import CardService
from services.inbound import InboundService
from services.members import MemberService
from services.ports import ChatPerson
from services.tenants import TenantService
from services.types.ids import TenantId
from services.vault import Vault, generate
from tests.fakes.chat import TEAM, FakeChat
from tests.fakes.clock import CountingIds, FrozenClock
from tests.integration.slack.card_rig import OneMail


@dataclass(kw_only=True)
class Office:
    """Everything a test here touches."""

    db: Database
    clock: FrozenClock
    ids: CountingIds
    chat: FakeChat
    tenant_id: TenantId
    maya: UUID
    priya: UUID
    tenants: TenantService
    members: MemberService
    cards: CardService
    inbound: InboundService


def make_person(user_id: str, email: str | None, **changes: object) -> ChatPerson:
    values = {
        "user_id": user_id,
        "team_id": TEAM.team_id,
        "email": email,
        "name": user_id,
        "timezone": "Europe/Berlin",
        **changes,
    }
    return ChatPerson(**values)  # type: ignore[arg-type]


@pytest.fixture
async def office(database: Database) -> Office:
    clock, ids, chat = FrozenClock(), CountingIds(), FakeChat()
    tenants = TenantService(db=database, clock=clock, ids=ids, vault=Vault.parse(generate()))
    tenant_id = await tenants.ensure_from_slack(TEAM, "xoxb-1")
    maya, priya = ids.new(), ids.new()
    async with database.transaction(tenant_id) as tx:
        for member_id, name in ((maya, "maya"), (priya, "priya")):
            await tx.session.execute(
                insert(Member).values(
                    tenant_id=tenant_id,
                    id=member_id,
                    created_at=clock.now(),
                    email=f"{name}@brightdesk.example",
                    name=name.title(),
                    role="rep",
                    enabled_at=clock.now(),
                )
            )
    chat.people = {
        "U0MAYA": make_person("U0MAYA", "maya@brightdesk.example"),
        "U0PRIYA": make_person("U0PRIYA", "priya@brightdesk.example"),
    }
    return Office(
        db=database,
        clock=clock,
        ids=ids,
        chat=chat,
        tenant_id=tenant_id,
        maya=maya,
        priya=priya,
        tenants=tenants,
        members=MemberService(db=database, clock=clock, ids=ids, chats=chat),
        cards=CardService(db=database, clock=clock, ids=ids),
        inbound=InboundService(db=database, clock=clock, ids=ids),
    )


@pytest.fixture
def views(office: Office) -> OneMail:
    return OneMail(office)


@pytest.fixture
def delivery(office: Office, views: OneMail) -> CardDelivery:
    return CardDelivery(
        cards=office.cards,
        people=office.members,
        views=views,  # type: ignore[arg-type]
        chats=office.chat,
    )
