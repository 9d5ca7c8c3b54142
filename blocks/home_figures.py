"""Figures of the Home tab: the reader's deals, a manager's people, the whole company."""

from datetime import datetime

from blocks.home_parts import pager, purse_words
from blocks.parts import Block, context, count, day, local_day, moment, percent, section, short
from blocks.terms import sentence, state_words
from services.types.home import CompanyView, PipelineView, TeamLine, TeamView
from services.types.views import Reader

HOUR, DAY = 60, 24 * 60


def pipeline_blocks(view: PipelineView, reader: Reader, *, measured: bool) -> list[Block]:
    """What is open and what closes; no target is invented. `measured`: there are goals, and they
    stand beside."""
    if not view.open:
        return [section("*Your deals*\nNo open deal is yours.")]
    month = f"{local_day(reader.now, reader.timezone):%B}"
    lines = [
        f"• Open: {purse_words(view.open)}",
        f"• Closing in {month}: {purse_words(view.closing)}",
    ]
    stuck = []
    if view.stalled:
        stuck.append(f"{count(view.stalled, 'deal')} stalled")
    if view.overdue:
        stuck.append(f"{count(view.overdue, 'deal')} past the close date")
    lines.append(f"• Stuck: {', '.join(stuck) or 'none'}")
    text = "\n".join(["*Your deals*", *lines])
    if measured:
        return [section(text)]
    none = "No target is set, so there is nothing to measure against: /understudy goals"
    return [section(text), context(none)]


# ── A manager's people ──────────────────────────────────────────────────────────────────────────
def team_blocks(view: TeamView, reader: Reader) -> list[Block]:
    """Numbers only: what people write stays with them."""
    if not view.total:
        return [section("*Your team*\nNobody reports to you yet.")]
    head = f"*Your team* · {count(view.total, 'person', 'people')}"
    return [
        section(head),
        *(section(_person(line, view.days, reader)) for line in view.items[: view.size]),
        *pager("team", view.page, view.size, view.total, "people"),
    ]


def _person(line: TeamLine, days: int, reader: Reader) -> str:
    first = [f"*{short(line.name, 60)}*"]
    if line.away_until:
        last = local_day(line.away_until, reader.timezone)
        today = local_day(reader.now, reader.timezone)
        first.append(f"*out of office until {day(last, today)}*")
    waits = f"{count(line.waiting, 'mail')} {'waits' if line.waiting == 1 else 'wait'}"
    first.append(
        f"{waits}{_oldest(line.waiting, line.oldest, reader)}" if line.waiting else "nothing waits"
    )
    if line.approvals:
        late = f", *{line.overdue:,} overdue*" if line.overdue else ""
        ask = f"{count(line.approvals, 'approval')} to decide"
        first.append(f"{ask}{_oldest(line.approvals, line.approval_oldest, reader)}{late}")
    did = f"in {days} days {line.sent:,} sent and {line.answered:,} answered"
    if not line.sent and not line.answered:
        did = f"nothing sent in {days} days"
    return f"{' · '.join(first)}\n{sentence(did)}"


def _oldest(number: int, since: datetime | None, reader: Reader) -> str:
    if since is None:
        return ""
    which = "it" if number == 1 else "the oldest"
    return f", {which} came {moment(since, reader.now, reader.timezone)}"


# ── The company ─────────────────────────────────────────────────────────────────────────────────
def company_blocks(view: CompanyView) -> list[Block]:
    """One calm page: where deals stand, what closed, what is at risk, what Understudy did."""
    stages: dict[str, list[str]] = {}
    for stage, purse in view.stages:
        stages.setdefault(stage, []).append(purse_words([purse]))
    lines = [
        f"• {sentence(short(state_words(stage), 30))}: {' · '.join(found[:5])}"
        for stage, found in stages.items()
    ]
    return [
        section("\n".join(["*Pipeline*", *(lines or ["No deal is open."])])),
        section(f"*This month*\n• Won: {purse_words(view.won)}\n• Lost: {purse_words(view.lost)}"),
        section("*At risk*\n" + "\n".join(f"• {line}" for line in _risks(view))),
        section(
            f"*What Understudy did in {view.days} days*\n"
            + "\n".join(f"• {line}" for line in _did(view))
        ),
    ]


def _risks(view: CompanyView) -> list[str]:
    lines = [f"Open with customers in poor health: {purse_words(view.at_risk)}"]
    mails = count(view.waiting_long, "mail") if view.waiting_long else "no mail"
    lines.append(f"Waiting for somebody's word for over a day: {mails}")
    late = count(view.approvals_overdue, "approval") if view.approvals_overdue else "none"
    return [*lines, f"Approvals past their due time: {late}"]


def _did(view: CompanyView) -> list[str]:
    decided = view.approved + view.rejected
    share = "unknown, nothing was decided"
    if decided:
        share = f"{percent(view.approved / decided)} of {decided:,} drafts"
    pace = "unknown, nothing was sent in answer to a mail"
    if view.answer_minutes is not None:
        pace = f"half within {_span(view.answer_minutes)} after the mail came"
    return [f"Sent: {count(view.sent, 'mail')}", f"Approved: {share}", f"Time to answer: {pace}"]


def _span(minutes: float) -> str:
    if minutes < 2 * HOUR:
        return f"{max(minutes, 1):.0f} min"
    return f"{minutes / HOUR:.0f} h" if minutes < 2 * DAY else f"{minutes / DAY:.0f} days"
