"""A mailbox that needs its owner."""

from blocks.action_ids import ActionId, numbered
from blocks.parts import Block, actions, button, section, short
from services.types.views import MailboxCardView


def mailbox_card(view: MailboxCardView) -> list[Block]:
    blocks = [section(f"*{mailbox_text(view)}*\n{_what_to_do(view)}")]
    if view.connect_url:
        word = "Connect" if view.status == "disconnected" else "Reconnect"
        link = button(word, numbered(ActionId.MAILBOX_CONNECT, 0), "connect")
        blocks.append(actions({**link, "url": view.connect_url, "style": "primary"}))
    return blocks


def mailbox_text(view: MailboxCardView) -> str:
    address = short(view.address, 100)
    return {
        "connected": f"{address} is connected",
        "reconnect": f"{address} has to be connected again",
        "disconnected": f"{address} is disconnected",
    }[view.status]


def _what_to_do(view: MailboxCardView) -> str:
    if view.status == "connected":
        return "I read new mail as it comes."
    if view.status == "disconnected":
        return "I read nothing there any more. What I have read is kept."
    why = short(view.reason or "Google no longer accepts the stored sign-in.", 300)
    way = (
        "If the button has gone stale, there is a fresh one in App Home."
        if view.connect_url
        else "An admin can connect it with `understudy mailbox add`."
    )
    return (
        f"{why} What I have read is kept, nothing was lost; new mail waits in Gmail until you "
        f"connect it again. {way}"
    )
