"""The sandbox as people start it, and Slack's own client talking to it."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.unit.sandbox.slack_rig import SECRET, TOKEN, Rig, running


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path) as made:
        yield made


@pytest.fixture
def client(rig: Rig) -> AsyncWebClient:
    return AsyncWebClient(token=TOKEN, base_url=rig.url + "/api/", session=rig.session)


async def test_it_starts_says_where_and_ends_on_sigterm():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--signing-secret", "s", "--empty",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    where = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    assert where["url"] == f"http://127.0.0.1:{where['port']}"
    async with aiohttp.ClientSession() as session:
        async with session.get(where["url"] + "/api/api.test") as response:
            assert (await response.json())["ok"]
        stream = await session.get(where["url"] + "/ui/stream")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
        stream.close()
    assert process.stderr is not None
    assert await process.stderr.read() == b""


async def test_slacks_client_can_do_its_work(client: AsyncWebClient):
    assert (await client.auth_test())["bot_id"] == "BBOT"
    dm = (await client.conversations_open(users=["UANA"]))["channel"]["id"]
    made = await client.chat_postMessage(
        channel=dm,
        text="x",
        blocks=[{"type": "divider"}],
        metadata={"event_type": "card", "event_payload": {"id": "1"}},
    )
    await client.chat_update(channel=dm, ts=made["ts"], text="y")
    history = await client.conversations_history(channel=dm, include_all_metadata=True)
    assert history["messages"][0]["metadata"]["event_payload"] == {"id": "1"}
    await client.reactions_add(channel=dm, timestamp=made["ts"], name="eyes")
    got = await client.reactions_get(channel=dm, timestamp=made["ts"])
    assert got["message"]["reactions"][0]["name"] == "eyes"
    await client.views_publish(user_id="UANA", view={"type": "home", "blocks": []})
    assert (await client.users_lookupByEmail(email="ana@brightpath.example"))["user"]["tz"]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="CNONE", text="x")
    assert caught.value.response["error"] == "channel_not_found"


async def test_slacks_client_waits_when_told_to(rig: Rig, client: AsyncWebClient):
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    await rig.post(
        "/control/slack/faults", method="chat.postMessage", kind="ratelimited", retry_after=0
    )
    assert (await client.chat_postMessage(channel="CDEALS", text="x"))["ok"]
    calls = (await rig.get("/control/slack/calls", method="chat.postMessage"))["calls"]
    assert [call["status"] for call in calls] == [429, 200]


async def test_slacks_verifier_and_webhook_client_agree(rig: Rig):
    await rig.post("/ui/slack/command", user="UANA", channel="CDEALS", text="ü & <x>")
    received = rig.bot.received[-1]
    headers = {name.lower(): value for name, value in received.headers.items()}
    assert SignatureVerifier(SECRET).is_valid_request(received.raw, headers)
    assert received.body["text"] == "ü &amp; &lt;x&gt;"
    hook = AsyncWebhookClient(received.body["response_url"], session=rig.session)
    answer = await hook.send(text="done", response_type="in_channel")
    assert (answer.status_code, answer.body) == (200, "ok")
