"""What the slash command knows."""

from blocks.parts import Block, context, section, short

LINES = (
    ("inbox", "what waits for you"),
    ("brief ACCOUNT", "one page about an account"),
    ("request discount ACCOUNT", "ask for a discount, a refund, an exception or an escalation"),
    ("approvals", "what waits for your decision, and what you asked for"),
    ("approvals away", "who decides while you are out of office"),
    ("quiet", "mail that updated the picture without a card"),
    ("status", "whether I'm well, and on what I work"),
    ("pause 2h", "no messages you didn't ask for, until then; `resume` ends it"),
    ("settings", "how I tell you things, and who sees what"),
    ("members", "for admins: who is here, import from Slack, preview and enable"),
    ("digest now", "your day, by DM and mail"),
    ("help", "this page"),
)


def help_blocks(*, unknown: str | None = None) -> list[Block]:
    """The commands; `unknown` is what was typed instead."""
    lines = "\n".join(f"`/understudy {name}`  {what}" for name, what in LINES)
    head = (
        "*What I can do for you*" if unknown is None else f"*I don't know “{short(unknown, 40)}”*"
    )
    return [
        section(f"{head}\n{lines}"),
        context("Write me the same words here in a direct message, if you like that better."),
    ]
