"""Is it working, and on what."""

from blocks.parts import Block, context, count, moment, section, short
from services.types.views import MailboxStatus, Reader, StatusView


def status_blocks(view: StatusView) -> list[Block]:
    """Mailboxes, model, mail out, money; trouble first."""
    trouble = []
    if view.kill_switch:
        trouble.append("*Everything is stopped.* The kill switch is on; nothing leaves.")
    if view.held_jobs:
        trouble.append(f"*{count(view.held_jobs, 'job')} failed and waits for an admin.*")
    model = "No model configured; rules and templates answer" if view.offline else short(view.model)
    mailboxes = "\n".join(_mailbox(box, view.reader) for box in view.mailboxes[:15])
    spent = f"${view.spent_this_month_usd:,.2f} this month"
    if view.unpriced_calls:
        spent += f", and {count(view.unpriced_calls, 'call')} whose price I don't know"
    return [
        *([section("\n".join(trouble))] if trouble else []),
        section(
            f"*{count(view.waiting, 'card')} {'waits' if view.waiting == 1 else 'wait'}*, "
            f"{view.quiet_today} kept quiet today"
        ),
        section(f"*Mailboxes*\n{mailboxes or 'None is connected yet.'}"),
        context(f"Model: {model}", f"Digests leave by: {short(view.mail_out, 120)}", spent),
    ]


def _mailbox(box: MailboxStatus, reader: Reader) -> str:
    state = {"connected": "connected", "reconnect": "*has to be connected again*"}.get(
        box.status, short(box.status, 40)
    )
    seen = "not read yet"
    if box.synced_at:
        seen = f"read {moment(box.synced_at, reader.now, reader.timezone)}"
    return f"• {short(box.address, 100)}: {state}, {seen}"
