"""What admins read about the month's model budget."""

from datetime import date
from decimal import Decimal

from blocks.budget import budget_card, budget_text
from blocks.status import status_blocks
from services.types.budget import BudgetNoticeView, BudgetUse
from tests.unit.view_factory import make_status

NOTICE = BudgetNoticeView(
    share=80,
    month=date(2026, 11, 1),
    spent_usd=Decimal("40.125"),
    budget_usd=Decimal(50),
    unpriced_calls=2,
)


def test_the_card_says_what_is_used_and_what_happens_then():
    warned = str(budget_card(NOTICE))
    assert budget_text(NOTICE) == "80 % of the model budget for November is used"
    assert "$40.12 of $50.00" in warned
    assert "2 calls more, whose price I don't know" in warned
    stopped = BudgetNoticeView(
        share=100, month=NOTICE.month, spent_usd=Decimal(50), budget_usd=Decimal(50),
        unpriced_calls=0,
    )  # fmt: skip
    assert "by rules alone" in str(budget_card(stopped))


def test_status_says_how_much_is_used_and_at_the_top_when_it_is_used_up():
    use = BudgetUse(spent_usd=Decimal("4.99"), budget_usd=Decimal(5))
    said = str(status_blocks(make_status(budget=use, offline=False)))
    assert "of $5.00 (99 %)" in said
    assert "used up" not in said
    over = BudgetUse(spent_usd=Decimal(5), budget_usd=Decimal(5))
    first = str(status_blocks(make_status(budget=over))[0])
    assert "This month's model budget of $5.00 is used up" in first
    assert "I'm well" not in str(status_blocks(make_status(budget=over)))
    assert BudgetUse(spent_usd=Decimal(0), budget_usd=Decimal(0)).percent == 100
