"""How long a click waits for its answer, and the same for Bolt with nothing behind it."""

import asyncio
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from bot.config import child_environment
from db.session import Database
from tests.bench.report import LOG, Row, in_rounds, percentile
from tests.bench.world import REP, SECRET, TEAM, House, approved, open_desk, pending_clicks

ALONE = 250
CROWD = 3200
CONNECTIONS = 32
WARM = 64
START_SECONDS = 180


def measure(house: House) -> list[Row]:
    """Both rows of DESIGN §6 that are about acks."""
    tenant_id, clicks = asyncio.run(_prepare(house, 2 * WARM + ALONE + CROWD))
    with ExitStack() as stack:
        urls = {
            kind: stack.enter_context(_server(house, kind))
            for kind in ("product", "default", "direct")
        }
        first = _play(
            connections=1,
            block=25,
            targets=[
                ("ours", urls["product"], clicks[: WARM + ALONE]),
                ("theirs", urls["default"], [_command(n) for n in range(WARM + ALONE)]),
            ],
        )
        rest = clicks[WARM + ALONE :]
        second = _play(
            connections=CONNECTIONS,
            block=320,
            targets=[("ours", urls["product"], rest), ("theirs", urls["direct"], rest)],
        )
    asyncio.run(_require_committed(house, tenant_id, len(clicks)))
    return [
        Row(
            name="ack of a click that commits a decision, p50",
            unit="ms",
            ours=in_rounds(first["ours"]),
            theirs=in_rounds(first["theirs"]),
            beside="an ack-only command on Bolt as it comes, 1 connection, taking turns",
            means="Somebody presses Approve, alone. The time until Slack has its answer, which "
            "comes after the decision, its effect, its audit entry and its jobs are committed. "
            "Bolt as it comes answers nothing at all, but looks for its answer every 10 ms.",
            budget=0.4,
        ),
        Row(
            name=f"the same at {CONNECTIONS} connections, p99",
            unit="ms",
            ours=in_rounds(second["ours"], _worst),
            theirs=in_rounds(second["theirs"], _worst),
            beside="ack-only Bolt with process_before_response, same clicks, taking turns",
            means=f"{CONNECTIONS} people press Approve at the same time, again and again: the "
            "slowest click of a hundred. Everything here waits for a processor, so it is a "
            "measure of work: a decision in the database beside an answer that does nothing.",
            budget=4,
        ),
    ]


def _worst(milliseconds: Sequence[float]) -> float:
    return percentile(milliseconds, 0.99)


async def _prepare(house: House, count: int) -> tuple[UUID, list[str]]:
    """The workspace, and form bodies of clicks, a pending decision behind each."""
    database = Database(house.embedded.runtime_url)
    desk = await open_desk(database, house.keys)
    made = await pending_clicks(database, desk, count)
    await database.close()
    return desk.tenant_id, [urlencode({"payload": json.dumps(click)}) for click in made]


async def _require_committed(house: House, tenant_id: UUID, count: int) -> None:
    """A fast answer to a click that decided nothing would be no achievement."""
    database = Database(house.embedded.runtime_url)
    done = await approved(database, tenant_id)
    await database.close()
    if done != count:
        raise SystemExit(f"{count} clicks were answered, but {done} decisions are committed")


def _command(number: int) -> str:
    return urlencode(
        {
            "command": "/understudy",
            "text": "help",
            "team_id": TEAM,
            "user_id": REP,
            "trigger_id": f"command.{number}",
            "response_url": "http://127.0.0.1:9/response",
        }
    )


@contextmanager
def _server(house: House, kind: str) -> Iterator[str]:
    """A server process; stopped, and waited for, at the end."""
    port = _free_port()
    environment = child_environment(
        DATABASE_URL=house.embedded.runtime_url,
        ENCRYPTION_KEYS=house.keys,
        SLACK_SIGNING_SECRET=SECRET,
        # Nothing listens there: a click's answer needs no call to Slack.
        SLACK_API_URL="http://127.0.0.1:9/api/",
        DATA_DIR=str(house.data_dir),
        PORT=str(port),
        LOG_LEVEL="INFO",
    )
    command = [sys.executable, "-m", "tests.bench.server", kind]
    with LOG.open("ab") as log:
        process = subprocess.Popen(command, env=environment, stderr=log)  # noqa: S603 - our own module
    try:
        _wait_until_open(port, process)
        yield f"http://127.0.0.1:{port}/slack/events"
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"a server under measurement ended with {process.returncode}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("a server under measurement did not start")


def _play(
    *, connections: int, block: int, targets: Sequence[tuple[str, str, Sequence[str]]]
) -> dict[str, list[float]]:
    plan = {
        "secret": SECRET,
        "connections": connections,
        "block": block,
        "warm": WARM,
        "targets": [{"name": n, "url": url, "bodies": list(b)} for n, url, b in targets],
    }
    load = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(plan).encode(),
        stdout=subprocess.PIPE,
        check=False,
        timeout=900,
    )
    if load.returncode:
        raise SystemExit("the load did not get through; what it met stands above")
    took: dict[str, Any] = json.loads(load.stdout)
    return took
