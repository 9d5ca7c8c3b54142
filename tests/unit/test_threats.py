"""THREATS.md names a test for each threat; every one of them is there to be run."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "THREATS.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
SEQUENCE = re.compile(r"^\| (\d+) \|.*$", re.MULTILINE)


@cache
def collected(path: str) -> frozenset[str]:
    """What pytest collects from the file: its functions that begin with test_."""
    tree = ast.parse((ROOT / path).read_text())
    found = [one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return frozenset(one.name for one in found if one.name.startswith("test_"))


def test_every_test_that_is_named_is_collected() -> None:
    assert len(NAMED) > 80
    missing = [
        f"{path}::{name}"
        for path, name in NAMED
        if not (Path(path).name.startswith("test_") and (ROOT / path).is_file())
        or name not in collected(path)
    ]
    assert missing == []


def test_nothing_that_looks_like_a_test_is_named_otherwise() -> None:
    """A path that was misspelled isn't passed over."""
    assert len(re.findall(r"::\w+", TEXT)) == len(NAMED) + TEXT.count("`path::name`")


def test_all_fifteen_sequences_are_there_and_each_has_its_tests() -> None:
    rows = {int(one[1]): one[0] for one in SEQUENCE.finditer(TEXT)}
    assert set(range(1, 16)) <= set(rows)
    for number, row in rows.items():
        assert "::test_" in row, f"sequence {number} has no test"


def test_every_attack_stands_at_its_number() -> None:
    """A test called test_attack_N_… is named in the row of N."""
    rows = {int(one[1]): one[0] for one in SEQUENCE.finditer(TEXT)}
    files = sorted((ROOT / "tests" / "attacks").glob("test_attack_*.py"))
    numbers = Counter(int(path.name.split("_")[2]) for path in files)
    assert set(numbers) <= set(rows)
    for path in files:
        row = rows[int(path.name.split("_")[2])]
        assert f"tests/attacks/{path.name}::" in row, f"{path.name} is not in its row"


def test_every_file_that_is_said_to_stop_something_is_there() -> None:
    paths = set(re.findall(r"`((?:bot|handlers|blocks|services|db)/[\w/]*(?:\.py)?)`", TEXT))
    assert len(paths) > 20
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []
