"""Slack's own charts, and the same numbers as a table for where there is no chart.

A chart and a data table stand in messages only; `as_lines` stands everywhere. A chart has no room
for "unknown" and none for an interval: a category in which a series is unknown isn't drawn, and
the table beside it says so."""

from collections.abc import Callable, Sequence

from blocks.parts import Block, cut, one_line

Series = tuple[str, Sequence[float | None]]
"""A name and one value for each category; None is unknown."""
TITLE, LABEL, AXIS = 50, 20, 50
MOST_SERIES, MOST_CATEGORIES = 12, 20
ROWS = 100
UNKNOWN = "unknown"


def line_chart(
    title: str, categories: Sequence[str], series: Sequence[Series], *, y_label: str = ""
) -> Block | None:
    """What is known, the last twenty categories of it; None where nothing is."""
    return _chart("line", title, categories, series, y_label)


def bar_chart(
    title: str, categories: Sequence[str], series: Sequence[Series], *, y_label: str = ""
) -> Block | None:
    return _chart("bar", title, categories, series, y_label)


def left_out(categories: Sequence[str], series: Sequence[Series]) -> tuple[str, ...]:
    """The categories that a chart of these can't show."""
    drawn = _known(categories, series)
    return tuple(name for at, name in enumerate(categories) if at not in drawn)


def _chart(
    kind: str, title: str, categories: Sequence[str], series: Sequence[Series], y_label: str
) -> Block | None:
    drawn = _known(categories, series)[-MOST_CATEGORIES:]
    if not drawn or not series:
        return None
    names = _unique([categories[at] for at in drawn])
    titles = _unique([name for name, _ in series[:MOST_SERIES]])
    axis: Block = {"categories": names}
    if y_label:
        axis["y_label"] = cut(one_line(y_label), AXIS)
    lines = [
        {
            "name": name,
            "data": [
                {"label": label, "value": values[at]}
                for label, at in zip(names, drawn, strict=True)
            ],
        }
        for name, (_, values) in zip(titles, series[:MOST_SERIES], strict=True)
    ]
    return {
        "type": "data_visualization",
        "title": cut(one_line(title), TITLE) or "…",
        "chart": {"type": kind, "series": lines, "axis_config": axis},
    }


def _known(categories: Sequence[str], series: Sequence[Series]) -> list[int]:
    return [
        at
        for at in range(len(categories))
        if all(values[at] is not None for _, values in series[:MOST_SERIES])
    ]


def _unique(names: Sequence[str]) -> list[str]:
    """Cut to a label's length; Slack refuses two that are the same."""
    found: list[str] = []
    for name in names:
        label, number = cut(one_line(name), LABEL) or "…", 2
        while label in found:
            tail = f" {number}"
            label, number = cut(one_line(name), LABEL - len(tail)) + tail, number + 1
        found.append(label)
    return found


# ── The numbers behind it ───────────────────────────────────────────────────────────────────────
def as_table(
    caption: str,
    first: str,
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    show: Callable[[float], str] = "{:g}".format,
    page: int = 12,
) -> Block | None:
    """A table that can be sorted: a row a category, a column a series. `show` writes a value."""
    if not categories:
        return None
    head = [first, *(name for name, _ in series)]
    rows = [
        [_cell(name), *(_figure(values[at], show) for _, values in series)]
        for at, name in enumerate(categories[:ROWS])
    ]
    return {
        "type": "data_table",
        "caption": cut(one_line(caption), 300) or "…",
        "page_size": max(1, min(page, 100)),
        "rows": [[_cell(name) for name in head], *rows],
    }


def as_lines(
    first: str,
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    show: Callable[[float], str] = "{:g}".format,
) -> Block:
    """The same in letters of one width, for windows and the Home tab."""
    head = [first, *(name for name, _ in series)]
    rows = [
        [one_line(name), *(_shown(values[at], show) for _, values in series)]
        for at, name in enumerate(categories)
    ]
    return columns(head, rows)


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    """Words in columns: the first to the left, the others to the right."""
    table = [[cut(one_line(cell), LABEL + 4) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[at]) for row in table) for at in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
    return {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_preformatted",
                "elements": [{"type": "text", "text": cut("\n".join(lines), 3000) or " "}],
            }
        ],
    }


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": cut(one_line(text), 200) or "…"}


def _figure(value: float | None, show: Callable[[float], str]) -> Block:
    if value is None:
        return _cell(UNKNOWN)
    return {"type": "raw_number", "value": value, "text": show(value) or "…"}


def _shown(value: float | None, show: Callable[[float], str]) -> str:
    return UNKNOWN if value is None else show(value)
