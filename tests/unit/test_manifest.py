"""manifest.yml says what the code registers and calls, no more and no less."""

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from jsonschema import Draft7Validator
from pydantic import BaseModel, ConfigDict, Field

from handlers import all_routes
from handlers.acting import RETURN_PATH
from handlers.commands import COMMAND
from handlers.events import SYSTEM, TABLE
from services.types.installs import BOT_SCOPES

ROOT = Path(__file__).parents[2]
# What each Web API method we call asks for, by its reference page; None: any token will do.
SCOPES = {
    "auth_test": None,
    "chat_postMessage": "chat:write",
    "chat_update": "chat:write",
    "chat_delete": "chat:write",
    "conversations_open": "im:write",
    "conversations_history": "im:history",
    "users_info": "users:read",
    "usergroups_list": "usergroups:read",
    "usergroups_users_list": "usergroups:read",
    "users_lookupByEmail": "users:read.email",
    "conversations_replies": "im:history",
    "chat_postEphemeral": "chat:write",
    "files_info": "files:read",
    "files_getUploadURLExternal": "files:write",
    "files_completeUploadExternal": "files:write",
    "chat_startStream": "chat:write",
    "chat_appendStream": "chat:write",
    "chat_stopStream": "chat:write",
    "agents_sessions_setStatus": "chat:write",
    "assistant_threads_setStatus": "chat:write",
    "assistant_threads_setSuggestedPrompts": "assistant:write",
    "views_open": None,
    "views_push": None,
    "views_publish": None,
    "views_update": None,
}
EVENT_SCOPES = {
    "agent_session_stopped": "assistant:write",
    "app_context_changed": "assistant:write",
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "app_uninstalled": None,
    "user_change": "users:read",
    "tokens_revoked": None,
}


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DisplayInformation(Part):
    name: str = Field(max_length=35)
    description: str = Field(max_length=140)
    long_description: str = Field(min_length=175, max_length=4000)
    background_color: str = Field(pattern=r"^#[0-9a-f]{6}$")


class AppHome(Part):
    home_tab_enabled: Literal[True]
    messages_tab_enabled: Literal[True]
    messages_tab_read_only_enabled: Literal[False]


class BotUser(Part):
    display_name: str = Field(max_length=80)
    always_online: bool


class Prompt(Part):
    title: str
    message: str


class AgentView(Part):
    agent_description: str = Field(max_length=300)
    suggested_prompts: list[Prompt] = Field(max_length=4)


class ManifestShortcut(Part):
    name: str = Field(max_length=24)
    type: Literal["message", "global"]
    callback_id: str = Field(max_length=255)
    description: str = Field(max_length=150)


class SlashCommand(Part):
    command: str = Field(pattern=r"^/", max_length=32)
    url: str
    description: str = Field(max_length=2000)
    usage_hint: str = Field(max_length=1000)
    should_escape: bool


class Features(Part):
    app_home: AppHome
    bot_user: BotUser
    agent_view: AgentView
    shortcuts: list[ManifestShortcut] = Field(max_length=10)
    slash_commands: list[SlashCommand] = Field(max_length=50)


class Scopes(Part):
    bot: list[str] = Field(max_length=255)


class OauthConfig(Part):
    redirect_urls: list[str] = Field(max_length=1000)
    scopes: Scopes


class EventSubscriptions(Part):
    request_url: str
    bot_events: list[str] = Field(max_length=100)


class Interactivity(Part):
    is_enabled: Literal[True]
    request_url: str
    message_menu_options_url: str


class AppSettings(Part):
    event_subscriptions: EventSubscriptions
    interactivity: Interactivity
    org_deploy_enabled: Literal[False]
    socket_mode_enabled: bool
    token_rotation_enabled: bool


class Metadata(Part):
    major_version: Literal[2]
    minor_version: int


class Manifest(Part):
    metadata: Metadata = Field(alias="_metadata")
    display_information: DisplayInformation
    features: Features
    oauth_config: OauthConfig
    settings: AppSettings


@pytest.fixture
def raw() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text())
    return loaded


@pytest.fixture
def manifest(raw: dict[str, Any]) -> Manifest:
    return Manifest.model_validate(raw)


def test_the_command_is_the_one_the_code_answers(manifest: Manifest) -> None:
    assert [command.command for command in manifest.features.slash_commands] == [COMMAND]


def test_the_shortcuts_are_those_the_code_answers(manifest: Manifest) -> None:
    named = {shortcut.callback_id for shortcut in manifest.features.shortcuts}
    assert named == set(all_routes().shortcuts)


def test_the_sandbox_offers_the_same_shortcuts(manifest: Manifest) -> None:
    story = json.loads((ROOT / "sandbox/story/slack.json").read_text())
    offered = {(one["type"], one["callback_id"], one["name"]) for one in story["shortcuts"]}
    assert offered == {(s.type, s.callback_id, s.name) for s in manifest.features.shortcuts}


def test_the_events_are_those_the_code_acts_on(manifest: Manifest) -> None:
    subscribed = {
        event.partition(".")[0] for event in manifest.settings.event_subscriptions.bot_events
    }
    assert subscribed == set(TABLE) | set(SYSTEM)


def test_each_method_and_event_has_its_scope_and_no_scope_is_idle(manifest: Manifest) -> None:
    adapters = ("slack.py", "slack_streams.py", "slack_reading.py", "slack_uploads.py")
    source = "".join((ROOT / "bot/adapters" / name).read_text() for name in adapters)
    family = "agents|assistant|auth|chat|conversations|files|usergroups|users|views"
    called = set(re.findall(rf"client\.((?:{family})_\w+)", source))
    assert called == set(SCOPES)
    needed = {SCOPES[method] for method in called}
    needed |= {EVENT_SCOPES[event] for event in manifest.settings.event_subscriptions.bot_events}
    # The command and the agent view need theirs; Slack asks users:read beside users:read.email.
    needed |= {"commands", "assistant:write"}
    assert needed - {None} == set(manifest.oauth_config.scopes.bot)


def test_all_of_slack_comes_to_one_address(manifest: Manifest) -> None:
    settings = manifest.settings
    urls = {
        settings.event_subscriptions.request_url,
        settings.interactivity.request_url,
        settings.interactivity.message_menu_options_url,
        *(command.url for command in manifest.features.slash_commands),
    }
    assert len(urls) == 1
    assert urls.pop().endswith("/slack/events")


def test_slacks_own_schema_accepts_it(raw: dict[str, Any]) -> None:
    schema = next(
        (
            found
            for folder in ROOT.parents
            if (found := folder / "shared/schemas/manifest.schema.2.0.0.json").exists()
        ),
        None,
    )
    if schema is None:
        pytest.skip("the schema lies beside the checkout")
    errors = Draft7Validator(json.loads(schema.read_text())).iter_errors(raw)
    assert [f"{list(error.path)}: {error.message}" for error in errors] == []


def test_people_come_back_from_signing_in_where_we_listen(manifest: Manifest) -> None:
    (address,) = manifest.oauth_config.redirect_urls
    assert address.endswith(RETURN_PATH)
    assert address.startswith("https://")


def test_an_install_asks_for_what_the_manifest_says(manifest: Manifest) -> None:
    assert manifest.oauth_config.scopes.bot == list(BOT_SCOPES)
