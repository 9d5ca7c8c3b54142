"""Connecting an account at Google: the same promises, kept in memory and by the adapter against the
sandbox, whose page is filled in as a person would."""

import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.gmail import GmailGateways
from bot.adapters.google_consent import GoogleConsent
from db.session import Database
from sandbox.gmail.auth import CLIENT_ID, CLIENT_SECRET
from sandbox.gmail.routes import attach
from services.consent_port import ConsentGateway
from services.errors import Forbidden, TransientError
from tests.fakes.consent import FakeConsent

REP = "rep@acme-sales.test"
BACK = "http://127.0.0.1:3000/gmail/oauth_redirect"
VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the sandbox is a real server with real time


@dataclass
class Place:
    gateway: ConsentGateway
    browse: Callable[..., Awaitable[dict[str, str]]]
    fail_next: Callable[[], Awaitable[None]]
    base: str = ""


@pytest.fixture(params=["memory", "http"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    if request.param == "memory":
        fake = FakeConsent()

        async def allow(url: str, *, scopes: tuple[str, ...] | None = None) -> dict[str, str]:
            return {"code": fake.allow(url, REP, scopes=scopes)}

        async def plan() -> None:
            fake.trouble.append(TransientError("away"))

        yield Place(fake, allow, plan)
        return
    app = web.Application()
    attach(app)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        base = str(server.make_url("/")).rstrip("/")

        async def control(path: str, **body: object) -> None:
            async with session.post(f"{base}/control/gmail/{path}", json=body) as answer:
                assert answer.status == 200

        await control("mailboxes", email=REP, name="Rep", kind="rep")

        async def browse(url: str, *, scopes: tuple[str, ...] | None = None) -> dict[str, str]:
            """Read the page, choose the account, tick, go back."""
            async with session.get(url) as page:
                text = await page.text()
                assert REP in text
                assert "Read, compose, and send emails" in text
            asked = parse_qs(urlsplit(url).query)["scope"][0].split()
            form = [("account", REP), ("do", "allow")]
            form += [("scope", scope) for scope in (asked if scopes is None else scopes)]
            async with session.post(url, data=form, allow_redirects=False) as answer:
                location = answer.headers["Location"]
            assert location.startswith(BACK)
            return {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}

        async def fail() -> None:
            await control("faults", op="token", kind="http_500")

        yield Place(_adapter(session, base), browse, fail, base)


def _adapter(
    session: aiohttp.ClientSession, base: str, client_secret: str = CLIENT_SECRET
) -> GoogleConsent:
    return GoogleConsent(
        session=lambda: session,
        clock=WallClock(),
        client_id=CLIENT_ID,
        client_secret=client_secret,
        auth_url=f"{base}/o/oauth2/v2/auth",
        token_url=f"{base}/token",
        revoke_url=f"{base}/revoke",
        redirect_uri=BACK,
    )


def _url(place: Place) -> str:
    return place.gateway.authorize_url(state="s1", challenge=CHALLENGE, login_hint=REP)


async def test_the_least_is_asked_for_and_it_lasts(place: Place):
    query = parse_qs(urlsplit(_url(place)).query)
    assert query["scope"] == ["https://www.googleapis.com/auth/gmail.modify"]
    assert query["response_type"] == ["code"]
    assert query["access_type"] == ["offline"]
    assert query["prompt"] == ["consent"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["code_challenge"] == [CHALLENGE]
    assert (query["state"], query["login_hint"]) == (["s1"], [REP])
    assert "include_granted_scopes" not in query


async def test_a_code_is_good_once_and_with_its_verifier_only(place: Place):
    back = await place.browse(_url(place))
    with pytest.raises(Forbidden):
        await place.gateway.exchange(back["code"], "x" * 64)
    back = await place.browse(_url(place))
    granted = await place.gateway.exchange(back["code"], VERIFIER)
    assert granted.scopes == {place.gateway.scope}
    assert granted.credentials.token
    assert granted.credentials.refresh_token
    with pytest.raises(Forbidden):
        await place.gateway.exchange(back["code"], VERIFIER)
    # Asked again, Google gives lasting access again.
    again = await place.gateway.exchange((await place.browse(_url(place)))["code"], VERIFIER)
    assert again.credentials.refresh_token


async def test_what_was_unticked_is_told(place: Place):
    back = await place.browse(_url(place), scopes=())
    granted = await place.gateway.exchange(back["code"], VERIFIER)
    assert granted.scopes == frozenset()


async def test_a_failure_passes_and_a_made_up_code_is_refused(place: Place):
    await place.fail_next()
    with pytest.raises(TransientError):
        await place.gateway.exchange("4/x", VERIFIER)
    with pytest.raises(Forbidden):
        await place.gateway.exchange("4/made-up", VERIFIER)


async def test_nobody_is_asked_inside_a_transaction(place: Place, database: Database):
    async with database.transaction(uuid4()):
        with pytest.raises(RuntimeError, match="transaction"):
            await place.gateway.exchange("code", VERIFIER)


@pytest.mark.parametrize("place", ["http"], indirect=True)
async def test_revoking_ends_the_grant_and_a_second_time_is_no_fault(place: Place):
    back = await place.browse(_url(place))
    granted = (await place.gateway.exchange(back["code"], VERIFIER)).credentials
    gateways = GmailGateways(f"{place.base}/", WallClock(), timeout=3)
    assert (await gateways.refresh(granted)).token != granted.token
    await place.gateway.revoke(granted.refresh_token or "")
    with pytest.raises(Forbidden):
        await gateways.refresh(granted)
    await place.gateway.revoke(granted.refresh_token or "")
    gateways.close()


async def test_a_wrong_secret_is_refused_and_a_google_that_is_away_passes():
    app = web.Application()
    attach(app)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        base = str(server.make_url("/")).rstrip("/")
        with pytest.raises(Forbidden):
            await _adapter(session, base, "wrong").exchange("4/x", VERIFIER)
        with pytest.raises(TransientError):
            await _adapter(session, "http://127.0.0.1:1").exchange("4/x", VERIFIER)
