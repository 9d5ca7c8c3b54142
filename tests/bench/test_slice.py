"""A slice of `make bench` that a busy machine can't fail: two parts that are judged by ratios taken
in turns, through the same door."""

import json
from pathlib import Path

import pytest

from tests.bench.__main__ import main


@pytest.mark.timeout(180)
def test_two_parts_are_measured_judged_and_told(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    assert main(["--only", "verdict", "linking", "--json", str(path)]) == 0
    told = json.loads(path.read_text())
    assert [row["kept"] for row in told["rows"]].count(True) >= 1
    assert all(row["ours"] for row in told["rows"])
    assert told["machine"]
