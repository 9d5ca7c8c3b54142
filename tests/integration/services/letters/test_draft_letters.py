"""Drafts by mail: who is written to, what a reply does, and all that a reply must not do."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from db.models.letters import DraftLetter
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from db.session import Database
from services.errors import Conflict, TransientError
from services.letters.draft_letters import MOST
from services.letters.links import code_hash
from services.mail.tokens import find_codes
from services.reach import NOT_ENABLED
from services.types.model import DraftText
from services.undo_waits import UndoWaits
from tests import factories as make
from tests.conftest import database_url
from tests.fakes.mail import credentials
from tests.integration.services.approvals.mail_desk import everything_stored, holds, received
from tests.integration.services.letters.post import SYSTEM, Post, make_post

WAITS = UndoWaits(approved=timedelta(minutes=5))
ATTACHED = "Hello Carla,\n\nthe security report is attached to this mail.\n\nRita"
SHORTER = "Hello Carla,\n\nsee the report. We also spoke of the pilot.\n\nRita"


@pytest.fixture
async def post(database: Database) -> Post:
    return await make_post(database)


async def _status(post: Post) -> tuple[str, str | None]:
    action = await post.action()
    return action.status, action.decided_surface


# ── Who is written to ───────────────────────────────────────────────────────────────────────────
async def test_the_mail_tells_what_is_asked_and_the_exact_text(post: Post):
    mail = await post.told()
    draft = (await post.revisions())[-1]
    assert mail.subject == "Draft for Carla Customer, Acme: Security questions"
    assert "“Could you send me the security report by Friday?”" in mail.text
    assert draft.text in mail.text
    assert f"To: {post.contact.email}" in mail.text
    assert "A reply is likely." in mail.text
    assert "\nsend\nshorter, mention the pilot\nreject because …" in mail.text
    raw = post.raw()
    for line in (
        b"X-Understudy: notice",
        b"Auto-Submitted: auto-generated",
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        b"From: Understudy <copilot@northwind.test>",
    ):
        assert line in raw
    (letter,) = await post.rows_of()
    assert (letter.kind, letter.status, letter.revision) == ("draft", "sent", draft.number)
    assert letter.content_hash == draft.content_hash


@pytest.mark.parametrize(
    ("chosen", "in_slack", "comes"),
    [
        ({"draft_mail": "on"}, True, True),
        ({"draft_mail": "off"}, True, False),
        ({}, True, False),
        ({}, False, True),
        ({"draft_mail": "off"}, False, False),
        ({"draft_mail": "maybe"}, True, False),
    ],
)
async def test_only_who_wants_it_or_has_no_slack(post: Post, chosen, in_slack, comes):
    slack = post.rita.slack_user_id if in_slack else None
    await post.set(Member, post.rita.id, preferences=chosen, slack_user_id=slack)
    await post.write()
    await post.work()
    assert bool(post.sender.sent) is comes


async def test_who_is_found_in_slack_in_time_gets_no_mail(post: Post):
    await post.set(Member, post.rita.id, preferences={}, slack_user_id=None)
    await post.write()
    await post.drain(skip=("effect.run", "draft.letter"))
    await post.set(Member, post.rita.id, slack_user_id="U1")
    await post.work()
    assert post.sender.sent == []
    assert [letter.status for letter in await post.rows_of()] == ["none"]


async def test_who_gets_nothing_unasked_gets_no_mail(post: Post):
    await post.set(Member, post.rita.id, enabled_at=None)
    await post.write()
    await post.work()
    assert post.sender.sent == []
    assert [letter.note for letter in await post.rows_of()] == [NOT_ENABLED]


async def test_without_a_system_mailbox_nothing_is_said_of_replies(post: Post):
    await post.set(Mailbox, post.system, is_system=False)
    mail = await post.told()
    assert mail.reply_to == ()
    assert "Reply token" not in mail.text
    assert "Approve: https://" in mail.text


async def test_a_draft_that_moved_on_is_not_mailed(post: Post):
    await post.write()
    await post.drain(skip=("effect.run", "draft.letter"))
    await post.approve()
    await post.work()
    assert post.sender.sent == []


# ── What a reply does ───────────────────────────────────────────────────────────────────────────
async def test_send_approves_exactly_what_was_shown_and_offers_undo(post: Post):
    object.__setattr__(post.actions, "waits", WAITS)
    mail = await post.told()
    await post.reply(mail, "ok send it")
    assert await _status(post) == ("approved", "reply")
    action, effect = await post.action(), await post.effect()
    assert action.decided_hash == (await post.revisions())[-1].content_hash
    assert effect.status == "queued"
    answer = post.arrived()[-1]
    leaves = effect.due_at.strftime("%H:%M")
    assert f"Leaves at {leaves}." in answer.text
    assert "Undo: https://copilot.example/act/" in answer.text
    assert "\nundo" in answer.text
    await post.reply(answer, "undo")
    assert (await post.action()).status == "pending"
    assert (await post.effect()).status == "cancelled"
    assert "Undone. Nothing was sent" in post.arrived()[-1].text


async def test_a_wish_makes_the_next_text_in_the_same_thread(post: Post):
    first = await post.told()
    post.model.drafts.insert(0, DraftText(body=SHORTER, confidence=0.7, reason="asked"))
    post.model.drafts[:] = [DraftText(body=SHORTER, confidence=0.7, reason="asked")]
    await post.reply(first, "shorter, mention the pilot")
    revision = (await post.revisions())[-1]
    assert (revision.number, revision.instruction) == (2, "shorter, mention the pilot")
    second = post.arrived()[-1]
    assert len(post.arrived()) == 2
    assert SHORTER in second.text
    assert second.subject == f"Re: {first.subject}"
    assert first.message_id in second.references
    # Gmail gives our mails names of its own; the wish's name is one the reader's mailbox knows.
    assert second.in_reply_to == post.last_reply
    await post.reply(second, "send")
    assert (await post.action()).decided_revision == 2
    root = first.message_id
    assert all(root in mail.references for mail in post.arrived()[1:])
    assert post.last_reply == post.arrived()[-1].in_reply_to


async def test_reject_needs_and_keeps_its_reason(post: Post):
    mail = await post.told()
    await post.reply(mail, "reject")
    assert "A reason is missing" in post.arrived()[-1].text
    await post.reply(post.arrived()[-1], "reject because she has it already")
    assert await _status(post) == ("rejected", "reply")
    assert (await post.action()).decision_reason == "she has it already"
    assert "Rejected. Nothing was sent." in post.arrived()[-1].text
    assert find_codes([post.arrived()[-1].text]) == ()


async def test_what_is_unclear_is_asked_back_three_times_at_most(post: Post):
    mail = await post.told()
    for words in ("👍", "ok", "hm?"):
        await post.reply(mail, words)
        mail = post.arrived()[-1]
        assert "Nothing has been decided yet." in mail.text
    await post.reply(mail, "👍👍")
    assert "I still can't tell" in post.arrived()[-1].text
    assert (await post.action()).status == "pending"
    kinds = [letter.kind for letter in await post.rows_of()]
    assert kinds == ["draft", "confirm", "confirm", "confirm", "answer"]


async def test_a_text_that_changed_meanwhile_is_shown_instead(post: Post):
    mail = await post.told()
    action, draft = await post.action(), await post.draft()
    await post.actions.edit(
        post.actor(post.rita),
        action.id,
        revision=draft.revision,
        subject="Re: Security questions",
        text="In my own words.",
        command_id="edit",
    )
    await post.reply(mail, "send")
    assert (await post.action()).status == "pending"
    answer = post.arrived()[-1]
    assert "Here is the current" in answer.text
    assert "In my own words." in answer.text
    await post.reply(answer, "send")
    assert (await post.action()).decided_revision == 2


async def test_findings_need_a_second_explicit_word(post: Post):
    post.model.drafts[:] = [DraftText(body=ATTACHED, confidence=0.6, reason="asked")]
    mail = await post.told()
    found = (await post.revisions())[-1].findings
    assert found
    assert found[0]["sentence"] in mail.text
    assert "\nsend anyway\n" in mail.text
    await post.reply(mail, "send")
    assert (await post.action()).status == "pending"
    answer = post.arrived()[-1]
    assert "You want it to leave, and I found something in it." in answer.text
    assert found[0]["sentence"] in answer.text
    await post.reply(answer, "send anyway")
    assert await _status(post) == ("approved", "reply")


async def test_a_gated_kind_is_explained(post: Post):
    await make_rules(post)
    mail = await post.told()
    assert "rules ask for an approval request" in mail.text
    assert "\nsend\n" not in mail.text
    await post.reply(mail, "send")
    assert (await post.action()).status == "pending"
    assert "ask for an approval request" in post.arrived()[-1].text


async def make_rules(post: Post) -> None:
    async with post.database.transaction(post.tenant) as tx:
        await make.make_rule_set(tx, gated_types=["send_routine_response"])


# ── What it must not do ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sender": "cole"}, "another sender"),
        ({"top": "stranger"}, "not genuine"),
        ({"top": ""}, "not genuine"),
        ({"to": "somebody@northwind.test"}, "not written to us"),
        ({"Auto_Submitted": "auto-replied"}, "written by a machine"),
    ],
)
async def test_only_rita_writing_to_us_decides(post: Post, changes: dict[str, str], why: str):
    mail = await post.told()
    if changes.get("sender") == "cole":
        changes = {"sender": post.cole.email}
    if changes.get("top") == "stranger":
        forged = received(post.rita.email, SYSTEM, verdict="dmarc=fail header.from=northwind.test")
        changes = {"top": forged}
    fixed = {name.replace("_", "-"): value for name, value in changes.items()}
    await post.reply(mail, "send", **fixed)
    assert (await post.action()).status == "pending"
    assert len(post.arrived()) == 1
    assert why in await post.became()


async def test_a_reply_put_into_another_mailbox_is_never_read_as_an_order(post: Post):
    """Whoever can write into a rep's mailbox, the rep included, gives no orders there."""
    mail = await post.told()
    other = post.world.add(post.cole.email)
    forged = received(post.rita.email, post.cole.email)
    raw = f"From: {post.rita.email}\r\nTo: {mail.reply_to[0].email}\r\nSubject: Re\r\n\r\nsend\r\n"
    box = await post.mailboxes().add(
        post.tenant, post.cole.email, credentials(post.cole.email), post.cole.id
    )
    await post.mailboxes().sync(post.tenant, box)
    other.deliver((forged + raw).encode())
    await post.mailboxes().sync(post.tenant, box)
    await post.drain(skip=("effect.run", "message.process"))
    assert (await post.action()).status == "pending"
    assert len(post.arrived()) == 1


async def test_another_tenants_token_opens_nothing(post: Post):
    mail = await post.told()
    other = await make.make_tenant(post.database)
    async with post.database.read(other) as tx:
        code = find_codes([mail.reply_to[0].email])[0]
        assert await post.desk.find(tx, code_hash(code)) is None
    async with post.database.read(post.tenant) as tx:
        assert await post.desk.find(tx, code_hash(code)) is not None


async def test_the_same_reply_again_decides_nothing(post: Post):
    """Sent again by whoever caught it, with Google's word on it: after an undo it must not send."""
    object.__setattr__(post.actions, "waits", WAITS)
    mail = await post.told()
    await post.reply(mail, "send")
    await post.undo.undo(
        post.actor(post.rita), (await post.action()).id, command_id="u", surface="slack"
    )
    await post.reply(mail, "send")
    assert (await post.action()).status == "pending"
    assert "has decided already" in post.arrived()[-1].text


async def test_a_reply_and_a_click_at_once_send_once(post: Post):
    mail = await post.told()
    await post.write_reply_only(mail, "send")
    assert await post.queued("approval.order")
    results = await asyncio.gather(post.work(), post.approve(), return_exceptions=True)
    assert all(
        r is None or isinstance(r, Conflict) or not isinstance(r, Exception) for r in results
    )
    await post.work()
    assert (await post.action()).status == "approved"
    assert len(await post.rows(type(await post.effect()))) == 1


async def test_two_machines_that_talk_come_to_an_end(post: Post):
    """Here after a long talk: the thread's last few letters are yet to come."""
    mail = await post.told()
    (letter,) = await post.rows_of()
    await post.set(DraftLetter, letter.id, number=MOST - 4)
    for _ in range(7):
        await post.reply(
            post.arrived()[-1] if post.arrived()[-1].reply_to else mail, "more, please"
        )
    numbers = [letter.number for letter in await post.rows_of()]
    assert numbers == [MOST - 4, MOST - 3, MOST - 2, MOST - 1]
    assert len(post.arrived()) == 4


async def test_no_token_is_kept(post: Post, postgres, database_name: str):
    mail = await post.told()
    await post.reply(mail, "shorter")
    stored = await everything_stored(database_url(postgres.admin_url, database_name))
    for sent in post.arrived():
        for code in find_codes([sent.text]):
            assert not holds(stored, code)


# ── The sender fails ────────────────────────────────────────────────────────────────────────────
async def test_a_doubtful_letter_is_never_sent_again(post: Post):
    post.sender.lose.append(TransientError("lost", ambiguous=True))
    await post.told()
    await post.sweeps.recover(post.tenant)
    await post.work()
    assert len(post.sender.sent) == 1
    assert [letter.status for letter in await post.rows_of()] == ["unknown"]


async def test_a_server_that_is_down_is_tried_again(post: Post):
    post.sender.fail.append(TransientError("down"))
    await post.told()
    assert len(post.sender.sent) == 1


async def test_a_lost_job_is_found(post: Post):
    await post.write()
    await post.drain(skip=("effect.run", "draft.letter"))
    async with post.database.directory() as tx:
        await tx.session.execute(text("delete from jobs.pgqueuer where entrypoint='draft.letter'"))
    post.clock.move(timedelta(minutes=5))
    await post.sweeps.recover(post.tenant)
    await post.work()
    assert len(post.sender.sent) == 1


async def test_a_text_too_long_for_a_mail_is_not_decided_by_reply(post: Post):
    post.model.drafts[:] = [DraftText(body="word " * 20_000, confidence=0.6, reason="long")]
    mail = await post.told()
    assert len(post.raw()) < 102_000
    assert "too long to stand whole" in mail.text
    await post.reply(mail, "send")
    assert (await post.action()).status == "pending"
    assert "too long to stand whole" in post.arrived()[-1].text
