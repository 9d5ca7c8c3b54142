"""Is this push really from Google? Checks the bearer of a Pub/Sub push: signature, audience, and
the service account it speaks for."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from google.auth import exceptions, jwt
from google.oauth2 import id_token

from handlers.gmail_push import CertificatesUnavailableError, NotVerifiedError

SKEW_SECONDS = 10
SHORTEST_TTL = 60.0
DEFAULT_TTL = 3600.0
LONGEST_TTL = 86_400.0
LARGEST = 256 * 1024
# Anybody may send an unknown key id; Google is asked about it this often at most.
REFETCH_PAUSE = 30.0
FETCH_TIMEOUT = aiohttp.ClientTimeout(total=10)
OK = 200
MAX_AGE = re.compile(r"max-age=(\d+)")


@dataclass(kw_only=True)
class Certificates:
    """Google's current certificates, fetched without blocking the loop and kept for as long as
    their answer allows."""

    url: str
    session: Callable[[], aiohttp.ClientSession]
    known: Mapping[str, str] = field(default_factory=dict)
    _good_until: float = 0.0
    _fetched_at: float = float("-inf")
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def for_key(self, key_id: str) -> Mapping[str, str]:
        """All certificates; asked for anew when they are old or don't hold this key."""
        now = asyncio.get_running_loop().time()
        if now >= self._good_until or self._unknown(key_id, now):
            async with self._lock:
                now = asyncio.get_running_loop().time()
                if now >= self._good_until or self._unknown(key_id, now):
                    await self._fetch(now)
        return self.known

    def _unknown(self, key_id: str, now: float) -> bool:
        return key_id not in self.known and now - self._fetched_at >= REFETCH_PAUSE

    async def _fetch(self, now: float) -> None:
        try:
            async with self.session().get(self.url, timeout=FETCH_TIMEOUT) as answer:
                if answer.status != OK:
                    raise CertificatesUnavailableError(str(answer.status))
                found = json.loads(await _within(answer))
                ttl = MAX_AGE.search(answer.headers.get("Cache-Control", ""))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise CertificatesUnavailableError(type(error).__name__) from error
        if not isinstance(found, dict):
            raise CertificatesUnavailableError("no certificates")
        self.known = {str(key): str(value) for key, value in found.items()}
        self._fetched_at = now
        asked = float(ttl[1]) if ttl else DEFAULT_TTL
        self._good_until = now + min(max(asked, SHORTEST_TTL), LONGEST_TTL)


async def _within(answer: aiohttp.ClientResponse) -> bytes:
    """The body, as long as certificates may be."""
    body = await answer.content.read(LARGEST + 1)
    while len(body) <= LARGEST and (more := await answer.content.read(LARGEST + 1 - len(body))):
        body += more
    if len(body) > LARGEST:
        raise CertificatesUnavailableError("the answer is too large")
    return body


@dataclass(frozen=True, slots=True)
class _Answer:
    """What google-auth expects of a request: the certificates we hold already."""

    data: bytes
    status: int = OK


@dataclass(kw_only=True)
class GooglePushVerifier:
    """`verify` returns for a bearer that is Google's, ours and meant for us; else it raises."""

    audience: str
    service_account: str | None
    certificates: Certificates

    async def verify(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotVerifiedError("no bearer")
        token = token.strip()
        known = await self.certificates.for_key(_key_id(token))
        claims = self._claims(token, known)
        # The library checks neither: any Google account could sign for this audience.
        if claims.get("email_verified") is not True:
            raise NotVerifiedError("an unverified account")
        if self.service_account is not None and claims.get("email") != self.service_account:
            raise NotVerifiedError("another service account")

    def _claims(self, token: str, known: Mapping[str, str]) -> Mapping[str, Any]:
        answer = _Answer(data=json.dumps(dict(known)).encode())
        try:
            claims: Mapping[str, Any] = id_token.verify_oauth2_token(  # type: ignore[no-untyped-call]  # the library has no types
                token,
                lambda *_, **__: answer,
                audience=self.audience,
                clock_skew_in_seconds=SKEW_SECONDS,
            )
        except (ValueError, exceptions.GoogleAuthError) as error:
            raise NotVerifiedError(type(error).__name__) from error
        return claims


def _key_id(token: str) -> str:
    try:
        header = jwt.decode_header(token)  # type: ignore[no-untyped-call]  # the library has no types
        return str(header.get("kid", ""))
    except (ValueError, AttributeError, exceptions.GoogleAuthError) as error:
        raise NotVerifiedError("no token") from error
