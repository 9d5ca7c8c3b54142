"""Personal facts of an audit entry, under a key of their own that can be destroyed.

Each entry that tells of somebody has its own key, kept sealed beside the audit (`audit_keys`) with
whom and what it is about. The entry's stored bytes, which are chained, hold only what the key
opens: without the key they stay, byte for byte, and say nothing. A key is made and stored with the
entry, so that no decision waits for one to be looked up.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.audit_facts import ERASED, UNREADABLE, join, outline, split
from services.vault import KEY_BYTES, NONCE_BYTES, Cell, Vault, VaultError

# Between "at" and "subject" in the order of names: `audit.stands_as_told` reads the ends only.
SEALED, SHAPE = "sealed", "outline"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKey:
    """The key of one entry as it is stored. `key_id` names the encryption key it is sealed with."""

    key_id: str
    key: bytes


@dataclass(frozen=True, slots=True)
class FactSeal:
    vault: Vault

    def seal(
        self, tenant_id: UUID, entry_id: UUID, facts: Mapping[str, Any]
    ) -> tuple[dict[str, Any], SealedKey | None]:
        """What an entry's body holds of its facts (`facts`, and `sealed` with its outline where
        somebody is told of), and the key to store; None where nobody is."""
        plain, personal = split(facts)
        if not personal:
            return {"facts": plain}, None
        key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
        told = json.dumps(personal, sort_keys=True, ensure_ascii=False, default=str).encode()
        closed = nonce + AESGCM(key).encrypt(nonce, told, _name(tenant_id, entry_id))
        body = {
            "facts": plain,
            SHAPE: outline(personal),
            SEALED: base64.b64encode(closed).decode(),
        }
        stored = self.vault.seal(key, _cell(tenant_id, entry_id))
        return body, SealedKey(key_id=self.vault.current, key=stored)

    def read(
        self, tenant_id: UUID, entry_id: UUID, body: Mapping[str, Any], key: bytes | None
    ) -> dict[str, Any]:
        """The facts of a stored body: whole with its key; without one `erased` stands where
        something personal was."""
        plain = dict(body.get("facts") or {})
        if SEALED not in body:
            return plain
        shape = body.get(SHAPE) or {}
        if key is None:
            return join(plain, shape)
        try:
            opened = self.vault.open(key, _cell(tenant_id, entry_id))
            return join(plain, _opened(opened, str(body[SEALED]), tenant_id, entry_id))
        except (VaultError, InvalidTag):
            return join(plain, _marked(shape))

    def reseal(self, tenant_id: UUID, entry_id: UUID, key: bytes) -> SealedKey:
        """The same key under the present encryption key."""
        cell = _cell(tenant_id, entry_id)
        return SealedKey(
            key_id=self.vault.current, key=self.vault.seal(self.vault.open(key, cell), cell)
        )


def _opened(key: bytes, sealed: str, tenant_id: UUID, entry_id: UUID) -> dict[str, Any]:
    closed = base64.b64decode(sealed)
    nonce, rest = closed[:NONCE_BYTES], closed[NONCE_BYTES:]
    found: dict[str, Any] = json.loads(AESGCM(key).decrypt(nonce, rest, _name(tenant_id, entry_id)))
    return found


def _marked(shape: Mapping[str, Any]) -> dict[str, Any]:
    return {key: UNREADABLE if value == ERASED else _marked(value) for key, value in shape.items()}


def _cell(tenant_id: UUID, entry_id: UUID) -> Cell:
    return Cell(tenant_id=tenant_id, table="audit_keys", column="key", row=entry_id)


def _name(tenant_id: UUID, entry_id: UUID) -> bytes:
    return f"{tenant_id}|audit_entries|body|{entry_id}".encode()
