"""The Slack half as one object: its state and the parts that work on it."""

from typing import Any

from aiohttp import web

from sandbox.bus import Bus
from sandbox.clock import Clock
from sandbox.context import Settings
from sandbox.slack import story
from sandbox.slack.faults import Calls, Faults
from sandbox.slack.grants import Grants
from sandbox.slack.model import Channel, Json, Message, Session, View
from sandbox.slack.outbound import BotLink
from sandbox.slack.sign_ins import SignIns
from sandbox.slack.tickets import Tickets
from sandbox.slack.workspace import Workspace

STREAM_SECONDS = 300.0


class Core:
    """Everything a request about one workspace needs. The first workspace leads: what belongs to
    the app as a whole is there once and shared by all. Parts that begin anew on reset are replaced,
    never patched."""

    workspace: Workspace
    tickets: Tickets
    faults: Faults
    calls: Calls
    sign_ins: SignIns
    grants: Grants
    views: dict[str, View]
    stacks: dict[str, list[str]]
    homes: dict[str, View]
    choices: dict[tuple[str, str], Json]
    teams: dict[str, "Core"]
    sessions: dict[tuple[str, str], Session]
    status_lines: dict[tuple[str, str], str]
    prompts: dict[str, Json]
    stream_life: float
    uploads: dict[str, Any]

    def __init__(
        self, *, settings: Settings, clock: Clock, bus: Bus, lead: "Core | None" = None
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.bus = bus
        self.link: BotLink = lead.link if lead else BotLink(settings=settings, clock=clock)
        if lead is None:
            self.reset()

    def reset(self) -> None:
        """Back to the story, all workspaces."""
        first, *others = story.build(
            self.settings.story, empty=self.settings.empty, clock=self.clock
        )
        self.faults = Faults()
        self.calls = Calls()
        self.sign_ins = SignIns()
        self.grants = Grants(clock=self.clock)
        self.grants.begin(first.bot.token, first.team.id)
        self.teams = {}
        self._begin(first)
        for workspace in others:
            other = Core(settings=self.settings, clock=self.clock, bus=self.bus, lead=self)
            other.faults, other.calls = self.faults, self.calls
            other.sign_ins, other.grants = self.sign_ins, self.grants
            other.teams = self.teams
            other._begin(workspace)
        self.link.forget()

    def _begin(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.tickets = Tickets(self.clock)
        self.views = {}
        self.stacks = {}
        self.homes = {}
        self.choices = {}
        self.sessions = {}
        self.status_lines = {}
        self.prompts = {}
        self.stream_life = STREAM_SECONDS
        self.uploads = {}
        self.teams[workspace.team.id] = self

    @property
    def installed(self) -> bool:
        """Whether the app is in this workspace."""
        return self.grants.installed(self.workspace.team.id)

    def home_of(self, user: str) -> "Core | None":
        """The workspace this person belongs to."""
        return next((c for c in self.teams.values() if user in c.workspace.users), None)

    def changed(self, what: str, **about: Any) -> None:
        """Tell the browsers."""
        team = self.workspace.team.id
        self.bus.publish({"type": "slack", "what": what, "team": team, **about})

    def response_url(
        self, *, user: str, channel: Channel, message: Message | None, thread_ts: str | None = None
    ) -> str:
        """A response URL that leads back here."""
        key = self.tickets.response(
            user=user,
            channel=channel.id,
            message_ts=message.ts if message else None,
            thread_ts=message.thread_ts if message else thread_ts,
        )
        return f"{self.settings.url}/slack/response/{key}"

    def say_status(self, channel: str, thread_ts: str, words: str) -> None:
        """The quiet line under a thread; no words take it away."""
        if words:
            self.status_lines[channel, thread_ts] = words
        elif self.status_lines.pop((channel, thread_ts), None) is None:
            return
        self.changed("status", channel=channel)

    def emit(self, event: Json, *, anyway: bool = False, viewer: str | None = None) -> None:
        """Send an event to the app, wrapped as Slack wraps it. Where it isn't installed it hears
        nothing; `anyway`: but that it was removed. A `viewer` is whom an event is about that names
        nobody itself."""
        if not self.installed and not anyway:
            return
        workspace = self.workspace
        self.link.post_event(
            {
                "token": "sandbox-verification-token",
                "team_id": workspace.team.id,
                "context_team_id": workspace.team.id,
                "context_enterprise_id": None,
                "api_app_id": workspace.bot.app_id,
                "event": event,
                "type": "event_callback",
                "event_id": workspace.new_id("Ev"),
                "event_time": int(self.clock.now()),
                "authorizations": [
                    {
                        "enterprise_id": None,
                        "team_id": workspace.team.id,
                        "user_id": viewer or workspace.bot.user_id,
                        "is_bot": viewer is None,
                        "is_enterprise_install": False,
                    }
                ],
                "is_ext_shared_channel": False,
                "event_context": workspace.new_id("4-"),
            }
        )


SLACK = web.AppKey("slack", Core)
