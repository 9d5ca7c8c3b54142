"""What leaves: once, as approved, and never without authority."""

import asyncio
from datetime import timedelta

import pytest

from db.models.actions import Action, Effect
from db.models.tenants import Member
from services.errors import Forbidden, NotFound, TransientError
from services.mail.compose import same_content
from services.mail.parse import parse
from services.revisions import raw_of
from services.types.mail import Address
from tests.integration.services.loop import ANSWER, asking

AMBIGUOUS = TransientError("no answer", ambiguous=True)


async def approved_bytes(loop):
    draft, revision = await loop.draft(), (await loop.revisions())[-1]
    return raw_of(draft, revision, loop.clock.now())


async def test_an_approved_draft_leaves_once_in_its_thread(loop):
    await loop.approved()
    expected = await approved_bytes(loop)
    await loop.drain()
    (raw,) = loop.sent
    assert same_content(raw, expected)
    mail, asked = parse(raw), parse(next(iter(loop.mail.messages.values())).raw)
    assert mail.in_reply_to == asked.message_id
    assert mail.references == (asked.message_id,)
    assert [one.email for one in mail.to] == [loop.contact.email]
    action, effect, draft = await loop.action(), await loop.effect(), await loop.draft()
    assert (action.status, effect.status, draft.status) == ("done", "done", "sent")
    assert effect.result["incident"] is None
    assert loop.mail.drafts == {}
    assert loop.cards[action.id, loop.rita.id].state == "done"
    assert not loop.dropped


async def test_running_it_again_does_nothing(loop):
    effect = await loop.approved()
    await loop.drain()
    for _ in range(3):
        await loop.effects.run(loop.tenant, effect.id)
    assert len(loop.sent) == 1
    assert loop.mail.calls["send_draft"] == 1


async def test_two_workers_send_once(loop):
    effect = await loop.approved()
    await loop.drain(skip=("effect.run",))
    runs = [loop.effects.run(loop.tenant, effect.id) for _ in range(8)]
    results = await asyncio.gather(*runs, return_exceptions=True)
    assert all(r is None or isinstance(r, TransientError) for r in results)
    await loop.drain()
    assert len(loop.sent) == 1


async def test_another_tenant_cannot_run_it(loop, database):
    from tests.factories import make_tenant  # noqa: PLC0415 - one test of many needs it

    effect = await loop.approved()
    other = await make_tenant(database)
    await loop.effects.run(other, effect.id)
    assert loop.sent == []
    assert (await loop.effect()).status == "queued"


# ── attack 1: the kill switch and the stalled worker ────────────────────────────────────────────
async def test_a_switch_flipped_between_look_and_claim_stops_it(loop):
    await loop.approved()
    loop.mails.hooks["after thread"] = lambda: loop.switch(engaged=True)
    await loop.drain()
    assert loop.sent == []
    action, effect = await loop.action(), await loop.effect()
    assert (action.status, effect.status) == ("pending", "cancelled")
    assert (await loop.card()).note == "Not sent: Sending was switched off."


async def test_after_the_switch_is_off_again_the_same_text_can_be_approved(loop):
    await loop.approved()
    await loop.switch(engaged=True)
    await loop.drain()
    assert loop.sent == []
    await loop.switch(engaged=False)
    await loop.approve()
    await loop.drain()
    assert len(loop.sent) == 1
    assert (await loop.action()).status == "done"


async def test_a_switch_flipped_after_the_claim_is_told_honestly(loop):
    await loop.approved()
    loop.mails.hooks["before send_draft"] = lambda: loop.switch(engaged=True)
    await loop.drain()
    assert len(loop.sent) == 1
    assert (await loop.card()).state == "done"


# ── attack 2: edited in Gmail between check and send ────────────────────────────────────────────
async def test_an_edit_after_the_approval_asks_again(loop):
    await loop.approved()
    await loop.drain(skip=("effect.run",))
    await loop.edit_in_gmail(text=f"{ANSWER}\n\nAnd 20 % off.")
    await loop.drain()
    assert loop.sent == []
    action = await loop.action()
    assert action.status == "pending"
    assert "20 % off" in (await loop.revisions())[-1].text
    assert (await loop.card()).note == "Changed in Gmail; please approve the new text."


async def test_an_added_bcc_is_an_edit(loop):
    await loop.approved()
    await loop.edit_in_gmail(bcc=[Address(email="rival@evil.test")])
    await loop.drain()
    assert loop.sent == []
    assert (await loop.card()).draft.bcc == ("rival@evil.test",)


async def test_an_edit_between_the_look_and_the_send_never_leaves(loop):
    await loop.approved()
    expected = await approved_bytes(loop)
    loop.mails.hooks["before send_draft"] = lambda: loop.edit_in_gmail(text="20 % off for you.")
    await loop.drain()
    (raw,) = loop.sent
    assert same_content(raw, expected)


async def test_a_check_that_saw_the_draft_before_the_claim_changes_nothing_after_it(loop):
    """A slow check holds an edited draft in its hands while the approved text leaves."""
    await loop.approved()
    draft = await loop.draft()
    await loop.drain(skip=("effect.run",))
    await loop.edit_in_gmail(text="20 % off for you.")

    async def meanwhile() -> None:
        await loop.effects.run(loop.tenant, (await loop.effect()).id)

    async def undo_the_edit() -> None:
        await loop.edit_in_gmail()
        await meanwhile()

    loop.mails.hooks["after draft"] = undo_the_edit
    await loop.follower.check(loop.tenant, draft.id)
    await loop.drain()
    assert (len(loop.sent), (await loop.card()).state) in {(0, "pending"), (1, "done")}
    if loop.sent:
        assert (await loop.draft()).revision == 1


async def test_what_differs_when_read_back_is_an_incident(loop):
    await loop.approved()

    async def tamper() -> None:
        (sent,) = loop.mail.sent
        raw = sent.raw.replace(b"report", b"secret")
        loop.mail.messages[sent.message_id] = type(sent)(
            message_id=sent.message_id,
            thread_id=sent.thread_id,
            labels=sent.labels,
            received_at=sent.received_at,
            raw=raw,
        )

    loop.mails.hooks["after send_draft"] = tamper
    await loop.drain()
    assert (await loop.effect()).result["incident"]
    assert "effect.incident" in await loop.verbs()
    assert "differs" in (await loop.card()).note


# ── attack 7: answered by hand, lost answers, twins ─────────────────────────────────────────────
async def test_an_answer_by_hand_just_before_the_claim_is_the_only_answer(loop):
    await loop.approved()

    async def by_hand() -> None:
        loop.answer_by_hand()

    loop.mails.hooks["after draft"] = by_hand
    await loop.drain()
    assert len(loop.sent) == 1
    assert (await loop.action()).status == "handled"
    assert (await loop.card()).note == "Sent from Gmail."
    assert loop.mail.drafts == {}, "our draft is of no more use"


async def test_a_lost_create_answer_is_adopted(loop):
    loop.mail.lose["create_draft"] = [AMBIGUOUS]
    await loop.approved()
    await loop.drain()
    assert loop.mail.calls["create_draft"] == 1
    assert len(loop.sent) == 1
    assert loop.mail.drafts == {}


@pytest.mark.parametrize("error", [AMBIGUOUS, TransientError("cut", ambiguous=True)])
async def test_a_lost_send_answer_is_settled_by_looking(loop, error):
    loop.mail.lose["send_draft"] = [error]
    await loop.approved()
    await loop.drain()
    assert len(loop.sent) == 1
    assert loop.mail.calls["send_draft"] == 1
    assert ((await loop.action()).status, (await loop.effect()).status) == ("done", "done")
    assert (await loop.outcome()).status == "pending"


async def test_a_time_out_that_sent_nothing_is_sent_after_a_look(loop):
    loop.mail.fail["send_draft"] = [AMBIGUOUS]
    await loop.approved()
    await loop.drain()
    assert len(loop.sent) == 1
    assert (await loop.action()).status == "done"


@pytest.mark.parametrize("call", ["draft", "thread", "send_draft", "create_draft", "fetch"])
async def test_limits_and_outages_only_delay_it(loop, call):
    loop.mail.fail[call] = [TransientError("429", retry_after=timedelta(seconds=3))] * 2
    await loop.approved()
    await loop.drain()
    assert len(loop.sent) == 1
    assert (await loop.action()).status == "done"


# ── credentials refused ─────────────────────────────────────────────────────────────────────────
async def test_refused_credentials_before_the_send_ask_again(loop):
    await loop.approved()
    await loop.drain(skip=("effect.run",))
    loop.mail.fail["send_draft"] = [Forbidden("Connect Gmail again.")]
    await loop.drain()
    assert loop.sent == []
    assert (await loop.action()).status == "pending"
    assert (await loop.card()).note == "Not sent: Connect Gmail again."


async def test_refused_credentials_when_reading_back_do_not_undo_a_sent_mail(loop):
    await loop.approved()
    await loop.drain(skip=("effect.run",))
    loop.mail.fail["fetch"] = [Forbidden("Connect Gmail again.")]
    await loop.drain()
    assert len(loop.sent) == 1
    assert ((await loop.action()).status, (await loop.effect()).status) == ("done", "done")


async def test_a_claim_that_cannot_be_looked_at_is_never_called_unsent(loop):
    """The answer was lost and then the credentials were refused: a person is asked."""
    await loop.approved()
    await loop.drain(skip=("effect.run",))

    async def refuse() -> None:
        loop.mails.refused = Forbidden("Connect Gmail again.")

    loop.mail.lose["send_draft"] = [AMBIGUOUS]
    loop.mails.hooks["before send_draft"] = refuse
    await loop.drain(skip=("mailbox.sync",))
    assert len(loop.sent) == 1
    assert (await loop.effect()).status == "unknown"
    assert (await loop.action()).status == "failed"


async def test_a_mailbox_that_is_gone_asks_again(loop):
    await loop.approved()
    await loop.drain(skip=("effect.run",))
    loop.mails.refused = NotFound("This mailbox is no longer connected.")
    await loop.drain()
    assert (await loop.action()).status == "pending"
    assert "no longer connected" in (await loop.card()).note


# ── unknown, discarded, by hand ─────────────────────────────────────────────────────────────────
async def test_what_cannot_be_known_is_asked_of_a_person(loop):
    await loop.approved()
    await loop.drain(skip=("effect.run",))

    async def vanish() -> None:
        for draft_id in list(loop.mail.drafts):
            await loop.mail.delete_draft(draft_id)

    loop.mails.hooks["before send_draft"] = vanish
    await loop.drain()
    assert loop.sent == []
    assert ((await loop.effect()).status, (await loop.action()).status) == ("unknown", "failed")
    assert "can't tell whether it left" in (await loop.card()).note
    assert "effect.unknown" in await loop.verbs()


async def test_a_draft_deleted_in_gmail_is_discarded(loop):
    await loop.approved()
    await loop.drain(skip=("effect.run",))
    await loop.mail.delete_draft((await loop.draft()).gmail_draft_id)
    await loop.drain()
    assert loop.sent == []
    assert ((await loop.action()).status, (await loop.draft()).status) == ("handled", "discarded")
    assert (await loop.card()).note == "Discarded in Gmail."


async def test_a_draft_sent_by_hand_collapses_its_card(loop):
    await loop.proposed()
    draft = await loop.draft()
    stored = await loop.mail.draft(draft.gmail_draft_id)
    loop.clock.move(timedelta(seconds=30))
    await loop.mail.send_draft(draft.gmail_draft_id, stored.raw, stored.thread_id)
    await loop.follower.check(loop.tenant, draft.id)
    await loop.drain()
    assert ((await loop.action()).status, (await loop.draft()).status) == (
        "handled",
        "sent_by_hand",
    )
    assert (await loop.card()).note == "Sent from Gmail."


async def test_an_own_mail_before_the_customers_answer_is_no_answer_to_it(loop):
    """Rita wrote a minute before Carla did: that does not close what Carla asked."""
    await loop.store(loop.answer_by_hand("Here is our offer."))
    await loop.proposed()
    await loop.follower.check(loop.tenant, (await loop.draft()).id)
    assert (await loop.action()).status == "pending"
    await loop.approve()
    await loop.drain()
    assert len(loop.sent) == 2
    assert (await loop.action()).status == "done"


async def test_a_forward_to_a_colleague_answers_nobody(loop):
    await loop.proposed()
    await loop.store(loop.answer_by_hand("What do you think?", to="sam@northwind.test"))
    await loop.follower.check(loop.tenant, (await loop.draft()).id)
    assert (await loop.action()).status == "pending"


# ── every condition once more at the claim ──────────────────────────────────────────────────────
async def test_a_decider_who_lost_the_right_meanwhile_does_not_send(loop):
    await loop.proposed()
    await loop.approve(loop.mona)
    await loop.set(Member, loop.mona.id, role="rep")
    await loop.drain()
    assert loop.sent == []
    assert (await loop.action()).status == "pending"


async def test_a_decider_who_left_does_not_send(loop):
    await loop.approved()
    await loop.set(Member, loop.rita.id, active=False)
    await loop.drain()
    assert loop.sent == []


async def test_another_hash_than_the_approved_one_does_not_send(loop):
    await loop.approved()
    await loop.set(Action, (await loop.action()).id, decided_hash="another")
    await loop.drain()
    assert loop.sent == []
    assert (await loop.action()).status == "pending"


async def test_it_waits_until_it_is_due(loop):
    effect = await loop.approved()
    await loop.drain(skip=("effect.run",))
    await loop.set(Effect, effect.id, due_at=loop.clock.now() + timedelta(hours=1))
    with pytest.raises(TransientError):
        await loop.effects.run(loop.tenant, effect.id)
    assert loop.sent == []


async def test_a_newer_mail_that_only_gmail_knows_stops_it(loop):
    await loop.approved()
    await loop.drain(skip=("effect.run",))
    words = "I have the report now. Could you call me tomorrow?"
    loop.model.extractions = [asking("Could you call me tomorrow?")]
    loop.receive(words)
    await loop.drain()
    assert loop.sent == []
    actions = await loop.rows(Action)
    assert [a.status for a in actions] == ["voided", "pending"]


async def test_an_absence_note_does_not_stop_an_answer(loop):
    """A machine's answer is no newer word: neither before the approval nor after it."""
    await loop.proposed()
    loop.receive("I am out of office.", headers={"Auto-Submitted": "auto-replied"})
    await loop.sync()
    await loop.approve()
    await loop.drain(skip=("effect.run",))
    loop.receive("I am out of office.", headers={"Auto-Submitted": "auto-replied"})
    await loop.drain()
    assert len(loop.sent) == 1
    assert (await loop.action()).status == "done"
