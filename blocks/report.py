"""A report in Slack: the page and the card, and the window that says how it is counted."""

from blocks.action_ids import ActionId, CallbackId
from blocks.modals import modal
from blocks.parts import Block, actions, button, context, divider, escape, moment, section, short
from blocks.report_values import ReportDays
from blocks.report_words import about, figure_words, how_words, name_of, zone_words
from services.types.reports import Figure, ReportPeriod, ReportView

RUNNING = "Unfinished: these days are still running, so every number here will change."
ANEW = "I'm counting them anew: ask again in a moment."
FOOT = "Ranges hold at 95 %. A report that was told stays as it was told."


def report_text(view: ReportView) -> str:
    """The stand-in for notifications."""
    return f"Report: {name_of(view.report)}"


def report_blocks(view: ReportView) -> list[Block]:
    """A line a figure; what to know beside them; how it is counted, the one before, by mail."""
    report = view.report
    head = f"*{name_of(report)}*: {escape(about(report))}"
    lines = "\n".join(f"• *{one.name}*: {_line(one)}" for one in report.figures)
    notes = [*([_unfinished(view)] if report.report_id is None else []), *report.notes]
    blocks = [section(head), section(lines)]
    if report.corrections:
        told = "\n".join(f"• {short(one, 200)}" for one in report.corrections)
        blocks.append(section(f"*What has changed since the last report*\n{told}"))
    blocks.append(actions(*_buttons(view)))
    quiet = [*notes, *([view.by_mail] if view.by_mail else []), FOOT]
    return [*blocks, context(*(escape(one) for one in quiet))]


def _unfinished(view: ReportView) -> str:
    """What every number is worth while its days run, and when they were counted."""
    report, reader = view.report, view.reader
    if report.as_of is None:
        return RUNNING
    when = f"As of {moment(report.as_of, reader.now, reader.timezone)}."
    return f"{RUNNING} {when}" if report.fresh else f"{RUNNING} {when} {ANEW}"


def _line(figure: Figure) -> str:
    notes = "".join(f" ({short(one, 160)})" for one in figure.notes)
    said = figure_words(figure)
    return escape(f"{said[:1].lower()}{said[1:]}") + notes


def _buttons(view: ReportView) -> list[Block]:
    report = view.report
    here = ReportDays(period=report.period, first=report.first).encode()
    found = [button("How is this counted?", ActionId.REPORT_HOW, here, style="primary")]
    if view.earlier is not None:
        word = "month" if report.period is ReportPeriod.MONTH else "week"
        before = ReportDays(period=report.period, first=view.earlier).encode()
        found.append(button(f"Previous {word}", ActionId.REPORT_EARLIER, before))
    if view.may_mail:
        found.append(button("Send me this by mail", ActionId.REPORT_MAIL, here))
    return found


def how_modal(view: ReportView) -> Block:
    """Each figure's formula, how its inputs are counted, its sample, its range and its days."""
    report = view.report
    blocks = [section(f"*{name_of(report)}*, days by {escape(zone_words(report.zone))}")]
    for one in report.figures:
        blocks += [divider(), section(f"*{one.name}*\n{_how(one)}")]
    return modal("How this is counted", blocks, callback_id=CallbackId.TOLD)


def _how(figure: Figure) -> str:
    return "\n".join(f"_{name}_: {escape(words)}" for name, words in how_words(figure))
