"""What doctor says about the last scan."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from bot.doctor.signals import scan_words
from db.looks import Spent
from db.models.signals import Scan
from db.scans import Totals


def test_a_scan_in_one_line_with_what_it_cost_and_could_not_do():
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    scan = Scan(tenant_id=uuid4(), id=uuid4(), created_at=at, due_at=at, status="done")
    spent = Spent(model_calls=2, tokens_in=2300, tokens_out=100, cost_usd=Decimal("0.0012"))
    totals = Totals(accounts=41, failed=0, noted={"the model could not be asked": 3}, spent=spent)
    assert scan_words(scan, totals, late=False) == (
        "signals: last scan 2026-11-21 12:00 UTC done, 41 accounts, 2,400 tokens, $0.0012, "
        "3 noted: the model could not be asked"
    )
    unpriced = Spent(model_calls=1, tokens_in=5, cost_usd=None)
    dear = Totals(accounts=1, failed=0, noted={}, spent=unpriced)
    assert "1 account, 5 tokens, some of a price I don't know" in scan_words(scan, dear, late=False)
    cheap = Totals(accounts=0, failed=0, noted={}, spent=Spent())
    assert "no model asked, the next one is late" in scan_words(scan, cheap, late=True)
