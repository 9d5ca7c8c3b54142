"""Bolt, as an app would use it, understands every kind of request the sandbox sends."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from tests.unit.sandbox.slack_rig import SECRET, TOKEN, Received, Rig, running

BUTTON = {"type": "button", "action_id": "edit", "text": {"type": "plain_text", "text": "Edit"}}
PICK = {"type": "external_select", "action_id": "who", "min_query_length": 0}
CARD = [{"type": "actions", "block_id": "row", "elements": [BUTTON, PICK]}]
INPUT = {"type": "plain_text_input", "action_id": "text"}
MODAL = {
    "type": "modal",
    "callback_id": "editor",
    "title": {"type": "plain_text", "text": "Edit"},
    "submit": {"type": "plain_text", "text": "Save"},
    "notify_on_close": True,
    "blocks": [{"type": "input", "block_id": "b", "label": BUTTON["text"], "element": INPUT}],
}


def listen(app: AsyncApp, heard: list[str]) -> None:
    """One listener for each kind."""

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        heard.append("home")
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": []})

    @app.event("message")
    async def said(event: dict[str, Any]) -> None:
        heard.append(f"message {event['text']}")

    @app.command("/understudy")
    async def command(ack: Any, command: dict[str, Any]) -> None:
        await ack(text=f"heard {command['text']}")

    @app.action("edit")
    async def edit(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await ack()

    @app.options("who")
    async def who(ack: Any, payload: dict[str, Any]) -> None:
        text = {"type": "plain_text", "text": payload["value"]}
        await ack(options=[{"text": text, "value": "v"}])

    @app.view("editor")
    async def save(ack: Any, view: dict[str, Any]) -> None:
        value = view["state"]["values"]["b"]["text"]["value"]
        await ack(response_action="errors", errors={"b": f"not {value}"})

    @app.view_closed("editor")
    async def closed(ack: Any) -> None:
        heard.append("closed")
        await ack()

    @app.shortcut("draft")
    async def draft(ack: Any, respond: Any) -> None:
        await respond("drafted")
        await ack()


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path) as made:
        yield made


@pytest.fixture
def heard(rig: Rig) -> list[str]:
    async def authorize(**_more: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T0BRGHTPTH", bot_token=TOKEN, bot_id="BBOT",
            bot_user_id="UBOT",
        )  # fmt: skip

    app = AsyncApp(
        signing_secret=SECRET,
        authorize=authorize,
        client=AsyncWebClient(base_url=rig.url + "/api/", session=rig.session),
        process_before_response=True,
    )
    lines: list[str] = []
    listen(app, lines)

    async def reply(received: Received) -> web.StreamResponse:
        answer = await app.async_dispatch(
            AsyncBoltRequest(body=received.raw.decode(), headers=dict(received.headers))
        )
        kind = answer.first_headers().get("content-type", "text/plain").split(";")[0]
        return web.Response(status=answer.status, text=answer.body, content_type=kind)

    rig.bot.reply = reply
    return lines


async def test_events_and_the_home_tab(rig: Rig, heard: list[str]):
    await rig.post("/ui/slack/home_opened", user="UANA")
    await rig.until(lambda: "UANA" in rig.core.homes)
    channel = await rig.dm()
    await rig.post("/ui/slack/message", user="UANA", channel=channel, text="hi")
    await rig.until(lambda: "message hi" in heard)
    await rig.api("chat.postMessage", channel=channel, text="my own")
    await rig.until(lambda: len(rig.core.link.deliveries) == 3)
    assert heard == ["home", "message hi"]
    assert {line["status"] for line in rig.core.link.deliveries} == {200}


async def test_a_command(rig: Rig, heard: list[str]):
    assert heard == []
    answer = await rig.post("/ui/slack/command", user="UANA", channel="CDEALS", text="help")
    assert answer["response"] == "heard help"


async def test_a_click_a_modal_and_its_answers(rig: Rig, heard: list[str]):
    made = await rig.api("chat.postMessage", channel="CDEALS", text="card", blocks=CARD)
    where = {"user": "UANA", "channel": "CDEALS", "message_ts": made["ts"], "block_id": "row"}
    options = await rig.post("/ui/slack/options", **where, action_id="who", value="an")
    assert options["options"][0]["text"]["text"] == "an"
    assert (await rig.post("/ui/slack/action", **where, action_id="edit"))["status"] == 200
    [view] = (await rig.get("/ui/slack/modals", user="UANA"))["views"]
    values = {"b": {"text": {"type": "plain_text_input", "value": "this"}}}
    answer = await rig.post("/ui/slack/submit", user="UANA", view_id=view["id"], values=values)
    assert answer["body"]["errors"] == {"b": "not this"}
    await rig.post("/ui/slack/close", user="UANA", view_id=view["id"])
    assert heard == ["closed"]


async def test_a_shortcut_answers_by_response_url(rig: Rig, heard: list[str]):
    assert heard == []
    made = await rig.api("chat.postMessage", channel="CDEALS", text="card")
    where = {"user": "UANA", "channel": "CDEALS", "message_ts": made["ts"]}
    answer = await rig.post("/ui/slack/shortcut", **where, callback_id="draft")
    assert answer["status"] == 200
    seen = (await rig.get("/ui/slack/messages", user="UANA", channel="CDEALS"))["messages"]
    assert [(m["text"], m["ephemeral"]) for m in seen] == [("card", False), ("drafted", True)]


async def test_bolt_refuses_what_is_badly_signed(rig: Rig, heard: list[str]):
    event = {"type": "event_callback", "event": {"type": "app_home_opened", "user": "UANA"}}
    for how in ({"bad_signature": True}, {"stale": True}):
        sent = await rig.post("/control/slack/deliver", body=event, **how)
        assert sent["statuses"] == [401]
    assert heard == []


async def test_bolt_answers_the_url_verification(rig: Rig, heard: list[str]):
    assert heard == []
    assert (await rig.post("/control/slack/verify_url"))["verified"]
