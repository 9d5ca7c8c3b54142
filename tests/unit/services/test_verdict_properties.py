"""What holds of every verdict: tightening anything never loosens it, and nothing loosens a hard
stop."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.guardrails import TABLE, verdict
from services.types.actions import (
    ActionContext,
    ActionType,
    AutonomyLevel,
    ContentClass,
    ContentMatch,
    Seniority,
    Verdict,
)
from services.types.autonomy import Authority
from services.types.mail import SenderProof
from services.types.qualification import Stage

# Each input's values from loose to tight.
LEVELS = [*AutonomyLevel][::-1]
SENIORITIES = [*Seniority]
PROOFS = [None, SenderProof.PASS, SenderProof.NONE, SenderProof.FAIL]
STAGES = [
    Stage.INITIAL,
    Stage.DISCOVERY,
    Stage.QUALIFICATION,
    Stage.EVALUATION,
    Stage.STALLED,
    Stage.NEGOTIATION,
    Stage.CLOSED_WON,
    Stage.CLOSED_LOST,
]
FACTS = (
    "first_contact",
    "suspicious",
    "doubtful",
    "unsure",
    "recipient_barred",
    "negative_sentiment",
    "outside_hours",
)
HARD = [name for name, row in TABLE.items() if row.base is Verdict.HARD_STOP]

levels = st.sampled_from(LEVELS)
limits = st.one_of(st.none(), levels)
authorities = st.builds(
    Authority, earned=levels, ceiling=limits, narrowed=limits, stopped=st.booleans()
)
amounts = st.one_of(
    st.none(), st.decimals(allow_nan=True, allow_infinity=True), st.integers().map(Decimal)
)
contexts = st.builds(
    ActionContext,
    stage=st.sampled_from([None, *STAGES]),
    amount=amounts,
    currency=st.sampled_from([None, "", "USD", "usd", "EUR", "JPY", "XXX"]),
    recipient_seniority=st.sampled_from(SENIORITIES),
    sender_proof=st.sampled_from(PROOFS),
    **{fact: st.booleans() for fact in FACTS},
)
contents = st.builds(
    ContentClass,
    matches=st.lists(
        st.builds(ContentMatch, action_type=st.sampled_from(ActionType), quote=st.just("x")),
        max_size=3,
    ).map(tuple),
    readable=st.booleans(),
)
names = st.one_of(st.sampled_from([*ActionType]), st.text(max_size=30))


def judged(
    name: str, context: ActionContext, authority: Authority, content: ContentClass
) -> Verdict:
    return verdict(action_type=name, context=context, authority=authority, content=content).verdict


@settings(max_examples=150)
@given(names, contexts, authorities, contents, st.data())
def test_tightening_any_input_never_loosens(
    name: str,
    loose: ActionContext,
    authority: Authority,
    content: ContentClass,
    data: st.DataObject,
) -> None:
    tight = replace(
        loose,
        stage=data.draw(later(STAGES, loose.stage)) if loose.stage else None,
        amount=data.draw(higher(loose.amount)),
        recipient_seniority=data.draw(later(SENIORITIES, loose.recipient_seniority)),
        sender_proof=data.draw(later(PROOFS, loose.sender_proof)),
        **{fact: getattr(loose, fact) or data.draw(st.booleans()) for fact in FACTS},
    )
    narrower = Authority(
        earned=data.draw(later(LEVELS, authority.earned)),
        ceiling=data.draw(lower(authority.ceiling)),
        narrowed=data.draw(lower(authority.narrowed)),
        stopped=authority.stopped or data.draw(st.booleans()),
    )
    more = replace(
        content,
        matches=(*content.matches, *data.draw(contents).matches),
        readable=content.readable and data.draw(st.booleans()),
    )
    before = judged(name, loose, authority, content)
    assert judged(name, tight, narrower, more) >= before
    # And each of the three alone, so that one can't hide another.
    assert judged(name, tight, authority, content) >= before
    assert judged(name, loose, narrower, content) >= before
    assert judged(name, loose, authority, more) >= before


@given(st.sampled_from(HARD), names, contexts, authorities, contents)
def test_a_hard_stop_is_one_by_name_and_by_content_whatever_else_holds(
    hard: ActionType,
    name: str,
    around: ActionContext,
    authority: Authority,
    content: ContentClass,
) -> None:
    assert judged(hard, around, authority, content) is Verdict.HARD_STOP
    match = ContentMatch(action_type=hard, quote="x")
    said = replace(content, matches=(*content.matches, match))
    assert judged(name, around, authority, said) is Verdict.HARD_STOP


@given(st.text(max_size=40), contexts, authorities, contents)
def test_an_unknown_type_is_never_done_without_a_person(
    name: str, around: ActionContext, authority: Authority, content: ContentClass
) -> None:
    if name not in {*ActionType}:
        assert judged(name, around, authority, content) >= Verdict.APPROVAL_REQUIRED


def later(order: Sequence[Any], value: object) -> st.SearchStrategy[Any]:
    return st.sampled_from(order[order.index(value) :])


def lower(limit: AutonomyLevel | None) -> st.SearchStrategy[AutonomyLevel | None]:
    """A limit as it is or lower; where there is none, any."""
    return limits if limit is None else later(LEVELS, limit)


def higher(amount: Decimal | None) -> st.SearchStrategy[Decimal | None]:
    if amount is None or not amount.is_finite() or amount < 0:
        return st.just(amount)
    return st.integers(min_value=0, max_value=10**9).map(lambda more: amount + more)
