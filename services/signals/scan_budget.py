"""The month's model budget, and who is told when it runs out.

The budget is asked before every call (services/model_calls); here it is watched, at every tick and
over everything models do for the tenant: at 80 % and at 100 % its admins are told, each once a
month. At 100 % models stop and rules go on.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from db import budget_notices, members, model_calls
from db.session import Database, ReadTx
from services.cards import touch
from services.ports import Clock, Ids
from services.types.budget import BudgetNoticeView, BudgetUse

CARD = "budget"
"""The kind of the card; its subject is the notice."""
WARN, STOP = 80, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetWatch:
    """`budget_usd` is a tenant's allowance for a calendar month; None: no limit, nobody is told."""

    db: Database
    clock: Clock
    ids: Ids
    budget_usd: Decimal | None = None

    async def check(self, tenant_id: UUID) -> None:
        """At every tick: tell the admins what they haven't been told this month."""
        if self.budget_usd is None:
            return
        now = self.clock.now()
        async with self.db.read(tenant_id) as reading:
            use = await budget_use(reading, self.budget_usd, now)
            share = _share(use)
            if use is None or share is None or await _told(reading, share, now):
                return
        async with self.db.transaction(tenant_id) as tx:
            notice_id = self.ids.new()
            if not await budget_notices.add_notice(
                tx,
                notice_id=notice_id,
                month=month_of(now).date(),
                share=share,
                spent=use.spent_usd,
                budget=use.budget_usd,
                unpriced=use.unpriced_calls,
                now=now,
            ):
                return
            admins = await members.list_admin_ids(tx)
            await touch(tx, CARD, notice_id, admins, clock=self.clock, ids=self.ids)

    async def notice(self, tenant_id: UUID, notice_id: UUID) -> BudgetNoticeView | None:
        """What the card says."""
        async with self.db.read(tenant_id) as tx:
            row = await budget_notices.get_notice(tx, notice_id)
        if row is None:
            return None
        return BudgetNoticeView(
            share=row.share,
            month=row.month,
            spent_usd=row.spent_usd,
            budget_usd=row.budget_usd,
            unpriced_calls=row.unpriced_calls,
        )


async def budget_use(tx: ReadTx, budget: Decimal | None, now: datetime) -> BudgetUse | None:
    """How much of the month's budget is used; None without a budget."""
    if budget is None:
        return None
    spent, unpriced = await model_calls.spent_since(tx, month_of(now))
    return BudgetUse(spent_usd=spent, budget_usd=budget, unpriced_calls=unpriced)


def month_of(now: datetime) -> datetime:
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _share(use: BudgetUse | None) -> int | None:
    if use is None:
        return None
    return next((share for share in (STOP, WARN) if use.percent >= share), None)


async def _told(tx: ReadTx, share: int, now: datetime) -> bool:
    """Of this share or of a greater one."""
    told = await budget_notices.list_shares(tx, month_of(now).date())
    return any(one >= share for one in told)
