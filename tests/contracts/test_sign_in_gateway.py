"""What every SignInGateway keeps: the URL carries what must come back, a code tells who it is once,
refusals are told from failures."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.adapters.slack_openid import SlackSignIn
from db.session import Database
from sandbox.app import build
from sandbox.context import Settings
from sandbox.slack.openid import CLIENT_SECRET
from services.errors import Forbidden, TransientError
from services.oauth_ports import SignInGateway
from tests.fakes.sign_in import FakeSignIn

TEAM, USER, EMAIL = "T0SANDBOX", "U0MAYA", "maya@brightdesk.example"
BACK = "http://127.0.0.1:1/slack/oauth_redirect"
STORY = {
    "team": {"id": TEAM, "name": "Sandbox", "domain": "sandbox"},
    "bot": {"user_id": "U0BOT", "bot_id": "B0BOT", "app_id": "A0BOT", "token": "xoxb-1"},
    "users": [{"id": USER, "name": "maya", "real_name": "Maya Lindt", "email": EMAIL}],
    "channels": [],
    "command": "/understudy",
}


@dataclass
class Place:
    """A gateway, a browser in front of it, and a way to make the other side fail."""

    gateway: SignInGateway
    browse: Callable[[str], Awaitable[str]]
    fail_next: Callable[[], Awaitable[None]]


@pytest.fixture(params=["fake", "slack"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    if request.param == "fake":
        fake = FakeSignIn()

        async def browse_fake(url: str) -> str:
            return fake.come_back(url, team_id=TEAM, user_id=USER, email=EMAIL)

        async def fail_fake() -> None:
            fake.trouble.append(TransientError("down"))

        yield Place(fake, browse_fake, fail_fake)
        return
    (tmp_path / "slack.json").write_text(json.dumps(STORY))
    server = TestServer(build(Settings(bot_url=BACK, signing_secret="s", story=tmp_path)))
    async with server, aiohttp.ClientSession() as session:

        async def browse(url: str) -> str:
            """Read the page, choose Maya, and read the code out of the way back."""
            async with session.get(url) as page:
                assert "Maya Lindt" in await page.text()
            async with session.post(url, data={"user": USER}, allow_redirects=False) as answer:
                query = parse_qs(urlsplit(answer.headers["Location"]).query)
            assert query["state"] == parse_qs(urlsplit(url).query)["state"]
            return query["code"][0]

        async def fail() -> None:
            fault = {"method": "openid.connect.token", "kind": "http_500"}
            url = server.make_url("/control/slack/faults")
            async with session.post(url, json=fault) as answer:
                assert answer.status == 200

        yield Place(_adapter(session, str(server.make_url("/api/"))), browse, fail)


def _adapter(
    session: aiohttp.ClientSession, api_url: str, client_secret: str = CLIENT_SECRET
) -> SlackSignIn:
    return SlackSignIn(
        session=lambda: session,
        api_url=api_url,
        client_id="1.2",
        client_secret=client_secret,
        redirect_uri=BACK,
    )


def _url(place: Place, nonce: str = "n1") -> str:
    return place.gateway.authorize_url(state="act.s1", nonce=nonce, team_id=TEAM)


async def test_the_url_carries_what_comes_back(place: Place):
    query = parse_qs(urlsplit(_url(place)).query)
    assert query["state"] == ["act.s1"]
    assert query["nonce"] == ["n1"]
    assert query["team"] == [TEAM]
    assert query["scope"] == ["openid profile email"]


async def test_a_code_tells_who_it_is_once(place: Place):
    code = await place.browse(_url(place, "n7"))
    person = await place.gateway.exchange(code)
    assert (person.team_id, person.user_id, person.email) == (TEAM, USER, EMAIL)
    assert person.nonce == "n7"
    with pytest.raises(Forbidden):
        await place.gateway.exchange(code)


async def test_a_code_of_nobody_is_refused(place: Place):
    with pytest.raises(Forbidden):
        await place.gateway.exchange("1.made-up")


async def test_a_failure_passes(place: Place):
    code = await place.browse(_url(place))
    await place.fail_next()
    with pytest.raises(TransientError):
        await place.gateway.exchange(code)
    assert (await place.gateway.exchange(code)).user_id == USER


async def test_nobody_is_asked_inside_a_transaction(place: Place, database: Database):
    async with database.transaction(uuid4()):
        with pytest.raises(RuntimeError, match="transaction"):
            await place.gateway.exchange("1.code")


async def test_slack_that_is_not_there_is_a_failure():
    async with aiohttp.ClientSession() as session:
        with pytest.raises(TransientError):
            await _adapter(session, "http://127.0.0.1:1/api/").exchange("1.code")


async def test_a_wrong_secret_is_refused(tmp_path: Path):
    (tmp_path / "slack.json").write_text(json.dumps(STORY))
    server = TestServer(build(Settings(bot_url=BACK, signing_secret="s", story=tmp_path)))
    async with server, aiohttp.ClientSession() as session:
        adapter = _adapter(session, str(server.make_url("/api/")), "wrong")
        with pytest.raises(Forbidden):
            await adapter.exchange("1.code")


def test_the_page_is_on_the_origin_of_the_api():
    gateway = SlackSignIn(
        session=lambda: pytest.fail("no call is made"),
        api_url="https://slack.com/api/",
        client_id="1.2",
        client_secret="s",
        redirect_uri=BACK,
    )
    url = gateway.authorize_url(state="s", nonce="n", team_id="T1")
    assert url.startswith("https://slack.com/openid/connect/authorize?response_type=code&")
