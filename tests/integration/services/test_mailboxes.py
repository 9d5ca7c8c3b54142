"""Connecting mailboxes, renewing their tokens, and being found again after a key rotation."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from db.conversations import find_by_references
from db.models.cards import Card
from db.models.mailboxes import Mailbox
from db.session import Database, raw_connection
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, TransientError
from services.linking import decide, known_of
from services.ports import MailboxCredentials
from services.types.mail import Address
from services.vault import VaultError, generate
from tests.fakes.mail import FakeMailboxes, credentials
from tests.integration.services.office import KEY, NOW, Office, eml


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database, FakeMailboxes()).open()


async def test_credentials_are_sealed_and_bound_to_their_row(office: Office) -> None:
    ana, _ = await office.connect("ana")
    ben, _ = await office.connect("ben")
    row = await office.mailbox(ana)
    assert row.credentials is not None
    assert b"refresh" not in row.credentials
    async with office.database.transaction(office.tenant) as tx:
        swap = text("update mailboxes set credentials = :c where id = :id")
        await tx.session.execute(swap, {"c": row.credentials, "id": ben})
    with pytest.raises(VaultError):
        await (await office.service().access.of(office.tenant, ben)).profile()


async def test_of_two_tenants_connecting_one_mailbox_at_once_one_is_refused(
    office: Office,
) -> None:
    other = await Office(office.database, office.world).open()
    office.world.add("shared@sell.test")
    results = await asyncio.gather(
        *(
            one.service().add(one.tenant, "Shared@sell.test", credentials("shared@sell.test"))
            for one in (office, other)
        ),
        return_exceptions=True,
    )
    assert sorted(type(r) for r in results if isinstance(r, Exception)) == [Conflict]
    assert len(await office.all(Mailbox)) + len(await other.all(Mailbox)) == 1


async def test_connecting_again_changes_the_credentials_only(office: Office) -> None:
    box, _ = await office.connect("ana")
    changed = credentials("ana@sell.test", refresh_token="another")
    assert await office.service().add(office.tenant, " ANA@sell.test ", changed) == box
    access = office.service().access
    row = await office.mailbox(box)
    assert access.unseal(row).current.refresh_token == "another"
    assert row.member_id == office.made["ana"]
    with pytest.raises(InvalidInput):
        await office.service().add(office.tenant, "no address", changed)


async def test_after_a_key_rotation_mailboxes_are_found_and_opened(office: Office) -> None:
    box, gmail = await office.connect("ana")
    new = generate("next")
    office.keys = f"{new},{KEY}"
    assert await office.service().hint("ana@sell.test", gmail.history_id + 1)
    assert await office.service().poll() == 1
    office.keys = new
    assert await office.service().hint("ana@sell.test", gmail.history_id + 2)
    gmail.deliver(eml())
    await office.service().sync(office.tenant, box)
    assert len(await office.messages()) == 1


async def test_a_poll_reaches_every_tenant_and_no_broken_mailbox(office: Office) -> None:
    other = await Office(office.database, office.world).open()
    await office.connect("ana")
    broken, gmail = await office.connect("ben")
    gmail.fail["history"] = [Forbidden("gone")]
    await office.service().sync(office.tenant, broken)
    office.world.add("eve@sell.test")
    await other.service().add(other.tenant, "eve@sell.test", credentials("eve@sell.test"))
    assert await office.service().poll() == 2
    assert await office.service().poll() == 2
    tenants = {job["tenant_id"] for job in await office.jobs("mailbox.sync")}
    assert tenants == {str(office.tenant), str(other.tenant)}


async def test_many_callers_refresh_an_ended_token_once(office: Office) -> None:
    box, _ = await office.connect("ana")
    ended = credentials("ana@sell.test", expires_at=NOW - timedelta(minutes=1))
    await office.service().add(office.tenant, "ana@sell.test", ended)
    access = office.service().access

    async def ask() -> tuple[str, int] | None:
        for _ in range(50):
            try:
                return await (await access.of(office.tenant, box)).profile()
            except TransientError:
                await asyncio.sleep(0.02)
        return None

    office_fresh = replace(ended, expires_at=NOW + timedelta(hours=1), token="ana@sell.test#new")

    async def refresh(asked: MailboxCredentials) -> MailboxCredentials:
        office.world.refreshes += 1
        await asyncio.sleep(0.05)
        assert asked.refresh_token == ended.refresh_token
        return office_fresh

    office.world.refresh = refresh
    answers = await asyncio.gather(*(ask() for _ in range(6)))
    assert {answer[0] for answer in answers if answer} == {"ana@sell.test"}
    assert None not in answers
    assert office.world.refreshes == 1


async def test_old_and_new_token_are_kept_until_the_new_one_has_worked(office: Office) -> None:
    box, gmail = await office.connect("ana")
    ended = credentials("ana@sell.test", expires_at=NOW - timedelta(minutes=1))
    await office.service().add(office.tenant, "ana@sell.test", ended)
    gmail.fail["history"] = [TransientError("down")]
    with pytest.raises(TransientError):
        await office.service().sync(office.tenant, box)
    access = office.service().access
    held = access.unseal(await office.mailbox(box))
    assert held.previous is not None
    assert held.previous.token == "ana@sell.test"
    assert held.current.token == "ana@sell.test#fresh"
    await office.service().sync(office.tenant, box)
    assert access.unseal(await office.mailbox(box)).previous is None


async def test_a_refused_refresh_asks_the_person(office: Office) -> None:
    box, _ = await office.connect("ana")
    ended = credentials("ana@sell.test", expires_at=NOW - timedelta(minutes=1))
    await office.service().add(office.tenant, "ana@sell.test", ended)
    office.world.refresh_error = Forbidden("invalid_grant")
    await office.service().sync(office.tenant, box)
    assert (await office.mailbox(box)).status == "reconnect"
    assert (await office.mailbox(box)).lease_token is None
    await office.service().sync(office.tenant, box)
    cards = [c for c in await office.all(Card) if c.kind == "mailbox"]
    assert [(c.recipient_id, c.fresh_rev) for c in cards] == [(office.made["ana"], 1)]
    with pytest.raises(Forbidden):
        await office.service().access.of(office.tenant, box)


async def test_another_tenant_cant_open_or_read_my_mailbox(office: Office) -> None:
    other = await Office(office.database, office.world).open()
    box, _ = await office.connect("ana")
    with pytest.raises(NotFound):
        await office.service().access.of(other.tenant, box)
    with pytest.raises(NotFound):
        await office.service().sync(other.tenant, box)


async def test_linking_and_threading_use_their_indexes(office: Office) -> None:
    """However many contacts there are, no look-up reads them all."""
    async with office.database.transaction(office.tenant) as tx:
        fill = text(
            "insert into contacts (tenant_id, id, created_at, email, name, status, excluded, "
            "undeliverable) select :t, gen_random_uuid(), :now, 'p' || n || '@x' || n || '.test', "
            "'', 'confirmed', false, false from generate_series(1, 20000) n"
        )
        await tx.session.execute(fill, {"t": office.tenant, "now": NOW})
        more = text(
            "insert into accounts (tenant_id, id, created_at, name, domain, excluded) select :t, "
            "gen_random_uuid(), :now, 'a' || n, 'x' || n || '.test', false "
            "from generate_series(1, 20000) n"
        )
        await tx.session.execute(more, {"t": office.tenant, "now": NOW})
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        asked.append((statement, tuple(parameters)))

    engine = office.database.engine.sync_engine
    async with office.database.transaction(office.tenant) as tx:
        event.listen(engine, "before_cursor_execute", note)
        people = [Address(email="kim@x7.test"), Address(email="p9@x9.test")]
        known = await known_of(tx, people)
        await find_by_references(tx, ["<a@x>", "<b@x>"])
        event.remove(engine, "before_cursor_execute", note)
        connection = await raw_connection(tx)
        assert decide(people, known).account_id is not None
        big = [one for one in asked if " contacts" in one[0] or " accounts" in one[0]]
        assert len(big) == 2
        for statement, parameters in asked:
            rows = await connection.fetch(f"explain {statement}", *parameters)
            plan = "\n".join(row[0] for row in rows)
            assert "Seq Scan on contacts" not in plan, plan
            assert "Seq Scan on accounts" not in plan, plan
