"""The whole verdict, written down twice: here as tables of letters, there as rules.

A is by itself, R asks for a person, H never. The expected verdict of a case is the strictest letter
of its tables, and nothing else: what one table says never softens what another does.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations, product
from typing import Any

import pytest

from services.autonomy.levels import FIRST, first_level
from services.guardrails import _WORDS, TABLE, verdict
from services.types.actions import (
    ActionContext,
    ActionType,
    AutonomyLevel,
    ContentClass,
    Seniority,
    Verdict,
)
from services.types.autonomy import Authority
from services.types.autonomy_words import TYPE_WORDS
from services.types.mail import SenderProof
from services.types.qualification import Stage

LETTERS = {"A": Verdict.AUTONOMOUS, "R": Verdict.APPROVAL_REQUIRED, "H": Verdict.HARD_STOP}
STAGES = (None, *(Stage(name) for name in (
    "initial", "discovery", "qualification", "evaluation", "negotiation", "stalled",
    "closed_won", "closed_lost",
)))  # fmt: skip
"""In the order of the letters below."""
BY_TYPE = {
    # type: what it is called alone, then stage by stage with a known small amount
    "send_follow_up_email": ("A", "RAAAARARR"),
    "send_routine_response": ("A", "RAAAARARR"),
    "schedule_meeting": ("A", "RAAAARARR"),
    "qualify_conversation": ("A", "AAAAARARR"),
    "progress_early_stage": ("A", "RAAARRRRR"),
    "send_proposal": ("R", "RRRRRRRRR"),
    "discuss_pricing": ("R", "RRRRRRRRR"),
    "negotiate_terms": ("R", "RRRRRRRRR"),
    "progress_past_evaluation": ("R", "RRRRRRRRR"),
    "contact_c_suite": ("R", "RRRRRRRRR"),
    "commit_pricing": ("H", "HHHHHHHHH"),
    "modify_contract": ("H", "HHHHHHHHH"),
    "strategic_decision": ("H", "HHHHHHHHH"),
    "initiate_executive_relationship": ("H", "HHHHHHHHH"),
    "transfer_money": ("R", "RRRRRRRRR"),
    "": ("R", "RRRRRRRRR"),
}
BY_LEVEL = {
    "off": "H",
    "shadow": "R",
    "suggest": "R",
    "approve": "R",
    "undo_window": "A",
    "autonomous": "A",
}
INSIDE = {
    "qualify_conversation",
    "progress_early_stage",
    "progress_past_evaluation",
    "strategic_decision",
}
"""Nobody outside sees these."""
MOVES = {"progress_early_stage", "progress_past_evaluation"}
# Each fact: what it changes, and the letters for what is sent, for what stays inside, and for what
# moves a stage.
FACTS: dict[str, tuple[dict[str, Any], str]] = {
    "first contact": ({"first_contact": True}, "RAA"),
    "seniority unknown": ({"recipient_seniority": Seniority.UNKNOWN}, "RAA"),
    "c-suite": ({"recipient_seniority": Seniority.C_SUITE}, "RAA"),
    "vice president": ({"recipient_seniority": Seniority.VICE_PRESIDENT}, "AAA"),
    "barred": ({"recipient_barred": True}, "HAA"),
    "unhappy": ({"negative_sentiment": True}, "RAA"),
    "at night": ({"outside_hours": True}, "RAA"),
    "sender unproven": ({"sender_proof": SenderProof.NONE}, "RRR"),
    "sender false": ({"sender_proof": SenderProof.FAIL}, "RRH"),
    "no sender": ({"sender_proof": None}, "AAA"),
    "suspicious": ({"suspicious": True}, "RRR"),
    "doubtful": ({"doubtful": True}, "RRR"),
    "unsure": ({"unsure": True}, "RAA"),
    "unreadable": ({}, "RRR"),
    "amount above": ({"amount": Decimal("50000.01")}, "RAR"),
    "currency unknown": ({"currency": "XAU"}, "RAR"),
}
TOGETHER = {frozenset({"first contact", "c-suite"}): "HAA"}
"""Two facts that are more than each."""


def strictest(letters: str) -> Verdict:
    return max((LETTERS[one] for one in letters), key=lambda one: one.strictness)


def letter_for(name: str, letters: str) -> str:
    return letters[2 if name in MOVES else 1 if name in INSIDE else 0]


def judged(
    name: str,
    authority: Authority,
    facts: tuple[str, ...] = (),
    stage: Stage | None = Stage.INITIAL,
) -> Verdict:
    given: dict[str, Any] = {
        "stage": stage,
        "amount": Decimal(1000),
        "currency": "USD",
        "recipient_seniority": Seniority.STAFF,
        "sender_proof": SenderProof.PASS,
    }
    for fact in facts:
        given |= FACTS[fact][0]
    return verdict(
        action_type=name,
        context=ActionContext(**given),
        authority=authority,
        content=ContentClass(readable="unreadable" not in facts),
    ).verdict


def fact_sets() -> Iterator[tuple[str, ...]]:
    """None, each alone, and every two that don't speak of the same thing."""
    yield ()
    yield from ((fact,) for fact in FACTS)
    for one, other in combinations(FACTS, 2):
        if FACTS[one][0].keys().isdisjoint(FACTS[other][0]):
            yield one, other


def expected(name: str, *letters: str, facts: tuple[str, ...]) -> Verdict:
    said = [letter_for(name, FACTS[fact][1]) for fact in facts]
    said += [letter_for(name, more) for both, more in TOGETHER.items() if both <= set(facts)]
    return strictest("".join((*letters, *said)))


def test_every_type_at_every_stage_and_level_with_every_fact() -> None:
    wrong, seen = [], 0
    alone = [facts for facts in fact_sets() if len(facts) < 2]
    for (name, (own, stages)), (level, letter), facts in product(
        BY_TYPE.items(), BY_LEVEL.items(), alone
    ):
        for stage, at_stage in zip(STAGES, stages, strict=True):
            found = judged(name, Authority(earned=AutonomyLevel(level)), facts, stage)
            seen += 1
            if found is not expected(name, own, at_stage, letter, facts=facts):
                wrong.append((name, stage, level, facts, found))
    assert not wrong
    assert seen == len(BY_TYPE) * len(STAGES) * len(BY_LEVEL) * (len(FACTS) + 1)


def test_every_type_with_every_two_facts() -> None:
    """At each stage that some type takes for another than the one before."""
    wrong = []
    for (name, (own, stages)), facts in product(BY_TYPE.items(), fact_sets()):
        for stage, at_stage in zip(STAGES[:6], stages[:6], strict=True):
            if stage in {Stage.DISCOVERY, Stage.QUALIFICATION}:
                continue
            found = judged(name, Authority(earned=AutonomyLevel.AUTONOMOUS), facts, stage)
            if found is not expected(name, own, at_stage, facts=facts):
                wrong.append((name, stage, facts, found))
    assert not wrong


def test_every_type_under_every_authority() -> None:
    wrong = []
    limits = (None, *BY_LEVEL)
    for (name, (own, _)), earned, ceiling, narrowed, stopped in product(
        BY_TYPE.items(), BY_LEVEL, limits, limits, (False, True)
    ):
        authority = Authority(
            earned=AutonomyLevel(earned),
            ceiling=AutonomyLevel(ceiling) if ceiling else None,
            narrowed=AutonomyLevel(narrowed) if narrowed else None,
            stopped=stopped,
        )
        said = [BY_LEVEL[one] for one in (earned, ceiling, narrowed) if one is not None]
        if judged(name, authority) is not strictest("".join((own, *said, "H" if stopped else "A"))):
            wrong.append((name, authority))
    assert not wrong


@pytest.mark.parametrize("level", [one for one in AutonomyLevel if one is not AutonomyLevel.OFF])
def test_a_type_nobody_has_heard_of_asks_at_every_level(level: AutonomyLevel) -> None:
    authority = Authority(earned=level)
    assert judged("transfer_money", authority) is Verdict.APPROVAL_REQUIRED
    assert first_level("transfer_money") is AutonomyLevel.APPROVE


# ── Nothing is left out ─────────────────────────────────────────────────────────────────────────
def without_words() -> dict[str, Mapping[ActionType, object]]:
    """What every type needs, by what a missing one is told as."""
    asks = {name: words for name, words in _WORDS.items() if words}
    free = {name: "" for name, row in TABLE.items() if row.base is Verdict.AUTONOMOUS}
    return {
        "no row": TABLE,
        "no first level": FIRST,
        "no name": {name: words for name, words in TYPE_WORDS.items() if words},
        "no words for what it needs": asks | free,
    }


def missing(tables: Mapping[str, Mapping[ActionType, object]]) -> list[tuple[str, str]]:
    return [
        (told, name) for told, table in tables.items() for name in ActionType if name not in table
    ]


def test_every_type_has_a_row_a_first_level_and_words() -> None:
    assert missing(without_words()) == []
    assert {*BY_TYPE} - {"transfer_money", ""} == {*ActionType}


@pytest.mark.parametrize("told", list(without_words()))
def test_a_type_without_one_of_them_is_found(told: str) -> None:
    tables = without_words()
    tables[told] = {
        name: one for name, one in tables[told].items() if name is not ActionType.DISCUSS_PRICING
    }
    assert missing(tables) == [(told, "discuss_pricing")]


def test_what_is_never_done_starts_switched_off() -> None:
    for name, row in TABLE.items():
        assert (FIRST[name] is AutonomyLevel.OFF) == (row.base is Verdict.HARD_STOP)
