"""The chain goes on from where it was, and still finds what was written before and came later."""

from datetime import timedelta

from db import audit as rows
from db.session import Database
from services.audit import AuditService
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.shared import VAULT


async def test_an_entry_that_commits_late_is_chained_by_the_next_look(database: Database) -> None:
    tenant = await make.make_tenant(database)
    clock = FrozenClock()
    audit = AuditService(database, clock, UuidIds(), VAULT)
    for _ in range(3):
        async with database.transaction(tenant) as tx:
            await audit.append(tx, "test.written")
        await audit.chain(tenant)
        clock.move(timedelta(hours=1))
    # Written, and so numbered, before the next one; committed when that one is chained already.
    late = AuditService(database, clock, UuidIds(), VAULT)
    connection = await database.engine.raw_connection()
    raw = connection.driver_connection
    assert raw is not None
    slow = raw.transaction()
    await slow.start()
    await raw.execute("select set_config('app.tenant_id', $1, true)", str(tenant))
    row = late.entry(tenant, "test.late")
    await raw.execute(rows.ADD_ENTRY, tenant, row.id, row.at, row.verb, row.subject_id, row.body)
    async with database.transaction(tenant) as tx:
        await audit.append(tx, "test.quick")
    assert await audit.chain(tenant) == 1
    await slow.commit()
    connection.close()
    clock.move(timedelta(minutes=1))
    assert await audit.chain(tenant) == 1
    report = await audit.verify(tenant)
    assert (report.whole, report.links, report.unchained) == (True, 5, 0)
