"""Fifty people press Approve at once: one decision, one mail."""

import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.conftest import Team
from tests.e2e.people import Person, value_of
from tests.e2e.rig import Json, Rig

MAYA = "maya@brightpath.example"
ANKE = "anke.reuter@brueckner-werke.example"
DECISIONS = """
select (select count(*) from effects e where e.action_id = $1),
       (select count(*) from audit_entries where subject_id = $1 and verb = 'action.approved'),
       (select count(*) from outcomes o where o.action_id = $1
        and o.kind = 'email_engagement')
"""


@pytest.fixture(autouse=True)
def patience(workspace: Rig) -> Iterator[None]:
    """A busy machine may take longer than Slack waits; here only what happens counts."""
    workspace.post("/control/slack/retries", {"deadline": 30})
    yield
    workspace.post("/control/slack/retries", {"deadline": 3})


def asked(workspace: Rig, team: Team, subject: str) -> Json:
    workspace.write(ANKE, MAYA, subject, "Could you send me the manual in English by Friday?")
    return team.maya.ready_card(subject)


def settled_once(workspace: Rig, team: Team, card: Json, subject: str) -> None:
    done = team.maya.card("Sent by", subject)
    assert done["ts"] == card["ts"]
    workspace.until(lambda: not workspace.busy(), 20, "nothing is left to do")
    assert len(workspace.left(MAYA, subject)) == 1
    action = value_of(card, "draft.approve")["id"]
    assert tuple(workspace.db.fetch(DECISIONS, action)[0]) == (1, 1, 1)


def test_fifty_at_once_on_the_button(workspace: Rig, team: Team) -> None:
    subject = "Pressed by hand fifty times"
    card = asked(workspace, team, subject)
    with ThreadPoolExecutor(50) as crowd:
        pressed = [crowd.submit(team.maya.press, card, "draft.approve") for _ in range(50)]
        statuses = [one.result()["status"] for one in pressed]
    assert statuses == [200] * 50
    settled_once(workspace, team, card, subject)


def test_fifty_at_once_by_several_people(workspace: Rig, team: Team) -> None:
    """The owner, the manager, and colleagues who may not; some with the same trigger twice."""
    subject = "Pressed by everyone fifty times"
    card = asked(workspace, team, subject)
    value = value_of(card, "draft.approve")
    team.maya.close(team.maya.opened(card, "draft.why"))
    click = team.maya.last_click()
    people = [team.maya, team.priya, team.tom, team.ingrid, team.dev]
    triggers = [secrets.token_hex(8) for _ in range(40)] + ["the same"] * 10

    def press(number: int) -> int:
        return press_as(workspace, people[number % 5], click, value, triggers[number])

    with ThreadPoolExecutor(50) as crowd:
        statuses = list(crowd.map(press, range(50)))
    assert statuses == [200] * 50
    settled_once(workspace, team, card, subject)
    by = "select count(*) from actions a join members m on m.id = a.decided_by where a.id = $1 "
    allowed = by + "and m.email in ('maya@brightpath.example', 'priya@brightpath.example')"
    assert workspace.db.value(allowed, value["id"]) == 1


def press_as(workspace: Rig, who: Person, click: Json, value: Json, trigger: str) -> int:
    """The owner's click as if somebody else had made it, signed as Slack signs."""
    element = {"type": "button", "action_id": "draft.approve", "block_id": "b", "action_ts": "1"}
    body = click | {
        "user": click["user"] | {"id": who.id},
        "trigger_id": trigger,
        "actions": [element | {"value": json.dumps(value)}],
    }
    return workspace.events(body, kind="interaction")[0]


def test_somebody_who_may_not_is_told_who_may(workspace: Rig, team: Team) -> None:
    subject = "Pressed by the wrong person"
    card = asked(workspace, team, subject)
    team.maya.close(team.maya.opened(card, "draft.why"))
    value = value_of(card, "draft.approve")
    assert press_as(workspace, team.dev, team.maya.last_click(), value, "x1") == 200
    team.maya.whisper("This one is for Maya Okafor or a manager to decide.")
    assert not workspace.left(MAYA, subject)
    assert team.maya.has(team.maya.card(subject), "draft.approve")
