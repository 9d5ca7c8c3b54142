"""Confidences and outcomes out of a CSV file, and what was wrong with the others."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

NUMBER = re.compile(
    r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE
)
WORDS = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}
"""For an outcome, beside a number from 0 to 1."""
DELIMITERS = ",;\t|"
LONGEST_NAME = 40
MOST_LINES = 5
"""Lines that are named for one reason."""


class UnreadableFileError(ValueError):
    """Nothing can be scored; the sentence says why."""


@dataclass(slots=True, kw_only=True)
class Rows:
    """What can be scored, row by row, and the lines that can't, by reason."""

    confidence: list[float] = field(default_factory=list)
    outcome: list[float] = field(default_factory=list)
    group: list[str] | None = None
    """None when the file has no such column."""
    skipped: dict[str, list[int]] = field(default_factory=dict)

    def skip(self, line: int, why: str) -> None:
        self.skipped.setdefault(why, []).append(line)


def read_rows(raw: bytes) -> Rows:
    """Commas, semicolons, tabs or bars; UTF-8 or what a byte order mark says. Columns by name, in
    any order and case. Raises UnreadableFileError where no row could ever be read."""
    text = _decoded(raw)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    lines = _lines(text, delimiter)
    number, header = next(lines, (1, []))
    if isinstance(header, str) or not header:
        raise UnreadableFileError(
            "the file is empty: its first line must name the columns confidence and outcome"
        )
    names = [name.strip().lower() for name in header]
    places = {name: _place(names, name, number) for name in ("confidence", "outcome")}
    group = _place(names, "group", number) if "group" in names else None
    rows = Rows(group=[] if group is not None else None)
    for line, cells in lines:
        if isinstance(cells, str):
            rows.skip(line, cells)
        elif any(one.strip() for one in cells):
            _add(rows, line, cells, (len(names), places["confidence"], places["outcome"], group))
    return rows


def _decoded(raw: bytes) -> str:
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        # Names of groups may be garbled then, figures can't be.
        return raw.decode("latin-1")


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each row with the line it ends on; a row that is no CSV as the reason."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, f"is no CSV ({error})"
            continue
        if cells:
            yield reader.line_num, cells


def _place(names: list[str], name: str, line: int) -> int:
    found = names.count(name)
    if found == 1:
        return names.index(name)
    # Of a file that is no CSV at all: nothing that a terminal would obey.
    there = ", ".join(_printable(one[:LONGEST_NAME]) or "''" for one in names[:12])
    what = f"no column {name}" if not found else f"{found} columns {name}"
    raise UnreadableFileError(f"line {line}: {what} (found: {there})")


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def _add(rows: Rows, line: int, cells: list[str], where: tuple[int, int, int, int | None]) -> None:
    width, confidence, outcome, group = where
    if len(cells) > width and any(one.strip() for one in cells[width:]):
        rows.skip(line, "has more cells than the header")
        return
    padded = [*cells, *[""] * (width - len(cells))]
    found: list[float] = []
    for name, place in (("confidence", confidence), ("outcome", outcome)):
        value = _number(padded[place], words=name == "outcome")
        if isinstance(value, str):
            rows.skip(line, f"{name} {value}")
            return
        found.append(value)
    rows.confidence.append(found[0])
    rows.outcome.append(found[1])
    if rows.group is not None and group is not None:
        rows.group.append(padded[group].strip())


def _number(cell: str, *, words: bool) -> float | str:
    """A number from 0 to 1, or what is wrong with the cell."""
    text = cell.strip()
    if words and text.lower() in WORDS:
        return WORDS[text.lower()]
    if not text:
        return "is missing"
    if not NUMBER.fullmatch(text):
        return "is no number from 0 to 1" + (", nor true, false, yes or no" if words else "")
    value = float(text.replace(",", "."))
    return value if 0 <= value <= 1 else "lies outside 0 to 1"
