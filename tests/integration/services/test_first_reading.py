"""Ninety days, read quietly and told once."""

from datetime import timedelta
from uuid import UUID

import pytest

from db.models.cards import Card
from db.models.mailboxes import FirstReading
from db.session import Database
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.first_reading import intro_view
from services.sweeps import SweepService
from services.types.first_reading import IntroView
from tests.fakes.mail import FakeMail, FakeMailboxes
from tests.integration.services.office import NOW, Office, eml
from tests.integration.services.test_delegation import KEY

ASK = "Could you send us a quote for 40 seats?"


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database, FakeMailboxes()).open()


def past(gmail: FakeMail) -> None:
    """Dana asked for a price and waits; Kim wrote thrice and fell silent; we promised Lee something
    by a day; a thing that was answered; a stranger; a newsletter."""

    def mail(words: str, days: float, name: str, *, by: str = "", parent: str | None = None):
        ours = not by
        raw = eml(
            words,
            sender=by or "ana@sell.test",
            to="ana@sell.test" if by else "dana@acme.test",
            message_id=f"<{name}@x>",
            parent=f"<{parent}@x>" if parent else None,
        )
        gmail.deliver(raw, at=NOW - timedelta(days=days), labels={"SENT"} if ours else {"INBOX"})

    mail(ASK, 6, "price", by="Dana <dana@acme.test>")
    mail("Can you call me tomorrow?", 2, "call", by="Lou <lou@acme.test>")
    for number in (70, 60, 50):
        mail("We looked at it with the team.", number, f"kim{number}", by="Kim <kim@acme.test>")
        mail("Thank you, good to hear.", number - 1, f"to-kim{number}", parent=f"kim{number}")
    mail("Could you tell us how long it takes?", 10, "lee", by="Lee <lee@acme.test>")
    promise = "I will send you the contract on 23 November 2026."
    mail(promise, 9, "promised", parent="lee")
    mail("hello there", 4, "stranger", by="someone@elsewhere.test")
    raw = eml("news", sender="news@acme.test", extra="List-Id: <l.acme.test>\r\n")
    gmail.deliver(raw, at=NOW - timedelta(days=3))


async def told(office: Office) -> FirstReading:
    for job in await office.jobs("mailbox.intro"):
        await office.readings().tell(office.tenant, UUID(job["reading_id"]))
    (reading,) = await office.all(FirstReading)
    return reading


async def view(office: Office, who: str = "ana") -> IntroView | None:
    (reading,) = await office.all(FirstReading)
    async with office.database.read(office.tenant) as tx:
        return await intro_view(tx, reading.id, office.made[who], office.clock)


async def cards(office: Office, kind: str) -> list[Card]:
    return [card for card in await office.all(Card) if card.kind == kind]


async def test_it_counts_what_waits_and_what_stands_out_and_asks_nobody(office: Office) -> None:
    past(office.world.add("ana@sell.test"))
    await office.connect("ana")
    assert await office.jobs("message.process") == []
    assert {kind for kind, _ in office.touches.seen} == {"home", "mailbox"}
    reading = await told(office)
    assert reading.status == "told"
    shown = await view(office)
    assert shown is not None
    assert (shown.mails, shown.accounts, shown.people, shown.of_no_account) == (12, 1, 4, 1)
    assert [(one.who, one.state) for one in shown.waiting] == [
        ("Dana", "waiting"),
        ("Lou", "waiting"),
    ]
    assert shown.waiting_total == 2
    kinds = {one.kind: one for one in shown.noticed}
    assert set(kinds) == {"unanswered", "promise", "silent"}
    assert kinds["unanswered"].quote == ASK
    assert kinds["promise"].quote.startswith("I will send you the contract")
    assert kinds["promise"].due is not None
    assert kinds["silent"].who == "Kim"
    # Once, and to the one who connected.
    (card,) = await cards(office, "intro")
    assert (card.subject_id, card.recipient_id) == (reading.id, office.made["ana"])
    await told(office)
    await SweepService(office.database, office.clock).recover(office.tenant)
    (card,) = await cards(office, "intro")
    assert card.wanted_rev == 1
    assert await view(office, "ben") is None


async def test_a_crash_in_the_middle_goes_on_where_it_was(office: Office) -> None:
    gmail = office.world.add("ana@sell.test")
    for day in range(1, 46):
        gmail.deliver(eml(sender="dana@acme.test"), at=NOW - timedelta(days=day))
    box, _ = await office.connect("ana", synced=False)
    gmail.fail["fetch"] = []
    fetch, seen = gmail.fetch, []

    async def fetch_until_it_breaks(message_id: str):
        seen.append(message_id)
        if len(seen) == 31:
            raise TransientError("away")
        return await fetch(message_id)

    gmail.fetch = fetch_until_it_breaks
    with pytest.raises(TransientError):
        await office.service().sync(office.tenant, box)
    assert len(await office.messages()) == 20
    assert [r.status for r in await office.all(FirstReading)] == ["reading"]
    gmail.fetch, gmail.calls["fetch"] = fetch, 0
    await office.service().sync(office.tenant, box)
    assert gmail.calls["fetch"] == 25
    assert len(await office.messages()) == 45
    assert [r.status for r in await office.all(FirstReading)] == ["read"]
    assert len(await office.jobs("mailbox.intro")) == 1


async def test_a_lost_job_is_found(office: Office) -> None:
    await office.connect("ana")
    await office.run("delete from jobs.pgqueuer where entrypoint = 'mailbox.intro'")
    await SweepService(office.database, office.clock).recover(office.tenant)
    assert await office.jobs("mailbox.intro") == []
    office.clock.move(minutes=1)
    for _ in range(2):
        await SweepService(office.database, office.clock).recover(office.tenant)
    assert len(await office.jobs("mailbox.intro")) == 1
    assert (await told(office)).status == "told"


async def test_answers_are_drafted_for_what_still_waits(office: Office) -> None:
    gmail = office.world.add("ana@sell.test")
    past(gmail)
    box, _ = await office.connect("ana")
    reading = await told(office)
    desk, ana = office.readings(), office.actor("ana")
    # Meanwhile Ana has answered Lou herself.
    gmail.deliver(
        eml("Sure.", sender="ana@sell.test", to="lou@acme.test", parent="<call@x>"),
        labels={"SENT"},
        at=NOW,
    )
    await office.service().sync(office.tenant, box)
    shown = await view(office)
    assert shown is not None
    assert [(one.who, one.state) for one in shown.waiting] == [
        ("Dana", "waiting"),
        ("Lou", "answered"),
    ]
    assert shown.can_draft == 1
    with pytest.raises(Forbidden):
        await desk.draft_waiting(office.actor("ben"), reading.id, command_id="c0")
    for _ in range(2):
        await desk.draft_waiting(ana, reading.id, command_id="c1")
    await desk.draft_waiting(ana, reading.id, command_id="c2")
    (job,) = await office.jobs("message.process")
    asked = next(m for m in await office.messages() if str(m.id) == job["message_id"])
    assert (asked.sender["name"], asked.attention) == ("Dana", "new")
    shown = await view(office)
    assert shown is not None
    assert [one.state for one in shown.waiting] == ["asked", "answered"]
    assert shown.can_draft == 0


async def test_is_this_right(office: Office) -> None:
    await office.connect("ana")
    reading = await told(office)
    desk, ana = office.readings(), office.actor("ana")
    with pytest.raises(InvalidInput):
        await desk.answer(ana, reading.id, right=False, text="  ", command_id="c0")
    with pytest.raises(Forbidden):
        await desk.answer(office.actor("ben"), reading.id, right=True, text="", command_id="c1")
    other = await Office(office.database, office.world).open()
    with pytest.raises(NotFound):
        await other.readings().answer(
            other.actor("ana"), reading.id, right=True, text="", command_id="c1"
        )
    await desk.answer(ana, reading.id, right=True, text="", command_id="c2")
    for _ in range(2):
        await desk.answer(ana, reading.id, right=False, text="Kim left Acme", command_id="c3")
    shown = await view(office)
    assert shown is not None
    assert (shown.answer, shown.answer_text) == ("no", "Kim left Acme")
    assert await desk.answer_of(ana, reading.id) == "Kim left Acme"
    assert (await office.verbs()).count("intro.answered") == 2
    (card,) = await cards(office, "intro")
    assert card.wanted_rev == 3


async def test_who_was_connected_by_somebody_else_is_told_nothing(office: Office) -> None:
    past(office.world.add("ana@sell.test"))
    await office.set_role("ben", "admin")
    await office.delegation().set_key(office.tenant, KEY)
    desk = office.delegation()
    await desk.connect_member(office.tenant, office.made["ana"], office.made["ben"])
    (box,) = await office.all_boxes()
    assert box.connected_by == office.made["ben"]
    await office.service().sync(office.tenant, box.id)
    assert (await told(office)).status == "told"
    assert await cards(office, "intro") == []
