"""The rules in Slack: everybody reads them, admins change them, errors stand at their fields."""

import json
from dataclasses import replace
from typing import Any

import pytest

from blocks.action_ids import ActionId, CallbackId
from blocks.approval_rules import WHOLE, rule_key
from blocks.values import Target
from handlers import all_routes
from handlers.approval_rules import rules_wanted
from services.approval_rules import (
    DEFAULT_TEXT,
    RuleFault,
    RulesRefused,
    parse_rules,
    write_rules,
)
from services.errors import Conflict, Forbidden
from services.types.approvals import RuleSet
from services.types.people import Actor, Role
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import Rig, click, submission

RULES = parse_rules(DEFAULT_TEXT, version=3)
ADMIN = replace(MAYA, role=Role.ADMIN)
DISCOUNT = Target(id=rule_key("discount"), rev=3).encode()
ALL = Target(id=WHOLE, rev=3).encode()
FIELDS = {
    "bands": "0: manager\n5 %: cfo",
    "sla low": "1440m",
    "sla normal": "1440m",
    "sla high": "480m",
    "sla critical": "120m",
    "remind": "60m",
    "escalate": "manager,admin",
    "expires": "10080m",
    "read_at_least": "10s",
}


def applied(_actor: Actor, text: str, **_how: Any) -> RuleSet:
    return parse_rules(text, version=4)


@pytest.fixture
def admin(rig: Rig) -> Rig:
    rig.book.answers |= {
        "members.identify": ADMIN,
        "approvals.rules.current": RULES,
        "approvals.rules.apply": applied,
    }
    return rig


async def test_everybody_may_read_them(rig: Rig):
    rig.book.answers["approvals.rules.current"] = RULES
    verbs = rig.book.verbs()
    for actor, may_edit in ((MAYA, False), (ADMIN, True)):
        reply = await rules_wanted(verbs, actor, "", "c1")
        words = json.dumps(reply.blocks, ensure_ascii=False)
        assert reply.text == "Approval rules, version 3"
        assert "from 20 %: the CFO" in words
        assert (str(ActionId.RULE_EDIT) in words) == may_edit


async def test_edit_opens_the_form_of_one_rule(admin: Rig):
    await admin.interact(click(f"{ActionId.RULE_EDIT}#0", DISCOUNT))
    ((_, modal, _),) = admin.chat.modals
    assert modal["callback_id"] == CallbackId.RULE
    assert modal["private_metadata"] == DISCOUNT
    assert "5 %: sales_manager" in json.dumps(modal)


async def test_an_old_button_opens_what_holds_now(admin: Rig):
    await admin.interact(
        click(f"{ActionId.RULE_EDIT}#0", Target(id=rule_key("discount"), rev=1).encode())
    )
    assert json.loads(admin.chat.modals[0][1]["private_metadata"])["rev"] == 3
    gone = Target(id=rule_key("refund-high"), rev=1).encode()
    await admin.interact(click(f"{ActionId.RULE_EDIT}#0", gone))
    assert "no longer there" in admin.chat.told[0][1]["text"]


async def test_the_text_opens_whole(admin: Rig):
    await admin.interact(click(ActionId.RULES_TEXT, ALL))
    ((_, modal, _),) = admin.chat.modals
    assert modal["blocks"][0]["element"]["initial_value"] == write_rules(RULES)


@pytest.mark.parametrize("action", [f"{ActionId.RULE_EDIT}#0", ActionId.RULES_TEXT])
async def test_others_are_told_at_once(rig: Rig, action: str):
    rig.book.answers["approvals.rules.current"] = RULES
    await rig.interact(click(action, DISCOUNT))
    assert rig.chat.modals == []
    assert rig.chat.told[0][1]["text"] == "Only an admin may change the approval rules."


async def test_one_rule_is_applied_among_the_others(admin: Rig):
    status, body = await admin.interact(submission(CallbackId.RULE, DISCOUNT, FIELDS))
    assert status == 200
    assert body["response_action"] == "update"
    assert "Version 4 is in force" in json.dumps(body)
    (((actor, text), how),) = admin.book.named("approvals.rules.apply")
    assert actor == ADMIN
    assert (how["based_on"], how["source"]) == (3, "modal")
    assert how["command_id"].startswith("V0:")
    now = parse_rules(text, version=4)
    assert [band.approver for band in now.rules[0].bands] == ["manager", "cfo"]
    assert write_rules(replace(now, rules=now.rules[1:])) == write_rules(
        replace(RULES, rules=RULES.rules[1:])
    )


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"bands": "0: manager\n150 %: cfo"}, "bands", "Line 2: “150” is more than 100 %."),
        ({"bands": "0: manager\n-1 %: cfo"}, "bands", "Line 2: “-1” is negative"),
        ({"bands": "0: manager\nNaN %: cfo"}, "bands", "Line 2: “NaN” is no number"),
        ({"bands": "0: cfo\n5 %: manager"}, "bands", "Line 2: The approver manager is weaker"),
        ({"bands": ""}, "bands", "Line 1: There are no bands"),
        ({"remind": "480m"}, "remind", "This reminder would come before the request"),
        ({"sla critical": "soon"}, "sla critical", "“soon” isn't a duration"),
        ({"expires": "60m"}, "expires", "It would expire before it is due"),
        ({"escalate": "boss"}, "escalate", "I don't know the escalation step “boss”."),
        ({"read_at_least": "9999s"}, "read_at_least", "“read_at_least” is from 0s to 1h"),
    ],
)
async def test_errors_stand_at_their_field(
    admin: Rig, changes: dict[str, str], field: str, words: str
):
    _, body = await admin.interact(submission(CallbackId.RULE, DISCOUNT, FIELDS | changes))
    assert body["response_action"] == "errors"
    assert list(body["errors"]) == [field]
    assert body["errors"][field].startswith(words)
    assert admin.book.named("approvals.rules.apply") == []


async def test_the_whole_text_is_applied_or_refused_with_its_lines(admin: Rig):
    text = write_rules(RULES).replace("from: 5,", "from: 6,")
    _, body = await admin.interact(submission(CallbackId.RULES_TEXT, ALL, {"rules": text}))
    assert "Version 4 is in force" in json.dumps(body)
    broken = text.replace("vp_sales", "boss").replace("24h", "soon", 1)
    _, body = await admin.interact(submission(CallbackId.RULES_TEXT, ALL, {"rules": broken}))
    told = body["errors"]["rules"].split("\n")
    assert told[0].startswith("Line 6: I don't know the approver “boss”.")
    assert told[1].startswith("Line 8: “soon” isn't a duration")
    assert len(told) == 3


@pytest.mark.parametrize(
    "error",
    [
        Conflict("Ada applied version 4 on 20 Nov at 10:30 CET. Nothing was changed."),
        Forbidden("Only an admin may change the approval rules. Ask Ada."),
        RulesRefused([RuleFault(4, "Something elsewhere in the file doesn't fit.")]),
    ],
)
async def test_who_was_faster_and_who_may_is_said(admin: Rig, error: Exception):
    admin.book.errors["approvals.rules.apply"] = [error]
    _, body = await admin.interact(submission(CallbackId.RULE, DISCOUNT, FIELDS))
    assert body["response_action"] == "update"
    assert str(error) in json.dumps(body)


async def test_the_same_rules_are_no_version(admin: Rig):
    admin.book.answers["approvals.rules.apply"] = RULES
    _, body = await admin.interact(submission(CallbackId.RULE, DISCOUNT, FIELDS))
    assert "version 3 stays in force" in json.dumps(body)


def test_the_routes_are_known():
    routes = all_routes()
    assert {ActionId.RULE_EDIT, ActionId.RULES_TEXT} <= set(routes.clicks)
    assert {CallbackId.RULE, CallbackId.RULES_TEXT} <= set(routes.views)
