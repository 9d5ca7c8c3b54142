"""The edge and the sandbox's Slack over HTTP: what a person does there is one verb here."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from blocks.action_ids import ActionId, marked
from blocks.mail_card import mail_card
from bot.adapters.slack import SlackChats, make_session
from sandbox.app import build
from sandbox.clock import CLOCK
from sandbox.context import Settings
from services.errors import Conflict
from services.ports import ChatMessage, ChatRef
from tests.contracts.test_chat_gateway import STORY
from tests.fakes.clock import FrozenClock
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import SECRET, Rig, running
from tests.unit.view_factory import ACTION, make_inbox, make_mail_card, make_why

CARD = UUID(int=0xCA)


@dataclass
class Person:
    """Maya before her screen."""

    url: str
    http: aiohttp.ClientSession
    rig: Rig
    ref: ChatRef

    async def does(self, what: str, **body: Any) -> dict[str, Any]:
        async with self.http.post(
            f"{self.url}/ui/slack/{what}", json={"user": "U0MAYA", **body}
        ) as response:
            answer: dict[str, Any] = await response.json()
        assert response.status == 200, answer
        return answer

    async def sees(self, what: str, **query: str) -> str:
        async with self.http.get(
            f"{self.url}/ui/slack/{what}", params={"user": "U0MAYA", **query}
        ) as response:
            return await response.text()

    async def clicks(self, action_id: str, **more: Any) -> dict[str, Any]:
        return await self.does(
            "action",
            channel=self.ref.channel,
            message_ts=self.ref.ts,
            action_id=action_id,
            **more,
        )

    async def modal(self) -> dict[str, Any]:
        views: list[dict[str, Any]] = json.loads(await self.sees("modals"))["views"]
        return views[-1]


@pytest.fixture
async def maya(tmp_path: Path) -> AsyncIterator[Person]:
    (tmp_path / "slack.json").write_text(json.dumps(STORY))
    settings = Settings(bot_url="http://127.0.0.1:1", signing_secret=SECRET, story=tmp_path)
    app = build(settings)
    clock = FrozenClock(datetime.fromtimestamp(app[CLOCK].now(), UTC))

    async def token(_tenant_id: UUID) -> str:
        return "xoxb-1"

    async with TestServer(app) as server, make_session() as session:
        settings.url = url = str(server.make_url("")).rstrip("/")
        chats = SlackChats(session=session, base_url=f"{url}/api/", clock=clock, token_of=token)
        async with running(Rig(clock=clock, surfaces=chats)) as rig:
            settings.bot_url = rig.url
            rig.book.answers |= {
                "views.mail_card": make_mail_card(),
                "views.why": make_why(),
                "views.inbox": make_inbox(),
            }
            chat = chats.with_token("xoxb-1")
            ref = await chat.post(
                await chat.open_dm("U0MAYA"),
                ChatMessage(
                    text="Dana asks",
                    blocks=marked(mail_card(make_mail_card()), CARD),
                    metadata_id=str(CARD),
                ),
            )
            yield Person(url=url, http=session, rig=rig, ref=ref)


async def test_approve_is_one_verb_and_the_card_is_recognised(maya: Person) -> None:
    assert (await maya.clicks(ActionId.APPROVE))["status"] == 200
    ((args, kwargs),) = maya.rig.book.named("actions.approve")
    assert (args, kwargs["revision"]) == ((MAYA, ACTION), 2)
    assert maya.rig.book.named("cards.adopt") == [((MAYA, CARD, maya.ref), {})]


async def test_a_refusal_reaches_the_person_alone(maya: Person) -> None:
    maya.rig.book.errors["actions.approve"].append(Conflict("A newer mail came."))
    await maya.clicks(ActionId.APPROVE)
    assert "A newer mail came." in await maya.sees("messages", channel=maya.ref.channel)


async def test_the_draft_is_edited_in_its_modal(maya: Person) -> None:
    await maya.clicks(ActionId.EDIT)
    view = await maya.modal()
    values = {
        "subject": {"subject": {"value": "Re: Price"}},
        "text": {"text": {"value": "Hello Dana"}},
    }
    answer = await maya.does("submit", view_id=view["id"], values=values)
    assert answer["status"] == 200
    ((_, kwargs),) = maya.rig.book.named("actions.edit")
    assert (kwargs["subject"], kwargs["text"]) == ("Re: Price", "Hello Dana")
    assert json.loads(await maya.sees("modals"))["views"] == []


async def test_why_opens_and_feedback_counts(maya: Person) -> None:
    await maya.clicks(ActionId.WHY)
    assert "12 of 18 such answers" in json.dumps(await maya.modal())
    await maya.does("reaction", channel=maya.ref.channel, ts=maya.ref.ts, name="+1")
    for _ in range(100):
        if maya.rig.book.named("feedback.rate_at"):
            break
        await maya.sees("modals")
    ((_, kwargs),) = maya.rig.book.named("feedback.rate_at")
    assert (kwargs["ts"], kwargs["rating"], kwargs["added"]) == (maya.ref.ts, 1, True)


async def test_the_command_is_answered_in_its_ack(maya: Person) -> None:
    answer = await maya.does("command", channel=maya.ref.channel, text="/understudy inbox")
    assert answer["status"] == 200
    shown = await maya.sees("messages", channel=maya.ref.channel)
    assert "Dana Reyes (Northwind) asks for a quote" in shown
