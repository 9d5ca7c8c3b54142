"""SQL of the audit: entries, and the chain over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from db.models.records import AuditEntry, AuditKey, AuditLink
from db.session import ReadTx, Tx, raw_connection

ADD_ENTRY = """
insert into audit_entries (tenant_id, id, created_at, verb, subject_id, body)
values ($1, $2, $3, $4, $5, $6)
"""
# What an entry tells of somebody goes in with its key, in one statement: a decision waits once.
ADD_ENTRY_AND_KEY = """
with entry as (
    insert into audit_entries (tenant_id, id, created_at, verb, subject_id, body)
    values ($1, $2, $3, $4, $5, $6)
)
insert into audit_keys (tenant_id, id, created_at, subject_id, actor_id, key_id, key)
values ($1, $2, $3, $5, $7, $8, $9)
"""
ADD_KEY = """
insert into audit_keys (tenant_id, id, created_at, subject_id, actor_id, key_id, key)
values ($1, $2, $3, $4, $5, $6, $7)
"""


CHAIN = """
select l.sequence, l.entry_id, l.previous, l.hash, e.body, e.verb, e.subject_id, e.created_at
from audit_links l
left join audit_entries e on e.tenant_id = l.tenant_id and e.id = l.entry_id
where l.tenant_id = $1 and l.sequence > $2
order by l.sequence limit $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An entry to be written, with the sealed key of what it tells of somebody (None: nobody is
    told of)."""

    id: UUID
    at: datetime
    verb: str
    subject_id: UUID | None
    body: bytes
    actor_id: UUID | None = None
    key: bytes | None = None
    key_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    id: UUID
    position: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLink:
    sequence: int
    entry_id: UUID
    previous: bytes
    hash: bytes


OPEN_AT_MOST = timedelta(minutes=10)
"""Longer than any transaction of ours that writes an entry is open."""
SETTLED = """
select e.position
from audit_links l
join audit_entries e on e.tenant_id = l.tenant_id and e.id = l.entry_id
where l.tenant_id = $1 and l.created_at < (
    select h.created_at - $2::interval from audit_links h
    where h.tenant_id = $1 order by h.sequence desc limit 1)
order by l.sequence desc limit 1
"""
LOCK_SUBJECT = "select pg_advisory_xact_lock(hashtextextended($1, 0))"

HAS_ENTRY = """
select exists (
    select from audit_entries
    where tenant_id = $1 and subject_id = $2 and verb = $3 and created_at > $4
      and convert_from(body, 'utf8')::jsonb ->> 'actor' = $5
)
"""


async def lock_subject(tx: Tx, subject_id: UUID) -> None:
    """One writer of bounded entries about this subject at a time, until the transaction ends."""
    key = f"audit|{tx.tenant_id}|{subject_id}"
    await (await raw_connection(tx)).execute(LOCK_SUBJECT, key)


async def has_entry(
    tx: ReadTx, verb: str, *, subject_id: UUID, actor_id: UUID, since: datetime
) -> bool:
    """Whether this actor's entry with this verb about this subject was written since then."""
    found = await (await raw_connection(tx)).fetchval(
        HAS_ENTRY, tx.tenant_id, subject_id, verb, since, str(actor_id)
    )
    return bool(found)


async def add_entry(tx: Tx, row: AuditRow) -> None:
    entry = (tx.tenant_id, row.id, row.at, row.verb, row.subject_id, row.body)
    connection = await raw_connection(tx)
    if row.key is None:
        await connection.execute(ADD_ENTRY, *entry)
    else:
        await connection.execute(ADD_ENTRY_AND_KEY, *entry, row.actor_id, row.key_id, row.key)


async def add_keys(tx: Tx, entries: Sequence[AuditRow]) -> None:
    """The keys of entries that another statement has just written. Nearly no decision has any."""
    for row in entries:
        if row.key is not None:
            await (await raw_connection(tx)).execute(
                ADD_KEY,
                tx.tenant_id,
                row.id,
                row.at,
                row.subject_id,
                row.actor_id,
                row.key_id,
                row.key,
            )


async def lock_chain(tx: Tx) -> None:
    """One chainer a tenant at a time, until the transaction ends."""
    key = func.hashtextextended(f"audit:{tx.tenant_id}", 0)
    await tx.session.execute(select(func.pg_advisory_xact_lock(key)))


async def get_head(tx: ReadTx) -> StoredLink | None:
    row = (
        await tx.session.execute(
            select(AuditLink)
            .where(AuditLink.tenant_id == tx.tenant_id)
            .order_by(AuditLink.sequence.desc())
            .limit(1)
        )
    ).scalar_one_or_none()
    return _link(row) if row else None


async def list_unchained(
    tx: ReadTx, limit: int, *, everywhere: bool = True
) -> Sequence[StoredEntry]:
    """Entries no link stands for yet, in the order they were written. Without `everywhere` only
    those that may have been written since the chain was last looked at."""
    linked = select(AuditLink.entry_id).where(
        AuditLink.tenant_id == tx.tenant_id, AuditLink.entry_id == AuditEntry.id
    )
    query = (
        select(AuditEntry.id, AuditEntry.position, AuditEntry.body)
        .where(AuditEntry.tenant_id == tx.tenant_id, ~linked.exists())
        .order_by(AuditEntry.position)
        .limit(limit)
    )
    if not everywhere:
        query = query.where(AuditEntry.position > await _settled(tx))
    rows = await tx.session.execute(query)
    return [StoredEntry(id=row.id, position=row.position, body=row.body) for row in rows]


async def _settled(tx: ReadTx) -> int:
    """A position up to which every entry has its link: that of the newest entry that was chained
    OPEN_AT_MOST before the last one was. An entry before it was written earlier still, so that its
    transaction was over when the last one was chained, and it was chained then at the latest."""
    row = await (await raw_connection(tx)).fetchrow(SETTLED, tx.tenant_id, OPEN_AT_MOST)
    return int(row["position"]) if row else 0


async def add_links(tx: Tx, links: Sequence[StoredLink], at: datetime) -> None:
    await tx.session.execute(
        insert(AuditLink),
        [
            {
                "tenant_id": tx.tenant_id,
                "sequence": link.sequence,
                "entry_id": link.entry_id,
                "previous": link.previous,
                "hash": link.hash,
                "created_at": at,
            }
            for link in links
        ],
    )


ChainedLink = tuple[int, UUID, bytes, bytes, bytes | None, str, UUID | None, datetime]
"""Sequence, entry, previous hash, hash; of the entry its chained bytes, verb, subject and time."""


async def list_chain(tx: ReadTx, *, after: int, limit: int) -> Sequence[ChainedLink]:
    """Links after a sequence number, in order, each with the entry it stands for (a body of None
    when that is gone). Plain rows of the driver: a chain has millions."""
    connection = await raw_connection(tx)
    rows: Sequence[Any] = await connection.fetch(CHAIN, tx.tenant_id, after, limit)
    return rows


async def list_entries(
    tx: ReadTx, subject_id: UUID, limit: int = 50
) -> Sequence[tuple[datetime, str, bytes]]:
    rows = await tx.session.execute(
        select(AuditEntry.created_at, AuditEntry.verb, AuditEntry.body)
        .where(AuditEntry.tenant_id == tx.tenant_id, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.position.desc())
        .limit(limit)
    )
    return [(row.created_at, row.verb, row.body) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedEntry:
    """An entry with the link that stands for it (None until it is chained), and with its key if it
    has one still."""

    id: UUID
    position: int
    at: datetime
    verb: str
    subject_id: UUID | None
    body: bytes
    link: StoredLink | None
    key: bytes | None = None


async def list_exported(
    tx: ReadTx,
    *,
    after: int,
    limit: int,
    since: datetime | None = None,
    until: datetime | None = None,
    verbs: Sequence[str] = (),
) -> list[ExportedEntry]:
    """Entries after a position, in the order they were written. `verbs` are LIKE patterns, any of
    which is enough; `until` is the first moment left out."""
    query = (
        select(AuditEntry, AuditLink, AuditKey.key)
        .outerjoin(
            AuditLink,
            (AuditLink.tenant_id == AuditEntry.tenant_id) & (AuditLink.entry_id == AuditEntry.id),
        )
        .outerjoin(
            AuditKey,
            (AuditKey.tenant_id == AuditEntry.tenant_id) & (AuditKey.id == AuditEntry.id),
        )
        .where(AuditEntry.tenant_id == tx.tenant_id, AuditEntry.position > after)
        .order_by(AuditEntry.position)
        .limit(limit)
    )
    if since is not None:
        query = query.where(AuditEntry.created_at >= since)
    if until is not None:
        query = query.where(AuditEntry.created_at < until)
    if verbs:
        query = query.where(or_(*(AuditEntry.verb.like(verb, escape="\\") for verb in verbs)))
    return [
        ExportedEntry(
            id=entry.id,
            position=entry.position,
            at=entry.created_at,
            verb=entry.verb,
            subject_id=entry.subject_id,
            body=entry.body,
            link=_link_or_none(link),
            key=key,
        )
        for entry, link, key in await tx.session.execute(query)
    ]


def _link(row: AuditLink) -> StoredLink:
    return StoredLink(
        sequence=row.sequence, entry_id=row.entry_id, previous=row.previous, hash=row.hash
    )


def _link_or_none(row: AuditLink | None) -> StoredLink | None:
    return _link(row) if row is not None else None
