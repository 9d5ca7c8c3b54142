"""Web, worker and scheduler as processes of their own over one named database."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.demo import free_port
from bot.embedded import EmbeddedDatabase, embedded_postgres, prepare
from tests.conftest import database_url
from tests.e2e.conftest import team_of
from tests.e2e.rig import Rig, call
from tests.metric_words import strangers

MAYA = "maya@brightpath.example"
RACHEL = "rachel.abara@northwindfreight.example"
KEY_ERROR = "ENCRYPTION_KEYS"
LOGIN_ERROR = "Use a login that only belongs to understudy_app"


@pytest.fixture
def server() -> Iterator[EmbeddedDatabase]:
    """A PostgreSQL that knows the roles and has no tables yet."""
    folder = Path(tempfile.mkdtemp(prefix="up-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        with embedded_postgres(folder, tuning="fsync = off") as running:
            asyncio.run(prepare(running))
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def named(server: EmbeddedDatabase) -> Iterator[Rig]:
    """A sandbox, and settings that name the database."""
    folder = Path(tempfile.mkdtemp(prefix="ue-", dir="/tmp"))
    folder.chmod(0o755)
    made = Rig(
        folder=folder,
        env={"DATABASE_URL": server.runtime_url, "DATABASE_OWNER_URL": server.owner_url},
        database_url=database_url(server.admin_url, "understudy"),
    )
    try:
        made.start_sandbox()
        key = made.run("keys", "generate").stdout.strip()
        made.env["ENCRYPTION_KEYS"] = key
        yield made
    finally:
        made.close()


@pytest.mark.timeout(400)
def test_three_processes_share_the_work(named: Rig, server: EmbeddedDatabase) -> None:
    """None of them starts over a database that is behind, or with settings that are unsafe."""
    (behind,) = named.refused(("web", {}))
    assert "understudy migrate" in behind
    assert named.commands(["migrate"], ["migrate"]).count("up to date") == 2
    refuse_what_is_unsafe(named, server)

    named.bot = named.start("web", "bot", "web")
    named.wait_ready()
    ports = [free_port() for _ in range(3)]
    workers = [
        named.start(f"worker-{n}", "bot", "worker", METRICS_PORT=str(ports[n])) for n in (0, 1)
    ]
    scheduler = named.start("scheduler", "bot", "scheduler", METRICS_PORT=str(ports[2]))
    boxes = (MAYA, "tom@brightpath.example")
    said = named.commands(named.seeding(), *map(named.connecting, boxes))
    assert said.count("is connected") == len(boxes), said
    told = named.run("doctor").stdout
    assert "ok   settings" in told
    assert "approvals: no mails are written" in told
    maya = team_of(named).maya
    subjects = [f"Shared {number}" for number in range(2)]
    for subject in subjects:
        named.write(RACHEL, MAYA, subject, "Could you send me a quote by Friday?")
    for subject in subjects:
        maya.press(maya.ready_card(subject, seconds=60), "draft.approve")
    for port in ports:
        assert call(f"http://127.0.0.1:{port}/readyz") == (200, {"status": "ready"})
        assert strangers(call(f"http://127.0.0.1:{port}/metrics")[1]) == []
    worked = call(f"http://127.0.0.1:{ports[0]}/metrics")[1]
    assert 'understudy_role{role="worker"} 1.0' in worked
    assert "understudy_job_lag_seconds_bucket" in worked
    assert strangers(call(f"{named.bot_url}/metrics")[1]) == []
    workers[0].kill()
    for subject in subjects:
        maya.card("Sent by Maya Okafor", subject, seconds=60)
        assert len(named.left(MAYA, subject)) == 1
        assert len(maya.cards(subject)) == 1
    assert [p.stop() for p in (scheduler, workers[1], named.bot)] == [0, 0, 0]


def refuse_what_is_unsafe(named: Rig, server: EmbeddedDatabase) -> None:
    """Settings and logins that would be unsafe stop the start, with a word on which it is, before
    anything is written."""
    unsafe = (
        ({"SLACK_SIGNING_SECRET": "  "}, "SLACK_SIGNING_SECRET"),
        (
            {"PUBLIC_URL": "https://understudy.example", "GMAIL_PUSH_AUDIENCE": ""},
            "GMAIL_PUSH_AUDIENCE",
        ),
        ({"PORT": "not a number"}, "PORT"),
        ({"ENCRYPTION_KEYS": ""}, KEY_ERROR),
    )
    logins = (database_url(server.admin_url, "understudy"), server.owner_url)
    asked = [("web", changes) for changes, _ in unsafe]
    asked += [("worker", {"DATABASE_URL": url}) for url in logins]
    wanted = [word for _, word in unsafe] + [LOGIN_ERROR] * len(logins)
    for said, word in zip(named.refused(*asked), wanted, strict=True):
        assert word in said
        assert "Traceback" not in said
    assert asyncio.run(untouched(named.database_url)) == 0
    assert call(f"{named.url}/ui/slack/state")[0] == 200


async def untouched(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("select count(*) from tenants"))
    finally:
        await connection.close()
