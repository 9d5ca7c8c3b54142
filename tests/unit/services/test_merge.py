"""The merge rules, one by one and as properties."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.merge import find_quote, fold, from_json, merge, to_json, verified
from services.types.model import Finding
from services.types.qualification import (
    LIST_CRITERIA,
    Change,
    Criterion,
    CriterionState,
    Qualification,
)

BUDGET, NEED = Criterion.BUDGET, Criterion.NEED


def finding(
    value: str, confidence: float, quote: str = "a quote", criterion: Criterion = BUDGET
) -> Finding:
    return Finding(criterion=criterion, value=value, confidence=confidence, quote=quote)


def budget(value: str = "$50k", confidence: float = 0.6, evidence: str = "about $50k") -> Finding:
    return finding(value, confidence, evidence)


def merged(*steps: Finding) -> Qualification:
    state, _ = merge(Qualification(), steps)
    return state


def test_identified_beats_unidentified_whatever_its_confidence() -> None:
    standing = Qualification(criteria={BUDGET: CriterionState(confidence=0.9, evidence="no money")})
    state, changes = merge(standing, [finding("$50k", 0.2, "we have $50k")])
    assert state.get(BUDGET) == CriterionState(
        identified=True, values=("$50k",), confidence=0.2, evidence="no money | we have $50k"
    )
    assert changes == (
        Change(criterion=BUDGET, before=None, after="$50k", quote="we have $50k", confidence=0.2),
    )


def test_unidentified_never_beats_identified() -> None:
    state, changes = merge(merged(budget()), [finding("  ", 0.99, "no idea yet")])
    assert state.get(BUDGET).value == "$50k"
    assert state.get(BUDGET).confidence == 0.6
    assert state.get(BUDGET).evidence == "about $50k | no idea yet"
    assert changes == ()


def test_higher_confidence_wins() -> None:
    state, changes = merge(merged(budget()), [finding("$60k", 0.61, "make it $60k")])
    assert state.get(BUDGET).values == ("$60k",)
    assert (changes[0].before, changes[0].after, changes[0].confidence) == ("$50k", "$60k", 0.61)


def test_lower_confidence_leaves_evidence_only() -> None:
    state, changes = merge(merged(budget()), [finding("$60k", 0.59, "maybe $60k")])
    assert state.get(BUDGET).values == ("$50k",)
    assert state.get(BUDGET).evidence == "about $50k | maybe $60k"
    assert changes == ()


def test_a_tie_keeps_what_stands() -> None:
    state, changes = merge(merged(budget()), [finding("$60k", 0.6, "or $60k")])
    assert (state.get(BUDGET).value, changes) == ("$50k", ())


def test_the_same_quote_is_not_appended_twice() -> None:
    state = merged(budget(), budget(), finding("$60k", 0.9, "make it $60k"), budget())
    assert state.get(BUDGET).evidence == "about $50k | make it $60k"


def test_a_quote_inside_another_quote_is_still_its_own() -> None:
    state = merged(finding("$50k", 0.6, "about $50k a year"), finding("$50k", 0.6, "about $50k"))
    assert state.get(BUDGET).evidence == "about $50k a year | about $50k"


def test_list_criteria_extend_without_duplicates() -> None:
    state, changes = merge(
        merged(finding("SSO", 0.7, "we need SSO", NEED)),
        [
            finding("sso", 0.9, "SSO is a must", NEED),
            finding("Audit log", 0.3, "an audit log", NEED),
        ],
    )
    assert state.get(NEED).values == ("SSO", "Audit log")
    assert state.get(NEED).confidence == 0.9
    assert [(change.before, change.after) for change in changes] == [("SSO", "SSO, Audit log")]


def test_several_findings_make_one_change() -> None:
    _, changes = merge(Qualification(), [budget(), finding("$60k", 0.9, "make it $60k")])
    assert [(change.before, change.after, change.quote) for change in changes] == [
        (None, "$60k", "make it $60k")
    ]


def test_away_and_back_is_no_change() -> None:
    _, changes = merge(merged(budget()), [finding("$60k", 0.7), finding("$50k", 0.8)])
    assert changes == ()


def test_insights_appear_once() -> None:
    state, _ = merge(
        Qualification(insights=("Uses Excel",)), [], insights=["uses excel", " New  CFO ", ""]
    )
    assert state.insights == ("Uses Excel", "New CFO")


def test_nothing_found_changes_nothing() -> None:
    standing = merged(budget())
    assert merge(standing, []) == (standing, ())


def test_the_existing_state_is_not_touched() -> None:
    standing = merged(budget())
    before = to_json(standing)
    merge(standing, [finding("$60k", 0.9, "make it $60k")])
    assert to_json(standing) == before


def test_fold_takes_the_best_of_each_conversation() -> None:
    first = merged(budget(), finding("SSO", 0.7, "we need SSO", NEED))
    second, _ = merge(
        merged(
            finding("$80k", 0.8, "now $80k"),
            finding("Exports", 0.5, "exports too", NEED),
            finding("Ana", 0.9, "I am your champion", Criterion.CHAMPION),
        ),
        [],
        insights=["Uses Excel"],
    )
    deal = fold([first, second, first])
    assert deal.get(BUDGET).value == "$80k"
    assert deal.get(BUDGET).evidence == "about $50k | now $80k"
    assert deal.get(NEED).values == ("SSO", "Exports")
    assert deal.get(NEED).confidence == 0.7
    assert deal.get(Criterion.CHAMPION).value == "Ana"
    assert deal.insights == ("Uses Excel",)
    assert fold([]) == Qualification()


# ── Storage ─────────────────────────────────────────────────────────────────────────────────────
def test_unknown_and_broken_parts_of_a_stored_state_are_passed_over() -> None:
    state = from_json(
        {
            "version": 7,
            "mood": "good",
            "criteria": {
                "budget": {"identified": True, "values": ["$1"], "confidence": 2, "colour": "red"},
                "astrology": {"identified": True},
                "need": "SSO",
                "timeline": {"values": "Q3", "confidence": "high", "evidence": None},
                "champion": {"confidence": math.nan},
            },
            "insights": ["a", 1],
        }
    )
    assert state == Qualification(
        criteria={
            BUDGET: CriterionState(identified=True, values=("$1",), confidence=1.0),
            Criterion.TIMELINE: CriterionState(),
            Criterion.CHAMPION: CriterionState(),
        },
        insights=("a",),
    )


@pytest.mark.parametrize("stored", [None, {}, {"criteria": None}, {"criteria": []}])
def test_an_empty_store_is_an_empty_state(stored: dict | None) -> None:
    assert from_json(stored) == Qualification()


# ── Evidence ────────────────────────────────────────────────────────────────────────────────────
SOURCE = (
    "Hi Sam,\n\nwe\u2019ve set aside   about\n$50k \u2013 maybe \u201cmore\u201d \u2013 for this.\n"
    "Dana (our CFO) signs. It costs us 12 hours.\n\u4e88\u7b97\u306f\u4e94\u767e\u4e07\u5186"
)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("set aside about $50k", "set aside   about\n$50k"),
        ("we've set aside", "we\u2019ve set aside"),
        ('$50k - maybe "more" -', "$50k \u2013 maybe \u201cmore\u201d \u2013"),
        ("$50k", "$50k"),
        ("12", "12"),
        ("\u4e88\u7b97\u306f\u4e94\u767e", "\u4e88\u7b97\u306f\u4e94\u767e"),
        ("(our CFO) signs.", "(our CFO) signs."),
        ("  Dana (our   CFO)  ", "Dana (our CFO)"),
        ("set aside about $60k", None),
        ("Set Aside about", None),
        ("et aside about", None),
        ("set asid", None),
        ("set aside", "set aside"),
        ("aside", None),
        ("2 hours", None),
        ("1", None),
        ("(our", None),
        ("", None),
        ("\u2013 \u2013", None),
        ("a" * 3000 + " b", None),
    ],
)
def test_a_quote_stands_verbatim_or_not_at_all(quote: str, found: str | None) -> None:
    assert find_quote(quote, SOURCE) == found


def test_invented_quotes_and_impossible_numbers_are_dropped() -> None:
    good = finding("$50k", 0.8, "set aside about $50k")
    bad = [
        finding("$90k", 0.8, "we have a budget of $90k"),
        finding("$50k", math.nan, "set aside about $50k"),
        finding("$50k", math.inf, "set aside about $50k"),
        finding("$50k", 1.01, "set aside about $50k"),
        finding("$50k", -0.1, "set aside about $50k"),
        finding(" ", 0.8, "set aside about $50k"),
    ]
    kept, dropped = verified([good, *bad], SOURCE)
    assert [item.quote for item in kept] == ["set aside   about\n$50k"]
    assert len(dropped) == len(bad)


# ── Properties ──────────────────────────────────────────────────────────────────────────────────
words = st.text(alphabet="abcABC $5", min_size=1, max_size=8)
findings = st.builds(
    Finding,
    criterion=st.sampled_from([BUDGET, NEED, Criterion.CHAMPION]),
    value=words,
    confidence=st.floats(0, 1),
    quote=words.filter(str.strip),
)
states = st.lists(findings, max_size=6).map(lambda items: merged(*items))


@given(states, st.lists(findings, max_size=6))
def test_merging_twice_is_merging_once(state: Qualification, found: list[Finding]) -> None:
    once, _ = merge(state, found)
    twice, _ = merge(once, found)
    assert twice == once


@given(states, st.lists(findings, max_size=6))
def test_evidence_and_knowledge_only_grow(state: Qualification, found: list[Finding]) -> None:
    after, changes = merge(state, found)
    for name, old in state.criteria.items():
        new = after.criteria[name]
        assert new.evidence.startswith(old.evidence)
        assert (new.identified, new.confidence) >= (old.identified, old.confidence)
        if name in LIST_CRITERIA:
            assert new.values[: len(old.values)] == old.values
    for item in found:
        assert item.quote.strip() in after.criteria[item.criterion].evidence
    assert {change.criterion for change in changes} == {
        name for name in after.criteria if after.get(name).value != state.get(name).value
    }


@given(states)
def test_what_is_stored_comes_back(state: Qualification) -> None:
    assert from_json(json.loads(json.dumps(to_json(state)))) == state


@given(states, states, states)
def test_fold_is_the_same_in_steps(
    one: Qualification, two: Qualification, three: Qualification
) -> None:
    assert fold([fold([one, two]), three]) == fold([one, two, three])


@given(st.text(), st.integers(0, 50), st.integers(0, 50))
def test_whatever_is_found_stands_in_the_source(source: str, start: int, length: int) -> None:
    found = find_quote(source[start : start + length], source)
    assert found is None or found in source
