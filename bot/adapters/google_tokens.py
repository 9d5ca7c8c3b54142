"""What Google's token endpoint answers, and what is sent there: renewals, and the assertions of a
service account that speaks for a workspace's people."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from google.auth import crypt, jwt

from services.errors import Forbidden, InvalidInput, TransientError
from services.ports import MailboxCredentials
from services.types.google import ServiceAccountKey

SCOPE = "https://www.googleapis.com/auth/gmail.modify"
RECONNECT = "Google no longer accepts this mailbox's connection. Please connect it again."
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_LASTS = timedelta(minutes=60)
OK = 200
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
OF_SERVICE_ACCOUNTS = {
    "unauthorized_client": (
        "Google doesn't let the service account {name} act for {address}. In the Admin console "
        "under Security, API controls, Domain-wide delegation, add client ID {client} with the "
        f"scope {SCOPE}; it may take some minutes until that counts."
    ),
    "access_denied": (
        "Google doesn't let the service account {name} act for {address}: a policy of the "
        "workspace forbids it. Look at Security, API controls in the Admin console."
    ),
    "invalid_grant": (
        "Google gives {name} no token for {address}. Either there is no such user in this Google "
        "Workspace, or the account's key was deleted: make a new one and run "
        "understudy mailbox delegate again."
    ),
    "invalid_client": (
        "Google doesn't know the service account {name} any more. Make a new key and run "
        "understudy mailbox delegate again."
    ),
}


def renewal(credentials: MailboxCredentials) -> str:
    """The form that asks for a new access token."""
    return urlencode(
        {
            "grant_type": "refresh_token",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "refresh_token": credentials.refresh_token or "",
        }
    )


def renewed(
    old: MailboxCredentials, status: int, content: bytes, now: datetime
) -> MailboxCredentials:
    """The credentials after a renewal. The answer may carry a new refresh token as well."""
    answer = _answer(status, content)
    if status != OK or not answer.get("access_token"):
        if answer.get("error") in {"invalid_grant", "unauthorized_client", "invalid_client"}:
            raise Forbidden(RECONNECT)
        raise TransientError("Google's token service gave no token.")
    return replace(
        old,
        token=str(answer["access_token"]),
        refresh_token=str(answer.get("refresh_token") or old.refresh_token),
        expires_at=ends(answer, now),
    )


def assertion(key: ServiceAccountKey, address: str, now: datetime) -> str:
    """The form that asks, in the account's name, for a token of this address. Signing takes its
    time: not for the event loop."""
    try:
        signer = crypt.RSASigner.from_string(  # type: ignore[no-untyped-call]  # has no types
            key.private_key, key.key_id
        )
    except ValueError as error:
        raise InvalidInput("The service account's private key can't be read.") from error
    claims = {
        "iss": key.client_email,
        "sub": address,
        "scope": SCOPE,
        "aud": key.token_uri,
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LASTS).timestamp()),
    }
    signed: bytes = jwt.encode(signer, claims)  # type: ignore[no-untyped-call]  # has no types
    return urlencode({"grant_type": JWT_GRANT, "assertion": signed.decode("ascii")})


def delegated(
    key: ServiceAccountKey, address: str, status: int, content: bytes, now: datetime
) -> MailboxCredentials:
    """What the account was given for this address."""
    answer = _answer(status, content)
    token = answer.get("access_token")
    if status != OK or not token:
        why = OF_SERVICE_ACCOUNTS.get(str(answer.get("error")))
        if why is None:
            raise TransientError("Google's token service gave no token.")
        names = {"name": key.client_email, "client": key.client_id, "address": address}
        raise Forbidden(why.format(**names))
    return MailboxCredentials(
        token=str(token),
        refresh_token=None,
        token_uri=key.token_uri,
        client_id=key.client_id,
        client_secret="",
        expires_at=ends(answer, now) or now + ASSERTION_LASTS,
        subject=address,
    )


def ends(answer: dict[str, Any], now: datetime) -> datetime | None:
    """When the access token of this answer ends, if it says so."""
    try:
        lifetime = timedelta(seconds=int(answer.get("expires_in") or 0))
    except (TypeError, ValueError):
        return None
    return now + lifetime if lifetime else None


def _answer(status: int, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or status >= SERVER_ERROR or status == TOO_MANY_REQUESTS:
        raise TransientError("Google's token service has a problem of its own.")
    return answer
