"""From a click to the figure: a decision leaves a mark, the minute's tick finds it, its job counts,
and an open Home and an open stream show it. The clock passes as it does for a person who looks."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from aiohttp.test_utils import TestClient, TestServer

from blocks.home import home_view
from bot.web import build_web
from bot.wiring_api import api_doors, api_services
from db.models.cards import Card
from db.session import Database
from handlers.analytics_jobs import analytics_jobs
from services.analytics.counting import COUNT, CountingService
from services.home_filters import HomeService
from services.sweeps import SweepService
from services.vault import Vault, generate
from tests.integration.api.conftest import Events
from tests.integration.services.loop import Loop, make_loop

LATEST = timedelta(seconds=90)
A_MINUTE = timedelta(minutes=1)


@dataclass
class Live(Loop):
    """The loop with the job that counts, and with Home tabs as their readers see them."""

    homes: list[str] = field(default_factory=list)

    @property
    def counting(self) -> CountingService:
        return CountingService(db=self.database, clock=self.clock, ids=self.ids)

    async def tick(self) -> None:
        await SweepService(self.database, self.clock, {}, (self.counting.check,)).tick()
        await self.drain()

    async def run(self, kind: str, body: dict[str, Any]) -> None:
        if kind == COUNT:
            await analytics_jobs(self.counting)[kind](self.tenant, body)
        else:
            await super().run(kind, body)

    async def deliver(self, card_id: UUID) -> None:
        await super().deliver(card_id)
        async with self.database.read(self.tenant) as tx:
            card = await tx.session.get_one(Card, (self.tenant, card_id))
        if card.kind == "home":
            view = await self.views.home(self.tenant, card.subject_id)
            self.homes.append(json.dumps(home_view(view)) if view else "")

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[Events]:
        """Rita's, over a real socket."""
        api = api_services(
            self.database, self.clock, self.ids, self.audit, vault=Vault.parse(generate())
        )
        api.watch.seconds = 0.02
        token = await api.tokens.make_for(self.tenant, self.rita.email, name="live", days=1)

        async def ready() -> bool:
            return True

        app = build_web(
            slack=None,
            signing_secret=None,
            clock=self.clock,
            ready=ready,
            parts=api_doors(api, self.clock),
        )
        asked = {"headers": {"Authorization": f"Bearer {token.text}"}}
        async with (
            TestClient(TestServer(app)) as client,
            client.get("/api/v1/learning/stream", **asked) as response,
        ):
            yield Events(response)


async def test_a_decision_is_seen_on_an_open_home_and_stream_within_ninety_seconds(
    database: Database,
) -> None:
    loop = await make_loop(database, sort=Live)
    assert isinstance(loop, Live)
    await loop.write()
    await loop.drain()
    await loop.tick()
    home = HomeService(db=loop.database, clock=loop.clock, ids=loop.ids)
    await home.opened(loop.actor(loop.rita))
    await loop.drain()
    assert "0 of 0 sent unchanged" in loop.homes[-1]
    async with loop.stream() as events:
        first = await events.next() or {}
        assert first["data"]["own"]["figures"]["unchanged"] == 0
        decided = loop.clock.now()
        await loop.approve()
        loop.clock.move(A_MINUTE)
        await loop.tick()
        news = await events.next() or {}
    assert int(news["id"]) > int(first["id"])
    assert news["data"]["own"]["figures"]["unchanged"] == 1
    assert "1 of 1 sent unchanged" in loop.homes[-1]
    assert loop.clock.now() - decided <= LATEST
