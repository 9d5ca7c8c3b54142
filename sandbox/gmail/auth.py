"""Google's tokens: authorization codes with PKCE, refresh tokens, access tokens, and what service
accounts are given; authorized_user.json for those who come without a consent page."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace

from sandbox.gmail.clock import Clock
from sandbox.gmail.errors import GmailError, delegation_denied, unauthenticated
from sandbox.gmail.model import Json

CLIENT_ID = "sandbox-client.apps.googleusercontent.com"
CLIENT_SECRET = "sandbox-client-secret"
LIFETIME_S = 3599
CODE_MS = 600_000
SCOPE = "https://www.googleapis.com/auth/gmail.modify"
# Any of these lets a caller into the mailbox here; which call needs which isn't played.
GMAIL_SCOPES = frozenset(
    {SCOPE, "https://mail.google.com/", "https://www.googleapis.com/auth/gmail.readonly"}
)
REVOKED = "Token has been expired or revoked."


class OAuthError(Exception):
    """The token endpoint's own error shape, which is not the API's."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description

    @property
    def status(self) -> int:
        return 401 if self.code in {"invalid_client", "unauthorized_client"} else 400

    def body(self) -> Json:
        return {"error": self.code, "error_description": self.description}


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Whom a token speaks for and what it allows; no email is a grant that has ended."""

    email: str
    scopes: tuple[str, ...] = (SCOPE,)
    expires_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Code:
    """An authorization code, and what its exchange has to show."""

    email: str
    scopes: tuple[str, ...]
    client_id: str
    redirect_uri: str
    challenge: str
    method: str
    offline: bool
    expires_ms: int


class Tokens:
    """Who a token speaks for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}
        self._codes: dict[str, Code] = {}
        # Whoever has consented once gets no second refresh token without prompt=consent.
        self._consented: set[str] = set()

    def credentials(self, email: str, token_uri: str) -> Json:
        """The content of authorized_user.json; its access token never expires by itself."""
        mark = hashlib.sha256(email.encode()).hexdigest()[:24]
        access, refresh = f"ya29.sandbox-{mark}", f"1//sandbox-{mark}"
        self._access.setdefault(access, Grant(email=email))
        self._refresh.setdefault(refresh, Grant(email=email))
        return {
            "type": "authorized_user",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": refresh,
            "token": access,
            "token_uri": token_uri,
            "scopes": [SCOPE],
        }

    def code_for(self, email: str, asked: dict[str, str], scopes: tuple[str, ...]) -> str:
        """An authorization code, good for one exchange within ten minutes."""
        code = f"4/sandbox-{secrets.token_urlsafe(24)}"
        offline = asked.get("access_type") == "offline"
        again = "consent" in asked.get("prompt", "").split()
        self._codes[code] = Code(
            email=email,
            scopes=scopes,
            client_id=asked.get("client_id", ""),
            redirect_uri=asked.get("redirect_uri", ""),
            challenge=asked.get("code_challenge", ""),
            method=asked.get("code_challenge_method") or "plain",
            offline=offline and (again or email not in self._consented),
            expires_ms=self._clock.ms() + CODE_MS,
        )
        self._consented.add(email)
        return code

    def exchange(self, form: dict[str, str], *, refuse: bool = False) -> Json:
        """The token endpoint: refresh_token and authorization_code grants."""
        if refuse:
            raise OAuthError("invalid_grant", REVOKED)
        grant = form.get("grant_type")
        if grant not in {"refresh_token", "authorization_code"}:
            raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {grant}")
        if form.get("client_id", CLIENT_ID) != CLIENT_ID:
            raise OAuthError("invalid_client", "The OAuth client was not found.")
        if form.get("client_secret", CLIENT_SECRET) != CLIENT_SECRET:
            raise OAuthError("invalid_client", "Unauthorized")
        if grant == "refresh_token":
            held = self._refresh.get(form.get("refresh_token", ""))
            if held is None or not held.email:
                raise OAuthError("invalid_grant", REVOKED)
            return self.issue(held)
        return self._redeem(form)

    def _redeem(self, form: dict[str, str]) -> Json:
        # Gone at the first try, also one that fails: a code is good once.
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.expires_ms <= self._clock.ms():
            raise OAuthError("invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri", "") != code.redirect_uri:
            raise OAuthError("redirect_uri_mismatch", "Bad Request")
        if "client_secret" not in form:
            raise OAuthError("invalid_request", "client_secret is missing.")
        _check_verifier(code, form.get("code_verifier", ""))
        held = Grant(email=code.email, scopes=code.scopes)
        answer = self.issue(held)
        if code.offline:
            refresh = f"1//sandbox-{secrets.token_urlsafe(24)}"
            self._refresh[refresh] = held
            answer["refresh_token"] = refresh
        return answer

    def issue(self, held: Grant) -> Json:
        """A new access token for this grant."""
        token = f"ya29.sandbox-{secrets.token_urlsafe(24)}"
        self._access[token] = replace(held, expires_ms=self._clock.ms() + LIFETIME_S * 1000)
        return {
            "access_token": token,
            "expires_in": LIFETIME_S,
            "scope": " ".join(held.scopes),
            "token_type": "Bearer",
        }

    def owner(self, authorization: str) -> Grant:
        """The grant of a bearer token that is known and not expired."""
        scheme, _, token = authorization.partition(" ")
        held = self._access.get(token.strip())
        ended = held is None or (
            held.expires_ms is not None and held.expires_ms <= self._clock.ms()
        )
        if scheme.lower() != "bearer" or held is None or not held.email or ended:
            raise unauthenticated()
        return held

    def check(self, authorization: str, user: str) -> str:
        """The mailbox meant by the path's user: `me` or the token's own address."""
        held = self.owner(authorization)
        if GMAIL_SCOPES.isdisjoint(held.scopes):
            raise GmailError(
                403,
                "Request had insufficient authentication scopes.",
                reason="insufficientPermissions",
                status="PERMISSION_DENIED",
            )
        if user.lower() not in ("me", held.email):
            raise delegation_denied(user)
        return held.email

    def expire(self, email: str) -> int:
        """Access tokens stop working; refreshing helps."""
        return _end(self._access, email)

    def revoke(self, email: str) -> int:
        """Nothing works until the person connects again."""
        self._consented.discard(email)
        # Kept without an owner, so that showing the credentials doesn't bring them back.
        return _end(self._refresh, email) + self.expire(email)

    def revoke_token(self, token: str) -> None:
        """The revocation endpoint: either token ends the person's whole grant."""
        held = self._refresh.get(token) or self._access.get(token)
        if held is None or not held.email:
            raise OAuthError("invalid_token", "Token expired or revoked")
        self.revoke(held.email)

    def standing(self, email: str) -> int:
        """Refresh tokens of this person that still work."""
        return sum(1 for held in self._refresh.values() if held.email == email)


def _end(tokens: dict[str, Grant], email: str) -> int:
    gone = [token for token, held in tokens.items() if held.email == email]
    for token in gone:
        tokens[token] = Grant(email="", expires_ms=0)
    return len(gone)


def _check_verifier(code: Code, verifier: str) -> None:
    if not code.challenge:
        return
    if not verifier:
        raise OAuthError("invalid_grant", "Missing code verifier.")
    digest = hashlib.sha256(verifier.encode()).digest()
    hashed = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    said = hashed if code.method == "S256" else verifier
    if not hmac.compare_digest(said, code.challenge):
        raise OAuthError("invalid_grant", "Invalid code verifier.")
