"""Undo (attack 1): undone means truly not sent, and what can't be stopped is told as it is."""

import asyncio
from datetime import timedelta

import pytest

from db import jobs
from db.models.tenants import Member
from services.errors import Conflict, Forbidden, NotFound, TransientError
from services.types.undo import Undone
from services.undo_waits import UndoWaits
from tests.factories import make_tenant
from tests.integration.services.loop import Loop, make_loop

AMBIGUOUS = TransientError("no answer", ambiguous=True)


@pytest.fixture
async def waiting(loop: Loop) -> Loop:
    """Approved, and about to leave in a minute."""
    loop.wait()
    await loop.approved()
    await loop.drain(skip=("effect.run",))
    return loop


async def standing(loop: Loop) -> tuple[str, str, str]:
    action, effect, draft = await loop.action(), await loop.effect(), await loop.draft()
    return action.status, effect.status, draft.status


UNDONE = ("pending", "cancelled", "ready")
SENT = ("done", "done", "sent")


@pytest.mark.parametrize(
    ("surface", "seconds"), [("slack", 60), ("link", 60), ("reply", 60), ("rule", 300)]
)
def test_one_place_decides_the_wait(surface: str, seconds: int) -> None:
    waits = UndoWaits(approved=timedelta(seconds=60), autonomous=timedelta(seconds=300))
    assert waits.after(surface) == timedelta(seconds=seconds)


# ── the wait ────────────────────────────────────────────────────────────────────────────────────
async def test_it_leaves_when_the_wait_is_over_and_not_before(waiting: Loop) -> None:
    effect, approved_at = await waiting.effect(), waiting.clock.now()
    assert effect.due_at == approved_at + timedelta(seconds=60)
    waiting.clock.move(timedelta(seconds=59.5))
    with pytest.raises(TransientError):
        await waiting.effects.run(waiting.tenant, effect.id)
    assert waiting.sent == []
    waiting.clock.move(timedelta(seconds=0.5))
    await waiting.drain()
    assert len(waiting.sent) == 1
    card = await waiting.card()
    assert (card.undo, card.sent_at) == (None, effect.due_at)


async def test_the_job_itself_is_delayed_and_a_lost_one_is_found(waiting: Loop) -> None:
    async with waiting.database.transaction(waiting.tenant) as tx:
        (job,) = await jobs.live_payloads(tx, "effect.run")
    assert job["effect_id"] == str((await waiting.effect()).id)
    async with waiting.database.directory() as tx:
        delay = await tx.session.execute(jobs.text(
            "delete from jobs.pgqueuer where entrypoint = 'effect.run' "
            "returning execute_after - created"
        ))  # fmt: skip
        assert delay.scalar_one() == timedelta(seconds=60)
    await waiting.sweeps.recover(waiting.tenant)
    await waiting.drain()
    assert waiting.sent == [], "what is not due yet needs no job"
    waiting.clock.move(timedelta(seconds=91))
    await waiting.sweeps.recover(waiting.tenant)
    await waiting.drain()
    assert len(waiting.sent) == 1


async def test_without_a_wait_there_is_nothing_to_undo(loop: Loop) -> None:
    await loop.approved()
    assert (await loop.card()).undo is None
    await loop.drain()
    with pytest.raises(Conflict, match=r"It left at \d\d:\d\d\."):
        await loop.take_back()


# ── undone in time ──────────────────────────────────────────────────────────────────────────────
async def test_undone_is_never_sent_and_asks_again(waiting: Loop) -> None:
    view = (await waiting.card()).undo
    assert view is not None
    assert view.allowed
    result = await waiting.take_back()
    assert result.stopped
    await waiting.drain()
    waiting.clock.move(timedelta(hours=1))
    await waiting.sweeps.recover(waiting.tenant)
    await waiting.drain()
    assert waiting.sent == []
    assert len(waiting.mail.drafts) == 1, "the draft stays in Gmail"
    assert await standing(waiting) == UNDONE
    card = await waiting.card()
    assert card.note is not None
    assert card.note.startswith("Undone by Rita Rep at ")
    assert (card.state, card.undo) == ("pending", None)
    assert [v for v in await waiting.verbs() if "und" in v] == ["effect.undo", "effect.undone"]


async def test_what_was_undone_can_be_approved_again(waiting: Loop) -> None:
    await waiting.take_back()
    await waiting.approve()
    effect = await waiting.effect()
    assert (effect.status, effect.undo_at) == ("queued", None)
    await waiting.drain()
    assert len(waiting.sent) == 1
    assert await standing(waiting) == SENT


async def test_who_may_undo(waiting: Loop) -> None:
    with pytest.raises(Forbidden, match="Rita Rep or a manager"):
        await waiting.take_back(waiting.cole)
    view = (await waiting.card(waiting.cole)).undo
    assert view is not None
    assert not view.allowed
    assert (await waiting.take_back(waiting.mona)).stopped
    note = (await waiting.card()).note
    assert note is not None
    assert note.startswith("Undone by Mona Manager")


async def test_who_has_left_undoes_nothing(waiting: Loop) -> None:
    await waiting.set(Member, waiting.rita.id, active=False)
    with pytest.raises(NotFound):
        await waiting.take_back()
    assert (await waiting.effect()).status == "queued"


async def test_another_workspace_undoes_nothing(waiting: Loop) -> None:
    action = await waiting.action()
    other = await make_loop(waiting.database)
    with pytest.raises(NotFound):
        await other.undo.undo(other.actor(other.mona), action.id, command_id="x", surface="slack")
    effect = await waiting.effect()
    await waiting.undo.stop(await make_tenant(waiting.database), effect.id)
    assert (await waiting.effect()).status == "queued"


async def test_two_undos_at_once_are_one(waiting: Loop) -> None:
    results = await asyncio.gather(
        waiting.take_back(), waiting.take_back(waiting.mona), return_exceptions=True
    )
    assert {type(r) for r in results} == {Undone, Conflict}
    (told,) = [str(r) for r in results if isinstance(r, Conflict)]
    assert "undid this at" in told
    assert (await waiting.verbs()).count("effect.undone") == 1


async def test_the_same_click_twice_gets_one_answer(waiting: Loop) -> None:
    first = await waiting.take_back(command_id="the same click")
    assert await waiting.take_back(command_id="the same click") == first
    assert (await waiting.verbs()).count("effect.undo") == 1


async def test_the_kill_switch_during_the_wait_is_told(waiting: Loop) -> None:
    await waiting.switch(engaged=True)
    await waiting.drain()
    assert waiting.sent == []
    assert (await waiting.card()).note == "Not sent: Sending was switched off."


# ── a race with the claim ───────────────────────────────────────────────────────────────────────
async def test_between_look_and_claim_the_undo_wins(waiting: Loop) -> None:
    results: list[Undone] = []

    async def take_back() -> None:
        results.append(await waiting.take_back())

    waiting.mails.hooks["after thread"] = take_back
    await waiting.drain()
    assert results[0].stopped
    assert waiting.sent == []
    assert await standing(waiting) == UNDONE


async def test_after_the_claim_the_draft_is_taken_away_from_under_it(waiting: Loop) -> None:
    """The worker stands still after its claim; the undo deletes the draft; the worker wakes."""

    async def take_back() -> None:
        result = await waiting.take_back()
        assert not result.stopped
        view = (await waiting.card()).undo
        assert view is not None
        assert view.asked_by == "Rita Rep"
        await waiting.undo.stop(waiting.tenant, (await waiting.effect()).id)

    waiting.mails.hooks["before send_draft"] = take_back
    await waiting.drain()
    assert waiting.sent == []
    assert await standing(waiting) == UNDONE
    assert len(waiting.mail.drafts) == 1, "the text stands in Gmail's drafts again"
    await waiting.approve()
    await waiting.drain()
    assert len(waiting.sent) == 1


async def test_an_undo_that_came_too_late_says_so(waiting: Loop) -> None:
    async def take_back() -> None:
        await waiting.take_back()

    waiting.mails.hooks["after send_draft"] = take_back
    await waiting.drain()
    assert len(waiting.sent) == 1
    assert await standing(waiting) == SENT
    note = (await waiting.card()).note
    assert note is not None
    assert "but it had left at" in note


async def test_two_stops_at_once_settle_once(waiting: Loop) -> None:
    async def take_back() -> None:
        await waiting.take_back()
        effect = await waiting.effect()
        await asyncio.gather(*(waiting.undo.stop(waiting.tenant, effect.id) for _ in range(3)))

    waiting.mails.hooks["before send_draft"] = take_back
    await waiting.drain()
    assert waiting.sent == []
    assert await standing(waiting) == UNDONE
    assert (await waiting.verbs()).count("effect.undone") == 1


@pytest.mark.parametrize("sent", [True, False])
async def test_a_claim_whose_worker_died_is_settled_by_the_undo(
    waiting: Loop, *, sent: bool
) -> None:
    """The process dies around the send; the undo comes before anybody has looked."""
    script = waiting.mail.lose if sent else waiting.mail.fail
    script["send_draft"] = [AMBIGUOUS]
    waiting.clock.move(timedelta(seconds=60))
    with pytest.raises(TransientError):
        await waiting.effects.run(waiting.tenant, (await waiting.effect()).id)
    assert (await waiting.effect()).status == "sending"
    await waiting.take_back()
    await waiting.drain()
    assert len(waiting.sent) == sent
    assert await standing(waiting) == (SENT if sent else UNDONE)


async def test_gmail_failing_delays_the_stop_and_loses_nothing(waiting: Loop) -> None:
    waiting.mail.fail["send_draft"] = [AMBIGUOUS]
    waiting.mail.fail["delete_draft"] = [TransientError("503", retry_after=timedelta(seconds=1))]
    waiting.clock.move(timedelta(seconds=60))
    with pytest.raises(TransientError):
        await waiting.effects.run(waiting.tenant, (await waiting.effect()).id)
    await waiting.take_back()
    await waiting.drain()
    assert waiting.sent == []
    assert await standing(waiting) == UNDONE


async def test_a_wish_whose_job_was_lost_is_found_by_the_sweep(waiting: Loop) -> None:
    waiting.mail.fail["send_draft"] = [AMBIGUOUS]
    waiting.clock.move(timedelta(seconds=60))
    with pytest.raises(TransientError):
        await waiting.effects.run(waiting.tenant, (await waiting.effect()).id)
    await waiting.take_back()
    async with waiting.database.directory() as tx:
        await tx.session.execute(
            jobs.text("delete from jobs.pgqueuer where entrypoint in ('effect.undo', 'effect.run')")
        )
    waiting.clock.move(timedelta(seconds=120))
    await waiting.sweeps.recover(waiting.tenant)
    await waiting.drain()
    assert waiting.sent == []
    assert await standing(waiting) == UNDONE
