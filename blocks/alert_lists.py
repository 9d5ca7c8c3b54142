"""Several alerts together: the roll-up, one's own list, and the sections of Home and the digest."""

from collections.abc import Sequence

from blocks.action_ids import ActionId, numbered
from blocks.alert_words import line_words, number_words
from blocks.lint import fitted
from blocks.parts import Block, actions, button, context, count, section
from blocks.values import Target
from services.types.alert_lines import AlertLine
from services.types.alerts import AlertRollupView, AlertsView
from services.types.views import Reader

HOME_SHOWN = 5


# ── The roll-up ─────────────────────────────────────────────────────────────────────────────────
def alert_rollup_text(view: AlertRollupView) -> str:
    """`Ten accounts need you`."""
    if not view.total:
        return "These alerts are settled"
    what = "account needs" if view.accounts == 1 else "accounts need"
    return f"{number_words(view.accounts)} {what} you"


def alert_rollup_card(view: AlertRollupView) -> list[Block]:
    """The most severe first, each with the way to a card of its own."""
    if not view.total:
        return [section(f"*{alert_rollup_text(view)}*")]
    blocks = [
        section(f"*{alert_rollup_text(view)}*\nThey came together, so they stand together."),
        *(
            _line(line, view.reader, number, ActionId.ALERT_SHOW, "Show")
            for number, line in enumerate(view.lines)
        ),
    ]
    rest = view.total - len(view.lines)
    if rest > 0:
        blocks.append(context(f"{count(rest, 'more alert')} after these."))
    return fitted([*blocks, actions(button("Show the next few", ActionId.ALERT_NEXT, "next"))])


# ── Lists ───────────────────────────────────────────────────────────────────────────────────────
def alerts_text(view: AlertsView) -> str:
    return f"{count(view.total, 'open alert')}" if view.total else "No open alerts"


def alerts_blocks(view: AlertsView) -> list[Block]:
    """`/understudy alerts`: what is open, the most severe first."""
    if view.counts:
        said = ", ".join(f"{number:,} {severity.value}" for severity, number in view.counts)
        return [section(f"*{alerts_text(view)} in the company*\n{said.capitalize()}.")]
    head = section(f"*{alerts_text(view)}*" + ("" if view.total else "\nNothing needs you now."))
    lines = [
        _line(line, view.reader, number, ActionId.ALERT_OPEN, "Open")
        for number, line in enumerate(view.lines)
    ]
    rest = view.total - len(view.lines)
    more = [context(f"{count(rest, 'more alert')} after these.")] if rest > 0 else []
    return fitted([head, *lines, *more])


def home_alerts(view: AlertsView) -> list[Block]:
    """Home's section; nothing where nothing is open and nothing can be managed."""
    ways = []
    if view.may_manage:
        ways = [button("Alert quality", ActionId.ALERT_QUALITY, "home")]
    if view.counts:
        return alerts_blocks(view)
    if not view.total:
        return [section(f"*{alerts_text(view)}*", *ways)] if ways else []
    head = section(f"*{count(view.total, 'open alert')}*", *ways)
    lines = [
        _line(line, view.reader, number, ActionId.ALERT_OPEN, "Open")
        for number, line in enumerate(view.lines[:HOME_SHOWN])
    ]
    rest = view.total - len(lines)
    more = [context(f"{rest:,} more: `/understudy alerts`")] if rest > 0 else []
    return [head, *lines, *more]


def digest_alerts(lines: Sequence[AlertLine], total: int, reader: Reader) -> list[Block]:
    """The digest's section, without buttons of its own but Open."""
    if not lines:
        return []
    blocks = [section(f"*{count(total, 'open alert')}*")]
    blocks += [
        _line(line, reader, number, ActionId.ALERT_OPEN, "Open")
        for number, line in enumerate(lines)
    ]
    rest = total - len(lines)
    return [*blocks, context(f"{rest:,} more: /understudy alerts")] if rest > 0 else blocks


def _line(line: AlertLine, reader: Reader, number: int, action: ActionId, words: str) -> Block:
    value = Target(id=line.signal_id).encode()
    return section(
        line_words(line, reader),
        button(words, numbered(action, number), value, label=f"{words}: {line.account_name}"),
    )
