"""The lab's house: one PostgreSQL, the sandbox, two web processes behind a balancer, two workers, a
scheduler, and two workspaces with their people and mailboxes."""

import asyncio
import contextlib
import random
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from typing_extensions import override

from bot.demo import free_port
from bot.embedded import embedded_postgres, prepare
from bot.migrate import migrate
from services.vault import generate
from tests.conftest import _folder, database_url
from tests.e2e.installing import install
from tests.e2e.people import Person, person
from tests.e2e.rig import STORY, Process, Rig
from tests.e2e.two_workspaces import BRIGHT, CARLA, HARBOR, HARBOR_FILES, SAM
from tests.faults import clockwork
from tests.faults.balancer import Balancer
from tests.faults.ledger import Ledger

# The machine never stops here, so nothing has to reach the disk; what was committed has to outlive
# the server's processes, which is what the faults are about.
TUNING = "fsync = off\nfull_page_writes = off\nmax_connections = 200"
UNDO = 4
"""Seconds in which an approved mail can be called off."""
WEBS, WORKERS = 2, 2
REPS = {
    "maya@brightpath.example": "U0MAYAOKA",
    "tom@brightpath.example": "U0TOMREYE",
    "ingrid@brightpath.example": "U0INGRIDS",
    "felix@harborline.example": "U0FELIXWE",
}
LEADS = {
    "priya@brightpath.example": "U0PRIYANA",
    "victor@brightpath.example": "U0VICTORH",
    "elena@brightpath.example": "U0ELENACO",
    "sam@brightpath.example": SAM,
    "carla@harborline.example": CARLA,
}
BOXES = {
    **{email: HARBOR if "harborline" in email else BRIGHT for email in REPS},
    "understudy@brightpath.example": BRIGHT,
}
# Two of two, so that two people's voices come together.
RULES = """\
rules:
  - type: discount
    bands:
      - {from: 0, approver: manager}
      - {from: 10, approver: vp_sales, two_person: true}
"""


@dataclass
class House(Rig):
    """A rig whose data lie elsewhere: the database where memory is, the logs where they stay."""

    home: Path = Path()

    @property
    @override
    def data(self) -> Path:
        return self.home / "data"


@dataclass
class Slot:
    """One of the product's processes: killed and started again, it keeps its name and its port."""

    name: str
    role: str
    port: int
    process: Process | None = None
    since: float = 0
    """When it was last started; `said` is how long its log was then."""
    said: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ready(self) -> bool:
        return self.process is not None and self.process.alive and self.was_ready()

    def was_ready(self) -> bool:
        """Whether it has said so since its last start."""
        if self.process is None or not self.process.log.exists():
            return False
        with self.process.log.open("rb") as log:
            log.seek(self.said)
            return b"event='ready'" in log.read()


@dataclass
class Office:
    """Everything the drivers and the breaker act on."""

    rig: Rig
    ledger: Ledger
    seed: int
    slots: list[Slot]
    balancer: Balancer
    people: dict[str, Person] = field(default_factory=dict)
    fell: list[str] = field(default_factory=list)
    """Who ended by itself though it had been ready."""
    supervised: int = 0
    """How often one that never became ready was started again."""

    def chance(self, name: str) -> random.Random:
        """A generator of its own for each driver: what one of them draws moves no other's."""
        return random.Random(f"{self.seed}/{name}")  # noqa: S311 - repeatable, not secret

    # ── processes ───────────────────────────────────────────────────────────────────────────────
    def up(self, slot: Slot) -> None:
        log = self.rig.folder / f"{slot.name}.log"
        slot.since, slot.said = time.monotonic(), log.stat().st_size if log.exists() else 0
        slot.process = self.rig.start(slot.name, "bot", slot.role, PORT=str(slot.port))

    def end(self, slot: Slot, how: signal.Signals) -> None:
        """kill -9 or SIGTERM, and gone when this returns."""
        assert slot.process is not None
        if how is signal.SIGKILL:
            slot.process.kill()
        else:
            slot.process.stop(40)
        self.rig.processes.remove(slot.process)

    def supervise(self) -> None:
        """What a cluster does: start again what ended. One that can't start, because the database
        is away just then, is nothing special; one that ends later is a fault."""
        for slot in self.slots:
            if not slot.lock.acquire(blocking=False):
                continue
            try:
                if slot.process is not None and slot.process.ended_by_itself:
                    self._again(slot)
            finally:
                slot.lock.release()

    def _again(self, slot: Slot) -> None:
        assert slot.process is not None
        if slot.was_ready():
            self.fell.append(slot.name)
        self.supervised += 1
        self.ledger.note("supervisor", process=slot.name, ready=slot.was_ready())
        self.rig.processes.remove(slot.process)
        self.up(slot)

    def well(self) -> bool:
        self.supervise()
        return self.rig.is_ready() and all(slot.ready() for slot in self.slots)

    # ── the database, past row-level security ───────────────────────────────────────────────────
    def fetch(self, sql: str, *args: object) -> list[dict[str, object]]:
        """Read, however often the server is being restarted."""
        for _ in range(100):
            try:
                return [dict(row) for row in self.rig.db.fetch(sql, *args)]
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                self.ledger.note("database", error=repr(error)[:200])
                time.sleep(0.2)
        raise AssertionError("the database doesn't answer")

    def step_clock(self, seconds: float) -> None:
        """From now on the product's clock is this far from the machine's."""
        self.fetch(clockwork.step_sql(seconds))


def _new_slots() -> list[Slot]:
    roles = [("web", WEBS), ("worker", WORKERS), ("scheduler", 1)]
    return [
        Slot(name=f"{role}-{number}", role=role, port=free_port())
        for role, count in roles
        for number in range(1, count + 1)
    ]


@contextlib.contextmanager
def office(seed: int, folder: Path) -> Iterator[Office]:
    """Open for business when this yields; everything is taken down at the end, logs stay."""
    data = Path(tempfile.mkdtemp(prefix="fl-", dir=_folder()))
    data.chmod(0o755)
    try:
        with embedded_postgres(data / "data", tuning=TUNING) as server:
            asyncio.run(prepare(server))
            asyncio.run(migrate(server.owner_url))
            admin = database_url(server.admin_url, "understudy")
            asyncio.run(clockwork.install(admin))
            made = _rig(folder, data, server.runtime_url, server.owner_url, admin)
            try:
                yield _open(made, seed)
            finally:
                _close(made)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _rig(folder: Path, data: Path, runtime: str, owner: str, admin: str) -> House:
    folder.mkdir(parents=True, exist_ok=True)
    rig = House(folder=folder, database_url=admin, home=data)
    rig.env = {
        "DATABASE_URL": runtime,
        "DATABASE_OWNER_URL": owner,
        "DATA_DIR": str(data / "data"),
        "SLACK_BOT_TOKEN": "",
        "UNDO_SECONDS": str(UNDO),
        "GMAIL_POLL_SECONDS": "2",
        "GMAIL_PUSH_AUDIENCE": f"{rig.bot_url}/gmail/push",
    }
    return rig


def _open(made: Rig, seed: int) -> Office:
    slots = _new_slots()
    balancer = Balancer(made.port, [slot.port for slot in slots if slot.role == "web"])
    balancer.start()
    ledger = Ledger(made.folder / "ledger.jsonl")
    opened = Office(rig=made, ledger=ledger, seed=seed, slots=slots, balancer=balancer)
    made.start_sandbox()
    made.env["ENCRYPTION_KEYS"] = generate()
    for slot in slots:
        opened.up(slot)
    made.wait_ready()
    made.post("/control/slack/oauth", {"rotation": True})
    for team, who in ((BRIGHT, SAM), (HARBOR, CARLA)):
        page = install(made, team, who)
        assert "is connected" in page.text, page.text
    _settle_in(made)
    everybody = {**REPS, **LEADS}
    opened.people = {email: person(made, user, email) for email, user in everybody.items()}
    return opened


def _settle_in(made: Rig) -> None:
    """What their admins do after the install; out of shadow."""
    made.db.fetch("update tenants set settings = settings - 'shadow'")
    rules = made.folder / "rules.yaml"
    rules.write_text(RULES)
    harbor = []
    for name, content in HARBOR_FILES.items():
        path = made.folder / name
        path.write_text(content)
        harbor.append(str(path))
    bright = [str(path) for path in sorted(STORY.glob("*.csv"))]
    commands = [
        ["seed", "--workspace", BRIGHT, *bright],
        ["seed", "--workspace", HARBOR, *harbor],
        ["rules", "apply", str(rules), "--workspace", BRIGHT],
    ]
    present = made.mailboxes()
    for email, team in BOXES.items():
        if email not in present:
            made.post("/control/gmail/mailboxes", {"email": email, "name": email})
        commands.append([*made.connecting(email), "--workspace", team])
    made.commands(*commands)


def _close(made: Rig) -> None:
    for process in reversed(made.processes):
        process.kill()
    if made._watcher is not None:
        made._watcher.close()
