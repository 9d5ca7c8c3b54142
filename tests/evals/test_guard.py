"""What is detected offline in the labelled threads gets no worse unnoticed.

After a change that is meant, `make eval ARGS=--renew` writes the new figures; the change to
signals/baseline.json is then reviewed with the code that made it.
"""

import asyncio
import json
from typing import Any

import pytest

from services.offline.model import OfflineModel
from tests.evals import report
from tests.evals.corpus import load
from tests.evals.judging import Verdict, judge
from tests.evals.looking import look_at
from tests.evals.run import BASELINE

MICRO = 0.015
"""Two cases or so."""
NAME = 0.08
"""A name has some ten cases: one of them may change sides."""
EVIDENCE = 0.9


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    looks, _ = asyncio.run(look_at(load(), OfflineModel()))
    return [judge(look) for look in looks]


def test_nothing_is_detected_worse_than_before(verdicts: list[Verdict]) -> None:
    before = json.loads(BASELINE.read_text("utf-8"))["all"]
    now = report.figures(verdicts)["all"]
    assert not worse(before, now), "see make eval ARGS=--misses, or renew what was meant"


def test_evidence_stands_where_a_reader_would_point(verdicts: list[Verdict]) -> None:
    right = sum(len(one.right) for one in verdicts)
    assert sum(len(one.proven) for one in verdicts) >= EVIDENCE * right


def test_orders_to_machines_raise_nothing(verdicts: list[Verdict]) -> None:
    injected = [one for one in verdicts if "injection" in one.look.case.id]
    assert injected
    assert not [one for one in injected if one.look.found or one.look.below]


def test_the_guard_sees_a_fall() -> None:
    before = json.loads(BASELINE.read_text("utf-8"))["all"]
    worst = max(before["names"], key=lambda name: before["names"][name]["f1"] or 0)
    fallen = json.loads(json.dumps(before))
    fallen["micro"]["recall"] -= 2 * MICRO
    fallen["names"][worst]["f1"] -= 2 * NAME
    assert len(worse(before, fallen)) == 2
    assert not worse(before, before)


def worse(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What fell by more than its margin, with both figures."""
    pairs = [
        (f"micro {rate}", before["micro"][rate], now["micro"][rate], MICRO)
        for rate in ("precision", "recall")
    ]
    pairs += [
        (f"F1 of {name}", rates["f1"], now["names"][name]["f1"], NAME)
        for name, rates in before["names"].items()
    ]
    return [
        f"{what}: {then} before, {today} now"
        for what, then, today, margin in pairs
        if (then or 0.0) - (today or 0.0) > margin
    ]
