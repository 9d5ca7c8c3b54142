"""Heads of the audit chain, kept outside the database: once a day a line in a file per tenant, so
that a tail that was cut in the database can be told."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from db import timers
from db.session import Database
from services.audit import Anchor, AuditService


@dataclass(frozen=True, slots=True)
class AnchorBook:
    folder: Path

    def last(self, tenant_id: UUID) -> tuple[Anchor, str] | None:
        """The newest anchor and its day, or None."""
        lines = self._lines(tenant_id)
        return (_anchor(lines[-1]), json.loads(lines[-1])["day"]) if lines else None

    def all(self, tenant_id: UUID) -> list[Anchor]:
        """Every anchor there is, the oldest first. A chain that was forged is anchored like any
        other from then on: it is the older ones that tell."""
        return [_anchor(line) for line in self._lines(tenant_id)]

    def _lines(self, tenant_id: UUID) -> list[str]:
        path = self._path(tenant_id)
        return path.read_text().splitlines() if path.exists() else []

    def note(self, tenant_id: UUID, anchor: Anchor, at: datetime) -> None:
        """Append, and make sure it reached the disk."""
        self.folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps(
            {
                "day": at.date().isoformat(),
                "at": at.isoformat(),
                "sequence": anchor.sequence,
                "hash": anchor.hash.hex(),
            }
        )
        with self._path(tenant_id).open("a") as book:
            book.write(line + "\n")
            book.flush()
            os.fsync(book.fileno())

    def _path(self, tenant_id: UUID) -> Path:
        return self.folder / f"{tenant_id}.jsonl"


def _anchor(line: str) -> Anchor:
    entry = json.loads(line)
    return Anchor(sequence=entry["sequence"], hash=bytes.fromhex(entry["hash"]))


async def anchor_all(
    database: Database, audit: AuditService, book: AnchorBook, now: datetime
) -> None:
    """Anchor every tenant that has no anchor of this day yet."""
    async with database.directory() as tx:
        tenants = await timers.list_tenants(tx)
    for tenant_id in tenants:
        known = book.last(tenant_id)
        if known is not None and known[1] == now.date().isoformat():
            continue
        head = await audit.head(tenant_id)
        if head is not None and (known is None or head != known[0]):
            book.note(tenant_id, head, now)
