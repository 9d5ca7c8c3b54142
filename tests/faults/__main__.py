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
from tests.faults.run import Result, run

BUILD = ROOT / "build"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="how long things break")
    parser.add_argument("--seed", type=int, default=0, help="0 draws one")
    parser.add_argument("--json", type=Path, default=BUILD / "faults.json")
    parser.add_argument("--patience", type=float, default=180, help="for coming to rest")
    return parser.parse_args()


def shown(result: Result) -> str:
    """The figures, for people."""
    lines = [f"seed {result.seed}, {result.seconds:g} s of faults, logs in {result.folder}"]
    for title, counts in (
        ("inputs", result.inputs),
        ("faults", result.faults),
        ("restarts", result.restarts),
        ("promises broken", result.promises),
    ):
        lines.append(f"{title}: {sum(counts.values())}")
        lines += [f"  {count:6} {name}" for name, count in counts.items()]
    lines += [
        f"recoveries: {result.recoveries}",
        f"mails that left: {result.left}",
        f"mail to card, seconds: {result.mail_to_card}",
        f"approved to left, seconds: {result.approve_to_sent}",
        f"start {result.start_seconds} s, to rest {result.settle_seconds} s, "
        f"{result.lapses} times the clock was put on meanwhile",
    ]
    return "\n".join(lines)


def main() -> int:
    """Run, print, write the JSON."""
    chosen = _arguments()
    seed = chosen.seed or secrets.randbelow(100_000) + 1
    folder = BUILD / "faults" / f"seed-{seed}"
    if folder.exists():
        folder = BUILD / "faults" / f"seed-{seed}-{secrets.token_hex(3)}"
    result = run(chosen.seconds, seed, folder, patience=chosen.patience)
    print(shown(result))
    chosen.json.parent.mkdir(parents=True, exist_ok=True)
    chosen.json.write_text(json.dumps(asdict(result), indent=2, default=str) + "\n")
    for fault in result.broken:
        print(f"\nBROKEN {fault['promise']}: {fault['what']}")
        for line in fault["ledger"]:
            print("   ", json.dumps(line, ensure_ascii=False)[:300])
    if not result.kept:
        again = f"python -m tests.faults --seconds {result.seconds:g} --seed {seed}"
        print(f"\nAgain: {again}\nLedger: {result.folder}/ledger.jsonl")
    return 0 if result.kept else 1


if __name__ == "__main__":
    sys.exit(main())
