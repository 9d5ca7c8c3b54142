"""docs/benchmarks.md: the part between its two marks is written from a run, the rest by hand."""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.report import ROUNDS, Row, spread

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures: written by the run -->", "<!-- end of the figures -->"
COMMAND = "make bench ARGS=--write"


def machine(postgres: str) -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "processor": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": _first("/proc/meminfo", "MemTotal"),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": postgres,
        "load": [round(one, 2) for one in os.getloadavg()],
        "date": datetime.now(UTC).date().isoformat(),  # noqa: TID251 - a date for people
    }


def _first(path: str, name: str) -> str:
    """What a line of a file of the kernel's says."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def figures(rows: Sequence[Row], where: Mapping[str, Any]) -> str:
    """The written part: command, machine, table, and what each row means."""
    missed = [row.name for row in rows if row.kept is False]
    said = f"Missed in this run: {', '.join(missed)}." if missed else "Every budget is kept."
    lines = [
        f"{_made(where)} {said}",
        "",
        f"A cell is the median of {ROUNDS} rounds, and the least and the most of them in brackets.",
        "",
        "| what | ours | beside | ratio | budget | |",
        "|---|---|---|---|---|---|",
        *map(_line, rows),
        "",
    ]
    for row in rows:
        lines += [f"**{_capital(row.name)}.** {row.means} Beside: {row.beside}.", ""]
    return "\n".join(lines)


def _made(where: Mapping[str, Any]) -> str:
    return (
        f"Made by `{COMMAND}` on {where['date']}: {where['processor']}, {where['cores']} cores, "
        f"{where['memory']} of memory, {where['system']}, Python {where['python']}, PostgreSQL "
        f"{where['postgresql']}; load average when it began {where['load'][0]}."
    )


def _line(row: Row) -> str:
    theirs = f"{spread(row.theirs)} {row.unit}" if row.theirs else ""
    ratio = f"{spread(row.ratios)} x" if row.theirs else ""
    cells = (row.name, f"{spread(row.ours)} {row.unit}", theirs, ratio, row.wanted, row.judgement)
    return f"| {' | '.join(cells)} |"


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def write_page(rows: Sequence[Row], where: Mapping[str, Any], page: Path = PAGE) -> None:
    """Put a run's figures between the page's marks."""
    head, begin, rest = page.read_text().partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} has lost its marks: {BEGIN} … {END}")
    page.write_text(f"{head}{BEGIN}\n{figures(rows, where)}\n{END}{tail}")
