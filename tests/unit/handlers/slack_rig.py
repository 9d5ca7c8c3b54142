"""The product's own web app on a real port, Slack played by signed requests, the business by a
book that writes down what was asked."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_app import Authorizer, build_slack_app
from bot.web import build_web
from handlers import all_routes
from handlers.edge import Surfaces
from handlers.events import Events
from handlers.middleware import Actors
from handlers.slack import SlackRouters
from services.errors import NotFound
from services.tenants import Workspace
from tests.fakes.chat import FakeChat
from tests.fakes.clock import FrozenClock
from tests.fakes.verbs import MAYA, Book

SECRET = "s3cret"
RESPONSE_URL = "https://hooks.example/answer"


class OneWorkspace:
    """Knows one team; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def workspace_of_team(self, team_id: str) -> Workspace:
        self.asked += 1
        if team_id != "T0SANDBOX":
            raise NotFound("This workspace isn't connected to Understudy.")
        return Workspace(
            tenant_id=MAYA.tenant_id,
            team_id=team_id,
            name="Sandbox",
            bot_user_id="U0BOT",
            bot_token="xoxb-1",
        )


@dataclass
class Rig:
    """A running edge. `book` is the business, `chat` what people were shown."""

    book: Book = field(default_factory=Book)
    chat: FakeChat = field(default_factory=FakeChat)
    clock: FrozenClock = field(default_factory=FrozenClock)
    workspaces: OneWorkspace = field(default_factory=OneWorkspace)
    healthy: bool = True
    surfaces: Surfaces | None = None
    url: str = ""
    http: aiohttp.ClientSession | None = None

    def signed(self, body: bytes, **changes: str) -> dict[str, str]:
        at = changes.get("at", str(int(self.clock.now().timestamp())))
        digest = hmac.new(SECRET.encode(), b"v0:%s:%s" % (at.encode(), body), hashlib.sha256)
        return {
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
            "Content-Type": changes.get("content_type", "application/json"),
        }

    async def send(
        self, body: bytes, headers: Mapping[str, str], path: str = "/slack/events"
    ) -> tuple[int, str]:
        assert self.http is not None
        async with self.http.post(self.url + path, data=body, headers=headers) as response:
            return response.status, await response.text()

    async def get(self, path: str) -> tuple[int, str]:
        assert self.http is not None
        async with self.http.get(self.url + path) as response:
            return response.status, await response.text()

    async def event(self, payload: Mapping[str, Any], **headers: str) -> tuple[int, str]:
        body = json.dumps(payload).encode()
        return await self.send(body, {**self.signed(body), **headers})

    async def interact(self, payload: Any) -> tuple[int, Any]:
        """A click, a submission or a suggestion."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        status, text = await self.send(
            body, self.signed(body, content_type="application/x-www-form-urlencoded")
        )
        return status, json.loads(text) if text.startswith("{") else text

    async def command(self, text: str, **changes: str) -> tuple[int, Any]:
        form = {
            "command": "/understudy",
            "text": text,
            "user_id": "U0MAYA",
            "team_id": "T0SANDBOX",
            "trigger_id": "cmd.1",
            "response_url": RESPONSE_URL,
            **changes,
        }
        body = urlencode(form).encode()
        status, answer = await self.send(
            body, self.signed(body, content_type="application/x-www-form-urlencoded")
        )
        return status, json.loads(answer) if answer.startswith("{") else answer


def click(action_id: str, value: str = "", **changes: Any) -> dict[str, Any]:
    """A block_actions payload as Slack sends it for a button in a DM."""
    element = {"type": "button", "action_id": action_id, "block_id": "b1", "value": value}
    element |= changes.pop("element", {})
    return {
        "type": "block_actions",
        "user": {"id": "U0MAYA", "username": "maya", "team_id": "T0SANDBOX"},
        "team": {"id": "T0SANDBOX", "domain": "sandbox"},
        "api_app_id": "A0APP",
        "trigger_id": "trigger.1",
        "response_url": RESPONSE_URL,
        "container": {"type": "message", "message_ts": "1700000000.000001"},
        "channel": {"id": "D0MAYA", "name": "directmessage"},
        "message": {"ts": "1700000000.000001", "text": "a card"},
        "actions": [element],
        **changes,
    }


def submission(
    callback_id: str, metadata: str, values: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "type": "view_submission",
        "user": {"id": "U0MAYA"},
        "team": {"id": "T0SANDBOX"},
        "trigger_id": "trigger.2",
        "view": {
            "id": "V1",
            "root_view_id": "V0",
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": metadata,
            "state": {
                "values": {
                    name: {name: {"type": "plain_text_input", "value": value}}
                    for name, value in (values or {}).items()
                }
            },
        },
    }


def event(body: Mapping[str, Any], event_id: str = "Ev1") -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": "T0SANDBOX",
        "api_app_id": "A0APP",
        "event_id": event_id,
        "event_time": 1700000000,
        "event": dict(body),
    }


@asynccontextmanager
async def running(rig: Rig | None = None) -> AsyncIterator[Rig]:
    rig = rig or Rig()
    verbs = rig.book.verbs()
    actors = Actors(verbs.members, rig.clock)
    routers = SlackRouters(
        verbs=verbs,
        routes=all_routes(),
        actors=actors,
        surfaces=rig.surfaces or rig.chat,
        events=Events(verbs=verbs, actors=actors, chats=rig.chat),
        is_passing=lambda error: isinstance(error, ConnectionError),
    )
    app = build_slack_app(
        authorizer=Authorizer(rig.workspaces, rig.clock),
        routers=routers,
        signing_secret=SECRET,
        client=AsyncWebClient(base_url="http://127.0.0.1:1/api/"),
    )

    async def ready() -> bool:
        return rig.healthy

    web_app = build_web(slack=app, signing_secret=SECRET, clock=rig.clock, ready=ready)
    async with TestServer(web_app) as server, aiohttp.ClientSession() as http:
        rig.url, rig.http = str(server.make_url("")).rstrip("/"), http
        yield rig
