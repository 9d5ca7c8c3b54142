"""The whole way in on real parts: Google's client, the sandbox's Gmail, a push at our door."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.adapters.gmail import GmailGateways
from bot.adapters.google_push import Certificates, GooglePushVerifier
from db.models.cards import Card
from db.session import Database
from handlers.gmail_push import gmail_push
from sandbox.gmail.routes import attach
from services.ports import MailboxCredentials
from tests.integration.services.office import Office, eml

REP = "ana@sell.test"
AUDIENCE = "https://understudy.test/gmail/push"
ACCOUNT = "gmail-push@sandbox.iam.gserviceaccount.com"
FIELDS = ("token", "refresh_token", "token_uri", "client_id", "client_secret")


@dataclass
class Google:
    url: str
    session: aiohttp.ClientSession

    async def control(self, path: str, **body: Any) -> Any:
        async with self.session.post(f"{self.url}/control/gmail/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def deliver(self, raw: bytes) -> None:
        coded = base64.b64encode(raw).decode()
        await self.control("deliver", mailbox=REP, eml_base64=coded, auth="keep")

    async def credentials(self) -> MailboxCredentials:
        async with self.session.get(f"{self.url}/control/gmail/credentials/{REP}") as answer:
            given = await answer.json()
        return MailboxCredentials(**{name: given[name] for name in FIELDS})


async def _serve(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture
async def google() -> AsyncIterator[Google]:
    app = web.Application(client_max_size=64 * 1024 * 1024)
    attach(app)
    runner, url = await _serve(app)
    async with aiohttp.ClientSession() as session:
        side = Google(url, session)
        await side.control("mailboxes", email=REP, name="Ana", kind="rep")
        yield side
    await runner.cleanup()


@pytest.fixture
async def office(database: Database, google: Google) -> AsyncIterator[Office]:
    office = Office(database, None)
    gateways = GmailGateways(f"{google.url}/", office.clock, timeout=5)
    office.world = gateways
    office.topic = "projects/sandbox/topics/gmail"
    yield await office.open()
    await asyncio.to_thread(gateways.close)


async def test_a_pushed_mail_is_read_through_googles_own_client(
    office: Office, google: Google
) -> None:
    service = office.service()
    held = await google.credentials()
    box = await service.add(office.tenant, REP, held, office.made["ana"])
    await service.sync(office.tenant, box)
    await office.watches().renew(office.tenant, box)
    assert (await office.mailbox(box)).watch_expires_at is not None

    verifier = GooglePushVerifier(
        audience=AUDIENCE,
        service_account=ACCOUNT,
        certificates=Certificates(
            url=f"{google.url}/oauth2/v1/certs", session=lambda: google.session
        ),
    )
    door = web.Application()
    door.router.add_post("/gmail/push", gmail_push(service, verifier))
    runner, url = await _serve(door)
    await google.control("push", bot_url=url, audience=AUDIENCE)
    before = len(await office.jobs("mailbox.sync"))
    await google.deliver(eml("Can we have fifty seats?", message_id="<p@acme.test>"))
    for _ in range(1500):
        if len(await office.jobs("mailbox.sync")) > before:
            break
        await asyncio.sleep(0.02)
    else:
        pytest.fail("the push brought no job")
    await service.sync(office.tenant, box)
    await runner.cleanup()
    (message,) = await office.messages()
    assert (message.attention, message.rfc_message_id.strip("<>")) == ("new", "p@acme.test")


async def test_ended_tokens_expired_history_and_lost_consent(
    office: Office, google: Google
) -> None:
    service = office.service()
    box = await service.add(office.tenant, REP, await google.credentials(), office.made["ana"])
    await service.sync(office.tenant, box)
    await google.control("tokens", mailbox=REP, do="expire")
    await google.deliver(eml(message_id="<one@acme.test>"))
    await service.sync(office.tenant, box)
    await google.deliver(eml(message_id="<two@acme.test>"))
    await google.control("expire-history", mailbox=REP)
    await service.sync(office.tenant, box)
    found = [m.rfc_message_id.strip("<>") for m in await office.messages()]
    assert sorted(found) == ["one@acme.test", "two@acme.test"]
    await google.control("tokens", mailbox=REP, do="revoke")
    await service.sync(office.tenant, box)
    assert (await office.mailbox(box)).status == "reconnect"
    assert [c.kind for c in await office.all(Card)] == ["mailbox"]
