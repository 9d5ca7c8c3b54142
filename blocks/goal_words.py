"""Goals in words: whose, when, how far, how fast."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from blocks.parts import count, cut, money, one_line, short
from services.goals.pace import rounded
from services.types.goals import (
    GoalKind,
    GoalLine,
    GoalName,
    GoalScope,
    GoalStatus,
    Standing,
    Tally,
)

KINDS = {
    GoalKind.REVENUE: "Revenue",
    GoalKind.PIPELINE: "New pipeline",
    GoalKind.ACTIVITY: "Activity",
}
MEANS = {
    GoalKind.REVENUE: "what deals won in the period are worth",
    GoalKind.PIPELINE: "what deals are worth that became active in the period and weren't lost",
    GoalKind.ACTIVITY: "mails sent and meetings held in the period",
}
NOT_KNOWN = "not known"
LEVELS = "▁▂▃▄▅▆▇█"
WIDEST = 40
QUARTER, YEAR = 3, 12


def amount(value: Decimal | None, line: GoalLine) -> str:
    """Money of its currency, or a number of things."""
    if value is None:
        return NOT_KNOWN
    return money(value, line.currency) if line.currency else f"{value:,.0f}"


def about(value: Decimal | None, line: GoalLine) -> str:
    """An estimate, with no more figures than it deserves."""
    return amount(None if value is None else rounded(value), line)


def title(line: GoalLine) -> str:
    """`Your revenue, Q4 2026`, `New pipeline of Maya Lindt, November 2026`; for mrkdwn."""
    kind, when = KINDS[line.kind], period(line.starts_on, line.ends_on)
    if line.scope is GoalScope.TENANT:
        return f"{kind} of the whole company, {when}"
    if not line.whose:
        return f"Your {kind.lower()}, {when}"
    name = short(line.whose, 60)
    return f"{kind} of {'the persona ' if line.scope is GoalScope.PERSONA else ''}{name}, {when}"


def named(goal: GoalName) -> str:
    """`new pipeline, Q4 2026`."""
    return f"{KINDS[goal.kind].lower()}, {period(goal.starts_on, goal.ends_on)}"


def plain_title(line: GoalLine) -> str:
    """The same where no markup is read."""
    kind = KINDS[line.kind]
    whose = "the whole company" if line.scope is GoalScope.TENANT else line.whose or "yours"
    return f"{kind} of {cut(one_line(whose), 60)}, {period(line.starts_on, line.ends_on)}"


def period(first: date, last: date) -> str:
    """`Q4 2026`, `November 2026`, `1 Oct to 15 Jan 2027`."""
    following = last + timedelta(days=1)
    months = (following.year - first.year) * YEAR + following.month - first.month
    if first.day == 1 and following.day == 1:
        if months == 1:
            return f"{first:%B %Y}"
        if months == QUARTER and first.month % QUARTER == 1:
            return f"Q{first.month // QUARTER + 1} {first.year}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} to {last.day} {last:%b %Y}"


def pace(line: GoalLine) -> str:
    """One sentence on how it stands, without a full stop."""
    if line.status is GoalStatus.PROPOSED:
        return f"I propose {amount(line.proposed, line)}; {_so_far(line)}"
    if line.status is GoalStatus.OBSERVING:
        until = line.observe_until
        watching = f"I watch until {until.day} {until:%b}" if until else "there is no target"
        return f"{watching}; {_so_far(line)}"
    if not line.status.open:
        return _settled(line)
    return _running(line)


def _so_far(line: GoalLine) -> str:
    value = line.progress.value
    if value is None:
        return f"so far {NOT_KNOWN}: {_without(line.unknown)}"
    return f"so far {amount(value, line)}" if value else "so far nothing has counted"


def _settled(line: GoalLine) -> str:
    if line.status is GoalStatus.DROPPED:
        return "dropped"
    return (
        f"{line.status.value}: {amount(line.progress.value, line)} of {amount(line.target, line)}"
    )


def _running(line: GoalLine) -> str:
    found, target = line.progress, amount(line.target, line)
    if found.standing is Standing.WAITING:
        begins = line.starts_on
        return f"target {target}, counted from {begins.day} {begins:%b} on"
    if found.value is None:
        return f"{NOT_KNOWN} of {target}: {_without(line.unknown)}"
    come = f"{amount(found.value, line)} of {target}" if found.value else f"nothing yet of {target}"
    return come + _against_pace(line, target)


def _against_pace(line: GoalLine, target: str) -> str:
    found = line.progress
    gap = about(None if found.gap is None else abs(found.gap), line)
    ahead = "" if found.forecast is None else f"; at this pace {about(found.forecast, line)}"
    of = f"{ahead} of {target}" if ahead else "; too little has counted for a forecast"
    said = {
        Standing.REACHED: ", reached",
        Standing.AHEAD: f", ahead by {gap}{ahead}",
        Standing.ON_PACE: f", on pace{ahead}",
        Standing.BEHIND: f", behind by {gap}{of}",
    }
    return said.get(found.standing, "; too early to speak of a pace")


def _without(deals: int) -> str:
    if not deals:
        return "deals count that have no amount"
    return f"{count(deals, 'deal')} {'counts' if deals == 1 else 'count'} without an amount"


def left_out(tally: Tally, line: GoalLine) -> list[str]:
    """What isn't in the figure, each in a line."""
    lines = []
    if tally.unknown:
        named = ", ".join(short(name, 60) for name in tally.unknown_names)
        more = tally.unknown - len(tally.unknown_names)
        rest = f" and {more:,} more" if more > 0 else ""
        lines.append(f"Without an amount: {count(tally.unknown, 'deal')} ({named}{rest})")
    lines += [
        f"In another currency: {count(deals, 'deal')} worth {money(worth, currency)}"
        for currency, deals, worth in tally.elsewhere
    ]
    if tally.undated:
        did = "were won" if line.kind is GoalKind.REVENUE else "became active"
        lines.append(f"Left out, since nobody saw when they {did}: {count(tally.undated, 'deal')}")
    return lines


def sparkline(days: Sequence[tuple[date, Decimal | None]], target: Decimal | None) -> str:
    """The days as a row of bars, the target (or the highest day) as full height; a day of which
    nothing is known is a dot. Empty for fewer than two days."""
    if len(days) < 2:  # noqa: PLR2004 - one bar is no line
        return ""
    step = -(-len(days) // WIDEST)
    # Counted from the newest, so that the last bar is the last day.
    shown = list(reversed(list(reversed(days))[::step]))
    top = max([*(value for _, value in shown if value is not None), target or Decimal(0)])
    return "".join(_bar(value, top) for _, value in shown)


def _bar(value: Decimal | None, top: Decimal) -> str:
    if value is None:
        return "·"
    height = int(value / top * (len(LEVELS) - 1)) if top else 0
    return LEVELS[max(min(height, len(LEVELS) - 1), 0)]
