"""The verdict for every type, stage and amount, against an expectation written out by hand."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from services.guardrails import TABLE, effective_type, verdict
from services.types.actions import (
    ActionContext,
    ActionType,
    AutonomyLevel,
    ContentClass,
    ContentMatch,
    GuardrailResult,
    Seniority,
    Verdict,
)
from services.types.autonomy import Authority
from services.types.mail import SenderProof
from services.types.qualification import Stage

NEUTRAL = ContentClass()
LETTER = {
    "A": Verdict.AUTONOMOUS,
    "R": Verdict.APPROVAL_REQUIRED,
    "H": Verdict.HARD_STOP,
}
# none, nothing, below, at the limit, above, unknown currency, no currency, negative, not a number
BANDS: tuple[tuple[str | None, str | None], ...] = (
    (None, "USD"),
    ("0", "USD"),
    ("49999.99", "USD"),
    ("50000", "USD"),
    ("50000.01", "USD"),
    ("10", "XAU"),
    ("10", None),
    ("-1", "USD"),
    ("NaN", "USD"),
)
ALL_ASK = "RRRRRRRRR"
ALL_STOP = "HHHHHHHHH"
MAIL = {
    None: ALL_ASK,
    "initial": "AAAARRRRR",
    "discovery": "AAAARRRRR",
    "qualification": "AAAARRRRR",
    "evaluation": "RAAARRRRR",
    "negotiation": ALL_ASK,
    "stalled": "RAAARRRRR",
    "closed_won": ALL_ASK,
    "closed_lost": ALL_ASK,
}
INTERNAL = {
    None: "AAAAAAAAA",
    "initial": "AAAAAAAAA",
    "discovery": "AAAAAAAAA",
    "qualification": "AAAAAAAAA",
    "evaluation": "AAAAAAAAA",
    "negotiation": ALL_ASK,
    "stalled": "AAAAAAAAA",
    "closed_won": ALL_ASK,
    "closed_lost": ALL_ASK,
}
PROGRESS = MAIL | {"evaluation": ALL_ASK, "stalled": ALL_ASK}
ASK = dict.fromkeys(MAIL, ALL_ASK)
STOP = dict.fromkeys(MAIL, ALL_STOP)
EXPECTED = {
    "send_follow_up_email": MAIL,
    "send_routine_response": MAIL,
    "schedule_meeting": MAIL,
    "qualify_conversation": INTERNAL,
    "progress_early_stage": PROGRESS,
    "send_proposal": ASK,
    "discuss_pricing": ASK,
    "negotiate_terms": ASK,
    "progress_past_evaluation": ASK,
    "contact_c_suite": ASK,
    "commit_pricing": STOP,
    "modify_contract": STOP,
    "strategic_decision": STOP,
    "initiate_executive_relationship": STOP,
    "transfer_money": ASK,
    "": ASK,
}
CASES = [
    (name, stage, amount, currency, LETTER[letters[band]])
    for name, rows in EXPECTED.items()
    for stage, letters in rows.items()
    for band, (amount, currency) in enumerate(BANDS)
]


def judge(
    name: str,
    context: ActionContext,
    *,
    level: AutonomyLevel = AutonomyLevel.AUTONOMOUS,
    kill_switch: bool = False,
    content: ContentClass = NEUTRAL,
) -> GuardrailResult:
    return verdict(
        action_type=name,
        context=context,
        authority=Authority(earned=level, stopped=kill_switch),
        content=content,
    )


def context(**changes: object) -> ActionContext:
    known = ActionContext(
        stage=Stage.DISCOVERY,
        amount=Decimal(1000),
        currency="USD",
        recipient_seniority=Seniority.STAFF,
        sender_proof=SenderProof.PASS,
    )
    return replace(known, **changes)


def test_every_type_stage_and_amount() -> None:
    wrong = []
    for name, stage, amount, currency, expected in CASES:
        result = judge(
            name,
            context(
                stage=stage and Stage(stage),
                amount=amount and Decimal(amount),
                currency=currency,
            ),
        )
        if result.verdict is not expected:
            wrong.append((name, stage, amount, currency, result.verdict))
    assert not wrong
    assert len(CASES) == 16 * 9 * 9


def test_every_type_has_a_row_and_every_stage_an_expectation() -> None:
    assert set(TABLE) == set(ActionType)
    assert {*EXPECTED} - {"transfer_money", ""} == {str(name) for name in ActionType}
    assert all({*rows} == {None, *map(str, Stage)} for rows in EXPECTED.values())


def test_the_specifications_types_keep_their_class() -> None:
    by_base = {
        base: {str(name) for name, row in TABLE.items() if row.base is base} for base in Verdict
    }
    assert by_base == {
        Verdict.AUTONOMOUS: {
            "send_follow_up_email",
            "send_routine_response",
            "schedule_meeting",
            "qualify_conversation",
            "progress_early_stage",
        },
        Verdict.APPROVAL_REQUIRED: {
            "send_proposal",
            "discuss_pricing",
            "negotiate_terms",
            "progress_past_evaluation",
            "contact_c_suite",
        },
        Verdict.HARD_STOP: {
            "commit_pricing",
            "modify_contract",
            "strategic_decision",
            "initiate_executive_relationship",
        },
    }


def test_verdicts_compare_by_strictness_not_by_spelling() -> None:
    assert Verdict.AUTONOMOUS < Verdict.APPROVAL_REQUIRED < Verdict.HARD_STOP
    assert Verdict.HARD_STOP >= Verdict.APPROVAL_REQUIRED >= Verdict.AUTONOMOUS
    assert Verdict.AUTONOMOUS <= Verdict.AUTONOMOUS
    assert not Verdict.AUTONOMOUS > Verdict.AUTONOMOUS
    assert max(Verdict) is Verdict.HARD_STOP


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (AutonomyLevel.OFF, Verdict.HARD_STOP),
        (AutonomyLevel.SHADOW, Verdict.APPROVAL_REQUIRED),
        (AutonomyLevel.SUGGEST, Verdict.APPROVAL_REQUIRED),
        (AutonomyLevel.APPROVE, Verdict.APPROVAL_REQUIRED),
        (AutonomyLevel.UNDO_WINDOW, Verdict.AUTONOMOUS),
        (AutonomyLevel.AUTONOMOUS, Verdict.AUTONOMOUS),
    ],
)
def test_the_level_in_force(level: AutonomyLevel, expected: Verdict) -> None:
    assert judge("send_routine_response", context(), level=level).verdict is expected


@pytest.mark.parametrize(
    ("name", "change", "expected", "rule"),
    [
        ("send_follow_up_email", {"first_contact": True}, "approval_required", "first_contact"),
        (
            "send_follow_up_email",
            {"recipient_seniority": Seniority.UNKNOWN},
            "approval_required",
            "seniority_unknown",
        ),
        ("schedule_meeting", {"recipient_seniority": Seniority.C_SUITE}, "approval_required", None),
        (
            "schedule_meeting",
            {"recipient_seniority": Seniority.C_SUITE, "first_contact": True},
            "hard_stop",
            "hard_stop",
        ),
        ("qualify_conversation", {"first_contact": True}, "autonomous", None),
        ("qualify_conversation", {"recipient_seniority": Seniority.C_SUITE}, "autonomous", None),
        ("qualify_conversation", {"suspicious": True}, "approval_required", "suspicious"),
        (
            "send_routine_response",
            {"sender_proof": SenderProof.NONE},
            "approval_required",
            "sender_unverified",
        ),
        (
            "send_routine_response",
            {"sender_proof": SenderProof.FAIL},
            "approval_required",
            "sender_unverified",
        ),
        ("send_routine_response", {"sender_proof": None}, "autonomous", None),
        (
            "progress_early_stage",
            {"sender_proof": SenderProof.FAIL},
            "hard_stop",
            "sender_failed",
        ),
        (
            "progress_past_evaluation",
            {"sender_proof": SenderProof.FAIL},
            "hard_stop",
            "sender_failed",
        ),
    ],
)
def test_what_the_context_adds(
    name: str, change: dict[str, object], expected: str, rule: str | None
) -> None:
    result = judge(name, context(**change))
    assert result.verdict is Verdict(expected)
    assert rule is None or rule in result.rules


def test_the_kill_switch_stops_everything() -> None:
    for name in EXPECTED:
        result = judge(name, context(), kill_switch=True)
        assert result.verdict is Verdict.HARD_STOP
        assert result.rules[0] == "kill_switch"


def test_reasons_are_sentences_with_the_strictest_first() -> None:
    result = judge(
        "commit_pricing",
        context(stage=Stage.CLOSED_WON, suspicious=True),
        level=AutonomyLevel.APPROVE,
    )
    assert result.reasons[0] == "I never commit to a price."
    assert "The deal's stage is closed won." in result.reasons
    assert len(result.rules) == len(result.reasons) == 4
    assert all(reason[0].isupper() and reason.endswith(".") for reason in result.reasons)
    assert judge("schedule_meeting", context()).reasons == ()


def matches(*types: ActionType) -> ContentClass:
    return ContentClass(matches=tuple(ContentMatch(action_type=name, quote="x") for name in types))


def test_content_counts_whatever_the_action_was_called() -> None:
    pricing = judge("send_follow_up_email", context(), content=matches(ActionType.DISCUSS_PRICING))
    assert (pricing.verdict, pricing.action_type) == (Verdict.APPROVAL_REQUIRED, "discuss_pricing")
    contract = judge(
        "send_follow_up_email",
        context(),
        content=matches(ActionType.DISCUSS_PRICING, ActionType.MODIFY_CONTRACT),
    )
    assert (contract.verdict, contract.action_type) == (Verdict.HARD_STOP, "modify_contract")


@pytest.mark.parametrize(
    ("declared", "types", "expected"),
    [
        ("send_follow_up_email", (), "send_follow_up_email"),
        ("send_follow_up_email", (ActionType.NEGOTIATE_TERMS,), "negotiate_terms"),
        ("contact_c_suite", (ActionType.DISCUSS_PRICING,), "contact_c_suite"),
        ("contact_c_suite", (ActionType.COMMIT_PRICING,), "commit_pricing"),
        ("commit_pricing", (ActionType.DISCUSS_PRICING,), "commit_pricing"),
        ("never_heard_of", (), "never_heard_of"),
        ("never_heard_of", (ActionType.MODIFY_CONTRACT,), "modify_contract"),
    ],
)
def test_the_strictest_name_wins(
    declared: str, types: tuple[ActionType, ...], expected: str
) -> None:
    assert effective_type(declared, matches(*types)) == expected


def test_a_text_nobody_can_check_is_not_cleared() -> None:
    result = judge("send_follow_up_email", context(), content=ContentClass(readable=False))
    assert (result.verdict, result.rules) == (Verdict.APPROVAL_REQUIRED, ("unreadable",))


def test_the_verdict_depends_on_its_arguments_alone() -> None:
    for name, level in product(EXPECTED, AutonomyLevel):
        assert judge(name, context(), level=level) == judge(name, context(), level=level)
