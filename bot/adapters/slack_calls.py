"""A call of Slack's Web API: paced, with the workspace's token, every failure an error of ours."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.meter import VendorCall
from bot.adapters.slack_streams import STOPPED, STREAM_ENDED
from db.session import refuse_inside_transaction
from services.errors import Forbidden, InvalidInput, NotFound, ServiceError, TransientError
from services.ports import Clock

TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500

REJECTED_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
DUPLICATE = frozenset({"duplicate_message_not_found", "duplicate_channel_not_found"})
GONE = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "channel_not_found",
        "is_archived",
        "user_not_found",
        "users_not_found",
        "user_not_visible",
        "user_disabled",
        "cannot_dm_bot",
        "not_in_channel",
        "expired_trigger_id",
        "no_such_subteam",
        "plan_upgrade_required",
        "exchanged_trigger_id",
        "not_found",
        "file_not_found",
        "file_deleted",
        "thread_not_found",
        "user_not_in_channel",
    }
)
REFUSED = frozenset({"missing_scope", "no_permission", "restricted_action"})
# The token itself is the trouble: another one may do.
OF_THE_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)
PASSING = frozenset(
    {"ratelimited", "rate_limited", "fatal_error", "internal_error", "request_timeout",
     "service_unavailable", "team_added_to_org"}
)  # fmt: skip


class Pacing:
    """Until when Slack asked us to be quiet, per method and channel."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._quiet_until: dict[tuple[str, str, str], datetime] = {}

    def check(self, key: tuple[str, str, str]) -> None:
        """Raises TransientError while the wish of an earlier answer still stands."""
        until = self._quiet_until.get(key)
        if until is None:
            return
        rest = until - self._clock.now()
        if rest > timedelta(0):
            raise TransientError("Slack asked us to wait.", retry_after=rest)
        del self._quiet_until[key]

    def note(self, key: tuple[str, str, str], wait: timedelta) -> None:
        self._quiet_until[key] = self._clock.now() + wait


def _retry_after(error: SlackApiError) -> timedelta:
    headers = {str(k).lower(): v for k, v in (getattr(error.response, "headers", {}) or {}).items()}
    try:
        return timedelta(seconds=max(float(headers.get("retry-after", 1)), 0.1))
    except (TypeError, ValueError):
        return timedelta(seconds=1)


def _code(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


class Tokens(Protocol):
    """Workspaces' tokens (services.workspace_tokens)."""

    async def of(self, tenant_id: UUID) -> str: ...
    async def instead(self, tenant_id: UUID, refused: str, code: str) -> str | None:
        """Another than the one that was refused; None: there is none, and work is paused."""
        ...


class SlackCalls:
    """Calls with one workspace's token. `tokens` and `tenant_id` are there once the workspace has a
    tenant: then a token that Slack refuses is replaced, once a call."""

    def __init__(
        self,
        client: AsyncWebClient,
        pacing: Pacing,
        team: str,
        *,
        tokens: Tokens | None = None,
        tenant_id: UUID | None = None,
    ) -> None:
        self.client = client
        self._pacing = pacing
        self._team = team
        self._tokens = tokens
        self._tenant_id = tenant_id
        self.given_up = False
        """Slack refuses the token and there is no other: don't ask again with it."""

    async def __call__(
        self,
        method: str,
        call: Callable[[], Awaitable[Any]],
        *,
        channel: str = "",
        writes: bool = False,
    ) -> Mapping[str, Any]:
        """Run the call. `writes`: when its answer is lost it may have been carried out."""
        refuse_inside_transaction()
        # Posts are limited by conversation, everything else by method and workspace.
        key = (self._team, method, channel if method == "chat.postMessage" else "")
        self._pacing.check(key)
        used = self.client.token
        try:
            response = await self._sent(method, call, key, writes=writes)
        except Refused as refusal:
            fresh = await self._another(used, refusal.code)
            if fresh is None:
                self.given_up = True
                raise
            self.client.token = fresh
            response = await self._sent(method, call, key, writes=writes)
        data = getattr(response, "data", None)
        if not isinstance(data, dict):
            raise TransientError("Slack's answer couldn't be read.", ambiguous=writes)
        return data

    async def told(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """Slack's answer to auth.test, and the headers it came with."""
        refuse_inside_transaction()
        key = (self._team, "auth.test", "")
        self._pacing.check(key)
        response = await self._sent("auth.test", self.client.auth_test, key, writes=False)
        headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
        return response.data, headers

    async def _sent(
        self,
        method: str,
        call: Callable[[], Awaitable[Any]],
        key: tuple[str, str, str],
        *,
        writes: bool,
    ) -> Any:
        with VendorCall("slack", method):
            try:
                return await call()
            except aiohttp.ClientConnectorError as error:
                raise TransientError("Slack can't be reached.") from error
            except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError) as error:
                raise TransientError("Slack's answer was lost.", ambiguous=writes) from error
            except SlackApiError as error:
                raise self._meaning(error, key, writes=writes) from error

    async def _another(self, used: str | None, code: str) -> str | None:
        if self._tokens is None or self._tenant_id is None or used is None:
            return None
        return await self._tokens.instead(self._tenant_id, used, code)

    def _meaning(
        self, error: SlackApiError, key: tuple[str, str, str], *, writes: bool
    ) -> ServiceError:
        status = getattr(error.response, "status_code", 200)
        code = _code(error)
        if status == TOO_MANY_REQUESTS or code in ("ratelimited", "rate_limited"):
            wait = _retry_after(error)
            self._pacing.note(key, wait)
            return TransientError("Slack asked us to wait.", retry_after=wait)
        if status >= SERVER_ERROR or code in PASSING or not code:
            return TransientError("Slack failed for a moment.", ambiguous=writes)
        return _refusal(code)


class Refused(Forbidden):
    """Slack doesn't accept the token, by its own word for it."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack refused the workspace's token: {code}")
        self.code = code


def _refusal(code: str) -> ServiceError:
    """A definite no, by Slack's own word for it."""
    if code in OF_THE_TOKEN:
        return Refused(code)
    for codes, error in (
        ({STOPPED}, InvalidInput("The reader ended the stream.", field="stopped")),
        (STREAM_ENDED, InvalidInput("The stream has ended.", field="stream")),
        (REJECTED_BLOCKS, InvalidInput(f"Slack refused the blocks: {code}", field="blocks")),
        (DUPLICATE, InvalidInput(f"Slack can't place the repeat: {code}", field="client_msg_id")),
        (GONE, NotFound(f"Slack says: {code}")),
        (REFUSED, Forbidden(f"Slack refused the workspace's token: {code}")),
    ):
        if code in codes:
            return error
    return InvalidInput(f"Slack refused the request: {code}")
