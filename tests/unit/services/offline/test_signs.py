"""Sentences in eight languages that are a sign of something, and near misses that aren't."""

from datetime import date
from pathlib import Path

from services.offline.extract import extract
from services.signals.detectors.rivals import introduces
from services.types.model import ExtractionRequest, Sign

SAME = {
    Sign.BUDGET_CUT: {Sign.BUDGET_CUT, Sign.NO_BUDGET},
    Sign.DISSATISFACTION: {Sign.DISSATISFACTION, Sign.ESCALATION},
    Sign.READY_TO_BUY: {Sign.READY_TO_BUY, Sign.CONTRACT_REQUESTED},
    Sign.CANCELLATION: {Sign.CANCELLATION, Sign.DEAL_LOST},
}
ROWS = Path(__file__).with_name("signs.tsv").read_text("utf-8").splitlines()


def signs(text: str) -> set[Sign]:
    request = ExtractionRequest(text=text, subject="", sender_name="", today=date(2026, 11, 20))
    found = {one.name for one in extract(request).signals if one.confidence >= 0.6}
    return found | ({Sign.COMPETITOR_NAMED} if introduces(text) else set())


def test_each_sign_is_found_and_its_near_misses_are_not() -> None:
    right, vain, missed = [], [], []
    for row in ROWS:
        label, _, text = row.partition("\t")
        sign = Sign(label.removeprefix("-"))
        found = bool(signs(text) & SAME.get(sign, {sign}))
        if label.startswith("-"):
            vain += [row] if found else []
        else:
            (right if found else missed).append(row)
    assert len(right) >= 0.97 * (len(right) + len(missed)), missed
    assert len(right) >= 0.99 * (len(right) + len(vain)), vain


def test_who_asks_for_more_buys_nothing_new() -> None:
    assert signs("We are happy to add 40 more seats.") == {Sign.WANTS_MORE}


def test_the_end_of_a_contract_is_no_wish_for_one() -> None:
    found = signs("Please confirm the termination of the contract in writing.")
    assert Sign.CANCELLATION in found
    assert Sign.CONTRACT_REQUESTED not in found
