"""Attack 13: a form whose request is committed after Slack has given up shows a failure, and the
person sends it off again. It was asked once, and the second time is answered like the first."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.conftest import Team
from tests.e2e.people import words
from tests.e2e.rig import Rig
from tests.e2e.test_kill import locked

COUNT = "select count(*) from approval_requests where percentage = 14"

SUBMITTED = """
select count(*) from audit_entries e join approval_requests r on r.id = e.subject_id
where r.percentage = 14 and e.verb = 'approval.submitted'
"""


@contextmanager
def patience(rig: Rig, seconds: float) -> Iterator[None]:
    """How long Slack waits for an answer: three seconds in life."""
    rig.post("/control/slack/retries", {"deadline": seconds})
    try:
        yield
    finally:
        rig.post("/control/slack/retries", {"deadline": 3})


def test_attack_13_a_form_that_slack_calls_failed_and_is_sent_again_asks_once(
    workspace: Rig, team: Team
) -> None:
    maya, fields = team.maya, {"percentage": "14", "reason": "They have a better offer."}
    with patience(workspace, 30):
        maya.use("request discount Northwind Freight")
        view = workspace.until(lambda: (maya.modals() or [None])[-1], 10, "the request form")
    with locked(workspace, "approval_requests"), patience(workspace, 1):
        late = maya.submit(view, **fields)
        assert (late["status"], late["failure"]) == (0, "http_timeout")
        assert maya.modals(), "the form stands there, as if nothing had happened"
    workspace.until(lambda: workspace.db.value(COUNT), 10, "it was committed all the same")
    with patience(workspace, 30):
        again = maya.submit(view, **fields)
    assert again["status"] == 200, again
    assert "A discount from 10 % is decided by a VP of sales" in words(maya.modals())
    workspace.until(lambda: not workspace.busy(), 20, "no job is left")
    assert workspace.db.value(COUNT) == 1
    assert workspace.db.value(SUBMITTED) == 1
