"""What a workspace's model calls cost this month, and whether the model answers at all."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bot.doctor.findings import Finding, bad, note, well
from bot.doctor.ward import Ward
from db import model_calls

LATELY = timedelta(hours=1)
LOOKED_AT = 5
"""As many failures in a row open the breaker."""
NEARLY = 0.8


def budget_findings(spent: float, budget: float | None, team: str) -> list[Finding]:
    if budget is None:
        return []
    says = f"model: ${spent:,.2f} of this month's ${budget:,.2f} are used"
    if spent >= budget:
        remedy = "raise LLM_MONTHLY_BUDGET_USD, or wait: rules answer until the month ends"
        return [bad(says, remedy, team)]
    if spent >= NEARLY * budget:
        return [note(says, "raise LLM_MONTHLY_BUDGET_USD, or name a cheaper model", team)]
    return [well(says, team)]


def call_findings(statuses: Sequence[str], team: str) -> list[Finding]:
    """How the last calls of this hour ended, the newest first."""
    last = statuses[:LOOKED_AT]
    if len(last) < LOOKED_AT or "ok" in last:
        return []
    return [
        bad(
            f"model: the last {len(last)} calls failed, so it is asked once in half a minute only",
            "see the worker's log for “the model failed”; check LLM_MODEL, LLM_API_BASE and the "
            "key, or set LLM_FALLBACK_MODEL",
            team,
        )
    ]


async def check_models(ward: Ward, team: str, tenant_id: UUID) -> list[Finding]:
    if ward.settings.llm_model is None:
        return []
    now: datetime = ward.built.clock.now()
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    async with ward.built.database.read(tenant_id) as tx:
        spent, _ = await model_calls.spent_since(tx, month)
        statuses = await model_calls.last_statuses(tx, now - LATELY, LOOKED_AT)
    budget = ward.settings.llm_monthly_budget_usd
    return [*budget_findings(float(spent), budget, team), *call_findings(statuses, team)]
