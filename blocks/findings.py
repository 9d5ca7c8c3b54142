"""What the check of a draft found, above its text, and the way past it."""

from blocks.action_ids import ActionId
from blocks.parts import (
    Block,
    bold,
    button,
    confirm,
    cut,
    in_quotes,
    literal,
    moment,
    one_line,
    rich,
)
from blocks.values import Approval
from services.types.findings import Finding
from services.types.views import DraftView, Reader

TITLE = "Look at this before it leaves"
QUOTE = 160
SOURCE = 60


def findings_blocks(draft: DraftView, reader: Reader) -> list[Block]:
    """Each finding in words, what it is about, and who said otherwise and when."""
    if not draft.findings:
        return []
    lines = [literal(f"\n• {finding_words(finding, reader)}") for finding in draft.findings]
    return [rich(bold(TITLE), *lines)]


def finding_words(finding: Finding, reader: Reader) -> str:
    """One finding as a line, for a card and for a mail."""
    parts = [one_line(finding.sentence)]
    if finding.earlier:
        who = [cut(one_line(finding.said_by or "An earlier mail"), SOURCE)]
        if finding.said_at is not None:
            who.append(moment(finding.said_at, reader.now, reader.timezone))
        parts.append(f"{', '.join(who)}: {in_quotes(cut(one_line(finding.earlier), QUOTE))}")
    elif finding.quote:
        parts.append(in_quotes(cut(one_line(finding.quote), QUOTE)))
    return " ".join(parts)


def send_button(draft: DraftView, target: Approval) -> Block:
    """The primary button: over findings it says what it does, and asks once more."""
    if not draft.findings:
        return button("Approve & send", ActionId.APPROVE, target.encode(), style="primary")
    return button(
        "Send anyway",
        ActionId.APPROVE,
        target.encode(),
        style="primary",
        confirm=confirm("Send it anyway?", asked_again(draft), "Send anyway", "Not yet"),
    )


def asked_again(draft: DraftView) -> str:
    """The findings for a small window."""
    return "\n".join(one_line(finding.sentence) for finding in draft.findings)
