"""The push door over real HTTP: who may knock, and what is made of what they say."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.adapters.google_push import Certificates, GooglePushVerifier
from handlers.gmail_push import gmail_push, read_hint
from services.metrics import GMAIL_PUSHES
from tests.security.google_key import ACCOUNT, AUDIENCE, NOW, Key, b64

OLD, NEW = Key("old"), Key("new")


@dataclass
class Mailboxes:
    """Takes hints for the mailboxes it knows."""

    seen: list[tuple[str, int]] = field(default_factory=list)

    async def hint(self, address: str, history_id: int) -> bool:
        self.seen.append((address, history_id))
        return address == "ana@sell.test"


@dataclass
class Door:
    url: str
    session: aiohttp.ClientSession
    mailboxes: Mailboxes
    published: dict[str, str]
    fetches: list[str]
    status: list[int]
    certificates: Certificates

    async def push(self, body: bytes, token: str | None) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        async with self.session.post(f"{self.url}/gmail/push", data=body, headers=headers) as got:
            return got.status


def envelope(address: str = "ana@sell.test", history_id: Any = 42) -> bytes:
    data = json.dumps({"emailAddress": address, "historyId": history_id}).encode()
    return json.dumps({"message": {"data": b64(data).decode(), "messageId": "1"}}).encode()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    published, fetches, status = {OLD.name: OLD.pem}, [], [200]

    async def certificates(request: web.Request) -> web.Response:
        fetches.append(request.method)
        age = {"Cache-Control": "public, max-age=3600"}
        return web.json_response(published, status=status[0], headers=age)

    app = web.Application()
    app.router.add_get("/certs", certificates)
    mailboxes = Mailboxes()
    runner = web.AppRunner(app)
    async with aiohttp.ClientSession() as session:
        held = Certificates(url="", session=lambda: session)
        verifier = GooglePushVerifier(audience=AUDIENCE, service_account=ACCOUNT, certificates=held)
        app.router.add_post("/gmail/push", gmail_push(mailboxes, verifier))
        app.router.add_post("/open", gmail_push(mailboxes, None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        held.url = f"{url}/certs"
        yield Door(url, session, mailboxes, published, fetches, status, held)
    await runner.cleanup()


async def test_a_good_push_is_a_hint_and_certificates_are_fetched_once(door: Door) -> None:
    for _ in range(5):
        assert await door.push(envelope(), OLD.token()) == 204
    assert door.mailboxes.seen == [("ana@sell.test", 42)] * 5
    assert len(door.fetches) == 1


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "garbage",
        "a.b.c",
        OLD.token(aud="https://elsewhere.test"),
        OLD.token(email="someone@project.iam.gserviceaccount.com"),
        OLD.token(email_verified=False),
        OLD.token(email_verified="true"),
        OLD.token(iss="https://evil.test"),
        OLD.token(exp=int(NOW.timestamp()) - 60, iat=int(NOW.timestamp()) - 600),
        NEW.token(kid="old"),
        NEW.token(),
        OLD.token()[:-8] + "AAAAAAAA",
    ],
)
async def test_a_push_that_proves_nothing_is_refused(door: Door, token: str | None) -> None:
    assert await door.push(envelope(), token) == 401
    assert door.mailboxes.seen == []


async def test_a_new_key_is_asked_for_once_and_strangers_cant_make_us_ask(door: Door) -> None:
    assert await door.push(envelope(), OLD.token()) == 204
    door.published[NEW.name] = NEW.pem
    door.certificates._fetched_at -= 60
    assert await door.push(envelope(), NEW.token()) == 204
    for n in range(5):
        assert await door.push(envelope(), NEW.token(kid=f"made-up-{n}")) == 401
    assert len(door.fetches) == 2


async def test_without_certificates_google_is_asked_to_come_again(door: Door) -> None:
    door.status[0] = 500
    assert await door.push(envelope(), OLD.token()) == 503
    door.status[0] = 200
    assert await door.push(envelope(), OLD.token()) == 204


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"message": {}}',
        b'{"message": {"data": 5}}',
        b'{"message": {"data": "%%%"}}',
        b'{"message": {"data": "bm90IGpzb24"}}',
        b"[" * 50_000,
        b"x" * 100_000,
        envelope(history_id="many"),
        envelope(history_id=-1),
        envelope(history_id=2**70),
        envelope(history_id=1e400),
        envelope(address="no address"),
        envelope(address="a@" + "b" * 1000),
    ],
)
async def test_nonsense_is_counted_and_never_asked_for_again(door: Door, body: bytes) -> None:
    before = GMAIL_PUSHES.labels("malformed")._value.get()
    assert await door.push(body, OLD.token()) == 204
    assert GMAIL_PUSHES.labels("malformed")._value.get() == before + 1
    assert door.mailboxes.seen == []


async def test_an_unknown_mailbox_is_counted(door: Door) -> None:
    before = GMAIL_PUSHES.labels("unknown")._value.get()
    assert await door.push(envelope("who@else.test"), OLD.token()) == 204
    assert GMAIL_PUSHES.labels("unknown")._value.get() == before + 1


async def test_without_a_verifier_every_push_is_taken(door: Door) -> None:
    async with door.session.post(f"{door.url}/open", data=envelope(history_id="7")) as answer:
        assert answer.status == 204
    assert door.mailboxes.seen == [("ana@sell.test", 7)]


def test_both_alphabets_of_base64_are_read() -> None:
    inner = json.dumps({"emailAddress": "a>?>?~~~@sell.test", "historyId": "9"}).encode()
    for coded in (base64.b64encode(inner), base64.urlsafe_b64encode(inner)):
        body = json.dumps({"message": {"data": coded.decode()}}).encode()
        hint = read_hint(body)
        assert hint is not None
        assert hint.history_id == 9


async def test_certificates_have_bounds(door: Door) -> None:
    """A list is none, more than anybody publishes is none; nothing of it ends in a 500."""
    for wrong in ({str(number): "x" * 1_000 for number in range(300)}, {}):
        door.published.clear()
        door.published.update(wrong)
        assert await door.push(envelope(), OLD.token()) in {401, 403, 503}
