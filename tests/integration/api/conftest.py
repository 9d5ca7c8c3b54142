"""/api over a real socket and a real database, as bot/wiring puts it together."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text

from bot.web import build_web
from bot.wiring_api import api_doors, api_services
from db.models.tenants import Member
from db.session import Database
from services.api.bundle import ApiServices
from services.audit import AuditService
from services.vault import Vault, generate
from tests import factories as make
from tests.integration.services.analytics.days import Days, make_days
from tests.shared import VAULT


@dataclass(kw_only=True)
class Desk:
    days: Days
    api: ApiServices
    client: TestClient[web.Request, web.Application]
    mona: Member
    ada: Member

    async def token(self, member: Member, *, days: int = 90) -> str:
        made = await self.api.tokens.make_for(
            self.days.tenant, member.email, name="reports", days=days
        )
        return made.text

    async def get(self, path: str, token: str, **headers: str) -> tuple[int, Any]:
        status, body, _ = await self.ask("GET", path, token, headers=headers)
        return status, body

    async def ask(
        self, method: str, path: str, token: str, **more: Any
    ) -> tuple[int, Any, aiohttp.ClientResponse]:
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        response = await self.client.request(
            method, f"/api/v1/learning{path}", headers=headers, **more
        )
        assert response.content_type == "application/json"
        return response.status, json.loads(await response.text()), response

    async def audited(self) -> list[str]:
        look = text("select verb from audit_entries order by position")
        async with self.days.database.read(self.days.tenant) as tx:
            return list((await tx.session.execute(look)).scalars())

    @asynccontextmanager
    async def stream(self, token: str, **headers: str) -> AsyncIterator["Events"]:
        headers = {"Authorization": f"Bearer {token}", **headers}
        async with self.client.get("/api/v1/learning/stream", headers=headers) as response:
            yield Events(response)


@dataclass
class Events:
    """What a stream said, event by event."""

    response: aiohttp.ClientResponse

    async def next(self) -> dict[str, Any] | None:
        """The fields of the next event, `data` read as JSON; a comment stands under "". None when
        the stream has ended."""
        found: dict[str, Any] = {}
        async with asyncio.timeout(60):
            async for line in self.response.content:
                name, _, value = line.decode().strip().partition(":")
                if not name and not value:
                    return found
                found[name] = json.loads(value) if name == "data" else value.strip()
        return None


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    days = await make_days(database)
    clock, ids = days.clock, days.ids
    api = api_services(
        database,
        clock,
        ids,
        AuditService(database, clock, ids, VAULT),
        vault=Vault.parse(generate()),
    )
    api.watch.seconds = 0.02

    async def ready() -> bool:
        return True

    app = build_web(
        slack=None, signing_secret=None, clock=clock, ready=ready, parts=api_doors(api, clock)
    )
    async with database.transaction(days.tenant) as tx:
        mona = await tx.session.get_one(Member, (days.tenant, days.rita.manager_id))
        ada = await make.make_member(tx, name="Ada Admin", role="admin")
    async with TestClient(TestServer(app)) as client:
        yield Desk(days=days, api=api, client=client, mona=mona, ada=ada)
