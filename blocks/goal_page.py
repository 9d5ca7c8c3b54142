"""Windows of goals: a goal's page, the form of a new one, another target."""

from decimal import Decimal

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.goal_words import KINDS, amount, left_out, pace, plain_title, sparkline, title
from blocks.goals import buttons, proposal_words, range_words
from blocks.modals import input_block, modal, text_field
from blocks.parts import (
    Block,
    actions,
    context,
    count,
    divider,
    moment,
    option,
    plain,
    section,
    short,
)
from blocks.terms import sentence, state_words
from blocks.values import Target
from services.types.autonomy_words import name_of
from services.types.goal_views import GoalDeed, GoalFormView, GoalMoment, GoalView
from services.types.goals import GoalKind, GoalStatus, PeriodName

PERIODS = (
    ("This month", PeriodName.THIS_MONTH),
    ("This quarter", PeriodName.THIS_QUARTER),
    ("Next month", PeriodName.NEXT_MONTH),
    ("Next quarter", PeriodName.NEXT_QUARTER),
    ("Other days", PeriodName.CUSTOM),
)
FOOT = (
    "Pace is by working days, Monday to Friday, and whole days. A forecast goes on at the pace so "
    "far. Money is never added across currencies."
)
WHAT = {
    "made": "made",
    "watched": "watched, nothing to propose",
    "proposed": "a target was proposed",
    "target": "target set by hand",
    "accepted": "proposed target accepted",
    "dropped": "dropped",
    "settled": "settled",
}


# ── The page ────────────────────────────────────────────────────────────────────────────────────
def goal_modal(view: GoalView) -> Block:
    """How it stands, how it came there, what was done for it and what became of it."""
    line = view.line
    told = pace(line)
    blocks = [section(f"*{title(line)}*\n{told[:1].upper()}{told[1:]}.")]
    if line.status is GoalStatus.PROPOSED:
        blocks.append(section(proposal_words(view)))
    elif view.note:
        blocks.append(section(short(view.note, 300)))
    figures = _figures(view)
    if figures:
        blocks.append(section("\n".join(f"• {one}" for one in figures)))
    found = buttons(view)
    if found:
        blocks.append(actions(*found))
    blocks += [divider(), *_deeds(view), divider(), *_history(view)]
    return modal("Goal", [*blocks, context(FOOT)], callback_id=CallbackId.TOLD)


def _figures(view: GoalView) -> list[str]:
    line, found = view.line, view.line.progress
    lines = []
    if line.status is GoalStatus.ACTIVE and found.expected is not None:
        over = f"after {found.days_done} of {count(found.days, 'working day')}"
        whole = amount(found.expected.to_integral_value(), line)
        lines.append(f"Expected by now: {whole}, {over}")
    if line.status.open and found.forecast is not None:
        lines.append(f"The period comes to: {range_words(line)}")
    if line.kind is GoalKind.ACTIVITY:
        mails, met = view.tally.mails, view.tally.meetings
        lines.append(f"Counted: {count(mails, 'mail')} sent, {count(met, 'meeting')} held")
    elif view.tally.things:
        lines.append(f"Counted: {count(view.tally.things, 'deal')} with an amount")
    lines += left_out(view.tally, line)
    bars = sparkline(view.days, line.target)
    if bars:
        first, last = view.days[0], view.days[-1]
        span = f"{amount(first[1], line)} to {amount(last[1], line)}"
        lines.append(f"Day by day: {bars}  ({span} in {count(len(view.days), 'day')})")
    return lines


def _deeds(view: GoalView) -> list[Block]:
    if not view.deeds:
        return [section("*Done for it*\nNothing yet.")]
    lines = "\n".join(_deed(one, view) for one in view.deeds)
    rest = view.deeds_total - len(view.deeds)
    more = [context(f"{rest:,} more before these.")] if rest > 0 else []
    return [section(f"*Done for it*\n{lines}"), *more]


def _deed(one: GoalDeed, view: GoalView) -> str:
    when = moment(one.at, view.reader.now, view.reader.timezone)
    where = f"{short(one.account, 60)}: " if one.account else ""
    came = f", {state_words(one.outcome)}" if one.outcome else ""
    state = state_words(one.effect or one.status)
    return f"• {where}{short(name_of(one.type), 40)} · {state}{came} · {when}"


def _history(view: GoalView) -> list[Block]:
    lines = "\n".join(_moment(one, view) for one in view.moments)
    return [section(f"*What became of it*\n{lines or 'Nothing yet.'}")]


def _moment(one: GoalMoment, view: GoalView) -> str:
    when = moment(one.at, view.reader.now, view.reader.timezone)
    figures = [amount(value, view.line) for value in (one.before, one.after) if value is not None]
    moved = f": {' → '.join(figures)}" if figures else ""
    why = f" · {short(one.why, 160)}" if one.why else ""
    return f"• {sentence(WHAT[one.what])}{moved} · {short(one.by or 'Understudy', 60)}, {when}{why}"


# ── Forms ───────────────────────────────────────────────────────────────────────────────────────
def new_goal_modal(view: GoalFormView) -> Block:
    kinds = [option(KINDS[kind], kind.value) for kind in GoalKind]
    periods = [option(words, name.value) for words, name in PERIODS]
    target = text_field(FieldId.TARGET, "", length=40)
    target["placeholder"] = plain("520,000", 150)
    money = [option(code, code) for code in view.currencies]
    return modal(
        "New goal",
        [
            input_block(FieldId.GOAL_KIND, "What for?", _select(FieldId.GOAL_KIND, kinds, 0)),
            *(_whom() if view.for_others else []),
            input_block(FieldId.PERIOD, "When?", _select(FieldId.PERIOD, periods, 1)),
            _day(FieldId.FIRST, "First day, for other days"),
            _day(FieldId.LAST, "Last day, for other days"),
            input_block(FieldId.TARGET, "Target", target, optional=True),
            input_block(
                FieldId.CURRENCY, "Currency, for money", _select(FieldId.CURRENCY, money, 0)
            ),
            context(
                "Leave the target empty and I watch for 30 days and propose one. A person accepts, "
                "changes or drops it."
            ),
        ],
        callback_id=CallbackId.GOAL_NEW,
        submit="Make it",
        close="Cancel",
    )


def _whom() -> list[Block]:
    element: Block = {
        "type": "external_select",
        "action_id": ActionId.GOAL_FOR,
        "placeholder": plain("Choose a person, a persona or the whole company", 150),
        "min_query_length": 0,
        "initial_option": option("Me", "me"),
    }
    return [input_block(FieldId.GOAL_FOR, "For whom?", element)]


def _select(field: FieldId, options: list[Block], chosen: int) -> Block:
    return {
        "type": "static_select",
        "action_id": field,
        "options": options,
        "initial_option": options[chosen],
    }


def _day(field: FieldId, label: str) -> Block:
    return input_block(field, label, {"type": "datepicker", "action_id": field}, optional=True)


def target_modal(view: GoalView) -> Block:
    line = view.line
    value = line.target or line.proposed
    field = text_field(FieldId.TARGET, "" if value is None else _typed(value), length=40)
    reason = text_field(FieldId.REASON, "", length=200)
    unit = f" in {line.currency}" if line.currency else ", counted"
    return modal(
        "Target",
        [
            section(f"*{short(plain_title(line), 160)}*"),
            input_block(FieldId.TARGET, f"Target{unit}", field),
            input_block(FieldId.REASON, "Why?", reason, optional=True),
        ],
        callback_id=CallbackId.GOAL_TARGET,
        target=Target(id=line.goal_id, rev=line.version),
        submit="Set",
        close="Cancel",
    )


def _typed(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
