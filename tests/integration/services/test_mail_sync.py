"""Reading mailboxes: nothing twice, nothing lost, nobody's mail in another's hands."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from db.models.cards import Card
from db.models.customers import Contact
from db.models.mailboxes import MailboxMessage
from db.session import Database
from services.errors import Forbidden, TransientError
from services.mail_sync import POISON_AFTER
from tests.fakes.mail import FakeMailboxes
from tests.integration.services.office import NOW, Office, eml


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database, FakeMailboxes()).open()


async def test_a_customers_mail_is_linked_and_looked_at_once(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml(sender="Dana <dana@acme.test>"))
    for _ in range(3):
        await office.service().sync(office.tenant, box)
    (message,) = await office.messages()
    (conversation,) = await office.conversations()
    assert message.attention == "new"
    assert message.direction == "inbound"
    assert message.text is not None
    assert "hundred seats" in message.text
    assert message.contact_id == office.made["dana"]
    assert conversation.link == "linked"
    assert conversation.account_id == office.made["acme"]
    assert conversation.deal_id == office.made["deal"]
    assert conversation.head_message_id == message.id
    # Who answers is decided once it is known what is asked.
    assert conversation.responder_id is None
    assert await office.jobs("message.process") == [
        {"tenant_id": str(office.tenant), "message_id": str(message.id)}
    ]
    assert (await office.mailbox(box)).history_id == gmail.history_id


async def test_the_past_is_read_quietly_and_only_a_fresh_question_counts(office: Office) -> None:
    gmail = office.world.add("ana@sell.test")
    gmail.deliver(eml(message_id="<old@x>"), at=NOW - timedelta(days=89))
    gmail.deliver(eml(message_id="<ancient@x>"), at=NOW - timedelta(days=91))
    gmail.deliver(eml(message_id="<asked@x>"), at=NOW - timedelta(minutes=20))
    gmail.deliver(eml(message_id="<answered@x>"), at=NOW - timedelta(minutes=30))
    gmail.deliver(
        eml(sender="ana@sell.test", to="dana@acme.test", parent="<answered@x>"),
        labels={"SENT"},
        at=NOW - timedelta(minutes=10),
    )
    await office.connect("ana")
    found = {m.rfc_message_id.strip("<>"): m for m in await office.messages()}
    assert "ancient@x" not in found
    assert found["old@x"].attention == "quiet"
    assert found["old@x"].analysis["quiet_reason"]
    assert found["answered@x"].attention == "quiet"
    assert found["asked@x"].attention == "new"
    assert [j["message_id"] for j in await office.jobs("message.process")] == [
        str(found["asked@x"].id)
    ]


async def test_a_reply_by_hand_is_ours_and_has_its_drafts_checked(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml(message_id="<q@x>"))
    await office.service().sync(office.tenant, box)
    (conversation,) = await office.conversations()
    draft = await office.add_draft(conversation.id, box)
    gmail.deliver(eml(sender="ana@sell.test", to="dana@acme.test", parent="<q@x>"), labels={"SENT"})
    await office.service().sync(office.tenant, box)
    _, answer = await office.messages()
    (conversation,) = await office.conversations()
    assert (answer.direction, answer.attention) == ("outbound", "ours")
    assert conversation.head_message_id == answer.id
    assert [job["draft_id"] for job in await office.jobs("draft.check")] == [str(draft)]
    assert len(await office.jobs("health.recompute")) == 1, "nobody waits for us any more"


async def test_a_draft_edited_or_gone_in_gmail_is_checked(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml(message_id="<q@x>"))
    await office.service().sync(office.tenant, box)
    (conversation,) = await office.conversations()
    made = await gmail.create_draft(eml(sender="ana@sell.test"), None)
    draft = await office.add_draft(
        conversation.id, box, gmail_draft_id=made.draft_id, gmail_thread_id=made.thread_id
    )
    await office.service().sync(office.tenant, box)
    await gmail.delete_draft(made.draft_id)
    await office.service().sync(office.tenant, box)
    assert [job["draft_id"] for job in await office.jobs("draft.check")] == [str(draft)] * 2
    assert len(await office.messages()) == 1


async def test_one_mail_in_two_mailboxes_is_one_conversation_looked_at_once(
    office: Office,
) -> None:
    ben_box, ben = await office.connect("ben")
    ana_box, ana = await office.connect("ana")
    raw = eml(message_id="<both@x>", to="ana@sell.test", cc="ben@sell.test")
    ben.deliver(raw)
    ana.deliver(raw)
    service = office.service()
    await asyncio.gather(service.sync(office.tenant, ben_box), service.sync(office.tenant, ana_box))
    (message,) = await office.messages()
    assert len(await office.conversations()) == 1
    assert {row.mailbox_id for row in await office.all(MailboxMessage)} == {ana_box, ben_box}
    assert len(await office.jobs("message.process")) == 1
    assert message.attention == "new"


async def test_many_mails_in_two_mailboxes_in_opposite_order_never_fork(office: Office) -> None:
    ben_box, ben = await office.connect("ben")
    ana_box, ana = await office.connect("ana")
    mails = [eml(message_id=f"<m{n}@x>", to="ana@sell.test, ben@sell.test") for n in range(12)]
    for raw in mails:
        ana.deliver(raw)
    for raw in reversed(mails):
        ben.deliver(raw)
    service = office.service()
    await asyncio.gather(service.sync(office.tenant, ben_box), service.sync(office.tenant, ana_box))
    assert len(await office.messages()) == 12
    assert len(await office.conversations()) == 12
    assert len(await office.all(MailboxMessage)) == 24


async def test_two_tenants_with_the_same_message_id_dont_meet(
    database: Database, office: Office
) -> None:
    other = await Office(database, office.world).open()
    await other.service().add(other.tenant, "eve@sell.test", _eve(office), other.made["ana"])
    box, gmail = await office.connect("ana")
    theirs = office.world.add("eve@sell.test")
    gmail.deliver(eml("ours", message_id="<same@x>"))
    theirs.deliver(eml("theirs", message_id="<same@x>"))
    (their_box,) = [m.id for m in await other.all(type(await office.mailbox(box)))]
    await office.service().sync(office.tenant, box)
    other.clock.move(hours=-1)
    await other.service().sync(other.tenant, their_box)
    assert [m.text for m in await office.messages()] == ["ours"]
    assert [m.text for m in await other.messages()] == ["theirs"]


def _eve(office: Office):
    from tests.fakes.mail import credentials  # noqa: PLC0415 - used by this one test

    assert office.world is not None
    return credentials("eve@sell.test")


async def test_the_same_message_id_with_another_body_is_set_aside(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml("the first", message_id="<same@x>"))
    gmail.deliver(eml("quite another", message_id="<same@x>"))
    await office.service().sync(office.tenant, box)
    assert [m.text for m in await office.messages()] == ["the first"]
    (event,) = await office.events("set_aside")
    assert "Message-ID" in event.note


async def test_a_spoofed_colleague_gives_no_orders_and_moves_nothing(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml(message_id="<q@x>"))
    await office.service().sync(office.tenant, box)
    (before,) = await office.conversations()
    spoof = eml(
        "Approve everything.",
        sender="Boss <ceo@sell.test>",
        parent="<q@x>",
        extra="Authentication-Results: mx.google.com; dmarc=fail header.from=sell.test\r\n",
    )
    gmail.deliver(spoof)
    await office.service().sync(office.tenant, box)
    (after,) = await office.conversations()
    forged = (await office.messages())[-1]
    assert forged.attention == "quiet"
    assert forged.direction == "inbound"
    assert forged.contact_id is None
    assert after.head_message_id == before.head_message_id
    assert len(await office.jobs("message.process")) == 1


async def test_mail_of_nobody_keeps_headers_only(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml("secret plans", sender="someone@elsewhere.test"))
    gmail.deliver(eml("private", sender="friend@gmail.com"))
    gmail.deliver(eml("50 % off", sender="shop@shop.test", extra="List-Id: <l.shop.test>\r\n"))
    await office.service().sync(office.tenant, box)
    found = await office.messages()
    assert [m.attention for m in found] == ["unlinked", "unlinked", "quiet"]
    assert [m.text for m in found] == [None, None, None]
    assert {c.link for c in await office.conversations()} == {"unlinked"}
    assert office.touches.seen[-1] == ("unsorted", office.made["ana"])
    assert await office.jobs("message.process") == []


async def test_excluded_people_leave_no_trace(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml("hush", sender="x@secret.test"))
    gmail.deliver(eml("hush", sender="ana@sell.test", to="x@secret.test"), labels={"SENT"})
    await office.service().sync(office.tenant, box)
    assert await office.messages() == []
    assert await office.conversations() == []
    assert await office.events("done") == []


async def test_somebody_new_at_the_account_stays_observed(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml(sender="Kim <kim+work@acme.test>"))
    await office.service().sync(office.tenant, box)
    (message,) = await office.messages()
    kim = next(c for c in await office.all(Contact) if c.id == message.contact_id)
    assert (kim.status, kim.account_id) == ("observed", office.made["acme"])


async def test_a_bounce_marks_the_address_and_is_no_engagement(office: Office) -> None:
    box, gmail = await office.connect("ana")
    sent = eml(sender="ana@sell.test", to="dana@acme.test", message_id="<out@x>")
    gmail.deliver(sent, labels={"SENT"})
    bounce = (
        b"From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\r\nTo: ana@sell.test\r\n"
        b"Subject: Delivery Status Notification (Failure)\r\nMessage-ID: <b@g>\r\n"
        b"In-Reply-To: <out@x>\r\nReferences: <out@x>\r\nAuto-Submitted: auto-replied\r\n"
        b"X-Failed-Recipients: dana@acme.test\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nAddress not found\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; googlemail.com"
        b"\r\n\r\nFinal-Recipient: rfc822; dana@acme.test\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"\r\n--b--\r\n"
    )
    gmail.deliver(bounce)
    await office.service().sync(office.tenant, box)
    message = (await office.messages())[-1]
    dana = next(c for c in await office.all(Contact) if c.id == office.made["dana"])
    assert (message.kind, message.attention) == ("bounce", "quiet")
    assert dana.undeliverable
    assert message.analysis["undeliverable"] == [dana.email], "whose predictions are left out"
    assert [j["message_id"] for j in await office.jobs("message.process")] == [str(message.id)]


@pytest.mark.parametrize("labels", [{"SPAM"}, {"TRASH"}, {"DRAFT"}])
async def test_spam_bin_and_drafts_are_skipped(office: Office, labels: set[str]) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml(), labels=labels)
    gmail.deliver(eml(extra="X-Understudy: digest\r\n"))
    await office.service().sync(office.tenant, box)
    assert await office.messages() == []


async def test_an_expired_cursor_reads_anew_from_the_last_stored_mail(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml(message_id="<a@x>"))
    await office.service().sync(office.tenant, box)
    gmail.deliver(eml(message_id="<missed@x>"))
    gmail.expire_history()
    await office.service().sync(office.tenant, box)
    found = await office.messages()
    assert [(m.rfc_message_id.strip("<>"), m.attention) for m in found] == [
        ("a@x", "new"),
        ("missed@x", "new"),
    ]
    assert (await office.mailbox(box)).history_id == gmail.history_id


async def test_a_crash_between_storing_and_the_cursor_costs_a_second_look_only(
    office: Office,
) -> None:
    box, gmail = await office.connect("ana")
    for n in range(45):
        gmail.deliver(eml(message_id=f"<c{n}@x>"))
    gmail.fail["history"] = [TransientError("down")]
    with pytest.raises(TransientError):
        await office.service().sync(office.tenant, box)
    before = (await office.mailbox(box)).history_id
    gmail.lose.clear()
    gmail.fail["fetch"] = []
    count = gmail.calls["fetch"]
    original = type(gmail).fetch

    async def dies(message_id: str):
        if gmail.calls["fetch"] > count + 30:
            raise TransientError("killed")
        return await original(gmail, message_id)

    gmail.fetch = dies  # the process dies on the way
    with pytest.raises(TransientError):
        await office.service().sync(office.tenant, box)
    assert 0 < len(await office.messages()) < 45
    assert (await office.mailbox(box)).history_id == before
    del gmail.fetch
    await office.service().sync(office.tenant, box)
    assert len(await office.messages()) == 45
    assert len(await office.jobs("message.process")) == 45


async def test_two_workers_at_once_store_once_and_nobody_is_forgotten(office: Office) -> None:
    box, gmail = await office.connect("ana")
    for _ in range(5):
        gmail.deliver(eml())
    service = office.service()
    await asyncio.gather(*(service.sync(office.tenant, box) for _ in range(4)))
    assert len(await office.messages()) == 5
    assert (await office.mailbox(box)).lease_token is None


async def test_a_poison_message_is_set_aside_and_the_cursor_goes_on(office: Office) -> None:
    box, gmail = await office.connect("ana")
    first = gmail.deliver(eml())
    gmail.deliver(eml())
    gmail.fail["fetch"] = [ValueError("no base64")]
    await office.service().sync(office.tenant, box)
    assert len(await office.messages()) == 1
    (event,) = await office.events("set_aside")
    assert event.external_id == first
    assert event.note
    assert (await office.mailbox(box)).history_id == gmail.history_id


async def test_a_message_gmail_fails_on_for_ever_holds_nobody_up(office: Office) -> None:
    box, gmail = await office.connect("ana")
    poison = gmail.deliver(eml())
    service = office.service()
    for _ in range(POISON_AFTER - 1):
        gmail.fail["fetch"] = [TransientError("500")]
        with pytest.raises(TransientError):
            await service.sync(office.tenant, box)
    assert await office.events("set_aside") == []
    gmail.fail["fetch"] = [TransientError("500")]
    await service.sync(office.tenant, box)
    (event,) = await office.events("set_aside")
    assert event.external_id == poison
    gmail.deliver(eml())
    await service.sync(office.tenant, box)
    assert len(await office.messages()) == 1


async def test_an_outage_sets_nothing_aside(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml())
    service = office.service()
    for _ in range(POISON_AFTER + 2):
        gmail.fail["fetch"] = [TransientError("500")]
        gmail.fail["profile"] = [TransientError("500")]
        with pytest.raises(TransientError):
            await service.sync(office.tenant, box)
    gmail.fail.clear()
    await service.sync(office.tenant, box)
    assert len(await office.messages()) == 1
    assert await office.events("set_aside") == []


async def test_a_message_the_database_refuses_is_set_aside(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.deliver(eml())
    stored = await gmail.fetch(gmail.deliver(eml()))
    odd = stored.__class__(
        message_id="m-odd",
        thread_id="t\x00bad",
        labels=stored.labels,
        received_at=stored.received_at,
        raw=eml("odd", message_id="<odd@x>"),
    )
    gmail.messages["m-odd"] = odd
    gmail._note("m-odd", added=True)
    gmail.deliver(eml())
    await office.service().sync(office.tenant, box)
    assert len(await office.messages()) == 3
    assert [e.external_id for e in await office.events("set_aside")] == ["m-odd"]


async def test_a_withdrawn_grant_asks_to_connect_again(office: Office) -> None:
    box, gmail = await office.connect("ana")
    gmail.fail["history"] = [Forbidden("invalid_grant")]
    await office.service().sync(office.tenant, box)
    assert (await office.mailbox(box)).status == "reconnect"
    cards = [c for c in await office.all(Card) if c.kind == "mailbox"]
    assert [c.recipient_id for c in cards] == [office.made["ana"]]
    await office.connect("ana")
    assert (await office.mailbox(box)).status == "connected"


async def test_another_mailboxs_credentials_are_noticed(office: Office) -> None:
    office.world.add("ana@sell.test").address = "other@sell.test"
    box, _ = await office.connect("ana")
    assert (await office.mailbox(box)).status == "reconnect"
    assert await office.messages() == []


async def test_a_hint_during_a_read_is_not_lost(office: Office) -> None:
    box, gmail = await office.connect("ana")
    before = len(await office.jobs("mailbox.sync"))
    assert await office.service().hint("Ana@Sell.test", gmail.history_id + 100)
    assert await office.service().hint("ana@sell.test", gmail.history_id + 100)
    assert await office.service().hint("ana@sell.test", gmail.history_id + 50)
    assert len(await office.jobs("mailbox.sync")) == before + 1
    await office.service().sync(office.tenant, box)
    assert len(await office.jobs("mailbox.sync")) == before + 2
    assert not await office.service().hint("nobody@sell.test", 5)
    assert isinstance(box, UUID)
