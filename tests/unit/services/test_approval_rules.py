"""The rules file: every fault on its line, and the same rules back from what was written."""

import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.approval_rules import (
    DEFAULT_TEXT,
    RulesRefused,
    decode_rules,
    gated_types,
    parse_rules,
    rank,
    write_rules,
)
from services.types.approvals import Risk, RuleSet, Urgency
from tests.unit.services.approval_cases import rule_sets

HEAD = "rules:\n  - type: discount\n    bands:\n      - {from: 0, approver: manager}\n"


def refused(text: str) -> list[tuple[int, str]]:
    with pytest.raises(RulesRefused) as caught:
        parse_rules(text, version=1)
    return [(fault.line, fault.sentence) for fault in caught.value.faults]


def without_lines(rules: RuleSet) -> RuleSet:
    return replace(
        rules,
        rules=tuple(
            replace(rule, line=0, bands=tuple(replace(band, line=0) for band in rule.bands))
            for rule in rules.rules
        ),
        auto_approvals=tuple(replace(auto, line=0) for auto in rules.auto_approvals),
    )


@given(rule_sets())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back(rules: RuleSet):
    text = write_rules(rules)
    again = parse_rules(text, version=rules.version)
    assert without_lines(again) == rules
    assert write_rules(again) == text


def test_the_defaults_are_the_specified_bands():
    rules = parse_rules(DEFAULT_TEXT, version=1)
    by_id = {rule.id: rule for rule in rules.rules}
    assert [(band.percentage, band.approver) for band in by_id["discount"].bands] == [
        (0, "manager"),
        (5, "sales_manager"),
        (10, "vp_sales"),
        (20, "cfo"),
    ]
    assert [(band.amount.get("USD", 0), band.approver) for band in by_id["refund"].bands] == [
        (0, "manager"),
        (1000, "support_manager"),
        (5000, "customer_success_director"),
        (10_000, "cfo"),
    ]
    assert by_id["exception-low-medium"].bands[0].approver == "sales_manager"
    assert by_id["exception-high"].bands[0].approver == "vp_sales"
    assert by_id["escalation-high"].risks == {Risk.HIGH}
    rule = by_id["discount"]
    assert rule.sla[Urgency.NORMAL] == timedelta(hours=24)
    assert rule.sla[Urgency.CRITICAL] == timedelta(hours=2)
    assert rule.remind_before == (timedelta(hours=1),)
    assert rule.escalate == ("manager", "admin")
    assert rule.expires_after == timedelta(days=7)
    assert rule.read_at_least == timedelta(seconds=10)
    assert gated_types(rules) == ()
    assert (rules.auto_approvals, rules.urgent.sms, rules.urgent.second_person) == ((), False, None)
    assert len(write_rules(rules)) < 3000  # it fits Slack's text field


def test_lines_are_those_of_the_file():
    rules = parse_rules(DEFAULT_TEXT, version=1)
    lines = DEFAULT_TEXT.split("\n")
    for rule in rules.rules:
        assert f"type: {rule.type}" in lines[rule.line - 1]
        for band in rule.bands:
            assert "from:" in lines[band.line - 1]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        # ── what isn't a file of rules
        ("", 1, "empty"),
        ("# nothing\n", 1, "empty"),
        ("rules:\n", 1, "rules: []"),
        ("- 1\n", 1, "the settings of the file"),
        ("{}", 1, "empty"),
        ("auto_approvals: []\n", 1, "no “rules”"),
        ("rules: {type: discount}\n", 1, "begin each with a dash"),
        ("rules:\n  - discount\n", 2, "should be a rule"),
        ("rules:\n  - {}\n", 2, "empty"),
        ("rules: []\nrule: 1\n", 2, "Did you mean “rules”?"),
        ("rules: []\nrules: []\n", 2, "written twice"),
        ("rules: [\n", 2, "isn't YAML"),
        ("rules:\n\t- type: x\n", 2, "tab"),
        ("rules: []\n---\nrules: []\n", 2, "second document"),
        ("rules: []\n# \x07\n", 2, "U+0007"),
        ("rules: []\n# a\u2028b\n", 2, "U+2028"),
        ("rules: []\n# \u202e\n", 2, "U+202E"),
        # ── tricks
        ("rules: &a []\n", 1, "Anchors"),
        ("rules: []\nauto_approvals: *a\n", 2, "Anchors"),
        ("rules: !!python/object/apply:os.system [x]\n", 1, "Tags"),
        (f"rules:\n  {'[' * 2000}{']' * 2000}\n", 2, "nested"),
        # ── rules
        ("rules:\n  - risk: low\n    bands: [{from: 0, approver: cfo}]\n", 2, "no “type”"),
        ("rules:\n  - type: discount\n", 2, "no “bands”"),
        ("rules:\n  - {type: discuont, bands: []}\n", 2, "Did you mean “discount”?"),
        ("rules:\n  - type: discount\n    bands: []\n", 3, "no bands"),
        ("rules:\n  - type: discount\n    bands: 5\n", 3, "should be a band"),
        (HEAD + "    slaa: 3h\n", 5, "Did you mean “sla”?"),
        (HEAD + "    type: refund\n", 5, "“type” is written twice; line 2"),
        (HEAD + "    risk: lo\n", 5, "Did you mean “low”?"),
        (HEAD + "    risk: []\n", 5, "never apply"),
        (HEAD + "    risk: [low, low]\n", 5, "written twice"),
        (HEAD + "    risk:\n", 5, "a risk or a list"),
        # ── durations
        (HEAD + "    sla: tomorrow\n", 5, "“tomorrow” isn't a duration like 24h, 90m or 3d"),
        (HEAD + "    sla: 1.5h\n", 5, "isn't a duration"),
        (HEAD + "    sla: -3h\n", 5, "isn't a duration"),
        (HEAD + "    sla: 24\n", 5, "isn't a duration"),
        (HEAD + "    sla: [24h]\n", 5, "A list isn't a duration"),
        (HEAD + "    sla: 0m\n", 5, "from 1m to 90d"),
        (HEAD + "    sla: 999999w\n", 5, "from 1m to 90d"),
        (HEAD + "    sla: {urgent: 2h}\n", 5, "setting “urgent”"),
        (HEAD + "    sla: {high: soon}\n", 5, "isn't a duration"),
        (HEAD + "    sla: {}\n", 5, "empty"),
        (HEAD + "    remind: 24h\n", 5, "before the request"),
        (HEAD + "    sla: {critical: 30m}\n    remind: [1h]\n", 6, "before the request"),
        (HEAD + "    remind: [1h, 60m]\n", 5, "“60m” is written twice"),
        (HEAD + "    remind: [1h, never]\n", 5, "“never” isn't a duration"),
        (HEAD + "    remind:\n", 5, "a duration or a list"),
        (HEAD + "    remind: [1m,2m,3m,4m,5m,6m,7m,8m,9m,10m,11m]\n", 5, "too many"),
        (HEAD + "    expires: 24h\n", 5, "expire before it is due"),
        (HEAD + "    expires: soon\n", 5, "isn't a duration"),
        (HEAD + "    read_at_least: 2h\n", 5, "from 0s to 1h"),
        # ── escalation
        (HEAD + "    escalate: [manager, boss]\n", 5, "escalation step “boss”"),
        (
            HEAD + "    escalate:\n      - manager\n      - manager\n",
            7,
            "step “manager” is written",
        ),
        # ── bands
        (HEAD.replace("from: 0", "from: 5"), 4, "write “from: 0”"),
        (HEAD.replace("from: 0, ", ""), 4, "write “from: 0”"),
        (HEAD.replace("manager", "boss"), 4, "the approver “boss”"),
        (HEAD.replace(", approver: manager", ""), 4, "no “approver”"),
        (HEAD + "      - {approver: cfo}\n", 5, "doesn't say “from”"),
        (HEAD + "      - {from: 5, approver: cfo, quorm: 2}\n", 5, "Did you mean “quorum”?"),
        (HEAD + "      - {from: -5, approver: cfo}\n", 5, "negative"),
        (HEAD + "      - {from: .nan, approver: cfo}\n", 5, "no number"),
        (HEAD + "      - {from: -.inf, approver: cfo}\n", 5, "no number"),
        (HEAD + "      - {from: 1e2, approver: cfo}\n", 5, "isn't a number"),
        (HEAD + "      - {from: 010, approver: cfo}\n", 5, "isn't a number"),
        (HEAD + "      - {from: ١٢, approver: cfo}\n", 5, "isn't a number"),
        (HEAD + "      - {from: ten, approver: cfo}\n", 5, "isn't a number"),
        (HEAD + "      - {from: [5], approver: cfo}\n", 5, "isn't a number"),
        (HEAD + "      - {from: , approver: cfo}\n", 5, "isn't a number"),
        (HEAD + "      - {from: 150, approver: cfo}\n", 5, "more than 100 %"),
        (HEAD + "      - {from: 5.12345, approver: cfo}\n", 5, "decimal places"),
        (HEAD + "      - {from: {USD: -1}, approver: cfo}\n", 5, "negative"),
        (HEAD + "      - {from: {USD: 1.234}, approver: cfo}\n", 5, "decimal places"),
        (HEAD + "      - {from: {USD: 99999999999999}, approver: cfo}\n", 5, "larger than any"),
        (HEAD + "      - {from: {usd: 5}, approver: cfo}\n", 5, "a currency like USD"),
        (HEAD + "      - {from: {USD: 5, USD: 6}, approver: cfo}\n", 5, "written twice"),
        (HEAD + "      - {from: {}, approver: cfo}\n", 5, "a currency with an amount"),
        (HEAD + "      - {from: 0, approver: cfo}\n", 5, "overlap"),
        (HEAD + "      - {from: {USD: 0}, approver: cfo}\n", 5, "overlap"),
        (
            HEAD + "      - {from: 10, approver: cfo}\n      - {from: 10.0, approver: cfo}\n",
            6,
            "The band on line 5 starts at 10 % as well",
        ),
        (
            HEAD + "      - {from: 10, approver: cfo}\n      - {from: 5, approver: cfo}\n",
            6,
            "starts at 5 %, below the 10 % of line 5",
        ),
        (
            HEAD
            + "      - {from: {percentage: 5, USD: 9000}, approver: cfo}\n"
            + "      - {from: 7, approver: cfo}\n"
            + "      - {from: {percentage: 9, USD: 8000}, approver: cfo}\n",
            7,
            "starts at 8,000 USD, below the 9,000 USD of line 5",
        ),
        (
            HEAD + "      - {from: 5, approver: cfo}\n      - {from: 9, approver: vp_sales}\n",
            6,
            "vp_sales is weaker than cfo on line 5",
        ),
        (
            HEAD
            + "      - {from: 5, approver: cfo, quorum: 2}\n"
            + "      - {from: 9, approver: cfo}\n",
            6,
            "can't need fewer",
        ),
        (HEAD + "      - {from: 5, approver: cfo, quorum: 3, of: 2}\n", 5, "3 of 2 can't agree"),
        (HEAD + "      - {from: 5, approver: cfo, of: 1, two_person: yes}\n", 5, "2 of 1"),
        (HEAD + "      - {from: 5, approver: cfo, quorum: 0}\n", 5, "whole number from 1 to 10"),
        (HEAD + "      - {from: 5, approver: cfo, quorum: 11}\n", 5, "whole number"),
        (HEAD + "      - {from: 5, approver: cfo, quorum: 1.5}\n", 5, "whole number"),
        (HEAD + "      - {from: 5, approver: cfo, two_person: both}\n", 5, "true or false"),
        (
            HEAD.replace("discount", "refund") + "      - {from: 5, approver: cfo}\n",
            5,
            "refund has no percentage",
        ),
        # ── two rules for the same
        (HEAD + HEAD.removeprefix("rules:\n"), 5, "Line 2 already has a rule for discount."),
        (
            HEAD + "    risk: [low, high]\n" + HEAD.removeprefix("rules:\n") + "    risk: high\n",
            6,
            "Line 2 already has a rule for discount at high risk.",
        ),
        # ── templates
        (HEAD + "auto_approvals:\n  - {type: discount, up_to: 2}\n", 6, "no “name”"),
        (HEAD + "auto_approvals:\n  - {name: A, up_to: 2}\n", 6, "no “type”"),
        (HEAD + "auto_approvals:\n  - {name: A, type: discount}\n", 6, "no cap"),
        (HEAD + "auto_approvals:\n  - {name: A, type: discount, up_to: 0}\n", 6, "within a cap"),
        (
            HEAD + "auto_approvals:\n  - {name: A, type: refund, up_to: {USD: 0}}\n",
            6,
            "within a cap of 0",
        ),
        (HEAD + "auto_approvals:\n  - {name: A, type: refund, up_to: 5}\n", 6, "no percentage"),
        (
            HEAD + "auto_approvals:\n  - {name: A, type: discount, per_member_per_month: 2}\n",
            6,
            "needs “up_to”",
        ),
        (
            HEAD + "auto_approvals:\n  - {name: A, type: exception, per_member_per_month: 0}\n",
            6,
            "from 1 to 1000",
        ),
        (
            HEAD + "auto_approvals:\n  - {name: A, type: send_proposal, per_member_per_month: 1}\n",
            6,
            "nothing to approve",
        ),
        (HEAD + 'auto_approvals:\n  - {name: " ", type: discount, up_to: 2}\n', 6, "name has"),
        (HEAD + 'auto_approvals:\n  - {name: "\\e", type: discount, up_to: 2}\n', 6, "name has"),
        (HEAD + "auto_approvals:\n  - {name: [x], type: discount, up_to: 2}\n", 6, "name has"),
        (HEAD + f"auto_approvals:\n  - {{name: {'x' * 61}, type: discount, up_to: 2}}\n", 6, "60"),
        (
            HEAD + "auto_approvals:\n  - {name: A, type: discount, up_to: 2}\n"
            "  - {name: a, type: discount, up_to: 3}\n",
            7,
            "Line 6 already has a template",
        ),
        # ── urgent
        (HEAD + "urgent: {second: cfo}\n", 5, "Did you mean “second_person”?"),
        (HEAD + "urgent: {second_person: boss}\n", 5, "the approver “boss”"),
        (HEAD + "urgent: {second_person: [cfo]}\n", 5, "the approver a list"),
        (HEAD + "urgent: {sms: maybe}\n", 5, "true or false"),
    ],
)
def test_every_fault_has_its_line_and_a_sentence(text: str, line: int, words: str):
    faults = refused(text)
    assert any(at == line and words in sentence for at, sentence in faults), faults
    assert {at for at, _ in faults} == {line}, faults
    for _, sentence in faults:
        assert sentence[0].isupper() or sentence[0] in "“123"
        assert sentence.rstrip("”")[-1] in ".?"


def test_all_faults_are_told_at_once_and_in_order():
    text = HEAD + "      - {from: 150, approver: boss}\n    sla: x\n    remind: y\n"
    lines = [line for line, _ in refused(text)]
    assert lines == [5, 5, 6, 7]
    with pytest.raises(RulesRefused, match=r"Line 5: .* 3 more like this") as caught:
        parse_rules(text, version=1)
    assert caught.value.faults[0].line == 5


def test_a_large_file_is_refused_at_once():
    assert refused("#" * 65_537)[0][1] == "The file is larger than 64 KB."
    assert "64 KB" in refused("rules: []\n#" + "ü" * 33_000)[0][1]
    with pytest.raises(RulesRefused, match="64 KB"):
        decode_rules(b"#" * 65_537)
    begun = time.thread_time()
    faults = refused("rules:\n" + "- {type: x, type: y, type: z}\n" * 2000)
    assert len(faults) == 50
    assert time.thread_time() - begun < 2


def test_there_are_limits_to_everything():
    bands = "".join(f"      - {{from: {n}, approver: cfo}}\n" for n in range(1, 22))
    assert refused(HEAD + bands) == [(4, "More than 20 bands are too many.")]
    autos = "".join(f"  - {{name: A{n}, type: discount, up_to: 2}}\n" for n in range(51))
    assert refused(f"{HEAD}auto_approvals:\n{autos}") == [
        (56, "More than 50 templates are too many.")
    ]


def test_the_example_in_the_docs_is_a_good_file():
    page = (Path(__file__).parents[3] / "docs" / "approvals.md").read_text()
    example = page.split("```yaml\n")[1].split("```")[0]
    rules = parse_rules(example, version=1)
    assert [band.approver for band in rules.rules[0].bands][-1] == "cfo"
    assert rules.auto_approvals
    assert rules.urgent.second_person == "vp_sales"


def test_bytes_are_utf_8():
    assert decode_rules("\ufeffrules: []\n".encode()) == "rules: []\n"
    with pytest.raises(RulesRefused) as caught:
        decode_rules(b"rules: []\n# caf\xe9\n")
    assert caught.value.faults[0].line == 2


def test_whatever_ends_the_lines():
    text = HEAD + "    sla: {critical: 2h}\n"
    same = {write_rules(parse_rules(text.replace("\n", end), version=1)) for end in ("\n", "\r\n")}
    assert len(same) == 1
    assert refused("rules: []\r\nrule: 1\r\n")[0][0] == 2
    assert refused("rules: []\rrule: 1\r")[0][0] == 2


def test_short_forms():
    rules = parse_rules(
        "rules:\n"
        "- type: discount\n"
        "  bands:\n"
        "  - {from: 0 %, approver: manager}\n"
        "  - {from: {percentage: 12.5%, USD: '10,000.50'}, approver: cfo, two_person: on}\n"
        "  sla: {normal: 4h, critical: 30m}\n"
        "  remind: 10m\n"
        "  escalate: admin\n"
        "  expires: never\n"
        "- {type: send_proposal, bands: [{from: 0, approver: cfo}]}\n"
        "urgent: {second_person: none}\n",
        version=3,
    )
    discount, proposal = rules.rules
    assert rules.version == 3
    assert discount.bands[1].percentage == Decimal("12.5")
    assert discount.bands[1].amount == {"USD": Decimal("10000.50")}
    assert (discount.bands[1].needed, discount.bands[1].seats) == (2, 2)
    assert list(discount.sla.values()) == [timedelta(hours=4)] * 3 + [timedelta(minutes=30)]
    assert discount.escalate == ("admin",)
    assert discount.expires_after is None
    assert gated_types(rules) == ("send_proposal",)
    assert proposal.risks == frozenset(Risk)


def test_a_short_sla_has_no_reminder_by_itself():
    (rule,) = parse_rules(HEAD + "    sla: 30m\n", version=1).rules
    assert rule.remind_before == ()
    (rule,) = parse_rules(HEAD + "    sla: 30d\n", version=1).rules
    assert rule.expires_after == timedelta(days=60)


def test_ranks():
    assert rank("manager") < rank("sales_manager") < rank("vp_sales") < rank("cfo") < rank("admin")
    assert rank("support_manager") < rank("customer_success_director")
    assert rank("nobody") < rank("manager")


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text: str):
    with suppress(RulesRefused):
        assert parse_rules(text, version=1).version == 1


WORDS = (
    "rules: - type: discount bands: from: 0 { } [ ] , approver: manager sla: 24h : - # ' | > ? & * "
    '&a *a !!x null ~ risk: auto_approvals: urgent: sms: yes % --- ... 2h "'
)
SNIPPETS = [*WORDS.split(" "), "\n", "\n  ", "\n    ", "\t"]


@given(st.lists(st.sampled_from(SNIPPETS), max_size=40).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_anything_like_a_file_is_read_or_refused(text: str):
    with suppress(RulesRefused):
        parse_rules(text, version=1)
