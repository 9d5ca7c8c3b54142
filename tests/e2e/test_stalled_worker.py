"""Attack 1 with a real process that stands still (SIGSTOP) while somebody flips the kill switch:
before its claim nothing leaves, after it the card says honestly that it has left."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.conftest import team_of
from tests.e2e.people import Person
from tests.e2e.rig import Rig, rig

MAYA = "maya@brightpath.example"
RACHEL = "rachel.abara@northwindfreight.example"
STANDING = """
select a.status, e.status as effect from messages m join drafts d on d.message_id = m.id
join actions a on a.draft_id = d.id join effects e on e.action_id = a.id
where m.subject = $1 and m.direction = 'inbound'
"""


@pytest.fixture(scope="module")
def made() -> Iterator[Rig]:
    with rig(UNDO_SECONDS="0") as made:
        yield made


@contextmanager
def standing_still(made: Rig) -> Iterator[None]:
    """The process is stopped, whatever it is doing, and goes on afterwards."""
    assert made.bot is not None
    pid = made.bot.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def flip(made: Rig, *, engaged: bool) -> None:
    made.db.fetch(f"update kill_switches set engaged = {engaged}")


def approved(made: Rig, subject: str, held_at: str) -> Person:
    """Approved, and its worker waits for Gmail's answer to this call."""
    maya = team_of(made).maya
    made.write(RACHEL, MAYA, subject, "Could you send me the price list by Friday?")
    card = maya.ready_card(subject, seconds=40)
    before = len(made.calls(held_at))
    made.gmail_fault(held_at, "slow:3")
    maya.press(card, "draft.approve")
    made.until(
        lambda: any(one["status"] == 0 for one in made.calls(held_at)[before:]), 30, "it is held"
    )
    return maya


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_attack_1_stopped_before_its_claim_it_sends_nothing_after_the_flip(made: Rig) -> None:
    maya = approved(made, "Stopped early", "threads.get")
    with standing_still(made):
        flip(made, engaged=True)
    maya.card("Stopped early", "Sending was switched off", seconds=40)
    made.until(lambda: not made.busy(), 20, "no job is left")
    assert made.left(MAYA, "Stopped early") == []
    flip(made, engaged=False)
    made.no_faults()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_attack_1_stopped_after_its_claim_it_says_that_it_has_left(made: Rig) -> None:
    maya = approved(made, "Stopped late", "drafts.send")
    with standing_still(made):
        (row,) = made.db.fetch(STANDING, "Stopped late")
        assert row["effect"] == "sending"
        flip(made, engaged=True)
    maya.card("Stopped late", "Sent by Maya Okafor at", seconds=40)
    assert len(made.left(MAYA, "Stopped late")) == 1
    flip(made, engaged=False)
