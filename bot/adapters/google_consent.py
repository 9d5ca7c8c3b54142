"""Google's consent page behind the ConsentGateway port: code flow with PKCE, one scope."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.adapters.google_tokens import OK, SCOPE, SERVER_ERROR, TOO_MANY_REQUESTS, ends
from db.session import refuse_inside_transaction
from services.consent_port import Consent
from services.errors import Forbidden, TransientError
from services.ports import Clock, MailboxCredentials

TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
NOT_ACCEPTED = "Google doesn't accept this sign-in."
AWAY = "Google can't be reached just now."


class GoogleConsent:
    """Implements the ConsentGateway port."""

    def __init__(
        self,
        *,
        session: Callable[[], aiohttp.ClientSession],
        clock: Clock,
        client_id: str,
        client_secret: str,
        auth_url: str,
        token_url: str,
        revoke_url: str,
        redirect_uri: str,
    ) -> None:
        self._session = session
        self._clock = clock
        self._client_id = client_id
        self._client_secret = client_secret
        self._auth_url = auth_url
        self._token_url = token_url
        self._revoke_url = revoke_url
        self._redirect_uri = redirect_uri

    @property
    def scope(self) -> str:
        return SCOPE

    def authorize_url(self, *, state: str, challenge: str, login_hint: str | None) -> str:
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": SCOPE,
            "state": state,
            "access_type": "offline",
            # Without it Google gives a refresh token at the first consent only.
            "prompt": "consent",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        hint = {"login_hint": login_hint} if login_hint else {}
        joint = "&" if "?" in self._auth_url else "?"
        return f"{self._auth_url}{joint}{urlencode(query | hint)}"

    async def exchange(self, code: str, verifier: str) -> Consent:
        status, answer = await self._post(
            self._token_url,
            {
                "grant_type": "authorization_code",
                "code": code,
                "client_id": self._client_id,
                "client_secret": self._client_secret,
                "redirect_uri": self._redirect_uri,
                "code_verifier": verifier,
            },
        )
        if status != OK or not answer.get("access_token"):
            raise Forbidden(NOT_ACCEPTED)
        scopes, refresh = answer.get("scope"), answer.get("refresh_token")
        return Consent(
            credentials=MailboxCredentials(
                token=str(answer["access_token"]),
                refresh_token=str(refresh) if refresh else None,
                token_uri=self._token_url,
                client_id=self._client_id,
                client_secret=self._client_secret,
                expires_at=ends(dict(answer), self._clock.now()),
            ),
            scopes=frozenset(scopes.split()) if isinstance(scopes, str) else None,
        )

    async def revoke(self, token: str) -> None:
        # 400 says that Google knows no such token: then there is nothing left to revoke.
        await self._post(self._revoke_url, {"token": token})

    async def _post(self, url: str, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        refuse_inside_transaction()
        try:
            async with self._session().post(
                url, data=form, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                if response.status == TOO_MANY_REQUESTS or response.status >= SERVER_ERROR:
                    raise TransientError(AWAY)
                text = await response.text()
                answer = await response.json(content_type=None) if text.strip() else {}
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise TransientError(AWAY) from error
        if not isinstance(answer, dict):
            raise TransientError(AWAY)
        return response.status, answer
