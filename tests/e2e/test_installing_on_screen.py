"""Adding the app to two workspaces as people do it on their screens, and looking at each Home."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.browser import CHROMIUM, Browser
from tests.e2e.rig import Rig, rig
from tests.e2e.two_workspaces import CARLA, FELIX, HARBOR, add, arrive, set_up

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


def test_two_workspaces_side_by_side_share_nothing(office: Rig, tmp_path: Path) -> None:
    """One customer of both, two windows: what is one's stands nowhere in the other's."""
    bright, harbor = Browser(800, 860), Browser(800, 860)
    try:
        add(office, bright, "Sam Lindqvist", "Brightpath")
        add(office, harbor, "Carla Mendes", "Harborline")
        set_up(office)
        arrive(office, bright, harbor)
        for screen, own, foreign in (
            (bright, "Tidewater Secret Project", ("berth", "Felix", "Harborline")),
            (harbor, "Meridian Freight", ("trailers", "Tidewater", "Maya", "Brightpath")),
        ):
            home = screen.script("document.querySelector('.home').innerText")
            assert own in home
            assert not [word for word in foreign if word in home], home
            screen.picture(str(tmp_path / f"{own}.png"))
        # Asked for by name, the other's account is nobody's.
        harbor.write(".home .input-block input", "Tidewater")
        harbor.enter()
        harbor.sees("0 of 1 fit", ".home")
        harbor.go(f"{office.url}/?team={HARBOR}&me={FELIX}&tab=messages&side=slack")
        harbor.write(".composer textarea", "/understudy brief Tidewater Secret Project")
        harbor.enter()
        harbor.sees("Only visible to you")
        said = harbor.script("document.querySelector('.message-list').innerText")
        assert "Ports" not in said
        assert "berth slots" in said
        assert "trailers" not in said
        bright.go(f"{office.url}/?team={HARBOR}&me={CARLA}&tab=messages&side=slack")
        bright.sees("Carla Mendes", ".person-switch")
        assert "berth" not in bright.script("document.querySelector('.message-list').innerText")
        assert all((tmp_path / name).stat().st_size > 0 for name in tmp_path.iterdir())
    finally:
        bright.close()
        harbor.close()


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
