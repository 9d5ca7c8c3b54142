"""Charts that Slack takes, the same numbers as a table, and what can't be drawn."""

from typing import Any

import pytest

from blocks.charts import as_lines, bar_chart, left_out, line_chart
from blocks.lint import faults
from bot.adapters.slack_degraded import plain_blocks
from sandbox.slack.kit.payloads import message_problems

WEEKS = tuple(f"week {number}" for number in range(1, 13))
RATES: tuple[float | None, ...] = (0.1, None, *(0.2 + number / 50 for number in range(10)))


def taken(*blocks: Any) -> bool:
    return not message_problems(list(blocks)) and not faults(list(blocks), text="t")


def test_a_line_is_drawn_of_what_is_known():
    chart = line_chart("Answered", WEEKS, [("Team", RATES)], y_label="Share")
    assert chart is not None
    assert taken(chart)
    names = chart["chart"]["axis_config"]["categories"]
    assert "week 2" not in names
    assert len(names) == 11
    assert left_out(WEEKS, [("Team", RATES)]) == ("week 2",)


def test_what_nobody_knows_is_no_chart():
    assert line_chart("Answered", WEEKS, [("Team", [None] * 12)]) is None
    assert bar_chart("Answered", (), [("Team", ())]) is None
    assert line_chart("Answered", WEEKS, []) is None


def test_names_that_are_cut_to_the_same_stay_apart():
    long = ["A very long name of a person", "A very long name of a parson"]
    chart = bar_chart("x" * 80, long, [(long[0], [1, 2]), (long[1], [3, 4])])
    assert chart is not None
    assert taken(chart)


def test_more_than_slack_draws_is_cut_to_the_latest():
    names = [f"c{number}" for number in range(30)]
    many = [(f"s{number}", list(range(30))) for number in range(20)]
    chart = line_chart("t", names, many)
    assert chart is not None
    assert taken(chart)
    assert chart["chart"]["axis_config"]["categories"][-1] == "c29"


def test_the_columns_say_unknown():
    text = as_lines("Week", WEEKS, [("Team", RATES)])
    assert taken(text)
    lines = text["elements"][0]["elements"][0]["text"].split("\n")
    assert lines[0].split() == ["Week", "Team"]
    assert lines[2].split() == ["week", "2", "unknown"]


def test_where_slack_refuses_a_chart_its_numbers_stay():
    chart = line_chart("Answered", ["a", "b"], [("Team", [0.25, 0.5])])
    cells = [{"type": "raw_text", "text": word} for word in ("a", "unknown")]
    table = {"type": "data_table", "caption": "t", "rows": [cells]}
    said = [block["text"]["text"] for block in plain_blocks([chart or {}, table])]
    assert said[0] == "Answered\nTeam: a 0.25, b 0.5"
    assert said[1] == "a · unknown"


@pytest.mark.parametrize(
    "chart",
    [
        {"type": "data_visualization", "title": "t" * 51, "chart": {"type": "bar"}},
        {
            "type": "data_visualization",
            "title": "t",
            "chart": {
                "type": "line",
                "axis_config": {"categories": ["a", "a"]},
                "series": [{"name": "s", "data": [{"label": "a", "value": 1}]}],
            },
        },
    ],
)
def test_the_lint_finds_what_slack_refuses(chart: dict[str, Any]):
    assert faults([chart], text="t")


def test_charts_and_tables_stand_in_messages_only():
    chart = line_chart("t", ["a"], [("s", [1])])
    assert chart is not None
    assert faults([chart], view=True)
    assert faults([chart, chart, chart], text="t")
