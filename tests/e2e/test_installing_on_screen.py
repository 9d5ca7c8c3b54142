"""Adding the app to two workspaces as people do it on their screens, and looking at each Home."""

import json
from collections.abc import Iterator

import pytest

from tests.e2e.browser import CHROMIUM, Browser
from tests.e2e.rig import Rig, rig

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]


@pytest.fixture
def office() -> Iterator[Rig]:
    with rig(start=False, SLACK_BOT_TOKEN="") as made:
        made.start_bot()
        yield made


@pytest.fixture(params=[(1100, 900), (390, 844)], ids=["desk", "phone"])
def screen(request: pytest.FixtureRequest) -> Iterator[Browser]:
    browser = Browser(*request.param)
    yield browser
    browser.close()


def add(office: Rig, screen: Browser, who: str, team: str) -> None:
    screen.go(f"{office.bot_url}/slack/install")
    screen.click("Add to Slack", "a.button")
    screen.sees("wants to be installed")
    screen.click(who, "label")
    screen.click("Allow")
    screen.sees(f"{team} is connected")
    screen.click("Open Understudy in Slack", "a.button")


def test_two_workspaces_are_added_and_each_has_its_own_home(office: Rig, screen: Browser) -> None:
    screen.go(f"{office.url}/?team=T0HARBRLN&side=slack")
    screen.sees("installed here.")
    add(office, screen, "Carla Mendes", "Harborline")
    screen.sees("No model is configured", ".home")
    add(office, screen, "Sam Lindqvist", "Brightpath")
    screen.sees("No model is configured", ".home")
    screen.go(f"{office.url}/?team=T0HARBRLN&me=U0CARLAME&tab=home&side=slack")
    screen.sees("No model is configured", ".home")
    # Declining, and a link that was used, are pages of their own.
    screen.go(f"{office.bot_url}/slack/install")
    screen.click("Add to Slack", "a.button")
    screen.click("Cancel")
    screen.sees("You declined in Slack")
    screen.click("Begin again", "a.button")
    screen.sees("Add Understudy to Slack")
    rows = office.db.fetch(
        "select email, role, settings from members join tenants using (tenant_id)"
    )
    assert {(row["email"], row["role"]) for row in rows} == {
        ("carla@harborline.example", "admin"),
        ("sam@brightpath.example", "admin"),
    }
    assert all(json.loads(row["settings"])["shadow"] for row in rows)


def test_the_workspace_is_switched_by_keyboard(office: Rig) -> None:
    browser = Browser()
    try:
        browser.go(f"{office.url}/#me=U0MAYAOKA&side=slack")
        browser.sees("Brightpath", ".team-switch")
        browser.write(".team-switch", "")
        browser.enter()
        browser.sees("Harborline", "[role=menuitemradio], [role=menuitem]")
        browser.press("ArrowDown")
        browser.enter()
        browser.sees("Harborline", ".team-switch")
        browser.sees("Felix Weiss", ".person-switch")
    finally:
        browser.close()
