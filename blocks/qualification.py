"""Where an account stands by BANT and MEDDIC: what is known, what is missing, what to ask next."""

from uuid import UUID

from blocks.account_select import account_select
from blocks.action_ids import ActionId, numbered
from blocks.brief import known_criteria
from blocks.lint import fitted
from blocks.parts import Block, actions, button, context, local_day, section, short
from blocks.terms import criterion_name
from blocks.values import Target
from services.types.compose import QualificationView
from services.types.qualification import Criterion

# In the order in which a conversation asks: first why, then who, then when and how much.
QUESTIONS: dict[Criterion, str] = {
    Criterion.IDENTIFY_PAIN: "What goes wrong today, and what does it cost them?",
    Criterion.NEED: "What must a solution do for them, whatever happens?",
    Criterion.METRICS: "By which number will they see that it works?",
    Criterion.CHAMPION: "Who wants this, and speaks for it when you are not in the room?",
    Criterion.AUTHORITY: "Who signs, and who has a say before that?",
    Criterion.ECONOMIC_BUYER: "Whose budget does it come from?",
    Criterion.DECISION_CRITERIA: "What will they compare the offers by?",
    Criterion.DECISION_PROCESS: "Which steps are there up to a signature, and who takes them?",
    Criterion.TIMELINE: "By when do they want to decide, and why then?",
    Criterion.BUDGET: "What have they set aside for it, or how is money for it found?",
}


def qualification_blocks(view: QualificationView) -> list[Block]:
    """What is known with its proof, what is open, and the one question to ask next."""
    deals = ", ".join(short(name, 60) for name in view.deals[:3])
    head = f"*{short(view.account_name, 80)}*" + (f" · {deals}" if deals else "")
    blocks = [section(head)]
    if view.known:
        today = local_day(view.reader.now, view.reader.timezone)
        blocks.append(known_criteria(view.known, today, numbers=True))
    else:
        blocks.append(section("*Nothing is known yet.* Nobody has said anything that proves it."))
    gaps = [criterion for criterion in QUESTIONS if criterion in view.gaps]
    if gaps:
        names = ", ".join(criterion_name(gap).lower() for gap in gaps)
        blocks.append(section(f"*Ask next: {QUESTIONS[gaps[0]]}*"))
        blocks.append(context(f"Still open: {names}"))
    else:
        blocks.append(section("*Every criterion has its proof.*"))
    if not view.deals:
        blocks.append(context("There is no open deal, so nothing more can be added."))
    return fitted(blocks)


def qualify_choice(accounts: tuple[tuple[UUID, str], ...] = ()) -> list[Block]:
    """Which account: one of several, or any."""
    buttons = [
        button(name, numbered(ActionId.QUALIFY_PICK, number), Target(id=account_id).encode())
        for number, (account_id, name) in enumerate(accounts[:10])
    ]
    head = "*Several accounts fit. Which one?*" if accounts else "*Which account?*"
    return [section(head), actions(*(buttons or [account_select(ActionId.QUALIFY_ACCOUNT)]))]
