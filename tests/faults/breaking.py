"""What breaks, when: drawn from the seed, one thing every second or so, several at a time."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

from tests.e2e.test_database import restart_postgres
from tests.faults.office import Office, Slot

GMAIL = (
    "rate_429",
    "rate_403",
    "http_500",
    "http_503_after_accept",
    "drop_before",
    "drop_after_accept",
    "slow:0.7",
    "slow:3",
)
SLACK = ("ratelimited", "http_500", "drop_after_accept")
GMAIL_CALLS = (
    "*",
    "drafts.create",
    "drafts.send",
    "drafts.get",
    "drafts.update",
    "history.list",
    "messages.get",
)
SLACK_CALLS = ("*", "chat.postMessage", "chat.update", "conversations.history", "views.open")
FURTHEST = 30
"""Seconds: how far the clock is stepped from the machine's, either way. What waits in the queue
waits longer by each step back."""
BREATH, RUSHED = 12, 0.1
"""Seconds a process is left alone after its start, and until it is ready, as any supervisor backs
off; but not always."""
EVERY = {"postgres": 12.0, "hang": 25.0}
"""At most this often, in seconds."""


@dataclass
class Breaker:
    """One thread that draws, and a few that carry out what takes its time."""

    office: Office
    pace: float
    stop: threading.Event
    restarts: dict[str, int] = field(default_factory=dict)
    offset: float = 0
    _last: dict[str, float] = field(default_factory=dict)
    _hands: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4))

    def run(self) -> None:
        chance = self.office.chance("breaker")
        kinds: dict[str, tuple[int, Callable[[Random], None]]] = {
            "kill": (16, self._kill),
            "term": (8, self._term),
            "stall": (5, self._stall),
            "postgres": (7, self._postgres),
            "gmail": (26, self._gmail),
            "slack": (22, self._slack),
            "hang": (2, self._hang),
            "push": (6, self._push),
            "clock": (8, self._clock),
        }
        weights = [weight for weight, _ in kinds.values()]
        while not self.stop.wait(chance.expovariate(1 / self.pace)):
            self.office.supervise()
            name = chance.choices(list(kinds), weights)[0]
            since = time.monotonic() - self._last.get(name, float("-inf"))
            if since < EVERY.get(name, 0):
                continue
            self._last[name] = time.monotonic()
            try:
                kinds[name][1](chance)
            except (AssertionError, OSError) as error:
                self.office.ledger.note("driver", of="breaker", error=repr(error)[:200])

    def end(self) -> None:
        """Everything that was begun is finished: all processes up, no fault planned."""
        self._hands.shutdown()
        rig = self.office.rig
        rig.no_faults()
        rig.post("/control/gmail/push", {"drop": 0, "duplicate": 0, "reorder": 0, "delay": 0})

    def _fault(self, kind: str, **facts: object) -> None:
        self.office.ledger.note("fault", kind=kind, **facts)

    # ── processes ───────────────────────────────────────────────────────────────────────────────
    def _kill(self, chance: Random) -> None:
        self._restart(chance, signal.SIGKILL)

    def _term(self, chance: Random) -> None:
        self._restart(chance, signal.SIGTERM)

    def _restart(self, chance: Random, how: signal.Signals) -> None:
        slot, away = chance.choice(self.office.slots), chance.uniform(0, 2)
        young = time.monotonic() - slot.since < BREATH or not slot.ready()
        if young and chance.random() > RUSHED:
            return
        self._hands.submit(self._down_and_up, slot, how, away)

    def _down_and_up(self, slot: Slot, how: signal.Signals, away: float) -> None:
        if not slot.lock.acquire(blocking=False):
            return
        try:
            self._fault(how.name, process=slot.name)
            self.office.end(slot, how)
            time.sleep(away)
            self.office.up(slot)
            self.restarts[slot.role] = self.restarts.get(slot.role, 0) + 1
        finally:
            slot.lock.release()

    def _stall(self, chance: Random) -> None:
        """Stopped in the middle of whatever it does, and woken later."""
        slot = chance.choice([one for one in self.office.slots if one.role != "scheduler"])
        self._hands.submit(self._stopped, slot, chance.uniform(1, 12))

    def _stopped(self, slot: Slot, seconds: float) -> None:
        if not slot.lock.acquire(blocking=False):
            return
        try:
            process = slot.process
            if process is not None and process.alive:
                self._fault("SIGSTOP", process=slot.name, seconds=round(seconds, 1))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGSTOP)
                    self.stop.wait(seconds)
                    os.kill(process.pid, signal.SIGCONT)
        finally:
            slot.lock.release()

    def _postgres(self, chance: Random) -> None:
        mode = chance.choice(("immediate", "fast"))
        self._fault(f"postgres {mode}")
        restart_postgres(self.office.rig, mode)
        self.restarts["postgres"] = self.restarts.get("postgres", 0) + 1

    # ── the other sides ─────────────────────────────────────────────────────────────────────────
    def _gmail(self, chance: Random) -> None:
        kind, op, times = chance.choice(GMAIL), chance.choice(GMAIL_CALLS), chance.randint(1, 4)
        self._fault(f"gmail {kind.partition(':')[0]}", op=op, times=times)
        self.office.rig.gmail_fault(op, kind, times)

    def _slack(self, chance: Random) -> None:
        kind, method = chance.choice(SLACK), chance.choice(SLACK_CALLS)
        times = chance.randint(1, 4)
        self._fault(f"slack {kind}", method=method, times=times)
        body = {"method": method, "kind": kind, "times": times, "retry_after": 2}
        self.office.rig.post("/control/slack/faults", body)

    def _hang(self, chance: Random) -> None:
        """No answer at all, for longer than anybody waits."""
        method = chance.choice(("chat.postMessage", "chat.update"))
        self._fault("slack hang", method=method)
        self.office.rig.slack_fault(method, "timeout")

    def _push(self, chance: Random) -> None:
        what = chance.choice(("drop", "duplicate", "reorder", "none"))
        self._fault(f"push {what}")
        settings = dict.fromkeys(("drop", "duplicate", "reorder"), 0.0)
        if what != "none":
            settings[what] = chance.choice((0.5, 1.0))
        self.office.rig.post("/control/gmail/push", settings)

    def _clock(self, chance: Random) -> None:
        to = chance.uniform(-FURTHEST, FURTHEST)
        way = "forward" if to > self.offset else "back"
        self._fault(f"clock {way}", seconds=round(to - self.offset, 1))
        self.offset = to
        self.office.step_clock(to)
