"""The Slack app does nothing of its own accord, whatever the environment holds."""

import os

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import hidden_environment
from bot.slack_app import Authorizer, build_slack_app
from tests.fakes.clock import FrozenClock


class NoWorkspaces:
    async def workspace_of_team(self, team_id: str) -> None:
        raise AssertionError(team_id)


class NoRouters:
    def attach(self, app: object) -> None:
        """Nothing is listened to."""


def test_bolt_sets_up_no_installations_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
    app = build_slack_app(
        authorizer=Authorizer(NoWorkspaces(), FrozenClock()),
        routers=NoRouters(),
        signing_secret="secret",
        client=AsyncWebClient(base_url="http://127.0.0.1:1/api/"),
    )
    assert app.oauth_flow is None
    assert app.installation_store is None
    assert os.environ["SLACK_CLIENT_ID"] == "1.2"  # noqa: TID251 - what is tested


def test_every_command_is_not_begun_with_a_warning_about_the_token(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    build_slack_app(
        authorizer=Authorizer(NoWorkspaces(), FrozenClock()),
        routers=NoRouters(),
        signing_secret="secret",
        client=AsyncWebClient(base_url="http://127.0.0.1:1/api/"),
    )
    assert caplog.records == []


def test_hidden_names_come_back_and_absent_ones_stay_absent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.delenv("SLACK_CLIENT_SECRET", raising=False)
    with hidden_environment("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        assert "SLACK_CLIENT_ID" not in os.environ  # noqa: TID251 - what is tested
    assert os.environ["SLACK_CLIENT_ID"] == "1.2"  # noqa: TID251 - what is tested
    assert "SLACK_CLIENT_SECRET" not in os.environ  # noqa: TID251 - what is tested
