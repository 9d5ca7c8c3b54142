"""CSV as people export it: bytes → rows with their line numbers, whatever wrote them."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.errors import InvalidInput
from services.mail.characters import one_line
from services.suspicion import assess

DELIMITERS = (",", ";", "\t", "|")
LONGEST_NAME = 20
"""Letters: orders to a machine take more."""
MAX_CELL = 100_000
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedFile:
    """A file as it was found: what to call it in the report, and its bytes."""

    label: str
    stem: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record. `cells` holds non-empty cells of known columns; `problem` says why it can't be
    read, when it can't."""

    line: int
    cells: Mapping[str, str]
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def lines_with_orders(table: Table) -> list[int]:
    """Lines with a cell that tries to give orders to a machine. No name or title is that long
    otherwise, so most cells aren't read."""
    return [
        row.line
        for row in table.rows
        if any(len(cell) > LONGEST_NAME and assess(cell).injection for cell in row.cells.values())
    ]


def read_table(data: bytes, *, known: frozenset[str], required: frozenset[str]) -> Table:
    """The rows under a header. Raises InvalidInput when the file as a whole can't be used."""
    text, notes = _decode(data)
    records = list(_records(text, _delimiter(text, known)))
    if not records:
        raise InvalidInput("The file is empty.")
    columns = [one_line(cell).lower().replace(" ", "_") for cell in records[0][1]]
    places: dict[str, int] = {}
    for place, column in enumerate(columns):
        if column in places:
            notes.append(f"The column {column} is there twice; the first one counts.")
        elif column:
            places[column] = place
    missing = sorted(required - places.keys())
    if missing:
        raise InvalidInput(f"The column {' and '.join(missing)} is missing.")
    unknown = [column[:60] for column in places if column not in known]
    if unknown:
        notes.append(f"I don't use these columns: {', '.join(unknown)}.")
    wanted = {column: place for column, place in places.items() if column in known}
    rows = [_row(line, record, wanted, len(columns)) for line, record in records[1:]]
    rows = [row for row in rows if row.cells or row.problem]
    # A quote that is never closed swallows everything after it into one cell.
    if text.count('"') % 2 and rows and rows[-1].line < text.count("\n"):
        line = rows[-1].line
        rows[-1] = Row(line=line, cells={}, problem="A quotation mark is never closed.")
    return Table(rows=tuple(rows), notes=tuple(notes))


def _row(line: int, record: list[str], wanted: Mapping[str, int], width: int) -> Row:
    if any(cell.strip() for cell in record[width:]):
        return Row(
            line=line,
            cells={},
            problem=f"It has {len(record)} cells, the header {width}. Is a quotation mark missing?",
        )
    cells = {
        column: one_line(record[place])
        for column, place in wanted.items()
        if place < len(record) and one_line(record[place])
    }
    return Row(line=line, cells=cells)


def _decode(data: bytes) -> tuple[str, list[str]]:
    if len(data) > MAX_BYTES:
        raise InvalidInput("The file is larger than 64 MB.")
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        try:
            return data.decode("utf-16"), []
        except UnicodeError:
            raise InvalidInput("The file says it is UTF-16, and isn't.") from None
    if b"\0" in data:
        raise InvalidInput("This is no text file.")
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), ["It isn't UTF-8; I read it as Windows-1252."]
    except UnicodeDecodeError:
        raise InvalidInput("The file is neither UTF-8 nor Windows-1252.") from None


def _delimiter(text: str, known: frozenset[str]) -> str:
    """The one that finds the most known columns in the header; the most cells on a draw."""

    def score(delimiter: str) -> tuple[int, int]:
        for _, record in _records(text, delimiter):
            names = {cell.strip().lower().replace(" ", "_") for cell in record}
            return len(names & known), len(record)
        return 0, 0

    return max(DELIMITERS, key=score)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line it begins on, cells), blank lines left out."""
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error:
        raise InvalidInput(
            f"Line {begins} can't be read as CSV: a cell never ends or is over {MAX_CELL:,} "
            "characters."
        ) from None
