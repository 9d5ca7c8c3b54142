"""How much a draft needs before it may leave, in three steps an admin can choose from. Pure.

Each is made of what the approval rules enforce already: a rule for a kind of draft makes it leave
only through an approval request, a template approves small requests without a person. A preset adds
and takes away its own rules only; what admins have written themselves stays. Whatever the preset,
a person approves every mail, and a hard stop stays one.
"""

from dataclasses import replace
from functools import lru_cache

from services.approval_rules import parse_rules, write_rules
from services.types.approvals import AutoApproval, Rule, RuleSet
from services.types.tenant_settings import Preset

DRAFT_TYPES = (
    "send_routine_response",
    "send_follow_up_email",
    "schedule_meeting",
    "send_proposal",
    "discuss_pricing",
    "negotiate_terms",
    "contact_c_suite",
)
"""The kinds of draft that may leave at all."""

_ASK_THE_MANAGER = "rules:\n" + "".join(
    f"""\
  - type: {name}
    bands:
      - {{from: 0, approver: manager}}
    sla: {{low: 24h, normal: 8h, high: 4h, critical: 1h}}
"""
    for name in DRAFT_TYPES
)
_SMALL_ONES = """\
rules:
  - type: discount
    bands:
      - {from: 0, approver: manager}
  - type: refund
    bands:
      - {from: 0, approver: manager}
auto_approvals:
  - name: Open preset, small discounts
    type: discount
    risk: low
    up_to: 5
    per_member_per_month: 5
  - name: Open preset, small refunds
    type: refund
    risk: low
    up_to: {USD: 100, EUR: 100, GBP: 80, CHF: 100, CAD: 140, AUD: 150, JPY: 15000}
    per_member_per_month: 5
"""


@lru_cache(maxsize=1)
def _parts() -> tuple[tuple[Rule, ...], tuple[AutoApproval, ...]]:
    cautious = parse_rules(_ASK_THE_MANAGER, version=1).rules
    return cautious, parse_rules(_SMALL_ONES, version=1).auto_approvals


def with_preset(rules: RuleSet, preset: Preset) -> RuleSet:
    """The rules under this preset: the others' own parts go, its parts come, the rest stays."""
    ours, templates = _parts()
    kept = [rule for rule in rules.rules if not any(_same(rule, one) for one in ours)]
    names = {one.name for one in templates}
    autos = [one for one in rules.auto_approvals if one.name not in names]
    if preset is Preset.CAUTIOUS:
        ruled = {rule.type for rule in kept}
        kept += [rule for rule in ours if rule.type not in ruled]
    if preset is Preset.OPEN:
        types = {rule.type for rule in kept}
        autos += [one for one in templates if one.type in types]
    return replace(rules, rules=tuple(kept), auto_approvals=tuple(autos))


def text_under(rules: RuleSet, preset: Preset) -> str:
    """The rules under this preset, as they are written."""
    return write_rules(with_preset(rules, preset))


def fits(rules: RuleSet, preset: Preset) -> bool:
    """Whether the rules are what this preset makes of them."""
    return text_under(rules, preset) == write_rules(rules)


def _same(one: Rule, other: Rule) -> bool:
    def plain(rule: Rule) -> Rule:
        return replace(rule, line=0, bands=tuple(replace(band, line=0) for band in rule.bands))

    return plain(one) == plain(other)
