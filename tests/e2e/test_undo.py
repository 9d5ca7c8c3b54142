"""Undo over real processes: what was undone never leaves, through kills and restarts, and a send
that is under way is stopped or told."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import team_of
from tests.e2e.people import Person, value_of, words
from tests.e2e.rig import Rig, rig

MAYA = "maya@brightpath.example"
RACHEL = "rachel.abara@northwindfreight.example"
STANDING = """
select a.status, e.status as effect, e.due_at <= now() as due from messages m
join drafts d on d.message_id = m.id join actions a on a.draft_id = d.id
left join effects e on e.action_id = a.id
where m.subject = $1 and m.direction = 'inbound'
"""


@pytest.fixture(scope="module")
def waiting() -> Iterator[Rig]:
    with rig(UNDO_SECONDS="4") as made:
        yield made


def approved(made: Rig, subject: str) -> Person:
    maya = team_of(made).maya
    made.write(RACHEL, MAYA, subject, "Could you send me the price list by Friday?")
    maya.press(maya.ready_card(subject, seconds=40), "draft.approve")
    card = maya.card(subject, "Leaves at", seconds=20)
    assert maya.has(card, "draft.undo")
    return maya


def standing(made: Rig, subject: str) -> tuple[str, str]:
    (row,) = made.db.fetch(STANDING, subject)
    return row["status"], row["effect"]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_undone_through_a_restart_and_then_sent(waiting: Rig) -> None:
    maya = approved(waiting, "Undo me")
    maya.press(maya.card("Undo me", "Leaves at"), "draft.undo")
    card = maya.card("Undo me", "Undone by Maya Okafor")
    waiting.kill_bot()
    waiting.start_bot()
    waiting.until(lambda: waiting.db.fetch(STANDING, "Undo me")[0]["due"], 20, "the wait is over")
    waiting.until(lambda: not waiting.busy(), 20, "no job is left")
    assert waiting.left(MAYA, "Undo me") == []
    assert waiting.find(MAYA, "drafts", "Undo me")
    maya.press(card, "draft.approve")
    maya.card("Undo me", "Sent by Maya Okafor at", seconds=30)
    assert len(waiting.left(MAYA, "Undo me")) == 1


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_send_under_way_is_stopped_and_too_late_is_told(waiting: Rig) -> None:
    waiting.gmail_fault("drafts.send", "slow:4")
    maya = approved(waiting, "Stop me")
    card = maya.card("Stop me", "Leaves at")
    waiting.until(lambda: standing(waiting, "Stop me")[1] == "sending", 20, "it is claimed")
    maya.press(card, "draft.undo")
    maya.card("Stop me", "Undone by Maya Okafor", seconds=30)
    assert "leaving this very moment" in words(maya.whisper("very moment"))
    waiting.until(lambda: not waiting.busy(), 20, "the send has come back")
    assert standing(waiting, "Stop me") == ("pending", "cancelled")
    assert waiting.left(MAYA, "Stop me") == []

    maya = approved(waiting, "Too late")
    card = maya.card("Too late", "Leaves at")
    maya.card("Too late", "Sent by Maya Okafor", seconds=30)
    assert maya.replay(maya.last_click(), "draft.undo", value_of(card, "draft.undo")) == 200
    maya.whisper("It left at")
