"""Slack's Web API behind the ChatGateway port.

One shared aiohttp session for all workspaces, no retry inside the client: a repeat after a broken
connection could post twice, and a sleep inside a call would hold a worker. A rate limit is
remembered per method and channel, so that later calls don't even try before it is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.meter import VendorCall
from bot.adapters.slack_calls import Pacing, SlackCalls, Tokens
from bot.adapters.slack_degraded import EVENT_TYPE, metadata_of, stand_in, with_fallback
from bot.adapters.slack_people import groups_of, person_of
from bot.adapters.slack_reading import is_slacks, on_this_machine
from bot.adapters.slack_uploads import SlackUploads
from db.session import refuse_inside_transaction
from services.errors import InvalidInput, NotFound, TransientError
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


class RedirectedError(aiohttp.ClientError):
    """Whoever answered wants us to go elsewhere."""


async def _stay(
    _session: object, _context: object, told: aiohttp.TraceRequestRedirectParams
) -> None:
    told.response.close()
    raise RedirectedError("a redirect, and none is followed")


def make_session() -> aiohttp.ClientSession:
    """The session all workspaces share; close it with the process. It goes where it is sent and
    nowhere else: no redirect is followed, not by a library of ours either, and no cookie is kept,
    which would go from one workspace's calls to another's."""
    staying = aiohttp.TraceConfig()
    staying.on_request_redirect.append(_stay)
    return aiohttp.ClientSession(
        timeout=TIMEOUT,
        connector=aiohttp.TCPConnector(limit=50),
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[staying],
    )


class SlackGateway(SlackUploads):
    """One workspace, as its bot."""

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
                    thread_ts=message.thread_ts,
                    unfurl_links=False,
                    unfurl_media=False,
                    **extra,
                ),
                channel=channel,
                writes=True,
            )

        data = await with_fallback(send, message)
        return ChatRef(channel=str(data["channel"]), ts=str(data["ts"]))

    async def whisper(self, channel: str, user_id: str, message: ChatMessage) -> None:
        await self._calls(
            "chat.postEphemeral",
            lambda: self._client.chat_postEphemeral(
                channel=channel,
                user=user_id,
                text=stand_in(message),
                blocks=list(message.blocks) or None,
                thread_ts=message.thread_ts,
            ),
            channel=channel,
            writes=True,
        )

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A workspace's name, and the scopes its token has; none where Slack doesn't say."""

    name: str
    scopes: frozenset[str]


class SlackChats:
    """A gateway per tenant, and the calls that answer one person: modals and response_urls."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        base_url: str,
        clock: Clock,
        tokens: Tokens,
    ) -> None:
        self._session = session
        self._base_url = base_url
        self._pacing = Pacing(clock)
        self._clock = clock
        self._tokens = tokens
        self._known: dict[UUID, tuple[datetime, SlackCalls]] = {}

    def with_token(self, token: str, team: str = "") -> SlackGateway:
        """A gateway for a token whose tenant isn't known yet (`auth.test` at start)."""
        return SlackGateway(self._calls(token, team))

    async def of(self, tenant_id: UUID) -> ChatGateway:
        return SlackGateway(await self._calls_of(tenant_id))

    async def told_of(self, tenant_id: UUID) -> Told:
        """What Slack says of a workspace and of the rights we have there."""
        data, headers = await (await self._calls_of(tenant_id)).told()
        scopes = headers.get("x-oauth-scopes", "").split(",")
        return Told(
            name=str(data.get("team") or data.get("team_id") or ""),
            scopes=frozenset(filter(None, (scope.strip() for scope in scopes))),
        )

    async def open_modal(
        self, tenant_id: UUID, trigger_id: str, view: dict[str, Any], *, on_top: bool = False
    ) -> str:
        """Show a modal within the trigger's three seconds; says which window it is."""
        calls = await self._calls_of(tenant_id)
        method = calls.client.views_push if on_top else calls.client.views_open
        name = "views.push" if on_top else "views.open"
        try:
            data = await calls(name, lambda: method(trigger_id=trigger_id, view=view))
        except NotFound:
            raise TransientError("Slack closed the door before the window could open.") from None
        return str((data.get("view") or {}).get("id") or "")

    async def update_modal(self, tenant_id: UUID, view_id: str, view: dict[str, Any]) -> None:
        """Show something else in an open modal. NotFound when it was closed."""
        calls = await self._calls_of(tenant_id)
        await calls("views.update", lambda: calls.client.views_update(view_id=view_id, view=view))

    async def tell(self, response_url: str, body: Mapping[str, Any]) -> None:
        """Answer through a response_url. It may be used five times within half an hour."""
        refuse_inside_transaction()
        near = on_this_machine(self._base_url) and on_this_machine(response_url)
        if not near and not is_slacks(response_url, self._base_url):
            raise InvalidInput("That is no address of Slack's to answer to.")
        with VendorCall("slack", "response_url"):
            try:
                async with self._session.post(
                    response_url,
                    json=dict(body),
                    timeout=aiohttp.ClientTimeout(total=2),
                    allow_redirects=False,
                ) as response:
                    if response.status >= 300:  # noqa: PLR2004 - HTTP's own border to what isn't done
                        raise TransientError("Slack didn't take the answer.")
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                raise TransientError("Slack didn't take the answer.") from error

    async def _calls_of(self, tenant_id: UUID) -> SlackCalls:
        """The tenant's client, its token remembered for a minute: a new one is used soon, and a
        card costs no decryption of its own."""
        now = self._clock.now()
        known = self._known.get(tenant_id)
        if known and known[0] > now and not known[1].given_up:
            return known[1]
        token = await self._tokens.of(tenant_id)
        calls = self._calls(token, str(tenant_id), tenant_id)
        self._known[tenant_id] = (now + REMEMBER, calls)
        return calls

    def _calls(self, token: str, team: str, tenant_id: UUID | None = None) -> SlackCalls:
        client = AsyncWebClient(
            token=token, base_url=self._base_url, session=self._session, retry_handlers=[]
        )
        return SlackCalls(client, self._pacing, team, tokens=self._tokens, tenant_id=tenant_id)
