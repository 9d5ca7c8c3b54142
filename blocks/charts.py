"""Slack's own charts, and words in columns for where there is no chart.

A chart stands in messages only; `columns` stand everywhere. A chart has no room for "unknown" and
none for an interval: a category in which a series is unknown isn't drawn, and the columns beside it
say so."""

from collections.abc import Mapping, Sequence

from blocks.parts import Block, cut, one_line

Series = tuple[str, Sequence[float | None]]
"""A name and one value for each category; None is unknown."""
TITLE, LABEL, AXIS = 50, 20, 50
MOST_SERIES, MOST_CATEGORIES = 12, 20


def line_chart(
    title: str, categories: Sequence[str], series: Sequence[Series], *, y_label: str = ""
) -> Block | None:
    """What is known, the last twenty categories of it; None where nothing is."""
    return _chart("line", title, categories, series, {"y_label": y_label})


def bar_chart(
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    x_label: str = "",
    y_label: str = "",
) -> Block | None:
    return _chart("bar", title, categories, series, {"x_label": x_label, "y_label": y_label})


def left_out(categories: Sequence[str], series: Sequence[Series]) -> tuple[str, ...]:
    """The categories that a chart of these can't show."""
    drawn = _known(categories, series)
    return tuple(name for at, name in enumerate(categories) if at not in drawn)


def _chart(
    kind: str,
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    labels: Mapping[str, str],
) -> Block | None:
    drawn = _known(categories, series)[-MOST_CATEGORIES:]
    if not drawn or not series:
        return None
    names = _unique([categories[at] for at in drawn])
    titles = _unique([name for name, _ in series[:MOST_SERIES]])
    axis: Block = {"categories": names}
    axis |= {name: cut(one_line(label), AXIS) for name, label in labels.items() if label}
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
