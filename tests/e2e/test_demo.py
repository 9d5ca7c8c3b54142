"""`understudy demo`: one address, cards by themselves, and real mail through the whole loop."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.demo import free_port
from tests.e2e.conftest import team_of
from tests.e2e.rig import Process, Rig, call
from tests.shared import DATA

REAL = DATA / "rfc822"
FIRST_CARDS = 20


@contextmanager
def demo(*more: str) -> Iterator[tuple[Rig, Process, str]]:
    """Running, its address read from what it printed; and what it printed."""
    folder = Path(tempfile.mkdtemp(prefix="ud-", dir="/tmp"))
    folder.chmod(0o755)
    made = Rig(folder=folder, env={"TMPDIR": str(folder), "COLUMNS": "100"})
    process = made.start("demo", "bot", "demo", "--port", str(free_port()), *more)
    try:
        printed = ""
        while process.alive and not re.search(r"http://\S+", printed):
            printed += process.first_line()
        found = re.findall(r"http://\S+", printed)
        assert len(found) == 1, f"{printed}\n{process.tail()}"
        made.url = found[0].rstrip("/")
        yield made, process, printed
    finally:
        code = process.stop()
        made.close()
        shutil.rmtree(folder, ignore_errors=True)
    assert code == 0


@pytest.mark.timeout(180)
def test_the_first_cards_appear_by_themselves() -> None:
    """Soon after the address was printed; a busy machine is given longer, as everywhere here."""
    with demo() as (made, process, _):
        status, page = call(made.url + "/")
        assert status == 200
        assert "<html" in str(page).lower()
        maya = team_of(made).maya
        made.until(
            lambda: [c for c in maya.cards() if maya.has(c, "draft.approve")],
            FIRST_CARDS,
            "the first card",
        )
        assert process.alive


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(not REAL.is_dir(), reason="the real mail is not on this machine")
def test_real_mail_ends_in_a_state() -> None:
    with demo("--mail", str(REAL)) as (made, process, printed):
        folders = list(made.folder.glob("understudy-demo-*"))
        assert len(folders) == 1
        # The demo keeps its data in a folder of its own.
        (made.data).symlink_to(folders[0] / "data")
        told = re.search(r"(\d+) messages were delivered", printed)
        assert told is not None, printed
        delivered = int(told[1])
        assert delivered > 250
        # Another mail under a Message-ID that is taken is set aside, with a note.
        taken = """
            select count(*) from inbound_events
            where source = 'gmail' and (status = 'done' or (status = 'set_aside' and note <> ''))
        """
        made.until(lambda: made.db.value(taken) >= delivered, 200, "all mail is read")
        waiting = "select count(*) from messages where attention = 'new' and kind = 'human'"
        made.until(lambda: not made.db.value(waiting) and not made.busy(), 150, "all is dealt with")
        assert process.alive
        assert not made.db.fetch("select 1 from jobs.pgqueuer where status = 'failed'")
        states = made.db.fetch("select attention, count(*) from messages group by 1 order by 2")
        aside = made.db.value(taken.replace("status = 'done' or ", ""))
        print(delivered, dict(states), aside)  # noqa: T201 - the figures are for the run's log
        log = (folders[0] / "bot.log").read_text(errors="replace")
        assert "Traceback" not in log
