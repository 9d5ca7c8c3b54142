"""Sign in with Slack behind the SignInGateway port.

The code is exchanged server to server, so the identity comes straight from Slack; its id_token is
read for the nonce and the audience, and must name the same person as userInfo does.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

from bot.adapters.slack_oauth import OauthCalls
from services.errors import Forbidden
from services.oauth_ports import SignedInPerson

SCOPES = "openid profile email"
USER = "https://slack.com/user_id"
TEAM = "https://slack.com/team_id"
BUSY = "Slack can't sign you in just now."
AWAY = "Slack can't be reached to sign you in."
NOT_ACCEPTED = "Slack doesn't accept this sign-in. Open the link in your mail again."


class SlackSignIn:
    """Implements the SignInGateway port."""

    def __init__(
        self,
        *,
        session: Callable[[], aiohttp.ClientSession],
        api_url: str,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
    ) -> None:
        self._calls = OauthCalls(session=session, api_url=api_url, busy=BUSY, away=AWAY)
        self._api_url = api_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri

    def authorize_url(self, *, state: str, nonce: str, team_id: str) -> str:
        """On the origin that serves the API: Slack's own, or the sandbox's."""
        parts = urlsplit(self._api_url)
        query = {
            "response_type": "code",
            "scope": SCOPES,
            "client_id": self._client_id,
            "state": state,
            "team": team_id,
            "nonce": nonce,
            "redirect_uri": self._redirect_uri,
        }
        return f"{parts.scheme}://{parts.netloc}/openid/connect/authorize?{urlencode(query)}"

    async def exchange(self, code: str) -> SignedInPerson:
        given = await self._call(
            "openid.connect.token",
            data={
                "grant_type": "authorization_code",
                "client_id": self._client_id,
                "client_secret": self._client_secret,
                "code": code,
                "redirect_uri": self._redirect_uri,
            },
        )
        claims = _claims(str(given.get("id_token") or ""))
        person = await self._call(
            "openid.connect.userInfo",
            headers={"Authorization": f"Bearer {given.get('access_token') or ''}"},
        )
        user, team = str(person.get(USER) or ""), str(person.get(TEAM) or "")
        same = (claims.get(USER), claims.get(TEAM)) == (user, team)
        if not user or not team or not same or claims.get("aud") != self._client_id:
            raise Forbidden(NOT_ACCEPTED)
        email = person.get("email")
        nonce = claims.get("nonce")
        return SignedInPerson(
            team_id=team,
            user_id=user,
            email=email.strip().lower() if isinstance(email, str) and email.strip() else None,
            nonce=nonce if isinstance(nonce, str) else None,
        )

    async def _call(
        self,
        method: str,
        *,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        answer = await self._calls(method, data=data, headers=headers)
        if answer.get("ok") is not True:
            raise Forbidden(NOT_ACCEPTED)
        return answer


def _claims(token: str) -> Mapping[str, Any]:
    """What the id_token says; nothing when it can't be read."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
