"""Mails about approvals: to the right people, with a token each, once."""

import re

import pytest
from sqlalchemy import text

from db.models.mailboxes import Mailbox
from db.session import Database
from services.approvals.mails import mail_notes
from services.errors import InvalidInput, TransientError
from services.letters.links import code_hash
from services.mail.tokens import find_codes, reply_codes
from services.types.mail import Address
from tests import factories as make
from tests.fakes.mail_sender import FakeMailSender
from tests.integration.services.approvals.mail_desk import (
    LINK,
    SYSTEM,
    MailDesk,
    everything_stored,
    holds,
    link_of,
)


@pytest.fixture
async def desk(database: Database) -> MailDesk:
    return await MailDesk(database).open()


async def test_the_approver_gets_the_facts_and_two_ways_to_decide(desk: MailDesk):
    await desk.connect()
    mail = await desk.write_to("victor")
    assert [person.email for person in mail.to] == ["victor@brightpath.example"]
    assert mail.own_notice
    assert mail.subject == "Please decide: 10 % discount for Acme"
    for words in ("They have a better offer.", "is decided by a VP of sales", "approve because"):
        assert words in mail.text
    (row,) = await desk.mails()
    assert (row.status, row.kind, row.number) == ("sent", "request", 0)
    assert row.sent_at == desk.clock.now()
    link = desk.links.read(link_of(mail))
    assert (link.tenant_id, link.mail_id, link.token_hash) == (desk.tenant, row.id, row.token_hash)
    # The same token comes back whichever way the reply carries it.
    (code,) = find_codes([person.email for person in mail.reply_to])
    assert code_hash(code) == row.token_hash
    assert find_codes([mail.message_id]) == find_codes([mail.text]) == (code,)
    assert mail.reply_to[0].email == f"copilot+ua.{code}@brightpath.example"


async def test_the_secret_is_kept_nowhere(desk: MailDesk, admin_url: str):
    await desk.connect()
    mail = await desk.write_to("victor")
    token, (code,) = link_of(mail), find_codes([mail.text])
    stored = await everything_stored(admin_url)
    assert holds(stored, "They have a better offer.")
    assert not holds(stored, token[:40])
    assert not holds(stored, code)


async def test_who_asked_never_gets_a_token(desk: MailDesk):
    await desk.connect()
    for kind in ("request", "reminder", "confirm", "urgent"):
        await desk.notify("rita", kind=kind)
    await desk.work()
    assert desk.sent() == []
    outcome = await desk.write_to("rita", "victor", kind="outcome")
    assert len(desk.sent()) == 2
    for mail in desk.sent():
        assert not LINK.search(mail.text)
        assert reply_codes(mail) == ()
        assert find_codes([mail.message_id, mail.text, *map(repr, mail.reply_to)]) == ()
    assert outcome.subject.startswith("Noted:")


async def test_an_informed_second_person_gets_no_token(desk: MailDesk):
    await desk.connect()
    mail = await desk.write_to("dana", kind="urgent")
    assert mail.subject.startswith("Urgent:")
    assert not LINK.search(mail.text)
    assert find_codes([mail.message_id, mail.text]) == ()


async def test_each_mail_once_and_reminders_again(desk: MailDesk):
    for kind in ("request", "request", "outcome", "outcome", "reminder", "reminder"):
        await desk.notify("victor", kind=kind)
    found = sorted((mail.kind, mail.number) for mail in await desk.mails())
    assert found == [("outcome", 0), ("reminder", 0), ("reminder", 1), ("request", 0)]
    await desk.work()
    tokens = {link_of(mail) for mail in desk.sent() if LINK.search(mail.text)}
    assert len(tokens) == 3


async def test_without_a_system_mailbox_nobody_replies(desk: MailDesk):
    mail = await desk.write_to("victor")
    assert link_of(mail)
    assert mail.reply_to == ()
    assert "approve because" not in mail.text
    assert find_codes([mail.message_id, mail.text]) == ()


async def test_without_an_address_slack_is_all(desk: MailDesk):
    desk.sender.sender = None
    await desk.notify("victor")
    await desk.work()
    (row,) = await desk.mails()
    assert (row.status, row.note) == ("none", "No mail address is set up to send from.")
    assert desk.sent() == []


async def test_what_was_decided_meanwhile_is_not_asked(desk: MailDesk):
    await desk.notify("victor")
    await desk.change(await desk.asked(), status="withdrawn")
    await desk.work()
    assert [mail.status for mail in await desk.mails()] == ["none"]


async def test_who_left_gets_nothing(desk: MailDesk):
    await desk.notify("victor")
    await desk.change(desk.people["victor"], active=False)
    await desk.work()
    assert [mail.status for mail in await desk.mails()] == ["none"]


async def test_a_doubtful_mail_is_never_sent_again_and_its_link_works(desk: MailDesk):
    desk.sender.lose.append(TransientError("lost", ambiguous=True))
    await desk.notify("victor")
    await desk.work()
    await desk.work()
    (row,) = await desk.mails()
    assert (row.status, len(desk.sender.sent)) == ("unknown", 1)
    assert desk.links.read(link_of(desk.sent()[0])).token_hash == row.token_hash


async def test_a_server_that_is_down_is_tried_again_with_a_fresh_token(desk: MailDesk):
    desk.sender.fail.append(TransientError("down"))
    await desk.notify("victor")
    with pytest.raises(TransientError):
        await desk.work()
    (before,) = await desk.mails()
    await desk.work()
    (after,) = await desk.mails()
    assert (before.status, after.status) == ("queued", "sent")
    assert before.token_hash != after.token_hash


async def test_a_job_that_died_on_the_way_leaves_a_doubt(desk: MailDesk):
    desk.sender.fail.append(RuntimeError("the process ends here"))
    await desk.notify("victor")
    with pytest.raises(RuntimeError):
        await desk.work()
    await desk.work()
    assert [mail.status for mail in await desk.mails()] == ["unknown"]
    assert desk.sent() == []


async def test_a_refused_mail_is_told(desk: MailDesk):
    desk.sender.fail.append(InvalidInput("The mail server refused the mail: 550 no"))
    await desk.notify("victor")
    await desk.work()
    (row,) = await desk.mails()
    assert (row.status, row.note) == ("failed", "The mail server refused the mail: 550 no")


async def test_a_lost_job_is_found(desk: MailDesk):
    await desk.notify("victor")
    async with desk.database.directory() as tx:
        await tx.session.execute(text("delete from jobs.pgqueuer"))
    await desk.sweeps.recover(desk.tenant)
    await desk.work()
    assert desk.sent() == []  # it may only be on its way
    desk.clock.at += make.timedelta(minutes=1)
    await desk.sweeps.recover(desk.tenant)
    await desk.sweeps.recover(desk.tenant)
    await desk.work()
    assert len(desk.sent()) == 1


async def test_customers_words_stay_words(database: Database):
    desk = await MailDesk(database).open(reason="<script>alert(1)</script> & <b>now</b>")
    await desk.connect()
    await desk.notify("victor")
    await desk.work()
    raw = desk.sender.sent[-1][1].decode()
    html = raw[raw.index("text/html") :].replace("=\r\n", "")
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r"=[23]Cscript", html)


async def test_a_long_address_falls_back_to_the_other_ways(database: Database):
    desk = await MailDesk(database).open()
    address = "the-understudy-of-the-whole-sales-team@brightpath.example"
    async with database.transaction(desk.tenant) as tx:
        await make.make_mailbox(tx, address=address, is_system=True)
    mail = await desk.write_to("victor")
    assert mail.reply_to == (Address(email=address, name="Understudy"),)
    assert len(find_codes([mail.message_id])) == 1
    assert find_codes([mail.text]) == find_codes([mail.message_id])


async def test_another_tenants_system_mailbox_is_not_ours(database: Database):
    desk = await MailDesk(database).open()
    other = await MailDesk(database, sender=FakeMailSender(sender=None)).open()
    await other.connect()
    mail = await desk.write_to("victor")
    assert mail.reply_to == ()
    assert await other.mails() == []
    async with database.read(desk.tenant) as tx:
        assert await mail_notes(tx, other.request) == ()
    assert SYSTEM in [row.address for row in await other.rows(Mailbox)]
