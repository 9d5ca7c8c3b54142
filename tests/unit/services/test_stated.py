"""What is stated of a reply: when experience makes it doubtful, and what is no probability."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.confidence.stating import Stated, sound


@pytest.mark.parametrize(
    ("raw", "calibrated", "threshold", "unsure"),
    [
        ("0.80", "0.60", 0.7, True),
        ("0.80", "0.72", 0.7, False),  # taken down, and still enough
        ("0.80", "0.72", 0.9, True),  # so much is said too high that more is asked for
        ("0.20", "0.20", 0.7, False),  # low, and borne out
        ("0.20", "0.19", 0.7, False),  # the curve moved because of others
        ("0.40", "0.20", 0.7, True),
        ("0.20", "0.60", 0.7, False),  # taken up never asks
        ("0.90", "0.90", 0.9, False),
        ("0.96", "0.90", 0.9, False),  # as much as is asked for
    ],
)
def test_only_what_experience_takes_down_is_doubted(
    raw: str, calibrated: str, threshold: float, *, unsure: bool
) -> None:
    said = Stated(raw=Decimal(raw), calibrated=Decimal(calibrated), threshold=threshold, apart=True)
    assert said.unsure is unsure
    # When the correction has arrived, what is shown is what comes: nothing is left to doubt.
    assert not replace(said, apart=False).unsure


@pytest.mark.parametrize(
    ("raw", "value"), [("NaN", "0"), ("-1", "0"), ("1.7", "1"), ("0.3", "0.3"), ("0", "0")]
)
def test_what_is_no_probability_claims_nothing(raw: str, value: str) -> None:
    assert sound(Decimal(raw)) == Decimal(value)
