"""Replies that decide, and all those that don't."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from db.models.approvals import ApprovalRequest
from db.models.conversations import Conversation, Message
from db.models.customers import Deal
from db.session import Database
from services.approvals.mails import mail_notes
from services.approvals.token_use import Wanted
from services.errors import TransientError
from services.mail.tokens import find_codes
from services.types.approvals import Surface
from tests import factories as make
from tests.fakes.mail import credentials
from tests.fakes.mail_sender import FakeMailSender
from tests.integration.services.approvals.mail_desk import (
    LINK,
    SYSTEM,
    MailDesk,
    everything_stored,
    holds,
    link_of,
    received,
)

YES = "Approve because they renew early."
VICTOR, DANA, RITA = (f"{name}@brightpath.example" for name in ("victor", "dana", "rita"))


@pytest.fixture
async def desk(database: Database) -> MailDesk:
    desk = await MailDesk(database).open()
    await desk.connect()
    return desk


async def _nothing_decided(desk: MailDesk, why: str) -> None:
    """Nothing changed, it is in the audit, and nobody was answered."""
    assert await desk.untouched()
    assert [fact["why"] for fact in await desk.refused()] == [why]
    assert {fact["surface"] for fact in await desk.refused()} == {"reply"}
    assert len(desk.sent()) == 1
    assert {event.status for event in await desk.events()} == {"done"}


# ── What decides ────────────────────────────────────────────────────────────────────────────────
async def test_a_clear_answer_decides_once_and_is_answered(desk: MailDesk):
    mail = await desk.write_to("victor")
    await desk.reply(mail, YES)
    asked = await desk.asked()
    assert (asked.status, asked.settled_surface) == ("approved", "reply")
    (vote,) = await desk.votes()
    assert (vote.member_id, vote.surface, vote.reason) == (
        desk.people["victor"].id,
        "reply",
        "they renew early",
    )
    assert vote.seconds == 60  # from the mail's leaving
    answer = desk.sent("victor")[-1]
    assert answer.subject == "Your answer: 10 % discount for Acme"
    assert "You approved this." in answer.text
    assert not LINK.search(answer.text)
    assert find_codes([answer.text, answer.message_id]) == ()
    # Rita is told by the decision itself.
    assert desk.sent("rita")[-1].subject == "Approved: 10 % discount for Acme"


async def test_conditions_travel_when_they_are_said_to_be_some(desk: MailDesk):
    mail = await desk.write_to("victor")
    await desk.reply(mail, "Approve with conditions: only for six months; paid yearly")
    assert (await desk.asked()).conditions == ["only for six months", "paid yearly"]


async def test_a_no_in_german(desk: MailDesk):
    mail = await desk.write_to("victor")
    await desk.reply(mail, "Abgelehnt, weil die Marge nicht reicht.\n\nViele Grüße\nVictor")
    asked = await desk.asked()
    assert asked.status == "rejected"
    assert asked.settled_reason.startswith("die Marge nicht reicht")


@pytest.mark.parametrize("to", [SYSTEM, None])
async def test_the_token_is_found_where_mailers_leave_it(desk: MailDesk, to: str | None):
    """By the address, else by what is answered; Gmail writes Message-IDs of its own, then the
    quoted footer is left."""
    mail = await desk.write_to("victor")
    await desk.reply(mail, YES, to=to)
    assert (await desk.asked()).status == "approved"


async def test_a_reply_that_came_twice_decides_once(desk: MailDesk):
    mail = await desk.write_to("victor")
    await desk.reply(mail, YES)
    before = len(desk.sent())
    box = desk.world.mailboxes[SYSTEM]
    (stored,) = [m for m in box.messages.values() if b"renew early" in m.raw]
    box.deliver(stored.raw)
    await desk.sync()
    await desk.work()
    assert len(await desk.votes()) == 1
    assert [fact["why"] for fact in await desk.refused()] == ["used"]
    assert "has decided already" in desk.sent()[-1].text
    assert len(desk.sent()) == before + 1


async def test_a_second_mind_comes_too_late(desk: MailDesk):
    mail = await desk.write_to("victor")
    await desk.reply(mail, YES)
    await desk.reply(mail, "Reject because I changed my mind")
    assert (await desk.asked()).status == "approved"
    assert len(await desk.votes()) == 1
    assert "has decided already" in desk.sent("victor")[-1].text


async def test_a_lost_job_is_found(desk: MailDesk):
    mail = await desk.write_to("victor")
    work, desk.work = desk.work, _later
    await desk.reply(mail, YES)
    desk.work = work
    async with desk.database.directory() as tx:
        await tx.session.execute(text("delete from jobs.pgqueuer"))
    desk.clock.move(timedelta(minutes=1))
    await desk.sweeps.recover(desk.tenant)
    await desk.work()
    assert (await desk.asked()).status == "approved"


async def test_a_crash_after_deciding_still_answers(desk: MailDesk):
    mail = await desk.write_to("victor")
    work, desk.work = desk.work, _later
    await desk.reply(mail, YES)
    desk.work = work
    (row,), event = await desk.mails(), (await desk.events())[-1]
    wanted = Wanted(choice="approve", reason="they renew early")
    by = f"reply:{event.id}"
    await desk.use.decide(desk.actor("victor"), row, wanted, surface=Surface.REPLY, by=by)
    await desk.work()
    assert len(await desk.votes()) == 1
    assert "You approved this." in desk.sent("victor")[-1].text
    assert (await desk.events())[-1].status == "done"
    assert await desk.refused() == []


async def _later() -> None:
    """The worker is busy."""


async def test_a_database_that_fails_decides_later(desk: MailDesk):
    mail = await desk.write_to("victor")
    box = desk.world.mailboxes[SYSTEM]
    box.fail["fetch"] = []
    work, desk.work = desk.work, _later
    await desk.reply(mail, YES)
    desk.work = work
    box.fail["fetch"] = [TransientError("down")]
    with pytest.raises(TransientError):
        await desk.work()
    assert await desk.untouched()
    await desk.work()
    assert (await desk.asked()).status == "approved"


# ── Words that aren't clear ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "words",
    ["sounds good?", "ok?", "approve or reject, hm", "not approved", "approved, but six months"],
)
async def test_unclear_words_are_asked_back(desk: MailDesk, words: str):
    mail = await desk.write_to("victor")
    await desk.reply(mail, words)
    assert await desk.untouched()
    confirm = desk.sent("victor")[-1]
    assert confirm.subject == "Please say it again: 10 % discount for Acme"
    assert words in confirm.text
    assert "Nothing has been decided yet." in confirm.text
    assert confirm.in_reply_to
    assert link_of(confirm) != link_of(mail)
    async with desk.database.read(desk.tenant) as tx:
        (note,) = await mail_notes(tx, desk.request)
    assert note == "Victor Example answered by mail, but it wasn't clear; I asked again."
    await desk.reply(confirm, YES)
    assert (await desk.asked()).status == "approved"


async def test_a_mail_that_leaves_at_once_takes_no_conditions(desk: MailDesk):
    """A gated draft: the order says a condition that nobody could keep."""
    async with desk.database.transaction(desk.tenant) as tx:
        action = await make.make_action(tx, await make.make_conversation(tx))
        asked = await tx.session.get_one(ApprovalRequest, (desk.tenant, desk.request))
        asked.type, asked.action_id = "discuss_pricing", action.id
    mail = await desk.write_to("victor")
    assert "approve with conditions" not in mail.text
    await desk.reply(mail, "Approve with conditions: only after the call")
    assert await desk.untouched()
    assert "nobody could keep conditions" in desk.sent("victor")[-1].text
    await desk.reply(mail, "approved, but after the call")
    assert await desk.untouched()
    confirm = desk.sent("victor")[-1]
    assert "it can't have any" in confirm.text
    assert "approve with conditions" not in confirm.text
    await desk.reply(confirm, YES)
    assert (await desk.asked()).status == "approved"


async def test_quoted_text_decides_nothing(desk: MailDesk):
    """Our own mail says “approve because” and “reject because”; quoting it is no order."""
    mail = await desk.write_to("victor")
    await desk.reply(mail, "")
    assert await desk.untouched()
    assert "nothing of your own" in desk.sent("victor")[-1].text
    await desk.reply(mail, "> approve because I said so")
    assert await desk.untouched()


async def test_asking_back_comes_to_an_end(desk: MailDesk):
    mail = await desk.write_to("victor")
    for _ in range(12):
        await desk.reply(mail, "hm")
    kinds = [mail.kind for mail in await desk.mails()]
    assert kinds.count("confirm") == 3
    assert kinds.count("outcome") == 6
    assert await desk.untouched()


# ── Who isn't believed ──────────────────────────────────────────────────────────────────────────
async def test_another_sender_decides_nothing(desk: MailDesk):
    mail = await desk.write_to("victor")
    await desk.reply(mail, YES, sender=RITA)
    await _nothing_decided(desk, "another sender")


async def test_another_members_token_decides_nothing(desk: MailDesk):
    """Dana is VP as well, but the mail was Victor's."""
    mail = await desk.write_to("victor")
    await desk.reply(mail, YES, sender=DANA)
    await _nothing_decided(desk, "another sender")


@pytest.mark.parametrize(
    "top",
    [
        "",
        f"Authentication-Results: mx.google.com; dmarc=pass header.from={VICTOR.split('@')[1]}\r\n",
        received(VICTOR, verdict="dkim=pass header.i=@brightpath.example"),
        received(VICTOR, verdict="spf=pass smtp.mailfrom=victor@brightpath.example"),
        received(VICTOR, verdict="dmarc=fail header.from=brightpath.example") + received(VICTOR),
        received(VICTOR, verdict="dmarc=pass header.from=evil.example"),
        received(VICTOR, mailbox=RITA),
        "Received: from 1 named unknown by gmailapi.google.com\r\n" + received(VICTOR),
        received(VICTOR) + f"X-Forwarded-For: {VICTOR} {SYSTEM}\r\n",
    ],
    ids=[
        "appended",
        "appended with a forged verdict",
        "dkim alone",
        "spf alone",
        "a forged verdict below",
        "another domain",
        "received for another mailbox",
        "put there by a program",
        "forwarded",
    ],
)
async def test_what_google_doesnt_vouch_for_decides_nothing(desk: MailDesk, top: str):
    mail = await desk.write_to("victor")
    await desk.reply(mail, YES, top=top)
    await _nothing_decided(desk, "not genuine")


async def test_a_genuine_mail_to_somebody_else_decides_nothing(desk: MailDesk):
    """Victor answered Rita, genuinely; she sent his mail on to us as it was."""
    mail = await desk.write_to("victor")
    await desk.reply(mail, YES, to=RITA)
    await _nothing_decided(desk, "not written to us")


async def test_machines_decide_nothing(desk: MailDesk):
    mail = await desk.write_to("victor")
    await desk.reply(mail, YES, **{"Auto-Submitted": "auto-replied"})
    await _nothing_decided(desk, "written by a machine")


async def test_who_slack_doesnt_know_decides_nothing(desk: MailDesk):
    mail = await desk.write_to("victor")
    await desk.change(desk.people["victor"], slack_user_id=None)
    await desk.reply(mail, YES)
    await _nothing_decided(desk, "not a known member")


async def test_who_left_decides_nothing(desk: MailDesk):
    mail = await desk.write_to("victor")
    await desk.change(desk.people["victor"], active=False)
    await desk.reply(mail, YES)
    await _nothing_decided(desk, "not a known member")


async def test_a_made_up_token_decides_nothing(desk: MailDesk):
    mail = await desk.write_to("victor")
    code = find_codes([mail.text])[0]
    other = ("b" if code[0] == "a" else "a") + code[1:]
    forged = replace(
        mail,
        text=mail.text.replace(code, other),
        message_id=mail.message_id.replace(code, other),
        reply_to=(),
    )
    await desk.reply(forged, YES, to=f"copilot+ua.{other}@brightpath.example")
    await _nothing_decided(desk, "unknown")


async def test_another_tenants_token_decides_nothing(desk: MailDesk, database: Database):
    """A mail of one workspace, answered into the mailbox of another."""
    other = await MailDesk(database, sender=FakeMailSender(sender=desk.sender.sender)).open()
    async with database.transaction(other.tenant) as tx:
        await make.make_mailbox(tx, address="bot@other.example", is_system=True)
    foreign = await other.write_to("victor")
    assert "bot+ua." in foreign.reply_to[0].email
    await desk.reply(foreign, YES, to=foreign.reply_to[0].email.replace("bot", "copilot", 1))
    assert await other.untouched()
    assert await desk.untouched()
    assert [fact["why"] for fact in await desk.refused()] == ["unknown"]


# ── Too late ────────────────────────────────────────────────────────────────────────────────────
async def test_what_has_expired_is_told(desk: MailDesk):
    mail = await desk.write_to("victor")
    (row,) = await desk.mails()
    await desk.change(row, expires_at=desk.clock.now())
    await desk.reply(mail, YES)
    assert await desk.untouched()
    assert "has expired" in desk.sent("victor")[-1].text
    assert [fact["why"] for fact in await desk.refused()] == ["expired"]


async def test_what_was_settled_is_told(desk: MailDesk):
    mail = await desk.write_to("victor")
    await desk.change(await desk.asked(), status="withdrawn", settled_at=desk.clock.now())
    await desk.reply(mail, YES)
    assert await desk.votes() == []
    assert "changed nothing" in desk.sent("victor")[-1].text


async def test_a_deal_that_moved_voids_instead(desk: MailDesk):
    mail = await desk.write_to("victor")
    (deal,) = await desk.rows(Deal)
    await desk.change(deal, stage="negotiation")
    await desk.reply(mail, YES)
    assert (await desk.asked()).status == "voided"
    assert "doesn't count" in desk.sent("victor")[-1].text


# ── What is kept ────────────────────────────────────────────────────────────────────────────────
async def test_other_mail_in_the_system_mailbox_leaves_no_words(desk: MailDesk, admin_url: str):
    mail = await desk.write_to("victor")
    stranger = replace(mail, text="", message_id="<x@y.example>", reply_to=())
    await desk.reply(stranger, "Our secret prices are xyzzy", sender="carla@acme.example")
    await desk.reply(mail, "My thoughts: plugh", sender=RITA)
    assert await desk.rows(Message) == []
    assert await desk.rows(Conversation) == []
    assert [event.status for event in await desk.events()] == ["done", "done"]
    stored = await everything_stored(admin_url)
    assert str(desk.system_id) in stored
    assert not holds(stored, "xyzzy")
    assert not holds(stored, "plugh")


async def test_tokens_forwarded_into_a_reps_mailbox_are_not_kept(desk: MailDesk, admin_url: str):
    mail = await desk.write_to("victor")
    code, token = find_codes([mail.text])[0], link_of(mail)
    async with desk.database.transaction(desk.tenant) as tx:
        acme = await make.make_account(tx, name="Globex", domain="globex.test")
        await make.make_contact(tx, account_id=acme.id, email="gina@globex.test")
    box = desk.world.add(RITA)
    mailboxes = desk.mailboxes()
    box_id = await mailboxes.add(desk.tenant, RITA, credentials(RITA), desk.people["rita"].id)
    await mailboxes.sync(desk.tenant, box_id)
    raw = (
        f"From: Gina <gina@globex.test>\r\nTo: {RITA}\r\nCc: copilot+ua.{code}@brightpath.example"
        f"\r\nSubject: Fwd: ua.{code}\r\nMessage-ID: <f1@globex.test>\r\n"
        f"In-Reply-To: {mail.message_id}\r\nReferences: {mail.message_id}\r\n\r\n"
        f"Look what I got: https://copilot.example/act/{token} and ua.{code}\r\n"
    )
    box.deliver(raw.encode(), at=desk.clock.now())
    await mailboxes.sync(desk.tenant, box_id)
    (message,) = await desk.rows(Message)
    assert "Look what I got" in message.text
    stored = await everything_stored(admin_url)
    assert "Look what I got" in stored
    assert not holds(stored, code)
    assert not holds(stored, token[:40])
