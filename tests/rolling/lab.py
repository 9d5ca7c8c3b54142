"""Two releases of the product over one database: replaced, checked, and put back."""

import asyncio
import contextlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import asyncpg

from bot.demo import free_port
from bot.embedded import EmbeddedDatabase, embedded_postgres
from tests.conftest import database_url
from tests.e2e.rig import ROOT, Process, Rig
from tests.faults.balancer import Balancer

ROLES = ROOT / "deploy" / "postgres" / "roles.sql"
BEFORE = Path(__file__).parent / "release_before.txt"
PROCESSES = ("web-1", "web-2", "worker-1", "worker-2", "scheduler")
READY = "event='ready'"


class NoHistoryError(Exception):
    """The commit isn't in this checkout."""


def unpack(commit: str, folder: Path) -> Path:
    """The tree of a commit, as files."""
    told = subprocess.run(  # noqa: S603 - a commit of our own
        ["git", "archive", "--format=tar", commit],  # noqa: S607 - whichever git there is
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if told.returncode:
        raise NoHistoryError(told.stderr.decode().strip())
    with tarfile.open(fileobj=BytesIO(told.stdout)) as packed:
        packed.extractall(folder, filter="data")
    return folder


@contextlib.contextmanager
def server() -> Iterator[EmbeddedDatabase]:
    """A PostgreSQL with the roles an operator makes, and an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="ur-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        with embedded_postgres(folder, tuning="fsync = off") as running:
            asyncio.run(_prepare(running))
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _prepare(running: EmbeddedDatabase) -> None:
    connection = await asyncpg.connect(running.admin_url)
    for _ in range(2):  # safe to repeat, it says
        await connection.execute(ROLES.read_text())
    await connection.execute("create database understudy owner understudy_owner")
    await connection.close()


@dataclass(kw_only=True)
class Lab:
    """The processes of both releases. `tree` of the rig says whose code is started next."""

    rig: Rig
    balancer: Balancer
    running: dict[str, Process] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    started: int = 0

    def start(self, name: str) -> Process:
        """Start a process and wait until it is ready; a web process gets its share of requests."""
        self.started += 1
        port = free_port()
        words = ("bot", name.partition("-")[0])
        process = self.rig.start(f"{name}.{self.started}", *words, PORT=str(port))
        self.rig.until(
            lambda: READY in process.log.read_text(errors="replace") or not process.alive,
            60,
            f"{name} is ready",
        )
        assert process.alive, process.tail()
        self.running[name] = process
        if name.startswith("web"):
            self.ports[name] = port
        return process

    def replace(self, name: str) -> None:
        """As a cluster does it: the new one is ready, requests go to it, then the old one ends."""
        old = self.running[name]
        self.start(name)
        self.share()
        assert old.stop() == 0, old.tail()

    def share(self) -> None:
        self.balancer.hand_to(list(self.ports.values()))

    def stop(self) -> list[int]:
        return [process.stop() for process in self.running.values()]

    def troubles(self) -> list[str]:
        """Lines of trouble in anybody's log."""
        logs = [process.log for process in self.rig.processes if process.name != "sandbox"]
        lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()]
        return [line for line in lines if "Traceback" in line or "level='error'" in line]


@contextlib.contextmanager
def lab(running: EmbeddedDatabase) -> Iterator[Lab]:
    folder = Path(tempfile.mkdtemp(prefix="ue-", dir="/tmp"))
    folder.chmod(0o755)
    rig = Rig(
        folder=folder,
        env={"DATABASE_URL": running.runtime_url, "DATABASE_OWNER_URL": running.owner_url},
        database_url=database_url(running.admin_url, "understudy"),
    )
    balancer = Balancer(rig.port, [])
    try:
        rig.start_sandbox()
        rig.env["ENCRYPTION_KEYS"] = rig.run("keys", "generate").stdout.strip()
        balancer.start()
        yield Lab(rig=rig, balancer=balancer)
    finally:
        balancer.close()
        rig.close()
