"""Transcripts and threads at the edge: which window opens, what is asked of the business, and that
a message in a channel is never stored as an event."""

import json
from typing import Any
from uuid import UUID

import pytest

from blocks.lint import faults, view_faults
from blocks.values import Target
from services.errors import InvalidInput
from services.meetings.shared_files import SharedFile
from services.types.slack_threads import Followed, FollowView, SeenPost, ThreadRef
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import RESPONSE_URL, Rig, click, event, submission

CAPTURE, ACME = UUID(int=71), UUID(int=72)
VIEW = FollowView(capture_id=CAPTURE, account=(ACME, "Acme"), file_name="call.vtt", title="call")
ROOT, REPLY = "1700000000.000100", "1700000009.000100"


@pytest.fixture(autouse=True)
def _business(rig: Rig) -> None:
    rig.book.answers |= {
        "workspaces.find": MAYA.tenant_id,
        "sources.shared.begin": CAPTURE,
        "sources.shared.look": VIEW,
        "sources.threads.begin": CAPTURE,
        "sources.threads.look": VIEW,
        "sources.threads.follow": "I follow this thread for Acme & Co.",
        "sources.threads.heard": True,
    }


def chosen(callback: str, **message: Any) -> dict[str, Any]:
    return {
        "type": "message_action",
        "callback_id": callback,
        "trigger_id": "short.1",
        "user": {"id": "U0MAYA"},
        "team": {"id": "T0SANDBOX"},
        "channel": {"id": "C0SALES", "name": "sales"},
        "response_url": RESPONSE_URL,
        "message": {"user": "U0TOM", "ts": REPLY, "text": "About Acme", **message},
    }


def account(view_state: str, **more: Any) -> dict[str, Any]:
    """The form with Acme chosen in it."""
    sent = submission(view_state, Target(id=CAPTURE).encode(), {"title": "Kick-off"})
    option = {"text": {"type": "plain_text", "text": "Acme"}, "value": str(ACME)}
    sent["view"]["state"]["values"] |= {
        "account": {"account": {"type": "external_select", "selected_option": option}},
        "held": {"held": {"type": "datepicker", "selected_date": "2026-12-01"}},
        **more,
    }
    return sent


async def test_a_transcript_is_asked_about_and_the_window_waits(rig: Rig) -> None:
    files = [{"id": "F1", "name": "call.vtt"}, {"id": "F2", "name": "a.pdf"}, "odd"]
    await rig.interact(chosen("transcript.from_message", files=files))
    ((args, _),) = rig.book.named("sources.shared.begin")
    assert args[1] == (SharedFile(id="F1", name="call.vtt"), SharedFile(id="F2", name="a.pdf"))
    ((_, view, _),) = rig.chat.modals
    assert view_faults(view) == []
    assert "call.vtt" in json.dumps(view)
    status, answer = await rig.interact(account("transcript.form"))
    assert (status, answer["response_action"]) == (200, "update")
    assert view_faults(answer["view"]) == []
    ((args, given),) = rig.book.named("sources.shared.submit")
    assert args[1:] == (CAPTURE, ACME)
    assert given == {
        "title": "Kick-off", "at": "2026-12-01", "view_id": "V1", "zone": "Europe/Berlin",
    }  # fmt: skip


async def test_a_message_without_a_transcript_says_so_in_a_window(rig: Rig) -> None:
    rig.book.errors["sources.shared.begin"].append(InvalidInput("This message holds no <file>."))
    await rig.interact(chosen("transcript.from_message"))
    ((_, body),) = rig.chat.told
    assert "holds no &lt;file&gt;." in str(body["text"])


async def test_a_thread_is_followed_from_one_of_its_replies(rig: Rig) -> None:
    await rig.interact(chosen("follow.from_message", thread_ts=ROOT))
    ((args, _),) = rig.book.named("sources.threads.begin")
    assert args[1] == ThreadRef(channel="C0SALES", ts=ROOT)
    ((_, view, _),) = rig.chat.modals
    assert view_faults(view) == []
    empty = submission("follow.form", Target(id=CAPTURE).encode(), {"account": ""})
    assert "account" in (await rig.interact(empty))[1]["errors"]
    _, answer = await rig.interact(account("follow.form"))
    assert "for Acme & Co." in json.dumps(answer)
    ((args, _),) = rig.book.named("sources.threads.follow")
    assert args[1:] == (CAPTURE, ACME)


@pytest.mark.parametrize(
    ("found", "public", "whispered"),
    [
        (Followed(status="followed", told="I follow"), 0, 0),
        (Followed(status="ended", told="I no longer follow"), 1, 0),
        (Followed(status="already", told="I do already"), 0, 1),
        (Followed(status="ask", told="For which account?", ask=CAPTURE), 0, 1),
    ],
)
async def test_a_mention_is_answered_where_it_concerns(
    rig: Rig, found: Followed, public: int, whispered: int
) -> None:
    rig.book.answers["sources.threads.mentioned"] = found
    mention = {
        "type": "app_mention", "user": "U0MAYA", "channel": "C0SALES", "ts": REPLY,
        "thread_ts": ROOT, "text": "<@U0BOT> follow for A &amp; B",
    }  # fmt: skip
    for _ in range(2):
        await rig.event(event(mention))
    ((args, given),) = rig.book.named("sources.threads.mentioned")
    assert args[1:] == (ThreadRef(channel="C0SALES", ts=ROOT), "follow for A & B")
    assert given == {"command_id": "Ev1"}
    assert len(rig.chat.messages) == public
    assert len(rig.chat.whispers) == whispered
    for _, _, message in rig.chat.whispers:
        assert faults(message.blocks, text=message.text) == []
    if found.ask:
        await rig.interact(click("follow.choose", Target(id=CAPTURE).encode()))
        ((_, view, _),) = rig.chat.modals
        assert view["callback_id"] == "follow.form"


async def test_what_is_said_in_channels_is_no_event_of_ours(rig: Rig) -> None:
    said = {
        "type": "message", "channel": "C0SALES", "channel_type": "channel", "user": "U0STRANGER",
        "ts": REPLY, "thread_ts": ROOT, "text": "&lt;secret&gt; <@U0TOM|tom>",
    }  # fmt: skip
    await rig.event(event(said))
    for odd in ({"bot_id": "B1"}, {"subtype": "channel_join"}, {"subtype": "message_changed"}):
        await rig.event(event({**said, **odd}, f"Ev{odd}"))
    ((args, _),) = rig.book.named("sources.threads.heard")
    assert args == (
        MAYA.tenant_id,
        SeenPost(
            thread=ThreadRef(channel="C0SALES", ts=ROOT),
            ts=REPLY,
            user="U0STRANGER",
            text="<secret> @tom",
        ),
    )
    assert rig.book.named("inbound.receive") == []
