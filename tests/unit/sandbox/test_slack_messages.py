"""Messages, ephemerals, metadata, reactions, and the events they cause."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.bus import BUS
from tests.unit.sandbox.slack_rig import Rig, running


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path) as made:
        yield made


async def test_only_the_bots_token_is_let_in(rig: Rig):
    assert (await rig.api("auth.test"))["team_id"] == "T0BRGHTPTH"
    assert (await rig.api("auth.test", token=""))["error"] == "not_authed"
    assert (await rig.api("auth.test", token="xoxb-other"))["error"] == "invalid_auth"
    assert (await rig.api("no.such"))["error"] == "unknown_method"


async def test_arguments_may_come_as_form_query_or_json(rig: Rig):
    async with rig.session.post(
        rig.url + "/api/chat.postMessage",
        data={
            "token": "xoxb-sandbox",
            "channel": "CDEALS",
            "text": "a",
            "blocks": json.dumps([{"type": "divider"}]),
        },
    ) as response:
        assert (await response.json())["message"]["blocks"][0]["type"] == "divider"
    async with rig.session.get(
        rig.url + "/api/users.info", params={"user": "UANA", "token": "xoxb-sandbox"}
    ) as response:
        assert (await response.json())["user"]["profile"]["email"] == "ana@brightpath.example"


async def test_posting_to_a_person_opens_their_dm(rig: Rig):
    posted = await rig.api("chat.postMessage", channel="UANA", text="hello")
    assert posted["ok"]
    assert posted["channel"] == await rig.dm("UANA")
    assert posted["channel"].startswith("D")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "CNONE", "text": "x"}, "channel_not_found"),
        ({"channel": "COUT", "text": "x"}, "not_in_channel"),
        ({"channel": "CDEALS"}, "no_text"),
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": "CDEALS", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": "CDEALS", "text": "x", "metadata": {"a": 1}}, "invalid_metadata_schema"),
    ],
)
async def test_refusals_of_post_message(rig: Rig, arguments: dict, error: str):
    assert (await rig.api("chat.postMessage", **arguments))["error"] == error


async def test_archived_channels_take_nothing(rig: Rig):
    await rig.post("/control/slack/channels/CDEALS/archive")
    assert (await rig.api("chat.postMessage", channel="CDEALS", text="x"))["error"] == "is_archived"


async def test_metadata_is_returned_only_when_asked_for(rig: Rig):
    meta = {"event_type": "card", "event_payload": {"id": "c1"}}
    await rig.api("chat.postMessage", channel="CDEALS", text="x", metadata=meta)
    plain = await rig.api("conversations.history", channel="CDEALS")
    full = await rig.api("conversations.history", channel="CDEALS", include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == meta


async def test_update_keeps_what_it_does_not_mention(rig: Rig):
    made = await rig.api(
        "chat.postMessage", channel="CDEALS", text="a", blocks=[{"type": "divider"}]
    )
    where = {"channel": "CDEALS", "ts": made["ts"]}
    kept = (await rig.api("chat.update", **where, text="b"))["message"]
    assert (kept["text"], len(kept["blocks"])) == ("b", 1)
    emptied = (await rig.api("chat.update", **where, text="b", blocks=[]))["message"]
    assert "blocks" not in emptied
    assert (await rig.api("chat.update", **where))["error"] == "no_text"
    assert (await rig.api("chat.update", **where, text="x" * 4001))["error"] == "msg_too_long"
    missing = await rig.api("chat.update", channel="CDEALS", ts="1.000001", text="b")
    assert missing["error"] == "message_not_found"


async def test_the_app_cannot_touch_what_people_wrote(rig: Rig):
    said = await rig.post("/ui/slack/message", user="UANA", channel="CDEALS", text="mine")
    where = {"channel": "CDEALS", "ts": said["ts"]}
    assert (await rig.api("chat.update", **where, text="b"))["error"] == "cant_update_message"
    assert (await rig.api("chat.delete", **where))["error"] == "cant_delete_message"


async def test_threads(rig: Rig):
    top = await rig.api("chat.postMessage", channel="CDEALS", text="top")
    await rig.post(
        "/ui/slack/message", user="UANA", channel="CDEALS", text="re", thread_ts=top["ts"]
    )
    history = await rig.api("conversations.history", channel="CDEALS")
    assert [m["text"] for m in history["messages"]] == ["top"]
    assert history["messages"][0]["reply_count"] == 1
    replies = await rig.api("conversations.replies", channel="CDEALS", ts=top["ts"])
    assert [m["text"] for m in replies["messages"]] == ["top", "re"]


async def test_history_pages(rig: Rig):
    for number in range(5):
        await rig.api("chat.postMessage", channel="CDEALS", text=str(number))
    first = await rig.api("conversations.history", channel="CDEALS", limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await rig.api("conversations.history", channel="CDEALS", limit=2, cursor=cursor)
    assert [m["text"] for m in first["messages"] + second["messages"]] == ["4", "3", "2", "1"]


async def test_an_ephemeral_is_seen_by_one_person_and_never_by_the_api(rig: Rig):
    sent = await rig.api("chat.postEphemeral", channel="CDEALS", user="UANA", text="psst")
    assert sent["message_ts"]
    for user, texts in (("UANA", ["psst"]), ("UBEN", [])):
        seen = await rig.get("/ui/slack/messages", channel="CDEALS", user=user)
        assert [m["text"] for m in seen["messages"]] == texts
    assert (await rig.api("conversations.history", channel="CDEALS"))["messages"] == []
    stranger = await rig.api("chat.postEphemeral", channel="CDEALS", user="UGUEST", text="psst")
    assert stranger["error"] == "user_not_in_channel"


async def test_writing_in_the_dm_reaches_the_bot_signed_and_escaped(rig: Rig):
    channel = await rig.dm()
    await rig.post("/ui/slack/message", user="UANA", channel=channel, text="<!channel> & <@UBOT>")
    [event] = await rig.until(lambda: rig.bot.events("message"))
    assert event["channel_type"] == "im"
    assert event["text"] == "&lt;!channel&gt; &amp; <@UBOT>"
    received = rig.bot.received[0]
    assert rig.bot.signed(received)
    assert received.body["team_id"] == "T0BRGHTPTH"
    assert received.body["authorizations"][0]["user_id"] == "UBOT"


async def test_the_apps_own_dm_messages_come_back_as_events_too(rig: Rig):
    channel = await rig.dm()
    made = await rig.api("chat.postMessage", channel=channel, text="hi")
    await rig.api("chat.update", channel=channel, ts=made["ts"], text="ho")
    events = await rig.until(
        lambda: len(rig.bot.events("message")) == 2 and rig.bot.events("message")
    )
    assert {event.get("subtype") for event in events} == {None, "message_changed"}
    assert next(e for e in events if "subtype" not in e)["bot_id"] == "BBOT"


async def test_what_is_said_where_the_app_is_is_told_and_a_mention_besides(rig: Rig):
    await rig.post("/ui/slack/message", user="UANA", channel="COUT", text="elsewhere")
    await rig.post("/ui/slack/message", user="UANA", channel="CDEALS", text="no mention")
    await rig.post("/ui/slack/message", user="UANA", channel="CDEALS", text="<@UBOT> brief")
    [event] = await rig.until(lambda: rig.bot.events("app_mention"))
    assert event["text"] == "<@UBOT> brief"
    said = await rig.until(
        lambda: len(rig.bot.events("message")) == 2 and rig.bot.events("message")
    )
    assert {one["text"] for one in said} == {"no mention", "<@UBOT> brief"}
    assert {one["channel_type"] for one in said} == {"channel"}


async def test_people_change_and_delete_their_own_messages(rig: Rig):
    where = {"user": "UANA", "channel": "CDEALS"}
    first = (await rig.post("/ui/slack/message", **where, text="one"))["ts"]
    reply = await rig.post("/ui/slack/message", **where, text="two", thread_ts=first)
    assert await rig.status("POST", "/ui/slack/edit", **{**where, "user": "UBEN"}, ts=first) == 400
    await rig.post("/ui/slack/edit", **where, ts=reply["ts"], text="two & a half")
    await rig.post("/ui/slack/delete", **where, ts=first)
    thread = (await rig.api("conversations.replies", channel="CDEALS", ts=first))["messages"]
    assert [one["text"] for one in thread] == ["This message was deleted.", "two &amp; a half"]
    assert thread[0]["subtype"] == "tombstone"
    await rig.post("/ui/slack/delete", **where, ts=reply["ts"])
    events = await rig.until(
        lambda: len(rig.bot.events("message")) == 5 and rig.bot.events("message")
    )
    (gone,) = [one for one in events if one.get("subtype") == "message_deleted"]
    assert (gone["deleted_ts"], gone["previous_message"]["thread_ts"]) == (reply["ts"], first)


async def test_a_shared_file_is_told_and_downloaded_with_the_token_only(rig: Rig):
    files = [
        {"name": "call.vtt", "text": "WEBVTT"},
        {"name": "doc", "external_url": "https://drive.example/1"},
    ]
    await rig.post("/ui/slack/message", user="UANA", channel="CDEALS", files=files)
    [event] = await rig.until(lambda: rig.bot.events("message"))
    assert (event["subtype"], event["text"]) == ("file_share", "")
    hosted, outside = event["files"]
    told = (await rig.api("files.info", file=hosted["id"]))["file"]
    assert (told["size"], told["mode"], outside["mode"]) == (6, "hosted", "external")
    assert (await rig.api("files.info", file="F0"))["error"] == "file_not_found"
    for token, status in (("xoxb-sandbox", 200), ("xoxb-other", 302), ("", 302)):
        async with rig.session.get(
            told["url_private_download"],
            headers={"Authorization": f"Bearer {token}"},
            allow_redirects=False,
        ) as response:
            assert response.status == status
            assert (await response.text() == "WEBVTT") is (status == 200)


async def test_reactions_are_told_both_ways(rig: Rig):
    made = await rig.api("chat.postMessage", channel="CDEALS", text="x")
    about = {"user": "UANA", "channel": "CDEALS", "ts": made["ts"], "name": "+1"}
    assert (await rig.post("/ui/slack/reaction", **about))["ok"]
    assert (await rig.post("/ui/slack/reaction", **about))["error"] == "already_reacted"
    await rig.post("/ui/slack/reaction", **about, remove=True)
    [added] = await rig.until(lambda: rig.bot.events("reaction_added"))
    await rig.until(lambda: rig.bot.events("reaction_removed"))
    assert added["item"] == {"type": "message", "channel": "CDEALS", "ts": made["ts"]}
    assert added["item_user"] == "UBOT"


async def test_directory(rig: Rig):
    found = await rig.api("users.lookupByEmail", email="BEN@brightpath.example")
    assert found["user"]["id"] == "UBEN"
    assert (await rig.api("users.lookupByEmail", email="x@y.example"))["error"] == "users_not_found"
    assert (await rig.api("users.info", user="UNONE"))["error"] == "user_not_found"
    members = (await rig.api("users.list"))["members"]
    assert {m["id"]: m["is_restricted"] for m in members}["UGUEST"] is True
    listed = await rig.api("conversations.list")
    assert [c["id"] for c in listed["channels"]] == ["CDEALS", "COUT"]
    link = await rig.api("chat.getPermalink", channel="CDEALS", message_ts="1.000001")
    assert link["error"] == "message_not_found"


async def test_state_shows_one_persons_workspace(rig: Rig):
    await rig.api("chat.postMessage", channel="CDEALS", text="x")
    before = await rig.get("/ui/slack/state", user="UBEN")
    assert [c["unread"] for c in before["channels"] if c["id"] == "CDEALS"] == [1]
    assert "COUT" not in [c["id"] for c in before["channels"]]
    await rig.get("/ui/slack/messages", user="UBEN", channel="CDEALS")
    after = await rig.get("/ui/slack/state", user="UBEN")
    assert [c["unread"] for c in after["channels"] if c["id"] == "CDEALS"] == [0]
    assert after["command"] == "/understudy"


async def test_unknown_things_are_404(rig: Rig):
    async with rig.session.get(rig.url + "/ui/slack/state?user=UNONE") as response:
        assert response.status == 404
    for path, body in (
        ("/ui/slack/message", {"user": "UANA", "channel": "CNONE", "text": "x"}),
        ("/ui/slack/message", {"user": "UBEN", "channel": "COUT", "text": "x"}),
        ("/ui/slack/action", {"user": "UANA", "view_id": "VNONE", "action_id": "a"}),
        ("/ui/slack/close", {"user": "UANA", "view_id": "VNONE"}),
        ("/control/slack/channels/CNONE/archive", {}),
    ):
        assert await rig.status("POST", path, **body) == 404, path


async def test_a_reply_to_a_reply_joins_its_thread(rig: Rig):
    top = await rig.api("chat.postMessage", channel="CDEALS", text="top")
    first = await rig.api("chat.postMessage", channel="CDEALS", text="1", thread_ts=top["ts"])
    for thread in (top["ts"], first["ts"]):
        await rig.post(
            "/ui/slack/message", user="UANA", channel="CDEALS", text="2", thread_ts=thread
        )
    replies = await rig.api("conversations.replies", channel="CDEALS", ts=top["ts"])
    assert [m["thread_ts"] for m in replies["messages"]] == [top["ts"]] * 4


async def test_reading_is_told_once(rig: Rig):
    await rig.api("chat.postMessage", channel="CDEALS", text="x")
    with rig.app[BUS].subscribe() as queue:
        for _ in range(2):
            await rig.get("/ui/slack/messages", user="UBEN", channel="CDEALS")
        assert queue.qsize() == 1
        assert queue.get_nowait()["what"] == "read"


async def test_without_a_name_the_first_person_looks(rig: Rig):
    assert (await rig.get("/ui/slack/state"))["me"]["id"] == "UANA"
