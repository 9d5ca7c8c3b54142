"""Between sandbox and bot: signatures, retries, deadlines, faults on demand, response URLs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from sandbox.bus import BUS
from sandbox.slack.outbound import RETRY_DELAYS
from tests.unit.sandbox.slack_rig import TOKEN, Received, Rig, running

FAULTS = "/control/slack/faults"


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path) as made:
        yield made


async def test_every_kind_of_request_is_signed_now(rig: Rig):
    await rig.post("/ui/slack/home_opened", user="UANA")
    await rig.post("/ui/slack/command", user="UANA", channel="CDEALS", text="help")
    await rig.post("/ui/slack/shortcut", user="UANA", callback_id="draft")
    await rig.until(lambda: len(rig.bot.received) == 3)
    for received in rig.bot.received:
        assert rig.bot.signed(received)
        assert abs(int(received.headers["X-Slack-Request-Timestamp"]) - rig.clock.real()) < 5


async def test_url_verification(rig: Rig):
    rig.bot.says({"challenge": "something else"})
    assert not (await rig.post("/control/slack/verify_url"))["verified"]

    async def echo(received: Received) -> web.StreamResponse:
        return web.Response(text=received.body["challenge"])

    rig.bot.reply = echo
    assert (await rig.post("/control/slack/verify_url"))["verified"]


async def test_events_are_retried_like_slack_does_and_no_further(rig: Rig):
    await rig.post("/control/slack/retries", delays=[0, 0.01, 0.02])
    rig.bot.says(status=500)
    await rig.post("/ui/slack/home_opened", user="UANA")
    await rig.until(lambda: len(rig.bot.received) == 4)
    assert [r.retry for r in rig.bot.received] == [None, "1", "2", "3"]
    assert rig.bot.received[1].headers["x-slack-retry-reason"] == "http_error"
    assert len({r.body["event_id"] for r in rig.bot.received}) == 1
    lines = (await rig.get("/control/slack/deliveries", kind="event"))["deliveries"]
    assert [(line["attempt"], line["status"]) for line in lines] == [
        (0, 500), (1, 500), (2, 500), (3, 500)]  # fmt: skip


async def test_retry_delays_are_slacks_unless_a_test_says_otherwise(rig: Rig):
    assert RETRY_DELAYS == (0.0, 60.0, 300.0)
    await rig.post("/control/slack/retries", delays=[1])
    await rig.post("/control/reset")
    assert rig.core.link.retry_delays == [0.0, 60.0, 300.0]


async def test_a_slow_answer_is_a_timeout_and_a_success_ends_the_retries(rig: Rig):
    await rig.post("/control/slack/retries", delays=[0, 0, 0], deadline=0.3)

    async def slow_once(_received: Received) -> web.StreamResponse:
        if len(rig.bot.received) == 1:
            # However busy the machine is, the next answer is in time.
            await rig.post("/control/slack/retries", deadline=30)
            await asyncio.sleep(5)
        return web.Response()

    rig.bot.reply = slow_once
    await rig.post("/ui/slack/home_opened", user="UANA")
    lines = await rig.until(lambda: len(rig.core.link.deliveries) == 2 and rig.core.link.deliveries)
    assert (lines[0]["failure"], lines[1]["status"]) == ("http_timeout", 200)
    assert rig.bot.received[1].headers["x-slack-retry-reason"] == "http_timeout"
    await asyncio.sleep(0)
    assert len(rig.bot.received) == 2


async def test_no_retry_header_is_obeyed(rig: Rig):
    await rig.post("/control/slack/retries", delays=[0, 0, 0])

    async def refuse(_received: Received) -> web.StreamResponse:
        return web.Response(status=500, headers={"x-slack-no-retry": "1"})

    rig.bot.reply = refuse
    await rig.post("/ui/slack/home_opened", user="UANA")
    await rig.until(lambda: rig.core.link.deliveries and not rig.core.link._tasks)
    assert len(rig.bot.received) == 1


async def test_a_bot_that_is_away_counts_as_connection_failed(rig: Rig):
    await rig.post("/control/slack/retries", delays=[])
    await rig.post("/control/bot-url", url="http://127.0.0.1:1")
    await rig.post("/ui/slack/home_opened", user="UANA")
    [line] = await rig.until(lambda: rig.core.link.deliveries)
    assert line["failure"] == "connection_failed"


async def test_forged_deliveries(rig: Rig):
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_home_opened"}}
    send = "/control/slack/deliver"
    sent = await rig.post(send, body=event, times=3, concurrent=True)
    assert sent["statuses"] == [200, 200, 200]
    await rig.post(send, body=event, stale=True)
    stale = rig.bot.received[-1]
    assert rig.bot.signed(stale)
    assert int(stale.headers["X-Slack-Request-Timestamp"]) < rig.clock.real() - 300
    await rig.post(send, body=event, bad_signature=True)
    assert not rig.bot.signed(rig.bot.received[-1])
    await rig.post(send, body=event, timestamp="abc")
    assert rig.bot.received[-1].headers["X-Slack-Request-Timestamp"] == "abc"
    await rig.post(send, body=event, unsigned=True)
    assert "X-Slack-Signature" not in rig.bot.received[-1].headers
    await rig.post(send, kind="interaction", body={"type": "shortcut"})
    assert rig.bot.received[-1].kind == "shortcut"


async def test_rate_limit_on_demand(rig: Rig):
    await rig.post(FAULTS, method="chat.postMessage", times=1, kind="ratelimited", retry_after=7)
    call = {
        "json": {"channel": "CDEALS", "text": "x"},
        "headers": {"Authorization": f"Bearer {TOKEN}"},
    }
    async with rig.session.post(rig.url + "/api/chat.postMessage", **call) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "7")
        assert (await response.json())["error"] == "ratelimited"
    async with rig.session.post(rig.url + "/api/chat.postMessage", **call) as response:
        assert response.status == 200
    assert len(rig.core.workspace.channels["CDEALS"].messages) == 1


async def test_errors_on_demand(rig: Rig):
    await rig.post(FAULTS, method="*", kind="error:fatal_error")
    assert (await rig.api("auth.test"))["error"] == "fatal_error"
    await rig.post(FAULTS, method="chat.postMessage", kind="invalid_blocks")
    refused = await rig.api("chat.postMessage", channel="CDEALS", text="x")
    assert refused["error"] == "invalid_blocks"
    assert "json-pointer:/blocks" in refused["response_metadata"]["messages"][0]
    await rig.post(FAULTS, method="auth.test", kind="http_500")
    assert await rig.status("POST", "/api/auth.test") == 500
    assert await rig.status("POST", FAULTS, method="*", kind="nonsense") == 400


async def test_drop_after_accept_posts_and_says_nothing(rig: Rig):
    await rig.post(FAULTS, method="chat.postMessage", kind="drop_after_accept")
    with pytest.raises(aiohttp.ClientError):
        await rig.api("chat.postMessage", channel="CDEALS", text="kept")
    assert [m.text for m in rig.core.workspace.channels["CDEALS"].messages] == ["kept"]


async def test_a_hanging_call_does_nothing(rig: Rig):
    await rig.post(FAULTS, method="chat.postMessage", kind="timeout")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await rig.api("chat.postMessage", channel="CDEALS", text="lost")
    assert rig.core.workspace.channels["CDEALS"].messages == []


async def test_calls_are_recorded_without_the_token(rig: Rig):
    await rig.api("chat.postMessage", channel="CDEALS", text="x", client_msg_id="m-1")
    await rig.api("auth.test")
    [line] = (await rig.get("/control/slack/calls", method="chat.postMessage"))["calls"]
    assert line["body"] == {"channel": "CDEALS", "text": "x", "client_msg_id": "m-1"}
    assert line["response"]["ok"]
    async with rig.session.delete(rig.url + "/control/slack/calls") as response:
        assert response.status == 200
    assert (await rig.get("/control/slack/calls"))["calls"] == []


async def _command(rig: Rig) -> dict:
    await rig.post("/ui/slack/command", user="UANA", channel="CDEALS", text="x")
    return rig.bot.received[-1].body


async def _answer(rig: Rig, url: str, **body: object) -> tuple[int, str]:
    async with rig.session.post(url, json=body) as response:
        return response.status, await response.text()


async def test_a_response_url_works_five_times(rig: Rig):
    url = (await _command(rig))["response_url"]
    for number in range(5):
        assert await _answer(rig, url, text=str(number)) == (200, "ok")
    status, text = await _answer(rig, url, text="6")
    assert status == 404
    assert "used_url" in text


async def test_a_response_url_works_half_an_hour(rig: Rig):
    url = (await _command(rig))["response_url"]
    await rig.post("/control/clock", advance=30 * 60 + 1)
    status, text = await _answer(rig, url, text="late")
    assert status == 404
    assert "expired_url" in text
    assert (await _answer(rig, rig.url + "/slack/response/none", text="x"))[0] == 404


async def test_a_response_is_private_unless_it_says_otherwise(rig: Rig):
    url = (await _command(rig))["response_url"]
    await _answer(rig, url, text="mine")
    await _answer(rig, url, text="all", response_type="in_channel")
    bad = await _answer(rig, url, text="x", blocks=[{"type": "nonsense"}])
    assert bad[0] == 400
    seen = (await rig.get("/ui/slack/messages", channel="CDEALS", user="UBEN"))["messages"]
    assert [m["text"] for m in seen] == ["all"]


async def test_a_response_replaces_and_deletes_the_original(rig: Rig):
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}}
    made = await rig.api(
        "chat.postMessage",
        channel="CDEALS",
        text="old",
        blocks=[{"type": "actions", "block_id": "b", "elements": [button]}],
    )
    await rig.post(
        "/ui/slack/action",
        user="UANA",
        channel="CDEALS",
        message_ts=made["ts"],
        action_id="a",
        block_id="b",
    )
    url = rig.bot.received[-1].body["response_url"]
    await _answer(rig, url, text="new", replace_original=True)
    [item] = (await rig.api("conversations.history", channel="CDEALS"))["messages"]
    assert (item["text"], item.get("blocks")) == ("new", None)
    await _answer(rig, url, delete_original=True)
    assert (await rig.api("conversations.history", channel="CDEALS"))["messages"] == []


async def test_faults_meet_response_urls_too(rig: Rig):
    url = (await _command(rig))["response_url"]
    for kind, status in (("ratelimited", 429), ("http_500", 500), ("error:invalid_payload", 400)):
        await rig.post(FAULTS, method="response_url", kind=kind)
        assert (await _answer(rig, url, text="x"))[0] == status
    await rig.post(FAULTS, method="response_url", kind="drop_after_accept")
    with pytest.raises(aiohttp.ClientError):
        await _answer(rig, url, text="kept")
    assert [m.text for m in rig.core.workspace.channels["CDEALS"].messages] == ["kept"]
    calls = (await rig.get("/control/slack/calls", method="response_url"))["calls"]
    assert [call["status"] for call in calls] == [429, 500, 400, 200]


async def test_commands_answer_in_their_body(rig: Rig):
    rig.bot.says({"text": "Here you are"})
    answer = await rig.post(
        "/ui/slack/command", user="UANA", channel="CDEALS", text="/understudy brief Acme"
    )
    assert (answer["status"], answer["response"]) == (200, {"text": "Here you are"})
    form = rig.bot.received[-1].body
    assert (form["command"], form["text"]) == ("/understudy", "brief Acme")
    assert form["user_id"] == "UANA"
    [shown] = (await rig.get("/ui/slack/messages", channel="CDEALS", user="UANA"))["messages"]
    assert (shown["text"], shown["ephemeral"]) == ("Here you are", True)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("slow", "operation_timeout"),
        ("500", "dispatch_failed"),
        ("blocks", "invalid_command_response"),
    ],
)
async def test_a_failed_command_says_what_slack_says(rig: Rig, how: str, code: str):
    if how == "slow":
        await rig.post("/control/slack/retries", deadline=0.3)

        async def sleep(_received: Received) -> web.StreamResponse:
            await asyncio.sleep(5)
            return web.Response()

        rig.bot.reply = sleep
    else:
        rig.bot.says({"blocks": [{"type": "no"}]}, status=500 if how == "500" else 200)
    answer = await rig.post("/ui/slack/command", user="UANA", channel="CDEALS", text="x")
    words = f'/understudy failed with the error "{code}"'
    assert answer["warning"] == words
    [shown] = (await rig.get("/ui/slack/messages", channel="CDEALS", user="UANA"))["messages"]
    assert (shown["text"], shown["user"]) == (words, "USLACKBOT")
    assert len(rig.bot.received) == 1


async def test_the_stream_tells_of_changes_and_ends_with_the_sandbox(rig: Rig):
    async with rig.session.get(rig.url + "/ui/stream") as response:
        assert await response.content.readline() == b": open\n"
        await response.content.readline()
        await rig.api("chat.postMessage", channel="CDEALS", text="x")
        assert b'"type": "slack"' in await response.content.readline()
        await response.content.readline()
        rig.app[BUS].close()
        assert await response.content.read() == b""


async def test_reset_brings_the_story_back(rig: Rig):
    await rig.api("chat.postMessage", channel="CDEALS", text="x")
    await rig.post("/control/slack/users", id="UNEW", name="new")
    assert (await rig.api("users.info", user="UNEW"))["ok"]
    await rig.post("/control/reset")
    assert (await rig.api("users.info", user="UNEW"))["error"] == "user_not_found"
    assert (await rig.api("conversations.history", channel="CDEALS"))["messages"] == []


async def test_empty_has_team_and_bot_only(tmp_path: Path):
    async with running(tmp_path, empty=True) as rig:
        assert (await rig.api("auth.test"))["user_id"] == "UBOT"
        assert [m["id"] for m in (await rig.api("users.list"))["members"]] == ["UBOT"]
        await rig.post("/control/slack/users", id="UNEW", name="new", email="new@x.example")
        assert (await rig.api("users.lookupByEmail", email="new@x.example"))["ok"]
