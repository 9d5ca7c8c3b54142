"""What a preset makes of a tenant's rules: its own parts come and go, everything else stays."""

from itertools import product

import pytest

from services.approval_rules import DEFAULT_TEXT, gated_types, parse_rules, write_rules
from services.guardrails import TABLE
from services.presets import DRAFT_TYPES, fits, text_under, with_preset
from services.types.actions import ActionType, Verdict
from services.types.tenant_settings import PRESET_WORDS, Preset

BASE = parse_rules(DEFAULT_TEXT, version=1)
OWN = parse_rules(
    DEFAULT_TEXT
    + """\
  - type: discuss_pricing
    bands:
      - {from: 0, approver: cfo}
auto_approvals:
  - name: Ours
    type: refund
    risk: low
    up_to: {USD: 20}
    per_member_per_month: 1
""",
    version=3,
)


def test_cautious_gates_every_kind_of_draft_that_may_leave() -> None:
    may_leave = {
        str(name)
        for name, row in TABLE.items()
        if row.outward and row.base is not Verdict.HARD_STOP
    }
    assert set(DRAFT_TYPES) == may_leave
    cautious = with_preset(BASE, Preset.CAUTIOUS)
    assert set(gated_types(cautious)) == may_leave
    assert {rule.bands[0].approver for rule in cautious.rules if rule.type in may_leave} == {
        "manager"
    }


def test_standard_is_todays_default_and_open_grants_small_ones() -> None:
    assert text_under(BASE, Preset.STANDARD) == write_rules(BASE)
    opened = with_preset(BASE, Preset.OPEN)
    assert gated_types(opened) == ()
    assert {auto.type for auto in opened.auto_approvals} == {"discount", "refund"}


@pytest.mark.parametrize("rules", [BASE, OWN], ids=["default", "own"])
@pytest.mark.parametrize(("one", "other"), list(product(Preset, Preset)))
def test_presets_replace_each_other_without_a_trace(rules, one, other) -> None:
    once = parse_rules(text_under(rules, one), version=2)
    assert fits(once, one)
    assert text_under(once, other) == text_under(rules, other)


@pytest.mark.parametrize("preset", list(Preset))
def test_what_admins_wrote_themselves_stays(preset: Preset) -> None:
    under = with_preset(OWN, preset)
    pricing = [rule for rule in under.rules if rule.type == ActionType.DISCUSS_PRICING]
    assert [rule.bands[0].approver for rule in pricing] == ["cfo"]
    assert "Ours" in {auto.name for auto in under.auto_approvals}


def test_each_preset_has_its_words() -> None:
    assert set(PRESET_WORDS) == set(Preset)
