"""`understudy calibration FILE.csv`: how well a list of confidences held, and what the adjustment
would make of it. No database, no server, no model."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from bot.calibration_rows import MOST_LINES, Rows, UnreadableFileError, read_rows
from services.calibration.replaying import replay
from services.calibration.scores import Array, Sums, reliability
from services.types.calibration import ReliabilityBin

NOTHING, USAGE_ERROR = 1, 2


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    parser = subparsers.add_parser(
        name,
        help="score a list of confidences and outcomes",
        description="Prints one JSON object: Brier score, calibration errors and ten bins of all "
        "rows and of each group, and what the damped adjustment, learned on one half, makes of the "
        "other. Rows that can't be scored are left out and told.",
    )
    parser.add_argument(
        "file",
        metavar="FILE.csv",
        help="columns confidence and outcome (0 to 1, true, false, yes, no), optionally group; "
        "- for standard input",
    )


def run(args: argparse.Namespace) -> int:
    """0 when something was scored, 1 when nothing could be, 2 when the file can't be read."""
    try:
        raw = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
        rows = read_rows(raw)
    except OSError as error:
        return _failed(args.file, f"could not be read ({error.strerror})")
    except UnreadableFileError as error:
        return _failed(args.file, str(error))
    _tell(args.file, rows)
    if not rows.confidence:
        sys.stderr.write(f"understudy calibration: {args.file}: no row could be scored\n")
        return NOTHING
    text = json.dumps(report_of(rows), ensure_ascii=False, indent=2, allow_nan=False)
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # the reader had enough
        sys.stderr.close()
    return 0


def report_of(rows: Rows) -> dict[str, Any]:
    """What is printed. `groups` is empty without such a column; rows without one stand in ''."""
    said, came = np.asarray(rows.confidence, float), np.asarray(rows.outcome, float)
    places: dict[str, list[int]] = {}
    for place, name in enumerate(rows.group or ()):
        places.setdefault(name, []).append(place)
    return {
        "all": _scored(said, came),
        "groups": {name: _scored(said[at], came[at]) for name, at in sorted(places.items())},
        "skipped": _skipped(rows),
    }


def _scored(said: Array, came: Array) -> dict[str, Any]:
    sums = Sums.of(said, came)
    scores, seen = sums.scores(), replay(said, came)
    return {
        "n": scores.n,
        "brier": scores.brier,
        "ece": scores.ece,
        "mce": scores.mce,
        "bins": [_bin(one) for one in reliability(sums)],
        "adjusted": {
            "n": seen.adjusted.n,
            "brier": seen.adjusted.brier,
            "ece": seen.adjusted.ece,
            "mce": seen.adjusted.mce,
            "raw_brier": seen.raw.brier,
            "raw_ece": seen.raw.ece,
            "raw_mce": seen.raw.mce,
            "learned_on": seen.learned_on,
            "moves": seen.cycles,
            "scale": seen.adjustment.scale,
            "shift": seen.adjustment.shift,
            "threshold": seen.adjustment.threshold,
            "curve": list(seen.adjustment.knots),
        },
    }


def _bin(one: ReliabilityBin) -> dict[str, Any]:
    return {
        "low": one.low,
        "high": one.high,
        "count": one.count,
        "stated": one.stated,
        "observed": one.observed,
        "observed_low": one.observed_low,
        "observed_high": one.observed_high,
    }


def _skipped(rows: Rows) -> dict[str, Any]:
    return {
        "rows": sum(len(lines) for lines in rows.skipped.values()),
        "reasons": {
            why: {"rows": len(lines), "first_lines": lines[:MOST_LINES]}
            for why, lines in rows.skipped.items()
        },
    }


def _tell(name: str, rows: Rows) -> None:
    for why, lines in rows.skipped.items():
        named = ", ".join(str(line) for line in lines[:MOST_LINES])
        more = f" and {len(lines) - MOST_LINES} more" if len(lines) > MOST_LINES else ""
        word = "line" if len(lines) == 1 else "lines"
        sys.stderr.write(f"understudy calibration: {name}: left out {word} {named}{more}: {why}\n")


def _failed(name: str, why: str) -> int:
    sys.stderr.write(f"understudy calibration: {name}: {why}\n")
    return USAGE_ERROR
