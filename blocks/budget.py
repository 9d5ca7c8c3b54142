"""What admins are told when the month's model budget runs out."""

from blocks.parts import Block, context, count, section
from services.types.budget import BudgetNoticeView, BudgetUse

_STOP = 100


def budget_text(view: BudgetNoticeView) -> str:
    if view.share >= _STOP:
        return f"The model budget for {view.month:%B} is used up"
    return f"{view.share} % of the model budget for {view.month:%B} is used"


def budget_card(view: BudgetNoticeView) -> list[Block]:
    """What was used when it was noticed, what happens now, and where it is changed."""
    used = f"${view.spent_usd:,.2f} of ${view.budget_usd:,.2f}"
    if view.share >= _STOP:
        then = (
            "Models are asked nothing more until the month ends: rules and templates answer, and "
            "signals are looked for by rules alone. Nothing is lost."
        )
    else:
        then = "At 100 % models stop for the rest of the month, and rules and templates go on."
    quiet = ["`LLM_MONTHLY_BUDGET_USD` sets it; `/understudy status` says where it stands."]
    if view.unpriced_calls:
        quiet.insert(0, f"{count(view.unpriced_calls, 'call')} more, whose price I don't know")
    return [section(f"*{budget_text(view)}*\n{used}. {then}"), context(*quiet)]


def budget_trouble(use: BudgetUse | None) -> list[str]:
    """For the top of a page: nothing while the budget lasts."""
    if use is None or not use.used_up:
        return []
    budget = f"*This month's model budget of ${use.budget_usd:,.2f} is used up.*"
    return [f"{budget} Rules and templates answer until it renews."]
