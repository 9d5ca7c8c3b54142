"""Writing an answer within Slack's limits: a stream's age, its ends, and what was lost."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.telling import CONTINUED, LIFE, PAGE, Stopped, Teller, split
from services.errors import InvalidInput, TransientError
from services.types.agent import AnswerWork
from tests.fakes.chat import FakeChat

WORK = AnswerWork(
    tenant_id=UUID(int=1),
    answer_id=UUID(int=2),
    lease_token=UUID(int=3),
    member_id=UUID(int=4),
    channel="DMAYA",
    thread_ts="1600000000.000001",
    question_ts="1600000000.000001",
    question="What changed?",
    account_id=None,
    seen=(),
    pages=(),
    text="",
    whole=False,
    sources=(),
    note=None,
    model=None,
    attempts=1,
    stop_asked=False,
)
FEEDBACK = [{"type": "section", "text": {"type": "mrkdwn", "text": "below"}}]


@dataclass
class Stage:
    chat: FakeChat = field(default_factory=FakeChat)
    now: float = 100.0
    stopped: bool = False
    kept: list[list[str]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def teller(self) -> Teller:
        async def keep(pages: Any) -> None:
            self.kept.append(list(pages))

        async def stopping() -> bool:
            return self.stopped

        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.now += seconds
            await asyncio.sleep(0)

        return Teller(
            chat=self.chat,
            work=WORK,
            keep=keep,
            stopping=stopping,
            monotonic=lambda: self.now,
            sleep=sleep,
        )

    def texts(self) -> list[str]:
        found = [m for _, m in sorted(self.chat.messages.items())]
        return [
            next((b["text"] for b in m.blocks if b["type"] == "markdown"), m.text) for m in found
        ]


async def test_not_more_than_a_piece_a_second_and_all_of_them() -> None:
    stage = Stage()
    teller = stage.teller()
    for n in range(20):
        stage.now += 0.1
        await teller.say(f"{n} ")
    await teller.finish(FEEDBACK)
    assert stage.texts() == [" ".join(map(str, range(20))) + " "]
    assert stage.chat.calls.count("append_stream") <= 3
    assert stage.kept == [["1700000000.000001"]]


async def test_an_old_stream_is_closed_and_a_new_one_goes_on() -> None:
    stage = Stage()
    teller = stage.teller()
    await teller.say("Early. ")
    stage.now += LIFE + 1
    await teller.say("Late. ")
    await teller.finish(FEEDBACK)
    assert stage.texts() == ["Early. ", f"{CONTINUED}Late. "]
    assert stage.chat.streaming == {}
    below = [list(m.blocks) for _, m in sorted(stage.chat.messages.items())]
    assert below == [[], FEEDBACK], "what stands below stands below the last"


@pytest.mark.parametrize("seconds", [3, 25])
async def test_slack_may_ask_for_quiet(seconds: int) -> None:
    stage = Stage()
    teller = stage.teller()
    wait = TransientError("wait", retry_after=timedelta(seconds=seconds))
    await teller.say("One. ")
    stage.now += 2
    stage.chat.trouble = [wait]
    await teller.say("Two. ")
    await teller.say("Three. ")
    assert stage.texts() == ["One. "]
    stage.chat.trouble = [wait, wait]
    await teller.finish(FEEDBACK)
    assert stage.texts() == ["One. Two. Three. "]
    assert stage.slept == [seconds, seconds]


async def test_too_long_a_quiet_is_left_to_the_queue() -> None:
    stage = Stage()
    teller = stage.teller()
    await teller.say("One. ")
    stage.chat.trouble = [TransientError("wait", retry_after=timedelta(seconds=90))]
    with pytest.raises(TransientError):
        await teller.finish(FEEDBACK)


async def test_a_piece_whose_answer_was_lost_is_not_said_twice() -> None:
    stage = Stage()
    teller = stage.teller()
    await teller.say("One. ")
    stage.now += 2
    stage.chat.drop_answer = True
    await teller.say("Two. ")
    stage.now += 2
    await teller.say("Three. ")
    await teller.finish(FEEDBACK)
    assert stage.texts() == ["One. Two. Three. "]
    assert stage.chat.calls[-1] == "update", "written whole, because nobody knew"


async def test_a_stream_that_ends_by_itself_goes_on_by_updates() -> None:
    stage = Stage()
    teller = stage.teller()
    await teller.say("One. ")
    stage.chat.streaming.clear()
    stage.now += 2
    await teller.say("Two. ")
    stage.now += 2
    await teller.say("Three. ")
    await teller.finish(FEEDBACK)
    assert stage.texts() == ["One. Two. Three. "]
    assert len(stage.chat.messages) == 1
    assert stage.chat.calls.count("start_stream") == 1


@pytest.mark.parametrize("ended", [True, False])
async def test_a_stream_whose_end_is_not_sure_is_ended_again(*, ended: bool) -> None:
    """A server error on the last call: the message would stream on, and nobody could touch it."""
    stage = Stage()
    teller = stage.teller()
    await teller.say("One. ")
    if ended:
        stage.chat.drop_answer = True
    else:
        stage.chat.trouble = [TransientError("500", ambiguous=True)]
    await teller.finish(FEEDBACK)
    (message,) = stage.chat.messages.values()
    assert stage.chat.streaming == {}
    assert message.text.startswith("One.")
    assert list(message.blocks)[-1:] == FEEDBACK


async def test_an_answer_that_is_taken_up_again_ends_its_stream_first() -> None:
    stage = Stage()
    ref = await stage.chat.start_stream("DMAYA", WORK.thread_ts, "One. ")
    stage.chat.trouble = [TransientError("500", ambiguous=True)]
    teller = stage.teller()
    teller.work = replace(WORK, pages=(ref.ts,), attempts=2)
    await teller.show("One. Two. ", FEEDBACK)
    (message,) = stage.chat.messages.values()
    assert list(message.blocks)[-1:] == FEEDBACK
    assert stage.chat.streaming == {}


async def test_a_stream_that_takes_no_more_is_ended_before_it_is_written_whole() -> None:
    stage = Stage()
    teller = stage.teller()
    await teller.say("One. ")
    stage.now += 2
    stage.chat.trouble = [InvalidInput("Slack refused the request: invalid_chunks")]
    await teller.say("Two. ")
    await teller.finish(FEEDBACK)
    assert stage.texts() == ["One. Two. "]
    assert stage.chat.streaming == {}


@pytest.mark.parametrize("by_word", [True, False])
async def test_a_stream_that_the_reader_ended_is_not_gone_on_with(*, by_word: bool) -> None:
    stage = Stage(stopped=not by_word)
    teller = stage.teller()
    await teller.say("One. ")
    stage.now += 2
    stage.chat.streaming.clear()
    if by_word:
        stage.chat.trouble = [InvalidInput("ended", field="stopped")]
    with pytest.raises(Stopped):
        await teller.say("Two. ")
    await teller.finish(FEEDBACK)
    assert stage.texts()[0].startswith("One. ")


async def test_where_slack_streams_nothing_it_is_posted_and_updated() -> None:
    stage = Stage()
    stage.chat.streams = False
    teller = stage.teller()
    for n in range(4):
        stage.now += 2
        await teller.say(f"{n} ")
    await teller.finish(FEEDBACK)
    assert stage.texts() == ["0 1 2 3 "]
    assert stage.chat.calls.count("start_stream") == 1
    (message,) = stage.chat.messages.values()
    assert message.thread_ts == WORK.thread_ts


@given(st.text(alphabet="ab \n.", max_size=400), st.integers(min_value=30, max_value=90))
def test_no_letter_is_lost_between_messages(text: str, size: int) -> None:
    parts = split(text, size)
    assert all(len(part) <= size for part in parts)
    assert "".join([parts[0], *(part.removeprefix(CONTINUED) for part in parts[1:])]) == text


async def test_an_endless_word_is_cut() -> None:
    stage = Stage()
    teller = stage.teller()
    await teller.say("x" * (2 * PAGE + 5))
    await teller.finish(FEEDBACK)
    assert "".join(stage.texts()).replace(CONTINUED, "") == "x" * (2 * PAGE + 5)
