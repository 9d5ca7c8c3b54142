"""What every part of the sandbox may ask of the application it is attached to."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

STORY = Path(__file__).parent / "story"


@dataclass(kw_only=True)
class Settings:
    """How this sandbox was started. `url` is known once it listens; `bot_url` may be moved."""

    bot_url: str
    signing_secret: str
    story: Path = STORY
    empty: bool = False
    url: str = ""


SETTINGS = web.AppKey("settings", Settings)

# Each part appends a function that brings it back to its story; POST /control/reset calls them all.
RESETS: web.AppKey[list[Callable[[], None]]] = web.AppKey("resets", list[Callable[[], None]])
