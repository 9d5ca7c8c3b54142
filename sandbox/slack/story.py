"""Reading slack.json: who works here and where they talk."""

import json
from pathlib import Path
from typing import Any

from sandbox.clock import Clock
from sandbox.slack.model import Bot, Group, Team, User
from sandbox.slack.workspace import Workspace

_TEAM = Team(id="T0BRGHTPTH", name="Brightpath", domain="brightpath")
_BOT = Bot(user_id="U0UNDRSTDY", bot_id="B0UNDRSTDY", app_id="A0UNDRSTDY", token="xoxb-sandbox")
_COMMAND = "/understudy"
# Ids are unique over all workspaces, as Slack's are.
_SERIALS = 1_000_000

_USER_FIELDS = frozenset(User.__dataclass_fields__)


def user_from(raw: dict[str, Any]) -> User:
    """A person from JSON. Fields of other parts of the story are not ours to judge."""
    known = {name: value for name, value in raw.items() if name in _USER_FIELDS}
    known.setdefault("name", str(known["id"]).lower())
    known.setdefault("real_name", known["name"])
    return User(**known)


def read(directory: Path) -> dict[str, Any]:
    """The story's Slack half; nothing where there is no file."""
    file = directory / "slack.json"
    if not file.is_file():
        return {}
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def build(directory: Path, *, empty: bool, clock: Clock) -> list[Workspace]:
    """The workspaces as the story tells them, or only their teams and the app. The app is installed
    in the first; the others may install it."""
    story = read(directory)
    told = [story, *story.get("others", [])]
    _unique(told)
    return [
        _workspace(part, story, number, empty=empty, clock=clock)
        for number, part in enumerate(told)
    ]


def _unique(told: list[dict[str, Any]]) -> None:
    """A person or channel is of one workspace: calls find the workspace by them."""
    ids = [
        one["id"] for part in told for kind in ("users", "channels") for one in part.get(kind, [])
    ]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise ValueError(f"told twice in slack.json: {', '.join(twice)}")


def _workspace(
    part: dict[str, Any], story: dict[str, Any], number: int, *, empty: bool, clock: Clock
) -> Workspace:
    team = Team(**{**vars(_TEAM), **part.get("team", {})})
    known = {n: v for n, v in part.get("bot", {}).items() if n in Bot.__dataclass_fields__}
    workspace = Workspace(
        team=team,
        bot=Bot(**{**vars(_BOT), **known}),
        command=str(story.get("command") or _COMMAND),
        clock=clock,
        first_serial=number * _SERIALS + 1,
    )
    workspace.shortcuts = list(story.get("shortcuts", []))
    workspace.tries = list(story.get("tries", []))
    if empty:
        return workspace
    for raw in part.get("users", []):
        if raw["id"] != workspace.bot.user_id:
            workspace.add_user(user_from(raw))
    for raw in part.get("usergroups", []):
        group = Group(**{**raw, "users": tuple(raw.get("users", ()))})
        workspace.groups[group.id] = group
    for raw in part.get("channels", []):
        workspace.add_channel(
            id_=raw["id"],
            name=raw["name"],
            members=raw.get("members", []),
            kind="private" if raw.get("is_private") else "channel",
        )
    return workspace
