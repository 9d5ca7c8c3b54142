"""Figures as they change: the present ones first, then each change, for as long as the token
lives."""

import asyncio
from dataclasses import replace
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.web import build_web
from bot.wiring_api import PREFIX
from db.models.tenants import Member
from handlers.api import api_app
from handlers.learning_stream import LearningStream
from services.members import actor_of
from tests import factories as make
from tests.integration.api.conftest import Desk


async def _changed(desk: Desk, **fields: Any) -> None:
    await desk.days.act(**fields)
    await desk.days.counting.run(desk.days.tenant)


async def test_what_is_and_then_what_changes(desk: Desk) -> None:
    await _changed(desk)
    rita, mona = await desk.token(desk.days.rita), await desk.token(desk.mona)
    async with desk.stream(rita) as mine, desk.stream(mona) as teams:
        assert mine.response.headers["Content-Type"] == "text/event-stream"
        first = await mine.next()
        assert first is not None
        assert (first["id"], first["event"]) == ("1", "figures")
        assert first["data"]["own"]["figures"]["proposed"] == 1
        assert "team" not in first["data"]
        assert (await teams.next() or {})["data"]["team"]["figures"]["proposed"] == 1
        await _changed(desk)
        for events in (mine, teams):
            news = await events.next() or {}
            assert news["id"] == "2"
        # Her role is another one now: so is what she sees.
        async with desk.days.database.transaction(desk.days.tenant) as tx:
            rita_now = await tx.session.get_one(Member, (desk.days.tenant, desk.days.rita.id))
            rita_now.role = "executive"
        await _changed(desk)
        assert "tenant" in (await mine.next() or {})["data"]
    # Who has seen version 3 hears of nothing until there is a fourth.
    async with desk.stream(rita, **{"Last-Event-ID": "3"}) as again:
        await _changed(desk)
        assert (await again.next() or {})["id"] == "4"
    async with desk.stream(rita, **{"Last-Event-ID": "long ago"}) as again:
        assert (await again.next() or {})["id"] == "4"


async def test_it_ends_with_the_token(desk: Desk) -> None:
    made = await desk.api.tokens.make(actor_of(desk.ada), name="x", days=1, command_id="c")
    async with desk.stream(made.text) as events:
        assert (await events.next() or {})["id"] == "0", "a tenant with nothing"
        await desk.api.tokens.revoke(actor_of(desk.ada), made.line.token_id)
        await _changed(desk)
        assert await events.next() is None
    for _ in range(3000):
        if not desk.api.watch.streams:
            break
        await asyncio.sleep(0.01)
    assert desk.api.watch.streams == 0


async def test_one_look_serves_all_and_only_so_many_may_watch(desk: Desk) -> None:
    watch = desk.api.watch
    watch.most, watch.seconds = 3, 3600.0
    token = await desk.token(desk.days.rita)
    async with desk.stream(token) as one, desk.stream(token) as two, desk.stream(token) as three:
        for events in (one, two, three):
            assert await events.next()
        looks = [one for one in asyncio.all_tasks() if "FiguresWatch._look" in str(one.get_coro())]
        assert len(looks) == 1
        status, body, answer = await desk.ask("GET", "/stream", token)
        assert (status, body["error"]) == (429, "too_many_requests")
        assert answer.headers["Retry-After"] == "60"
        # Another tenant has room of its own, until the process is full.
        watch.most_in_all = 3
        other = await make.make_tenant(desk.days.database)
        async with desk.days.database.transaction(other) as tx:
            member = await make.make_member(tx)
        made = await desk.api.tokens.make_for(other, member.email, name="x", days=1)
        assert (await desk.ask("GET", "/stream", made.text))[0] == 429
        watch.most_in_all = 4
        async with desk.stream(made.text) as fourth:
            assert (await fourth.next() or {})["id"] == "0"


async def test_it_ends_when_the_process_does_and_beats_meanwhile(desk: Desk) -> None:
    stream = LearningStream(
        tokens=desk.api.tokens,
        summaries=desk.api.summaries,
        watch=desk.api.watch,
        heartbeat=0.02,
    )

    async def ready() -> bool:
        return True

    part = api_app(desk.api.tokens, desk.days.clock, stream.routes(), desk.api.watch.close)
    app: web.Application = build_web(
        slack=None, signing_secret=None, clock=desk.days.clock, ready=ready, parts={PREFIX: part}
    )
    token = await desk.token(desk.days.rita)
    async with TestClient(TestServer(app)) as client:
        with_own = replace(desk, client=client)
        async with with_own.stream(token) as events:
            assert await events.next()
            assert await events.next() == {"": "ping"}
            async with asyncio.timeout(30):
                await app.shutdown()
                while await events.next() is not None:
                    pass
        assert (await with_own.ask("GET", "/stream", token))[0] == 429
