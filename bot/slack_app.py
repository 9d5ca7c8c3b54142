"""Bolt, put together: our own authorize with a short memory, our routers, no polling acks."""

from datetime import datetime, timedelta
from typing import Protocol

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import hidden_environment
from handlers.slack import SlackRouters
from services.errors import NotFound
from services.grants import UNCONNECTED
from services.ports import Clock
from services.tenants import Workspace

log = structlog.get_logger(__name__)
REMEMBER = timedelta(minutes=5)


class Workspaces(Protocol):
    async def workspace_of_team(self, team_id: str) -> Workspace: ...


class Authorizer:
    """Team id → bot token, without a call to Slack: a token that no longer works shows itself at
    the first call that needs it."""

    def __init__(self, workspaces: Workspaces, clock: Clock) -> None:
        self._workspaces = workspaces
        self._clock = clock
        self._known: dict[str, tuple[datetime, Workspace]] = {}

    async def __call__(
        self, enterprise_id: str | None, team_id: str | None, user_id: str | None
    ) -> AuthorizeResult:
        """Raises NotFound for a team we don't know; the error table answers it."""
        if not team_id:
            raise NotFound("Understudy works per workspace; org-wide installs aren't supported.")
        if not _is_team_id(team_id):
            raise NotFound(UNCONNECTED)
        workspace = await self._find(team_id)
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=workspace.bot_user_id,
            bot_token=workspace.bot_token,
            user_id=user_id,
        )

    async def _find(self, team_id: str) -> Workspace:
        now = self._clock.now()
        known = self._known.get(team_id)
        if known and known[0] > now:
            return known[1]
        workspace = await self._workspaces.workspace_of_team(team_id)
        until, ends = now + REMEMBER, workspace.token_ends_at
        self._known[team_id] = (min(until, ends) if ends else until, workspace)
        return workspace


def _is_team_id(given: object) -> bool:
    """Bolt hands over whatever stands where an id should. No team's looks otherwise, and what is no
    text to the database must not become a fault of ours."""
    return isinstance(given, str) and given.isascii() and given.isalnum()


def build_slack_app(
    *, authorizer: Authorizer, routers: SlackRouters, signing_secret: str, client: AsyncWebClient
) -> AsyncApp:
    """The app. bot/web.py has checked signature and age before anything gets here, so Bolt's own
    check, which answers a garbled timestamp with a 500, stays off."""
    if not signing_secret:
        raise ValueError("SLACK_SIGNING_SECRET is empty")

    async def authorize(
        enterprise_id: str | None, team_id: str | None, user_id: str | None
    ) -> AuthorizeResult:
        # A function: Bolt takes an object's `self` for one more argument to fill in.
        return await authorizer(enterprise_id, team_id, user_id)

    # With these in sight Bolt would set up installations of its own, kept in plain files, and warn
    # of the token at every command.
    with hidden_environment("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        app = AsyncApp(
            name="understudy",
            signing_secret=signing_secret,
            authorize=authorize,
            client=client,
            process_before_response=True,
            request_verification_enabled=False,
            raise_error_for_unhandled_request=True,
            attaching_conversation_kwargs_enabled=False,
            attaching_function_token_enabled=False,
        )
    routers.attach(app)
    return app


async def start_socket_mode(app: AsyncApp, app_token: str) -> AsyncSocketModeHandler:
    """Connect by WebSocket, for machines Slack can't reach. Close with `close_async`."""
    handler = AsyncSocketModeHandler(app, app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call] # the library's own gap
    log.info("socket_mode_connected")
    return handler
