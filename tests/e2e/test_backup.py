"""A workspace that lives is backed up, goes on, and is restored from that backup: with Slack and
Gmail as they are now. Nothing is sent twice, the chain is whole, whoever was erased is erased."""

import shutil
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Team, team_of
from tests.e2e.rig import Rig, rig

MAYA, RACHEL = "maya@brightpath.example", "rachel.abara@northwindfreight.example"
PAUL = "paul.denning@northwindfreight.example"


@pytest.fixture(scope="module")
def own() -> Iterator[Rig]:
    with rig(UNDO_SECONDS="12") as made:
        yield made


def asked(own: Rig, team: Team, subject: str) -> dict:
    own.write(RACHEL, MAYA, subject, "Could you send me the quote for the Newark hub by Friday?")
    return team.maya.ready_card(subject)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_after_an_older_backup_nothing_is_sent_twice(own: Rig) -> None:
    team = team_of(own)
    waiting = asked(own, team, "Waits for a person when the backup is made")
    queued = asked(own, team, "Approved, and due in a moment, when the backup is made")
    assert team.maya.press(queued, "draft.approve")["status"] == 200
    own.until(
        lambda: own.db.value("select count(*) from effects where status = 'queued'") == 1,
        10,
        "the mail waits for its moment",
    )
    saved = own.folder / "backup.zip"
    own.command("backup", "--output", str(saved))

    # Life goes on: both leave, somebody is erased.
    own.until(lambda: own.left(MAYA, "Approved, and due"), 30, "the queued mail left")
    assert team.maya.press(waiting, "draft.approve")["status"] == 200
    own.until(lambda: own.left(MAYA, "Waits for a person"), 30, "the other one left")
    before = len(own.sent(MAYA))
    own.command("erase", "--contact", PAUL, "--yes")
    known = own.db.value("select count(*) from messages")
    assert known

    assert own.bot is not None
    own.bot.stop()
    # The machine is lost: what is kept elsewhere are the keys, the ledger and the backup.
    lost = own.data
    kept = own.folder / "kept"
    lost.rename(kept)
    lost.mkdir()
    for name in ("encryption_keys", "erasures"):
        for path in kept.glob(f"{name}*"):
            target = lost / path.name
            shutil.copytree(path, target) if path.is_dir() else shutil.copy(path, target)
    said = own.command("restore", str(saved))
    assert "Restored" in said
    assert "DATA_DIR already" in own.run("restore", str(saved)).stderr
    assert "whole" in own.command("audit", "verify")
    own.command("erase", "--replay")

    own.start_bot()
    own.until(
        lambda: (
            own.db.value("select count(*) from effects where status in ('queued', 'sending')") == 0
        ),
        60,
        "what was queued at the backup is settled",
    )
    own.until(
        lambda: own.db.value("select count(*) from actions where status = 'pending'") == 0,
        60,
        "what waited at the backup is seen to have left",
    )
    assert len(own.sent(MAYA)) == before
    # The old card has been rendered anew where it stood: nobody can approve it once more.
    for card in team.maya.cards("Waits for a person"):
        assert not team.maya.has(card, "draft.approve")
    assert "whole" in own.command("audit", "verify")
    assert "CUT" not in own.command("audit", "verify")
    named = "select count(*) from contacts where email = $1"
    own.until(lambda: own.db.value(named, PAUL) == 0, 60, "whoever was erased is erased again")
    # And it goes on working.
    asked(own, team, "After the restore")
