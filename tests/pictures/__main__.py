"""Takes the pictures of docs/images anew.

Where something must happen first (a draft be edited, a mail be sent), the scene does it: each is
played in order, in the story the demo tells."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.e2e.browser import Browser
from tests.e2e.rig import ROOT, rig
from tests.pictures import autonomy, learning, scenes, workspaces
from tests.pictures.studio import Studio

IMAGES = ROOT / "docs" / "images"
UNDO_SECONDS = "25"


def main() -> int:
    parser = argparse.ArgumentParser(description="Take the pictures of docs/images.")
    parser.add_argument("--into", type=Path, default=IMAGES)
    parser.add_argument("--only", choices=("story", "autonomy", "learning", "workspaces"))
    arguments = parser.parse_args()
    arguments.into.mkdir(parents=True, exist_ok=True)
    if arguments.only in (None, "story"):
        _play(arguments.into, scenes.ALL)
    if arguments.only in (None, "autonomy"):
        _play(arguments.into, (scenes.arrived, *autonomy.ALL))
    if arguments.only in (None, "learning"):
        _play(arguments.into, (scenes.arrived, *learning.ALL))
    if arguments.only in (None, "workspaces"):
        with rig(start=False, SLACK_BOT_TOKEN="") as office:
            office.start_bot()
            workspaces.take(office, arguments.into)
    return 0


def _play(folder: Path, played: Sequence[Callable[[Studio], None]]) -> None:
    """In an office of their own, with the story the demo tells."""
    screen = Browser(*scenes.WIDE)
    try:
        with rig(UNDO_SECONDS=UNDO_SECONDS) as office:
            office.post("/control/story/begin")
            studio = Studio(office=office, screen=screen, folder=folder)
            for scene in played:
                scene(studio)
    finally:
        screen.close()


if __name__ == "__main__":
    sys.exit(main())
