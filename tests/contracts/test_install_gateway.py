"""What every InstallGateway keeps: the URL asks for what the manifest says, a code counts once, a
token is renewed by what came with it, and refusals are told from failures."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.adapters.slack_install import SlackInstall
from db.session import Database
from sandbox.app import build
from sandbox.clock import CLOCK
from sandbox.context import Settings
from sandbox.slack.openid import CLIENT_SECRET
from services.errors import Forbidden, InvalidInput, TransientError
from services.oauth_ports import InstallGateway
from services.types.installs import BOT_SCOPES
from tests.fakes.clock import FrozenClock
from tests.fakes.installs import FakeInstall

TEAM, USER = "T0SANDBOX", "U0MAYA"
BACK = "http://127.0.0.1:1/slack/oauth_redirect"
STORY = {
    "team": {"id": TEAM, "name": "Sandbox", "domain": "sandbox"},
    "bot": {"user_id": "U0BOT", "bot_id": "B0BOT", "app_id": "A0BOT", "token": "xoxb-1"},
    "users": [{"id": USER, "name": "maya", "real_name": "Maya Lindt", "email": "m@x.example"}],
}
HALF_A_DAY = timedelta(hours=12)


@dataclass
class Place:
    """A gateway, a browser in front of it, and a way to make the other side fail. `allow` is told
    "1" where it is to be for the whole organisation."""

    gateway: InstallGateway
    clock: FrozenClock
    allow: Callable[[str, str], Awaitable[str]]
    fail_next: Callable[[], Awaitable[None]]


def _fake() -> Place:
    clock = FrozenClock()
    fake = FakeInstall(clock=clock, lasts=HALF_A_DAY)

    async def allow(_url: str, org: str) -> str:
        return fake.allow(team_id=TEAM, user_id=USER, org_wide=bool(org))

    async def fail() -> None:
        fake.trouble.append(TransientError("down"))

    return Place(fake, clock, allow, fail)


@dataclass
class Wire:
    """The sandbox and the adapter that speaks to it."""

    session: aiohttp.ClientSession
    server: TestServer
    clock: FrozenClock

    def adapter(self, secret: str = CLIENT_SECRET) -> SlackInstall:
        return SlackInstall(
            session=lambda: self.session,
            api_url=str(self.server.make_url("/api/")),
            client_id="1.2",
            client_secret=secret,
            redirect_uri=BACK,
            clock=self.clock,
        )

    async def allow(self, url: str, org: str = "") -> str:
        """Read the page, choose Maya, and read the code out of the way back."""
        async with self.session.get(url) as page:
            assert "Maya Lindt" in await page.text()
        form = {"who": f"{TEAM}/{USER}", "do": "allow", "org": org}
        async with self.session.post(url, data=form, allow_redirects=False) as answer:
            query = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert query["state"] == parse_qs(urlsplit(url).query)["state"]
        return query["code"][0]

    async def control(self, path: str, **body: object) -> None:
        async with self.session.post(self.server.make_url(path), json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def fail(self) -> None:
        await self.control("/control/slack/faults", method="oauth.v2.access", kind="http_500")


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    (tmp_path / "slack.json").write_text(json.dumps(STORY))
    app = build(Settings(bot_url=BACK, signing_secret="s", story=tmp_path))
    clock = FrozenClock(datetime.fromtimestamp(app[CLOCK].now(), UTC))
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        made = Wire(session=session, server=server, clock=clock)
        await made.control("/control/slack/oauth", rotation=True)
        yield made


@pytest.fixture(params=["fake", "slack"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "fake":
        return _fake()
    made: Wire = request.getfixturevalue("wire")
    return Place(made.adapter(), made.clock, made.allow, made.fail)


async def code(place: Place, org: str = "") -> str:
    url = place.gateway.authorize_url(state="install.s1", team_id=None)
    return await place.allow(url, org)


async def test_the_url_asks_for_bot_scopes_alone(place: Place) -> None:
    url = place.gateway.authorize_url(state="install.s1", team_id=TEAM)
    query = parse_qs(urlsplit(url).query)
    assert query["scope"] == [",".join(BOT_SCOPES)]
    assert query["state"] == ["install.s1"]
    assert query["client_id"] == ["1.2"]
    assert query["team"] == [TEAM]
    assert "user_scope" not in query
    anywhere = place.gateway.authorize_url(state="install.s1", team_id=None)
    assert "team" not in parse_qs(urlsplit(anywhere).query)


async def test_a_code_tells_what_was_given_once(place: Place) -> None:
    brought = await code(place)
    given = await place.gateway.exchange(brought)
    assert (given.team_id, given.installer_id) == (TEAM, USER)
    assert given.bot_user_id == "U0BOT"
    assert given.scopes == set(BOT_SCOPES)
    assert not given.org_wide
    assert given.grant.token
    assert given.grant.refresh_token
    assert given.grant.expires_at == place.clock.now() + HALF_A_DAY
    with pytest.raises(Forbidden):
        await place.gateway.exchange(brought)


async def test_an_install_for_a_whole_organisation_names_no_workspace(place: Place) -> None:
    given = await place.gateway.exchange(await code(place, "1"))
    assert given.org_wide
    assert given.team_id is None
    await place.gateway.revoke(given.grant.token)


async def test_what_nobody_gave_is_refused(place: Place) -> None:
    with pytest.raises(Forbidden):
        await place.gateway.exchange("1.made-up")
    with pytest.raises(Forbidden):
        await place.gateway.refresh("xoxe-made-up")


async def test_a_failure_passes(place: Place) -> None:
    brought = await code(place)
    await place.fail_next()
    with pytest.raises(TransientError):
        await place.gateway.exchange(brought)
    assert (await place.gateway.exchange(brought)).team_id == TEAM


async def test_a_token_is_renewed_by_what_came_with_it(place: Place) -> None:
    first = (await place.gateway.exchange(await code(place))).grant
    second = await place.gateway.refresh(first.refresh_token or "")
    assert second.token != first.token
    assert second.refresh_token not in {None, first.refresh_token}
    third = await place.gateway.refresh(second.refresh_token or "")
    assert third.expires_at == place.clock.now() + HALF_A_DAY


async def test_a_token_given_back_is_gone(place: Place) -> None:
    given = await place.gateway.exchange(await code(place))
    await place.gateway.revoke(given.grant.token)
    with pytest.raises(Forbidden):
        await place.gateway.revoke(given.grant.token)


async def test_nobody_is_asked_inside_a_transaction(place: Place, database: Database) -> None:
    async with database.transaction(uuid4()):
        with pytest.raises(RuntimeError, match="transaction"):
            await place.gateway.exchange("1.code")


async def test_slack_that_is_not_there_is_a_failure(wire: Wire) -> None:
    gateway = SlackInstall(
        session=lambda: wire.session,
        api_url="http://127.0.0.1:1/api/",
        client_id="1.2",
        client_secret="s",
        redirect_uri=BACK,
        clock=wire.clock,
    )
    with pytest.raises(TransientError):
        await gateway.exchange("1.code")


async def test_our_own_credentials_refused_is_nobodys_fault_but_ours(wire: Wire) -> None:
    gateway = wire.adapter(secret="wrong")
    brought = await wire.allow(gateway.authorize_url(state="s", team_id=None))
    with pytest.raises(InvalidInput, match="SLACK_CLIENT_SECRET"):
        await gateway.exchange(brought)
    with pytest.raises(InvalidInput):
        await gateway.refresh("xoxe-1")


async def test_a_code_of_another_address_is_refused(wire: Wire) -> None:
    url = wire.adapter().authorize_url(state="s", team_id=None).replace("%3A1%2F", "%3A2%2F")
    with pytest.raises(InvalidInput):
        await wire.adapter().exchange(await wire.allow(url))


async def test_tokens_that_never_end_come_without_what_renews_them(wire: Wire) -> None:
    await wire.control("/control/slack/oauth", rotation=False)
    gateway = wire.adapter()
    url = gateway.authorize_url(state="s", team_id=None)
    grant = (await gateway.exchange(await wire.allow(url))).grant
    assert (grant.refresh_token, grant.expires_at) == (None, None)


def test_the_pages_are_on_the_origin_of_the_api() -> None:
    gateway = SlackInstall(
        session=lambda: pytest.fail("no call is made"),
        api_url="https://slack.com/api/",
        client_id="1.2",
        client_secret="s",
        redirect_uri=None,
        clock=FrozenClock(),
    )
    url = gateway.authorize_url(state="s", team_id=None)
    assert url.startswith("https://slack.com/oauth/v2/authorize?client_id=1.2&scope=")
    assert "redirect_uri" not in url
    assert gateway.app_url(team_id="T1", app_id="A1") == (
        "https://slack.com/app_redirect?app=A1&team=T1"
    )
