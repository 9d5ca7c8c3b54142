"""Messages that grow, sessions, status lines and prompts: the same for the workspace in memory and
for the Web API adapter, which speaks to the sandbox over loopback."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from blocks.answer import closing_blocks, markdown
from services.errors import Forbidden, InvalidInput, TransientError
from services.ports import ChatGateway, ChatMessage, ChatRef, StreamReader
from tests.contracts.test_chat_gateway import STORY, TENANT, Sandbox, _fake, sandbox

assert STORY
assert sandbox
SOURCE = {
    "number": 1,
    "title": "Dana, 12 Nov: <!channel>",
    "url": "https://slack.com/archives/D/p1",
}
CLOSING = closing_blocks(TENANT, [SOURCE], "A note <@U0MAYA>.")


@dataclass
class Thread:
    """A gateway, a question in a direct message, and ways to look and to disturb."""

    chat: ChatGateway
    channel: str
    root: str
    shown: Callable[[ChatRef], Awaitable[str]]
    end_streams: Callable[[], Awaitable[None]]
    drop: Callable[[str], Awaitable[None]]


async def _in_memory() -> Thread:
    place = _fake()
    chat: Any = place.chat
    channel = await chat.open_dm("U0MAYA")
    root = "1600000000.000001"

    async def shown(ref: ChatRef) -> str:
        message = chat.messages[ref.channel, ref.ts]
        return str([message.text, list(message.blocks)])

    async def end() -> None:
        chat.streaming.clear()

    async def drop(_method: str) -> None:
        chat.drop_answer = True

    return Thread(chat, channel, root, shown, end, drop)


async def _over_http(sandbox: Sandbox) -> Thread:
    place = sandbox.place()
    channel = await place.chat.open_dm("U0MAYA")
    asked = {"user": "U0MAYA", "channel": channel, "text": "What changed?"}
    async with sandbox.http.post(f"{sandbox.url}/ui/slack/message", json=asked) as response:
        root = (await response.json())["ts"]

    async def shown(ref: ChatRef) -> str:
        query = {"user": "U0MAYA", "channel": channel}
        async with sandbox.http.get(f"{sandbox.url}/ui/slack/messages", params=query) as answer:
            messages = (await answer.json())["messages"]
        return next(str([m["text"], m["blocks"]]) for m in messages if m["ts"] == ref.ts)

    async def end() -> None:
        path = f"{sandbox.url}/control/slack/streams"
        async with sandbox.http.post(path, json={"end": True}) as response:
            assert response.status == 200

    async def drop(method: str) -> None:
        await sandbox.fault(method, "drop_after_accept")

    return Thread(place.chat, channel, root, shown, end, drop)


@pytest.fixture(params=["memory", "http"])
async def thread(request: pytest.FixtureRequest, sandbox: Sandbox) -> Thread:
    return await (_in_memory() if request.param == "memory" else _over_http(sandbox))


async def test_a_stream_grows_and_ends_with_its_blocks(thread: Thread) -> None:
    chat = thread.chat
    ref = await chat.start_stream(thread.channel, thread.root, "Acme is busy. ")
    await chat.append_stream(ref, "**Very** busy. ")
    assert "Acme is busy. **Very** busy." in await thread.shown(ref)
    await chat.stop_stream(ref, text="The end.", blocks=CLOSING)
    shown = await thread.shown(ref)
    assert "busy. The end." in shown
    assert "feedback_buttons" in shown
    assert "<!channel>" not in shown
    for late in (chat.append_stream(ref, "Late."), chat.stop_stream(ref)):
        with pytest.raises(InvalidInput) as refused:
            await late
        assert refused.value.field == "stream"
    # What has ended may be changed as any message.
    await chat.update(ref, ChatMessage(text="New", blocks=[markdown("New words.")]))
    assert "New words." in await thread.shown(ref)


async def test_a_stream_that_slack_ended_says_so_and_keeps_its_words(thread: Thread) -> None:
    ref = await thread.chat.start_stream(thread.channel, thread.root, "Said. ")
    await thread.end_streams()
    with pytest.raises(InvalidInput) as refused:
        await thread.chat.append_stream(ref, "Unsaid.")
    assert refused.value.field == "stream"
    shown = await thread.shown(ref)
    assert "Said." in shown
    assert "Unsaid." not in shown


async def test_a_lost_answer_is_ambiguous_and_the_message_can_be_found(thread: Thread) -> None:
    chat = thread.chat
    await thread.drop("chat.startStream")
    with pytest.raises(TransientError) as lost:
        await chat.start_stream(thread.channel, thread.root, "Begun. ")
    assert lost.value.ambiguous
    ref = await chat.find_reply(thread.channel, thread.root, after=thread.root)
    assert ref is not None
    leave = frozenset({ref.ts})
    assert (
        await chat.find_reply(thread.channel, thread.root, after=thread.root, leave=leave) is None
    )
    assert await chat.find_reply(thread.channel, thread.root, after=ref.ts) is None
    await thread.drop("chat.appendStream")
    with pytest.raises(TransientError) as lost:
        await chat.append_stream(ref, "More. ")
    assert lost.value.ambiguous
    assert "Begun. More." in await thread.shown(ref)


async def test_too_much_at_once_is_refused_and_a_reply_stands_in_its_thread(
    thread: Thread,
) -> None:
    chat = thread.chat
    with pytest.raises(InvalidInput):
        await chat.start_stream(thread.channel, thread.root, "x" * 12_001)
    ref = await chat.post(
        thread.channel, ChatMessage(text="Reply", blocks=[], thread_ts=thread.root)
    )
    assert await chat.find_reply(thread.channel, thread.root, after=thread.root) == ref


async def test_status_session_and_prompts_are_taken(thread: Thread) -> None:
    chat = thread.chat
    await chat.set_session(thread.channel, thread.root, "processing", title="What changed?")
    await chat.set_status(thread.channel, thread.root, "is reading Acme's mail…")
    await chat.set_status(thread.channel, thread.root, "")
    await chat.set_session(thread.channel, thread.root, "active")
    await chat.suggest(thread.channel, [("a", "b")] * 6, title="Ask me")


# ── The adapter alone ───────────────────────────────────────────────────────────────────────────
async def test_outside_direct_messages_a_stream_names_its_reader(sandbox: Sandbox) -> None:
    chat = sandbox.place().chat
    made = {"name": "deals", "members": ["U0MAYA", "U0BOT"]}
    async with sandbox.http.post(f"{sandbox.url}/control/slack/channels", json=made) as response:
        channel = (await response.json())["channel"]["id"]
    root = (await chat.post(channel, ChatMessage(text="x", blocks=[]))).ts
    with pytest.raises(InvalidInput):
        await chat.start_stream(channel, root, "Hello.")
    reader = StreamReader(team_id="T0SANDBOX", user_id="U0MAYA")
    assert (await chat.start_stream(channel, root, "Hello.", recipient=reader)).channel == channel


async def test_refused_blocks_do_not_keep_a_stream_open(sandbox: Sandbox) -> None:
    thread = await _over_http(sandbox)
    ref = await thread.chat.start_stream(thread.channel, thread.root, "Said. ")
    await thread.chat.stop_stream(ref, blocks=[{"type": "section"}])
    assert "Said." in await thread.shown(ref)
    with pytest.raises(InvalidInput):
        await thread.chat.append_stream(ref, "x")


@pytest.mark.parametrize(
    ("code", "error", "field"),
    [
        ("stopped_by_user", InvalidInput, "stopped"),
        ("streaming_state_conflict", InvalidInput, "stream"),
        ("unknown_method", InvalidInput, None),
        ("token_revoked", Forbidden, None),
        ("internal_error", TransientError, None),
    ],
)
async def test_each_refusal_has_its_meaning(
    sandbox: Sandbox, code: str, error: type[Exception], field: str | None
) -> None:
    thread = await _over_http(sandbox)
    ref = await thread.chat.start_stream(thread.channel, thread.root, "Said. ")
    await sandbox.fault("chat.appendStream", f"error:{code}")
    with pytest.raises(error) as refused:
        await thread.chat.append_stream(ref, "More.")
    assert getattr(refused.value, "field", None) == field


async def test_a_rate_limit_on_streams_is_remembered(sandbox: Sandbox) -> None:
    thread = await _over_http(sandbox)
    ref = await thread.chat.start_stream(thread.channel, thread.root, "Said. ")
    await sandbox.fault("chat.appendStream", "ratelimited", retry_after=5)
    for _ in range(2):
        with pytest.raises(TransientError) as limited:
            await thread.chat.append_stream(ref, "More.")
    assert limited.value.retry_after == timedelta(seconds=5)
    assert len(await sandbox.calls("chat.appendStream")) == 1
    sandbox.clock.move(timedelta(seconds=6))
    await thread.chat.append_stream(ref, "More.")
