"""What knocks at the doors without a right to: nothing is stored, nothing leaks, nothing falls."""

import json
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.conftest import Team
from tests.e2e.people import words
from tests.e2e.rig import Json, Rig

MAYA = "maya@brightpath.example"
TOM = "tom@brightpath.example"
TEAM_ID = "T0BRGHTPTH"
STORED = """
select (select count(*) from inbound_events) + (select count(*) from command_results)
     + (select count(*) from feedback) + (select count(*) from audit_entries)
"""


def reaction(user: str, channel: str, ts: str, event_id: str) -> Json:
    item = {"type": "message", "channel": channel, "ts": ts}
    event = {"type": "reaction_added", "user": user, "reaction": "+1", "item": item}
    return {
        "type": "event_callback",
        "team_id": TEAM_ID,
        "api_app_id": "A0UNDRSTDY",
        "event_id": event_id,
        "event_time": 1,
        "event": event | {"event_ts": "1.0"},
    }


@pytest.mark.parametrize(
    "spoiled",
    [
        {"bad_signature": True},
        {"stale": True},
        {"unsigned": True},
        {"timestamp": "garbage"},
        {"timestamp": "-1"},
        {"timestamp": "9" * 400},
        {"timestamp": ""},
        {"headers": {"X-Slack-Signature": "v0=\u00e9\u00e9"}},
        {"headers": {"X-Slack-Signature": ""}},
        {"headers": {"X-Slack-Signature": "v0=" + "0" * 4_000}},
    ],
    ids=lambda spoiled: str(spoiled)[:40],
)
def test_without_a_good_signature_nothing_is_stored(
    workspace: Rig, team: Team, spoiled: Json
) -> None:
    workspace.until(lambda: not workspace.busy(), 20, "nothing is left to do")
    before = workspace.db.value(STORED)
    body = reaction(team.maya.id, team.maya.dm, "1.0", f"Ev{secrets.token_hex(6)}")
    command = {"command": "/understudy", "text": "digest now", "user_id": team.maya.id}
    command |= {"team_id": TEAM_ID, "trigger_id": "t", "channel_id": team.maya.dm}
    assert workspace.events(body, **spoiled) == [401]
    assert workspace.events(command, kind="command", **spoiled) == [401]
    assert workspace.db.value(STORED) == before


def test_one_event_sent_many_times_has_one_effect(workspace: Rig, team: Team) -> None:
    """Four times one after the other, then two at once, three times over."""
    subject = "Reacted to again and again"
    workspace.write(
        "marco.bellini@castellanfoods.example", TOM, subject, "Could you send me the sheet?"
    )
    card = team.tom.ready_card(subject)
    audited = "select count(*) from audit_entries where verb like 'feedback%'"
    before = workspace.db.value(audited)
    event_id = f"Ev{secrets.token_hex(6)}"
    body = reaction(team.tom.id, team.tom.dm, card["ts"], event_id)
    assert workspace.events(body, times=4) == [200] * 4
    for _ in range(3):
        assert workspace.events(body, times=2, concurrent=True) == [200, 200]
    stored = "select status from inbound_events where external_id = $1"
    assert [r["status"] for r in workspace.db.fetch(stored, event_id)] == ["done"]
    assert workspace.db.value(audited) == before + 1
    # The same id with other content is not the same event: it is set aside, not acted on.
    other = body | {"event": body["event"] | {"reaction": "-1"}}
    assert workspace.events(other) == [200]
    rating = """
        select rating from feedback f join members m on m.id = f.member_id
        where target = 'decision' and m.email = 'tom@brightpath.example'
        order by changed_at desc limit 1
    """
    assert workspace.db.value(rating) == 1


def test_strangers_are_answered_politely_and_learn_nothing(workspace: Rig, team: Team) -> None:
    command = {
        "command": "/understudy",
        "text": "brief Northwind",
        "trigger_id": "t1",
        "channel_id": team.maya.dm,
    }
    for team_id, user in (("T0NOBODY00", team.maya.id), (TEAM_ID, "U0NOBODY00")):
        sent = command | {"team_id": team_id, "user_id": user}
        body = {"body": sent, "kind": "command"}
        answer = workspace.post("/control/slack/deliver", body)["answers"][0]
        assert answer["status"] == 200, answer
        said = words(answer["body"])
        assert said
        assert "Northwind" not in said
        assert "Traceback" not in said
        assert answer["body"]["response_type"] == "ephemeral"
        event = reaction(user, team.maya.dm, "1.0", f"Ev{secrets.token_hex(6)}")
        assert workspace.events(event | {"team_id": team_id}) == [200]


def test_a_guest_is_turned_away(workspace: Rig) -> None:
    guest = workspace.post(
        "/control/slack/users",
        {"name": "guest", "email": "maya@brightpath.example", "is_restricted": True},
    )["user"]
    command = {"command": "/understudy", "text": "inbox", "user_id": guest["id"]}
    command |= {"team_id": TEAM_ID, "trigger_id": "t2", "channel_id": "D1"}
    body = {"body": command, "kind": "command"}
    answer = workspace.post("/control/slack/deliver", body)["answers"][0]
    assert answer["status"] == 200
    assert "waits for you" not in words(answer["body"])
    bound = "select slack_user_id from members where email = 'maya@brightpath.example'"
    assert workspace.db.value(bound) != guest["id"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{",
        '{"message": 7}',
        '{"message": {"data": "%%%"}}',
        '{"message": {"data": "eyJlbWFpbEFkZHJlc3MiOiAxfQ"}}',
        "[" * 50_000,
        "x" * 300_000,
    ],
    ids=lambda body: body[:20],
)
def test_a_malformed_push_is_taken_and_forgotten(workspace: Rig, body: str) -> None:
    sent = {"path": "/gmail/push", "body": body, "sign": True}
    answer = workspace.post("/control/gmail/push/raw", sent)
    assert 200 <= answer["status"] < 300, answer


def test_a_push_with_a_bad_token_is_refused(workspace: Rig) -> None:
    good = {"path": "/gmail/push", "json": {"message": {"data": "e30"}}}
    for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic eA=="}):
        answer = workspace.post("/control/gmail/push/raw", good | {"headers": headers})
        assert answer["status"] == 401
    workspace.post("/control/gmail/push", {"bad_jwt": True})
    try:
        answer = workspace.post("/control/gmail/push/raw", good | {"sign": True})
        assert answer["status"] == 401
    finally:
        workspace.post("/control/gmail/push", {"bad_jwt": False})


@pytest.mark.slow
def test_lost_and_doubled_pushes_lose_and_double_nothing(workspace: Rig, team: Team) -> None:
    workspace.post("/control/gmail/push", {"drop": 0.5, "duplicate": 0.5, "reorder": 0.3})
    try:
        subjects = [f"Shaky line {number:02}" for number in range(10)]

        def write(subject: str) -> Json:
            text = "Could you send me the timetable by Friday?"
            return workspace.write("mei.tan@kestrelaviation.example", MAYA, subject, text)

        write(subjects[0])
        with ThreadPoolExecutor(4) as line:
            list(line.map(write, subjects[1:]))
        counted = "select count(*) from messages where subject like 'Shaky line%'"
        workspace.until(lambda: workspace.db.value(counted) == 10, 30, "all are stored")
    finally:
        workspace.post("/control/gmail/push", {"drop": 0, "duplicate": 0, "reorder": 0})
    for subject in subjects:
        team.maya.ready_card(subject, seconds=60)
    actions = """select count(*) from actions a join drafts d on d.id = a.draft_id
        join messages m on m.id = d.message_id where m.subject like 'Shaky line%'"""
    assert workspace.db.value(actions) == 10
    for subject in subjects:
        assert len(team.maya.cards(subject)) == 1


def test_the_doors_tell_how_they_are(workspace: Rig) -> None:
    assert workspace.post("/control/slack/verify_url")["verified"]
    raw = workspace.events(json.loads('{"type": "never heard of"}'))
    assert raw[0] in (200, 400)
