"""Tokens against the sandbox, as Slack would have it: renewed while cards go out, refused for good,
and an install that is walked by a browser without scripts."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.adapters.slack import SlackChats, make_session
from bot.adapters.slack_install import SlackInstall
from db.session import Database
from handlers.acting import return_route
from handlers.installing import install_return, install_routes
from sandbox.app import build
from sandbox.clock import CLOCK
from sandbox.context import Settings
from sandbox.slack.openid import CLIENT_SECRET
from services.audit import AuditService
from services.errors import Forbidden, NotFound
from services.installs import InstallService
from services.ports import ChatMessage
from services.tenants import TenantService
from services.types.ids import TenantId
from services.vault import Vault, generate
from services.workspace_tokens import WorkspaceTokens
from tests.fakes.clock import FrozenClock, UuidIds
from tests.shared import VAULT

ADA, TEAM = "U0ADA", "T0ONE"


def workspace(team: str, bot: str, token: str, *users: dict[str, Any]) -> dict[str, Any]:
    return {
        "team": {"id": team, "name": team.title(), "domain": team.lower()},
        "bot": {"user_id": bot, "bot_id": f"B{bot}", "app_id": "A0BOT", "token": token},
        "users": list(users),
    }


def person(user: str, **more: Any) -> dict[str, Any]:
    name = user.removeprefix("U0").lower()
    return {"id": user, "name": name, "real_name": name, "email": f"{name}@x.example", **more}


STORY = {
    **workspace("T0ZERO", "U0BOTZERO", "xoxb-0", person("U0ZOE")),
    "others": [
        workspace(TEAM, "U0BOTONE", "", person(ADA, is_admin=True), person("U0GUS")),
        workspace("T0TWO", "U0BOTTWO", "", person("U0BEA")),
    ],
}


@dataclass
class World:
    """Slack, the product's door, a browser in front of both."""

    slack: TestServer
    door: TestServer
    browser: aiohttp.ClientSession
    chats: SlackChats
    tenants: TenantService
    clock: FrozenClock

    async def control(self, path: str, **body: Any) -> None:
        url = self.slack.make_url(f"/control/slack/{path}")
        async with self.browser.post(url, json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def look(self, path: str, **query: str) -> Any:
        url = self.slack.make_url(path)
        async with self.browser.get(url, params=query) as answer:
            return await answer.json()

    async def offered(self) -> str:
        """The address behind the button."""
        async with self.browser.get(self.door.make_url("/slack/install")) as page:
            assert page.status == 200
            (found,) = re.findall(r'class="button" href="([^"]+)"', await page.text())
        return unescape(found)

    async def choose(self, url: str, who: str, do: str = "allow", **more: str) -> str:
        """In Slack: this person says yes or no; returns where the browser is sent."""
        form = {"who": who, "do": do, **more}
        async with self.browser.post(url, data=form, allow_redirects=False) as answer:
            return answer.headers["Location"]

    async def back(self, url: str) -> tuple[int, str]:
        async with self.browser.get(url) as page:
            return page.status, await page.text()

    async def install(self, who: str = f"{TEAM}/{ADA}") -> TenantId:
        status, page = await self.back(await self.choose(await self.offered(), who))
        assert (status, "is connected" in page) == (200, True), page
        tenant_id = await self.tenants.find(who.partition("/")[0])
        assert tenant_id is not None
        return tenant_id

    async def post(self, tenant_id: TenantId, text: str = "hello", user: str = ADA) -> None:
        chat = await self.chats.of(tenant_id)
        await chat.post(await chat.open_dm(user), ChatMessage(text=text, blocks=()))

    async def calls(self, method: str) -> list[dict[str, Any]]:
        found = await self.look("/control/slack/calls", method=method)
        return list(found["calls"])


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "slack.json").write_text(json.dumps(STORY))
    settings = Settings(bot_url="http://127.0.0.1:1", signing_secret="s", story=tmp_path)
    sandbox = build(settings)
    clock = FrozenClock(datetime.fromtimestamp(sandbox[CLOCK].now(), UTC))
    ids, vault = UuidIds(), Vault.parse(generate())
    tenants = TenantService(db=database, clock=clock, ids=ids, vault=vault)
    port = unused_port()
    async with TestServer(sandbox) as slack, make_session() as session:
        settings.url = str(slack.make_url("")).rstrip("/")
        gateway = SlackInstall(
            session=lambda: session,
            api_url=f"{settings.url}/api/",
            client_id="1.2",
            client_secret=CLIENT_SECRET,
            redirect_uri=f"http://127.0.0.1:{port}/slack/oauth_redirect",
            clock=clock,
        )
        tokens = WorkspaceTokens(
            db=database,
            clock=clock,
            ids=ids,
            vault=vault,
            audit=AuditService(database, clock, ids, VAULT),
            gateway=gateway,
        )
        chats = SlackChats(
            session=session, base_url=f"{settings.url}/api/", clock=clock, tokens=tokens
        )
        installs = InstallService(
            db=database, clock=clock, tenants=tenants, gateway=gateway, chat_with=chats.with_token
        )
        app = web.Application()
        app.add_routes(install_routes(installs, secure=False))
        app.add_routes([return_route(install_return(installs, secure=False))])
        jar = aiohttp.CookieJar(unsafe=True)
        async with (
            TestServer(app, port=port) as door,
            aiohttp.ClientSession(cookie_jar=jar) as browser,
        ):
            yield World(
                slack=slack,
                door=door,
                browser=browser,
                chats=chats,
                tenants=tenants,
                clock=clock,
            )


async def test_a_browser_installs_and_the_bot_may_write(world: World) -> None:
    tenant_id = await world.install()
    await world.post(tenant_id)
    (call,) = await world.calls("oauth.v2.access")
    assert "client_id" in call["body"]
    state = await world.look("/ui/slack/state", user=ADA)
    assert state["team"]["id"] == TEAM
    assert state["installed"]
    assert [team["installed"] for team in state["teams"]] == [True, True, False]


async def test_the_return_played_eight_times_at_once_installs_once(world: World) -> None:
    back = await world.choose(await world.offered(), f"{TEAM}/{ADA}")
    pages = await asyncio.gather(*(world.back(back) for _ in range(8)))
    assert sorted(status for status, _ in pages) == [200] + [410] * 7
    assert all("This visit changed nothing" in page for status, page in pages if status == 410)
    assert len(await world.calls("oauth.v2.access")) == 1


async def test_another_browser_a_forged_state_and_a_no_store_nothing(world: World) -> None:
    back = await world.choose(await world.offered(), f"{TEAM}/{ADA}")
    async with aiohttp.ClientSession() as stranger, stranger.get(back) as page:
        assert page.status == 410
    assert (await world.back(re.sub("state=install.", "state=install.A", back)))[0] == 410
    declined = await world.choose(await world.offered(), "", "cancel")
    status, page = await world.back(declined)
    assert (status, "You declined in Slack" in page) == (403, True)
    assert await world.tenants.find(TEAM) is None
    assert await world.calls("oauth.v2.access") == []


async def test_what_slack_gives_wrongly_is_not_kept(world: World) -> None:
    org = await world.choose(await world.offered(), f"{TEAM}/{ADA}", org="1")
    assert "one workspace at a time" in (await world.back(org))[1]
    await world.control("oauth", leave_out=["chat:write"])
    less = await world.choose(await world.offered(), f"{TEAM}/{ADA}")
    assert "chat:write" in (await world.back(less))[1]
    await world.control("oauth", leave_out=[])
    assert await world.tenants.find(TEAM) is None
    tokens = (await world.look("/control/slack/tokens"))["tokens"]
    assert [token["state"] for token in tokens] == ["live", "token_revoked", "token_revoked"]


async def test_slack_that_fails_on_the_way_is_a_page_and_nothing_more(world: World) -> None:
    await world.control("faults", method="oauth.v2.access", kind="http_500")
    back = await world.choose(await world.offered(), f"{TEAM}/{ADA}")
    status, page = await world.back(back)
    assert (status, "Try again in a moment" in page) == (503, True)
    assert await world.tenants.find(TEAM) is None


async def test_a_token_that_ends_is_renewed_while_cards_go_out(world: World) -> None:
    await world.control("oauth", rotation=True)
    tenant_id = await world.install()
    await world.post(tenant_id)
    await world.control("tokens", team=TEAM, state="token_expired")
    await asyncio.gather(*(world.post(tenant_id, f"card {n}") for n in range(4)))
    assert len(await world.calls("oauth.v2.access")) == 2
    sent = [c["body"]["text"] for c in await world.calls("chat.postMessage") if not c["error"]]
    assert sorted(sent) == ["card 0", "card 1", "card 2", "card 3", "hello"]


async def test_a_lost_answer_leaves_a_way_back(world: World) -> None:
    """Slack has renewed it, the answer never came: the refresh token still works until what it gave
    has been used."""
    await world.control("oauth", rotation=True)
    tenant_id = await world.install()
    world.clock.move(timedelta(hours=11, minutes=55))
    await world.control("faults", method="oauth.v2.access", kind="drop_after_accept")
    await world.post(tenant_id, "with the old one")
    world.clock.move(timedelta(minutes=2))
    await world.post(tenant_id, "with the new one")
    assert len(await world.calls("oauth.v2.access")) == 3
    tokens = (await world.look("/control/slack/tokens", team=TEAM))["tokens"]
    assert [token["used"] for token in tokens] == [True, False, True]


@pytest.mark.parametrize("state", ["invalid_auth", "account_inactive", "token_revoked"])
async def test_a_token_refused_for_good_is_asked_with_once(world: World, state: str) -> None:
    tenant_id = await world.install()
    other = await world.install("T0TWO/U0BEA")
    await world.post(tenant_id)
    await world.control("tokens", team=TEAM, state=state)
    with pytest.raises(Forbidden, match=state):
        await world.post(tenant_id)
    for _ in range(3):
        with pytest.raises(NotFound, match="taken back"):
            await world.post(tenant_id)
    refused = [c for c in await world.calls("conversations.open") if c["error"] == state]
    assert len(refused) == 1
    await world.post(other, user="U0BEA")
    assert await world.install() == tenant_id
    await world.post(tenant_id)


async def test_a_workspaces_token_opens_that_workspace_alone(world: World) -> None:
    tenant_id, other = await world.install(), await world.install("T0TWO/U0BEA")
    await world.post(tenant_id)
    with pytest.raises(NotFound):
        await world.post(other)
    with pytest.raises(NotFound):
        await (await world.chats.of(other)).person(ADA)
