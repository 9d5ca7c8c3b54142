"""Attack 15: somebody with the database, and time, makes the record tell something else. They may
disable triggers; what they can't reach is the anchors, which lie elsewhere.

That rows can't be changed with triggers on: tests/integration/db/test_tenancy.py."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text

from bot.anchors import AnchorBook, anchor_all
from db import erasures
from db.session import Database
from services.audit import AuditService, ChainReport
from services.audit_facts import ERASED
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.integration.audited import audited
from tests.integration.services.test_audit import as_owner
from tests.shared import VAULT

WRITERS = 200


class Record:
    """One tenant's audit, its anchors, and the days that pass."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.clock = database, FrozenClock(make.NOW)
        self.audit = AuditService(database, self.clock, UuidIds(), VAULT)
        self.book = AnchorBook(folder)

    async def opened(self) -> "Record":
        self.tenant = await make.make_tenant(self.database)
        return self

    async def write(self, count: int = 1, verb: str = "test.done") -> None:
        for number in range(count):
            async with self.database.transaction(self.tenant) as tx:
                await self.audit.append(tx, verb, subject_id=uuid4(), facts={"number": number})

    async def a_day(self, count: int = 4) -> None:
        """Something is done, chained, and in the evening anchored."""
        await self.write(count)
        await self.audit.chain(self.tenant)
        await anchor_all(self.database, self.audit, self.book, self.clock.now())
        self.clock.move(timedelta(days=1))

    async def verified(self) -> ChainReport:
        return await self.audit.verify(self.tenant, *self.book.all(self.tenant))


@pytest.fixture
async def record(database: Database, tmp_path: Path) -> Record:
    return await Record(database, tmp_path).opened()


async def test_attack_15_two_hundred_writers_at_once_make_one_chain(record: Record) -> None:
    """And a chainer after each of them: heads never fork."""

    async def write_and_chain() -> None:
        await record.write()
        await record.audit.chain(record.tenant)

    await asyncio.gather(*(write_and_chain() for _ in range(WRITERS)))
    report = await record.verified()
    assert (report.links, report.unchained, report.broken_at) == (WRITERS, 0, None)


async def test_attack_15_a_cut_tail_is_found_however_many_anchors_come_after_it(
    record: Record, owner_url: str
) -> None:
    """Waiting for the next anchors, which are of the forged chain, makes nothing good again."""
    for _ in range(3):
        await record.a_day()
    assert (await record.verified()).whole
    await as_owner(
        owner_url,
        "delete from audit_links where sequence > 6",
        "delete from audit_entries where id not in (select entry_id from audit_links)",
    )
    cut = await record.verified()
    assert (cut.whole, cut.missing_tail) == (False, 6)
    # Days go by: the chain grows past where it was, and is anchored as it is now.
    for _ in range(3):
        await record.a_day()
    report = await record.verified()
    assert report.links == 18
    assert (report.whole, report.broken_at) == (False, 8)


async def test_attack_15_all_of_it_gone_is_found(record: Record, owner_url: str) -> None:
    await record.a_day()
    await as_owner(owner_url, "delete from audit_links", "delete from audit_entries")
    report = await record.verified()
    assert (report.whole, report.missing_tail) == (False, 4)


@pytest.mark.parametrize(
    "lie",
    [
        "verb = 'test.nothing'",
        "subject_id = null",
        "subject_id = tenant_id",
        "created_at = created_at - interval '1 hour'",
    ],
)
async def test_attack_15_what_entries_are_found_by_is_chained_too(
    record: Record, owner_url: str, lie: str
) -> None:
    """Lists and exports look for a verb, a subject and a time: columns beside the chained bytes."""
    await record.a_day()
    second = "(select entry_id from audit_links where sequence = 2)"
    await as_owner(owner_url, f"update audit_entries set {lie} where id = {second}")
    report = await record.verified()
    assert (report.whole, report.broken_at) == (False, 2)


async def test_attack_15_no_entry_moves_into_another_workspaces_record(
    record: Record, owner_url: str
) -> None:
    """The database itself refuses: a link stands for an entry of its own workspace."""
    await record.a_day()
    other = await make.make_tenant(record.database)
    second = "(select entry_id from audit_links where sequence = 2)"
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await as_owner(
            owner_url, f"update audit_entries set tenant_id = '{other}' where id = {second}"
        )
    assert (await record.verified()).whole


async def test_attack_15_an_erasure_breaks_nothing_and_hides_no_cut(
    record: Record, owner_url: str
) -> None:
    """Two hundred write about people at once, half of those are erased, the tail is cut."""
    people = [uuid4() for _ in range(WRITERS)]

    async def tell_of(person: UUID) -> None:
        async with record.database.transaction(record.tenant) as tx:
            facts = {"note": f"Ana Ruiz {person} likes tea"}
            await record.audit.append(tx, "test.told", subject_id=person, facts=facts)
        await record.audit.chain(record.tenant)

    await asyncio.gather(*map(tell_of, people))
    await anchor_all(record.database, record.audit, record.book, record.clock.now())
    gone = set(people[::2])
    async with record.database.transaction(record.tenant) as tx:
        assert await erasures.destroy_keys_of(tx, gone) == len(gone)
    told = {
        UUID(entry["subject"]): entry["facts"]["note"]
        for entry in await audited(record.database, record.tenant)
    }
    assert {person for person, note in told.items() if note == ERASED} == gone
    assert (await record.verified()).whole
    async with record.database.read(record.tenant) as tx:
        stored = (await tx.session.scalars(text("select body from audit_entries"))).all()
    assert not [body for body in stored if b"Ana Ruiz" in body]
    await as_owner(
        owner_url,
        f"delete from audit_links where sequence > {WRITERS - 5}",
        "delete from audit_entries where id not in (select entry_id from audit_links)",
    )
    report = await record.verified()
    assert (report.whole, report.missing_tail) == (False, 5)
