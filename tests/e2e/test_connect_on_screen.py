"""Connecting Gmail as a rep does it: a button on Home, Google's page, and one message later."""

from collections.abc import Iterator

import pytest

from tests.e2e.browser import CHROMIUM, Browser
from tests.e2e.rig import Rig, rig

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]
MAYA, PRIYA = "U0MAYAOKA", "U0PRIYANA"
ADDRESS = "maya@brightpath.example"
TITLE = "I have read"


@pytest.fixture
def office() -> Iterator[Rig]:
    with rig(start=False) as made:
        made.start_bot()
        made.seed()
        yield made


@pytest.fixture
def screen() -> Iterator[Browser]:
    browser = Browser(390, 844)
    yield browser
    browser.close()


def test_connect_be_told_reconnect_and_disconnect(office: Rig, screen: Browser) -> None:
    def home(user: str) -> None:
        screen.go(f"{office.url}/#me={user}&tab=home&side=slack")

    def to_google(button: str) -> None:
        """It leads into another window; here it is followed in this one."""
        screen.go(screen.link(button))
        screen.sees("wants access to your Google Account")

    home(MAYA)
    screen.sees("Connect your Gmail")
    to_google("Connect Gmail")
    screen.click("Cancel")
    screen.sees("You said no at Google")
    screen.sees("Nothing was stored.")
    screen.click("Try again", "a.button")
    screen.click("Read, compose, and send emails", "label")
    screen.click("Continue")
    screen.sees("has to stay ticked")
    screen.click("Try again", "a.button")
    screen.click("Continue")
    screen.sees("Your mailbox is connected")
    screen.go(f"{office.url}/#me={MAYA}&tab=messages&side=slack")
    screen.sees("I have read")
    screen.sees("Is this right?")
    screen.click("Not quite", "button")
    screen.write(".modal textarea", "Arden is a partner, not a customer")
    screen.click("Send", ".modal button[type=submit]")
    screen.sees("You said: Arden is a partner")

    # Google takes the consent back: told once, and one click away from good.
    office.post("/control/gmail/tokens", {"mailbox": ADDRESS, "do": "revoke"})
    screen.sees("has to be connected again")
    home(MAYA)
    screen.sees("Reconnect")
    to_google("Reconnect")
    screen.click("Continue")
    screen.sees("Your mailbox is connected")
    home(MAYA)
    screen.sees("Working: reads new mail as it comes")
    screen.click("Disconnect", "[data-action^='mailbox.disconnect']")
    screen.click("Disconnect", "button")
    screen.sees("is disconnected")
    office.until(lambda: office.calls("revoke"), 20, "the grant is given back")
    assert office.db.value("select count(*) from mailboxes where credentials is not null") == 0
