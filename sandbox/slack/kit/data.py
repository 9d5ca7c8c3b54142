"""Tables and charts."""

from collections.abc import Callable
from typing import Any

from sandbox.slack.kit.base import (
    Check,
    Report,
    anything,
    array,
    boolean,
    by_type,
    choice,
    integer,
    listed,
    number,
    shape,
    string,
    text_length,
)
from sandbox.slack.kit.objects import ID, TYPE
from sandbox.slack.kit.rich import RICH_TEXT

_COLUMNS = 20
_TABLE_CHARACTERS = 10_000
_DATA_TABLE_CHARACTERS = 20_000
_CELL = 10_000
_LABEL = string(20)

_RAW_NUMBER = shape({**TYPE, "value": number, "text": string(_CELL)})
_TABLE_CELL = by_type(
    {
        "raw_text": shape({**TYPE, "text": string(_CELL)}, {"emoji": boolean}),
        "raw_number": _RAW_NUMBER,
        "rich_text": RICH_TEXT,
    },
    "a cell",
)
_HEADER_CELL = by_type(
    {"raw_text": shape({**TYPE, "text": string(_CELL)}), "raw_number": _RAW_NUMBER},
    "a header cell",
)


def _not_too_much_text(limit: int) -> Callable[[dict[str, Any], str, Report], None]:
    def rule(value: dict[str, Any], pointer: str, report: Report) -> None:
        if text_length(value.get("rows")) > limit:
            report.add(f"{pointer}/rows", f"cells must hold less than {limit + 1} characters")

    return rule


TABLE = shape(
    {**TYPE, "rows": array(array(_TABLE_CELL, 1, _COLUMNS), 1, 100)},
    {
        "block_id": ID,
        "column_settings": array(
            shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean}),
            0,
            _COLUMNS,
        ),
    },
    [_not_too_much_text(_TABLE_CHARACTERS)],
)


def _rectangular(value: dict[str, Any], pointer: str, report: Report) -> None:
    rows = [row for row in listed(value.get("rows")) if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        report.add(f"{pointer}/rows", "all rows must have the same number of columns")
    for index, cell in enumerate(rows[0] if rows else []):
        _HEADER_CELL(cell, f"{pointer}/rows/0/{index}", report)
    column = value.get("row_header_column_index")
    if isinstance(column, int) and rows and column >= len(rows[0]):
        report.add(f"{pointer}/row_header_column_index", "must name an existing column")


DATA_TABLE = shape(
    {**TYPE, "rows": array(array(_TABLE_CELL, 1, _COLUMNS), 2, 101), "caption": string(3000)},
    {
        "block_id": ID,
        "page_size": integer(1, 100),
        "row_header_column_index": integer(0, _COLUMNS - 1),
    },
    [_rectangular, _not_too_much_text(_DATA_TABLE_CHARACTERS)],
)


def _positive(value: Any, pointer: str, report: Report) -> None:
    number(value, pointer, report)
    if isinstance(value, int | float) and value <= 0:
        report.add(pointer, "must be greater than 0")


def _unique_series(value: dict[str, Any], pointer: str, report: Report) -> None:
    axis = value.get("axis_config")
    categories = listed(axis.get("categories")) if isinstance(axis, dict) else []
    if len(set(map(str, categories))) != len(categories):
        report.add(f"{pointer}/axis_config/categories", "categories must be unique")
    series = [entry for entry in listed(value.get("series")) if isinstance(entry, dict)]
    if len({str(entry.get("name")) for entry in series}) != len(series):
        report.add(f"{pointer}/series", "series names must be unique")
    for index, entry in enumerate(series):
        labels = [
            str(point.get("label"))
            for point in listed(entry.get("data"))
            if isinstance(point, dict)
        ]
        if sorted(labels) != sorted(map(str, categories)):
            report.add(f"{pointer}/series/{index}/data", "must have one point for every category")


_POINT = shape({"label": _LABEL, "value": number})
_AXIS_CHART: Check = shape(
    {
        "type": anything,
        "series": array(shape({"name": _LABEL, "data": array(_POINT, 1, 20)}), 1, 12),
        "axis_config": shape(
            {"categories": array(_LABEL, 1, 20)},
            {"x_label": string(50), "y_label": string(50)},
        ),
    },
    rules=[_unique_series],
)
_PIE = shape(
    {
        "type": anything,
        "segments": array(shape({"label": _LABEL, "value": _positive}), 1, 12),
    }
)

DATA_VISUALIZATION = shape(
    {
        **TYPE,
        "title": string(50),
        "chart": by_type(
            {"pie": _PIE, "bar": _AXIS_CHART, "line": _AXIS_CHART, "area": _AXIS_CHART}, "a chart"
        ),
    },
    {"block_id": ID},
)
