"""The audit: whole when nobody touched it, and loud when somebody did."""

import asyncpg
import pytest

from services.audit import Anchor


async def append(loop, count=1, verb="test.done"):
    for n in range(count):
        async with loop.database.transaction(loop.tenant) as tx:
            await loop.audit.append(tx, verb, facts={"n": n})


async def as_owner(owner_url, *statements):
    """What only somebody with the owner's password could do, triggers disabled."""
    connection = await asyncpg.connect(owner_url)
    try:
        for table in ("audit_entries", "audit_links"):
            await connection.execute(f"alter table {table} disable trigger user")
            await connection.execute(f"alter table {table} no force row level security")
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_chain_of_real_decisions_is_whole(loop):
    await loop.proposed()
    await loop.approve()
    await loop.drain()
    await loop.audit.chain(loop.tenant)
    report = await loop.audit.verify(loop.tenant, await loop.audit.head(loop.tenant))
    assert report.whole
    assert report.links == len(await loop.verbs()) > 3
    assert report.unchained == 0


async def test_chaining_again_adds_nothing(loop):
    await append(loop, 3)
    assert await loop.audit.chain(loop.tenant) == 3
    assert await loop.audit.chain(loop.tenant) == 0


async def test_the_unchained_tail_is_reported(loop):
    await append(loop, 3)
    await loop.audit.chain(loop.tenant)
    await append(loop, 2)
    report = await loop.audit.verify(loop.tenant)
    assert (report.links, report.unchained, report.whole) == (3, 2, True)


@pytest.mark.parametrize("victim", [1, 3, 5])
async def test_a_flipped_byte_is_found(loop, owner_url, victim):
    await append(loop, 5)
    await loop.audit.chain(loop.tenant)
    await as_owner(
        owner_url,
        "update audit_entries set body = set_byte(body, 10, get_byte(body, 10) # 1) where id = "
        f"(select entry_id from audit_links where sequence = {victim})",
    )
    report = await loop.audit.verify(loop.tenant)
    assert (report.whole, report.broken_at) == (False, victim)


async def test_an_entry_taken_out_of_the_middle_is_found(loop, owner_url):
    await append(loop, 5)
    await loop.audit.chain(loop.tenant)
    await as_owner(owner_url, "delete from audit_links where sequence = 3")
    assert (await loop.audit.verify(loop.tenant)).broken_at == 4


async def test_a_cut_tail_is_found_by_its_anchor(loop, owner_url):
    await append(loop, 6)
    await loop.audit.chain(loop.tenant)
    anchor = await loop.audit.head(loop.tenant)
    await as_owner(
        owner_url,
        "delete from audit_entries where id in "
        "(select entry_id from audit_links where sequence > 4)",
        "delete from audit_links where sequence > 4",
    )
    assert (await loop.audit.verify(loop.tenant)).whole, "without an anchor nobody can know"
    report = await loop.audit.verify(loop.tenant, anchor)
    assert (report.whole, report.missing_tail) == (False, 2)


async def test_a_tail_cut_and_written_anew_is_found_by_its_anchor(loop, owner_url):
    await append(loop, 6)
    await loop.audit.chain(loop.tenant)
    anchor = await loop.audit.head(loop.tenant)
    await as_owner(
        owner_url,
        "delete from audit_entries where id in "
        "(select entry_id from audit_links where sequence > 4)",
        "delete from audit_links where sequence > 4",
    )
    await append(loop, 4)
    await loop.audit.chain(loop.tenant)
    report = await loop.audit.verify(loop.tenant, anchor)
    assert (report.whole, report.broken_at) == (False, 6)


async def test_an_anchor_of_nothing_that_ever_was_is_refused(loop):
    await append(loop, 2)
    await loop.audit.chain(loop.tenant)
    report = await loop.audit.verify(loop.tenant, Anchor(sequence=2, hash=b"0" * 32))
    assert not report.whole


async def test_the_product_itself_can_change_nothing(loop, runtime_url):
    await append(loop, 1)
    connection = await asyncpg.connect(runtime_url)
    try:
        await connection.execute(f"set app.tenant_id = '{loop.tenant}'")
        for statement in (
            "update audit_entries set verb = 'other'",
            "delete from audit_entries",
            "truncate audit_entries cascade",
        ):
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_decision_that_is_rolled_back_leaves_no_entry(loop):
    async def undone() -> None:
        async with loop.database.transaction(loop.tenant) as tx:
            await loop.audit.append(tx, "test.undone")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await undone()
    assert "test.undone" not in await loop.verbs()
    assert await loop.queued("audit.chain") == []
