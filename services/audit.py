"""The audit: who did what, and why, so that nobody can quietly change it afterwards.

Entries are written unchained in the transaction of what they tell. A job per tenant chains them
within seconds: hash = sha256(previous ‖ entry id ‖ stored body). A head that was anchored elsewhere
(a file outside the database, once a day) shows a tail that was cut.

What an entry tells of somebody is sealed under a key of its own (services/audit_seals.py). Erasing
destroys keys and touches no entry, so the chain stays whole.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from db import audit as rows
from db import jobs
from db.session import Database, Tx
from services.audit_seals import FactSeal
from services.counting import count_entry
from services.ports import Clock, Ids
from services.types.people import Actor
from services.vault import Vault

AGENT = "understudy"
START = hashlib.sha256(b"understudy audit").digest()
BATCH = 500
PAGE = 5_000
"""Links that a verification reads at once: some four megabytes."""
Facts = dict[str, Any]


def link_hash(previous: bytes, entry_id: UUID, body: bytes) -> bytes:
    return hashlib.sha256(previous + entry_id.bytes + body).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What a verification found. `broken_at` is the sequence of the first link that doesn't hold,
    `missing_tail` counts links an anchor knew that are gone, `unchained` entries wait for the job.
    """

    links: int
    head: bytes
    broken_at: int | None
    missing_tail: int
    unchained: int

    @property
    def whole(self) -> bool:
        return self.broken_at is None and self.missing_tail == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A head of the chain as it was seen and kept elsewhere."""

    sequence: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class AuditService:
    db: Database
    clock: Clock
    ids: Ids
    vault: Vault
    _seen: set[UUID] = field(default_factory=set, compare=False)
    """Tenants whose whole chain this process has looked at once, whatever the clock said before."""

    async def append(
        self,
        tx: Tx,
        verb: str,
        *,
        actor: Actor | None = None,
        subject_id: UUID | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Write an entry into the open transaction. Without an actor the copilot itself did it."""
        row = self.entry(tx.tenant_id, verb, actor=actor, subject_id=subject_id, facts=facts)
        await rows.add_entry(tx, row)
        count_entry(tx, verb, facts)
        await self.chain_soon(tx)

    def entry(
        self,
        tenant_id: UUID,
        verb: str,
        *,
        actor: Actor | None = None,
        subject_id: UUID | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> rows.AuditRow:
        """The entry, for a statement that writes it together with what it tells of; `chain_soon`
        and `count_entry` go with it."""
        entry_id, at = self.ids.new(), self.clock.now()
        told, key = FactSeal(self.vault).seal(tenant_id, entry_id, facts or {})
        body = {
            "at": at.isoformat(),
            "actor": str(actor.member_id) if actor else AGENT,
            "verb": verb,
            "subject": str(subject_id) if subject_id else None,
            **told,
        }
        encoded = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str).encode()
        return rows.AuditRow(
            id=entry_id,
            at=at,
            verb=verb,
            subject_id=subject_id,
            body=encoded,
            actor_id=actor.member_id if actor else None,
            key=key.key if key else None,
            key_id=key.key_id if key else "",
        )

    def facts(self, tenant_id: UUID, entry_id: UUID, body: bytes, key: bytes | None) -> Facts:
        """What a stored entry tells: `erased` stands where its key was destroyed."""
        return FactSeal(self.vault).read(tenant_id, entry_id, json.loads(body), key)

    @staticmethod
    async def chain_soon(tx: Tx) -> None:
        # No dedupe key: its index would make every decision of a tenant wait for the one before.
        await jobs.enqueue(tx, "audit.chain")

    async def chain(self, tenant_id: UUID) -> int:
        """Chain what is not chained yet; returns how many entries that were."""
        done = 0
        while True:
            async with self.db.transaction(tenant_id) as tx:
                await rows.lock_chain(tx)
                everywhere = tenant_id not in self._seen
                entries = await rows.list_unchained(tx, BATCH, everywhere=everywhere)
                if not entries:
                    self._seen.add(tenant_id)
                    return done
                head = await rows.get_head(tx)
                sequence = head.sequence if head else 0
                previous = head.hash if head else START
                links = []
                for entry in entries:
                    sequence += 1
                    digest = link_hash(previous, entry.id, entry.body)
                    links.append(
                        rows.StoredLink(
                            sequence=sequence, entry_id=entry.id, previous=previous, hash=digest
                        )
                    )
                    previous = digest
                await rows.add_links(tx, links, self.clock.now())
                done += len(links)

    async def verify(self, tenant_id: UUID, *anchors: Anchor | None) -> ChainReport:
        """Recompute the whole chain from the stored bytes, and compare it with every anchor: the
        newest one may be of a chain that was forged before it."""
        kept: dict[int, set[bytes]] = {}
        for anchor in filter(None, anchors):
            kept.setdefault(anchor.sequence, set()).add(anchor.hash)
        sequence, previous, broken_at = 0, START, None
        async with self.db.read(tenant_id) as tx:
            while page := await rows.list_chain(tx, after=sequence, limit=PAGE):
                for number, entry_id, before, digest, body, verb, subject, at in page:
                    good = (
                        body is not None
                        and number == sequence + 1
                        and before == previous
                        and digest == link_hash(previous, entry_id, body)
                        and (number not in kept or kept[number] == {digest})
                        and stands_as_told(body, verb, subject, at)
                    )
                    if not good and broken_at is None:
                        broken_at = number
                    sequence, previous = number, digest
            unchained = len(await rows.list_unchained(tx, 10_000))
        return ChainReport(
            links=sequence,
            head=previous,
            broken_at=broken_at,
            missing_tail=max(0, max(kept, default=0) - sequence),
            unchained=unchained,
        )

    async def export(
        self,
        tenant_id: UUID,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        verbs: Sequence[str] = (),
    ) -> AsyncIterator[rows.ExportedEntry]:
        """The tenant's entries in the order they were written, page by page: no transaction is held
        while somebody writes them down. `verbs` are names in which `*` stands for anything."""
        patterns = [_like(verb) for verb in verbs]
        after = 0
        while True:
            async with self.db.read(tenant_id) as tx:
                page = await rows.list_exported(
                    tx, after=after, limit=BATCH, since=since, until=until, verbs=patterns
                )
            for entry in page:
                yield entry
            if len(page) < BATCH:
                return
            after = page[-1].position

    async def head(self, tenant_id: UUID) -> Anchor | None:
        async with self.db.read(tenant_id) as tx:
            link = await rows.get_head(tx)
        return Anchor(sequence=link.sequence, hash=link.hash) if link else None


def stands_as_told(body: bytes, verb: str, subject_id: UUID | None, at: datetime) -> bool:
    """Whether the columns by which entries are found say what the chained bytes say. The bytes are
    ours, with their keys in order: nothing has to be parsed."""
    subject = f'"{subject_id}"' if subject_id else "null"
    tail = f', "subject": {subject}, "verb": "{verb}"}}'.encode()
    told_at = body.partition(b'", "at": "')[2]
    return body.endswith(tail) and told_at.startswith(at.isoformat().encode())


def _like(verb: str) -> str:
    """`approval.*` as SQL says it; SQL's own wildcards are plain characters in a verb."""
    escaped = verb.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%")
