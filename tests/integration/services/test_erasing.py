"""Erasing somebody: nothing names them afterwards, nobody else is touched, nobody brings them back,
whatever dies meanwhile; and the audit's chain stays whole."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from db.models.conversations import Message
from db.models.privacy import Erasure
from db.models.tenants import Member
from services.errors import Conflict
from services.intake import Arrival, Intake
from services.mail.parse import parse
from services.never_label import Forgetting
from services.suppression import Suppression
from tests import factories as make
from tests.integration.audited import audited
from tests.integration.services.loop import Loop
from tests.integration.services.privacy_desk import PrivacyDesk, faulty, with_steps
from tests.shared import VAULT

NAME = "Carla Contact"


@pytest.fixture
async def desk(loop: Loop) -> PrivacyDesk:
    desk = PrivacyDesk(loop)
    await loop.set(type(loop.contact), loop.contact.id, name=NAME)
    loop.contact.name = NAME
    return desk


def naming(everything: dict[str, str], *words: str) -> dict[str, str]:
    return {
        table: line
        for table, told in everything.items()
        for line in told.split("\n")
        if any(word.lower() in line.lower() for word in words)
    }


async def neighbour(loop: Loop) -> UUID:
    """Another workspace that knows the same person."""
    other = await make.make_tenant(loop.database)
    async with loop.database.transaction(other) as tx:
        account = await make.make_account(tx)
        await make.make_contact(tx, account_id=account.id, email=loop.contact.email, name=NAME)
    return other


async def test_somebody_is_erased_and_nothing_names_them_any_more(desk: PrivacyDesk) -> None:
    loop = desk.loop
    await desk.lived()
    other = await neighbour(loop)
    email = loop.contact.email
    before = naming(await desk.everything(), email, NAME)
    assert {"contacts", "messages", "notes", "draft_revisions", "actions"} <= before.keys()
    # What the audit tells of people was never there in plain.
    assert "audit_entries" not in before
    told = [entry for entry in await audited(loop.database, loop.tenant) if email in str(entry)]
    assert told
    await loop.audit.chain(loop.tenant)
    anchor = await loop.audit.head(loop.tenant)

    plan = await desk.erasing.plan(loop.tenant, "contact", email)
    assert plan.mails >= 3
    assert plan.traces["notes"] == 1
    assert naming(await desk.everything(), email, NAME).keys() == before.keys()

    view = await desk.erasing.ask(loop.tenant, "contact", email)
    again = await desk.erasing.ask(loop.tenant, "contact", email)
    assert again.id == view.id
    row = await die_often(desk, view.id)
    assert row.status == "done", row.waiting
    assert row.counts["contacts"] == 1
    assert row.counts["messages"] >= 3
    assert row.counts["found_afterwards"] == 0
    assert row.person is None
    assert naming(await desk.everything(), email, NAME) == {}
    assert not loop.mail.drafts
    left = [entry for entry in await audited(loop.database, loop.tenant) if email in str(entry)]
    assert left == []
    gone = [e for e in await audited(loop.database, loop.tenant) if "erased" in str(e["facts"])]
    assert gone
    # What was learned stays: codes and figures, of nobody.
    async with loop.database.read(loop.tenant) as tx:
        assert await tx.session.scalar(text("select count(*) from outcomes")) > 0
    await loop.audit.chain(loop.tenant)
    report = await loop.audit.verify(loop.tenant, anchor)
    assert report.whole
    assert anchor is not None
    assert report.links > anchor.sequence
    assert [line["digest"] for _, line in desk.book] == [row.digest.hex()]
    assert {"contacts"} <= naming(await desk.everything(other), email, NAME).keys()


async def die_often(desk: PrivacyDesk, erasure_id: UUID) -> Erasure:
    """Its process is killed in the middle of every second turn, and it goes on where it stood."""
    deaths = 0
    for _ in range(6):
        try:
            await with_steps(desk, faulty(desk.steps, 2)).run(desk.loop.tenant, erasure_id)
        except ConnectionAbortedError:
            deaths += 1
        await desk.loop.drain(skip=("privacy.erase", "privacy.unsay", "audit.chain"))
    assert deaths >= 4
    return await desk.go_on(erasure_id)


async def test_nobody_brings_them_back(desk: PrivacyDesk) -> None:
    loop = desk.loop
    await desk.lived()
    await desk.erase()
    gmail = loop.receive("Hello again, did you get my order?")
    stored = loop.mail.messages[gmail]
    arrival = Arrival(mailbox=loop.box, stored=stored, parsed=parse(stored.raw))
    intake = Intake(clock=loop.clock, ids=loop.ids, erased=Suppression(VAULT).among)
    async with loop.database.transaction(loop.tenant) as tx:
        assert await intake.store(tx, arrival) is None
    assert loop.contact.email not in str(await desk.everything())
    async with loop.database.read(loop.tenant) as tx:
        tagged = loop.contact.email.replace("@", "+news@")
        known = await Suppression(VAULT).among(tx, ["new@acme.test", loop.contact.email])
        assert known == {loop.contact.email}
        assert await Suppression(VAULT).among(tx, [tagged]) == frozenset()
    # After a restore of a backup from before, the ledger's lines erase them again.
    async with loop.database.transaction(loop.tenant) as tx:
        account = loop.account
        await make.make_contact(tx, account_id=account.id, email=loop.contact.email, name=NAME)
        await tx.session.execute(text("delete from erased_addresses"))
        await tx.session.execute(text("delete from erasures"))
    lines = tuple(line for _, line in desk.book)
    (begun,) = await desk.erasing.replay(loop.tenant, lines)
    assert (await desk.go_on(begun)).status == "done"
    assert naming(await desk.everything(), loop.contact.email, NAME) == {}
    assert await desk.erasing.lift(loop.tenant, loop.contact.email)
    async with loop.database.transaction(loop.tenant) as tx:
        await intake.store(tx, arrival)
    assert loop.contact.email in str(await desk.everything())


async def test_it_waits_for_the_vector_store_and_for_what_is_leaving(desk: PrivacyDesk) -> None:
    loop = desk.loop
    message_id = await loop.write("A long story.")
    async with loop.database.transaction(loop.tenant) as tx:
        await tx.session.execute(
            text(
                "insert into search_entries (tenant_id, id, created_at, source, source_id, "
                "account_id, digest, passages, wanted_at, indexed_at) values (:tenant, :id, :at, "
                "'message', :message, :account, 'd', 1, :at, :at)"
            ),
            {
                "tenant": loop.tenant,
                "id": uuid4(),
                "at": loop.clock.now(),
                "message": message_id,
                "account": loop.account.id,
            },
        )
    view = await desk.erasing.ask(loop.tenant, "contact", loop.contact.email)
    await desk.erasing.run(loop.tenant, view.id)
    row = await desk.row(view.id)
    assert (row.status, row.waiting["vectors"]) == ("waiting", 1)
    loop.clock.move(timedelta(minutes=11))
    await desk.erasing.check(loop.tenant)
    assert ("privacy.erase", str(view.id)) in [
        (kind, body["erasure_id"]) for _, kind, body in await loop.queued("privacy.erase")
    ]
    await desk.index()
    await desk.erasing.run(loop.tenant, view.id)
    assert (await desk.row(view.id)).status == "done"


async def test_a_member_who_has_left_is_erased_and_their_work_stays(desk: PrivacyDesk) -> None:
    loop = desk.loop
    await desk.lived()
    with pytest.raises(Conflict, match="still a member"):
        await desk.erasing.ask(loop.tenant, "member", loop.rita.email)
    with pytest.raises(Conflict, match="--member"):
        await desk.erasing.ask(loop.tenant, "contact", loop.rita.email)
    await loop.set(Member, loop.rita.id, active=False)
    row = await desk.erase("member", loop.rita.email)
    assert row.status == "done", row.waiting
    assert naming(await desk.everything(), loop.rita.email, loop.rita.name) == {}
    entries = await audited(loop.database, loop.tenant)
    assert loop.rita.name not in str(entries)
    # Who decided is still one person, by an id that names nobody; the customer's mail is whole.
    assert str(loop.rita.id) in {entry["actor"] for entry in entries}
    messages = await loop.rows(Message)
    assert any(one.text for one in messages if one.direction == "inbound")
    await loop.audit.chain(loop.tenant)
    assert (await loop.audit.verify(loop.tenant)).whole


async def test_retention_takes_what_is_old_and_leaves_what_is_open(desk: PrivacyDesk) -> None:
    loop = desk.loop
    await desk.lived()
    begun = loop.clock.now()
    await desk.retention.set(loop.tenant, "mail", 200)
    for days, left in ((199, True), (1, True), (1, True)):
        loop.clock.move(timedelta(days=days))
        await desk.retention.due(loop.tenant)
        await desk.retention.run(loop.tenant, loop.clock.now().date())
        # A draft waits for Rita there: nothing is taken under her feet.
        assert any(one.text for one in await loop.rows(Message)) is left
    action = await loop.action()
    await loop.actions.reject(
        loop.actor(loop.rita),
        action.id,
        reason="late",
        surface="slack",
        command_id=uuid4().hex,
        revision=(await loop.draft()).revision,
    )
    loop.clock.move(timedelta(days=1))
    dying = replace(
        desk.retention,
        forgetting=_Dying(desk.forgetting),
    )
    await desk.retention.due(loop.tenant)
    with pytest.raises(ConnectionAbortedError):
        await dying.run(loop.tenant, loop.clock.now().date())
    await desk.retention.run(loop.tenant, loop.clock.now().date())
    assert not any(one.text for one in await loop.rows(Message))
    told = await audited(loop.database, loop.tenant, "retention.done")
    assert told[-1]["facts"]["counts"]["mail"] >= 3
    # Three years on, texts of drafts go too; outcomes and who decided stay.
    loop.clock.move(begun + timedelta(days=1200) - loop.clock.now())
    await desk.retention.due(loop.tenant)
    await desk.retention.run(loop.tenant, loop.clock.now().date())
    assert not any(one.text for one in await loop.revisions())
    assert (await loop.outcome()) is not None
    await loop.audit.chain(loop.tenant)
    assert (await loop.audit.verify(loop.tenant)).whole


class _Dying(Forgetting):
    """The process dies after the first batch was forgotten and before it is committed."""

    def __init__(self, real: Forgetting) -> None:
        super().__init__(db=real.db, clock=real.clock, ids=real.ids, audit=real.audit)

    async def forget(self, *given: Any, **more: Any) -> None:
        await super().forget(*given, **more)
        raise ConnectionAbortedError("killed")
