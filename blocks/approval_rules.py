"""The approval rules as people see them: a list, a form for one rule, and the text of all."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from blocks.action_ids import ActionId, CallbackId, FieldId, numbered
from blocks.approval_words import TYPES
from blocks.lint import fitted
from blocks.modals import INPUT, input_block, modal, text_field, told_modal
from blocks.parts import (
    Block,
    actions,
    button,
    clean,
    context,
    count,
    money,
    option,
    section,
    short,
)
from blocks.values import Target
from services.types.approvals import (
    MANAGER,
    TITLE_WORDS,
    AutoApproval,
    Band,
    Risk,
    Rule,
    RuleSet,
    Urgency,
)

# Rules are named by words in the file; buttons carry an opaque id made from them.
_SPACE = UUID("6d0f5c5e-3f0a-4c39-9b0c-2b7f7a3d9a10")
WHOLE = UUID(int=0)
NONE, NEVER = "none", "never"
SLAS = {
    Urgency.LOW: (FieldId.SLA_LOW, "Due in, at low urgency"),
    Urgency.NORMAL: (FieldId.SLA_NORMAL, "Due in, normally"),
    Urgency.HIGH: (FieldId.SLA_HIGH, "Due in, at high urgency"),
    Urgency.CRITICAL: (FieldId.SLA_CRITICAL, "Due in, when critical"),
}
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_PERIODS = (
    30 * _MINUTE,
    *(n * _HOUR for n in (1, 2, 4, 8, 12, 24)),
    *(n * _DAY for n in (2, 3, 5, 7, 14)),
)
_REMINDERS = (15 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR)
_EXPIRIES = tuple(n * _DAY for n in (1, 2, 3, 7, 14, 30))
_READINGS = tuple(timedelta(seconds=n) for n in (0, 5, 10, 20, 30, 60))
_LADDERS: tuple[tuple[str, ...], ...] = (
    ("manager", "admin"),
    ("manager",),
    ("admin",),
    ("manager", "vp_sales", "admin"),
    ("vp_sales", "admin"),
    ("manager", "cfo", "admin"),
    ("cfo", "admin"),
    (),
)


def rule_key(rule_id: str) -> UUID:
    """The opaque id of a rule, the same in every version."""
    return uuid5(_SPACE, rule_id)


# ── The list ────────────────────────────────────────────────────────────────────────────────────
def rules_blocks(rules: RuleSet, *, may_edit: bool) -> list[Block]:
    """Who decides on what; an admin may change each rule, or the text of all."""
    head = section(f"*Who decides on what* · version {rules.version}")
    version = rules.version if may_edit else None
    blocks = [head, *(_rule(rule, number, version) for number, rule in enumerate(rules.rules))]
    if not rules.rules:
        blocks.append(section("There are no rules: an admin decides everything."))
    blocks += [context(_auto(auto)) for auto in rules.auto_approvals]
    if rules.urgent.second_person is not None:
        second = TITLE_WORDS.get(rules.urgent.second_person, rules.urgent.second_person)
        sms = ", by SMS too" if rules.urgent.sms else ""
        blocks.append(context(f"When something is critical, {second} is told as well{sms}."))
    if may_edit:
        value = Target(id=WHOLE, rev=rules.version).encode()
        # Above the rules: a long list is cut at its end.
        blocks.insert(1, actions(button("Edit as text", ActionId.RULES_TEXT, value)))
    return fitted(blocks)


def _rule(rule: Rule, number: int, version: int | None) -> Block:
    """Without a version there is no button to change it."""
    lines = [f"*{rule_title(rule)}*", *(f"• {_band(rule, n)}" for n in range(len(rule.bands)))]
    lines.append(f"_{_times(rule)}_")
    if version is None:
        return section("\n".join(lines))
    value = Target(id=rule_key(rule.id), rev=version).encode()
    return section("\n".join(lines), button("Edit", numbered(ActionId.RULE_EDIT, number), value))


def rule_title(rule: Rule) -> str:
    """`Exception, low or medium risk`."""
    name = TYPES.get(rule.type, rule.type.replace("_", " ").capitalize())
    return name if rule.risks == frozenset(Risk) else f"{name}, {_risks(rule.risks)} risk"


def _band(rule: Rule, number: int) -> str:
    band = rule.bands[number]
    who = TITLE_WORDS.get(band.approver, band.approver)
    if number:
        start = f"from {_measures(band)}: "
    else:
        start = f"below {_measures(rule.bands[1])}: " if len(rule.bands) > 1 else ""
    if band.needed == 1 and band.seats == 1:
        return f"{start}{who}"
    of = f" of {band.seats}" if band.seats > band.needed else ""
    return f"{start}{band.needed}{of} people, {who} first"


def _measures(band: Band) -> str:
    """`10 % or $5,000`; of many currencies the first three."""
    told = [f"{band.percentage.normalize():f} %"] if band.percentage else []
    told += [money(amount, currency) for currency, amount in list(band.amount.items())[:3]]
    rest = len(band.amount) - 3
    return " or ".join(told) + (
        f" ({count(rest, 'more currency', 'more currencies')})" * (rest > 0)
    )


def _times(rule: Rule) -> str:
    normal = rule.sla[Urgency.NORMAL]
    others = [
        f"{urgency} {period_words(rule.sla[urgency])}"
        for urgency in Urgency
        if rule.sla[urgency] != normal
    ]
    parts = [f"Due in {period_words(normal)}" + (f" ({', '.join(others)})" if others else "")]
    if rule.remind_before:
        parts.append(f"reminder {_joined(rule.remind_before)} before")
    parts.append(f"then {_ladder(rule.escalate)}" if rule.escalate else "then nobody else")
    expires = rule.expires_after
    parts.append(f"expires after {period_words(expires)}" if expires else "never expires")
    return " · ".join(parts)


def _auto(auto: AutoApproval) -> str:
    caps = [f"{auto.percentage_up_to.normalize():f} %"] if auto.percentage_up_to else []
    caps += [money(amount, currency) for currency, amount in auto.amount_up_to.items()]
    told = [f"up to {' and '.join(caps)}"] if caps else []
    if auto.per_member_per_month:
        told.append(f"{auto.per_member_per_month} a month for each member")
    if auto.risks != frozenset(Risk):
        told.append(f"at {_risks(auto.risks)} risk")
    name = TYPES.get(auto.type, auto.type.replace("_", " ").capitalize())
    return f"{name} without anybody (“{short(auto.name, 60)}”): {', '.join(told)}."


# ── The form of one rule ────────────────────────────────────────────────────────────────────────
def rule_modal(rule: Rule, bands: str, version: int) -> Block:
    """One rule. `bands` is its bands as text, a line each."""
    if len(bands) > INPUT:
        return too_long_modal()
    slas = [
        _choice(field, label, rule.sla[urgency], _PERIODS)
        for urgency, (field, label) in SLAS.items()
    ]
    reminders = [((one,), _joined((one,)) + " before") for one in _REMINDERS]
    return modal(
        "Approval rule",
        [
            section(f"*{rule_title(rule)}*"),
            input_block(
                FieldId.BANDS, "Who decides", text_field(FieldId.BANDS, bands, multiline=True)
            ),
            context(
                "A line each, from low to high, as `10 % or 5000 USD: vp_sales, 2 of 3, two "
                f"people`. Approvers: {', '.join(TITLE_WORDS)}."
            ),
            *slas,
            _select(
                FieldId.REMIND,
                "Remind",
                [(codes(one), text) for one, text in reminders] + [(NONE, "not at all")],
                (codes(rule.remind_before), f"{_joined(rule.remind_before)} before"),
            ),
            _select(
                FieldId.ESCALATE,
                "When nobody decided in time, ask",
                [(",".join(one) or NONE, _ladder(one)) for one in _LADDERS],
                (",".join(rule.escalate) or NONE, _ladder(rule.escalate)),
            ),
            _select(
                FieldId.EXPIRES,
                "Expires undecided after",
                [*((code(one), period_words(one)) for one in _EXPIRIES), (NEVER, "never")],
                (code(rule.expires_after), period_words(rule.expires_after))
                if rule.expires_after
                else (NEVER, "never"),
            ),
            _choice(FieldId.READ_AT_LEAST, "Count as hasty below", rule.read_at_least, _READINGS),
        ],
        callback_id=CallbackId.RULE,
        target=Target(id=rule_key(rule.id), rev=version),
        submit="Apply",
        close="Cancel",
    )


def rules_text_modal(text: str, version: int) -> Block:
    """The whole file, where it fits into a field of Slack's."""
    if len(text) > INPUT or clean(text) != text:
        return too_long_modal()
    field = text_field(FieldId.RULES, text, multiline=True)
    return modal(
        "Approval rules",
        [
            input_block(FieldId.RULES, f"The rules as YAML, version {version}", field),
            context("Every application is a version of its own. Comments aren't kept."),
        ],
        callback_id=CallbackId.RULES_TEXT,
        target=Target(id=WHOLE, rev=version),
        submit="Apply",
        close="Cancel",
    )


def too_long_modal() -> Block:
    return told_modal(
        "Approval rules",
        "These rules are longer than Slack lets me show in a form. On the server: understudy rules "
        "show > rules.yml, then edit the file, then understudy rules apply rules.yml.",
    )


def applied_modal(rules: RuleSet, before: int) -> Block:
    """What became of it."""
    if rules.version == before:
        return told_modal("Approval rules", f"Nothing differs: version {before} stays in force.")
    return told_modal(
        "Approval rules",
        f"Version {rules.version} is in force. Requests that wait are looked at again; where the "
        "rules have become stricter, they are asked anew.",
    )


def _choice(field: FieldId, label: str, now: timedelta, periods: Iterable[timedelta]) -> Block:
    options = [(code(one), period_words(one)) for one in periods]
    return _select(field, label, options, (code(now), period_words(now)))


def _select(
    field: FieldId, label: str, options: Sequence[tuple[str, str]], chosen: tuple[str, str]
) -> Block:
    """A select that offers what holds now as well, when it isn't among the usual."""
    known = dict(options)
    if chosen[0] not in known:
        options = [chosen, *options]
    element: Block = {
        "type": "static_select",
        "action_id": field,
        "options": [option(text, value) for value, text in options],
        "initial_option": option(known.get(chosen[0], chosen[1]), chosen[0]),
    }
    return input_block(field, label, element)


# ── Words ───────────────────────────────────────────────────────────────────────────────────────
def code(period: timedelta) -> str:
    """As a rules file has it."""
    seconds = int(period.total_seconds())
    return f"{seconds // 60}m" if seconds and seconds % 60 == 0 else f"{seconds}s"


def codes(periods: Iterable[timedelta]) -> str:
    return ",".join(code(one) for one in periods) or NONE


def period_words(period: timedelta) -> str:
    """`24 hours`, `3 days`, `90 minutes`."""
    seconds = int(period.total_seconds())
    if seconds >= 2 * 86_400 and seconds % 86_400 == 0:
        return count(seconds // 86_400, "day")
    for size, name in ((3600, "hour"), (60, "minute")):
        if seconds and seconds % size == 0:
            return count(seconds // size, name)
    return count(seconds, "second")


def _joined(periods: Sequence[timedelta]) -> str:
    return " and ".join(period_words(one) for one in periods) or "not at all"


def _ladder(steps: Sequence[str]) -> str:
    """`the manager of whoever was asked, then an admin`."""
    words = {**TITLE_WORDS, MANAGER: "their manager"}
    return ", then ".join(words.get(step, step) for step in steps) or "nobody"


def _risks(risks: frozenset[Risk]) -> str:
    return " or ".join(risk for risk in Risk if risk in risks)
