"""`python -m tests.faults`: break everything for a while, and count what was lost or doubled.

Exit code 1 if a promise was broken, with what is needed to see it again.
"""

import argparse
import json
import secrets
import sys
from dataclasses import asdict
from pathlib import Path

from tests.e2e.rig import ROOT
from tests.faults.run import run
from tests.faults.telling import broken, shown

BUILD = ROOT / "build"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="how long things break")
    parser.add_argument("--seed", type=int, default=0, help="without it one is drawn")
    parser.add_argument("--json", type=Path, default=BUILD / "faults.json")
    parser.add_argument("--patience", type=float, default=300, help="seconds for coming to rest")
    return parser.parse_args()


def main() -> int:
    """Run, print, write the JSON."""
    chosen = _arguments()
    seed = chosen.seed or secrets.randbelow(100_000) + 1
    folder = BUILD / "faults" / f"seed-{seed}-{secrets.token_hex(3)}"
    result = run(chosen.seconds, seed, folder, patience=chosen.patience)
    print(shown(result))
    chosen.json.parent.mkdir(parents=True, exist_ok=True)
    chosen.json.write_text(json.dumps(asdict(result), indent=2, default=str) + "\n")
    if not result.kept:
        print(broken(result))
    return 0 if result.kept else 1


if __name__ == "__main__":
    sys.exit(main())
