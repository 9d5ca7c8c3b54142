"""What a workspace gave us, sealed in its tenant's row: the bot token, and with rotation what
renews it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.errors import NotFound
from services.types.installs import BotGrant
from services.vault import Cell, Vault

DISCONNECTED = (
    "Slack has taken back Understudy's access to this workspace. Nothing can be shown here until "
    "an admin connects it again."
)
UNCONNECTED = "This workspace isn't connected to Understudy."


def token_cell(tenant_id: UUID) -> Cell:
    """Where a bot token lies: a ciphertext moved to another tenant's row can't be opened."""
    return Cell(tenant_id=tenant_id, table="tenants", column="bot_token", row=tenant_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldGrants:
    """What stands in the row: the grant in use, and the one before it until the next renewal."""

    current: BotGrant
    previous: BotGrant | None = None

    def to_bytes(self) -> bytes:
        return json.dumps(
            {"current": _plain(self.current), "previous": _plain(self.previous)}
        ).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "HeldGrants":
        stored = json.loads(data)
        current = _grant(stored["current"])
        if current is None:
            raise NotFound(UNCONNECTED)
        return cls(current=current, previous=_grant(stored.get("previous")))


def grant_cell(tenant_id: UUID) -> Cell:
    return Cell(tenant_id=tenant_id, table="tenants", column="bot_grant", row=tenant_id)


def sealed_grant(vault: Vault, tenant_id: UUID, grant: BotGrant) -> bytes | None:
    """What is kept of a fresh grant beside its token; nothing where that never ends."""
    if grant.refresh_token is None:
        return None
    return vault.seal(HeldGrants(current=grant).to_bytes(), grant_cell(tenant_id))


def _plain(grant: BotGrant | None) -> dict[str, Any] | None:
    if grant is None:
        return None
    ends = grant.expires_at
    return {
        "token": grant.token,
        "refresh_token": grant.refresh_token,
        "expires_at": ends.isoformat() if ends else None,
    }


def _grant(stored: Mapping[str, Any] | None) -> BotGrant | None:
    if stored is None:
        return None
    ends = stored["expires_at"]
    return BotGrant(
        token=stored["token"],
        refresh_token=stored["refresh_token"],
        expires_at=datetime.fromisoformat(ends) if ends else None,
    )
