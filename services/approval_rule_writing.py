"""Approval rules written back as YAML: one canonical form, everything told, nothing by default, so
that a stored version means the same for ever."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from services.approval_rule_text import duration_text, number_text
from services.types.approvals import AutoApproval, Band, Risk, Rule, RuleSet, Urgency


def write_rules(rules: RuleSet) -> str:
    """The canonical file: reading it gives the same rules again, apart from line numbers."""
    lines = ["rules:" if rules.rules else "rules: []"]
    for rule in rules.rules:
        lines += _rule(rule)
    if rules.auto_approvals:
        lines.append("auto_approvals:")
    for auto in rules.auto_approvals:
        lines += _auto(auto)
    urgent = rules.urgent
    lines.append("urgent:")
    lines.append(f"  second_person: {urgent.second_person or 'none'}")
    lines.append(f"  sms: {_flag(on=urgent.sms)}")
    return "\n".join(lines) + "\n"


def write_sla(sla: Mapping[Urgency, timedelta]) -> str:
    """One duration where all are equal."""
    if len(set(sla.values())) == 1:
        return duration_text(sla[Urgency.NORMAL])
    return "{" + ", ".join(f"{one}: {duration_text(sla[one])}" for one in Urgency) + "}"


def _rule(rule: Rule) -> Iterator[str]:
    yield f"  - type: {rule.type}"
    if rule.risks != frozenset(Risk):
        yield f"    risk: {_risks(rule.risks)}"
    yield "    bands:"
    for band in rule.bands:
        yield f"      - {_band(band)}"
    yield f"    sla: {write_sla(rule.sla)}"
    yield f"    remind: [{', '.join(duration_text(one) for one in rule.remind_before)}]"
    yield f"    escalate: [{', '.join(rule.escalate)}]"
    expires = duration_text(rule.expires_after) if rule.expires_after is not None else "never"
    yield f"    expires: {expires}"
    yield f"    read_at_least: {duration_text(rule.read_at_least)}"


def _band(band: Band) -> str:
    parts = [f"from: {_measures(band.percentage, band.amount)}", f"approver: {band.approver}"]
    if band.quorum > 1:
        parts.append(f"quorum: {band.quorum}")
    if band.seats != band.needed:
        parts.append(f"of: {band.seats}")
    if band.two_person:
        parts.append("two_person: true")
    return "{" + ", ".join(parts) + "}"


def _auto(auto: AutoApproval) -> Iterator[str]:
    yield f"  - name: {json.dumps(auto.name, ensure_ascii=False)}"
    yield f"    type: {auto.type}"
    if auto.risks != frozenset(Risk):
        yield f"    risk: {_risks(auto.risks)}"
    if auto.percentage_up_to is not None or auto.amount_up_to:
        yield f"    up_to: {_measures(auto.percentage_up_to, auto.amount_up_to)}"
    if auto.per_member_per_month:
        yield f"    per_member_per_month: {auto.per_member_per_month}"


def _measures(percentage: Decimal | None, amount: Mapping[str, Decimal]) -> str:
    if not amount:
        return number_text(percentage or Decimal(0))
    told = [] if percentage is None else [f"percentage: {number_text(percentage)}"]
    told += [
        f"{currency}: {number_text(amount[currency])}" for currency in sorted(amount, key=_order)
    ]
    return "{" + ", ".join(told) + "}"


def _order(currency: str) -> tuple[bool, str]:
    """Dollars first, as most files have them; then by name."""
    return currency != "USD", currency


def _risks(risks: frozenset[Risk]) -> str:
    return "[" + ", ".join(risk for risk in Risk if risk in risks) + "]"


def _flag(*, on: bool) -> str:
    return "true" if on else "false"
