"""A rule as a form: what is shown is what is read, and a fault stands at its field."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.approval_rule_form import FormRefused, RuleForm, bands_text, edited
from services.approval_rule_text import duration_text
from services.approval_rules import DEFAULT_TEXT, parse_rules
from services.types.approvals import Band, Rule, RuleSet, Urgency
from tests.unit.services.approval_cases import rule_sets
from tests.unit.services.test_approval_rules import without_lines

ODD = {**dict.fromkeys(Urgency, "24h"), Urgency.HIGH: "soon"}
DEFAULTS = parse_rules(DEFAULT_TEXT, version=1)


def form_of(rule: Rule, **changes: Any) -> RuleForm:
    fields: dict[str, Any] = {
        "bands": bands_text(rule),
        "sla": {one: duration_text(rule.sla[one]) for one in Urgency},
        "remind": ",".join(duration_text(one) for one in rule.remind_before) or "none",
        "escalate": ", ".join(rule.escalate) or "none",
        "expires": duration_text(rule.expires_after) if rule.expires_after else "never",
        "read_at_least": duration_text(rule.read_at_least),
    }
    return RuleForm(**(fields | changes))


@given(rules=rule_sets(), data=st.data())
@settings(max_examples=80, deadline=None)
def test_a_form_left_alone_changes_nothing(rules: RuleSet, data: st.DataObject):
    rule = data.draw(st.sampled_from(rules.rules))
    assert without_lines(edited(rules, rule, form_of(rule))) == rules


def test_the_lines():
    assert (
        bands_text(DEFAULTS.rules[0]) == "0: manager\n5 %: sales_manager\n10 %: vp_sales\n20 %: cfo"
    )
    rules = parse_rules(
        "rules:\n- type: discount\n  bands:\n  - {from: 0, approver: manager, two_person: true}\n"
        "  - {from: {percentage: 10, USD: 5000}, approver: cfo, quorum: 2, of: 3}\n"
        "  - {from: 12.5, approver: admin, quorum: 3}\n",
        version=1,
    )
    assert bands_text(rules.rules[0]) == (
        "0: manager, two people\n10 % or 5,000 USD: cfo, 2 of 3\n12.5 %: admin, 3 people"
    )


def bands_of(text: str, rule: Rule = DEFAULTS.rules[0]) -> tuple[Band, ...]:
    changed = edited(DEFAULTS, rule, form_of(rule, bands=text))
    return next(one for one in changed.rules if one.id == rule.id).bands


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("5%: cfo", ({"percentage": 5}, "cfo", 1, 1, False)),
        ("  5   % :  CFO ", ({"percentage": 5}, "cfo", 1, 1, False)),
        ("USD 5000: a VP of sales", ({"USD": 5000}, "vp_sales", 1, 1, False)),
        ("5,000 usd or 4000 EUR: the CFO", ({"USD": 5000, "EUR": 4000}, "cfo", 1, 1, False)),
        ("5 % or 100 USD: vp sales, 2", ({"percentage": 5, "USD": 100}, "vp_sales", 2, 2, False)),
        ("5 %: cfo, 1 of 3, two people", ({"percentage": 5}, "cfo", 1, 3, True)),
        ("5 %: Sales-Manager, two-person", ({"percentage": 5}, "sales_manager", 1, 2, True)),
        ("5 %: cfo, 2 of 3 people", ({"percentage": 5}, "cfo", 2, 3, False)),
    ],
)
def test_lines_as_people_write_them(line: str, told: tuple[Any, ...]):
    measures, approver, quorum, seats, two = told
    _, band = bands_of(f"0: manager\n\n{line}\n")
    found = dict(band.amount) | ({"percentage": band.percentage} if band.percentage else {})
    assert (found, band.approver, band.quorum, band.seats, band.two_person) == (
        measures,
        approver,
        quorum,
        seats,
        two,
    )


@pytest.mark.parametrize(
    ("bands", "sentence"),
    [
        ("0: manager\n\n5 % cfo", "Line 3: Write it like this: “10 % or"),
        ("0: manager\nfive percent: cfo", "Line 2: Write it like this"),
        ("0: manager\n5 %: cfo, twice", "Line 2: Write it like this"),
        ("0: manager\n5 %: boss", "Line 2: I don't know the approver “boss”"),
        ("0: manager\n-5 %: cfo", "Line 2: “-5” is negative"),
        ("0: manager\nNaN %: cfo", "Line 2: “NaN” is no number"),
        ("0: manager\n150 %: cfo", "Line 2: “150” is more than 100 %"),
        ("0: manager\n999999999999999 USD: cfo", "Line 2: “999999999999999” is larger"),
        ("0: manager\n5 %: cfo, 3 of 2", "Line 2: 3 of 2 can't agree"),
        ("0: manager\n5 %: cfo\n\n5 %: cfo", "Line 4: The band on line 2 starts at 5 %"),
        (
            "0: manager\n9 %: cfo\n5 %: cfo",
            "Line 3: This band starts at 5 %, below the 9 %",
        ),
        ("0: cfo\n5 %: manager", "Line 2: The approver manager is weaker than cfo on line 1"),
        ("5 %: cfo", "Line 1: The first band starts at 0"),
        ("", "Line 1: There are no bands"),
        (" \n ", "Line 1: There are no bands"),
        ("0: manager\n5 % or 5 %: cfo", "Line 2: “percentage” is written twice"),
        ("0: manager\n5 %: cfo" + "\n" * 70 + "9 %: cfo", "Line 61: These are too many lines."),
        ('0: manager\n5 %: cfo", quorum: 9, x: "', "Line 2: Write it like this"),
        ('0: manager\n5"}, {from: 6 %: cfo', "Line 2: "),
        ("0: manager\n5 %: cfo #", "Line 2: I don't know the approver “cfo #”"),
        ("0: manager\n\U0001f600 %: cfo", "Line 2: "),
    ],
)
def test_a_fault_in_the_bands_names_the_line_of_the_field(bands: str, sentence: str):
    with pytest.raises(FormRefused) as caught:
        bands_of(bands)
    assert caught.value.field == "bands"
    assert str(caught.value).startswith(sentence)


def test_several_lines_are_told_together():
    with pytest.raises(FormRefused) as caught:
        bands_of("0: boss\n5 %: bos\n6 %: b\n7 %: c")
    assert [line[:7] for line in str(caught.value).split("\n")] == ["Line 1:", "Line 2:", "Line 3:"]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"sla": {**dict.fromkeys(Urgency, "24h"), Urgency.HIGH: "soon"}},
            "sla high",
            "“soon” isn't",
        ),
        ({"sla": dict.fromkeys(Urgency, "30m")}, "remind", "This reminder would come before"),
        ({"remind": "1h, 1h"}, "remind", "The reminder “1h” is written twice."),
        ({"escalate": "manager, manager"}, "escalate", "The step “manager” is written twice."),
        ({"escalate": "boss"}, "escalate", "I don't know the escalation step “boss”."),
        ({"expires": "1h"}, "expires", "It would expire before it is due"),
        ({"read_at_least": "x"}, "read_at_least", "“x” isn't a duration"),
    ],
)
def test_a_fault_elsewhere_stands_at_its_field(changes: dict[str, Any], field: str, sentence: str):
    rule = DEFAULTS.rules[0]
    with pytest.raises(FormRefused) as caught:
        edited(DEFAULTS, rule, form_of(rule, **changes))
    assert caught.value.field == field
    assert str(caught.value).startswith(sentence)


def refusal(text: str) -> FormRefused | None:
    try:
        bands_of(text)
    except FormRefused as refused:
        return refused
    return None


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_line_is_read_or_refused_at_its_line(line: str):
    refused = refusal(f"0: manager\n{line}")
    assert refused is None or refused.field == "bands"
    assert refused is None or str(refused).startswith("Line ")
