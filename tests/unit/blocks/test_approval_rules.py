"""The rules as a list and as forms: within Slack's limits, escaped, and true."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from blocks.approval_rules import (
    applied_modal,
    code,
    period_words,
    rule_key,
    rule_modal,
    rule_title,
    rules_blocks,
    rules_text_modal,
)
from blocks.lint import faults, view_faults
from services.approval_rule_form import bands_text
from services.approval_rules import DEFAULT_TEXT, parse_rules, write_rules
from services.types.approvals import AutoApproval, Band, Risk, Rule, RuleSet, UrgentChannel
from tests.unit.services.approval_cases import rule_sets

DEFAULTS = parse_rules(DEFAULT_TEXT, version=3)


def shown(blocks: Any) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def test_the_list_reads_well():
    head, edit, discount, refund, *rest = rules_blocks(DEFAULTS, may_edit=True)
    assert head["text"]["text"] == "*Who decides on what* · version 3"
    assert edit["elements"][0]["text"]["text"] == "Edit as text"
    assert discount["text"]["text"] == (
        "*Discount*\n"
        "• below 5 %: the requester's manager\n"
        "• from 5 %: a sales manager\n"
        "• from 10 %: a VP of sales\n"
        "• from 20 %: the CFO\n"
        "_Due in 24 hours (high 8 hours, critical 2 hours) · reminder 1 hour before · "
        "then their manager, then an admin · expires after 7 days_"
    )
    assert "from $1,000 or €900 or £800 (4 more currencies): a support" in refund["text"]["text"]
    assert rest[1]["text"]["text"].startswith("*Exception, high risk*\n• a VP of sales\n")
    assert discount["accessory"]["text"]["text"] == "Edit"


def test_only_admins_get_buttons():
    blocks = rules_blocks(DEFAULTS, may_edit=False)
    assert "accessory" not in shown(blocks)
    assert "actions" not in {block["type"] for block in blocks}


def test_the_rest_of_the_rules():
    rules = replace(
        DEFAULTS,
        rules=(
            replace(
                DEFAULTS.rules[0],
                risks=frozenset({Risk.LOW, Risk.MEDIUM}),
                bands=(Band(approver="cfo", quorum=2, seats=3, percentage=Decimal(0)),),
                escalate=(),
                remind_before=(),
                expires_after=None,
            ),
        ),
        auto_approvals=(
            AutoApproval(
                name="<!channel> *Small*",
                type="send_proposal",
                risks=frozenset({Risk.LOW}),
                percentage_up_to=Decimal("2.50"),
                amount_up_to={"USD": Decimal(100)},
                per_member_per_month=3,
            ),
        ),
        urgent=UrgentChannel(second_person="cfo", sms=True),
    )
    words = shown(rules_blocks(rules, may_edit=True))
    assert "*Discount, low or medium risk*\\n• 2 of 3 people, the CFO first" in words
    assert "then nobody else · never expires" in words
    assert "up to 2.5 % and $100, 3 a month for each member, at low risk." in words
    assert "Send proposal without anybody" in words
    assert "<!channel>" not in words
    assert "the CFO is told as well, by SMS too" in words
    nothing = RuleSet(version=1, rules=())
    assert "an admin decides everything" in shown(rules_blocks(nothing, may_edit=False))


@given(rule_sets())
@settings(max_examples=60, deadline=None)
def test_any_rules_are_within_slacks_limits(rules: RuleSet):
    many = replace(rules, rules=rules.rules * 9)
    for found in (rules, many):
        assert faults(rules_blocks(found, may_edit=True), text="rules") == []
    for rule in rules.rules:
        modal = rule_modal(rule, bands_text(rule), rules.version)
        assert view_faults(modal) == []
        assert modal["private_metadata"] == (
            f'{{"id":"{rule_key(rule.id)}","rev":{rules.version}}}'
        )
    assert view_faults(rules_text_modal(write_rules(rules), rules.version)) == []


def initial(modal: Any) -> dict[str, str]:
    """What the form says when it is opened, field by field."""
    found = {}
    for block in modal["blocks"]:
        element = block.get("element", {})
        if "initial_option" in element:
            assert element["initial_option"] in element["options"]
            found[block["block_id"]] = element["initial_option"]["value"]
        elif element:
            found[block["block_id"]] = element.get("initial_value", "")
    return found


def test_the_form_begins_with_what_holds():
    rule = DEFAULTS.rules[0]
    assert initial(rule_modal(rule, bands_text(rule), 3)) == {
        "bands": bands_text(rule),
        "sla low": "1440m",
        "sla normal": "1440m",
        "sla high": "480m",
        "sla critical": "120m",
        "remind": "60m",
        "escalate": "manager,admin",
        "expires": "10080m",
        "read_at_least": "10s",
    }


def test_what_is_unusual_can_be_kept():
    rule: Rule = replace(
        DEFAULTS.rules[0],
        remind_before=(timedelta(hours=3), timedelta(minutes=7)),
        escalate=("sales_manager", "cfo"),
        expires_after=timedelta(hours=100),
        read_at_least=timedelta(seconds=7),
    )
    found = initial(rule_modal(rule, "0: cfo", 3))
    assert found["remind"] == "180m,7m"
    assert found["escalate"] == "sales_manager,cfo"
    assert found["expires"] == "6000m"
    assert found["read_at_least"] == "7s"
    none = replace(rule, remind_before=(), escalate=(), expires_after=None)
    found = initial(rule_modal(none, "0: cfo", 3))
    assert (found["remind"], found["escalate"], found["expires"]) == ("none", "none", "never")


def test_too_long_a_text_is_for_the_command_line():
    for modal in (
        rules_text_modal("#" * 3001, 3),
        rules_text_modal("a\u200bb", 3),
        rule_modal(DEFAULTS.rules[0], "x" * 3001, 3),
    ):
        assert "understudy rules show" in shown(modal)
        assert "submit" not in modal
        assert view_faults(modal) == []


def test_what_became_of_it():
    assert "Version 4 is in force" in shown(applied_modal(replace(DEFAULTS, version=4), 3))
    assert "version 3 stays" in shown(applied_modal(DEFAULTS, 3))


@pytest.mark.parametrize(
    ("seconds", "words", "in_a_file"),
    [
        (0, "0 seconds", "0s"),
        (1, "1 second", "1s"),
        (90, "90 seconds", "90s"),
        (60, "1 minute", "1m"),
        (5400, "90 minutes", "90m"),
        (86_400, "24 hours", "1440m"),
        (172_800, "2 days", "2880m"),
        (180_000, "50 hours", "3000m"),
    ],
)
def test_periods(seconds: int, words: str, in_a_file: str):
    period = timedelta(seconds=seconds)
    assert period_words(period) == words
    assert code(period) == in_a_file


def test_titles():
    assert rule_title(DEFAULTS.rules[2]) == "Exception, low or medium risk"
    proposal = replace(DEFAULTS.rules[0], type="send_proposal")
    assert rule_title(proposal) == "Send proposal"
