"""The matrix for people (a table, a page) and for machines (JSON)."""

import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from tests.security.rows import Row

PAGE = Path("docs/security-matrix.md")
BEGIN, END = "<!-- begin: written by the command -->", "<!-- end -->"


def word(row: Row) -> str:
    if row.unchecked:
        return "not checked"
    return "FAILED" if row.failed else "held"


def table(rows: Sequence[Row]) -> str:
    """All rows for the terminal, one line each; a note stands below its row."""
    lines = [f"{'case':<88} {'tried':>7} {'held':>7}"]
    for section, part in _by_section(rows):
        lines += ["", section]
        for row in part:
            lines.append(f"  {row.case:<86} {row.tried:>7,} {row.held:>7,}  {word(row)}")
            if row.note:
                lines.append(f"      {row.note}")
    return "\n".join([*lines, "", summary(rows)])


def summary(rows: Sequence[Row]) -> str:
    tried, held = sum(row.tried for row in rows), sum(row.held for row in rows)
    unchecked = sum(row.unchecked for row in rows)
    said = f"{held:,} of {tried:,} held"
    return said + (f"; {unchecked} not checked" if unchecked else "")


def write_json(rows: Sequence[Row], path: Path, *, seed: int, seconds: float) -> None:
    """`{seed, seconds, python, tried, held, rows: [{section, case, tried, held, note}]}`"""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "seed": seed,
        "seconds": round(seconds, 1),
        "python": platform.python_version(),
        "tried": sum(row.tried for row in rows),
        "held": sum(row.held for row in rows),
        "rows": [asdict(row) for row in rows],
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def write_page(rows: Sequence[Row], command: str, page: Path = PAGE) -> None:
    """Put the tables between the two marks of the page; what stands around them stays."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    made = "\n".join([f"Made by `{command}`: {summary(rows)}.", "", *_tables(rows)])
    page.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", "utf-8")


def _tables(rows: Sequence[Row]) -> Iterator[str]:
    for section, part in _by_section(rows):
        yield from (f"### {section}", "| case | tried | held | |", "|---|---:|---:|---|")
        for row in part:
            said = " ".join(filter(None, ["" if word(row) == "held" else word(row), row.note]))
            yield f"| {_cell(row.case)} | {row.tried:,} | {row.held:,} | {_cell(said)} |"
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _by_section(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    return ((name, list(part)) for name, part in groupby(rows, key=lambda row: row.section))
