"""The view of one account with 50,000 mails, beside one with 500."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import event

from db.session import Database
from services.account_view.service import AccountViewService
from services.types.account_view import AccountView
from services.types.ids import MemberId, TenantId
from services.types.people import Actor, Role
from tests.bench.home import EACH, FILL, TALK
from tests.bench.report import Row, in_rounds
from tests.bench.world import NOW, House, WallClock, open_desk

LITTLE, MUCH = 500, 50_000
LOOKS, WARM = 40, 10


@dataclass
class Watched:
    """One account, and whoever looks at it."""

    views: AccountViewService
    actor: Actor
    account: UUID

    async def look(self) -> tuple[float, AccountView]:
        started = time.perf_counter()
        view = await self.views.view(self.actor, self.account)
        took = (time.perf_counter() - started) * 1000
        if view.missing or not view.events:
            raise SystemExit(f"not what was filled in: {view.missing}")
        return took, view


async def measure_view(house: House) -> Row:
    """Two tenants of one database take turns."""
    database = Database(house.embedded.runtime_url)
    few = await _filled(house, database, "T0VIEWFEW", LITTLE)
    many = await _filled(house, database, "T0VIEWMANY", MUCH)
    took: dict[str, list[float]] = {"few": [], "many": []}
    for _ in range(LOOKS + WARM):
        took["few"].append((await few.look())[0])
        took["many"].append((await many.look())[0])
    statements = await _statements(database, many)
    await database.close()
    return Row(
        name=f"account view, {MUCH:,} mails ({statements} statements)",
        unit="ms",
        ours=in_rounds(took["many"][WARM:]),
        theirs=in_rounds(took["few"][WARM:]),
        beside=f"the same with {LITTLE} mails, taking turns",
        means="All that is known about one account, assembled afresh from its mails, meetings, "
        "deals and signals. It reads what is newest, so an account's past may not make it slow.",
        budget=1.5,
    )


async def _filled(house: House, database: Database, team: str, mails: int) -> Watched:
    desk = await open_desk(database, house.keys, team=team)
    admin = await asyncpg.connect(house.embedded.admin_url, database="understudy")
    accounts = await admin.fetchval(FILL, desk.tenant_id, desk.member_id, NOW, "busy", 1)
    await admin.fetch(TALK, desk.tenant_id, desk.member_id, NOW, accounts, mails // EACH, EACH)
    await admin.execute("analyze accounts, deals, conversations, messages")
    await admin.close()
    actor = Actor(
        tenant_id=TenantId(desk.tenant_id),
        member_id=MemberId(desk.member_id),
        role=Role.REP,
        name="Nora Lind",
        timezone="UTC",
    )
    return Watched(AccountViewService(database, WallClock()), actor, accounts[0])


async def _statements(database: Database, watched: Watched) -> int:
    """What one view asks, beside naming its tenant and its time limits."""
    heard: list[str] = []

    def hear(*told: Any) -> None:
        heard.append(str(told[2]))

    event.listen(database.engine.sync_engine, "before_cursor_execute", hear)
    await watched.look()
    event.remove(database.engine.sync_engine, "before_cursor_execute", hear)
    return sum(not one.startswith(("select set_config", "set ")) for one in heard)
