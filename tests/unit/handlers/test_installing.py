"""The install's door: what it leaves in the browser, and that a page comes whatever happens."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from handlers.acting import return_route
from handlers.installing import install_return, install_routes
from services.installs import InstallBegun, Returned
from services.types.installs import InstallPage, InstallStep


@dataclass
class Installs:
    """The service as the door sees it."""

    answer: InstallPage | Exception = field(
        default_factory=lambda: InstallPage(step=InstallStep.ADMIN, team="New Co")
    )
    begun: list[str] = field(default_factory=list)
    returned: list[Returned] = field(default_factory=list)

    async def begin(self, team: str) -> InstallBegun | InstallPage:
        self.begun.append(team)
        if isinstance(self.answer, InstallPage) and self.answer.step is InstallStep.NOT_SET_UP:
            return self.answer
        page = InstallPage(step=InstallStep.OFFER, url="https://slack.test/oauth")
        return InstallBegun(page=page, cookie_name="understudy_install_1", cookie="c1")

    async def finish(self, returned: Returned) -> InstallPage:
        self.returned.append(returned)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def installs() -> Installs:
    return Installs()


@pytest.fixture
async def client(installs: Installs) -> AsyncIterator[TestClient[Any, Any]]:
    app = web.Application()
    service: Any = installs
    app.add_routes(install_routes(service, secure=True))
    app.add_routes([return_route(install_return(service, secure=True))])
    async with TestClient(TestServer(app)) as made:
        yield made


def guarded(headers: Any) -> None:
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"


async def test_the_offer_leaves_a_cookie_that_only_the_way_back_gets(
    client: TestClient[Any, Any], installs: Installs
) -> None:
    async with client.get("/slack/install", params={"team": "T1"}) as answer:
        assert answer.status == 200
        assert "Add to Slack" in await answer.text()
        guarded(answer.headers)
        cookie = answer.cookies["understudy_install_1"]
    assert (cookie["path"], cookie["samesite"]) == ("/slack/oauth_redirect", "Lax")
    assert cookie["httponly"]
    assert cookie["secure"]
    assert int(cookie["max-age"]) == 600
    assert installs.begun == ["T1"]


async def test_looking_with_head_begins_nothing(
    client: TestClient[Any, Any], installs: Installs
) -> None:
    async with client.head("/slack/install") as answer:
        assert answer.status == 405
    assert installs.begun == []


async def test_not_set_up_is_a_page_without_a_cookie(
    client: TestClient[Any, Any], installs: Installs
) -> None:
    installs.answer = InstallPage(step=InstallStep.NOT_SET_UP, sentence="Set SLACK_CLIENT_ID.")
    async with client.get("/slack/install") as answer:
        assert answer.status == 503
        assert "Set SLACK_CLIENT_ID." in await answer.text()
        assert not answer.cookies


async def test_the_way_back_hands_over_what_came(
    client: TestClient[Any, Any], installs: Installs
) -> None:
    query = {"state": "install.s", "code": "1.2", "error": ""}
    headers = {"Cookie": "understudy_install_1=c1; other=x"}
    async with client.get("/slack/oauth_redirect", params=query, headers=headers) as answer:
        assert answer.status == 200
        assert "New Co is connected" in await answer.text()
        guarded(answer.headers)
    (returned,) = installs.returned
    assert (returned.state, returned.code, returned.error) == ("install.s", "1.2", "")
    assert returned.cookies["understudy_install_1"] == "c1"


async def test_a_state_of_nobody_is_nobodys(
    client: TestClient[Any, Any], installs: Installs
) -> None:
    async with client.get("/slack/oauth_redirect", params={"state": "x"}) as answer:
        assert answer.status == 403
    assert installs.returned == []


async def test_a_fault_of_ours_is_a_page_that_tells_nothing_of_it(
    client: TestClient[Any, Any], installs: Installs
) -> None:
    installs.answer = RuntimeError("secret words")
    async with client.get("/slack/oauth_redirect", params={"state": "install.s"}) as answer:
        assert answer.status == 503
        page = await answer.text()
    assert "secret words" not in page
    assert "Begin again" in page
