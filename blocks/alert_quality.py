"""How good alerts are, thresholds with their history, and replays: for whoever leads people."""

from collections.abc import Sequence

from blocks.action_ids import ActionId, CallbackId, FieldId, numbered
from blocks.alert_words import name_words
from blocks.lint import fitted
from blocks.modals import input_block, modal, text_field
from blocks.parts import (
    Block,
    actions,
    button,
    confirm,
    context,
    count,
    divider,
    local_day,
    moment,
    option,
    percent,
    section,
    short,
)
from blocks.parts import day as day_words
from blocks.values import Named, Target
from services.types.alerts import (
    Firing,
    MoveLine,
    NameQuality,
    QualityView,
    ReplayView,
    Share,
    ThresholdView,
    WarningView,
)
from services.types.signals import (
    CATALOGUE,
    LEAST_THRESHOLD,
    MOST_THRESHOLD,
    THRESHOLD,
    SignalName,
)
from services.types.views import Reader

UNKNOWN = "not known yet"
HOUR, DAY = 60, 24 * 60
SPANS = (("7", "The last 7 days"), ("30", "The last 30 days"), ("90", "The last 90 days"))
FIRST = 0.6


# ── Quality ─────────────────────────────────────────────────────────────────────────────────────
def quality_text(view: QualityView) -> str:
    return f"Alert quality, last {view.days} days"


def quality_blocks(view: QualityView) -> list[Block]:
    """All together first, then name by name, the most frequent first."""
    head = f"*{quality_text(view)}*"
    if view.total is None or not view.total.raised:
        blocks = [section(f"{head}\nNothing was raised in this time.")]
    else:
        blocks = [section(f"{head}\n{_figures(view.total)}")]
    if not view.whole:
        return blocks
    blocks += [_name(one, view.reader, number) for number, one in enumerate(view.names)]
    return fitted(
        [
            *blocks,
            actions(button("Replay at another threshold", ActionId.ALERT_REPLAY, "quality")),
            context(
                "Shares are of alerts somebody gave their word on; in brackets what they may "
                "truly be (95 %)."
            ),
        ]
    )


def quality_modal(view: QualityView) -> Block:
    return modal("Alert quality", quality_blocks(view), callback_id=CallbackId.TOLD)


def _name(one: NameQuality, reader: Reader, number: int) -> Block:
    rests = ""
    if one.paused_until is not None:
        today = local_day(reader.now, reader.timezone)
        until = day_words(local_day(one.paused_until, reader.timezone), today)
        rests = f", feedback moves it no more until {until}"
    loud = one.false_alarm
    warn = " · *more than half are wrong*" if loud.of >= 8 and loud.part * 2 > loud.of else ""  # noqa: PLR2004 - as services/signals/thresholds warns
    return section(
        f"*{name_words(one.name).capitalize()}* · needs {one.threshold:.2f}{rests}{warn}\n"
        f"{_figures(one)}",
        button(
            "Threshold",
            numbered(ActionId.ALERT_THRESHOLD, number),
            Named(name=one.name.value).encode(),
            label=f"Threshold of {name_words(one.name)}",
        ),
    )


def _figures(one: NameQuality) -> str:
    if not one.useful.of and not one.false_alarm.of:
        return f"{one.raised:,} raised · nobody has rated it yet · acted on {_ratio(one.acted)}"
    return (
        f"{one.raised:,} raised · useful {share_words(one.useful)} · "
        f"false alarms {share_words(one.false_alarm)}\n"
        f"acted on {_ratio(one.acted)} · time to action {_time(one.minutes_to_action)}"
    )


def share_words(share: Share) -> str:
    """`60 % of 10 (31 to 83 %)`, or that it isn't known."""
    if share.value is None or share.low is None or share.high is None:
        return UNKNOWN
    within = f"{share.low * 100:.0f} to {percent(share.high)}"
    return f"{percent(share.value)} of {share.of:,} ({within})"


def _ratio(share: Share) -> str:
    return UNKNOWN if share.value is None else f"{share.part:,} of {share.of:,}"


def _time(minutes: float | None) -> str:
    if minutes is None:
        return UNKNOWN
    if minutes < HOUR:
        return f"{max(round(minutes), 1)} min"
    return f"{minutes / HOUR:.1f} h" if minutes < 2 * DAY else f"{minutes / DAY:.1f} days"


# ── The warning ─────────────────────────────────────────────────────────────────────────────────
def warning_text(view: WarningView) -> str:
    return f"More than half of the alerts “{name_words(view.name)}” were wrong this month"


def warning_card(view: WarningView) -> list[Block]:
    named = Named(name=view.name.value).encode()
    return [
        section(
            f"*{warning_text(view)}*\n{view.false_alarms} of {view.rated} that somebody gave their "
            f"word on in {view.month:%B} were false alarms."
        ),
        section(
            f"*I suggest*  A higher threshold: it needs {view.threshold:.2f} now, and feedback "
            "raises it slowly."
        ),
        actions(
            button("Threshold", numbered(ActionId.ALERT_THRESHOLD, 0), named, style="primary"),
            button("Alert quality", ActionId.ALERT_QUALITY, "warning"),
        ),
        context("Told once a month and name."),
    ]


# ── Thresholds ──────────────────────────────────────────────────────────────────────────────────
def threshold_modal(view: ThresholdView) -> Block:
    reader = view.reader
    today = local_day(reader.now, reader.timezone)
    told = [section(f"*{short(view.told, 200)}*"), divider()] if view.told else []
    rests = []
    if view.paused_until is not None:
        until = day_words(local_day(view.paused_until, reader.timezone), today)
        rests = [context(f"A move was undone, so feedback moves it no more until {until}.")]
    value = text_field(FieldId.THRESHOLD, f"{view.threshold:.2f}", length=6)
    reason = text_field(FieldId.REASON, "", length=200)
    history = [_move(one, reader, number) for number, one in enumerate(view.moves)]
    return modal(
        "Threshold",
        [
            *told,
            section(
                f"*{name_words(view.name).capitalize()}* needs a confidence of "
                f"{view.threshold:.2f}. The default is {THRESHOLD:.2f}."
            ),
            *rests,
            input_block(
                FieldId.THRESHOLD, f"Set it, from {LEAST_THRESHOLD} to {MOST_THRESHOLD}", value
            ),
            input_block(FieldId.REASON, "Why?", reason, optional=True),
            divider(),
            section("*What moved it*" if history else "*Nothing has moved it yet*"),
            *history,
        ],
        callback_id=CallbackId.ALERT_THRESHOLD,
        target=Named(name=view.name.value),
        submit="Set",
    )


def _move(one: MoveLine, reader: Reader, number: int) -> Block:
    when = moment(one.at, reader.now, reader.timezone)
    who = short(one.by, 60) if one.by else "Feedback"
    text = f"{one.before:.2f} → {one.value:.2f} · {who}, {when}\n{short(one.reason, 200)}"
    if one.undone_at is not None:
        undone = moment(one.undone_at, reader.now, reader.timezone)
        return section(
            f"~{one.before:.2f} → {one.value:.2f}~ · {who}, {when} · undone by "
            f"{short(one.undone_by or 'somebody', 60)}, {undone}"
        )
    if not one.undoable:
        return section(text)
    sure = confirm(
        "Undo this move?",
        "What held before holds again, and feedback moves it no more for 30 days.",
        "Undo",
        "Cancel",
    )
    value = Target(id=one.move_id).encode()
    return section(text, button("Undo", numbered(ActionId.ALERT_UNDO, number), value, confirm=sure))


# ── Replay ──────────────────────────────────────────────────────────────────────────────────────
def replay_modal(names: Sequence[SignalName] = ()) -> Block:
    options = [option(CATALOGUE[one].words.capitalize(), one.value) for one in SignalName]
    chosen = [one for one in options if one["value"] in {name.value for name in names}]
    select: Block = {
        "type": "multi_static_select",
        "action_id": FieldId.SIGNALS,
        "options": options,
        "placeholder": {"type": "plain_text", "text": "All of them", "emoji": False},
        **({"initial_options": chosen} if chosen else {}),
    }
    days = [option(words, value) for value, words in SPANS]
    span: Block = {
        "type": "static_select",
        "action_id": FieldId.DAYS,
        "options": days,
        "initial_option": days[1],
    }
    return modal(
        "Replay",
        [
            input_block(FieldId.SIGNALS, "Which signals?", select, optional=True),
            input_block(
                FieldId.THRESHOLD,
                "At which threshold?",
                text_field(FieldId.THRESHOLD, f"{FIRST}", length=6),
            ),
            input_block(FieldId.DAYS, "When?", span),
            context("Nothing is changed: this only looks back."),
        ],
        callback_id=CallbackId.ALERT_REPLAY,
        submit="Look",
        close="Cancel",
    )


def replay_text(view: ReplayView) -> str:
    return (
        f"{count(view.total, 'signal')} at {view.threshold:.2f} in the last "
        f"{count(view.days, 'day')}"
    )


def replay_blocks(view: ReplayView) -> list[Block]:
    reader = view.reader
    lines = "\n".join(_firing(one, reader) for one in view.firings)
    more = view.total - len(view.firings)
    told = f"{view.raised:,} of them were raised in truth."
    rest = [context(f"{more:,} more before these.")] if more > 0 else []
    part = [] if view.whole else [context("There was more than I look through at once.")]
    return [
        section(f"*{replay_text(view)}*\n{told if view.total else 'Nothing would have been.'}"),
        *([section(lines)] if lines else []),
        *rest,
        *part,
    ]


def replay_result(view: ReplayView) -> Block:
    return modal("Replay", replay_blocks(view), callback_id=CallbackId.TOLD)


def _firing(one: Firing, reader: Reader) -> str:
    when = moment(one.at, reader.now, reader.timezone)
    said = one.outcome or "never raised"
    account = short(one.account_name, 60)
    return f"• {account}: {name_words(one.name)} · {one.confidence:.2f}, {when} · {said}"
