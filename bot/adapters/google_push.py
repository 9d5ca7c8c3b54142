"""Is this push really from Google? Checks the bearer of a Pub/Sub push: signature, audience, and
the service account it speaks for."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from google.auth import exceptions, jwt
from google.oauth2 import id_token

from handlers.gmail_push import CertificatesUnavailableError, NotVerifiedError
from services.ports import Clock

log = structlog.get_logger()

SKEW_SECONDS = 10
SHORTEST_TTL = timedelta(minutes=1)
DEFAULT_TTL = timedelta(hours=1)
DAY = 86_400
# Anybody may send an unknown key id; Google is asked about it this often at most.
REFETCH_PAUSE = timedelta(seconds=30)
FETCH_TIMEOUT = aiohttp.ClientTimeout(total=10)
OK = 200
MAX_AGE = re.compile(r"max-age=(\d+)")


@dataclass(kw_only=True)
class Certificates:
    """Google's current certificates, fetched without blocking the loop and kept for as long as
    their answer allows."""

    url: str
    session: aiohttp.ClientSession
    clock: Clock
    known: Mapping[str, str] = field(default_factory=dict)
    good_until: datetime | None = None
    fetched_at: datetime | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def for_key(self, key_id: str) -> Mapping[str, str]:
        """All certificates; asked for anew when they are old or don't hold this key."""
        if self._wanting(key_id):
            async with self._lock:
                # Whoever waited here finds what the one before has fetched.
                if self._wanting(key_id):
                    await self._fetch()
        return self.known

    def _wanting(self, key_id: str) -> bool:
        now = self.clock.now()
        if self.good_until is None or self.fetched_at is None or now >= self.good_until:
            return True
        return key_id not in self.known and now - self.fetched_at >= REFETCH_PAUSE

    async def _fetch(self) -> None:
        try:
            async with self.session.get(self.url, timeout=FETCH_TIMEOUT) as answer:
                if answer.status != OK:
                    raise CertificatesUnavailableError(str(answer.status))
                found = json.loads(await answer.read())
                age = MAX_AGE.search(answer.headers.get("Cache-Control", ""))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise CertificatesUnavailableError(type(error).__name__) from error
        self.known = {str(key): str(value) for key, value in found.items()}
        self.fetched_at = self.clock.now()
        lasts = timedelta(seconds=min(int(age[1]), DAY)) if age else DEFAULT_TTL
        self.good_until = self.fetched_at + max(lasts, SHORTEST_TTL)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What google-auth expects of a request: the certificates we hold already."""

    data: bytes
    status: int = OK


class PushVerifier:
    """`verify` returns for a bearer that is Google's, ours and meant for us; else it raises."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        clock: Clock,
        certs_url: str,
        audience: str,
        service_account: str | None,
    ) -> None:
        self.certificates = Certificates(url=certs_url, session=session, clock=clock)
        self._audience = audience
        self._service_account = service_account
        if service_account is None:
            log.warning("pushes of any Google service account are taken: none is named")

    async def verify(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotVerifiedError("no bearer")
        token = token.strip()
        known = await self.certificates.for_key(_key_id(token))
        claims = self._claims(token, known)
        # The library checks neither: any Google account could sign for this audience.
        if claims.get("email_verified") is not True:
            raise NotVerifiedError("an address nobody has verified")
        if self._service_account not in (None, claims.get("email")):
            raise NotVerifiedError("another service account")

    def _claims(self, token: str, known: Mapping[str, str]) -> Mapping[str, Any]:
        answer = _Answer(data=json.dumps(dict(known)).encode())
        try:
            claims: Mapping[str, Any] = id_token.verify_oauth2_token(  # type: ignore[no-untyped-call]  # the library has no types
                token,
                lambda *_, **__: answer,
                audience=self._audience,
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
