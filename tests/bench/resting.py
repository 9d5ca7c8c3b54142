"""`run` with nothing to do: how soon it is ready, and what memory it holds then."""

import time
from pathlib import Path

from tests.bench.report import ROUNDS, Row
from tests.e2e.rig import Rig, rig

SETTLE = 5.0
"""Seconds after which what a start needed for a moment is given back."""


def measure() -> list[Row]:
    """Started again and again over the same data: the first time made the database."""
    seconds, processor, megabytes = [], [], []
    with rig(start=False) as made:
        made.start_bot()
        made.seed()
        _stop(made)
        for _ in range(ROUNDS):
            started = time.perf_counter()
            made.start_bot()
            seconds.append(time.perf_counter() - started)
            processor.append(_processor_seconds(made))
            time.sleep(SETTLE)
            megabytes.append(_resident(made))
            _stop(made)
    return [
        Row(
            name="resident memory of `run`, idle, no model",
            unit="MB",
            ours=tuple(megabytes),
            beside=f"nothing; {SETTLE:g} s after it was ready, without the database's processes",
            means="Web, worker and scheduler in one process. Libraries for models, vectors and "
            "Gmail are imported when they are first needed.",
            limit=250,
        ),
        Row(
            name="start of `run` until it is ready",
            unit="s",
            ours=tuple(seconds),
            beside="nothing; embedded database started, its migrations looked at",
            means="From the command to /readyz, where the database was made before.",
            limit=5,
        ),
        Row(
            name="processor time of a start",
            unit="s",
            ours=tuple(processor),
            beside="nothing; not judged",
            means="The same start as the processor sees it, whatever else the machine does: nearly "
            "all of it is Python importing its modules.",
        ),
    ]


def _stop(made: Rig) -> None:
    if made.bot is not None:
        made.bot.stop()
        made.bot = None


def _resident(made: Rig) -> float:
    lines = _of(made, "status").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(kilobytes) / 1024


def _processor_seconds(made: Rig) -> float:
    """User and system, of the process alone."""
    words = _of(made, "stat").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / 100


def _of(made: Rig, name: str) -> str:
    if made.bot is None:
        raise SystemExit("nothing runs")
    return Path(f"/proc/{made.bot.pid}/{name}").read_text()
