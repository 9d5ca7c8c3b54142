"""Decisions settle once, by someone who may, on exactly what they saw."""

import asyncio
import contextvars
import re
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import text

from db.models.actions import Action, Effect
from db.models.cards import Card
from db.models.drafts import DraftRevision
from db.models.mailboxes import Mailbox
from db.models.tenants import Member
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.types.model import DraftText
from services.types.people import Role
from tests import factories as make
from tests.fakes.mail import FakeMail
from tests.integration.services.loop import make_loop


async def test_fifty_approvals_at_once_settle_once(loop):
    await loop.proposed()
    people = [loop.rita, loop.mona]
    clicks = [loop.approve(people[n % 2]) for n in range(50)]
    results = await asyncio.gather(*clicks, return_exceptions=True)
    assert Counter(type(r) for r in results) == {type(None): 1, Conflict: 49}
    assert {str(r) for r in results if r} == {"This was already approved and is on its way."}
    await loop.drain()
    assert len(loop.sent) == 1
    assert len(await loop.rows(Effect)) == 1
    assert (await loop.verbs()).count("action.approved") == 1


async def test_an_approval_waits_for_the_conversation_before_it_holds_anything(loop):
    """Everybody locks conversation, action, draft in this order; else two would wait for ever."""
    action = await loop.proposed()
    async with loop.database.transaction(loop.tenant) as tx:
        lock = "select 1 from {} where id = :id for update nowait"
        await tx.session.execute(text(lock.format("conversations")), {"id": action.conversation_id})
        waiting = asyncio.create_task(loop.approve(), context=contextvars.Context())
        await _until_someone_waits(tx)
        for table, row_id in (("actions", action.id), ("drafts", action.draft_id)):
            await tx.session.execute(text(lock.format(table)), {"id": row_id})
        assert not waiting.done()
    await waiting
    assert (await loop.action()).status == "approved"


async def test_an_approval_waits_for_a_card_being_delivered(loop):
    action = await loop.proposed()
    (card,) = await loop.rows(Card)
    async with loop.database.transaction(loop.tenant) as tx:
        await tx.session.execute(
            text("update cards set wanted_rev = wanted_rev + 1, channel = 'D1', ts = '1.2'")
        )
        waiting = asyncio.create_task(loop.approve(), context=contextvars.Context())
        await _until_someone_waits(tx)
        assert not waiting.done()
    stands = await waiting
    (bumped,) = await loop.rows(Card)
    assert bumped.wanted_rev == card.wanted_rev + 2
    assert (stands.channel, stands.ts) == ("D1", "1.2")
    assert (await loop.rows(Action))[0].id == action.id
    assert len(await loop.rows(Effect)) == 1


async def _until_someone_waits(tx):
    """Somebody of this database: the other tests' are on the same server."""
    query = text(
        "select count(*) from pg_locks waiting join pg_locks held using (pid) "
        "where not waiting.granted and held.database = "
        "(select oid from pg_database where datname = current_database())"
    )
    async with asyncio.timeout(60):
        while not (await tx.session.execute(query)).scalar_one():  # noqa: ASYNC110 - another's wait
            await asyncio.sleep(0.01)


async def test_approve_and_reject_at_once_settle_once(loop):
    action = await loop.proposed()
    rejections = [
        loop.actions.reject(
            loop.actor(loop.mona),
            action.id,
            revision=1,
            reason="No",
            surface="slack",
            command_id=f"c{n}",
        )
        for n in range(10)
    ]
    results = await asyncio.gather(
        *rejections, *(loop.approve() for _ in range(10)), return_exceptions=True
    )
    assert Counter(type(r) for r in results) == {type(None): 1, Conflict: 19}
    await loop.drain()
    status = (await loop.action()).status
    assert (status, len(loop.sent)) in {("done", 1), ("rejected", 0)}


async def test_somebody_else_is_told_who_may(loop):
    await loop.proposed()
    with pytest.raises(Forbidden, match="Rita Rep or a manager"):
        await loop.approve(loop.cole)
    assert (await loop.action()).status == "pending"


async def test_an_executive_is_no_manager_of_the_rep(loop):
    await loop.proposed()
    await loop.set(Member, loop.cole.id, role="executive")
    with pytest.raises(Forbidden):
        await loop.approve(replace_role(loop, Role.EXECUTIVE))


def replace_role(loop, role):
    loop.cole.role = role.value
    return loop.cole


@pytest.mark.parametrize(
    ("change", "error"), [({"role": "rep"}, Forbidden), ({"active": False}, NotFound)]
)
async def test_the_decider_is_read_again(loop, change, error):
    """The edge still believes in a manager; the database knows better."""
    await loop.proposed()
    stale = loop.mona
    await loop.set(Member, loop.mona.id, **change)
    with pytest.raises(error):
        await loop.approve(stale)
    assert (await loop.action()).status == "pending"


async def test_a_manager_may(loop):
    await loop.proposed()
    await loop.approve(loop.mona)
    await loop.drain()
    assert len(loop.sent) == 1
    assert (await loop.card()).decided_by == "Mona Manager"


async def test_an_older_revision_is_refused(loop):
    await loop.proposed()
    await edit(loop, "Other words.")
    with pytest.raises(Conflict, match="changed since this card was shown"):
        await loop.approve(revision=1)


async def edit(loop, text, **changes):
    action, draft = await loop.action(), await loop.draft()
    given = {
        "revision": draft.revision,
        "subject": "Re: Security questions",
        "text": text,
        "command_id": loop.ids.new().hex,
    } | changes
    await loop.actions.edit(loop.actor(loop.rita), action.id, **given)


async def test_the_same_command_twice_is_one_decision(loop):
    await loop.proposed()
    for _ in range(3):
        await loop.approve(command_id="click", revision=1)
    await loop.drain()
    await loop.approve(command_id="click", revision=1)
    assert len(loop.sent) == 1
    assert len(await loop.rows(Effect)) == 1


async def test_the_same_command_at_once_is_one_decision_and_one_answer(loop):
    await loop.proposed()
    answers = await asyncio.gather(*(loop.approve(command_id="click") for _ in range(8)))
    assert answers == [None] * 8
    assert len(await loop.rows(Effect)) == 1


async def test_a_refused_command_may_be_sent_again(loop):
    await loop.proposed()
    with pytest.raises(Conflict):
        await loop.approve(command_id="click", revision=7)
    await loop.approve(command_id="click")
    assert (await loop.action()).status == "approved"


async def test_another_tenants_command_of_the_same_id_is_independent(loop, database):
    other = await make_loop(database)
    for one in (loop, other):
        await one.proposed()
        await one.approve(command_id="click")
        await one.drain()
    assert (len(loop.sent), len(other.sent)) == (1, 1)


async def test_another_tenants_action_is_not_there(loop, database):
    action = await loop.proposed()
    other = await make_loop(database)
    mona = other.actor(other.mona)
    words = {"revision": 1, "command_id": "x"}
    with pytest.raises(NotFound):
        await other.actions.approve(mona, action.id, surface="slack", **words)
    with pytest.raises(NotFound):
        await other.actions.reject(mona, action.id, reason="No", surface="slack", **words)
    with pytest.raises(NotFound):
        await other.actions.edit(mona, action.id, subject="S", text="T", **words)
    with pytest.raises(NotFound):
        await other.actions.regenerate(mona, action.id, instruction="shorter", **words)
    with pytest.raises(NotFound):
        await other.actions.take_over(mona, action.id, command_id="y")
    assert (await loop.action()).status == "pending"


async def test_an_edit_is_a_new_revision_to_be_approved(loop):
    await loop.proposed()
    (first,) = await loop.revisions()
    await edit(loop, "My own words.\n\nRita")
    await loop.drain()
    old, new = await loop.revisions()
    assert (new.author, new.author_id, new.number) == ("member", loop.rita.id, 2)
    assert new.content_hash != first.content_hash
    assert old.text == first.text, "a revision never changes"
    assert new.to == first.to
    assert loop.sent == []
    await loop.approve()
    await loop.drain()
    assert b"My own words." in loop.sent[0]
    assert (await loop.outcome()).edited is True


async def test_an_edit_while_it_is_approved_is_refused(loop):
    await loop.approved()
    with pytest.raises(Conflict):
        await edit(loop, "Too late.")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"text": " \u200b"}, "text"),
        ({"subject": "\n"}, "subject"),
        ({"text": "x" * 100_001}, "text"),
    ],
)
async def test_an_empty_or_endless_edit_says_what_is_missing(loop, words, field):
    await loop.proposed()
    with pytest.raises(InvalidInput) as caught:
        await edit(loop, words.pop("text", "Words"), **words)
    assert caught.value.field == field


async def test_header_newlines_and_controls_never_leave(loop):
    await loop.proposed()
    await edit(loop, "Hi\u202e\u200b there\x00.", subject="Re: Hi\r\nBcc: rival@evil.test")
    await loop.approve()
    await loop.drain()
    (raw,) = loop.sent
    assert not re.search(rb"(?mi)^bcc:", raw)
    assert (await loop.revisions())[-1].text == "Hi there."


async def test_a_text_that_commits_a_price_is_never_sent(loop):
    await loop.proposed()
    await edit(loop, "I can confirm the final price of 12,000 USD for you.")
    assert (await loop.action()).verdict == "hard_stop"
    for member in (loop.rita, loop.mona):
        with pytest.raises(Forbidden, match="send it yourself"):
            await loop.approve(member)
    await loop.drain()
    assert loop.sent == []


async def test_the_kill_switch_refuses_approvals(loop):
    await loop.proposed()
    await loop.switch(engaged=True)
    with pytest.raises(Forbidden, match="switched off"):
        await loop.approve()
    assert await loop.queued("effect.run") == []


async def test_a_rejection_needs_a_reason_and_takes_the_draft_out_of_gmail(loop):
    action = await loop.proposed()

    async def reject(reason):
        await loop.actions.reject(
            loop.actor(loop.rita),
            action.id,
            revision=1,
            reason=reason,
            surface="slack",
            command_id=loop.ids.new().hex,
        )

    with pytest.raises(InvalidInput):
        await reject("  \n ")
    await reject("Wrong report")
    await loop.drain()
    action = await loop.action()
    assert (action.status, action.decision_reason) == ("rejected", "Wrong report")
    assert loop.mail.drafts == {}
    with pytest.raises(Conflict, match="already rejected"):
        await loop.approve()


async def test_regenerate_writes_the_next_revision(loop):
    action = await loop.proposed()
    loop.model.drafts = [DraftText(body="Shorter.", confidence=0.7)]
    await regenerate(loop, action)
    with pytest.raises(Conflict, match="being written"):
        await loop.approve()
    await loop.drain()
    new = (await loop.revisions())[-1]
    assert (new.number, new.text, new.instruction) == (2, "Shorter.", "shorter")
    assert loop.model.requests[-1].previous is not None
    assert (await loop.card()).draft.in_gmail


async def regenerate(loop, action):
    await loop.actions.regenerate(
        loop.actor(loop.rita),
        action.id,
        revision=(await loop.draft()).revision,
        instruction="shorter",
        command_id=loop.ids.new().hex,
    )


async def test_files_attached_in_gmail_are_not_lost_by_an_edit_here(loop):
    action = await loop.proposed()
    async with loop.database.transaction(loop.tenant) as tx:
        draft = await tx.session.get_one(make.Draft, (loop.tenant, action.draft_id))
        await make.make_revision(tx, draft, author="gmail", attachments=["0" * 64], raw=b"x")
    with pytest.raises(Conflict, match="change it there"):
        await edit(loop, "Words")
    with pytest.raises(Conflict, match="change it there"):
        await regenerate(loop, action)


async def test_a_mail_too_large_to_be_kept_is_not_sent_without_its_files(loop):
    action = await loop.proposed()
    async with loop.database.transaction(loop.tenant) as tx:
        draft = await tx.session.get_one(make.Draft, (loop.tenant, action.draft_id))
        await make.make_revision(tx, draft, author="gmail", attachments=["0" * 64], raw=None)
    with pytest.raises(Conflict, match="from Gmail"):
        await loop.approve()


# ── taking over ─────────────────────────────────────────────────────────────────────────────────
async def with_mailbox(loop, member, *, holds: bool):
    async with loop.database.transaction(loop.tenant) as tx:
        box = await make.make_mailbox(tx, member=member)
        if holds:
            message = await tx.session.get_one(
                make.Message, (loop.tenant, (await loop_head(tx, loop)))
            )
            await make.make_place(tx, message, box, gmail="m-other", thread="t9")
    loop.mails.boxes[box.id] = FakeMail(box.address)
    return box


async def loop_head(tx, loop):
    conversation = await tx.session.get_one(make.Conversation, (loop.tenant, loop.conversation.id))
    return conversation.head_message_id


async def take_over(loop, member):
    action = await loop.action()
    await loop.actions.take_over(loop.actor(member), action.id, command_id=loop.ids.new().hex)


async def test_someone_who_holds_the_mail_takes_over(loop):
    await loop.proposed()
    box = await with_mailbox(loop, loop.cole, holds=True)
    await take_over(loop, loop.cole)
    await loop.drain()
    action, draft, new = await loop.action(), await loop.draft(), (await loop.revisions())[-1]
    assert (action.owner_id, draft.mailbox_id) == (loop.cole.id, box.id)
    assert (new.sender, new.sender_name) == (box.address, "Cole League")
    assert loop.mail.drafts == {}, "it left the first mailbox"
    assert (await loop.state()).responder_id == loop.cole.id
    with pytest.raises(Forbidden, match="Cole League or a manager"):
        await loop.approve(loop.rita)
    await loop.approve(loop.cole)
    await loop.drain()
    assert len(loop.mails.boxes[box.id].sent) == 1
    assert loop.sent == []


async def test_someone_written_to_takes_over_before_their_copy_is_read(loop):
    await loop.proposed()
    box = await with_mailbox(loop, loop.cole, holds=False)
    async with loop.database.transaction(loop.tenant) as tx:
        key = (loop.tenant, await loop_head(tx, loop))
        message = await tx.session.get_one(make.Message, key)
        message.recipients = {**message.recipients, "cc": [box.address]}
    await take_over(loop, loop.cole)
    assert (await loop.action()).owner_id == loop.cole.id


async def test_someone_who_does_not_hold_it_may_not(loop):
    await loop.proposed()
    await with_mailbox(loop, loop.cole, holds=False)
    with pytest.raises(Forbidden, match="or a manager"):
        await take_over(loop, loop.cole)


async def test_a_manager_may_take_over_any(loop):
    await loop.proposed()
    box = await with_mailbox(loop, loop.mona, holds=False)
    await take_over(loop, loop.mona)
    await loop.drain()
    await loop.approve(loop.mona)
    await loop.drain()
    assert len(loop.mails.boxes[box.id].sent) == 1


async def test_without_a_mailbox_nobody_takes_over(loop):
    await loop.proposed()
    with pytest.raises(Conflict, match="Connect your Gmail"):
        await take_over(loop, loop.cole)


async def test_what_is_approved_is_not_taken_over(loop):
    await loop.approved()
    await with_mailbox(loop, loop.cole, holds=True)
    with pytest.raises(Conflict, match="on its way"):
        await take_over(loop, loop.cole)


async def test_a_draft_begun_for_one_is_not_finished_in_anothers_name(loop):
    """Regenerate is under way for Rita while Cole takes over."""
    action = await loop.proposed()
    box = await with_mailbox(loop, loop.cole, holds=True)
    await regenerate(loop, action)
    ((_, _, job),) = await loop.queued("draft.compose")

    class Slow:
        name, offline = "slow", False

        async def draft(self, _request):
            await take_over(loop, loop.cole)
            return await loop.model.draft(_request)

    begun = replace(loop.drafts, model=Slow())
    await begun.compose(loop.tenant, action.id, base_revision=job["base_revision"])
    await loop.drain()
    assert (await loop.revisions())[-1].sender == box.address
    assert len(await loop.rows(DraftRevision)) == 2
    assert (await loop.rows(Action))[0].owner_id == loop.cole.id


async def test_nothing_leaves_from_a_mailbox_that_is_gone_and_the_card_says_so(loop):
    action = await loop.proposed()
    for status in ("disconnected", "reconnect"):
        await loop.set(Mailbox, loop.box.id, status=status)
        with pytest.raises(Conflict, match=f"{loop.box.address} isn't connected"):
            await loop.approve()
        assert "isn't connected" in ((await loop.card()).note or "")
    assert (await loop.action()).status == "pending"
    await loop.set(Mailbox, loop.box.id, status="connected")
    assert "isn't connected" not in ((await loop.card()).note or "")
    await loop.approve()
    assert (await loop.rows(Action))[0].id == action.id
    assert (await loop.action()).status == "approved"
