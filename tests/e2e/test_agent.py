"""A question in the direct message, over HTTP from end to end; with no model the records answer."""

import pytest

from tests.e2e.conftest import Team
from tests.e2e.people import words
from tests.e2e.rig import Json, Rig


def ask(rig: Rig, team: Team, text: str) -> str:
    body = {"user": team.maya.id, "channel": team.maya.dm, "text": text}
    return str(rig.post("/ui/slack/message", body)["ts"])


def replies(rig: Rig, team: Team, thread: str) -> list[Json]:
    shown = rig.get("/ui/slack/messages", user=team.maya.id, channel=team.maya.dm)
    return [m for m in shown["messages"] if m.get("thread_ts") == thread and m["ts"] != thread]


def answered(rig: Rig, team: Team, thread: str, *parts: str) -> Json:
    """The whole answer: while it is being written its sources and buttons are missing."""

    def look() -> Json | None:
        found = [m for m in replies(rig, team, thread) if not m["streaming"]]
        return next((m for m in found if all(part in words(m) for part in parts)), None)

    found = rig.until(look, 20, f"an answer with {parts}")
    assert found is not None
    return found


def test_a_question_is_answered_in_its_thread_with_sources(workspace: Rig, team: Team) -> None:
    thread = ask(workspace, team, "What changed at Northwind Freight this month?")
    answer = answered(workspace, team, thread, "Northwind Freight, this month", "No model")
    assert "Sources" in words(answer)
    assert "mail.google.com" in str(answer["blocks"])
    (buttons,) = (b["elements"][0] for b in answer["blocks"] if b["type"] == "context_actions")
    value = buttons["positive_button"]["value"]
    assert team.maya.press(answer, "agent.rate", value=value)["status"] == 200
    team.maya.whisper("I keep that")
    shown = workspace.get("/ui/slack/messages", user=team.maya.id, channel=team.maya.dm)
    assert shown["working"] == []


def test_what_waits_and_which_account(workspace: Rig, team: Team) -> None:
    answered(workspace, team, ask(workspace, team, "what waits for me?"), "for you.")
    thread = ask(workspace, team, "how is it going?")
    asked = answered(workspace, team, thread, "Which account")
    # Shown is not yet written down, and a click between the two is refused.
    status = "select status from agent_answers order by created_at desc limit 1"
    workspace.until(lambda: workspace.db.value(status) == "choosing", 20, "an answer is awaited")
    chosen = team.maya.press(asked, "agent.choose#0")
    assert chosen["status"] == 200
    answered(workspace, team, thread, "No model is configured")
    assert len(replies(workspace, team, thread)) == 1


@pytest.mark.parametrize("kind", ["error:unknown_method", "drop_after_accept"])
def test_a_slack_that_streams_badly_loses_no_answer(workspace: Rig, team: Team, kind: str) -> None:
    workspace.slack_fault("chat.startStream", kind)
    thread = ask(workspace, team, "What changed at Northwind Freight this month?")
    answered(workspace, team, thread, "No model is configured", "Sources")
    assert len(replies(workspace, team, thread)) == 1
    workspace.no_faults()
