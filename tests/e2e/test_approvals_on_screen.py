"""An approval as people make it on their screens: asked, handed on, approved with conditions, in
effect."""

from collections.abc import Iterator

import pytest

from tests.e2e.browser import CHROMIUM, Browser
from tests.e2e.rig import Rig, rig

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]
MAYA, VICTOR, ELENA = "U0MAYAOKA", "U0VICTORH", "U0ELENACO"
TITLE = "12 % discount for Arden Biologics"


@pytest.fixture
def office() -> Iterator[Rig]:
    with rig() as made:
        yield made


@pytest.fixture(params=[(1100, 900), (390, 844)], ids=["desk", "phone"])
def screen(request: pytest.FixtureRequest) -> Iterator[Browser]:
    browser = Browser(*request.param)
    yield browser
    browser.close()


def test_ask_delegate_approve_with_conditions_and_see_it_take_effect(
    office: Rig, screen: Browser
) -> None:
    def sits_down(user: str) -> None:
        screen.go(f"{office.url}/#me={user}&tab=messages&side=slack")
        screen.sees("Understudy", ".message, header, nav, body")

    sits_down(MAYA)
    screen.write("textarea", "/understudy request discount Arden")
    screen.enter()
    screen.sees("Request: discount", ".modal h2")
    screen.write(".modal input[type=number]", "12")
    screen.write(".modal textarea", "Kestrel is cheaper")
    screen.click("Ask", ".modal button[type=submit]")
    screen.sees("Victor Hahn", ".modal")
    screen.click("Close", ".modal button")
    screen.sees(f"You asked: {TITLE}")

    sits_down(VICTOR)
    screen.sees("$116,160")
    screen.click("", "[data-action='approval.more']")
    screen.click("Delegate", "[role=menuitem]")
    screen.click("A colleague", ".modal button")
    screen.click("Elena Costa", "[role=option]")
    screen.click("Delegate", ".modal button[type=submit]")
    screen.sees_no(".modal")

    sits_down(ELENA)
    screen.sees("you decide for Victor Hahn")
    screen.click("Approve with conditions")
    screen.sees("$116,160", ".modal")
    screen.write(".modal textarea", "Two-year term")
    screen.click("Meets a competing offer", ".modal label")
    screen.click("Approve", ".modal button[type=submit]")
    screen.sees("Elena Costa approved this for Victor Hahn")

    sits_down(MAYA)
    screen.sees("Two-year term")
    screen.sees("In effect.")
    assert office.db.value("select amount from deals where name='Arden cold chain'") == 116160
