"""What the copilot writes by itself, at every level, through the real services."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta
from uuid import uuid4

import pytest

from db.models.actions import Effect
from db.models.cards import Digest
from db.models.drafts import DraftRevision
from db.models.tenants import Member, Tenant
from db.session import Database
from services.digest_views import digest_view
from services.errors import Conflict, Forbidden
from services.types.model import DraftText
from services.types.views import DigestView
from services.undo_waits import by_rule
from tests import factories as make
from tests.integration.services.loop import ANSWER
from tests.integration.services.own_desk import OUTREACH, WAITING, OwnLoop, make_own

# level → (action, draft, revisions, judgement's decision, drafts in Gmail, effects)
ANSWERED = {
    "off": ("pending", "held", 0, None, 0, 0),
    "shadow": ("pending", "held", 1, "held", 0, 0),
    "suggest": ("pending", "held", 0, "suggested", 0, 0),
    "approve": ("pending", "ready", 1, "asked", 1, 0),
    "undo_window": ("approved", "ready", 1, "queued", 1, 1),
    "autonomous": ("approved", "ready", 1, "queued", 1, 1),
}
REACHED_OUT = {
    "shadow": ("held", "held", 1, "held", 0, 0),
    "approve": ("pending", "ready", 1, "asked", 1, 0),
    "undo_window": ("approved", "ready", 1, "queued", 1, 1),
    "autonomous": ("approved", "ready", 1, "queued", 1, 1),
}
SLOW = pytest.mark.slow
Change = Callable[[OwnLoop], Awaitable[None]]
WAIT = {"undo_window": timedelta(minutes=10), "autonomous": timedelta(seconds=60)}


async def stands(loop: OwnLoop) -> tuple[object, ...]:
    judgements = await loop.judgements()
    return (
        (await loop.action()).status,
        (await loop.draft()).status,
        len(await loop.rows(DraftRevision)),
        judgements[-1].decision if judgements else None,
        len(loop.mail.drafts),
        len(await loop.rows(Effect)),
    )


async def leaves_after_its_wait(loop: OwnLoop, level: str) -> None:
    effect, action = await loop.effect(), await loop.action()
    assert effect.due_at - effect.created_at == WAIT[level]
    assert by_rule(action)
    assert action.decided_hash == (await loop.revisions())[-1].content_hash
    assert loop.sent == []
    await loop.drain()
    assert len(loop.sent) == 1
    assert (await loop.action()).status == "done"
    assert loop.clock.now() >= effect.due_at


async def test_every_level_does_with_an_answer_what_it_says(database: Database) -> None:
    for level, expected in ANSWERED.items():
        loop = await make_own(database, level)
        await loop.waits()
        assert await stands(loop) == expected, level
        card = await loop.card()
        assert (card.draft is None) == (level in {"off", "shadow", "suggest"})
        assert (card.own is not None and card.own.unwritten) == (card.draft is None)
        if level in WAIT:
            assert "action.approved_by_rule" in await loop.verbs()
            await leaves_after_its_wait(loop, level)
            told = (await loop.card()).own
            assert told is not None
            assert told.by_rule
            assert told.because.startswith("Carla Customer asks")


async def test_every_level_does_with_outreach_what_it_says(database: Database) -> None:
    for level, expected in REACHED_OUT.items():
        loop = await make_own(database, level)
        action_id = await loop.outreach()
        await loop.drain(skip=WAITING)
        assert await stands(loop) == expected, level
        card = await loop.views.mail_card(loop.tenant, action_id, loop.rita.id)
        assert (card is None) == (level == "shadow")
        if level in WAIT:
            await leaves_after_its_wait(loop, level)
            told = await digest_of(loop, loop.rita)
            assert [(one.account, one.person) for one in told.by_myself] == [
                ("Acme", "Carla Customer")
            ]
            assert told.sent == ()


async def test_a_retried_job_decides_once(database: Database) -> None:
    loop = await make_own(database, "autonomous")
    action = await loop.waits()
    for _ in range(2):
        await loop.drafts.compose(loop.tenant, action.id, base_revision=0)
    assert len(await loop.judgements()) == len(await loop.rows(Effect)) == 1
    judgement = await loop.judgement()
    assert (judgement.verdict, judgement.would, judgement.level) == (
        "autonomous",
        "send",
        "autonomous",
    )
    assert judgement.lineage == (await loop.action()).lineage != ""


async def test_what_a_person_wanted_waits_for_a_person(database: Database) -> None:
    loop = await make_own(database, "off")
    action = await loop.waits()
    with pytest.raises(Forbidden):
        await loop.own_texts.draft_it(loop.actor(loop.cole), action.id, command_id="c0")
    # The level goes up meanwhile: the wish is what counts.
    await loop.trust("autonomous")
    await loop.own_texts.draft_it(loop.actor(loop.rita), action.id, command_id="c1")
    await loop.own_texts.draft_it(loop.actor(loop.rita), action.id, command_id="c1")
    await loop.drain()
    assert await stands(loop) == ("pending", "ready", 1, "asked", 1, 0)
    with pytest.raises(Conflict):
        await loop.own_texts.leave_it(loop.actor(loop.rita), action.id, command_id="c2")
    await loop.approve()
    await loop.drain()
    assert len(loop.sent) == 1


@SLOW
async def test_what_a_person_has_touched_waits_for_a_person(database: Database) -> None:
    for verb in ("edit", "regenerate", "take_over"):
        loop = await make_own(database, "undo_window")
        action = await loop.waits()
        await loop.take_back()
        actor = loop.actor(loop.rita)
        if verb == "edit":
            await loop.actions.edit(
                actor, action.id, revision=1, subject="Re: x", text="Hello.", command_id="e"
            )
        elif verb == "regenerate":
            await loop.actions.regenerate(
                actor, action.id, revision=1, instruction="shorter", command_id="r"
            )
        else:
            async with database.transaction(loop.tenant) as tx:
                await make.make_mailbox(tx, member=loop.mona)
            await loop.actions.take_over(loop.actor(loop.mona), action.id, command_id="t")
        await loop.drain(skip=("draft.push", "draft.withdraw"))
        assert (await loop.action()).status == "pending", verb
        assert loop.sent == []


async def test_no_answer_needed_closes_the_mail(database: Database) -> None:
    loop = await make_own(database, "suggest")
    action = await loop.waits()
    card = await loop.card()
    assert card.own is not None
    assert card.own.would == "send"
    await loop.own_texts.leave_it(loop.actor(loop.mona), action.id, command_id="c")
    assert (await loop.action()).status == "rejected"
    assert (await loop.card()).decision_reason == "no answer needed"


# ── nobody is shown what is held ────────────────────────────────────────────────────────────────
SECRET = "Zanzibar"


async def test_a_held_text_is_shown_nowhere(database: Database) -> None:
    loop = await make_own(database, "shadow")
    loop.model.drafts = [DraftText(body=f"Hello,\n\n{SECRET}.\n\nRita", confidence=0.6, reason="x")]
    told: list[object] = []

    async def tell(*what: object) -> None:
        told.append(what)

    loop.written = tell
    action = await loop.waits()
    hidden = await loop.outreach()
    await loop.drain()
    revisions = await loop.rows(DraftRevision)
    assert [SECRET in one.text for one in revisions] == [True, True]
    assert all(one.held for one in revisions)
    for member in (loop.rita, loop.cole, loop.mona):
        for said in await everything(loop, member, action.id):
            assert SECRET not in json.dumps(asdict(said), default=str), said
    await loop.sweeps.recover(loop.tenant)
    await loop.drain()
    assert loop.mail.drafts == {}
    assert loop.sent == []
    assert told == [], "no letter tells of it either"
    # Outreach that is only written down is not even counted among what waits.
    assert (await loop.views.inbox(loop.actor(loop.rita))).total == 1
    assert (await loop.views.status(loop.actor(loop.rita))).waiting == 1
    assert await loop.views.mail_card(loop.tenant, hidden, loop.rita.id) is None
    for verb in (loop.approve, loop.take_back):
        with pytest.raises(Conflict):
            await verb()


async def everything(loop: OwnLoop, member: Member, action_id: object) -> list[object]:
    actor, views = loop.actor(member), loop.views
    sees = member.id != loop.cole.id
    found = [
        await views.mail_card(loop.tenant, action_id, member.id),
        await views.why(actor, action_id),
        await views.home(loop.tenant, member.id),
        await views.inbox(actor),
        await views.quiet(actor),
        await loop.accounts.view(actor, loop.account.id) if sees else None,
        await views.status(actor),
        await views.rollup(loop.tenant, member.id),
        await digest_of(loop, member),
    ]
    return [one for one in found if one is not None]


async def digest_of(loop: OwnLoop, member: Member) -> DigestView:
    async with loop.database.transaction(loop.tenant) as tx:
        base = {"tenant_id": tx.tenant_id, "id": uuid4(), "created_at": loop.clock.now()}
        row = Digest(**base, member_id=member.id, day=loop.clock.now().date(), request=uuid4().hex)
        tx.session.add(row)
        await tx.session.flush()
        return await digest_view(tx, row, member, loop.clock, make.NOW - timedelta(days=1))


async def test_an_answer_by_hand_settles_what_is_held_and_is_compared(database: Database) -> None:
    loop = await make_own(database, "shadow")
    await loop.waits()
    loop.answer_by_hand(ANSWER.replace("on its way", "attached"))
    await loop.sync()
    await loop.follower.check(loop.tenant, (await loop.draft()).id)
    assert ((await loop.action()).status, (await loop.draft()).status) == (
        "handled",
        "sent_by_hand",
    )
    await loop.outreach()
    await loop.drain()
    loop.clock.move(timedelta(days=5))
    with pytest.raises(Forbidden):
        await loop.shadow.report(loop.actor(loop.rita))
    view = await loop.shadow.report(loop.actor(loop.mona))
    lines = {line.action_type: line for line in view.lines}
    answers = lines["send_routine_response"]
    assert (answers.would_send, answers.people_did_alike, answers.agreement.value) == (1, 1, 1.0)
    assert answers.examples[0].did == "like"
    assert answers.examples[0].theirs.startswith("Hello Carla")
    assert (lines[OUTREACH].people_did_nothing, lines[OUTREACH].agreement.value) == (1, 0.0)


async def test_a_tenant_in_shadow_mode_writes_everything_down(database: Database) -> None:
    loop = await make_own(database, "autonomous")
    async with database.transaction(loop.tenant) as tx:
        tenant = await tx.session.get_one(Tenant, loop.tenant)
        tenant.settings = {**tenant.settings, "shadow": True}
    await loop.waits()
    await loop.drain()
    assert (await loop.judgement()).decision == "held"
    assert (await loop.action()).status == "pending"
    assert loop.sent == []
    assert loop.mail.drafts == {}
