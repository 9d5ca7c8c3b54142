"""Accounts that become one over real PostgreSQL, and the way back."""

import argparse
import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from bot.account import add_parser, move
from db import account_moves as rows
from db import agent, customers, linking
from db.merged import WITH_MERGED
from db.models import all as models
from db.models.autonomy import Narrowing
from db.models.cards import Card
from db.models.compose import Note
from db.models.customers import Account, AccountMerge, AccountOwner, Deal
from db.models.meetings import Meeting, SlackThread, Transcript
from db.models.records import AuditEntry
from db.models.search import SearchEntry
from db.models.signals import Signal
from db.models.summaries import Summary
from db.models.tenants import Member
from db.search import want_entries
from db.session import Database
from services.account_moves import AccountMoveService
from services.account_names import the_account
from services.audit import AuditService
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.linking import decide, known_of
from services.seed_files import SeedFile
from services.seeding import SeedService
from services.signals.alerts import AlertService
from services.types.mail import Address
from tests import factories as make
from tests.fakes.clock import FrozenClock, UuidIds
from tests.integration.services.rollout_desk import make_farewell
from tests.integration.services.search.desk import actor_of
from tests.shared import VAULT

assert models.__all__
LATER = timedelta(hours=1)


@dataclass
class World:
    """Acme with one of everything, and Group, into which it goes."""

    database: Database
    clock: FrozenClock
    tenant: UUID
    rita: Member
    acme: Account
    group: Account
    moves: AccountMoveService

    async def stands(self) -> dict[str, Any]:
        """Where everything stands and what it is called."""
        found: dict[str, Any] = {}
        async with self.database.read(self.tenant) as tx:
            for row in (*rows.MOVED, *rows.APART):
                columns = row.__table__.c
                read = await tx.session.execute(
                    select(columns.id, columns.account_id).where(columns.tenant_id == self.tenant)
                )
                found[row.__tablename__] = {tuple(one) for one in read}
            deals = await tx.session.execute(select(Deal.id, Deal.name))
            found["names"] = {tuple(one) for one in deals}
            accounts = await tx.session.execute(
                select(Account.id, Account.owner_id, Account.merged_into_id).execution_options(
                    **WITH_MERGED
                )
            )
            found["accounts"] = {tuple(one) for one in accounts}
        return found

    async def say(self, *words: str) -> str:
        """What the command answers."""
        parser = argparse.ArgumentParser()
        add_parser(parser.add_subparsers())
        said: list[str] = []
        args = parser.parse_args(["account", *words])
        await move(args, tenant_id=self.tenant, moves=self.moves, write=said.append)
        return "\n".join(said)

    async def all(self, row: type[Any], **where: Any) -> list[Any]:
        async with self.database.read(self.tenant) as tx:
            found = await tx.session.scalars(select(row).filter_by(**where))
            return list(found)


async def make_world(database: Database) -> World:
    clock, ids = FrozenClock(make.NOW), UuidIds()
    tenant = await make.make_tenant(database)
    audit = AuditService(database, clock, ids, VAULT)
    alerts = AlertService(db=database, clock=clock, ids=ids, audit=audit)
    async with database.transaction(tenant) as tx:
        rita = await make.make_member(tx)
        acme = await make.make_account(tx, name="Acme", domain="acme.test", owner_id=rita.id)
        group = await make.make_account(tx, name="Acme Group", domain="group.test")
        await _fill(tx, rita, acme, group)
    moves = AccountMoveService(database, clock, ids, audit, alerts)
    return World(database, clock, tenant, rita, acme, group, moves)


async def _fill(tx: Any, rita: Member, acme: Account, group: Account) -> None:
    base = {"tenant_id": tx.tenant_id, "created_at": make.NOW}
    for account, function in ((acme, "sales"), (acme, "support"), (group, "sales")):
        await make.make_account_owner(
            tx, account_id=account.id, member_id=rita.id, function=function
        )
    for account, name, ceiling in (
        (acme, "discuss_pricing", "shadow"),
        (acme, "", "suggest"),
        (group, "", "approve"),
    ):
        own = {"member_id": rita.id, "account_id": account.id, "action_type": name}
        tx.session.add(Narrowing(**base, id=uuid4(), **own, ceiling=ceiling))
    carla = await make.make_contact(tx, account_id=acme.id, email="carla@acme.test")
    await make.make_contact(tx, account_id=group.id, email="greta@group.test")
    deal = await make.make_deal(tx, account_id=acme.id, name="Rollout")
    await make.make_deal(tx, account_id=group.id, name="Rollout")
    talk = await make.make_conversation(tx, account_id=acme.id, deal_id=deal.id)
    message = await make.make_message(tx, talk, contact_id=carla.id)
    await make.make_action(tx, talk, account_id=acme.id, owner_id=rita.id)
    await make.make_approval_request(tx, requester=rita, account_id=acme.id, deal_id=deal.id)
    meeting = Meeting(
        **base,
        id=uuid4(),
        account_id=acme.id,
        uid="m-1",
        starts_at=make.NOW,
        source="invitation",
        changed_at=make.NOW,
    )
    tx.session.add(meeting)
    await tx.session.flush()
    for account, sha in ((acme, "a"), (acme, "same"), (group, "same")):
        said = {"meeting_id": meeting.id, "account_id": account.id, "sha256": sha}
        tx.session.add(Transcript(**base, id=uuid4(), **said))
    thread = {"channel": "C1", "thread_ts": "1.0", "account_id": acme.id, "last_at": make.NOW}
    tx.session.add(SlackThread(**base, id=uuid4(), **thread))
    note = {"account_id": acme.id, "kind": "log", "text": "Met Carla", "source_key": "n"}
    tx.session.add(Note(**base, id=uuid4(), **note))
    summary = {"account_id": acme.id, "period": "week", "starts_on": make.NOW.date()}
    summary |= {"ends_on": make.NOW.date(), "source_hash": "h", "made_at": make.NOW}
    tx.session.add(Summary(**base, id=uuid4(), **summary))
    await tx.session.flush()
    await want_entries(tx, "message", [(message.id, acme.id)], make.NOW)
    signal = await make.make_signal(tx, acme)
    await make.make_card(tx, kind="alert", subject_id=signal.id, recipient_id=rita.id)


def test_every_table_that_names_an_account_has_its_rule() -> None:
    named = [row.__tablename__ for row in (*rows.MOVED, *rows.APART, *rows.DERIVED)]
    assert set(named) == rows.tables_of_accounts(), (
        "say in db/account_moves.py whether it goes along with a merged account or is made anew"
    )
    assert len(named) == len(set(named))


async def shown_nowhere(world: World) -> None:
    """Its name and its id lead to where it is now."""
    async with world.database.read(world.tenant) as tx:
        assert [one.name for one in await customers.search_accounts(tx, "acme", 9)] == [
            "Acme Group"
        ]
        assert (await the_account(tx, "acme")).id == world.group.id
        found = await customers.get_account(tx, world.acme.id)
        assert found is not None
        assert found.id == world.group.id
        assert await customers.list_parts(tx, world.group.id) == ["Acme"]
        asked = await agent.find_parts(tx, grams=["acme"], domains=[], only=world.rita.id)
        assert asked == [(world.group.id, "Acme", "acme.test")]


async def test_what_was_merged_is_at_the_target_and_a_split_puts_all_back(
    database: Database,
) -> None:
    world = await make_world(database)
    before = await world.stands()
    assert "is part of Acme Group now" in await world.say("merge", "acme", "--into", "Acme Group")
    (told,) = await world.all(AccountMerge)
    merged = await world.stands()
    for table in (row.__tablename__ for row in rows.MOVED if row is not Transcript):
        assert {account for _, account in merged[table]} <= {world.group.id}, table
    assert len([one for one in merged["transcripts"] if one[1] == world.acme.id]) == 1, (
        "the target has the same file"
    )
    assert {name for _, name in merged["names"]} == {"Rollout", "Rollout (Acme)"}
    owners = await world.all(AccountOwner, account_id=world.group.id)
    assert {one.function for one in owners} == {"sales", "support"}
    limits = await world.all(Narrowing, account_id=world.group.id)
    assert {(one.action_type, one.ceiling) for one in limits} == {
        ("discuss_pricing", "shadow"),
        ("", "approve"),
    }
    # What was made of it says so, or is made anew.
    (signal,) = await world.all(Signal)
    assert (signal.status, signal.settled_why) == ("cleared", "Acme became part of Acme Group")
    (card,) = await world.all(Card, kind="alert")
    assert card.wanted_rev == 1
    assert await world.all(Summary) == []
    (entry,) = await world.all(SearchEntry, source="message")
    assert (entry.account_id, entry.indexed_at) == (world.group.id, None)
    await shown_nowhere(world)
    # What somebody still wrote to it comes along.
    async with database.transaction(world.tenant) as tx:
        await make.make_deal(tx, account_id=world.acme.id, name="Rollout")
    await world.moves.gather(world.tenant, told.id, 0)
    after = await world.stands()
    assert "Rollout (Acme 2)" in {name for _, name in after["names"]}
    async with database.transaction(world.tenant) as tx:
        await tx.session.execute(text("delete from deals where name = 'Rollout (Acme 2)'"))

    said = await world.say("split", str(told.id))
    assert await world.stands() == before
    assert "1 contact, 1 conversation, 1 deal," in said
    assert "Acme → Acme Group, split 21 Nov 2026 09:30 UTC" in await world.say("merges")
    with pytest.raises(Conflict, match="already"):
        await world.moves.split(world.tenant, None, told.id)
    entries = await world.all(AuditEntry)
    verbs = {one.verb for one in entries}
    assert {"account.merged", "account.split"} <= verbs


async def test_mail_after_a_merge_belongs_to_the_target_until_the_split(
    database: Database,
) -> None:
    world = await make_world(database)
    told = await world.moves.merge(world.tenant, None, world.acme.id, world.group.id)
    parties = {
        "contact": Address(email="carla@acme.test", name="Carla"),
        "domain": Address(email="new@acme.test", name="New"),
    }
    async with database.read(world.tenant) as tx:
        for party in parties.values():
            assert decide([party], await known_of(tx, [party])).account_id == world.group.id
        assert {row.id for row in await linking.list_accounts(tx, [], ["acme.test"])} == {
            world.group.id
        }
    world.clock.move(LATER)
    async with database.transaction(world.tenant) as tx:
        people = {}
        for email in ("new@acme.test", "gus@group.test"):
            people[email] = await make.make_contact(
                tx, account_id=world.group.id, email=email, created_at=world.clock.at
            )
        talks = {}
        for email, contact in people.items():
            talks[email] = await make.make_conversation(
                tx, account_id=world.group.id, created_at=world.clock.at
            )
            await make.make_message(tx, talks[email], contact_id=contact.id)
            await make.make_action(tx, talks[email], account_id=world.group.id)
    await world.moves.split(world.tenant, None, told.id)
    stands = await world.stands()
    # Later mail goes with its people: hers back, his stays.
    assert (people["new@acme.test"].id, world.acme.id) in stands["contacts"]
    assert (talks["new@acme.test"].id, world.acme.id) in stands["conversations"]
    assert (talks["gus@group.test"].id, world.group.id) in stands["conversations"]
    assert {account for _, account in stands["actions"]} == {world.acme.id, world.group.id}
    async with database.read(world.tenant) as tx:
        party = parties["domain"]
        assert decide([party], await known_of(tx, [party])).account_id == world.acme.id


async def test_of_two_at_once_one_wins_and_refusals_are_plain(database: Database) -> None:
    world = await make_world(database)
    acme, group = world.acme.id, world.group.id
    answers = await asyncio.gather(
        world.moves.merge(world.tenant, None, acme, group),
        world.moves.merge(world.tenant, None, group, acme),
        return_exceptions=True,
    )
    lost = [one for one in answers if isinstance(one, BaseException)]
    assert [type(one) for one in lost] == [Conflict]
    assert "is already part of" in str(lost[0])
    (merge,) = await world.all(AccountMerge)
    source, target = merge.source_id, merge.target_id
    with pytest.raises(Conflict, match="already part of"):
        await world.moves.merge(world.tenant, None, source, target)
    with pytest.raises(InvalidInput, match="part of itself"):
        await world.moves.merge(world.tenant, None, target, target)
    async with database.transaction(world.tenant) as tx:
        beta = await make.make_account(tx, name="Beta")
        holding = await make.make_account(tx, name="Holding")
        secret = await make.make_account(tx, name="Secret", excluded=True)
    with pytest.raises(InvalidInput, match="excluded"):
        await world.moves.merge(world.tenant, None, secret.id, beta.id)
    with pytest.raises(NotFound, match="Did you mean Holding"):
        await world.moves.find(world.tenant, "Holdin")
    with pytest.raises(Forbidden):
        await world.moves.merge(world.tenant, actor_of(world.rita), beta.id, target)
    stranger = await make.make_tenant(database)
    with pytest.raises(NotFound):
        await world.moves.merge(stranger, None, beta.id, target)
    with pytest.raises(NotFound):
        await world.moves.split(stranger, None, merge.id)
    # Into one that was merged is into its end, and what was merged before comes along.
    await world.moves.merge(world.tenant, None, beta.id, source)
    last = await world.moves.merge(world.tenant, None, target, holding.id)
    accounts = (await world.stands())["accounts"]
    assert {into for _, _, into in accounts} == {None, holding.id}
    with pytest.raises(Conflict, match="Split that first"):
        await world.moves.split(world.tenant, None, merge.id)
    await world.moves.split(world.tenant, None, last.id)
    accounts = (await world.stands())["accounts"]
    assert {into for _, _, into in accounts} == {None, target}


async def test_a_file_that_names_a_merged_account_means_its_target(database: Database) -> None:
    world = await make_world(database)
    await world.moves.merge(world.tenant, None, world.acme.id, world.group.id)
    audit, ids = world.moves.audit, UuidIds()
    seeds = SeedService(
        db=database,
        clock=world.clock,
        ids=ids,
        audit=audit,
        farewell=make_farewell(world.clock, ids, audit),
    )
    files = {
        "accounts": b"name,industry\nACME,Steel\n",
        "contacts": b"email,account\nzoe@acme.test,Acme\n",
        "deals": b"account,name,stage\nAcme,Rollout,evaluation\n",
    }
    report = await seeds.seed(
        world.tenant, [SeedFile(label=name, stem=name, data=data) for name, data in files.items()]
    )
    told = {file.kind: file for file in report.files}
    assert told["accounts"].problems == [(2, "ACME is part of Acme Group.")]
    assert (told["contacts"].created, told["deals"].updated) == (1, 1)
    (deal,) = await world.all(Deal, stage="evaluation")
    assert (deal.account_id, deal.name) == (world.group.id, "Rollout (Acme)")
