"""A slice of `make bench` that a busy machine can't fail: two parts that are judged by ratios taken
in turns, through the same door."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(180)
def test_two_parts_are_measured_judged_and_told(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    words = ["-m", "tests.bench", "--only", "verdict", "linking", "--json", str(path)]
    # In a process of its own, as `make bench` is: it sets up logs for all of it.
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "linking a mail to its account" in done.stdout
    told = json.loads(path.read_text())
    assert [row["kept"] for row in told["rows"]].count(True) >= 1
    assert all(row["ours"] for row in told["rows"])
    assert told["machine"]
