"""Installing into a workspace: what is asked for, what Slack gave, and what the person reads."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus

BOT_SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "reactions:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
)
"""What an install asks for: those of manifest.yml, which a test holds equal."""
NEEDED_SCOPES = ("chat:write", "im:write")
"""Without these nobody can be told anything, so there is nothing to install. Without another one a
part is missing, and whoever installs is told which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotGrant:
    """A workspace's token. With token rotation it ends, and `refresh_token` renews it."""

    token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenInstall:
    """What Slack gave for a code. `team_id` is None where the install is for a whole org."""

    team_id: str | None
    team_name: str
    bot_user_id: str
    installer_id: str
    app_id: str
    scopes: frozenset[str]
    org_wide: bool
    grant: BotGrant


class InstallStep(StrEnum):
    """How far an install came."""

    OFFER = "offer"
    NOT_SET_UP = "not_set_up"
    UNKNOWN = "unknown"
    DENIED = "denied"
    REFUSED = "refused"
    ORG_WIDE = "org_wide"
    OTHER_WORKSPACE = "other_workspace"
    TOO_LITTLE = "too_little"
    TROUBLE = "trouble"
    ADMIN = "admin"
    """New, and whoever installed it is its admin."""
    ADMIN_WANTED = "admin_wanted"
    """New, and a Slack admin has to open the app."""
    AGAIN = "again"
    """Known before: only the token is new."""

    @property
    def status(self) -> HTTPStatus:
        return _STATUS.get(self, HTTPStatus.OK)

    @property
    def installed(self) -> bool:
        return self in {InstallStep.ADMIN, InstallStep.ADMIN_WANTED, InstallStep.AGAIN}


_STATUS = {
    InstallStep.NOT_SET_UP: HTTPStatus.SERVICE_UNAVAILABLE,
    InstallStep.UNKNOWN: HTTPStatus.GONE,
    InstallStep.DENIED: HTTPStatus.FORBIDDEN,
    InstallStep.REFUSED: HTTPStatus.FORBIDDEN,
    InstallStep.ORG_WIDE: HTTPStatus.FORBIDDEN,
    InstallStep.OTHER_WORKSPACE: HTTPStatus.CONFLICT,
    InstallStep.TOO_LITTLE: HTTPStatus.FORBIDDEN,
    InstallStep.TROUBLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPage:
    """The page of an install. `url` leads on: to Slack, or to the app once it is there."""

    step: InstallStep
    team: str = ""
    sentence: str = ""
    url: str = ""
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PausedView:
    """What the mail about a paused workspace says. `install_url` is None where installing by
    browser isn't set up."""

    team: str
    reader: str
    why: str
    since: str
    held_sends: int
    install_url: str | None
