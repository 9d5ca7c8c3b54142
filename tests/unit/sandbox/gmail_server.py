"""The sandbox's Gmail on a loopback port, and Google's own client to talk to it."""

import asyncio
import base64
import concurrent.futures
import io
import json
from collections.abc import Callable
from email.message import EmailMessage

import aiohttp
import httplib2
from aiohttp import web
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build

from sandbox.gmail.routes import attach
from sandbox.gmail.web_tools import WORLD

REP = "rep@brightpath.example"
CUSTOMER = "buyer@customer.example"


def raw64(data):
    return base64.urlsafe_b64encode(data).decode()


def unraw(message):
    return base64.urlsafe_b64decode(message["raw"])


def mail(to=CUSTOMER, subject="Pricing", text="Hello there", sender=REP, **headers):
    """RFC 822 bytes; header names are written with underscores."""
    message = EmailMessage()
    message["From"] = sender
    if to:
        message["To"] = to
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text + "\n")
    return message.as_bytes()


class Sandbox:
    """One running server with a rep's and a customer's mailbox."""

    def __init__(self, url, app, session, pool):
        self.url = url
        self.app = app
        self.world = app[WORLD]
        self.session = session
        self._pool = pool
        self.loop = asyncio.get_running_loop()

    async def json(self, method, path, expect=200, **body):
        # As a file: aiohttp warns of large bodies in one piece.
        data = io.BytesIO(json.dumps(body).encode()) if body else None
        async with self.session.request(method, self.url + path, data=data) as response:
            assert response.status == expect, await response.text()
            return await response.json()

    async def post(self, path, expect=200, **body):
        return await self.json("POST", path, expect, **body)

    async def get(self, path, expect=200):
        return await self.json("GET", path, expect)

    async def token(self, email=REP):
        return (await self.get(f"/control/gmail/credentials/{email}"))["token"]

    async def google(self, work: Callable, email=REP):
        """Runs `work(users)` with Google's client in a thread."""
        token = await self.token(email)

        def run():
            http = AuthorizedHttp(Credentials(token), http=httplib2.Http(timeout=20))
            service = build(
                "gmail",
                "v1",
                static_discovery=True,
                http=http,
                client_options={"api_endpoint": self.url},
            )
            try:
                return work(service.users())
            finally:
                http.close()

        return await self.loop.run_in_executor(self._pool, run)

    async def deliver(self, raw, mailbox=REP, auth="keep", **more):
        return await self.post(
            "/control/gmail/deliver",
            mailbox=mailbox,
            eml_base64=base64.b64encode(raw).decode(),
            auth=auth,
            **more,
        )


async def serve(app):
    """(runner, url) of any aiohttp application."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def running():
    """A generator for fixtures."""
    app = web.Application()
    attach(app)
    runner, url = await serve(app)
    pool = concurrent.futures.ThreadPoolExecutor(4)
    async with aiohttp.ClientSession() as session:
        box = Sandbox(url, app, session, pool)
        await box.post("/control/gmail/mailboxes", email=REP, name="Maya Okafor", kind="rep")
        await box.post("/control/gmail/mailboxes", email=CUSTOMER, name="Bo Buyer")
        yield box
    pool.shutdown()
    await runner.cleanup()


async def until(condition, seconds=30.0):
    """Waits for a condition by a bounded poll, and hands back what made it true."""
    for _ in range(int(seconds / 0.02)):
        value = condition()
        if value:
            return value
        await asyncio.sleep(0.02)
    raise AssertionError("the condition never came true")
