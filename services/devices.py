"""Browsers on which a member has signed in with Slack, and the signing in itself.

A device is a signed cookie of which only a hash is stored; it names one member of one tenant and
ends after ninety days, with the membership, or when it is revoked. A sign-in's state is signed,
comes back once, and only to the browser that began it.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from db import devices as rows
from db import members
from db.models.approvals import Device, SignIn
from db.session import Database
from services.ports import Clock, Ids

LASTS = timedelta(days=90)
SIGN_IN_LASTS = timedelta(minutes=10)
STATE_PREFIX = "act."
_ID = 16
_SECRET = 32

Sign = Callable[[str, bytes], str]
Verify = Callable[[str, str], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """A cookie that proved good: whose browser this is."""

    device_id: UUID
    member_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunSignIn:
    """What goes to Slack (`state`, `nonce`) and what stays in the browser (`cookie`)."""

    state: str
    nonce: str
    cookie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedSignIn:
    """A state that came back to the browser it was made in. `link` is where it began."""

    tenant_id: UUID
    nonce: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceService:
    """`sign` and `verify` make and check signed text, each for its purpose."""

    db: Database
    clock: Clock
    ids: Ids
    sign: Sign
    verify: Verify

    async def add(self, tenant_id: UUID, member_id: UUID) -> str:
        """A new device of this member; returns its cookie."""
        now, secret = self.clock.now(), secrets.token_bytes(_SECRET)
        device = Device(
            tenant_id=tenant_id,
            id=self.ids.new(),
            created_at=now,
            member_id=member_id,
            secret_hash=_hash(secret),
            expires_at=now + LASTS,
        )
        async with self.db.transaction(tenant_id) as tx:
            await rows.add_device(tx, device)
        return self.sign("device", tenant_id.bytes + device.id.bytes + secret)

    async def find(self, tenant_id: UUID, cookie: str | None) -> KnownDevice | None:
        """Whose device this is; None for a cookie of another tenant, a forged, an old or a revoked
        one, or when its member has left."""
        body = self.verify("device", cookie) if cookie else None
        if body is None or len(body) != 2 * _ID + _SECRET or body[:_ID] != tenant_id.bytes:
            return None
        device_id, secret = UUID(bytes=body[_ID : 2 * _ID]), body[2 * _ID :]
        async with self.db.read(tenant_id) as tx:
            device = await rows.get_device(tx, device_id)
            member = await members.get_member(tx, device.member_id) if device else None
        if device is None or member is None or not member.active:
            return None
        over = device.revoked_at is not None or device.expires_at <= self.clock.now()
        if over or not hmac.compare_digest(device.secret_hash, _hash(secret)):
            return None
        return KnownDevice(device_id=device.id, member_id=device.member_id)

    async def revoke(self, tenant_id: UUID, member_id: UUID) -> int:
        """End all devices of a member who left or lost one; how many there were."""
        async with self.db.transaction(tenant_id) as tx:
            return await rows.revoke_devices(tx, member_id, self.clock.now())

    def form_token(self, device: KnownDevice, subject: str) -> str:
        """What a form on this device about this subject must bring along."""
        return self.sign("form", _form(device, subject))

    def is_form_token(self, token: str, device: KnownDevice, subject: str) -> bool:
        body = self.verify("form", token)
        return body is not None and hmac.compare_digest(body, _form(device, subject))

    async def begin(self, tenant_id: UUID, link: str) -> BegunSignIn:
        """Begin a sign-in that is to come back to this link. The link itself stays in the browser:
        nobody on the way shall see it."""
        now, key = self.clock.now(), secrets.token_bytes(_SECRET)
        async with self.db.transaction(tenant_id) as tx:
            await rows.drop_old_sign_ins(tx, now - SIGN_IN_LASTS)
            await rows.add_sign_in(
                tx,
                SignIn(
                    tenant_id=tenant_id,
                    id=self.ids.new(),
                    created_at=now,
                    nonce_hash=_hash(key),
                    expires_at=now + SIGN_IN_LASTS,
                ),
            )
        return BegunSignIn(
            state=STATE_PREFIX + self.sign("state", tenant_id.bytes + key),
            nonce=_nonce(key),
            cookie=self.sign("sign-in", key + link.encode()),
        )

    async def come_back(self, state: str, cookie: str | None) -> ReturnedSignIn | None:
        """The sign-in that comes back, once, to the browser that began it; None otherwise."""
        body = self.verify("state", state.removeprefix(STATE_PREFIX))
        kept = self.verify("sign-in", cookie) if cookie else None
        if body is None or kept is None or len(body) != _ID + _SECRET or len(kept) <= _SECRET:
            return None
        key = body[_ID:]
        if not hmac.compare_digest(key, kept[:_SECRET]):
            return None
        tenant_id = UUID(bytes=body[:_ID])
        async with self.db.transaction(tenant_id) as tx:
            if not await rows.use_sign_in(tx, _hash(key), self.clock.now()):
                return None
        link = kept[_SECRET:].decode("ascii", "replace")
        return ReturnedSignIn(tenant_id=tenant_id, nonce=_nonce(key), link=link)


def _hash(secret: bytes) -> bytes:
    return hashlib.sha256(b"understudy device|" + secret).digest()


def _nonce(key: bytes) -> str:
    """Derived, so that Slack's answer can be checked without keeping one more secret."""
    digest = hmac.digest(key, b"understudy nonce", "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _form(device: KnownDevice, subject: str) -> bytes:
    return hashlib.sha256(f"{device.device_id}|{device.member_id}|{subject}".encode()).digest()
