"""`make bench`: measures, prints a table, writes JSON, and ends with 1 when a budget is missed."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from pathlib import Path

import asyncpg

from bot import loops
from bot.logs import set_up_logs
from tests.bench import (
    account_view,
    acks,
    analytics,
    approvals,
    audit,
    calibration,
    docs,
    history,
    home,
    inbox,
    lived,
    lookups,
    modelled,
    resting,
    scans,
)
from tests.bench.report import LOG, Row, table, write
from tests.bench.world import House, house

PARTS: Mapping[str, Callable[[House], list[Row]]] = {
    "acks": acks.measure,
    "inbox": lambda place: [loops.run(inbox.measure(place))],
    "lived": lambda _place: lived.measure(),
    "modelled": lambda _place: modelled.measure(),
    "verdict": lambda _place: [lookups.measure_verdict()],
    "linking": lambda place: [loops.run(lookups.measure_linking(place))],
    "home": lambda place: loops.run(home.measure_home(place)),
    "history": lambda place: loops.run(history.measure_history(place)),
    "scans": lambda place: loops.run(scans.measure_scans(place)),
    "account": lambda place: [loops.run(account_view.measure_view(place))],
    "decisions": lambda place: loops.run(approvals.measure_decisions(place)),
    "sweep": lambda place: loops.run(approvals.measure_sweep(place)),
    "analytics": lambda place: loops.run(analytics.measure_analytics(place)),
    "calibration": lambda place: [loops.run(calibration.measure_counting(place))],
    "audit": lambda place: [loops.run(audit.measure_verify(place))],
    "resting": lambda _place: resting.measure(),
}
"""In the order of the table. Each takes turns with its counterpart inside itself."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure each budget beside its counterpart.")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"))
    parser.add_argument("--only", metavar="PART", nargs="+", choices=PARTS, help="just these")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md as well")
    arguments = parser.parse_args()
    if arguments.write and arguments.only:
        parser.error("the page shows all of it: --write goes without --only")
    rows: list[Row] = []
    LOG.parent.mkdir(parents=True, exist_ok=True)
    # What the product logs costs it time, as in an installation; it goes where logs go.
    with LOG.open("w") as log, redirect_stderr(log):
        set_up_logs("INFO")
    with house() as place:
        where = docs.machine(asyncio.run(_version(place)))
        for name in arguments.only or PARTS:
            print(f"… {name}", file=sys.stderr, flush=True)
            rows += PARTS[name](place)
    print(table(rows))
    write(rows, arguments.json, where)
    print(f"written to {arguments.json}")
    if arguments.write:
        docs.write_page(rows, where)
        print(f"written to {docs.PAGE}")
    return 1 if any(row.kept is False for row in rows) else 0


async def _version(place: House) -> str:
    connection = await asyncpg.connect(place.embedded.runtime_url)
    version: str = await connection.fetchval("show server_version")
    await connection.close()
    return version


if __name__ == "__main__":
    sys.exit(main())
