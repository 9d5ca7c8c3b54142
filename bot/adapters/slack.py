"""Slack's Web API behind the ChatGateway port.

One shared aiohttp session for all workspaces, no retry inside the client: a repeat after a broken
connection could post twice, and a sleep inside a call would hold a worker. A rate limit is
remembered per method and channel, so that later calls don't even try before it is over.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_degraded import EVENT_TYPE, metadata_of, stand_in, with_fallback
from bot.adapters.slack_people import groups_of, person_of
from db.session import refuse_inside_transaction
from services.errors import Forbidden, InvalidInput, NotFound, ServiceError, TransientError
from services.ports import (
    ChatGateway,
    ChatGroup,
    ChatMessage,
    ChatPerson,
    ChatRef,
    ChatTeam,
    Clock,
)

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
REMEMBER = timedelta(minutes=1)
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
    }
)
REFUSED = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
        "restricted_action",
    }
)
PASSING = frozenset(
    {"ratelimited", "rate_limited", "fatal_error", "internal_error", "request_timeout",
     "service_unavailable", "team_added_to_org"}
)  # fmt: skip


def make_session() -> aiohttp.ClientSession:
    """The session all workspaces share; close it with the process."""
    return aiohttp.ClientSession(timeout=TIMEOUT, connector=aiohttp.TCPConnector(limit=50))


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


class SlackCalls:
    """Calls with one workspace's token; every failure becomes an error of ours."""

    def __init__(self, client: AsyncWebClient, pacing: Pacing, team: str) -> None:
        self.client = client
        self._pacing = pacing
        self._team = team

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
        try:
            response = await call()
        except aiohttp.ClientConnectorError as error:
            raise TransientError("Slack can't be reached.") from error
        except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError) as error:
            raise TransientError("Slack's answer was lost.", ambiguous=writes) from error
        except SlackApiError as error:
            raise self._meaning(error, key, writes=writes) from error
        data = getattr(response, "data", None)
        if not isinstance(data, dict):
            raise TransientError("Slack's answer couldn't be read.", ambiguous=writes)
        return data

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


def _refusal(code: str) -> ServiceError:
    """A definite no, by Slack's own word for it."""
    for codes, error in (
        (REJECTED_BLOCKS, InvalidInput(f"Slack refused the blocks: {code}", field="blocks")),
        (DUPLICATE, InvalidInput(f"Slack can't place the repeat: {code}", field="client_msg_id")),
        (GONE, NotFound(f"Slack says: {code}")),
        (REFUSED, Forbidden(f"Slack refused the workspace's token: {code}")),
    ):
        if code in codes:
            return error
    return InvalidInput(f"Slack refused the request: {code}")


class SlackGateway:
    """One workspace, as its bot."""

    def __init__(self, calls: SlackCalls) -> None:
        self._calls = calls
        self._client = calls.client

    async def team(self) -> ChatTeam:
        data = await self._calls("auth.test", self._client.auth_test)
        return ChatTeam(
            team_id=str(data["team_id"]),
            name=str(data.get("team") or data["team_id"]),
            bot_user_id=str(data.get("user_id") or ""),
        )

    async def open_dm(self, user_id: str) -> str:
        data = await self._calls(
            "conversations.open", lambda: self._client.conversations_open(users=[user_id])
        )
        return str(data["channel"]["id"])

    async def post(self, channel: str, message: ChatMessage) -> ChatRef:
        extra: dict[str, Any] = {}
        if message.metadata_id is not None:
            extra["metadata"] = metadata_of(message.metadata_id)
            extra["client_msg_id"] = str(uuid5(NAMESPACE_URL, f"{channel}/{message.metadata_id}"))

        async def send(blocks: list[dict[str, Any]]) -> Mapping[str, Any]:
            try:
                return await put(blocks)
            except InvalidInput as refusal:
                if refusal.field != "client_msg_id":
                    raise
                # An earlier message had this id and was deleted since: Slack can't tell which.
                del extra["client_msg_id"]
                return await put(blocks)

        async def put(blocks: list[dict[str, Any]]) -> Mapping[str, Any]:
            return await self._calls(
                "chat.postMessage",
                lambda: self._client.chat_postMessage(
                    channel=channel,
                    text=stand_in(message),
                    blocks=blocks or None,
                    unfurl_links=False,
                    unfurl_media=False,
                    **extra,
                ),
                channel=channel,
                writes=True,
            )

        data = await with_fallback(send, message)
        return ChatRef(channel=str(data["channel"]), ts=str(data["ts"]))

    async def update(self, ref: ChatRef, message: ChatMessage) -> None:
        extra: dict[str, Any] = {}
        if message.metadata_id is not None:
            extra["metadata"] = metadata_of(message.metadata_id)

        async def send(blocks: list[dict[str, Any]]) -> Mapping[str, Any]:
            return await self._calls(
                "chat.update",
                lambda: self._client.chat_update(
                    channel=ref.channel, ts=ref.ts, text=stand_in(message), blocks=blocks, **extra
                ),
                channel=ref.channel,
            )

        await with_fallback(send, message)

    async def delete(self, ref: ChatRef) -> None:
        """Gone already is as good as deleted."""
        try:
            await self._calls(
                "chat.delete",
                lambda: self._client.chat_delete(channel=ref.channel, ts=ref.ts),
                channel=ref.channel,
            )
        except NotFound:
            return

    async def find(self, channel: str, metadata_id: str) -> ChatRef | None:
        """The bot's message that carries this id, among the channel's latest."""
        data = await self._calls(
            "conversations.history",
            lambda: self._client.conversations_history(
                channel=channel, limit=100, include_all_metadata=True
            ),
            channel=channel,
        )
        for message in data.get("messages") or ():
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == EVENT_TYPE and payload.get("id") == metadata_id:
                return ChatRef(channel=channel, ts=str(message["ts"]))
        return None

    async def publish_home(self, user_id: str, view: dict[str, Any]) -> None:
        await self._calls(
            "views.publish", lambda: self._client.views_publish(user_id=user_id, view=view)
        )

    async def person(self, user_id: str) -> ChatPerson:
        data = await self._calls("users.info", lambda: self._client.users_info(user=user_id))
        return person_of(data["user"])

    async def person_by_email(self, email: str) -> ChatPerson | None:
        try:
            data = await self._calls(
                "users.lookupByEmail", lambda: self._client.users_lookupByEmail(email=email)
            )
        except NotFound:
            return None
        return person_of(data["user"])

    async def groups(self) -> tuple[ChatGroup, ...]:
        try:
            data = await self._calls(
                "usergroups.list", lambda: self._client.usergroups_list(include_count=True)
            )
        except NotFound:
            return ()  # a plan without user groups has none
        return groups_of(data)

    async def group_members(self, group_id: str) -> tuple[str, ...]:
        data = await self._calls(
            "usergroups.users.list",
            lambda: self._client.usergroups_users_list(usergroup=group_id),
        )
        return tuple(str(user) for user in data.get("users") or ())


_RESPONSE_URL = re.compile(r"https?://", re.IGNORECASE)


class SlackChats:
    """A gateway per tenant, and the calls that answer one person: modals and response_urls."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        base_url: str,
        clock: Clock,
        token_of: Callable[[UUID], Awaitable[str]],
    ) -> None:
        self._session = session
        self._base_url = base_url
        self._pacing = Pacing(clock)
        self._clock = clock
        self._token_of = token_of
        self._known: dict[UUID, tuple[datetime, SlackCalls]] = {}

    def with_token(self, token: str, team: str = "") -> SlackGateway:
        """A gateway for a token whose tenant isn't known yet (`auth.test` at start)."""
        return SlackGateway(self._calls(token, team))

    async def of(self, tenant_id: UUID) -> ChatGateway:
        return SlackGateway(await self._calls_of(tenant_id))

    async def open_modal(
        self, tenant_id: UUID, trigger_id: str, view: dict[str, Any], *, on_top: bool = False
    ) -> None:
        """Show a modal within the trigger's three seconds."""
        calls = await self._calls_of(tenant_id)
        method = calls.client.views_push if on_top else calls.client.views_open
        name = "views.push" if on_top else "views.open"
        try:
            await calls(name, lambda: method(trigger_id=trigger_id, view=view))
        except NotFound:
            raise TransientError("Slack closed the door before the window could open.") from None

    async def update_modal(self, tenant_id: UUID, view_id: str, view: dict[str, Any]) -> None:
        """Show something else in an open modal."""
        calls = await self._calls_of(tenant_id)
        await calls("views.update", lambda: calls.client.views_update(view_id=view_id, view=view))

    async def tell(self, response_url: str, body: Mapping[str, Any]) -> None:
        """Answer through a response_url. It may be used five times within half an hour."""
        refuse_inside_transaction()
        if not _RESPONSE_URL.match(response_url):
            raise InvalidInput("That is no address to answer to.")
        try:
            async with self._session.post(
                response_url, json=dict(body), timeout=aiohttp.ClientTimeout(total=2)
            ) as response:
                if response.status >= 400:  # noqa: PLR2004 - HTTP's own border to errors
                    raise TransientError("Slack didn't take the answer.")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise TransientError("Slack didn't take the answer.") from error

    async def _calls_of(self, tenant_id: UUID) -> SlackCalls:
        """The tenant's client, its token remembered for a minute: a new one is used soon, and a
        card costs no decryption of its own."""
        now = self._clock.now()
        known = self._known.get(tenant_id)
        if known and known[0] > now:
            return known[1]
        calls = self._calls(await self._token_of(tenant_id), str(tenant_id))
        self._known[tenant_id] = (now + REMEMBER, calls)
        return calls

    def _calls(self, token: str, team: str) -> SlackCalls:
        client = AsyncWebClient(
            token=token, base_url=self._base_url, session=self._session, retry_handlers=[]
        )
        return SlackCalls(client, self._pacing, team)
