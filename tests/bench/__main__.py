"""`make bench`: measures, prints a table, writes JSON, and ends with 1 when a budget is missed."""

import argparse
import sys
from pathlib import Path

from bot import loops
from tests.bench import (
    account_view,
    acks,
    approvals,
    calibration,
    history,
    home,
    inbox,
    lookups,
    scans,
)
from tests.bench.report import table, write
from tests.bench.world import house


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the budgets of DESIGN §6.")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"))
    arguments = parser.parse_args()
    with house() as place:
        rows = acks.measure(place)
        rows.append(loops.run(inbox.measure(place)))
        rows.append(lookups.measure_verdict())
        rows.append(loops.run(lookups.measure_linking(place)))
        rows += loops.run(home.measure_home(place))
        rows += loops.run(history.measure_history(place))
        rows += loops.run(scans.measure_scans(place))
        rows.append(loops.run(account_view.measure_view(place)))
        rows += loops.run(approvals.measure_decisions(place))
        rows += loops.run(approvals.measure_sweep(place))
        rows.append(loops.run(calibration.measure_counting(place)))
    print(table(rows))
    write(rows, arguments.json)
    print(f"written to {arguments.json}")
    return 0 if all(row.kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
