"""What is judged, and the page that is written of it."""

from pathlib import Path

import pytest

from tests.bench.docs import BEGIN, END, figures, write_page
from tests.bench.report import Row, in_rounds, percentile, spread

WHERE = {
    "processor": "A processor",
    "cores": 2,
    "memory": "8 GB",
    "system": "Linux",
    "python": "3.11",
    "postgresql": "18",
    "load": [0.1, 0, 0],
    "date": "2026-11-30",
}


def row(**changed: object) -> Row:
    values: dict[str, object] = {
        "name": "a click",
        "unit": "ms",
        "ours": (2.0, 9.0, 3.0),
        "theirs": (1.0, 3.0, 1.0),
        "beside": "nothing much",
        "means": "It says something.",
    }
    return Row(**(values | changed))  # type: ignore[arg-type]


def test_the_median_of_the_ratios_is_judged_and_not_the_ratio_of_medians() -> None:
    found = row(ours=(1.0, 10.0, 3.0), theirs=(1.0, 2.0, 3.0), budget=1.0)
    assert found.ratios == (1.0, 5.0, 1.0)
    assert found.kept


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"budget": 3.0}, True),
        ({"budget": 2.9}, False),
        ({"budget": 3.0, "at_least": True}, True),
        ({"budget": 3.1, "at_least": True}, False),
        ({"theirs": (), "limit": 3.0}, True),
        ({"theirs": (), "limit": 2.0}, False),
        ({}, None),
    ],
)
def test_a_budget_is_kept_or_missed(changed: dict[str, object], kept: object) -> None:
    assert row(**changed).kept is kept


def test_measurements_become_rounds_in_their_order() -> None:
    assert in_rounds([1, 9, 2, 2, 3, 3, 4, 4, 5, 5], min) == (1, 2, 3, 4, 5)
    assert percentile(range(1, 101), 0.99) == 99
    assert spread((3.0, 1.0, 2.0)) == "2.00 (1.00 to 3.00)"


def test_the_page_keeps_what_was_written_by_hand(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"# Head\n{BEGIN}\nold\n{END}\nTail\n")
    write_page([row(budget=1.0)], WHERE, page)
    text = page.read_text()
    assert text.startswith("# Head\n")
    assert text.endswith(f"{END}\nTail\n")
    assert "old" not in text
    assert "Missed in this run: a click." in text
    assert "| a click | 3.00 (2.00 to 9.00) ms |" in text
    assert "It says something." in figures([row()], WHERE)


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("# Head\n")
    with pytest.raises(SystemExit):
        write_page([row()], WHERE, page)
    assert page.read_text() == "# Head\n"
