"""Google's consent page and token endpoint in memory. A test plays the browser: `allow` answers an
authorize URL with the code of whoever sits there."""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from db.session import refuse_inside_transaction
from services.consent_port import Consent
from services.errors import Forbidden
from tests.fakes.mail import credentials

SCOPE = "https://www.googleapis.com/auth/gmail.modify"
ORIGIN = "https://google.test/o/oauth2/v2/auth"


@dataclass
class FakeConsent:
    scope: str = SCOPE
    codes: dict[str, tuple[str, str, frozenset[str]]] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    exchanges: int = 0
    lasting: bool = True
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """Happens while Google is asked."""

    def authorize_url(self, *, state: str, challenge: str, login_hint: str | None) -> str:
        query = {
            "response_type": "code",
            "client_id": "client",
            "redirect_uri": "https://us.test/gmail/oauth_redirect",
            "scope": self.scope,
            "state": state,
            "access_type": "offline",
            "prompt": "consent",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "login_hint": login_hint or "",
        }
        return f"{ORIGIN}?{urlencode(query)}"

    def allow(self, url: str, address: str, *, scopes: tuple[str, ...] | None = None) -> str:
        """The code that the browser brings back for this account."""
        query = parse_qs(urlsplit(url).query)
        code = f"code-{len(self.codes) + self.exchanges + 1}"
        granted = frozenset(query["scope"][0].split() if scopes is None else scopes)
        self.codes[code] = (address, query["code_challenge"][0], granted)
        return code

    async def exchange(self, code: str, verifier: str) -> Consent:
        refuse_inside_transaction()
        self.exchanges += 1
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.trouble:
            raise self.trouble.pop(0)
        address, challenge, scopes = self.codes.pop(code, ("", "", frozenset()))
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if not address or digest.rstrip(b"=").decode() != challenge:
            raise Forbidden("Google doesn't accept this sign-in.")
        refresh = f"refresh-{code}" if self.lasting else None
        return Consent(credentials=credentials(address, refresh_token=refresh), scopes=scopes)

    async def revoke(self, token: str) -> None:
        refuse_inside_transaction()
        if self.trouble:
            raise self.trouble.pop(0)
        self.revoked.append(token)
