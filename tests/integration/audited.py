"""The audit as somebody with the keys reads it."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import text

from db.session import Database
from services.audit import AuditService, stands_as_told
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


PEOPLE = """
select name from members union select email from members union select name from contacts
union select email from contacts union select name from accounts union select address from mailboxes
union select subject from conversations union select subject from draft_revisions
"""
TAMPERED = """
select count(*) from pg_trigger where tgrelid = 'audit_entries'::regclass and tgenabled = 'D'
"""
"""A test that plays somebody with the database disables these first."""
ENTRIES = "select body, verb, subject_id, created_at from audit_entries"
OUR_SENTENCES = {"came_by", "event", "resolved_by"}


async def assert_tells_of_nobody(database: Database, tenant: UUID) -> None:
    """In the audit's stored bytes, as they are chained, nobody is named: no name, no address, no
    subject, no sentence that somebody might have written. And the columns by which entries are
    found say what the bytes say, whichever statement wrote them."""
    async with database.read(tenant) as tx:
        if await tx.session.scalar(text(TAMPERED)):
            return
        words = {one for one in await tx.session.scalars(text(PEOPLE)) if len(one) > 2}
        stored = (await tx.session.execute(text(ENTRIES))).all()
    for row in stored:
        body = _readable(row.body)
        if body is None:
            continue
        assert stands_as_told(*row), (row.verb, row.created_at, row.body)
        body.pop("sealed", None)
        for key, told in _strings("", body):
            assert told not in words, (body["verb"], key, told)
            assert "@" not in told, (body["verb"], key, told)
            assert " " not in told or key in OUR_SENTENCES, (body["verb"], key, told)


def _readable(body: bytes) -> dict[str, Any] | None:
    """None for one that a test has spoiled on purpose."""
    try:
        return dict(json.loads(body))
    except ValueError:
        return None


def _strings(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(name, inner)
            yield name, name
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(key, inner)
    elif isinstance(value, str):
        yield key, value
