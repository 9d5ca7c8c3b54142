"""What Slack does to a card on its way, and how it comes right: the real adapter, the sandbox's
Slack, cards on PostgreSQL. One message stands in the end wherever one can, never two."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.adapters.slack import SlackChats, make_session
from db.members import set_dm_channel
from handlers.cards import CardDelivery
from sandbox.app import build
from sandbox.context import Settings
from services.errors import TransientError
from tests.fakes.tokens import FixedTokens
from tests.integration.slack.card_rig import OneMail, card_of, run, want
from tests.integration.slack.conftest import Office

STORY = {
    "team": {"id": "T0SANDBOX", "name": "Sandbox", "domain": "sandbox"},
    "bot": {"user_id": "U0BOT", "bot_id": "B0BOT", "app_id": "A0BOT", "token": "xoxb-1"},
    "users": [
        {"id": "U0MAYA", "name": "maya", "real_name": "Maya", "email": "maya@brightdesk.example"},
    ],
    "channels": [],
    "command": "/understudy",
}


@dataclass
class Line:
    """The way from a card to Slack, and what happens on it."""

    office: Office
    delivery: CardDelivery
    url: str
    http: aiohttp.ClientSession
    card_id: UUID

    async def fault(self, kind: str, method: str = "chat.postMessage", **more: Any) -> None:
        body = {"method": method, "kind": kind, "times": 1, **more}
        async with self.http.post(f"{self.url}/control/slack/faults", json=body) as answer:
            assert answer.status == 200

    async def calls(self, method: str) -> int:
        query = {"method": method}
        async with self.http.get(f"{self.url}/control/slack/calls", params=query) as answer:
            return len((await answer.json())["calls"])

    async def standing(self) -> list[str]:
        """The texts of the app's messages in Maya's conversation."""
        query = {"user": "U0MAYA"}
        async with self.http.get(f"{self.url}/ui/slack/state", params=query) as answer:
            state = await answer.json()
        found = []
        for channel in state["channels"]:
            query = {"user": "U0MAYA", "channel": channel["id"]}
            async with self.http.get(f"{self.url}/ui/slack/messages", params=query) as answer:
                found += [m["text"] for m in (await answer.json())["messages"]]
        return found

    async def run(self) -> None:
        await run(self.office, self.delivery, self.card_id)

    async def until_rest(self, tries: int = 4) -> list[timedelta]:
        """Deliver as a worker would; the waits it was told."""
        waits = []
        for _ in range(tries):
            try:
                await self.run()
            except TransientError as error:
                waits.append(error.retry_after or timedelta(seconds=1))
                self.office.clock.move(waits[-1])
            else:
                return waits
        raise AssertionError("the card never came to rest")


@pytest.fixture
async def line(office: Office, views: OneMail, tmp_path: Path) -> AsyncIterator[Line]:
    (tmp_path / "slack.json").write_text(json.dumps(STORY))
    settings = Settings(bot_url="http://127.0.0.1:1", signing_secret="x", story=tmp_path)

    async with TestServer(build(settings)) as server, make_session() as session:
        settings.url = url = str(server.make_url("")).rstrip("/")
        chats = SlackChats(
            session=session, base_url=f"{url}/api/", clock=office.clock, tokens=FixedTokens()
        )
        delivery = CardDelivery(
            cards=office.cards,
            people=office.members,
            views=views,  # type: ignore[arg-type]
            chats=chats,
        )
        (card_id,) = await want(office, [office.maya])
        yield Line(office, delivery, url, session, card_id)


async def test_a_rate_limit_is_waited_out_and_nothing_is_tried_before(line: Line) -> None:
    await line.fault("ratelimited", retry_after=30)
    with pytest.raises(TransientError) as first:
        await line.run()
    assert first.value.retry_after == timedelta(seconds=30)
    line.office.clock.move(timedelta(seconds=10))
    with pytest.raises(TransientError) as second:
        await line.run()
    assert second.value.retry_after == timedelta(seconds=20)
    assert await line.calls("chat.postMessage") == 1, "Slack isn't asked while it wants quiet"
    line.office.clock.move(timedelta(seconds=20))
    await line.run()
    assert len(await line.standing()) == 1


@pytest.mark.parametrize(
    ("kind", "posts"),
    [("http_500", 2), ("drop_after_accept", 1), ("error:internal_error", 2), ("timeout", 2)],
)
async def test_what_may_have_arrived_is_looked_for_and_stands_once(
    line: Line, kind: str, posts: int
) -> None:
    if kind == "timeout":
        line.delivery = replace(line.delivery, deadline=1)
    await line.fault(kind)
    await line.until_rest()
    assert len(await line.standing()) == 1
    assert await line.calls("chat.postMessage") == posts
    assert await line.calls("conversations.history") == 1


async def test_refused_blocks_leave_the_words(line: Line) -> None:
    await line.fault("invalid_blocks")
    await line.until_rest()
    (text,) = await line.standing()
    assert "Dana Reyes" in text


@pytest.mark.parametrize("code", ["is_archived", "channel_not_found", "not_in_channel"])
async def test_a_conversation_that_is_gone_is_opened_anew(line: Line, code: str) -> None:
    async with line.office.db.transaction(line.office.tenant_id) as tx:
        await set_dm_channel(tx, line.office.maya, "D0OLD")
    await line.fault(f"error:{code}")
    await line.until_rest()
    assert len(await line.standing()) == 1
    card = await card_of(line.office, line.office.maya)
    assert card.channel != "D0OLD"
    assert card.failure is None


async def test_it_is_opened_anew_too_when_a_post_into_it_got_no_answer(line: Line) -> None:
    async with line.office.db.transaction(line.office.tenant_id) as tx:
        await set_dm_channel(tx, line.office.maya, "D0OLD")
    await line.fault("http_500")
    await line.until_rest()
    assert await line.calls("conversations.history") == 1
    assert len(await line.standing()) == 1
    assert (await card_of(line.office, line.office.maya)).failure is None


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("conversations.open", "user_disabled"),
        ("conversations.open", "user_not_found"),
        ("chat.postMessage", "account_inactive"),
        ("chat.postMessage", "token_revoked"),
        ("chat.postMessage", "restricted_action"),
    ],
)
async def test_a_definite_no_is_kept_for_people_and_not_repeated(
    line: Line, method: str, code: str
) -> None:
    await line.fault(f"error:{code}", method=method)
    assert await line.until_rest() == []
    card = await card_of(line.office, line.office.maya)
    assert code in (card.failure or "")
    assert await line.standing() == []
    await want(line.office)
    await line.until_rest()
    assert len(await line.standing()) == 1, "the next touch tries again"


async def test_an_update_that_fails_leaves_one_true_message(line: Line) -> None:
    await line.run()
    for kind in ("ratelimited", "http_500", "error:message_not_found"):
        await want(line.office)
        await line.fault(kind, method="chat.update", retry_after=2)
        await line.until_rest()
    card = await card_of(line.office, line.office.maya)
    assert card.delivered_rev == card.wanted_rev
    assert len(await line.standing()) == 2, "the lost one can't be taken back, the new one is true"
