"""Starting with a workspace, without one, and with a token that Slack no longer takes."""

from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.doctor.machine import _installing
from bot.processes import connect_workspace
from services.errors import Forbidden
from tests.fakes.chat import TEAM

OAUTH: dict[str, Any] = {
    "slack_client_id": "1.2",
    "slack_client_secret": SecretStr("s"),
    "public_url": "https://bot.example/",
}


class Tenants:
    def __init__(self) -> None:
        self.made: list[str] = []

    async def list_all(self) -> tuple[()]:
        return ()

    async def ensure_from_slack(self, team: Any, token: str) -> str:
        self.made.append(f"{team.team_id} {token}")
        return team.team_id


def built(token: str | None, *, refused: bool = False, installing: bool = True) -> Any:
    async def team() -> Any:
        if refused:
            raise Forbidden("invalid_auth")
        return TEAM

    async def arm(_tenant_id: str) -> None:
        """Nobody is there yet."""

    return SimpleNamespace(
        settings=Settings(slack_bot_token=SecretStr(token) if token else None),
        chats=SimpleNamespace(with_token=lambda _token: SimpleNamespace(team=team)),
        services=SimpleNamespace(
            tenants=Tenants(),
            digests=SimpleNamespace(arm=arm),
            installs=SimpleNamespace(gateway=object() if installing else None),
        ),
    )


async def test_without_a_token_it_starts_with_no_workspace() -> None:
    made = built(None)
    await connect_workspace(made)
    assert made.services.tenants.made == []


async def test_with_one_its_workspace_is_made() -> None:
    made = built("xoxb-1")
    await connect_workspace(made)
    assert made.services.tenants.made == [f"{TEAM.team_id} xoxb-1"]


async def test_a_refused_token_keeps_only_those_waiting_who_have_no_other_way() -> None:
    made = built("xoxb-1", refused=True)
    await connect_workspace(made)
    assert made.services.tenants.made == []
    with pytest.raises(Forbidden):
        await connect_workspace(built("xoxb-1", refused=True, installing=False))


def test_the_doctor_says_where_workspaces_are_added_or_what_is_missing() -> None:
    there = "adding workspaces: https://bot.example/slack/install"
    assert _installing(Settings(**OAUTH)).says == there
    assert "PUBLIC_URL" in _installing(Settings(**{**OAUTH, "public_url": None})).remedy
    assert "SLACK_CLIENT_ID" in _installing(Settings(**{**OAUTH, "slack_client_id": None})).remedy
