"""How fast the audit's chain is verified, beside hashing the same bytes and nothing else."""

import asyncio
import hashlib
import json
import time
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg

from db.session import Database
from services.audit import START, AuditService
from tests.bench.report import ROUNDS, Row
from tests.bench.world import NOW, TEXT, House, RandomIds, WallClock, open_desk
from tests.shared import VAULT

ENTRIES = 20_000
LOOKS = 3
SUBJECT = uuid4()


async def measure_verify(house: House) -> Row:
    """Entries as decisions write them, some with the words they were decided on; chained by the
    product's own job. Rounds take turns, and the quickest look of a few counts on both sides."""
    database = Database(house.embedded.runtime_url)
    tenant = (await open_desk(database, house.keys, team="T0AUDIT")).tenant_id
    bodies = await _filled(house, tenant)
    audit = AuditService(database, WallClock(), RandomIds(), VAULT)
    await audit.chain(tenant)
    await _counted(house)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(max(_hashing(bodies) for _ in range(LOOKS)))
        ours.append(max([await _verifying(audit, tenant) for _ in range(LOOKS)]))
    await database.close()
    length = sum(map(len, bodies)) // len(bodies)
    return Row(
        name=f"audit verify, {ENTRIES:,} entries of {length} bytes",
        unit="/s",
        ours=tuple(ours),
        theirs=tuple(theirs),
        beside="hashlib.sha256 over the same links' bytes in memory, one core",
        means="Every link of the chain is read from the database and hashed anew, outside of it: "
        "whoever can change rows could change what the database says of them as well. What stands "
        "beside reads nothing.",
        budget=0.3,
        at_least=True,
    )


async def _filled(house: House, tenant: UUID) -> list[bytes]:
    bodies = [_body(number) for number in range(ENTRIES)]
    # Row-level security holds for the owner too; only the superuser fills a tenant from outside.
    admin = await asyncpg.connect(house.embedded.admin_url, database="understudy")
    rows = [
        (tenant, uuid4(), NOW + timedelta(seconds=number), "action.approved", SUBJECT, body)
        for number, body in enumerate(bodies)
    ]
    columns = ["tenant_id", "id", "created_at", "verb", "subject_id", "body"]
    await admin.copy_records_to_table("audit_entries", records=rows, columns=columns)
    await admin.execute("analyze audit_entries")
    await admin.close()
    return bodies


async def _counted(house: House) -> None:
    """As autovacuum does within a minute of an installation's first entries."""
    admin = await asyncpg.connect(house.embedded.admin_url, database="understudy")
    await admin.execute("analyze audit_entries, audit_links")
    await admin.close()


def _body(number: int) -> bytes:
    facts = {"revision": 1, "hash": f"{number:064x}", "surface": "slack"}
    if number % 4 == 0:
        facts["text"] = TEXT
    body = {
        "at": (NOW + timedelta(seconds=number)).isoformat(),
        "actor": str(uuid4()),
        "verb": "action.approved",
        "subject": str(SUBJECT),
        "facts": facts,
    }
    return json.dumps(body, sort_keys=True, ensure_ascii=False).encode()


def _hashing(bodies: list[bytes]) -> float:
    identity = uuid4().bytes
    previous = START
    started = time.perf_counter()
    for body in bodies:
        previous = hashlib.sha256(previous + identity + body).digest()
    return ENTRIES / (time.perf_counter() - started)


async def _verifying(audit: AuditService, tenant: UUID) -> float:
    await asyncio.sleep(0)
    started = time.perf_counter()
    report = await audit.verify(tenant)
    took = time.perf_counter() - started
    if not report.whole or report.links < ENTRIES:
        raise SystemExit(f"the chain isn't whole: {report}")
    return ENTRIES / took
