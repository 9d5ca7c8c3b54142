"""`make security`: runs the sections and prints the matrix; ends with 1 when something gave way."""

import argparse
import importlib
import inspect
import pkgutil
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType

import tests.security
from bot import loops
from tests.security import report
from tests.security.rows import Row, Trial, server

JSON = Path("build/security.json")


def sections() -> dict[str, ModuleType]:
    """Every module of this package that has rows, by its name."""
    found = {}
    for part in pkgutil.iter_modules(tests.security.__path__):
        if part.ispkg or part.name.startswith("_") or part.name.startswith("test_"):
            continue
        module = importlib.import_module(f"tests.security.{part.name}")
        if hasattr(module, "TITLE") and hasattr(module, "rows"):
            found[part.name] = module
    return found


def run(chosen: Iterable[ModuleType], trial: Trial) -> list[Row]:
    """One section after the other; how long each took goes to stderr."""
    rows: list[Row] = []
    for module in chosen:
        begun = time.monotonic()
        made = module.rows(trial)
        rows += loops.run(made) if inspect.iscoroutine(made) else made
        sys.stderr.write(f"{module.TITLE}: {time.monotonic() - begun:.0f} s\n")
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    known = sections()
    arguments = _parser(known).parse_args(argv)
    chosen = [known[name] for name in (arguments.only or known)]
    begun = time.monotonic()
    with server() as embedded:
        trial = Trial(seed=arguments.seed, quick=arguments.quick, server=embedded)
        rows = run(chosen, trial)
    print(report.table(rows))
    report.write_json(rows, arguments.json, seed=trial.seed, seconds=time.monotonic() - begun)
    print(f"written to {arguments.json}")
    if arguments.write:
        words = " ".join([f"--seed {trial.seed}", *(["--quick"] if trial.quick else [])])
        report.write_page(rows, f"python -m tests.security {words} --write")
    return 1 if any(row.failed for row in rows) else 0


def _parser(known: Iterable[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make security", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="SECTION", choices=sorted(known))
    parser.add_argument("--seed", type=int, default=1, help="what random choices start from")
    parser.add_argument("--quick", action="store_true", help="the slice that make test runs")
    parser.add_argument("--json", type=Path, default=JSON, metavar="FILE")
    parser.add_argument("--write", action="store_true", help=f"renew the tables of {report.PAGE}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
