"""The Home tab as a rep uses it: found, filtered, decided on, and following by itself."""

from collections.abc import Iterator

import pytest

from tests.e2e.browser import CHROMIUM, Browser
from tests.e2e.rig import Rig, rig

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]
MAYA = "U0MAYAOKA"
TO = "maya@brightpath.example"
RACHEL = "rachel.abara@northwindfreight.example"
ASK = "Hello Maya,\n\nCould you send me the security report by Friday?\n\nRachel"


@pytest.fixture
def office() -> Iterator[Rig]:
    with rig() as made:
        yield made


@pytest.fixture
def screen() -> Iterator[Browser]:
    browser = Browser(390, 844)
    yield browser
    browser.close()


def test_a_rep_finds_decides_and_sees_it_gone(office: Rig, screen: Browser) -> None:
    screen.go(f"{office.url}/#me={MAYA}&tab=home&side=slack")
    screen.sees("Nothing waits for you", ".home")

    office.write(RACHEL, TO, "Security report", ASK)
    screen.sees("1 mail waits for you", ".home")
    screen.sees("Northwind Freight · Rachel Abara", ".home")

    screen.write(".home .input-block input", "arden")
    screen.enter()
    screen.sees("1 of 5 fit", ".home")
    screen.sees("Arden Biologics", ".home")
    screen.click("Show all", ".home button")
    screen.sees("Brückner Werke", ".home")
    screen.click("Any stage", ".home button")
    screen.click("Stage negotiation", "[role=option]")
    screen.sees("2 of 5 fit", ".home")
    screen.click("", ".home [data-action^='home.account']")
    screen.click("Brief", "[role=menuitem]")
    screen.sees("Brief", ".modal h2")
    screen.click("Close", ".modal button")

    office.until(
        lambda: office.db.value("select count(*) from drafts where status='ready'"), 20, "a draft"
    )
    screen.click("Open", ".home [data-action^='home.open']")
    screen.sees("I suggest this answer", ".modal")
    screen.click("Approve & send", ".modal button[type=submit]")
    screen.sees_no(".modal")
    screen.sees("Nothing waits for you", ".home")
    office.until(lambda: office.left(TO, "Security report"), 20, "the answer left")
