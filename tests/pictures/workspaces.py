"""Installing, an admin's first Home, and two workspaces next to each other."""

from pathlib import Path

from tests.e2e.browser import Browser
from tests.e2e.rig import Rig
from tests.e2e.two_workspaces import CARLA, HARBOR, add, arrive, set_up
from tests.pictures.png import beside
from tests.pictures.studio import DESK, Studio

WINDOW = (800, 860)


def take(office: Rig, folder: Path) -> None:
    left, right = Browser(*DESK), Browser(*DESK)
    try:
        _take(Studio(office=office, screen=left, folder=folder), right)
    finally:
        left.close()
        right.close()


def _take(studio: Studio, right: Browser) -> None:
    office, left = studio.office, studio.screen
    left.size(760, 560)
    left.go(f"{office.bot_url}/slack/install")
    left.sees("Add Understudy to Slack")
    studio.take("install")
    left.size(*DESK)
    add(office, left, "Carla Mendes", "Harborline")
    left.sees("Setting up", ".home")
    left.go(f"{office.url}/?team={HARBOR}&me={CARLA}&tab=home&side=slack")
    left.sees("Setting up", ".home")
    studio.take("home-admin")
    add(office, left, "Sam Lindqvist", "Brightpath")
    set_up(office)
    left.size(*WINDOW)
    right.size(*WINDOW)
    arrive(office, left, right)
    other = Studio(office=office, screen=right, folder=studio.folder)
    studio.take("two-workspaces", beside(studio.look(), other.look()))
