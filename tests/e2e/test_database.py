"""PostgreSQL is restarted while mails pour in: the product comes back, and none is lost."""

import os
import subprocess
import time
from pathlib import Path
from threading import Thread

import pytest

from tests.e2e.conftest import team_of
from tests.e2e.rig import Rig, rig

MAYA = "maya@brightpath.example"
SENDERS = ("colin.frost@kestrelaviation.example", "greg.hollis@ardenbiologics.example")
MAILS = 24
DONE = """
select count(*) from actions a join drafts d on d.id = a.draft_id
join messages m on m.id = d.message_id
where m.subject like 'Restarted%' and d.gmail_draft_id is not null
"""


def restart_postgres(made: Rig, mode: str) -> None:
    """Restart the server under the product's feet, as an operator would."""
    old = made.postmaster()
    assert old is not None
    data = made.data / "postgres"
    tool = Path(f"/proc/{old}/exe").readlink().parent / "pg_ctl"
    command = [str(tool), "restart", "-D", str(data), "-m", mode, "-w"]
    as_owner = {"user": data.owner(), "group": data.group()} if os.geteuid() == 0 else {}
    with (made.folder / "restart.log").open("ab") as log:
        # A server may not run as root, so its own user restarts it.
        subprocess.run(  # noqa: S603 - the server's own tool
            command, check=True, timeout=60, stdout=log, stderr=log, cwd=data, **as_owner
        )
    assert made.postmaster() not in (None, old)


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_the_database_restarts_under_load() -> None:
    with rig() as made:
        maya = team_of(made).maya
        subjects = [f"Restarted {number:02}" for number in range(MAILS)]

        def pour() -> None:
            for number, subject in enumerate(subjects):
                text = "Could you send me the roster by Friday?"
                made.write(SENDERS[number % 2], MAYA, subject, text)
                time.sleep(0.3)  # mail comes at its own pace

        pouring = Thread(target=pour)
        pouring.start()
        for mode in ("fast", "immediate", "fast"):
            waited = len(made.threads(MAYA, "inbox")) + 4
            made.until(
                lambda waited=waited: len(made.threads(MAYA, "inbox")) >= waited, 30, "more mail"
            )
            restart_postgres(made, mode)
        pouring.join()
        cards = {subject: maya.ready_card(subject, seconds=90) for subject in subjects}
        assert made.bot is not None
        assert made.bot.alive
        # A click during one more restart is answered, and can be repeated without harm.
        card = cards[subjects[0]]
        restart_postgres(made, "fast")
        maya.press(card, "draft.approve")
        if not maya.cards("Sent by Maya Okafor", subjects[0]):
            made.until(made.is_ready, 30, "ready again")
            maya.press(card, "draft.approve")
        maya.card("Sent by Maya Okafor", subjects[0], seconds=60)
        assert len(made.left(MAYA, subjects[0])) == 1
        for subject in subjects:
            assert len(maya.cards(subject)) == 1
        stored = "select count(*) from messages where subject like 'Restarted%'"
        assert made.db.value(stored + " and direction = 'inbound'") == MAILS
        held = """
            select q.entrypoint, (select l.traceback::text from jobs.pgqueuer_log l
                where l.job_id = q.id and l.traceback is not null order by l.id desc limit 1) as why
            from jobs.pgqueuer q where q.status = 'failed'
        """
        assert not [(row["entrypoint"], str(row["why"])[-3000:]) for row in made.db.fetch(held)]
        assert made.bot.alive
