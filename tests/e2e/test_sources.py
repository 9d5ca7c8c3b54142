"""A transcript shared in Slack and a thread that is followed, over the real wire."""

import pytest

from tests.e2e.conftest import Team
from tests.e2e.people import words
from tests.e2e.rig import Json, Rig
from tests.e2e.test_compose import take_up, window

CHANNEL = "C0CUSTOMERS"
CALLED = "The call with Castellan Foods"
CALL = (
    "WEBVTT\n\n00:01.000 --> 00:04.000\n"
    "<v Marco Bellini>Could you send us an offer for the second plant by Friday?</v>\n"
)


@pytest.mark.slow
def test_a_shared_transcript_and_a_followed_thread_reach_their_account(
    workspace: Rig, team: Team
) -> None:
    where = {"user": team.tom.id, "channel": CHANNEL}
    file = {"name": "Castellan 2026-11-20.vtt", "text": CALL}
    root = workspace.post("/ui/slack/message", {**where, "text": CALLED, "files": [file]})["ts"]
    take_up(team.tom, CHANNEL, root, "transcript.from_message")
    form = window(team.tom, "What was the meeting called?")
    assert "Castellan Foods" in str(form["state"])
    assert "fetching the file" in words(team.tom.submit(form))
    window(team.tom, "1 turn, a meeting of its own on 20 November 2026, Castellan Foods")
    asked = workspace.until(
        lambda: workspace.db.value(
            "select analysis->'asks' from transcripts where read_at > '-infinity'"
        ),
        20,
        "the transcript was read",
    )
    assert "offer for the second plant" in str(asked)

    def write(text: str) -> str:
        body = {**where, "text": text, "thread_ts": root}
        return str(workspace.post("/ui/slack/message", body)["ts"])

    def posts() -> list[str]:
        return [
            row["text"] for row in workspace.db.fetch("select text from slack_posts order by ts")
        ]

    wish = write("<@U0UNDRSTDY> follow for Castellan")
    said: list[Json] = []

    def told() -> bool:
        said[:] = team.tom.messages(CHANNEL)
        return any("for Castellan Foods" in str(one["text"]) for one in said)

    workspace.until(told, 20, "everybody in the thread was told")
    assert wish
    first = write("They sign in December")
    workspace.until(lambda: posts() == [CALLED, "They sign in December"], 10, "it was kept")
    workspace.post("/ui/slack/edit", {**where, "ts": first, "text": "They sign in January"})
    workspace.until(lambda: posts()[1:] == ["They sign in January"], 10, "the edit was followed")
    workspace.post("/ui/slack/delete", {**where, "ts": first})
    workspace.until(lambda: posts()[1:] == [""], 10, "the deletion was followed")
    workspace.post("/ui/slack/message", {**where, "text": "a secret of somebody"})
    write("<@U0UNDRSTDY> unfollow")
    workspace.until(
        lambda: workspace.db.value(
            "select count(*) from slack_threads where ended_at > '-infinity'"
        ),
        10,
        "it was ended",
    )
    kept = "select count(*) from inbound_events where payload::text like '%secret of somebody%'"
    assert workspace.db.value(kept) == 0
    assert posts() == [CALLED, ""]
