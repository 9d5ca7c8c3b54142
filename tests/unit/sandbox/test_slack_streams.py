"""Streams, sessions, status lines and prompts, as an agent uses them and a person sees them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sandbox.slack_rig import Rig, running

FEEDBACK = {"type": "section", "text": {"type": "mrkdwn", "text": "below"}}


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path) as made:
        yield made


async def asked(rig: Rig) -> dict[str, Any]:
    """Ana's question, as the arguments of whoever answers."""
    channel = await rig.dm()
    sent = await rig.post("/ui/slack/message", user="UANA", channel=channel, text="why?")
    return {"channel": channel, "thread_ts": sent["ts"]}


async def seen(rig: Rig, channel: str) -> dict[str, Any]:
    return await rig.get("/ui/slack/messages", user="UANA", channel=channel)


async def test_a_message_grows_before_the_readers_eyes(rig: Rig):
    where = await asked(rig)
    begun = await rig.api("chat.startStream", **where, markdown_text="**One** ")
    at = {"channel": where["channel"], "ts": begun["ts"]}
    chunks = [{"type": "markdown_text", "text": "two "}]
    assert (await rig.api("chat.appendStream", **at, chunks=chunks))["ok"]
    message = (await seen(rig, where["channel"]))["messages"][-1]
    assert (message["text"], message["streaming"]) == ("**One** two ", True)
    assert message["thread_ts"] == where["thread_ts"]
    done = await rig.api("chat.stopStream", **at, markdown_text="three", blocks=[FEEDBACK])
    assert [block["type"] for block in done["message"]["blocks"]] == ["markdown", "section"]
    message = (await seen(rig, where["channel"]))["messages"][-1]
    assert (message["text"], message["streaming"]) == ("**One** two three", False)
    late = await rig.api("chat.appendStream", **at, markdown_text="late")
    assert late["error"] == "message_not_in_streaming_state"
    assert (await rig.api("chat.update", **at, text="changed"))["ok"]


@pytest.mark.parametrize(
    ("method", "changes", "error"),
    [
        ("chat.startStream", {"thread_ts": None}, "invalid_arguments"),
        ("chat.startStream", {"thread_ts": "1.0"}, "thread_not_found"),
        ("chat.startStream", {"markdown_text": "x" * 12_001}, "msg_too_long"),
        ("chat.startStream", {"chunks": ["x"]}, "invalid_chunks"),
        ("chat.appendStream", {"ts": "1.0", "markdown_text": "x"}, "message_not_found"),
        ("agents.sessions.setStatus", {"status": "thinking"}, "invalid_status"),
        ("agents.sessions.setStatus", {"status": "active", "title": "x" * 201}, "invalid_title"),
        ("agents.sessions.rename", {"title": "x"}, "session_not_found"),
        ("assistant.threads.setStatus", {}, "invalid_arguments"),
        ("assistant.threads.setSuggestedPrompts", {"prompts": []}, "invalid_arguments"),
        (
            "assistant.threads.setSuggestedPrompts",
            {"prompts": [{"title": "a", "message": "b"}] * 5},
            "invalid_arguments",
        ),
    ],
)
async def test_refusals(rig: Rig, method: str, changes: dict[str, Any], error: str):
    where = await asked(rig)
    given = {**where, "channel_id": where["channel"], **changes}
    answer = await rig.api(method, **{k: v for k, v in given.items() if v is not None})
    assert answer["error"] == error


async def test_nobody_touches_a_message_that_streams(rig: Rig):
    begun = await rig.api("chat.startStream", **await asked(rig), markdown_text="a")
    where = {"channel": begun["channel"], "ts": begun["ts"]}
    refused = await rig.api("chat.update", **where, text="b")
    assert refused["error"] == "streaming_state_conflict"
    assert (await rig.api("chat.delete", **where))["error"] == "cant_delete_message"
    assert (await rig.api("chat.stopStream", **where))["ok"]
    assert (await rig.api("chat.update", **where, text="b"))["ok"]
    assert (await rig.api("chat.delete", **where))["ok"]


async def test_in_channels_the_reader_is_named(rig: Rig):
    top = await rig.api("chat.postMessage", channel="CDEALS", text="x")
    where = {"channel": "CDEALS", "thread_ts": top["ts"], "markdown_text": "x"}
    assert (await rig.api("chat.startStream", **where))["error"] == "missing_recipient_user_id"
    named = {"recipient_user_id": "UANA", "recipient_team_id": "T0BRGHTPTH"}
    assert (await rig.api("chat.startStream", **where, **named))["ok"]


async def test_a_stream_has_a_life_of_five_minutes(rig: Rig):
    where = await asked(rig)
    begun = await rig.api("chat.startStream", **where, markdown_text="one")
    at = {"channel": where["channel"], "ts": begun["ts"]}
    rig.clock.advance(299)
    assert (await rig.api("chat.appendStream", **at, markdown_text="two"))["ok"]
    rig.clock.advance(2)
    late = await rig.api("chat.stopStream", **at)
    assert late["error"] == "message_not_in_streaming_state"
    assert (await seen(rig, where["channel"]))["messages"][-1]["text"] == "onetwo"
    assert (await rig.post("/control/slack/streams", life=1))["life"] == 1
    await rig.api("chat.startStream", **where, markdown_text="one")
    assert (await rig.post("/control/slack/streams", end=True))["running"] == 1
    assert (await rig.post("/control/slack/streams"))["running"] == 0


async def test_who_works_is_shown_and_can_be_stopped(rig: Rig):
    where = await asked(rig)
    place = {"channel_id": where["channel"], "thread_ts": where["thread_ts"]}
    words = {"user": "UANA", "channel": where["channel"], "thread_ts": where["thread_ts"]}
    assert await rig.status("POST", "/ui/slack/stop", **words) == 400
    await rig.api("agents.sessions.setStatus", **place, status="processing", title="why?")
    await rig.api("assistant.threads.setStatus", **place, status="is reading…")
    (busy,) = (await seen(rig, where["channel"]))["working"]
    assert (busy["words"], busy["can_stop"], busy["title"]) == ("is reading…", True, "why?")
    begun = await rig.api("chat.startStream", **where, markdown_text="one")
    (busy,) = (await seen(rig, where["channel"]))["working"]
    assert (busy["words"], busy["can_stop"]) == ("", True), "an answer takes the line away"
    ended = await rig.post("/ui/slack/stop", **words)
    assert ended["ended"] == [begun["ts"]]
    (event,) = await rig.until(lambda: rig.bot.events("agent_session_stopped"))
    assert (event["user"], event["thread_ts"]) == ("UANA", where["thread_ts"])
    assert event["streaming_message_ts"] == [begun["ts"]]
    assert (await seen(rig, where["channel"]))["working"], "the status is the app's to move on"
    await rig.api("agents.sessions.setStatus", **place, status="active")
    assert (await seen(rig, where["channel"]))["working"] == []


async def test_prompts_are_pinned_to_the_conversation(rig: Rig):
    channel = await rig.dm()
    prompts = [{"title": "Hm?", "message": "What changed?"}]
    await rig.api(
        "assistant.threads.setSuggestedPrompts", channel_id=channel, prompts=prompts, title="Ask"
    )
    assert (await seen(rig, channel))["prompts"] == {"title": "Ask", "prompts": prompts}


async def test_what_somebody_looks_at_is_told(rig: Rig):
    channel = await rig.dm()
    looking = {"channel": channel, "ts": "1.5"}
    await rig.post("/ui/slack/context", user="UANA", looking_at=looking)
    (event,) = await rig.until(lambda: rig.bot.events("app_context_changed"))
    value = {"channel_id": channel, "message_ts": "1.5"}
    entity = {"type": "slack#/types/message_context", "value": value}
    assert event["context"] == {"entities": [entity]}
    assert "user" not in event
    (envelope,) = [r.body for r in rig.bot.received if r.kind == "event"]
    assert envelope["authorizations"][0]["user_id"] == "UANA"
    await rig.post(
        "/ui/slack/message", user="UANA", channel=channel, text="this?", looking_at=looking
    )
    (event,) = await rig.until(lambda: rig.bot.events("message"))
    assert event["app_context"] == {"entities": [entity]}
