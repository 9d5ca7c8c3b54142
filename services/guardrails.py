"""What the copilot may do by itself, what needs a person, and what it never does.

Pure policy: a table with one row per action type and a short list of rules over it. The verdict is
the strictest answer of any rule for any type the action amounts to, so nothing loosens anything:
there is no rule that grants, and therefore no way to talk a hard stop away.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.types.actions import (
    ActionContext,
    ActionType,
    AutonomyLevel,
    ContentClass,
    GuardrailResult,
    Seniority,
    Verdict,
)
from services.types.autonomy import Authority
from services.types.mail import SenderProof
from services.types.qualification import Stage

POLICY_VERSION = "policy-1"
"""Part of the lineage: whoever changes a row or a rule so that a verdict changes gives it another.
"""
LATE_STAGES = frozenset({Stage.NEGOTIATION, Stage.CLOSED_WON, Stage.CLOSED_LOST})
# From here on a price is on the table, so a deal without an amount is a deal we don't understand.
AMOUNT_STAGES = frozenset({Stage.EVALUATION, Stage.STALLED})
# What a deal may be worth before a person looks at each step; a currency that isn't here asks.
AMOUNT_LIMITS: dict[str, Decimal] = {
    "USD": Decimal(50_000),
    "EUR": Decimal(45_000),
    "GBP": Decimal(40_000),
    "CHF": Decimal(45_000),
    "CAD": Decimal(70_000),
    "AUD": Decimal(75_000),
    "JPY": Decimal(7_500_000),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRule:
    """One row of the table. `outward`: a customer sees it. `deal_bound`: judged by its deal, so
    an unknown stage asks. `moves_stage`: an unverified sender must never cause it."""

    base: Verdict
    outward: bool = True
    deal_bound: bool = True
    moves_stage: bool = False
    blocked_stages: frozenset[Stage] = LATE_STAGES
    amount_limits: dict[str, Decimal] | None = None


def _free(*, outward: bool = True, deal_bound: bool = True) -> ActionRule:
    limits = AMOUNT_LIMITS if deal_bound else None
    return ActionRule(
        base=Verdict.AUTONOMOUS, outward=outward, deal_bound=deal_bound, amount_limits=limits
    )


def _asks(*, outward: bool = True, moves_stage: bool = False) -> ActionRule:
    return ActionRule(base=Verdict.APPROVAL_REQUIRED, outward=outward, moves_stage=moves_stage)


def _never(*, outward: bool = True) -> ActionRule:
    return ActionRule(base=Verdict.HARD_STOP, outward=outward)


TABLE: dict[ActionType, ActionRule] = {
    ActionType.SEND_FOLLOW_UP_EMAIL: _free(),
    ActionType.SEND_ROUTINE_RESPONSE: _free(),
    ActionType.SCHEDULE_MEETING: _free(),
    ActionType.QUALIFY_CONVERSATION: _free(outward=False, deal_bound=False),
    # Resuming a stalled deal and leaving evaluation are a person's calls, hence the longer list.
    ActionType.PROGRESS_EARLY_STAGE: ActionRule(
        base=Verdict.AUTONOMOUS,
        outward=False,
        moves_stage=True,
        blocked_stages=LATE_STAGES | {Stage.EVALUATION, Stage.STALLED},
        amount_limits=AMOUNT_LIMITS,
    ),
    ActionType.SEND_PROPOSAL: _asks(),
    ActionType.DISCUSS_PRICING: _asks(),
    ActionType.NEGOTIATE_TERMS: _asks(),
    ActionType.PROGRESS_PAST_EVALUATION: _asks(outward=False, moves_stage=True),
    ActionType.CONTACT_C_SUITE: _asks(),
    ActionType.COMMIT_PRICING: _never(),
    ActionType.MODIFY_CONTRACT: _never(),
    ActionType.STRATEGIC_DECISION: _never(outward=False),
    ActionType.INITIATE_EXECUTIVE_RELATIONSHIP: _never(),
}

BARRED = "I never write to somebody who isn't a confirmed contact who can be reached."
OUTSIDE_HOURS = "outside_hours"
"""The one rule that time alone lifts."""
UNKNOWN = _asks()
"""The row of a type nobody has heard of."""

_WORDS: dict[ActionType, str] = {
    ActionType.SEND_PROPOSAL: "send a proposal",
    ActionType.DISCUSS_PRICING: "talk about prices",
    ActionType.NEGOTIATE_TERMS: "negotiate terms",
    ActionType.PROGRESS_PAST_EVALUATION: "move a deal past evaluation",
    ActionType.CONTACT_C_SUITE: "write to the top management",
    ActionType.COMMIT_PRICING: "commit to a price",
    ActionType.MODIFY_CONTRACT: "change a contract",
    ActionType.STRATEGIC_DECISION: "decide on strategy",
    ActionType.INITIATE_EXECUTIVE_RELATIONSHIP: "open a relationship with the top management",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One type under judgement."""

    action_type: str
    row: ActionRule
    context: ActionContext
    authority: Authority
    content: ContentClass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    verdict: Verdict
    rule: str
    reason: str


def _ask(rule: str, reason: str) -> _Hit:
    return _Hit(verdict=Verdict.APPROVAL_REQUIRED, rule=rule, reason=reason)


def _stop(rule: str, reason: str) -> _Hit:
    return _Hit(verdict=Verdict.HARD_STOP, rule=rule, reason=reason)


def _kill_switch(case: _Case) -> _Hit | None:
    return _stop("kill_switch", "The kill switch is on.") if case.authority.stopped else None


def _limit(case: _Case) -> _Hit | None:
    return _below("limit", case.authority.ceiling, "Your organisation's limit")


def _earned(case: _Case) -> _Hit | None:
    if case.authority.earned is AutonomyLevel.OFF:
        return _stop("level_off", "This kind of action is switched off.")
    if case.authority.earned.acts:
        return None
    return _ask("level", "A person decides on every action of this kind.")


def _narrowed(case: _Case) -> _Hit | None:
    return _below("narrowed", case.authority.narrowed, "The account owner's own limit")


def _below(rule: str, level: AutonomyLevel | None, whose: str) -> _Hit | None:
    """A limit only ever takes away: one that allows says nothing."""
    if level is None or level.acts:
        return None
    if level is AutonomyLevel.OFF:
        return _stop(f"{rule}_off", f"{whose} switches this kind of action off.")
    return _ask(rule, f"{whose} asks for a person's decision.")


def _base(case: _Case) -> _Hit | None:
    if case.row is UNKNOWN:
        return _ask("unknown_type", "I don't know this kind of action, so a person decides.")
    if case.row.base is Verdict.AUTONOMOUS:
        return None
    words = _WORDS[ActionType(case.action_type)]
    if case.row.base is Verdict.HARD_STOP:
        return _stop("hard_stop", f"I never {words}.")
    return _ask("base", f"I {words} only with a person's approval.")


def _stage(case: _Case) -> _Hit | None:
    stage = case.context.stage
    if stage is None:
        if case.row.deal_bound:
            return _ask("stage_unknown", "The stage of the deal is not known.")
        return None
    if stage in case.row.blocked_stages:
        return _ask("stage", f"The deal's stage is {stage.replace('_', ' ')}.")
    return None


def _amount(case: _Case) -> _Hit | None:
    limits, amount = case.row.amount_limits, case.context.amount
    if limits is None:
        return None
    if amount is None:
        if case.context.stage in AMOUNT_STAGES:
            return _ask("amount_unknown", "The amount of the deal is not known.")
        return None
    limit = limits.get((case.context.currency or "").strip().upper())
    if limit is None or not amount.is_finite() or amount < 0:
        return _ask("amount_unknown", "The amount of the deal can't be compared with the limit.")
    if amount > limit:
        return _ask("amount", "The amount of the deal is above the limit.")
    return None


def _recipient(case: _Case) -> _Hit | None:
    if not case.row.outward:
        return None
    if case.context.first_contact:
        return _ask("first_contact", "This person has not been in touch with us before.")
    if case.context.recipient_seniority is Seniority.UNKNOWN:
        return _ask("seniority_unknown", "The recipient's position is not known.")
    return None


def _barred(case: _Case) -> _Hit | None:
    if not (case.row.outward and case.context.recipient_barred):
        return None
    return _stop("recipient_barred", BARRED)


def _sender(case: _Case) -> _Hit | None:
    proof = case.context.sender_proof
    if proof is SenderProof.FAIL and case.row.moves_stage:
        return _stop("sender_failed", "The sender is unverified, and such mail moves no stage.")
    if proof in {SenderProof.FAIL, SenderProof.NONE}:
        return _ask("sender_unverified", "The sender is unverified.")
    return None


def _suspicion(case: _Case) -> _Hit | None:
    if not case.context.suspicious:
        return None
    return _ask("suspicious", "The mail tries to give orders to a machine.")


def _doubt(case: _Case) -> _Hit | None:
    if not case.context.doubtful:
        return None
    return _ask("doubtful", "The check of the draft found something to look at.")


def _unsure(case: _Case) -> _Hit | None:
    if not (case.row.outward and case.context.unsure):
        return None
    return _ask("unsure", "I have been too sure of mails like this one.")


def _sentiment(case: _Case) -> _Hit | None:
    if not (case.row.outward and case.context.negative_sentiment):
        return None
    return _ask("negative_sentiment", "The customer is unhappy.")


def _hours(case: _Case) -> _Hit | None:
    if not (case.row.outward and case.context.outside_hours):
        return None
    return _ask(OUTSIDE_HOURS, "It is outside working hours.")


def _language(case: _Case) -> _Hit | None:
    if case.content.readable:
        return None
    return _ask("unreadable", "I can't check prices and terms in this language.")


_RULES: tuple[Callable[[_Case], _Hit | None], ...] = (
    _kill_switch,
    _base,
    _limit,
    _earned,
    _narrowed,
    _stage,
    _amount,
    _barred,
    _recipient,
    _sender,
    _suspicion,
    _doubt,
    _unsure,
    _sentiment,
    _hours,
    _language,
)


def effective_type(declared: str, content: ContentClass) -> str:
    """What an action really is: the strictest of what it was called and what its text does.

    Equally strict: the declared name stays, because it says more about the intent.
    """
    return max((declared, *content.types), key=lambda name: row_of(name).base.strictness)


def row_of(action_type: str) -> ActionRule:
    """The row of a type; UNKNOWN for a name that isn't in the table."""
    try:
        return TABLE[ActionType(action_type)]
    except (ValueError, KeyError):
        return UNKNOWN


def verdict(
    *,
    action_type: str,
    context: ActionContext,
    authority: Authority,
    content: ContentClass,
) -> GuardrailResult:
    """The strictest answer of all rules for all types this action amounts to."""
    hits: list[_Hit] = []
    types = tuple(_types(action_type, context, content))
    for name in types:
        case = _Case(
            action_type=name,
            row=row_of(name),
            context=context,
            authority=authority,
            content=content,
        )
        hits += [hit for rule in _RULES if (hit := rule(case)) is not None]
    # One fact is told once, and the sort is stable, so the reasons stay in the order of the rules.
    unique = sorted(dict.fromkeys(hits), key=lambda hit: -hit.verdict.strictness)
    return GuardrailResult(
        verdict=unique[0].verdict if unique else Verdict.AUTONOMOUS,
        action_type=effective_type(action_type, content),
        reasons=tuple(hit.reason for hit in unique),
        rules=tuple(hit.rule for hit in unique),
        types=types,
    )


def _types(declared: str, context: ActionContext, content: ContentClass) -> Iterator[str]:
    """The declared type and all that its text and its recipient turn it into."""
    yield declared
    yield from content.types
    if row_of(declared).outward and context.recipient_seniority is Seniority.C_SUITE:
        yield ActionType.CONTACT_C_SUITE
        if context.first_contact:
            yield ActionType.INITIATE_EXECUTIVE_RELATIONSHIP
