"""What arrives once, however often it is sent."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from db.inbound import InboundKey, add_inbound, get_inbound, list_unfinished_inbound, set_inbound
from db.session import Database
from services.ports import Clock, Ids

# Longer than any handler may take: an older `received` row was left behind by a process that died.
IN_FLIGHT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedEvent:
    """An event that was accepted and then left behind."""

    scope: str
    external_id: str
    body: dict[str, Any]


def body_digest(body: Mapping[str, Any]) -> str:
    """The same for the same content, whatever the order of its keys."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _storable(body: Mapping[str, Any]) -> dict[str, Any]:
    """JSONB takes no NUL and no lone surrogate."""
    text = json.dumps(body, ensure_ascii=False).replace("\\u0000", "\ufffd")
    plain: dict[str, Any] = json.loads(text.encode("utf-8", "replace").decode())
    return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundService:
    """Accepts events once. The tenant is part of the key: nobody's id swallows another's."""

    db: Database
    clock: Clock
    ids: Ids

    async def receive(
        self,
        tenant_id: UUID,
        *,
        scope: str,
        source: str,
        external_id: str,
        body: Mapping[str, Any],
    ) -> bool:
        """Store the event; True when the caller is to act on it now.

        A repeat is acted on only when the first attempt died. The same id with another body is set
        aside: the first stands, and somebody is forging or a sender has gone wrong.
        """
        key = InboundKey(scope=scope, source=source, external_id=external_id)
        digest, now = body_digest(body), self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            if await add_inbound(
                tx,
                row_id=self.ids.new(),
                now=now,
                key=key,
                digest=digest,
                payload=_storable(body),
            ):
                return True
            stored = await get_inbound(tx, key)
            if stored.body_sha256 != digest:
                aside = InboundKey(
                    scope=scope, source=source, external_id=f"{external_id}#{digest[:16]}"
                )
                await add_inbound(
                    tx,
                    row_id=self.ids.new(),
                    now=now,
                    key=aside,
                    digest=digest,
                    payload=_storable(body),
                )
                await set_inbound(
                    tx, aside, status="set_aside", note="the same id came with another body"
                )
                return False
            return stored.status == "received" and stored.created_at + IN_FLIGHT < now

    async def done(self, tenant_id: UUID, *, scope: str, source: str, external_id: str) -> None:
        """The event has been acted on."""
        key = InboundKey(scope=scope, source=source, external_id=external_id)
        async with self.db.transaction(tenant_id) as tx:
            await set_inbound(tx, key, status="done")

    async def unfinished(self, tenant_id: UUID, *, source: str) -> tuple[UnfinishedEvent, ...]:
        """Accepted events that nobody finished, for the sweep."""
        async with self.db.read(tenant_id) as tx:
            rows = await list_unfinished_inbound(
                tx, source=source, before=self.clock.now() - IN_FLIGHT
            )
        return tuple(
            UnfinishedEvent(scope=row.scope, external_id=row.external_id, body=row.payload)
            for row in rows
        )
