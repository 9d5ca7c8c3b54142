"""The pages of connecting a mailbox."""

from blocks.page import page_css, page_template
from services.types.mailbox_connect import ConnectPage, ConnectState

HEADINGS = {
    ConnectState.CONNECTED: "Your mailbox is connected",
    ConnectState.NOT_SET_UP: "Not set up yet",
    ConnectState.UNKNOWN: "This leads nowhere",
    ConnectState.EXPIRED: "This link is over",
    ConnectState.DENIED: "Not connected",
    ConnectState.NOT_ENOUGH: "Not connected",
    ConnectState.NOT_YOURS: "This isn't the right mailbox",
    ConnectState.ELSEWHERE: "Connected elsewhere",
    ConnectState.TROUBLE: "Try again in a moment",
}


def connect_page(page: ConnectPage) -> str:
    return page_template("install_page.html").render(
        css=page_css(),
        heading=HEADINGS[page.state],
        lines=page.sentences,
        facts=(),
        button="Try again" if page.again else "",
        url=page.again or "",
        quiet="",
    )
