"""Service accounts with domain-wide delegation: their keys, and the grant they ask for by a signed
assertion (RFC 7523)."""

import base64
import binascii
import json
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.gmail.auth import Grant, OAuthError
from sandbox.gmail.clock import Clock
from sandbox.gmail.model import Json

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_HOUR_S = 3600
_SKEW_S = 300
_KEY_BITS = 2048
UNAUTHORIZED = (
    "Client is unauthorized to retrieve access tokens using this method, or client not authorized "
    "for any of the scopes requested."
)


@dataclass(kw_only=True)
class ServiceAccount:
    """`scopes` is what the Admin console lets it do; nothing until an admin has entered it."""

    email: str
    client_id: str
    key_id: str
    key: rsa.RSAPrivateKey
    scopes: frozenset[str]


class ServiceAccounts:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, ServiceAccount] = {}

    def add(self, name: str, scopes: list[str], token_uri: str) -> Json:
        """A new account; what Google Cloud lets one download of it."""
        account = ServiceAccount(
            email=f"{name}@sandbox.iam.gserviceaccount.com",
            client_id=str(secrets.randbelow(10**20) + 10**20),
            key_id=secrets.token_hex(20),
            key=rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS),
            scopes=frozenset(scopes),
        )
        self._known[account.email] = account
        private = account.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {
            "type": "service_account",
            "project_id": "sandbox",
            "private_key_id": account.key_id,
            "private_key": private.decode("ascii"),
            "client_email": account.email,
            "client_id": account.client_id,
            "token_uri": token_uri,
        }

    def allow(self, email: str, scopes: list[str]) -> None:
        """The Admin console's list, as it is from now on."""
        if email in self._known:
            self._known[email].scopes = frozenset(scopes)

    def grant(self, assertion: str, token_uris: frozenset[str], users: frozenset[str]) -> Grant:
        """What the assertion's account may do as the user it names."""
        head, claims, signed, signature = _parts(assertion)
        account = self._known.get(str(claims.get("iss")))
        if account is None:
            raise OAuthError("invalid_grant", "Invalid grant: account not found")
        try:
            account.key.public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise OAuthError("invalid_grant", "Invalid JWT Signature.") from None
        if head.get("alg") != "RS256" or claims.get("aud") not in token_uris:
            raise OAuthError("invalid_grant", "Invalid JWT: Failed audience check.")
        self._check_times(claims)
        scopes = str(claims.get("scope", "")).split()
        if not scopes or not account.scopes.issuperset(scopes):
            raise OAuthError("unauthorized_client", UNAUTHORIZED)
        subject = str(claims.get("sub", "")).lower()
        if subject not in users:
            raise OAuthError("invalid_grant", "Invalid email or User ID")
        return Grant(email=subject, scopes=tuple(scopes))

    def _check_times(self, claims: Json) -> None:
        now = self._clock.real_seconds()
        begins, ends = claims.get("iat"), claims.get("exp")
        if not isinstance(begins, int) or not isinstance(ends, int):
            raise OAuthError("invalid_grant", "Invalid JWT: iat and exp are needed.")
        if ends <= now or begins > now + _SKEW_S or ends - begins > _HOUR_S:
            raise OAuthError(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
                "timeframe.",
            )


def _parts(assertion: str) -> tuple[Json, Json, bytes, bytes]:
    try:
        head, claims, signature = assertion.split(".")
        decoded = [json.loads(_decoded(part)) for part in (head, claims)]
        signed, proof = f"{head}.{claims}".encode("ascii"), _decoded(signature)
    except (ValueError, binascii.Error):
        raise OAuthError("invalid_grant", "Invalid JWT.") from None
    if not all(isinstance(part, dict) for part in decoded):
        raise OAuthError("invalid_grant", "Invalid JWT.")
    return decoded[0], decoded[1], signed, proof


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
