"""`make rolling`: replaces the release before by this one under load, puts it back, and counts."""

import argparse
import json
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.conftest import team_of
from tests.e2e.rig import ROOT
from tests.rolling.lab import BEFORE, PROCESSES, Lab, lab, server, unpack
from tests.rolling.traffic import Traffic

BOXES = ("maya@brightpath.example", "tom@brightpath.example", "understudy@brightpath.example")
HELD = "select count(*) from jobs.pgqueuer where status = 'failed'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of it. Seconds are of single clicks, from pressing to the answer."""

    figures: dict[str, Any]
    faults: list[str]


def roll(before: Path, *, back: bool = True) -> Found:
    """Both ways, one process at a time, with mails and clicks all along."""
    with server() as running, lab(running) as made:
        made.rig.tree = before
        _set_up(made)
        team = team_of(made.rig)
        traffic = Traffic(rig=made.rig, reps=[team.maya, team.tom])
        traffic.start()
        traffic.more(4)
        made.rig.tree = ROOT
        assert "up to date" in made.rig.command("migrate")
        traffic.more(3)
        steps = [ROOT, before] if back else [ROOT]
        for tree in steps:
            made.rig.tree = tree
            for name in PROCESSES:
                made.replace(name)
                traffic.more(2)
        traffic.stop_writing()
        traffic.settle()
        traffic.stop()
        return _judge(made, traffic, len(steps))


def _set_up(made: Lab) -> None:
    """The release before, running, with people and mailboxes."""
    rig = made.rig
    assert "up to date" in rig.command("migrate")
    for name in PROCESSES:
        made.start(name)
    made.share()
    rig.commands(rig.seeding(), *map(rig.connecting, BOXES))


def _judge(made: Lab, traffic: Traffic, rounds: int) -> Found:
    made.rig.tree = ROOT
    twice = [s for s in traffic.written if traffic.left(s) != 1]
    lost = [press for press in traffic.presses if press.lost]
    held = made.rig.db.value(HELD)
    verified = made.rig.run("audit", "verify")
    ends = made.stop()
    faults = [f"lost: {press}" for press in lost] + [f"not sent once: {s}" for s in twice]
    faults += [f"{held} held jobs"] if held else []
    faults += [f"audit: {verified.stdout}"] if verified.returncode else []
    faults += [f"ended with {code}" for code in ends if code]
    faults += made.troubles()
    took = [press.seconds * 1000 for press in traffic.presses]
    figures = {
        "processes replaced": rounds * len(PROCESSES),
        "mails": len(traffic.written),
        "clicks and commands": len(traffic.presses),
        "clicks lost or later than 3 s": len(lost),
        "mails not sent exactly once": len(twice),
        "held jobs": held,
        "slowest answer, ms": round(max(took)),
        "median answer, ms": round(statistics.median(took)),
    }
    return Found(figures=figures, faults=faults)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", default=BEFORE.read_text().strip(), help="its commit")
    parser.add_argument("--only-up", action="store_true", help="don't put the old release back")
    parser.add_argument("--json", type=Path, default=Path("build/rolling.json"))
    arguments = parser.parse_args()
    # Asked to end, it ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ub-", dir="/tmp") as folder:
        before = unpack(arguments.before, Path(folder))
        found = roll(before, back=not arguments.only_up)
    told = found.figures | {"seconds": round(time.monotonic() - began), "before": arguments.before}
    print("\n".join(f"{name:<32}{value}" for name, value in told.items()))
    print("\n".join(found.faults))
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(told | {"faults": found.faults}, indent=1))
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
