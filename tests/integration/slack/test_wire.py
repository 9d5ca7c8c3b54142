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

from blocks.action_ids import ActionId, ShortcutId
from blocks.approval_card import approval_card
from blocks.mail_card import mail_card
from blocks.marking import marked
from bot.adapters.slack import SlackChats, make_session
from sandbox.app import build
from sandbox.clock import CLOCK
from sandbox.context import Settings
from services.errors import Conflict, InvalidInput
from services.ports import ChatGateway, ChatMessage, ChatRef
from services.types.approvals import Decided, RequestStatus, Submitted
from tests.contracts.test_chat_gateway import STORY
from tests.fakes.clock import FrozenClock
from tests.fakes.tokens import FixedTokens
from tests.fakes.verbs import MAYA
from tests.unit.approval_view_factory import HASH, make_approval_card, make_form, make_queue
from tests.unit.handlers.slack_rig import SECRET, Rig, running
from tests.unit.view_factory import ACTION, make_inbox, make_mail_card, make_why

CARD = UUID(int=0xCA)
ACCOUNT = UUID(int=0xAC)


@dataclass
class Person:
    """Maya before her screen."""

    url: str
    http: aiohttp.ClientSession
    rig: Rig
    ref: ChatRef
    chat: ChatGateway

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

    async with TestServer(app) as server, make_session() as session:
        settings.url = url = str(server.make_url("")).rstrip("/")
        chats = SlackChats(
            session=session, base_url=f"{url}/api/", clock=clock, tokens=FixedTokens()
        )
        async with running(Rig(clock=clock, surfaces=chats)) as rig:
            settings.bot_url = rig.url
            rig.book.answers |= {
                "views.mail_card": make_mail_card(),
                "views.why": make_why(),
                "views.inbox": make_inbox(),
                "approvals.reads.queue": make_queue(),
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
            yield Person(url=url, http=session, rig=rig, ref=ref, chat=chat)


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


# ── Approvals ───────────────────────────────────────────────────────────────────────────────────
def _form(_actor: Any, type_: str, *, account: str = "", text: str = "") -> Any:
    return make_form(type=type_, account=(ACCOUNT, account) if account else None, evidence=text)


@pytest.fixture
def approvals(maya: Person) -> Person:
    maya.rig.book.answers |= {
        "approvals.reads.form": _form,
        "approvals.reads.card": make_approval_card(),
        "approvals.reads.queue": make_queue(),
        "approvals.reads.deal_options": ((ACCOUNT, "Northwind rollout · Northwind"),),
        "approvals.reads.delegate_options": ((ACCOUNT, "Elena Costa"),),
        "approvals.requests.submit": Submitted(
            request_id=CARD, status=RequestStatus.PENDING, sentence="Victor Hahn has it."
        ),
        "approvals.decisions.decide": Decided(
            request_id=CARD, status=RequestStatus.APPROVED, sentence="Approved.", counted=True
        ),
        "approvals.absences.set_absence": "You are away until Friday.",
    }
    return maya


async def test_the_command_opens_a_form_that_asks_once(approvals: Person) -> None:
    maya = approvals
    answer = await maya.does(
        "command", channel=maya.ref.channel, text="/understudy request discount"
    )
    assert (answer["status"], answer["failure"]) == (200, None)
    view = await maya.modal()
    options = await maya.does(
        "options", view_id=view["id"], action_id=ActionId.REQUEST_DEAL, block_id="deal", value="no"
    )
    assert "Northwind rollout" in json.dumps(options, ensure_ascii=False)
    chosen = options["body"]["options"][0]
    values = {
        "deal": {ActionId.REQUEST_DEAL: {"selected_option": chosen}},
        "percentage": {"percentage": {"value": "12.5"}},
        "reason": {"reason": {"value": "A better offer"}},
    }
    maya.rig.book.errors["approvals.requests.submit"].append(
        InvalidInput("This is more than I can handle.", field="percentage")
    )
    refused = await maya.does("submit", view_id=view["id"], values=values)
    assert refused["body"]["errors"] == {"percentage": "This is more than I can handle."}
    await maya.does("submit", view_id=view["id"], values={})
    ((_, first), (args, again)) = maya.rig.book.named("approvals.requests.submit")
    assert first["command_id"] == again["command_id"]
    assert (args[1].deal_id, args[1].percentage) == (ACCOUNT, "12.5")
    assert (args[1].reason, args[1].urgency) == ("A better offer", "normal")
    assert "Victor Hahn has it." in json.dumps(await maya.modal())


async def test_a_message_shortcut_brings_the_message_along_and_the_type_changes_the_form(
    approvals: Person,
) -> None:
    maya = approvals
    answer = await maya.does(
        "shortcut",
        callback_id=ShortcutId.REQUEST_FROM_MESSAGE,
        channel=maya.ref.channel,
        message_ts=maya.ref.ts,
    )
    assert answer["status"] == 200
    view = await maya.modal()
    assert "Dana asks" in json.dumps(view)
    changed = await maya.does(
        "action",
        view_id=view["id"],
        action_id=ActionId.REQUEST_TYPE,
        block_id="type",
        selected_option={"text": {"type": "plain_text", "text": "Refund"}, "value": "refund"},
    )
    assert changed["status"] == 200
    view = await maya.modal()
    assert view["title"]["text"] == "Request: refund"
    assert "Dana asks" in json.dumps(view)


async def test_the_global_shortcut_opens_a_form(approvals: Person) -> None:
    await approvals.does("shortcut", callback_id=ShortcutId.REQUEST)
    assert (await approvals.modal())["title"]["text"] == "Request: discount"


async def test_a_card_is_approved_in_two_taps_after_its_button(approvals: Person) -> None:
    maya = approvals
    card = ChatMessage(text="x", blocks=approval_card(make_approval_card()), metadata_id=str(CARD))
    ref = await maya.chat.post(maya.ref.channel, card)
    place = {"channel": ref.channel, "message_ts": ref.ts}
    await maya.does("action", **place, action_id=ActionId.APPROVAL_APPROVE)
    view = await maya.modal()
    option = {"text": {"type": "plain_text", "text": "x"}, "value": "Strategic account"}
    values = {"preset": {"preset": {"selected_option": option}}}
    assert (await maya.does("submit", view_id=view["id"], values=values))["status"] == 200
    ((_, kwargs),) = maya.rig.book.named("approvals.decisions.decide")
    assert (kwargs["reason"], kwargs["seen"].payload_hash) == ("Strategic account", HASH)


async def test_an_absence_has_its_days(approvals: Person) -> None:
    maya = approvals
    await maya.does("command", channel=maya.ref.channel, text="/understudy approvals away")
    view = await maya.modal()
    values = {"last": {"last": {"selected_date": "2026-11-27"}}}
    await maya.does("submit", view_id=view["id"], values=values)
    ((_, kwargs),) = maya.rig.book.named("approvals.absences.set_absence")
    assert (str(kwargs["first"]), str(kwargs["last"])) == ("2026-11-20", "2026-11-27")


async def test_another_list_takes_the_place_of_the_first(approvals: Person) -> None:
    maya = approvals
    await maya.does("command", channel=maya.ref.channel, text="/understudy approvals")
    maya.rig.book.answers["approvals.reads.queue"] = make_queue(which="decided", items=(), total=0)
    shown = json.loads(await maya.sees("messages", channel=maya.ref.channel))["messages"]
    (mine,) = [message for message in shown if "Waiting for me" in json.dumps(message)]
    answer = await maya.does(
        "action",
        channel=maya.ref.channel,
        message_ts=mine["ts"],
        action_id=f"{ActionId.QUEUE}#2",
    )
    assert answer["status"] == 200
    text = await maya.sees("messages", channel=maya.ref.channel)
    assert "Nothing was decided in the last two weeks" in text
    assert "Waiting for me: 1 request" not in text


async def test_the_command_is_answered_in_its_ack(maya: Person) -> None:
    answer = await maya.does("command", channel=maya.ref.channel, text="/understudy inbox")
    assert answer["status"] == 200
    shown = await maya.sees("messages", channel=maya.ref.channel)
    assert "Dana Reyes (Northwind) asks for a quote" in shown
