"""Secrets at rest, and names that can be looked up without being known.

A sealed value opens only in the cell it was sealed for: tenant, table, column and row are part of
what is authenticated, so a ciphertext copied elsewhere is worth nothing. Pure: keys come as text.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = 1
KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}")


class VaultError(Exception):
    """The value can't be opened here: another cell, another key, or not whole. A fault, never a
    person's doing, and the message names no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Where a secret stands."""

    tenant_id: UUID
    table: str
    column: str
    row: UUID

    @property
    def name(self) -> bytes:
        return f"{self.tenant_id}|{self.table}|{self.column}|{self.row}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressHash:
    """A mailbox address as the directory knows it. `version` names the key, for every process the
    same, in whatever order the keys are listed."""

    version: int
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Vault:
    """Seals with the first key, opens with any. `keys` maps ids to 32 bytes each, in order."""

    keys: dict[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Vault":
        """From `id:base64url32,…`; the first is the current one."""
        keys: dict[str, bytes] = {}
        for entry in filter(None, (part.strip() for part in text.split(","))):
            key_id, _, encoded = entry.partition(":")
            if not KEY_ID.fullmatch(key_id) or key_id in keys:
                raise VaultError("each encryption key is written id:key, every id once")
            keys[key_id] = _key(key_id, encoded)
        if not keys:
            raise VaultError("at least one encryption key is needed")
        return cls(keys=keys)

    @property
    def current(self) -> str:
        return next(iter(self.keys))

    def seal(self, plain: bytes, cell: Cell) -> bytes:
        """Encrypt for this cell and no other."""
        head = bytes([FORMAT, len(self.current)]) + self.current.encode()
        nonce = secrets.token_bytes(NONCE_BYTES)
        return head + nonce + AESGCM(self.keys[self.current]).encrypt(nonce, plain, cell.name)

    def open(self, sealed: bytes, cell: Cell) -> bytes:
        """What was sealed for this cell."""
        key_id, nonce, body = _split(sealed)
        if key_id not in self.keys:
            raise VaultError(f"the encryption key {key_id} is not among those given")
        try:
            return AESGCM(self.keys[key_id]).decrypt(nonce, body, cell.name)
        except InvalidTag:
            raise VaultError("a secret doesn't belong where it stands") from None

    def is_current(self, sealed: bytes) -> bool:
        """False when the value should be sealed anew under the first key."""
        return _split(sealed)[0] == self.current

    def address_hashes(self, address: str) -> tuple[AddressHash, ...]:
        """The address under every key, the current one first."""
        name = address.strip().lower().encode()
        return tuple(
            AddressHash(version=version, digest=hmac.digest(key, name, "sha256"))
            for version, key in self._hash_keys
        )

    def person_hashes(self, address: str) -> tuple[AddressHash, ...]:
        """The address of somebody who was erased, under every key, the current one first. Not
        those of `address_hashes`: the two directories can't be compared."""
        name = address.strip().lower().encode()
        return tuple(
            AddressHash(
                version=_version(key_id),
                digest=hmac.digest(_derive(key, "erased address"), name, "sha256"),
            )
            for key_id, key in self.keys.items()
        )

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """A key for this purpose from every encryption key, the current one first."""
        return tuple(_derive(key, purpose) for key in self.keys.values())

    @cached_property
    def _hash_keys(self) -> tuple[tuple[int, bytes], ...]:
        return tuple(
            (_version(key_id), _derive(key, "mailbox address")) for key_id, key in self.keys.items()
        )


def key_of(sealed: bytes) -> str:
    """The id of the key it was sealed with. Raises VaultError for anything else."""
    return _split(sealed)[0]


def generate(key_id: str = "k1") -> str:
    """A new key as it is written in ENCRYPTION_KEYS."""
    return f"{key_id}:{base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def _key(key_id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise VaultError(f"the encryption key {key_id} is not 32 bytes in base64url")
    return key


def _derive(key: bytes, purpose: str) -> bytes:
    info = b"understudy|" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


def _version(key_id: str) -> int:
    # A positive 32-bit number that depends on the id alone: keys may be reordered or retired.
    return int.from_bytes(hashlib.sha256(key_id.encode()).digest()[:4]) & 0x7FFFFFFF


def _split(sealed: bytes) -> tuple[str, bytes, bytes]:
    size = sealed[1] if len(sealed) > 1 else 0
    body = 2 + size + NONCE_BYTES
    if not size or sealed[0] != FORMAT or len(sealed) <= body:
        raise VaultError("this is no sealed value")
    return sealed[2 : 2 + size].decode("ascii", "replace"), sealed[2 + size : body], sealed[body:]
