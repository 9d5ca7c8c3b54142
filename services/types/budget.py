"""How much of a month's model budget is used."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetUse:
    spent_usd: Decimal
    budget_usd: Decimal
    unpriced_calls: int = 0
    """Calls whose price nobody knows: they aren't in `spent_usd`, and aren't free."""

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down; of a budget of nothing all is used."""
        if self.budget_usd <= 0:
            return 100
        return int(self.spent_usd * 100 / self.budget_usd)

    @property
    def used_up(self) -> bool:
        return self.spent_usd >= self.budget_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetNoticeView:
    """What an admin is told once a month and share (80 or 100 per cent)."""

    share: int
    month: date
    spent_usd: Decimal
    budget_usd: Decimal
    unpriced_calls: int
