"""The doors of connecting: what a browser keeps, what a scanner can't do, how pages leave."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from db.models.mailboxes import ConnectAttempt, Mailbox
from db.session import Database
from handlers.connecting import COOKIE, connect_routes
from tests.fakes.mail import FakeMailboxes
from tests.integration.services.office import Office


@pytest.fixture
async def office(database: Database) -> Office:
    office = await Office(database, FakeMailboxes()).open()
    office.world.add("ana@sell.test")
    return office


@pytest.fixture
async def browser(office: Office) -> AsyncIterator[TestClient]:
    app = web.Application()
    app.router.add_routes(connect_routes(office.connecting(), secure=False))
    async with TestClient(TestServer(app)) as client:
        yield client


def door(office: Office) -> str:
    parts = urlsplit(office.facts().links.url(office.tenant, office.made["ana"], "own"))
    return f"{parts.path}?{parts.query}"


def state(location: str) -> str:
    return dict(part.split("=", 1) for part in urlsplit(location).query.split("&"))["state"]


async def test_from_home_to_google_and_back(office: Office, browser: TestClient) -> None:
    gone = await browser.get(door(office), allow_redirects=False)
    assert gone.status == 302
    cookie = gone.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/gmail")
    assert gone.headers["Cache-Control"] == "no-store"
    url = gone.headers["Location"]
    query = f"state={state(url)}&code={office.consent.allow(url, 'ana@sell.test')}"
    answers = await asyncio.gather(
        *(browser.get(f"/gmail/oauth_redirect?{query}") for _ in range(8))
    )
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7
    page = next(answer for answer in answers if answer.status == 200)
    assert "Your mailbox is connected" in await page.text()
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert len(await office.all(Mailbox)) == 1


async def test_a_scanner_begins_nothing_and_strangers_get_pages(
    office: Office, browser: TestClient
) -> None:
    assert (await browser.head(door(office))).status == 405
    assert (await browser.post(door(office))).status == 405
    assert await office.all(ConnectAttempt) == []
    for path, status in (
        ("/gmail/connect", 400),
        ("/gmail/connect?link=%00%ff", 400),
        ("/gmail/oauth_redirect", 400),
        ("/gmail/oauth_redirect?state=x&code=y", 400),
        ("/gmail/oauth_redirect?error=access_denied", 400),
    ):
        answer = await browser.get(path)
        assert answer.status == status, path
        assert '<h1 dir="auto">' in await answer.text()
    office.consent.trouble = [ValueError("a fault of ours")]
    url = (await browser.get(door(office), allow_redirects=False)).headers["Location"]
    broken = await browser.get(f"/gmail/oauth_redirect?state={state(url)}&code=c")
    assert broken.status == 503
    assert "Nothing was stored" in await broken.text()
    assert await office.all(Mailbox) == []


async def test_saying_no_and_coming_in_another_browser(office: Office, browser: TestClient) -> None:
    url = (await browser.get(door(office), allow_redirects=False)).headers["Location"]
    code = office.consent.allow(url, "ana@sell.test")
    back = str(browser.make_url("/gmail/oauth_redirect"))
    async with aiohttp.ClientSession() as other:
        answer = await other.get(f"{back}?state={state(url)}&code={code}")
        assert answer.status == 400
    answer = await browser.get(f"/gmail/oauth_redirect?state={state(url)}&error=access_denied")
    assert answer.status == 403
    assert "You said no" in await answer.text()
    assert await office.all(Mailbox) == []
