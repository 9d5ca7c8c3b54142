"""A mailbox that needs its owner."""

from blocks.parts import Block, section, short
from services.types.views import MailboxCardView


def mailbox_card(view: MailboxCardView) -> list[Block]:
    return [section(f"*{mailbox_text(view)}*\n{_what_to_do(view)}")]


def mailbox_text(view: MailboxCardView) -> str:
    address = short(view.address, 100)
    return {
        "connected": f"{address} is connected",
        "reconnect": f"{address} has to be connected again",
        "disconnected": f"{address} is disconnected",
    }[view.status]


def _what_to_do(view: MailboxCardView) -> str:
    return {
        "connected": "I read new mail as it comes.",
        "reconnect": (
            "Google no longer accepts the stored sign-in. What I have read is kept, nothing was "
            "lost; new mail waits in Gmail until an admin runs `understudy mailbox add` again."
        ),
        "disconnected": "I read nothing there any more. What I have read is kept.",
    }[view.status]
