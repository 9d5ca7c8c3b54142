"""How what the copilot says of its mails holds: the page, the charts, what was adjusted."""

from blocks.action_ids import ActionId, CallbackId, numbered
from blocks.calibration_chart import reliability_chart
from blocks.calibration_values import Held
from blocks.calibration_words import (
    adjustment_words,
    corrected_words,
    figures_words,
    health_lines,
    kind_words,
    range_words,
    telling,
    verdict_words,
)
from blocks.lint import CHARTS, fitted
from blocks.modals import modal
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
    percent,
    section,
    short,
    within,
)
from blocks.parts import day as day_words
from blocks.values import Target
from services.types.calibration import CalibrationMoveLine, Summary
from services.types.calibration_views import AdjustmentsView, CalibrationView, KindHealth
from services.types.confidence import ENOUGH
from services.types.views import Reader

TITLE = "How well my percentages hold"
NOTHING = (
    "Nothing has come of my mails yet. A mail's week has to be over, or be answered, before it "
    "counts."
)
APART = (
    f"Counted over the whole workspace. Of fewer than {ENOUGH} nothing is claimed; in brackets "
    "what the share may truly be (95 %). Mail that a person changed is counted apart."
)
FORMULAS = (
    "Brier: the mean of (said - came)², 0 is perfect. ECE: the mean gap between the two over ten "
    "groups. As stated → as shown today."
)
CONFIRM = (
    "What held before holds again from the next mail on, and I adjust nothing here by myself for a "
    "while. Cards that were shown stay as they are."
)


# ── The page ────────────────────────────────────────────────────────────────────────────────────
def calibration_text(view: CalibrationView) -> str:
    if not view.kinds:
        return f"{TITLE}: not known yet"
    most = view.kinds[0].summary
    return f"{TITLE}: {kind_words(most.key)}, {verdict_words(most)}"


def calibration_blocks(view: CalibrationView) -> list[Block]:
    """One kind after the other, the most outcomes first."""
    if not view.kinds:
        return [section(f"*{TITLE}*\n{NOTHING}")]
    kinds = [_kind(one, number, admin=view.admin) for number, one in enumerate(view.kinds)]
    foot = [context(APART, *([FORMULAS] if view.admin else []))]
    buttons = _buttons(view)
    return fitted(
        [
            section(f"*{TITLE}*"),
            *kinds,
            *([actions(*buttons)] if buttons else []),
            *foot,
        ]
    )


def _kind(one: KindHealth, number: int, *, admin: bool) -> Block:
    summary = one.summary
    lines = [f"*{kind_words(summary.key)}: {verdict_words(summary)}*", *health_lines(summary)]
    corrected = corrected_words(summary)
    if corrected:
        lines.append(corrected)
    if one.earlier:
        lines.append(
            f"{count(one.earlier, 'outcome')} of another model or wording stand apart: each one "
            "starts anew."
        )
    if not admin:
        return section("\n".join(lines))
    return section(
        "\n".join([*lines, figures_words(summary)]),
        button(
            "Adjustments",
            numbered(ActionId.CALIBRATION_MOVES, number),
            Held.of(summary.key).encode(),
            label=f"Adjustments of {kind_words(summary.key)}",
        ),
    )


def _buttons(view: CalibrationView) -> list[Block]:
    found = []
    if view.leads and any(telling(one.summary) for one in view.kinds):
        found.append(button("Show the chart", ActionId.CALIBRATION_CHART, "chart", style="primary"))
    if view.admin:
        found.append(button("Export as a file", ActionId.CALIBRATION_EXPORT, "export"))
    return found


# ── The charts ──────────────────────────────────────────────────────────────────────────────────
def chart_text(view: CalibrationView) -> str:
    return calibration_text(view)


def chart_card(view: CalibrationView) -> list[Block]:
    """The two kinds with the most outcomes, each with its sentences: the chart says it once more
    for the eye."""
    shown = [one.summary for one in view.kinds if telling(one.summary)][:CHARTS]
    if not shown:
        return [section(f"*{TITLE}*\n{_too_few(view)}")]
    blocks = []
    for summary in shown:
        lines = [f"*{kind_words(summary.key)}: {verdict_words(summary)}*", *health_lines(summary)]
        chart = reliability_chart(summary)
        blocks += [section("\n".join(lines)), *([chart] if chart else [])]
    rest = sum(bool(telling(one.summary)) for one in view.kinds) - len(shown)
    more = [f"{count(rest, 'more kind')}: `/understudy calibration`."] if rest > 0 else []
    now = moment(view.reader.now, view.reader.now, view.reader.timezone)
    return [*blocks, context(f"As of {now}. {APART}", *more)]


def _too_few(view: CalibrationView) -> str:
    lines = [f"{kind_words(one.summary.key)}: {health_lines(one.summary)[0]}" for one in view.kinds]
    return "\n".join(lines) or NOTHING


# ── Adjustments ─────────────────────────────────────────────────────────────────────────────────
def adjustments_modal(view: AdjustmentsView) -> Block:
    summary, reader = view.summary, view.reader
    told = [section(f"*{short(view.told, 200)}*"), divider()] if view.told else []
    moves = [_move(one, reader, number) for number, one in enumerate(summary.moves)]
    return modal(
        "Adjustments",
        [
            *told,
            section(f"*{kind_words(summary.key)}: {verdict_words(summary)}*"),
            section(figures_words(summary)),
            *_bins(summary),
            *_rests(summary, reader),
            divider(),
            section("*What was adjusted*" if moves else "*Nothing has been adjusted yet*"),
            *moves,
            context(FORMULAS),
        ],
        callback_id=CallbackId.TOLD,
    )


def _bins(summary: Summary) -> list[Block]:
    """A line a bin that holds something."""
    lines = [
        f"• {range_words(one)}: said {percent(one.stated or 0)}, shown as "
        f"{percent(one.calibrated or 0)}, "
        + (
            f"came true {percent(one.observed or 0)} of {one.count:,} "
            f"({within(one.observed_low, one.observed_high)})"
            if one.count >= ENOUGH
            else f"too few to say ({one.count:,})"
        )
        for one in summary.bins
        if one.count
    ]
    return [section("\n".join(lines))] if lines else []


def _rests(summary: Summary, reader: Reader) -> list[Block]:
    if summary.paused_until is None or summary.paused_until <= reader.now:
        return []
    today = local_day(reader.now, reader.timezone)
    until = day_words(local_day(summary.paused_until, reader.timezone), today)
    return [context(f"An adjustment was taken back, so I adjust nothing here until {until}.")]


def _move(one: CalibrationMoveLine, reader: Reader, number: int) -> Block:
    when = moment(one.at, reader.now, reader.timezone)
    what = adjustment_words(one.before, one.after)
    if one.undone_at is not None:
        undone = moment(one.undone_at, reader.now, reader.timezone)
        who = short(one.undone_by or "somebody who has left", 60)
        return section(f"~{what}~ · {when} · taken back by {who}, {undone}")
    text = f"*{when[:1].upper()}{when[1:]}* · {short(one.reason, 300)}\n{what}"
    if not one.undoable:
        return section(text)
    sure = confirm("Take this back?", CONFIRM, "Take back", "Cancel")
    value = Target(id=one.move_id).encode()
    name = numbered(ActionId.CALIBRATION_UNDO, number)
    return section(text, button("Undo", name, value, confirm=sure))
