"""The whole product before the sandbox's Gmail: mail comes in by HTTP, is read by Google's client,
and every job runs; what became of each is looked at from outside."""

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
from typing_extensions import override

from bot.adapters.gmail import GmailGateways
from bot.config import Settings, child_environment
from bot.wiring import Others, Runtime, build
from services.ports import MailboxCredentials
from services.vault import Vault, generate
from tests import factories as make
from tests.attacks.product import TUESDAY, Chat, Product, TestClock
from tests.fakes.mail import FakeMailboxes

NOBODY = UUID(int=0)
REP = "rita@brightpath.test"
_FIELDS = ("token", "refresh_token", "token_uri", "client_id", "client_secret")


@dataclass
class Room(Product):
    """Errors nobody foresaw are counted instead of ending the run; a worker holds such a job."""

    tenant: UUID = NOBODY
    box: UUID = NOBODY
    url: str = ""
    http: Any = None
    broken: list[str] = field(default_factory=list)

    @override
    async def _run(self, row: Any) -> bool:
        try:
            return await super()._run(row)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
            self.broken.append(f"{row.entrypoint}: {type(error).__name__}: {error}"[:300])
            return True

    async def control(self, method: str, path: str, **body: Any) -> Any:
        async with self.http.request(method, f"{self.url}/control/gmail/{path}", json=body) as got:
            answer = await got.json()
            if got.status >= 400:
                raise RuntimeError(f"{path}: {answer}")
            return answer

    async def deliver(self, raw: bytes, auth: str = "pass") -> str:
        """Gmail's own id of the mail."""
        coded = base64.b64encode(raw).decode()
        told = await self.control("POST", "deliver", mailbox=REP, eml_base64=coded, auth=auth)
        return str(told["id"])

    async def read(self) -> None:
        """Read the mailbox, do all that follows, and let the waits go by."""
        try:
            await self.services.mailboxes.sync(self.tenant, self.box)
        except Exception as error:  # noqa: BLE001 - as above
            self.broken.append(f"sync: {type(error).__name__}: {error}"[:300])
        await self.drain()


@asynccontextmanager
async def mailroom(database_url: str) -> AsyncIterator[Room]:
    with tempfile.TemporaryDirectory() as folder, _sandbox() as url:
        clock, chat = TestClock(TUESDAY), Chat()
        runtime = await build(
            Settings.model_validate(
                {"data_dir": Path(folder), "slack_bot_token": "xoxb-x", "gmail_api_url": f"{url}/"}
            ),
            database_url=database_url,
            vault=Vault.parse(generate()),
            clock=clock,
            others=Others(gateways=GmailGateways(f"{url}/", clock), chats=chat),
        )
        async with aiohttp.ClientSession() as http:
            try:
                yield await _open(runtime, clock, chat, url, http)
            finally:
                await runtime.close()


async def _open(
    runtime: Runtime, clock: TestClock, chat: Chat, url: str, http: aiohttp.ClientSession
) -> Room:
    room = Room(runtime=runtime, clock=clock, chat=chat, world=FakeMailboxes(), url=url, http=http)
    room.tenant = await make.make_tenant(room.database, name="Brightpath")
    async with room.database.transaction(room.tenant) as tx:
        rita = await make.make_member(tx, name="Rita Rep", email=REP)
        account = await make.make_account(tx, name="Acme", domain="acme.test", owner_id=rita.id)
        await make.make_deal(tx, account_id=account.id, owner_id=rita.id, currency="USD")
        for name in ("carla", "dirk"):
            await make.make_contact(
                tx, email=f"{name}@acme.test", account_id=account.id, name=name.title()
            )
    room.meet(rita)
    await room.control("POST", "mailboxes", email=REP)
    async with http.get(f"{url}/control/gmail/credentials/{REP}") as got:
        given = await got.json()
    credentials = MailboxCredentials(**{name: given[name] for name in _FIELDS})
    room.box = await room.services.mailboxes.add(room.tenant, REP, credentials, rita.id)
    await room.services.mailboxes.sync(room.tenant, room.box)
    await room.drain()
    return room


@contextmanager
def _sandbox() -> Any:
    words = [sys.executable, "-m", "sandbox", "--port", "0", "--signing-secret", "s", "--empty"]
    with subprocess.Popen(words, env=child_environment(), stdout=subprocess.PIPE) as process:  # noqa: S603 - our own interpreter and module
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"].rstrip("/")
        finally:
            process.terminate()
