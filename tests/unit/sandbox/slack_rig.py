"""A sandbox on a loopback port and a tiny bot that answers it as each test wants."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web

from sandbox.app import build
from sandbox.clock import CLOCK
from sandbox.context import Settings
from sandbox.slack.core import SLACK

SECRET = "signing-secret"
TOKEN = "xoxb-sandbox"
STORY = {
    "team": {"id": "T0BRGHTPTH", "name": "Brightpath", "domain": "brightpath"},
    "bot": {"user_id": "UBOT", "bot_id": "BBOT", "app_id": "ABOT", "token": TOKEN},
    "users": [
        {"id": "UANA", "name": "ana", "real_name": "Ana Silva", "email": "ana@brightpath.example",
         "tz": "Europe/Lisbon", "is_admin": True},
        {"id": "UBEN", "name": "ben", "real_name": "Ben Ode", "email": "ben@brightpath.example"},
        {"id": "UGUEST", "name": "guest", "real_name": "A Guest", "is_restricted": True},
    ],
    "channels": [
        {"id": "CDEALS", "name": "deals", "members": ["UANA", "UBEN", "UBOT"]},
        {"id": "COUT", "name": "elsewhere", "members": ["UANA"]},
    ],
    "command": "/understudy",
}  # fmt: skip

Reply = Callable[["Received"], Awaitable[web.StreamResponse]]


@dataclass
class Received:
    """One request as the bot got it."""

    headers: Any
    raw: bytes
    retry: str | None = None
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return "event" if "event" in self.body else self.body.get("type", "command")


async def ok(_received: Received) -> web.StreamResponse:
    return web.Response()


class Bot:
    """Records what comes and answers with `reply`."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.reply: Reply = ok

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        received = Received(
            headers=request.headers, raw=raw, retry=request.headers.get("x-slack-retry-num")
        )
        if request.content_type == "application/json":
            received.body = json.loads(raw)
        else:
            form = {
                name: values[0]
                for name, values in parse_qs(raw.decode(), keep_blank_values=True).items()
            }
            received.body = json.loads(form["payload"]) if "payload" in form else form
        self.received.append(received)
        return await self.reply(received)

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [r.body["event"] for r in self.received
                if r.kind == "event" and r.body["event"]["type"] == kind]  # fmt: skip

    def says(self, body: Any = None, status: int = 200) -> None:
        async def reply(_received: Received) -> web.StreamResponse:
            return (
                web.json_response(body, status=status)
                if body is not None
                else web.Response(status=status)
            )

        self.reply = reply

    @staticmethod
    def signed(received: Received) -> bool:
        stamp = received.headers["X-Slack-Request-Timestamp"]
        base = b"v0:" + stamp.encode() + b":" + received.raw
        wanted = "v0=" + hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted, received.headers["X-Slack-Signature"])


@dataclass
class Rig:
    """Everything a test touches."""

    url: str
    bot: Bot
    session: aiohttp.ClientSession
    app: web.Application

    @property
    def core(self) -> Any:
        return self.app[SLACK]

    @property
    def clock(self) -> Any:
        return self.app[CLOCK]

    async def api(self, method: str, *, token: str = TOKEN, **arguments: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.post(
            f"{self.url}/api/{method}", json=arguments, headers=headers
        ) as response:
            return await response.json()

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        async with self.session.post(self.url + path, json=body) as response:
            assert response.status == 200, (path, response.status, await response.text())
            return await response.json()

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        async with self.session.get(self.url + path, params=query) as response:
            assert response.status == 200, (path, response.status, await response.text())
            return await response.json()

    async def status(self, verb: str, path: str, **body: Any) -> int:
        async with self.session.request(verb, self.url + path, json=body) as response:
            return response.status

    async def dm(self, user: str = "UANA") -> str:
        return (await self.api("conversations.open", users=user))["channel"]["id"]

    async def until(self, condition: Callable[[], Any], seconds: float = 30) -> Any:
        end = monotonic() + seconds
        while not (found := condition()):
            assert monotonic() < end, "waited in vain"
            await asyncio.sleep(0.01)
        return found


async def _serve(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    await web.SockSite(runner, sock).start()
    return runner, f"http://127.0.0.1:{sock.getsockname()[1]}"


@contextlib.asynccontextmanager
async def running(
    story: Path, *, empty: bool = False, more: dict[str, Any] | None = None
) -> AsyncIterator[Rig]:
    """Bot and sandbox, each on its own port, gone at the end."""
    (story / "slack.json").write_text(json.dumps({**STORY, **(more or {})}))
    bot = Bot()
    bot_app = web.Application()
    bot_app.router.add_post("/slack/events", bot.handle)
    bot_runner, bot_url = await _serve(bot_app)
    app = build(Settings(bot_url=bot_url, signing_secret=SECRET, story=story, empty=empty))
    runner, url = await _serve(app)
    async with aiohttp.ClientSession() as session:
        try:
            yield Rig(url=url, bot=bot, session=session, app=app)
        finally:
            await runner.cleanup()
            await bot_runner.cleanup()
