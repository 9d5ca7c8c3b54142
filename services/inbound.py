"""What arrives once, however often it is sent."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from db import jobs
from db.inbound import (
    InboundKey,
    add_inbound,
    get_inbound,
    list_unfinished_inbound,
    lock_inbound,
    set_inbound,
)
from db.models.records import InboundEvent
from db.session import Database, Tx
from services.errors import ServiceError, TransientError
from services.metrics import INBOUND
from services.ports import Clock, Ids

log = structlog.get_logger()

FINISH = "inbound.finish"
SLACK = "slack"
GIVEN_UP = "acting on it failed several times; the worker's log says how"

# Longer than any handler may take: an older `received` row was left behind by a process that died.
IN_FLIGHT = timedelta(seconds=30)

Act = Callable[[Mapping[str, Any]], Awaitable[None]]
"""What is done about an event, from its stored body."""


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
                _count(tx, source, "new")
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
                _count(tx, source, "set_aside")
                return False
            if stored.status != "received" or _in_flight(stored) >= now:
                _count(tx, source, "repeat")
                return False
            stored.taken_at = now
            await tx.session.flush()
            _count(tx, source, "taken_up")
            return True

    async def done(self, tenant_id: UUID, *, scope: str, source: str, external_id: str) -> None:
        """The event has been acted on."""
        key = InboundKey(scope=scope, source=source, external_id=external_id)
        async with self.db.transaction(tenant_id) as tx:
            await set_inbound(tx, key, status="done")

    async def finish(self, tenant_id: UUID, event_id: UUID, act: Act) -> None:
        """The job `inbound.finish`: act on an event that was left behind, once. What is refused
        would be refused again, so it is set aside; other failures are the queue's to try again."""
        body = await self._take(tenant_id, event_id)
        if body is None:
            return
        try:
            await act(body)
        except ServiceError as error:
            if isinstance(error, TransientError):
                await self._leave(tenant_id, event_id)
                raise
            await self._leave(tenant_id, event_id, "set_aside", str(error))
        except Exception:
            await self._leave(tenant_id, event_id)
            raise
        else:
            await self._leave(tenant_id, event_id, "done")

    async def recover(self, tenant_id: UUID) -> None:
        """A check of the sweep: events that nobody finished and that have no live job. Queued, or
        set aside when their job is held after its last failure."""
        before = self.clock.now() - IN_FLIGHT
        async with self.db.transaction(tenant_id) as tx:
            left = await list_unfinished_inbound(tx, source=SLACK, before=before)
            if not left:
                return
            alive = {str(job.get("event_id")) for job in await jobs.live_payloads(tx, FINISH)}
            held = {str(job.get("event_id")) for job in await jobs.held_payloads(tx, FINISH)}
            for event in (one for one in left if str(one.id) not in alive):
                log.warning("an event was left behind", external_id=event.external_id)
                if str(event.id) in held:
                    key = InboundKey(
                        scope=event.scope, source=event.source, external_id=event.external_id
                    )
                    await set_inbound(tx, key, status="set_aside", note=GIVEN_UP)
                    _count(tx, event.source, "set_aside")
                else:
                    await jobs.enqueue(tx, FINISH, {"event_id": event.id})

    async def _take(self, tenant_id: UUID, event_id: UUID) -> dict[str, Any] | None:
        """The event's body, and nobody else acts on it meanwhile; None when it is finished."""
        now = self.clock.now()
        async with self.db.transaction(tenant_id) as tx:
            event = await lock_inbound(tx, event_id)
            if event is None or event.status != "received":
                return None
            if (until := _in_flight(event)) > now:
                raise TransientError("somebody is acting on it", retry_after=until - now)
            event.taken_at = now
            await tx.session.flush()
            return event.payload

    async def _leave(
        self, tenant_id: UUID, event_id: UUID, status: str = "received", note: str | None = None
    ) -> None:
        async with self.db.transaction(tenant_id) as tx:
            event = await lock_inbound(tx, event_id)
            if event is not None and event.status == "received":
                event.status, event.note, event.taken_at = status, note, None
                await tx.session.flush()
                if status != "received":
                    _count(tx, event.source, status)


def _count(tx: Tx, source: str, result: str) -> None:
    tx.committed.append(INBOUND.labels(source, result).inc)


def _in_flight(event: InboundEvent) -> datetime:
    """Until when somebody may be acting on it."""
    return (event.taken_at or event.created_at) + IN_FLIGHT
