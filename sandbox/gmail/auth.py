"""OAuth as far as a mailbox needs it: refresh tokens, access tokens, authorized_user.json."""

import hashlib
import secrets

from sandbox.gmail.clock import Clock
from sandbox.gmail.errors import delegation_denied, unauthenticated
from sandbox.gmail.model import Json

CLIENT_ID = "sandbox-client.apps.googleusercontent.com"
CLIENT_SECRET = "sandbox-client-secret"
LIFETIME_S = 3599
SCOPE = "https://www.googleapis.com/auth/gmail.modify"


class OAuthError(Exception):
    """The token endpoint's own error shape, which is not the API's."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class Tokens:
    """Who a token speaks for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._access: dict[str, tuple[str, int | None]] = {}
        self._refresh: dict[str, str] = {}
        self._codes: dict[str, str] = {}

    def credentials(self, email: str, token_uri: str) -> Json:
        """The content of authorized_user.json; its access token never expires by itself."""
        mark = hashlib.sha256(email.encode()).hexdigest()[:24]
        access, refresh = f"ya29.sandbox-{mark}", f"1//sandbox-{mark}"
        self._access.setdefault(access, (email, None))
        self._refresh.setdefault(refresh, email)
        return {
            "type": "authorized_user",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": refresh,
            "token": access,
            "token_uri": token_uri,
            "scopes": [SCOPE],
        }

    def code_for(self, email: str) -> str:
        """An authorization code, good for one exchange."""
        code = f"4/sandbox-{secrets.token_urlsafe(24)}"
        self._codes[code] = email
        return code

    def exchange(self, form: dict[str, str], *, refuse: bool = False) -> Json:
        """The token endpoint: refresh_token and authorization_code grants."""
        if refuse:
            raise OAuthError("invalid_grant", "Token has been expired or revoked.")
        if form.get("client_id", CLIENT_ID) != CLIENT_ID:
            raise OAuthError("invalid_client", "The OAuth client was not found.")
        grant = form.get("grant_type")
        if grant == "refresh_token":
            email = self._refresh.get(form.get("refresh_token", ""))
            if email is None:
                raise OAuthError("invalid_grant", "Token has been expired or revoked.")
            return self._grant(email)
        if grant == "authorization_code":
            email = self._codes.pop(form.get("code", ""), None)
            if email is None:
                raise OAuthError("invalid_grant", "Malformed auth code.")
            refresh = f"1//sandbox-{secrets.token_urlsafe(24)}"
            self._refresh[refresh] = email
            return {**self._grant(email), "refresh_token": refresh}
        raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {grant}")

    def owner(self, authorization: str) -> str:
        """The mailbox of a bearer token that is known and not expired."""
        scheme, _, token = authorization.partition(" ")
        email, expires = self._access.get(token.strip(), ("", 0))
        expired = expires is not None and expires <= self._clock.ms()
        if scheme.lower() != "bearer" or not email or expired:
            raise unauthenticated()
        return email

    def check(self, authorization: str, user: str) -> str:
        """The mailbox meant by the path's user: `me` or the token's own address."""
        email = self.owner(authorization)
        if user.lower() not in ("me", email):
            raise delegation_denied(user)
        return email

    def expire(self, email: str) -> int:
        """Access tokens stop working; refreshing helps."""
        return self._drop(self._access, [t for t, (e, _) in self._access.items() if e == email])

    def revoke(self, email: str) -> int:
        """Nothing works until the person connects again."""
        gone = [t for t, e in self._refresh.items() if e == email]
        for token in gone:
            # Kept without an owner, so that showing the credentials doesn't bring them back.
            self._refresh[token] = ""
        return self.expire(email) + len(gone)

    def _drop(self, tokens: dict[str, tuple[str, int | None]], gone: list[str]) -> int:
        for token in gone:
            tokens[token] = ("", 0)
        return len(gone)

    def _grant(self, email: str) -> Json:
        if not email:
            raise OAuthError("invalid_grant", "Token has been expired or revoked.")
        token = f"ya29.sandbox-{secrets.token_urlsafe(24)}"
        self._access[token] = (email, self._clock.ms() + LIFETIME_S * 1000)
        return {
            "access_token": token,
            "expires_in": LIFETIME_S,
            "scope": SCOPE,
            "token_type": "Bearer",
        }
