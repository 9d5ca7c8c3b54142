"""`make scale`: fills two databases, one a hundredth of the other, and measures both."""

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bot import loops
from tests.scale.measuring import Row, measure, table
from tests.scale.place import filled, server
from tests.scale.size import LARGE, SMALL


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what grows with a workspace.")
    parser.add_argument("--small", action="store_true", help="a hundredth of the actions")
    parser.add_argument("--only", default="", help="steps whose names hold this")
    parser.add_argument("--keep", type=Path, help="a folder outside HOME; what is there is used")
    parser.add_argument("--json", type=Path, default=Path("build/scale.json"))
    arguments = parser.parse_args()
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="us-scale-", dir="/tmp"))
    try:
        rows = _measured(folder, small=arguments.small, only=arguments.only)
    finally:
        if arguments.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    print(table(rows))
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    told = [{**asdict(row), "ratio": row.ratio, "flat": row.flat} for row in rows]
    arguments.json.write_text(json.dumps(told, indent=2) + "\n")
    print(f"written to {arguments.json}")
    return 0


def _measured(folder: Path, *, small: bool, only: str) -> list[Row]:
    size = SMALL if small else LARGE
    with server(folder) as embedded:
        few = filled(embedded, folder, size.hundredth(), print)
        many = filled(embedded, folder, size, print)
        return loops.run(measure(many, few, folder, only))


if __name__ == "__main__":
    sys.exit(main())
