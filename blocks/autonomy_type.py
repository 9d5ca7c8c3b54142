"""One kind of action: its level, its evidence, what moved it; the forms that limit it."""

from blocks.account_select import account_select
from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.autonomy_values import MovesFrom, Order, OwnLimit
from blocks.autonomy_words import because_words, evidence_words, limit_choice
from blocks.doing_words import since_words
from blocks.modals import input_block, modal, text_field
from blocks.parts import (
    Block,
    actions,
    button,
    confirm,
    context,
    count,
    divider,
    moment,
    option,
    plain,
    section,
    short,
)
from blocks.values import Named
from services.types.actions import AutonomyLevel
from services.types.autonomy_views import (
    MoveLine,
    NarrowForm,
    Standing,
    TypeLine,
    TypeView,
)
from services.types.autonomy_words import level_means, level_words, type_words
from services.types.views import Reader

NO_LIMIT = "none"
ALL = "all"
_KINDS = {
    "promoted": "raised",
    "demoted": "lowered",
    "reset": "started again",
    "limited": "limited",
    "narrowed": "narrowed",
    "stopped": "stopped",
    "released": "released",
}


# ── The kind of action ──────────────────────────────────────────────────────────────────────────
def type_modal(view: TypeView, *, told: str = "") -> Block:
    """`told`: what was just done, above everything."""
    line, reader = view.line, view.reader
    blocks = [section(f"*{short(told, 300)}*"), divider()] if told else []
    blocks += [section(_head(line, reader)), *_buttons(view), divider(), *_moves(view)]
    return modal(type_words(line.action_type)[:24], blocks, callback_id=CallbackId.TOLD)


def _head(line: TypeLine, reader: Reader) -> str:
    level = "stopped" if line.stopped else level_words(line.level)
    told = [f"*{type_words(line.action_type)}* · {level}"]
    if line.standing is Standing.NEVER:
        told.append("Never, whoever asks.")
        return "\n".join(told)
    if not line.stopped:
        means = level_means(line.level, line.action_type)
        told.append(f"{means[:1].upper()}{means[1:]}.")
    told.append(because_words(line, reader))
    if line.evidence is not None:
        told.append(evidence_words(line.evidence, line.earned))
        needs = [f"• {short(one, 160)}" for one in line.evidence.still_needs]
        told += ["A higher level needs:", *needs] if needs else []
    if line.pending is not None:
        since = since_words(line.pending.since, reader)
        told.append(
            f"*Proposed since {since}:* {level_words(line.pending.after)}. A manager or an admin "
            "decides on its card."
        )
    return "\n".join(told)


def _buttons(view: TypeView) -> list[Block]:
    line = view.line
    if line.standing is Standing.NEVER:
        return []
    named = Named(name=line.action_type).encode()
    buttons = []
    if view.may_change:
        buttons.append(button("Set limit…", ActionId.AUTONOMY_LIMIT, named))
        buttons.append(_release(line) if line.stopped else _stop(line))
    if view.may_narrow:
        own = OwnLimit(type=line.action_type).encode()
        buttons.append(button("Narrow…", ActionId.AUTONOMY_NARROW, own))
    return [actions(*buttons)] if buttons else []


def _stop(line: TypeLine) -> Block:
    name = type_words(line.action_type)
    sure = confirm(
        f"Stop: {name}?",
        "Nothing of this kind leaves, whoever approved it, until an admin releases it. What waits "
        "to leave asks anew.",
        "Stop this kind",
        "Cancel",
    )
    value = Named(name=line.action_type).encode()
    return button("Stop this kind", ActionId.AUTONOMY_STOP, value, style="danger", confirm=sure)


def _release(line: TypeLine) -> Block:
    sure = confirm(
        f"Release: {type_words(line.action_type)}?",
        f"It goes on at “{level_words(line.level)}”. What was stopped asks anew.",
        "Release",
        "Cancel",
    )
    return button(
        "Release", ActionId.AUTONOMY_RELEASE, Named(name=line.action_type).encode(), confirm=sure
    )


def _moves(view: TypeView) -> list[Block]:
    if not view.moves:
        return [section("*Nothing has moved it yet*")]
    name = view.line.action_type
    ways = []
    if not view.first_page:
        first = MovesFrom(name=name).encode()
        ways.append(button("Newest", f"{ActionId.AUTONOMY_MOVES}#first", first))
    if view.older is not None:
        older = MovesFrom(name=name, before=view.older).encode()
        ways.append(button("Older", f"{ActionId.AUTONOMY_MOVES}#older", older))
    return [
        section(f"*What moved it* · {count(view.moves_in_all, 'time')}"),
        *(_move(one, view.reader) for one in view.moves),
        *([actions(*ways)] if ways else []),
    ]


def _move(one: MoveLine, reader: Reader) -> Block:
    when = moment(one.at, reader.now, reader.timezone)
    did = _KINDS.get(one.kind, short(one.kind, 20))
    by = f"by {short(one.by, 60)}" if one.by else "by itself"
    before, after = level_words(one.before) or "no limit", level_words(one.after) or "no limit"
    told = f"*{before} → {after}* · {did} {by}, {when}"
    return section(f"{told}\n{short(one.why, 300)}" if one.why.strip() else told)


# ── The organisation's limit ────────────────────────────────────────────────────────────────────
def limit_modal(line: TypeLine) -> Block:
    options = [option("No limit", NO_LIMIT)]
    options += [option(limit_choice(one), one.value) for one in AutonomyLevel]
    chosen = line.ceiling.value if line.ceiling else NO_LIMIT
    select: Block = {
        "type": "static_select",
        "action_id": FieldId.LEVEL,
        "options": options,
        "initial_option": next(one for one in options if one["value"] == chosen),
    }
    return modal(
        "Limit",
        [
            section(
                f"*{type_words(line.action_type)}*\nEarned: {level_words(line.earned)}. In force "
                "is the lower of the two."
            ),
            input_block(FieldId.LEVEL, "At most", select),
            context("A lower limit holds at once, also for what waits to leave."),
        ],
        callback_id=CallbackId.AUTONOMY_LIMIT,
        target=Named(name=line.action_type),
        submit="Set limit",
        close="Cancel",
    )


# ── A member's own ──────────────────────────────────────────────────────────────────────────────
def narrow_modal(form: NarrowForm) -> Block:
    """Levels below the highest that is in force for what may be chosen."""
    known = [(name, level) for name, level in form.types if form.action_type in ("", name)]
    highest = max((level.rank for _, level in known), default=0)
    levels = [one for one in AutonomyLevel if one.rank < highest] or [AutonomyLevel.OFF]
    every = [] if form.action_type else [option("Everything", ALL)]
    types = every + [option(type_words(name), name) for name, _ in known]
    asks_first = AutonomyLevel.APPROVE if AutonomyLevel.APPROVE in levels else levels[-1]
    return modal(
        "Your own limit",
        [
            input_block(
                FieldId.ACCOUNT,
                "On which account?",
                account_select(ActionId.NARROW_ACCOUNT),
                optional=True,
            ),
            context("None chosen: on all your accounts."),
            input_block(FieldId.TYPE, "What?", _select(FieldId.TYPE, types, types[0])),
            input_block(
                FieldId.LEVEL,
                "How far may I go?",
                _select(
                    FieldId.LEVEL,
                    [option(limit_choice(one), one.value) for one in levels],
                    option(limit_choice(asks_first), asks_first.value),
                ),
            ),
            context("You can take away here, never add. It holds at once."),
        ],
        callback_id=CallbackId.AUTONOMY_NARROW,
        submit="Save",
        close="Cancel",
    )


def cap_modal(now: int | None) -> Block:
    field = text_field(FieldId.DAILY_CAP, "" if now is None else str(now), length=3)
    field["placeholder"] = plain("10", 150)
    return modal(
        "Daily cap",
        [
            input_block(FieldId.DAILY_CAP, "Mails a day that leave by themselves", field),
            context("In your name, all accounts together. 0: none leaves by itself."),
        ],
        callback_id=CallbackId.AUTONOMY_CAP,
        submit="Save",
        close="Cancel",
    )


def _select(field: FieldId, options: list[Block], chosen: Block) -> Block:
    return {
        "type": "static_select",
        "action_id": field,
        "options": options,
        "initial_option": chosen,
    }


# ── What somebody typed ─────────────────────────────────────────────────────────────────────────
def order_text(order: Order) -> str:
    """`Limit follow-ups to undo window`."""
    name = type_words(order.type).lower() if order.type else "everything"
    if order.do != "limit":
        return f"{order.do.capitalize()} {name}"
    return (
        f"Limit {name} to {level_words(order.level)}"
        if order.level
        else f"Lift the limit of {name}"
    )


def order_blocks(order: Order) -> list[Block]:
    """What I understood, and the one button that does it."""
    text = order_text(order)
    sure = None
    if order.do == "release" or (order.do == "limit" and not order.level):
        sure = confirm(f"{text}?", _follows(order), "Yes", "Cancel")
    style = "danger" if order.do == "stop" else None
    yes = button(text, ActionId.AUTONOMY_ORDER, order.encode(), style=style, confirm=sure)
    return [
        section(f"*{text}?*\n{_follows(order)}"),
        actions(yes),
        context("Nothing is changed until you press it."),
    ]


def _follows(order: Order) -> str:
    if order.do == "stop":
        return "Nothing of it leaves until an admin releases it; what waits to leave asks anew."
    if order.do == "release":
        return "It goes on at the level in force. What was stopped asks anew."
    if order.level:
        return f"At most: {level_means(order.level, order.type)}. A lower limit holds at once."
    return "Then what it has earned is in force."
