"""Brightpath holds together: its files agree with each other, and its mail arrives."""

import csv
import json

import aiohttp
from aiohttp import web

from sandbox.bus import BUS, Bus
from sandbox.clock import CLOCK, Clock
from sandbox.context import RESETS, SETTINGS, STORY, Settings
from sandbox.gmail import mime
from sandbox.gmail.routes import attach
from sandbox.gmail.web_tools import WORLD
from tests.unit.sandbox.gmail_server import serve, until

STAGES = {
    "initial",
    "discovery",
    "qualification",
    "evaluation",
    "negotiation",
    "stalled",
    "closed_won",
    "closed_lost",
}


def rows(name):
    with (STORY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_tables_agree():
    members = {r["email"] for r in rows("members")}
    accounts = {r["name"]: r for r in rows("accounts")}
    assert {a["owner_email"] for a in accounts.values()} <= members
    for contact in rows("contacts"):
        assert contact["email"].endswith("@" + accounts[contact["account"]]["domain"])
    deals = rows("deals")
    assert {d["stage"] for d in deals} <= STAGES
    assert {d["account"] for d in deals} <= accounts.keys()
    still_open = {d["account"] for d in deals if not d["stage"].startswith("closed")}
    without = {a["lifecycle"] for n, a in accounts.items() if n not in still_open}
    assert without == {"active", "onboarding", "at_risk"}
    assert all(a["domain"].endswith(".example") for a in accounts.values())


def test_slack_has_the_same_people():
    slack = json.loads((STORY / "slack.json").read_text("utf-8"))
    people = {u["email"]: u for u in slack["users"]}
    for member in rows("members"):
        person = people.pop(member["email"])
        assert (person["real_name"], person["tz"]) == (member["name"], member["timezone"])
    # Not members yet: colleagues to import, and a guest to leave out.
    assert {u["email"]: u["is_restricted"] for u in people.values()} == {
        "jonas@brightpath.example": False,
        "aisha@brightpath.example": False,
        "petra@haldenworks.example": True,
    }
    known = {u["id"] for u in slack["users"]} | {slack["bot"]["user_id"]}
    assert all(set(c["members"]) <= known for c in slack["channels"])


async def test_the_story_is_prepared_told_and_reset():
    app = web.Application()
    app[SETTINGS] = Settings(bot_url="", signing_secret="s")
    app[CLOCK], app[BUS], app[RESETS] = Clock(), Bus(), []
    attach(app)
    world = app[WORLD]
    script = json.loads((STORY / "mail.json").read_text("utf-8"))
    for mail in script["arrivals"]:
        mail["delay"] = 0
    maya = world.store.mailbox("maya@brightpath.example")
    before = len(maya.messages)
    assert before > 5
    assert not any("UNREAD" in m.labels for m in maya.messages.values())
    assert maya.history == []
    runner, url = await serve(app)
    async with aiohttp.ClientSession() as session:
        with app[BUS].subscribe() as events:
            async with session.post(f"{url}/control/story/begin") as reply:
                assert (await reply.json())["started"] is True
            event = await events.get()
        async with session.post(f"{url}/control/story/begin") as reply:
            assert (await reply.json())["started"] is False
        assert event["type"] == "mail"
        first = await until(
            lambda: [m for m in maya.messages.values() if "UNREAD" in m.labels], seconds=8
        )
        raw = first[0].raw
        assert b"dmarc=pass" in raw
        text = mime.bodies(mime.parse(raw))[0]
        assert "$85,000" in text
        assert "{date" not in text
        assert len(maya.thread(first[0].thread_id)) == 4
        (invited,) = await until(
            lambda: [m for m in maya.messages.values() if b"text/calendar" in m.raw], seconds=8
        )
        kinds = [part.get_content_type() for part in mime.parse(invited.raw).walk()]
        assert "text/calendar" in kinds
        app[RESETS][0]()
        assert len(world.store.mailbox("maya@brightpath.example").messages) == before
        async with session.get(f"{url}/control/story") as reply:
            told = await reply.json()
        assert told["begun"] is False
        assert told["members"].endswith("members.csv")
        known = {account["name"] for account in rows("accounts")}
        assert {one["account"] for one in told["transcripts"]} <= known
    await runner.cleanup()
