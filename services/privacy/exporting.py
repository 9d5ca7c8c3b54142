"""Everything a workspace holds, and everything held about one person, row by row. Secrets never
leave: columns that hold them are named in services/privacy/treatment.py, and what else is bytes
goes as hex. No transaction is held while somebody writes the rows down."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from db import erasures as key_rows
from db import people as people_rows
from db.session import Database
from db.traces import NO_ONE, list_rows, places, tenant_tables
from services.audit import AuditService
from services.errors import NotFound
from services.privacy.people import Person, address_of, contact_person
from services.privacy.treatment import TREATMENTS
from services.vault import Vault

PAGE = 500
ALWAYS_SECRET = frozenset({"lease_token", "lease_until", "token_lease", "token_lease_until"})
NOBODY = "Nothing is held about {email}."
Row = dict[str, Any]
LINKS: Mapping[str, str] = {
    "contacts": "contact_id",
    "conversations": "conversation_id",
    "actions": "action_id",
    "drafts": "draft_id",
    "requests": "request_id",
    "messages": "message_id",
    "members": "member_id",
}
"""A sort of things → the column by which other tables refer to them."""
OWN: Mapping[str, str] = {
    "contacts": "contacts",
    "conversations": "conversations",
    "actions": "actions",
    "drafts": "drafts",
    "approval_requests": "requests",
    "messages": "messages",
    "members": "members",
}
"""Table → the sort of things its rows are."""


@dataclass(frozen=True, slots=True)
class ExportingService:
    db: Database
    audit: AuditService
    vault: Vault

    @staticmethod
    def tables() -> tuple[str, ...]:
        """What a workspace's export has, parents first."""
        return tuple(one.name for one in tenant_tables() if not TREATMENTS[one.name].left_out)

    @staticmethod
    def columns(table: str) -> tuple[str, ...]:
        """Without secrets."""
        found = next(one for one in tenant_tables() if one.name == table)
        return tuple(name for name in (c.name for c in found.columns) if _shown(table, name))

    async def rows(self, tenant_id: UUID, table: str) -> AsyncIterator[Row]:
        """The table's rows in the order of their ids, ready for JSON."""
        found = next(one for one in tenant_tables() if one.name == table)
        async for row in self._pages(tenant_id, found, ""):
            yield row

    async def about(self, tenant_id: UUID, email: str) -> AsyncIterator[tuple[str, Row]]:
        """Everything held about one person: (table, row). Whatever refers to them, to their mail
        or to what was drafted for them, and whatever names them."""
        async with self.db.read(tenant_id) as tx:
            member = await people_rows.find_member(tx, address_of(email))
            person = (
                await contact_person(tx, address_of(email))
                if member is None
                else Person(email=member.email, names=(member.name,), members=(member.id,))
            )
            things = await self._things(tx, person)
        empty = True
        for table in tenant_tables():
            if table.name == "audit_entries":
                continue
            where, values = _where(table, things, person.pattern)
            if where:
                async for row in self._pages(tenant_id, table, where, **values):
                    empty = False
                    yield table.name, row
        async for row in self._told(tenant_id, person, things):
            yield "audit_entries", row
        if empty:
            raise NotFound(NOBODY.format(email=email))

    @staticmethod
    async def _things(tx: Any, person: Person) -> dict[str, list[UUID]]:
        mail = await people_rows.list_mail(tx, person.contacts, person.pattern, 1_000_000)
        things = {
            "contacts": list(person.contacts),
            "members": list(person.members),
            "messages": [message for message, _ in mail],
            # What colleagues wrote belongs to no single thread of theirs.
            "conversations": sorted({thread for _, thread in mail}) if person.contacts else [],
        }
        if not person.members:
            things["conversations"] = sorted({thread for _, thread in mail})
        return things | await people_rows.list_things(tx, things)

    async def _told(
        self, tenant_id: UUID, person: Person, things: Mapping[str, list[UUID]]
    ) -> AsyncIterator[Row]:
        """What the audit tells of them."""
        ids = {str(one) for kind in things.values() for one in kind}
        after = NO_ONE
        while True:
            async with self.db.read(tenant_id) as tx:
                page = await key_rows.list_told(tx, after=after, limit=PAGE)
            for entry_id, body, key in page:
                told = json.loads(body)
                facts = self.audit.facts(tenant_id, entry_id, body, key)
                about = {told.get("subject"), told.get("actor")}
                if not ids.isdisjoint(about) or person.is_in(str(facts)):
                    shown = {name: told.get(name) for name in ("at", "actor", "verb", "subject")}
                    yield {"id": str(entry_id), **shown, "facts": facts}
            if len(page) < PAGE:
                return
            after = page[-1][0]

    async def _pages(
        self, tenant_id: UUID, table: Table, where: str, **values: Any
    ) -> AsyncIterator[Row]:
        key = {"audit_links": "entry_id", "tenants": "tenant_id"}.get(table.name, "id")
        after = NO_ONE
        while True:
            async with self.db.read(tenant_id) as tx:
                page = await list_rows(tx, table, after=after, limit=PAGE, where=where, **values)
                keys = await key_rows.keys_of(tx, [r["id"] for r in page]) if _told(table) else {}
            for row in page:
                yield self._plain(tenant_id, table.name, row, keys)
            if len(page) < PAGE:
                return
            after = page[-1][key]

    def _plain(
        self, tenant_id: UUID, table: str, row: Mapping[str, Any], keys: Mapping[UUID, bytes]
    ) -> Row:
        told = {name: _value(value) for name, value in row.items() if _shown(table, name)}
        if table == "audit_entries":
            told["body"] = bytes(row["body"]).decode("utf-8", "replace")
            told["facts"] = self.audit.facts(tenant_id, row["id"], row["body"], keys.get(row["id"]))
        return told


def _told(table: Table) -> bool:
    return table.name == "audit_entries"


def _shown(table: str, column: str) -> bool:
    return column not in ALWAYS_SECRET and column not in TREATMENTS[table].secrets


def _where(
    table: Table, things: Mapping[str, list[UUID]], pattern: str
) -> tuple[str, dict[str, Any]]:
    """SQL that narrows the table to what is about the person; empty where it can't be."""
    tests: list[str] = []
    values: dict[str, Any] = {}
    columns = {column.name for column in table.columns}
    for kind, column in {**LINKS, OWN.get(table.name, ""): "id"}.items():
        if kind and column in columns and things.get(kind):
            tests.append(f'"{column}" = any(cast(:{kind} as uuid[]))')
            values[kind] = things[kind]
    place = places().get(table.name)
    if place is not None:
        tests.append(place.matches)
        values["pattern"] = pattern
    if (table.name == "members" and not things["members"]) or table.name == "tenants":
        return "", {}
    return (f"and ({' or '.join(tests)})", values) if tests else ("", {})


def _value(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
