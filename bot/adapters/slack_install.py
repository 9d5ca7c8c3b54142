"""Installing into workspaces (OAuth v2) behind the InstallGateway port.

The client's id and secret go as HTTP Basic, as Slack asks for; no user scopes are wanted, so no
person's token is ever given.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

from bot.adapters.slack_oauth import OauthCalls
from services.errors import Forbidden, InvalidInput
from services.ports import Clock
from services.types.installs import BOT_SCOPES, BotGrant, GivenInstall

BUSY = "Slack can't finish this just now."
AWAY = "Slack can't be reached just now."
NOT_ACCEPTED = "Slack doesn't accept this install: it was used before, or took too long."
WRONG_APP = (
    "Slack doesn't accept Understudy's own credentials. Whoever runs Understudy has to look at "
    "SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and PUBLIC_URL."
)
OURS = frozenset({"invalid_client_id", "bad_client_secret", "bad_redirect_uri", "invalid_client"})


class SlackInstall:
    """Implements the InstallGateway port."""

    def __init__(
        self,
        *,
        session: Callable[[], aiohttp.ClientSession],
        api_url: str,
        client_id: str,
        client_secret: str,
        redirect_uri: str | None,
        clock: Clock,
    ) -> None:
        self._call = OauthCalls(session=session, api_url=api_url, busy=BUSY, away=AWAY)
        parts = urlsplit(api_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._clock = clock

    def authorize_url(self, *, state: str, team_id: str | None) -> str:
        """On the origin that serves the API: Slack's own, or the sandbox's."""
        query = {
            "client_id": self._client_id,
            "scope": ",".join(BOT_SCOPES),
            "state": state,
            **({"redirect_uri": self._redirect_uri} if self._redirect_uri else {}),
            **({"team": team_id} if team_id else {}),
        }
        return f"{self._origin}/oauth/v2/authorize?{urlencode(query)}"

    def app_url(self, *, team_id: str, app_id: str) -> str:
        query = urlencode({"app": app_id, "team": team_id})
        return f"{self._origin}/app_redirect?{query}"

    async def exchange(self, code: str) -> GivenInstall:
        data = {"code": code, "grant_type": "authorization_code"}
        if self._redirect_uri:
            data["redirect_uri"] = self._redirect_uri
        at = self._clock.now()
        answer = await self._answer(data)
        if answer.get("ok") is not True:
            raise _refusal(answer)
        team, enterprise = _part(answer, "team"), _part(answer, "enterprise")
        org_wide = answer.get("is_enterprise_install") is True
        token = _text(answer, "access_token")
        team_id = _text(team, "id") or None
        if not token:
            raise Forbidden(NOT_ACCEPTED)
        given = _text(answer, "scope").replace(" ", ",").split(",")
        return GivenInstall(
            team_id=team_id,
            team_name=_text(team, "name") or _text(enterprise, "name") or team_id or "",
            bot_user_id=_text(answer, "bot_user_id"),
            installer_id=_text(_part(answer, "authed_user"), "id"),
            app_id=_text(answer, "app_id"),
            scopes=frozenset(filter(None, given)),
            org_wide=org_wide,
            grant=_grant(answer, at),
        )

    async def refresh(self, refresh_token: str) -> BotGrant:
        at = self._clock.now()
        answer = await self._answer({"grant_type": "refresh_token", "refresh_token": refresh_token})
        if answer.get("ok") is not True or not _text(answer, "access_token"):
            raise _refusal(answer)
        return _grant(answer, at, refresh_token)

    async def revoke(self, token: str) -> None:
        answer = await self._call("auth.revoke", headers={"Authorization": f"Bearer {token}"})
        if answer.get("ok") is not True:
            raise Forbidden(NOT_ACCEPTED)

    async def _answer(self, data: Mapping[str, str]) -> Mapping[str, Any]:
        pair = f"{self._client_id}:{self._client_secret}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return await self._call("oauth.v2.access", data=data, headers=headers)


def _refusal(answer: Mapping[str, Any]) -> Forbidden | InvalidInput:
    return InvalidInput(WRONG_APP) if answer.get("error") in OURS else Forbidden(NOT_ACCEPTED)


def _grant(answer: Mapping[str, Any], at: datetime, before: str | None = None) -> BotGrant:
    """`expires_in` counts from Slack's answer; we count from the question, which is earlier."""
    lasts = answer.get("expires_in")
    ends = at + timedelta(seconds=lasts) if isinstance(lasts, int) and lasts > 0 else None
    return BotGrant(
        token=_text(answer, "access_token"),
        refresh_token=_text(answer, "refresh_token") or before,
        expires_at=ends,
    )


def _part(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = answer.get(name)
    return part if isinstance(part, dict) else {}


def _text(part: Mapping[str, Any], name: str) -> str:
    value = part.get(name)
    return value if isinstance(value, str) else ""
