"""The direct message with the agent: what is a question, what is a command, and the clicks."""

import json
from uuid import UUID

import pytest

from blocks.action_ids import ActionId
from blocks.values import Meant, Rating
from handlers.commands import COMMANDS
from handlers.questions import is_command, seen_in
from services.errors import Conflict, LimitReached, TransientError
from services.ports import ChatRef
from tests.fakes.verbs import MAYA
from tests.unit.approval_view_factory import make_queue
from tests.unit.handlers.slack_rig import Rig, click, event
from tests.unit.view_factory import make_inbox

KNOWN = (*COMMANDS, "draft", "qualify")
ANSWER = UUID(int=7)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("inbox", True),
        ("  INBOX ", True),
        ("inbxo", True),
        ("breif Acme", True),
        ("brief Acme?", True),
        ("digest now", True),
        ("request discount Acme", True),
        ("draft Acme for Dana: ask about seats", True),
        ("draft a nudge to their champion", False),
        ("Draft the answer for Dana", False),
        ("what changed at Acme this month?", False),
        ("status of the Acme deal?", False),
        ("who is the champion at Globex?", False),
        ("Acme?", False),
        ("tell me about Acme", False),
        ("", False),
    ],
)
def test_known_words_are_commands_and_the_rest_are_questions(text: str, command: bool) -> None:  # noqa: FBT001 - a table
    assert is_command(text, KNOWN) is command


def dm(text: str, **more: object) -> dict[str, object]:
    return {
        "type": "message",
        "user": "U0MAYA",
        "channel": "D0MAYA",
        "channel_type": "im",
        "text": text,
        "ts": "1700000000.000100",
        **more,
    }


SEEN = {
    "entities": [
        {"type": "slack#/types/channel_id", "value": "C1"},
        {
            "type": "slack#/types/message_context",
            "value": {"channel_id": "D0MAYA", "message_ts": "1.5"},
        },
        {"type": "slack#/types/message_context", "value": None},
        "odd",
    ]
}


async def test_a_question_is_taken_with_its_thread_and_what_was_seen(rig: Rig) -> None:
    body = dm("what changed at AT&amp;T?", thread_ts="1700000000.000001", app_context=SEEN)
    await rig.event(event(body))
    await rig.event(event(body), **{"X-Slack-Retry-Num": "1"})
    assert rig.book.named("agent.ask") == [
        (
            (MAYA,),
            {
                "channel": "D0MAYA",
                "ts": "1700000000.000100",
                "thread_ts": "1700000000.000001",
                "text": "what changed at AT&T?",
                "seen": (ChatRef(channel="D0MAYA", ts="1.5"),),
            },
        )
    ]
    assert rig.chat.messages == {}


async def test_known_words_work_as_before(rig: Rig) -> None:
    rig.book.answers |= {"views.inbox": make_inbox(), "approvals.reads.queue": make_queue()}
    await rig.event(event(dm("inbox")))
    assert rig.book.named("agent.ask") == []
    (message,) = rig.chat.messages.values()
    assert "Dana Reyes" in json.dumps(message.blocks)


async def test_too_many_questions_are_declined_where_they_were_asked(rig: Rig) -> None:
    rig.book.errors["agent.ask"].append(LimitReached("Too many; ask <later>."))
    await rig.event(event(dm("why?", thread_ts="1.0")))
    (message,) = rig.chat.messages.values()
    assert (message.text, message.thread_ts) == ("Too many; ask &lt;later&gt;.", "1.0")


async def test_a_question_that_could_not_be_kept_comes_again(rig: Rig) -> None:
    rig.book.errors["agent.ask"].append(ConnectionError("restarting"))
    assert (await rig.event(event(dm("why?"))))[0] == 503
    assert rig.book.named("inbound.done") == []


async def test_bots_and_channels_ask_nothing(rig: Rig) -> None:
    await rig.event(event(dm("why?", bot_id="B1"), "E1"))
    await rig.event(event(dm("why?", channel_type="channel"), "E2"))
    await rig.event(event(dm("why?", subtype="message_changed"), "E3"))
    await rig.event(event(dm("why?", user="U0OTHER"), "E4"))
    assert rig.book.named("agent.ask") == []


async def test_stop_reaches_the_answer_and_moves_the_status_on(rig: Rig) -> None:
    body = {
        "type": "agent_session_stopped",
        "channel": "D0MAYA",
        "thread_ts": "1.0",
        "user": "U0MAYA",
        "streaming_message_ts": ["1.1"],
    }
    await rig.event(event(body))
    assert rig.book.named("agent.stop") == [((MAYA,), {"channel": "D0MAYA", "thread_ts": "1.0"})]
    assert rig.chat.sessions == [("D0MAYA", "1.0", "active")]
    rig.chat.trouble = [TransientError("slow")]
    assert (await rig.event(event(body, "Ev2")))[0] == 200
    assert len(rig.book.named("agent.stop")) == 2


async def test_what_is_looked_at_is_kept_for_whom_the_event_is_for(rig: Rig) -> None:
    """The documented event names nobody: the envelope's authorization does."""
    body = event({"type": "app_context_changed", "context": SEEN})
    body["authorizations"] = [{"team_id": "T0SANDBOX", "user_id": "U0MAYA", "is_bot": False}]
    await rig.event(body)
    await rig.event(event({"type": "app_context_changed", "user": "U0MAYA", "context": {}}, "E2"))
    seen = (ChatRef(channel="D0MAYA", ts="1.5"),)
    assert rig.book.named("agent.look") == [((MAYA, seen), {}), ((MAYA, ()), {})]
    nobody = event({"type": "app_context_changed", "context": SEEN}, "E3")
    nobody["authorizations"] = [{"user_id": "U0BOT", "is_bot": True}]
    await rig.event(nobody)
    assert len(rig.book.named("agent.look")) == 2


async def test_opening_the_messages_suggests_what_to_ask(rig: Rig) -> None:
    prompts = (("What changed at Acme?", "What changed at Acme this month?"),)
    rig.book.answers["agent.prompts"] = prompts
    body = {"type": "app_home_opened", "user": "U0MAYA", "channel": "D0MAYA", "tab": "messages"}
    await rig.event(event(body))
    assert rig.chat.prompts == [("D0MAYA", prompts)]
    rig.chat.trouble = [TransientError("slow")]
    assert (await rig.event(event(body, "Ev2")))[0] == 200
    rig.book.answers["agent.prompts"] = ()
    await rig.event(event(body, "Ev3"))
    assert len(rig.chat.prompts) == 1


async def test_clicks_choose_an_account_and_rate_an_answer(rig: Rig) -> None:
    meant = Meant(id=ANSWER, account=UUID(int=9)).encode()
    assert (await rig.interact(click(f"{ActionId.AGENT_CHOOSE}#2", meant)))[0] == 200
    rating = Rating(id=ANSWER, up=False).encode()
    assert (await rig.interact(click(ActionId.AGENT_RATE, rating)))[0] == 200
    assert rig.book.named("agent.choose") == [((MAYA, ANSWER, UUID(int=9)), {})]
    assert rig.book.named("agent.rate") == [((MAYA, ANSWER), {"up": False})]
    rig.book.errors["agent.choose"].append(Conflict("Answered already."))
    assert (await rig.interact(click(f"{ActionId.AGENT_CHOOSE}#2", meant)))[0] == 200
    assert "Answered already." in json.dumps(rig.chat.told[-1][1])
    await rig.interact(click(f"{ActionId.AGENT_CHOOSE}#2", '{"id": "x"}'))
    assert len(rig.book.named("agent.choose")) == 2


def test_odd_contexts_say_nothing() -> None:
    for odd in ({}, {"entities": None}, {"entities": "x"}, {"entities": [{}]}):
        assert seen_in(odd) == ()
