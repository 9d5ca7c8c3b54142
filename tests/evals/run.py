"""`make eval`: judges what is detected in the labelled threads, and prints the figures.

Without LLM_MODEL the rules read; with it that model does, on the same way and by the same command.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bot.config import Settings
from bot.models import language_model
from services.types.signals import SignalName
from tests.evals import report
from tests.evals.corpus import Case, load
from tests.evals.judging import Verdict, judge
from tests.evals.looking import look_at

BASELINE = Path(__file__).parent / "signals" / "baseline.json"
_SPLITS = ("all", "dev", "held-out")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    cases = _chosen(load(), arguments)
    if not cases:
        sys.stderr.write("No case is chosen.\n")
        return 2
    model = language_model(Settings())
    begun = time.perf_counter()
    looks, reader = asyncio.run(look_at(cases, model))
    seconds = time.perf_counter() - begun
    verdicts = [judge(look) for look in looks]
    if arguments.case:
        print("\n\n".join(report.story(one) for one in verdicts))
    elif arguments.misses:
        print(report.missed(verdicts))
    else:
        _print_tables(arguments.split, verdicts)
    print("\n" + report.spending(reader.spent, model.name, seconds))
    if arguments.json:
        found = report.as_json(verdicts, reader.spent, model.name, seconds)
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    if arguments.renew:
        BASELINE.write_text(json.dumps(report.figures(verdicts), indent=1) + "\n", "utf-8")
        print(f"{BASELINE} holds these figures now.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make eval", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--split", choices=_SPLITS, default="all")
    parser.add_argument(
        "--only", type=SignalName, metavar="NAME", help="cases that expect this signal, or none"
    )
    parser.add_argument("--case", nargs="+", metavar="ID", help="show these cases whole")
    parser.add_argument("--misses", action="store_true", help="list what isn't right, to read")
    parser.add_argument(
        "--renew", action="store_true", help="make these figures the regression guard's"
    )
    return parser


def _chosen(cases: Sequence[Case], arguments: argparse.Namespace) -> list[Case]:
    chosen = [
        case
        for case in cases
        if arguments.split == "all" or case.held_out == (arguments.split == "held-out")
    ]
    if arguments.case:
        chosen = [case for case in chosen if case.id in arguments.case]
    if arguments.only:
        chosen = [case for case in chosen if arguments.only in case.expect or not case.expect]
    return chosen


def _print_tables(whole: str, verdicts: Sequence[Verdict]) -> None:
    # Of one split alone, the whole is that split again.
    parts = {
        "dev": [one for one in verdicts if not one.look.case.held_out],
        "held-out": [one for one in verdicts if one.look.case.held_out],
        whole: verdicts,
    }
    for title, part in parts.items():
        if part:
            print(report.tables(title, part), end="\n\n")
    print(report.confusion_table(verdicts))


if __name__ == "__main__":
    sys.exit(main())
