"""Every HTTP route of the running application, with every sort of credential; and what knocks in
odd ways: other methods, sizes, paths and headers."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.security.door_cases import PUBLIC, TABLE, Keys, Try
from tests.security.google_key import ACCOUNT, AUDIENCE, Key
from tests.security.odd_requests import odd_requests
from tests.security.rows import Row, Tally, Trial
from tests.security.world import World, open_world

TITLE = "HTTP doors"
ALL = "every route of the application stands in the table"
SETTINGS = {
    "public_url": PUBLIC,
    "slack_client_id": "1.2",
    "slack_client_secret": "matrix-client-secret",
    "slack_api_url": "http://127.0.0.1:9/api/",
    "google_client_id": "matrix.apps.googleusercontent.com",
    "google_client_secret": "matrix-google-secret",
    "google_token_url": "http://127.0.0.1:9/token",
    "gmail_api_url": "http://127.0.0.1:9/",
    "gmail_push_audience": AUDIENCE,
    "gmail_push_service_account": ACCOUNT,
}


async def rows(trial: Trial) -> list[Row]:
    tally = Tally(TITLE)
    google, stranger = Key("google"), Key("stranger")
    with tempfile.TemporaryDirectory() as folder:
        async with trial.database() as url, certificates(google) as certs:
            settings = SETTINGS | {"gmail_push_certs_url": certs}
            async with open_world(url, Path(folder), **settings) as world:
                keys = Keys(world=world, google=google, stranger=stranger)
                found = sorted(routes(world.product.runtime.web))
                for route in found:
                    tally.add(ALL, held=route in TABLE, fault=f"{route} has no expectations")
                for gone in sorted(set(TABLE) - set(found)):
                    tally.add(ALL, held=False, fault=f"{gone} isn't there any more")
                await _credentials(keys, tally, [route for route in found if route in TABLE])
                await odd_requests(keys, tally, found, trial)
    return tally.rows()


@asynccontextmanager
async def certificates(key: Key) -> AsyncIterator[str]:
    """Google's page of certificates, with this key on it."""

    async def page(_request: web.Request) -> web.Response:
        return web.json_response({key.name: key.pem})

    app = web.Application()
    app.add_routes([web.get("/certs", page)])
    async with TestServer(app) as server:
        yield str(server.make_url("/certs"))


def routes(app: web.Application) -> Iterator[str]:
    """As "METHOD /path/{part}", those below a prefix too. HEAD goes with its GET."""
    for resource in app.router.resources():
        for route in resource:
            if route.method != "HEAD" and route.resource is not None:
                yield f"{route.method} {route.resource.canonical}"


async def _credentials(keys: Keys, tally: Tally, found: list[str]) -> None:
    for route in found:
        method, path = route.split(" ")
        for one in await TABLE[route](keys, path):
            fault = await _try(keys.world, method, path, one)
            tally.add(f"{route}: {one.credential}", held=not fault, fault=fault)


async def _try(world: World, method: str, path: str, one: Try) -> str:
    """What is wrong with the answer; empty when nothing is."""
    sent: dict[str, Any] = {"headers": one.headers, "allow_redirects": False}
    seen = len(world.logs)
    async with world.client.request(
        method, one.path or path, data=one.body or None, **sent
    ) as answer:
        stream = answer.content_type == "text/event-stream"
        said = "" if stream else await answer.text(errors="replace")
    broken = [e["event"] for e in world.logs[seen:] if e.get("log_level") == "error"]
    if answer.status not in one.right:
        return f"answered {answer.status}, not {' or '.join(map(str, sorted(one.right)))}"
    if broken:
        return f"noted {broken[0]}"
    if one.said not in said or (one.unsaid and one.unsaid in said):
        return "says what it shouldn't, or not what it should"
    return ""
