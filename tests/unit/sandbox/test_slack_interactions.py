"""Buttons, menus, modals, the Home tab: what the bot is sent and what its answers do."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.unit.sandbox.slack_rig import Received, Rig, running

Json = dict[str, Any]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path) as made:
        yield made


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


SELECT = {
    "type": "static_select",
    "action_id": "pick",
    "options": [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}],
}
BLOCKS = [
    {"type": "actions", "block_id": "row", "elements": [
        {"type": "button", "action_id": "go", "value": "id-1", "style": "primary",
         "text": plain("Go")}, SELECT]},
    {"type": "context_actions", "block_id": "fb", "elements": [
        {"type": "feedback_buttons", "action_id": "rate",
         "positive_button": {"text": plain("Good"), "value": "up"},
         "negative_button": {"text": plain("Bad"), "value": "down"}}]},
    {"type": "container", "block_id": "box", "title": plain("More"), "child_blocks": [
        {"type": "actions", "block_id": "inner", "elements": [
            {"type": "button", "action_id": "deep", "text": plain("Deep")}]}]},
]  # fmt: skip


def modal(name: str = "m", **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "text", "max_length": 10}
    return {"type": "modal", "callback_id": name, "title": plain(name), "submit": plain("Send"),
            "blocks": [{"type": "input", "block_id": "why", "label": plain(), "element": element}],
            **more}  # fmt: skip


async def posted(rig: Rig, blocks: list = BLOCKS) -> Json:
    made = await rig.api("chat.postMessage", channel="CDEALS", text="card", blocks=blocks)
    return {"user": "UANA", "channel": "CDEALS", "message_ts": made["ts"]}


async def trigger(rig: Rig) -> str:
    await rig.post("/ui/slack/shortcut", user="UANA", callback_id="open")
    return rig.bot.received[-1].body["trigger_id"]


async def opened(rig: Rig, **more: Any) -> Json:
    made = await rig.api("views.open", trigger_id=await trigger(rig), view=modal(**more))
    assert made["ok"], made
    return made["view"]


async def stack(rig: Rig) -> list[str]:
    views = (await rig.get("/ui/slack/modals", user="UANA"))["views"]
    return [view["callback_id"] for view in views]


def why(text: str) -> Json:
    return {"why": {"text": {"type": "plain_text_input", "value": text}}}


async def test_a_press_carries_everything_slack_sends(rig: Rig):
    where = await posted(rig)
    answer = await rig.post("/ui/slack/action", **where, action_id="go", block_id="row")
    assert answer["status"] == 200
    body = rig.bot.received[-1].body
    [action] = body["actions"]
    assert (action["type"], action["value"], action["style"]) == ("button", "id-1", "primary")
    assert body["container"] == {"type": "message", "message_ts": where["message_ts"],
                                 "channel_id": "CDEALS", "is_ephemeral": False}  # fmt: skip
    assert body["message"]["text"] == "card"
    assert body["user"]["id"] == "UANA"
    assert body["team"] == {"id": "T0BRGHTPTH", "domain": "brightpath"}
    assert body["response_url"].startswith(rig.url + "/slack/response/")
    assert body["trigger_id"]


async def test_the_message_is_sent_as_it_was_when_pressed(rig: Rig):
    where = await posted(rig)

    async def change(_received: Received) -> web.StreamResponse:
        await rig.api(
            "chat.update",
            channel="CDEALS",
            ts=where["message_ts"],
            text="new",
            blocks=[{"type": "divider"}],
        )
        return web.Response()

    rig.bot.reply = change
    await rig.post("/ui/slack/action", **where, action_id="go")
    pressed = next(r for r in rig.bot.received if r.kind == "block_actions")
    assert pressed.body["message"]["text"] == "card"
    assert await rig.status("POST", "/ui/slack/action", **where, action_id="go") == 404


async def test_feedback_menus_and_nested_buttons(rig: Rig):
    where = await posted(rig)
    await rig.post("/ui/slack/action", **where, action_id="rate", value="down")
    assert rig.bot.received[-1].body["actions"][0]["value"] == "down"
    await rig.post("/ui/slack/action", **where, action_id="deep")
    assert rig.bot.received[-1].body["actions"][0]["block_id"] == "inner"
    await rig.post("/ui/slack/action", **where, action_id="pick", selected_option="2")
    body = rig.bot.received[-1].body
    assert body["actions"][0]["selected_option"]["text"]["text"] == "Two"
    assert body["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "2"
    await rig.post("/ui/slack/action", **where, action_id="go")
    kept = rig.bot.received[-1].body["state"]["values"]["row"]["pick"]
    assert kept["selected_option"]["value"] == "2"
    wrong = {**where, "action_id": "pick", "selected_option": "9"}
    assert await rig.status("POST", "/ui/slack/action", **wrong) == 400
    assert await rig.status("POST", "/ui/slack/action", **where, action_id="none") == 404


async def test_an_ephemeral_press_has_no_message_in_it(rig: Rig):
    sent = await rig.api(
        "chat.postEphemeral", channel="CDEALS", user="UANA", text="x", blocks=BLOCKS[:1]
    )
    where = {"channel": "CDEALS", "message_ts": sent["message_ts"], "action_id": "go"}
    await rig.post("/ui/slack/action", user="UANA", **where)
    body = rig.bot.received[-1].body
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body
    assert await rig.status("POST", "/ui/slack/action", user="UBEN", **where) == 404


async def test_a_failed_press_warns_and_is_not_retried(rig: Rig):
    where = await posted(rig)
    rig.bot.says(status=500)
    answer = await rig.post("/ui/slack/action", **where, action_id="go")
    assert (answer["status"], bool(answer["warning"])) == (500, True)
    [shown] = (await rig.get("/ui/slack/messages", channel="CDEALS", user="UANA"))["messages"]
    assert shown["warnings"]["go"] == answer["warning"]
    rig.bot.says()
    await rig.post("/ui/slack/action", **where, action_id="go")
    [shown] = (await rig.get("/ui/slack/messages", channel="CDEALS", user="UANA"))["messages"]
    assert shown["warnings"] == {}
    assert len([r for r in rig.bot.received if r.kind == "block_actions"]) == 2


async def test_a_trigger_works_once_and_for_three_seconds(rig: Rig):
    key = await trigger(rig)
    assert (await rig.api("views.open", trigger_id=key, view=modal()))["ok"]
    again = await rig.api("views.open", trigger_id=key, view=modal())
    assert again["error"] == "exchanged_trigger_id"
    late = await trigger(rig)
    await rig.post("/control/clock", advance=3.1)
    expired = await rig.api("views.open", trigger_id=late, view=modal())
    assert expired["error"] == "expired_trigger_id"
    unknown = await rig.api("views.open", trigger_id="1.2.3", view=modal())
    assert unknown["error"] == "invalid_arguments"
    assert "trigger_id" in unknown["response_metadata"]["messages"][0]


async def test_a_refused_view_does_not_use_the_trigger_up(rig: Rig):
    key = await trigger(rig)
    bad = await rig.api("views.open", trigger_id=key, view=modal(title=plain("x" * 25)))
    assert bad["error"] == "invalid_arguments"
    assert (await rig.api("views.open", trigger_id=key, view=modal()))["ok"]


async def test_a_submission_carries_state_and_an_empty_answer_closes(rig: Rig):
    view = await opened(rig, private_metadata="card-1")
    answer = await rig.post("/ui/slack/submit", user="UANA", view_id=view["id"], values=why("soon"))
    assert answer["status"] == 200
    body = rig.bot.received[-1].body
    assert body["type"] == "view_submission"
    assert body["view"]["state"]["values"] == why("soon")
    assert (body["view"]["private_metadata"], body["view"]["hash"]) == ("card-1", view["hash"])
    assert await stack(rig) == []


async def test_the_client_itself_holds_back_what_is_incomplete(rig: Rig):
    view = await opened(rig)
    before = len(rig.bot.received)
    for text in ("", "much too long a text"):
        answer = await rig.post(
            "/ui/slack/submit", user="UANA", view_id=view["id"], values=why(text)
        )
        assert list(answer["body"]["errors"]) == ["why"]
    assert len(rig.bot.received) == before


async def test_errors_stay_with_the_modal(rig: Rig):
    view = await opened(rig)
    rig.bot.says({"response_action": "errors", "errors": {"why": "Too short"}})
    await rig.post("/ui/slack/submit", user="UANA", view_id=view["id"], values=why("x"))
    [shown] = (await rig.get("/ui/slack/modals", user="UANA"))["views"]
    assert shown["errors"] == {"why": "Too short"}
    assert shown["state"]["values"] == why("x")
    rig.bot.says({"response_action": "errors", "errors": {"nowhere": "x"}})
    answer = await rig.post("/ui/slack/submit", user="UANA", view_id=view["id"], values=why("x"))
    assert "trouble connecting" in answer["warning"]


async def test_update_push_and_clear(rig: Rig):
    view = await opened(rig)
    send = {"user": "UANA", "view_id": view["id"], "values": why("x")}
    rig.bot.says({"response_action": "update", "view": modal("second")})
    await rig.post("/ui/slack/submit", **send)
    assert await stack(rig) == ["second"]
    rig.bot.says({"response_action": "push", "view": modal("third")})
    await rig.post("/ui/slack/submit", **send)
    assert await stack(rig) == ["second", "third"]
    top = (await rig.get("/ui/slack/modals", user="UANA"))["views"][-1]
    assert (top["root_view_id"], top["previous_view_id"]) == (view["id"], view["id"])
    rig.bot.says({"response_action": "clear"})
    await rig.post("/ui/slack/submit", **{**send, "view_id": top["id"]})
    assert await stack(rig) == []


async def test_a_bad_answer_leaves_the_modal_with_a_warning(rig: Rig):
    view = await opened(rig)
    send = {"user": "UANA", "view_id": view["id"], "values": why("x")}
    for body, status in (({"response_action": "update", "view": {"type": "modal"}}, 200),
                         ({"response_action": "dance"}, 200), (None, 500)):  # fmt: skip
        rig.bot.says(body, status=status)
        answer = await rig.post("/ui/slack/submit", **send)
        assert "trouble connecting" in answer["warning"]
        assert await stack(rig) == ["m"]
    rig.bot.says()
    await rig.post("/ui/slack/submit", **send)
    assert await stack(rig) == []


async def test_a_slow_submission_is_a_timeout(rig: Rig):
    view = await opened(rig)
    await rig.post("/control/slack/retries", deadline=0.3)

    async def slow(_received: Received) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.Response()

    rig.bot.reply = slow
    answer = await rig.post("/ui/slack/submit", user="UANA", view_id=view["id"], values=why("x"))
    assert (answer["status"], answer["failure"]) == (0, "http_timeout")
    assert await stack(rig) == ["m"]


def button_modal(name: str) -> Json:
    row = {"type": "actions", "block_id": "b", "elements": [
        {"type": "button", "action_id": "more", "text": plain()}]}  # fmt: skip
    return {"type": "modal", "callback_id": name, "title": plain(), "blocks": [row]}


async def test_three_modals_deep_and_no_deeper(rig: Rig):
    made = await rig.api("views.open", trigger_id=await trigger(rig), view=button_modal("1"))
    view = made["view"]
    for name in ("2", "3", "4"):
        await rig.post("/ui/slack/action", user="UANA", view_id=view["id"], action_id="more")
        body = rig.bot.received[-1].body
        assert body["container"] == {"type": "view", "view_id": view["id"]}
        made = await rig.api("views.push", trigger_id=body["trigger_id"], view=button_modal(name))
        view = made.get("view")
        if view is None:
            break
    assert made["error"] == "push_limit_reached"
    assert await stack(rig) == ["1", "2", "3"]
    outside = await rig.api("views.push", trigger_id=await trigger(rig), view=button_modal("5"))
    assert outside["error"] == "not_found"


async def test_update_checks_the_hash_and_keeps_what_was_typed(rig: Rig):
    view = await opened(rig, external_id="ext")
    await rig.post(
        "/ui/slack/submit", user="UANA", view_id=view["id"], values=why("much too long!")
    )
    stale = await rig.api("views.update", view_id=view["id"], hash="0.0", view=modal())
    assert stale["error"] == "hash_conflict"
    fresh = await rig.api("views.update", external_id="ext", hash=view["hash"], view=modal("new"))
    assert fresh["view"]["hash"] != view["hash"]
    assert fresh["view"]["state"]["values"] == why("much too long!")
    assert (await rig.api("views.update", view_id="V0", view=modal()))["error"] == "not_found"


async def test_closing_tells_only_who_asked(rig: Rig):
    view = await opened(rig)
    before = len(rig.bot.received)
    await rig.post("/ui/slack/close", user="UANA", view_id=view["id"])
    assert len(rig.bot.received) == before
    view = await opened(rig, notify_on_close=True)
    await rig.post("/ui/slack/close", user="UANA", view_id=view["id"])
    assert rig.bot.received[-1].body["type"] == "view_closed"
    assert rig.bot.received[-1].body["is_cleared"] is False
    assert await stack(rig) == []


async def test_home(rig: Rig):
    assert (await rig.get("/ui/slack/home", user="UANA"))["view"] is None
    home = {"type": "home", "blocks": button_modal("x")["blocks"]}
    first = (await rig.api("views.publish", user_id="UANA", view=home))["view"]
    stale = await rig.api("views.publish", user_id="UANA", hash="0.0", view=home)
    assert stale["error"] == "hash_conflict"
    again = (await rig.api("views.publish", user_id="UANA", hash=first["hash"], view=home))["view"]
    assert again["id"] == first["id"]
    await rig.post("/ui/slack/home_opened", user="UANA")
    [event] = await rig.until(lambda: rig.bot.events("app_home_opened"))
    assert (event["tab"], event["view"]["id"]) == ("home", first["id"])
    assert event["channel"] == await rig.dm("UANA")
    await rig.post("/ui/slack/action", user="UANA", view_id=first["id"], action_id="more")
    assert rig.bot.received[-1].body["view"]["type"] == "home"
    assert "response_url" not in rig.bot.received[-1].body
    stranger = await rig.api("views.publish", user_id="UNONE", view=home)
    assert stranger["error"] == "invalid_arguments"
    assert (await rig.get("/ui/slack/home", user="UBEN"))["view"] is None


async def test_external_options_come_from_the_bot(rig: Rig):
    element = {"type": "external_select", "action_id": "who", "min_query_length": 0}
    where = await posted(rig, [{"type": "actions", "block_id": "row", "elements": [element]}])
    offered = [{"text": plain("Ana"), "value": "ana"}]
    rig.bot.says({"options": offered})
    asked = {**where, "action_id": "who", "block_id": "row"}
    answer = await rig.post("/ui/slack/options", **asked, value="an")
    assert answer["options"] == offered
    body = rig.bot.received[-1].body
    assert (body["type"], body["value"], body["action_id"]) == ("block_suggestion", "an", "who")
    rig.bot.says()
    await rig.post("/ui/slack/action", **asked, selected_option=offered[0])
    assert rig.bot.received[-1].body["actions"][0]["selected_option"] == offered[0]
    rig.bot.says({"options": [{"text": "bad"}]})
    assert (await rig.post("/ui/slack/options", **asked, value="an"))["options"] == []


async def test_shortcuts(rig: Rig):
    where = await posted(rig)
    await rig.post("/ui/slack/shortcut", **where, callback_id="draft")
    body = rig.bot.received[-1].body
    assert (body["type"], body["message_ts"]) == ("message_action", where["message_ts"])
    assert body["message"]["text"] == "card"
    assert body["channel"] == {"id": "CDEALS", "name": "deals"}
    await rig.post("/ui/slack/shortcut", user="UANA", callback_id="global")
    assert rig.bot.received[-1].body["type"] == "shortcut"


async def test_inputs_beside_a_button_are_in_the_state(rig: Rig):
    where = await posted(rig, [*modal()["blocks"], *BLOCKS[:1]])
    values = {**why("because"), "gone": {"x": {"value": "y"}}}
    await rig.post("/ui/slack/action", **where, action_id="go", values=values)
    state = rig.bot.received[-1].body["state"]["values"]
    assert state["why"]["text"]["value"] == "because"
    assert state["row"]["pick"] == {"type": "static_select", "selected_option": None}
