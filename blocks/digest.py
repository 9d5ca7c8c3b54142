"""One member's day."""

from blocks.alert_lists import digest_alerts
from blocks.digest_learning import learning_words
from blocks.goals import digest_goals
from blocks.inbox import inbox_item, unsorted_words
from blocks.lint import fitted
from blocks.own_text import at_words
from blocks.parts import Block, context, count, day, escape, local_day, moment, section, short
from services.types.views import DigestApproval, DigestView


def digest_card(view: DigestView) -> list[Block]:
    """What waits, what left, who answered; a quiet day says so."""
    today = local_day(view.reader.now, view.reader.timezone)
    blocks = [section(f"*Your digest for {day(view.day, today)}*\n{_waits(view)}.")]
    if view.alerts:
        blocks.append(section("\n".join(short(line, 200) for line in view.alerts[:5])))
    blocks += digest_alerts(view.signals, view.signals_total, view.reader)
    blocks += digest_goals(view.goals)
    if view.approvals:
        listed = "\n".join(_approval(one, view) for one in view.approvals[:10])
        blocks.append(section(f"*To decide*\n{listed}"))
    if view.waiting and len(blocks) > 1:
        blocks.append(section("*Drafts that wait*"))
    blocks += [inbox_item(item, view.reader, n) for n, item in enumerate(view.waiting[:10])]
    for title, lines in (("Sent", view.sent), ("Answered", view.answered)):
        if lines:
            listed = "\n".join(f"• {short(line, 160)}" for line in lines[:10])
            blocks.append(section(f"*{title}*\n{listed}"))
    if view.by_myself:
        listed = "\n".join(f"• {line}" for line in own_lines(view))
        blocks.append(section(f"*I sent by myself*\n{listed}"))
    if view.tip:
        blocks.append(section(f"*New in your figures*\n{escape(view.tip)} See `/understudy me`."))
    quiet = "Nothing was kept quiet"
    if view.quiet:
        quiet = f"{count(view.quiet, 'mail')} kept quiet, see /understudy quiet"
    unsorted = [unsorted_words(view.unsorted)] if view.unsorted else []
    learned = [words] if (words := learning_words(view.learned)) else []
    return fitted([*blocks, context(*unsorted, quiet, *learned)])


def own_lines(view: DigestView) -> list[str]:
    """`Northwind · Dana Reyes, at 14:07`: each on its card, with why."""
    return [
        f"{short(' · '.join(filter(None, (one.account, one.person))) or 'somebody', 160)}, "
        f"{at_words(one.at, view.reader)}"
        for one in view.by_myself[:10]
    ]


def _approval(one: DigestApproval, view: DigestView) -> str:
    reader = view.reader
    late = "was due" if one.due_at < reader.now else "due"
    when = moment(one.due_at, reader.now, reader.timezone)
    return f"• {short(one.title, 120)}, {late} {when}: /understudy approvals"


def digest_text(view: DigestView) -> str:
    """The stand-in for notifications."""
    return f"Your digest: {_waits(view)[:1].lower()}{_waits(view)[1:]}"


def _waits(view: DigestView) -> str:
    waiting = len(view.waiting)
    if not waiting:
        return "No mail waits for you"
    return f"{count(waiting, 'mail')} {'waits' if waiting == 1 else 'wait'} for your word"
