"""Is it working, and on what."""

from blocks.budget import budget_trouble
from blocks.parts import Block, context, count, moment, section, short
from blocks.terms import sentence
from services.types.moments import until_words
from services.types.views import HealthView, MailboxStatus, Reader, StatusView

BOXES = 15


def status_blocks(view: StatusView) -> list[Block]:
    """Trouble first; then what waits, the mailboxes, and the quiet facts."""
    trouble = trouble_lines(view)
    mailboxes = "\n".join(_mailbox(box, view.reader) for box in view.mailboxes[:BOXES])
    waits = f"{count(view.waiting, 'mail')} {'waits' if view.waiting == 1 else 'wait'}"
    head = "*I'm well.* " if not trouble else ""
    return [
        *([section("\n".join(trouble))] if trouble else []),
        section(
            f"{head}{waits if view.waiting else 'No mail waits'} for your word; "
            f"{count(view.quiet_today, 'mail')} kept quiet today."
        ),
        section(f"*Mailboxes*\n{mailboxes or 'None is connected yet.'}"),
        context(_model(view), _mail_out(view), _spent(view)),
    ]


def trouble_lines(view: HealthView) -> list[str]:
    """What a person has to know before anything else."""
    trouble = []
    if not view.connected:
        trouble.append(
            "*Slack took back my access to this workspace.* No card reaches anybody until an "
            "admin connects it again."
        )
    if view.kill_switch:
        trouble.append(
            "*Everything is stopped.* Nothing leaves until an admin resumes it: "
            "`/understudy autonomy`"
        )
    if view.shadow:
        trouble.append("*Shadow mode is on.* I watch and write down; nothing is shown or leaves.")
    if view.paused_until:
        until = until_words(view.paused_until, view.reader.now, view.reader.timezone)
        trouble.append(f"*You have paused me until {until}.* `/understudy resume` ends it.")
    trouble += budget_trouble(view.budget)
    if view.held_jobs:
        fails = "waits" if view.held_jobs == 1 else "wait"
        trouble.append(f"*{count(view.held_jobs, 'job')} failed and {fails} for an admin.*")
    return trouble


def footer_lines(view: HealthView, *, mailboxes: bool = True) -> list[str]:
    """The same facts, for the foot of a page that has other things to say."""
    told = view.mailboxes[:3] if mailboxes else ()
    boxes = " · ".join(_mailbox(box, view.reader).removeprefix("• ") for box in told)
    quiet = "Nothing was kept quiet today"
    if view.quiet_today:
        quiet = f"{count(view.quiet_today, 'mail')} kept quiet today, see /understudy quiet"
    return [*([boxes] if boxes else []), quiet, f"{_model(view)} · {_mail_out(view)}"]


def _model(view: HealthView) -> str:
    if view.offline:
        return "No model is configured: rules and templates answer"
    return f"Model: {short(view.model)}"


def _mail_out(view: HealthView) -> str:
    return sentence(short(view.mail_out, 120)) or "Digests by Slack only"


def _spent(view: StatusView) -> str:
    spent = f"Model costs this month: ${view.spent_this_month_usd:,.2f}"
    if view.budget is not None:
        spent += f" of ${view.budget.budget_usd:,.2f} ({view.budget.percent} %)"
    if not view.unpriced_calls:
        return spent
    return f"{spent}, and {count(view.unpriced_calls, 'call')} whose price I don't know"


def _mailbox(box: MailboxStatus, reader: Reader) -> str:
    state = {"connected": "connected", "reconnect": "*has to be connected again*"}.get(
        box.status, short(box.status, 40)
    )
    seen = "not read yet"
    if box.synced_at:
        seen = f"read {moment(box.synced_at, reader.now, reader.timezone)}"
    return f"• {short(box.address, 100)}: {state}, {seen}"
