"""The audit as somebody with the keys reads it."""

import json
from typing import Any
from uuid import UUID

from db.session import Database
from services.audit import AuditService
from services.vault import Vault
from tests.fakes.clock import FrozenClock, UuidIds
from tests.shared import VAULT


async def audited(
    database: Database, tenant: UUID, verb: str = "", *, vault: Vault = VAULT
) -> list[dict[str, Any]]:
    """Bodies in the order they were written, of verbs that begin so, their facts opened."""
    audit = AuditService(database, FrozenClock(), UuidIds(), vault)
    found = []
    async for entry in audit.export(tenant):
        body = json.loads(entry.body)
        body["facts"] = audit.facts(tenant, entry.id, entry.body, entry.key)
        if body["verb"].startswith(verb):
            found.append(body)
    return found
