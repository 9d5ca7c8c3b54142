"""Approval rules as a YAML file: read with every fault on its line, written back canonically, and
compared for strictness. Pure.

A larger request never has weaker approvers: bands rise in what they start from, and neither the
rank of the approver nor the number of people needed may fall. `stricter` relies on that.
"""

from datetime import timedelta

from yaml.nodes import MappingNode, Node

from services.approval_rule_bands import APPROVERS, entries, rank, read_bands, read_measures
from services.approval_rule_text import (
    Reader,
    RuleFault,
    RulesRefused,
    compose,
    decode_rules,
    is_empty,
    line_of,
    shown,
)
from services.approval_rule_writing import write_rules
from services.types.actions import ActionType
from services.types.approvals import (
    ADMIN,
    MANAGER,
    AutoApproval,
    RequestType,
    Risk,
    Route,
    Rule,
    RuleSet,
    Urgency,
    UrgentChannel,
)

__all__ = [
    "APPROVERS",
    "DEFAULT_TEXT",
    "REQUESTS",
    "TYPES",
    "RuleFault",
    "RulesRefused",
    "decode_rules",
    "gated_types",
    "parse_rules",
    "rank",
    "rule_id",
    "stricter",
    "write_rules",
]

REQUESTS = tuple(str(one) for one in RequestType)
TYPES = (*REQUESTS, *(str(one) for one in ActionType))
MAX_STEPS, MAX_AUTOS, MAX_NAME = 10, 50, 60
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SLA, REMIND, EXPIRES, READ = DAY, HOUR, 7 * DAY, timedelta(seconds=10)
NEVER = "never"
_RULE = ("type", "risk", "bands", "sla", "remind", "escalate", "expires", "read_at_least")
_AUTO = ("name", "type", "risk", "up_to", "per_member_per_month")
_Claims = list[tuple[str, frozenset[Risk], int]]

DEFAULT_TEXT = """\
# Who decides on what. A band starts at a percentage, an amount, or both: either is enough.
rules:
  - type: discount
    bands:
      - {from: 0, approver: manager}
      - {from: 5, approver: sales_manager}
      - {from: 10, approver: vp_sales}
      - {from: 20, approver: cfo}
    sla: {low: 24h, normal: 24h, high: 8h, critical: 2h}
  - type: refund
    bands:
      - {from: 0, approver: manager}
      - from: {USD: 1000, EUR: 900, GBP: 800, CHF: 900, CAD: 1400, AUD: 1500, JPY: 150000}
        approver: support_manager
      - from: {USD: 5000, EUR: 4500, GBP: 4000, CHF: 4500, CAD: 7000, AUD: 7500, JPY: 750000}
        approver: customer_success_director
      - from: {USD: 10000, EUR: 9000, GBP: 8000, CHF: 9000, CAD: 14000, AUD: 15000, JPY: 1500000}
        approver: cfo
    sla: {low: 24h, normal: 24h, high: 8h, critical: 2h}
  - type: exception
    risk: [low, medium]
    bands:
      - {from: 0, approver: sales_manager}
    sla: {low: 24h, normal: 24h, high: 8h, critical: 2h}
  - type: exception
    risk: high
    bands:
      - {from: 0, approver: vp_sales}
    sla: {low: 24h, normal: 24h, high: 8h, critical: 2h}
  - type: escalation
    risk: [low, medium]
    bands:
      - {from: 0, approver: manager}
    sla: {low: 24h, normal: 24h, high: 8h, critical: 2h}
  - type: escalation
    risk: high
    bands:
      - {from: 0, approver: customer_success_director}
    sla: {low: 24h, normal: 24h, high: 8h, critical: 2h}
"""


def parse_rules(text: str, *, version: int) -> RuleSet:
    """The rules a file tells. Raises RulesRefused with every fault and its line."""
    root = compose(text)
    reader = Reader()
    top = reader.fields(root, ("rules", "auto_approvals", "urgent"), "the settings of the file")
    rules: list[Rule] = []
    claims: _Claims = []
    if "rules" in top and is_empty(top["rules"]):
        reader.fault(
            top["rules"], "There are no rules here; “rules: []” says that none are wanted."
        )
    if "rules" not in top and not reader.faults:
        reader.fault(root, "The file has no “rules”.")
    for node in entries(reader, top.get("rules"), "a list of rules"):
        rule = _rule(reader, node, claims)
        rules += [rule] if rule else []
    autos: list[AutoApproval] = []
    named = {type_ for type_, _, _ in claims}
    for node in entries(reader, top.get("auto_approvals"), "a list of templates"):
        _add_auto(reader, autos, _auto(reader, node, named))
    urgent = _urgent(reader, top["urgent"]) if "urgent" in top else UrgentChannel()
    if reader.faults:
        raise RulesRefused(reader.faults)
    return RuleSet(version=version, rules=tuple(rules), auto_approvals=tuple(autos), urgent=urgent)


def gated_types(rules: RuleSet) -> tuple[str, ...]:
    """The action types whose drafts need an approval request."""
    return tuple(sorted({rule.type for rule in rules.rules} - set(REQUESTS)))


def stricter(old: Route, new: Route) -> bool:
    """Whether the new route asks for anything that the old one doesn't make sure of: a person
    instead of a template, a higher approver, or more people. Two titles of the same rank count as
    equal. It compares what the rules demand, not who happens to be there."""
    if new.auto is not None:
        return False
    if old.auto is not None:
        return True
    return rank(new.title) > rank(old.title) or new.needed > old.needed


def rule_id(type_: str, risks: frozenset[Risk]) -> str:
    """`discount`, or `exception-low-medium` where risks have rules of their own."""
    if risks == frozenset(Risk):
        return type_
    return "-".join((type_, *(risk for risk in Risk if risk in risks)))


# ── Rules ───────────────────────────────────────────────────────────────────────────────────────
def _claim(reader: Reader, claims: _Claims, type_: str, risks: frozenset[Risk], line: int) -> None:
    """One rule for a type and a risk."""
    for other_type, other_risks, other_line in claims:
        both = other_risks & risks if other_type == type_ else frozenset()
        if both:
            words = "" if len(both) == len(Risk) else f" at {_risk_words(both)} risk"
            reader.fault(line, f"Line {other_line} already has a rule for {type_}{words}.")
            return
    claims.append((type_, risks, line))


def _risk_words(risks: frozenset[Risk]) -> str:
    return " and ".join(risk for risk in Risk if risk in risks)


def _rule(reader: Reader, node: Node, claims: _Claims) -> Rule | None:
    before = len(reader.faults)
    found = reader.fields(node, _RULE, "a rule")
    line = line_of(node)
    if not found:
        return None
    type_ = reader.word(found["type"], TYPES, "type") if "type" in found else None
    if "type" not in found:
        reader.fault(line, "This rule has no “type”.")
    risks = _risks(reader, found.get("risk"))
    if type_ is not None:
        _claim(reader, claims, type_, risks, line)
    if "bands" not in found:
        reader.fault(line, "This rule has no “bands”, so nobody would decide.")
    bands = read_bands(reader, found.get("bands"), type_)
    sla = _sla(reader, found.get("sla"))
    remind = _remind(reader, found.get("remind"), min(sla.values()))
    escalate = _escalate(reader, found.get("escalate"))
    expires = _expires(reader, found.get("expires"), max(sla.values()))
    read = READ
    if "read_at_least" in found:
        none = timedelta(0)
        read = reader.duration(found["read_at_least"], "read_at_least", least=none, most=HOUR) or (
            none
        )
    if type_ is None or len(reader.faults) > before:
        return None
    return Rule(
        id=rule_id(type_, risks),
        type=type_,
        risks=risks,
        bands=bands,
        sla=sla,
        remind_before=remind,
        escalate=escalate,
        expires_after=expires,
        read_at_least=read,
        line=line,
    )


def _risks(reader: Reader, node: Node | None) -> frozenset[Risk]:
    if node is None:
        return frozenset(Risk)
    found: list[Risk] = []
    known = [str(risk) for risk in Risk]
    given = reader.items(node, f"a risk or a list of them: {', '.join(known)}")
    if not given and not is_empty(node):
        reader.fault(node, "The list of risks is empty, so this would never apply.")
    for entry in given:
        word = reader.word(entry, known, "risk")
        if word is not None and Risk(word) in found:
            reader.fault(entry, f"The risk “{word}” is written twice.")
        elif word is not None:
            found.append(Risk(word))
    return frozenset(found)


def _sla(reader: Reader, node: Node | None) -> dict[Urgency, timedelta]:
    if node is None:
        return dict.fromkeys(Urgency, SLA)
    if not isinstance(node, MappingNode):
        one = reader.duration(node, "sla", least=MINUTE, most=90 * DAY)
        return dict.fromkeys(Urgency, one or SLA)
    told: dict[Urgency, timedelta] = {}
    found = reader.fields(node, [str(one) for one in Urgency], "an SLA by urgency")
    for name, value in found.items():
        one = reader.duration(value, f"sla {name}", least=MINUTE, most=90 * DAY)
        told[Urgency(name)] = one or SLA
    # What isn't told is as the next less urgent; below the first told, as that one.
    last = next((told[urgency] for urgency in Urgency if urgency in told), SLA)
    full: dict[Urgency, timedelta] = {}
    for urgency in Urgency:
        last = full[urgency] = told.get(urgency, last)
    return full


def _remind(reader: Reader, node: Node | None, shortest: timedelta) -> tuple[timedelta, ...]:
    if node is None:
        return (REMIND,) if shortest > REMIND else ()
    found: list[timedelta] = []
    given = reader.items(node, "a duration or a list of them")
    if len(given) > MAX_STEPS:
        reader.fault(node, f"More than {MAX_STEPS} reminders are too many.")
    for entry in given[:MAX_STEPS]:
        one = reader.duration(entry, "remind", least=MINUTE, most=90 * DAY)
        if one is None:
            continue
        if one >= shortest:
            reader.fault(entry, "This reminder would come before the request: the SLA is shorter.")
        elif one in found:
            reader.fault(entry, f"The reminder {shown(entry)} is written twice.")
        found.append(one)
    return tuple(sorted(found, reverse=True))


def _escalate(reader: Reader, node: Node | None) -> tuple[str, ...]:
    if node is None:
        return (MANAGER, ADMIN)
    found: list[str] = []
    for entry in reader.items(node, f"a list of {', '.join(APPROVERS)}")[:MAX_STEPS]:
        step = reader.word(entry, APPROVERS, "escalation step")
        if step is not None and step in found:
            reader.fault(entry, f"The step “{step}” is written twice.")
        elif step is not None:
            found.append(step)
    return tuple(found)


def _expires(reader: Reader, node: Node | None, longest: timedelta) -> timedelta | None:
    if node is None:
        return max(EXPIRES, 2 * longest)
    if getattr(node, "value", None) == NEVER:
        return None
    found = reader.duration(node, "expires", least=MINUTE, most=365 * DAY)
    if found is not None and found <= longest:
        reader.fault(node, "It would expire before it is due: make it longer than the SLA.")
    return found


# ── Templates and the urgent channel ────────────────────────────────────────────────────────────
def _add_auto(reader: Reader, autos: list[AutoApproval], auto: AutoApproval | None) -> None:
    if auto is None:
        return
    same = next((one for one in autos if one.name.casefold() == auto.name.casefold()), None)
    if same is not None:
        reader.fault(auto.line, f"Line {same.line} already has a template of this name.")
    elif len(autos) == MAX_AUTOS:
        reader.fault(auto.line, f"More than {MAX_AUTOS} templates are too many.")
    else:
        autos.append(auto)


def _auto(reader: Reader, node: Node, named: set[str]) -> AutoApproval | None:
    before = len(reader.faults)
    found = reader.fields(node, _AUTO, "a template")
    if not found:
        return None
    missing = [name for name in ("name", "type") if name not in found]
    for name in missing:
        reader.fault(node, f"This template has no “{name}”.")
    if missing:
        return None
    name = _name(reader, found["name"])
    type_ = reader.word(found["type"], TYPES, "type")
    if type_ is not None and type_ not in REQUESTS and type_ not in named:
        reader.fault(found["type"], f"No rule asks about {type_}, so there is nothing to approve.")
    risks = _risks(reader, found.get("risk"))
    percentage, amount = read_measures(reader, found.get("up_to"), type_)
    if percentage == 0 or any(value == 0 for value in amount.values()):
        reader.fault(found["up_to"], "Nothing is within a cap of 0.")
    times: int | None = 0
    if "per_member_per_month" in found:
        times = reader.count(found["per_member_per_month"], "per_member_per_month", 1000)
    if "up_to" not in found and "per_member_per_month" not in found:
        reader.fault(node, "This template has no cap: write “up_to” or “per_member_per_month”.")
    elif "up_to" not in found and type_ in (RequestType.DISCOUNT, RequestType.REFUND):
        reader.fault(node, f"A template for a {type_} needs “up_to”.")
    if type_ is None or len(reader.faults) > before:
        return None
    return AutoApproval(
        name=name,
        type=type_,
        risks=risks,
        percentage_up_to=percentage,
        amount_up_to=amount,
        per_member_per_month=times or 0,
        line=line_of(node),
    )


def _name(reader: Reader, node: Node) -> str:
    value = node.value if isinstance(node.value, str) else ""
    name = " ".join(value.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        reader.fault(node, f"A template's name has 1 to {MAX_NAME} letters.")
    return name


def _urgent(reader: Reader, node: Node) -> UrgentChannel:
    found = reader.fields(node, ("second_person", "sms"), "the urgent channel")
    second = None
    if "second_person" in found and found["second_person"].value not in ("", "none", "null", "~"):
        second = reader.word(found["second_person"], APPROVERS, "approver")
    sms = reader.flag(found["sms"], "sms") if "sms" in found else False
    return UrgentChannel(second_person=second, sms=sms)
