"""What the slash command knows."""

from blocks.parts import Block, context, section, short

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Your work",
        (
            ("inbox", "what waits for you, to decide right there"),
            ("alerts", "what needs you at your accounts; how good alerts are, for managers"),
            ("proposals", "mails I suggest, and what I decided not to do, with the reason"),
            ("digest now", "your day, by DM and mail"),
            ("goals", "targets, how far you are, and where the pace leads"),
            ("me", "how my drafts fared, who hasn't answered yet, what to try"),
            ("team", "for managers: trends, people compared fairly, what to talk about"),
            ("report", "for managers, executives and admins: the month in figures"),
            ("quiet", "mail that updated the picture without a card"),
        ),
    ),
    (
        "Accounts",
        (
            ("brief ACCOUNT", "one page about an account"),
            ("health ACCOUNT", "how they are, and why"),
            ("find WORDS at ACCOUNT", "where they talked about something, in their own words"),
            ("draft ACCOUNT for …", "a mail to somebody there, for you to approve"),
            ("qualify ACCOUNT", "what is known of a deal, what is missing, what to ask next"),
        ),
    ),
    (
        "Approvals",
        (
            (
                "request discount ACCOUNT",
                "ask for a discount, a refund, an exception or an escalation",
            ),
            ("approvals", "what waits for your decision, and what you asked for"),
            ("approvals away", "who decides while you are out of office"),
            ("approvals figures", "how approvals go"),
            ("approvals rules", "who decides on what"),
        ),
    ),
    (
        "Understudy",
        (
            ("pause 2h", "no messages you didn't ask for, until then"),
            ("resume", "messages again, before a pause ends by itself"),
            ("persona", "how I sound when I write for you; `persona new` makes one"),
            ("rules", "edits of yours that I make for you, and what they brought"),
            ("settings", "how I tell you things, and who sees what"),
            ("members", "for admins: who is here, import from Slack, preview and enable"),
            ("autonomy", "what I may do by myself, what I did, and how to limit or stop it"),
            ("token", "for admins: tokens for the HTTP API; `token make NAME` makes one"),
            ("calibration", "how often what I say comes true, and what I adjusted"),
            ("status", "whether I'm well, and on what I work"),
            ("help", "this page"),
        ),
    ),
)


def help_blocks(*, unknown: str | None = None) -> list[Block]:
    """The commands by what they are about; `unknown` is what was typed instead."""
    head = (
        "*What I can do for you*" if unknown is None else f"*I don't know “{short(unknown, 40)}”*"
    )
    groups = [
        section(
            "\n".join([f"*{title}*", *(f"`/understudy {name}`  {what}" for name, what in lines)])
        )
        for title, lines in GROUPS
    ]
    return [
        section(head),
        *groups,
        context(
            "A word that is nearly right is understood. In a direct message you may write the same "
            "words, or just ask: what changed at Acme this month?"
        ),
    ]
