"""Being left alone, the switch that stops everything, shadow mode, presets and wishes."""

from datetime import timedelta
from typing import Any

import pytest

from bot.wiring_rollout import rollout_timers
from db.models.actions import Action
from db.models.cards import Digest
from db.models.conversations import Conversation, Message
from db.models.drafts import Draft
from db.models.tenants import Member
from db.session import Database
from services.approvals.rule_sets import RuleSetService
from services.cards import touch
from services.errors import Conflict, Forbidden, InvalidInput
from services.reach import SHADOW_ON
from services.rollout.switches import SHADOW_BEGINS, SHADOW_ENDS
from services.sweeps import SweepService
from services.types.approvals import Surface
from services.types.people import Actor
from services.types.preferences import Preferences
from services.types.tenant_settings import Preset
from tests.integration.services.rollout_desk import Desk, make_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


async def _pause(desk: Desk, words: str, member: Member | None = None) -> str:
    return await desk.rollout.pauses.pause(
        desk.actor(member or desk.rita), words, command_id=desk.command()
    )


async def _resume(desk: Desk, words: str = "", member: Member | None = None) -> str:
    said = await desk.rollout.pauses.resume(
        desk.actor(member or desk.rita), words, command_id=desk.command()
    )
    await desk.drain()
    return said


async def _tick(desk: Desk) -> None:
    sweeps = SweepService(desk.database, desk.clock, rollout_timers(desk.rollout))
    await sweeps.tick()
    await desk.drain()


# ── One member ──────────────────────────────────────────────────────────────────────────────────
async def test_a_pause_is_quiet_and_what_came_meanwhile_comes_as_one(desk: Desk) -> None:
    said = await _pause(desk, "2h")
    assert said.startswith("I'm quiet until 11:30.")
    await desk.proposed()
    assert desk.said_to(desk.rita) == []
    said = await _resume(desk)
    assert said == "You're back. 1 mail waits for you; I've put them into one message."
    assert desk.said_to(desk.rita) == ["I'm Understudy. 1 mail waits for your word"]
    with pytest.raises(Conflict, match="aren't paused"):
        await _resume(desk)


async def test_a_pause_runs_out_by_itself_and_a_longer_one_moves_its_end(desk: Desk) -> None:
    await _pause(desk, "1h")
    await desk.proposed()
    await _pause(desk, "3h")
    desk.clock.move(timedelta(hours=2))
    await _tick(desk)
    assert desk.said_to(desk.rita) == []
    desk.clock.move(timedelta(hours=2))
    await _tick(desk)
    assert len(desk.said_to(desk.rita)) == 1
    await _tick(desk)
    assert len(desk.said_to(desk.rita)) == 1
    assert (await desk.member(desk.rita.id)).paused_until is None


async def test_when_nothing_came_nothing_is_said(desk: Desk) -> None:
    await _pause(desk, "1h")
    desk.clock.move(timedelta(hours=2))
    await _tick(desk)
    assert desk.said_to(desk.rita) == []
    await _pause(desk, "1h")
    assert await _resume(desk) == "You're back. Nothing came meanwhile that waits for you."


async def test_what_stood_there_before_the_pause_is_not_told_again(desk: Desk) -> None:
    await desk.proposed()
    await desk.set(Conversation, desk.conversation.id, link="unlinked", responder_id=desk.rita.id)
    await desk.set(Message, (await desk.rows(Message))[0].id, attention="unlinked")
    async with desk.database.transaction(desk.tenant) as tx:
        await touch(tx, "unsorted", desk.rita.id, [desk.rita.id], clock=desk.clock, ids=desk.ids)
    await desk.drain()
    before = desk.said_to(desk.rita)
    assert before
    await _pause(desk, "1h")
    assert await _resume(desk) == "You're back. Nothing came meanwhile that waits for you."
    assert desk.said_to(desk.rita) == before


async def test_a_repeat_and_nonsense_change_nothing(desk: Desk) -> None:
    rita, command = desk.actor(desk.rita), desk.command()
    said = {await desk.rollout.pauses.pause(rita, "2h", command_id=command) for _ in range(2)}
    assert len(said) == 1
    with pytest.raises(InvalidInput, match="don't understand"):
        await _pause(desk, "for ever and ever")
    assert (await desk.verbs()).count("member.paused") == 1


# ── Quiet hours ─────────────────────────────────────────────────────────────────────────────────
async def _prefer(desk: Desk, **wishes: Any) -> None:
    await desk.rollout.switches.prefer(
        desk.actor(desk.rita), Preferences(**wishes), command_id=desk.command()
    )
    await _tick(desk)


async def test_the_night_is_quiet_and_what_came_is_told_once_in_the_morning(desk: Desk) -> None:
    await _prefer(desk, quiet_hours="20:00-09:00")
    desk.clock.move(timedelta(hours=12))
    await desk.proposed()
    await _tick(desk)
    desk.clock.move(timedelta(hours=11, minutes=29))
    await _tick(desk)
    assert desk.said_to(desk.rita) == []
    desk.clock.move(timedelta(minutes=1))
    for _ in range(2):
        await _tick(desk)
    assert desk.said_to(desk.rita) == ["I'm Understudy. 1 mail waits for your word"]


async def test_who_ends_their_quiet_hours_at_night_hears_what_they_held(desk: Desk) -> None:
    await _prefer(desk, quiet_hours="20:00-09:00")
    desk.clock.move(timedelta(hours=12))
    await desk.proposed()
    await _prefer(desk, quiet_hours="19:00-07:00")
    assert desk.said_to(desk.rita) == []
    await _prefer(desk)
    assert len(desk.said_to(desk.rita)) == 1


async def test_a_pause_outlasts_the_night(desk: Desk) -> None:
    await _prefer(desk, quiet_hours="20:00-09:00")
    desk.clock.move(timedelta(hours=12))
    await desk.proposed()
    await _pause(desk, "24h")
    desk.clock.move(timedelta(hours=14))
    await _tick(desk)
    assert desk.said_to(desk.rita) == []
    desk.clock.move(timedelta(hours=11))
    await _tick(desk)
    # Its end falls into the next night.
    assert desk.said_to(desk.rita) == []
    desk.clock.move(timedelta(hours=11))
    await _tick(desk)
    assert len(desk.said_to(desk.rita)) == 1


# ── Everything ──────────────────────────────────────────────────────────────────────────────────
async def test_everything_stops_what_is_queued_and_only_an_admin_may(desk: Desk) -> None:
    await desk.approved()
    for member in (desk.rita, desk.mona):
        with pytest.raises(Forbidden):
            await _pause(desk, "everything", member)
    said = await _pause(desk, "everything", desk.ada)
    assert said.startswith("Everything is stopped")
    await desk.drain()
    assert desk.sent == []
    assert (await desk.action()).status == "pending"
    with pytest.raises(Forbidden, match="switched off"):
        await desk.approve()
    status = await desk.views.status(desk.actor(desk.rita))
    assert status.kill_switch
    with pytest.raises(Conflict, match="resume everything"):
        await _resume(desk)
    with pytest.raises(Forbidden):
        await _resume(desk, "everything", desk.mona)
    await _resume(desk, "everything", desk.ada)
    await desk.approve()
    await desk.drain()
    assert len(desk.sent) == 1
    assert {"kill_switch.engaged", "kill_switch.released"} <= set(await desk.verbs())


async def test_another_tenant_goes_on(desk: Desk, database: Database) -> None:
    other = await make_desk(database)
    await _pause(desk, "everything", desk.ada)
    await other.proposed()
    await other.approve()
    await other.drain()
    assert len(other.sent) == 1


# ── Shadow mode ─────────────────────────────────────────────────────────────────────────────────
async def _shadow(desk: Desk, *, on: bool, actor: Actor | None = None) -> str:
    return await desk.rollout.switches.set_shadow(
        actor or desk.actor(desk.ada), on=on, command_id=desk.command()
    )


async def test_in_shadow_mode_nothing_is_shown_pushed_or_sent(desk: Desk) -> None:
    assert await _shadow(desk, on=True) == SHADOW_BEGINS
    await desk.proposed()
    assert desk.said_to(desk.rita) == []
    assert desk.mail.drafts == {}
    (draft,) = await desk.rows(Draft)
    assert (draft.status, draft.gmail_draft_id) == ("ready", None)
    with pytest.raises(Forbidden, match="Shadow mode is on, so nothing leaves"):
        await desk.approve()
    desk.clock.move(timedelta(minutes=2))
    await desk.sweeps.recover(desk.tenant)
    assert await desk.queued("draft.push") == []
    assert await _shadow(desk, on=False) == SHADOW_ENDS
    await desk.drain()
    assert len(desk.said_to(desk.rita)) == 1
    await desk.approve()
    await desk.drain()
    assert len(desk.sent) == 1


@pytest.mark.parametrize("pushed", [True, False])
async def test_what_was_approved_before_shadow_mode_asks_again(desk: Desk, *, pushed: bool) -> None:
    await desk.approved()
    if not pushed:
        draft = await desk.draft()
        await desk.set(Draft, draft.id, gmail_revision=None, gmail_draft_id=None)
    await _shadow(desk, on=True)
    await desk.drain()
    action = await desk.action()
    assert (action.status, action.decision_reason) == ("pending", SHADOW_ON)
    assert desk.sent == []


async def test_no_daily_digest_is_made_for_whom_nothing_comes_unasked(desk: Desk) -> None:
    await desk.proposed()
    await desk.set(Member, desk.cole.id, enabled_at=None)
    await desk.set(Member, desk.mona.id, paused_until=desk.clock.now() + timedelta(hours=1))
    await desk.set(Action, (await desk.action()).id, owner_id=desk.cole.id)
    for member in (desk.cole, desk.mona, desk.rita):
        async with desk.database.transaction(desk.tenant) as tx:
            await desk.digests.due(tx, member.id)
    assert await desk.rows(Digest) == []
    await desk.set(Action, (await desk.action()).id, owner_id=desk.rita.id)
    async with desk.database.transaction(desk.tenant) as tx:
        await desk.digests.due(tx, desk.rita.id)
    assert [row.member_id for row in await desk.rows(Digest)] == [desk.rita.id]
    assert ("digest", desk.cole.id) in await desk.timers()  # the next morning asks again
    await desk.digests.request(desk.actor(desk.cole), command_id=desk.command())
    await desk.drain(skip=("digest.mail",))
    assert len(desk.said_to(desk.cole)) == 1  # asked for, so it comes


async def test_only_an_admin_turns_shadow_mode_and_only_over(desk: Desk) -> None:
    for member in (desk.rita, desk.mona):
        with pytest.raises(Forbidden):
            await _shadow(desk, on=True, actor=desk.actor(member))
    with pytest.raises(Conflict, match="off already"):
        await _shadow(desk, on=False)
    await _shadow(desk, on=True)
    with pytest.raises(Conflict, match="on already"):
        await _shadow(desk, on=True)
    assert (await desk.settings()).shadow


# ── Preset and wishes ───────────────────────────────────────────────────────────────────────────
async def test_cautious_sends_every_mail_through_the_manager(desk: Desk) -> None:
    rules = RuleSetService(desk.database, desk.clock, desk.ids, desk.audit)
    ada, command = desk.actor(desk.ada), desk.command()
    shown = await desk.rollout.switches.preset(ada, Preset.CAUTIOUS)
    assert "send_routine_response added" in shown.changes
    with pytest.raises(Forbidden):
        await rules.apply_preset(
            desk.actor(desk.mona), Preset.CAUTIOUS, based_on=shown.based_on, command_id="m"
        )
    for _ in range(2):
        applied = await rules.apply_preset(
            ada, Preset.CAUTIOUS, based_on=shown.based_on, command_id=command
        )
    assert applied.version == shown.based_on + 1
    await desk.proposed()
    with pytest.raises(Conflict, match="Ask for approval"):
        await desk.approve(surface=Surface.SLACK.value)
    view = await desk.rollout.switches.settings(ada)
    assert view.tenant is not None
    assert (view.tenant.preset, view.tenant.preset_fits) == (Preset.CAUTIOUS, True)
    with pytest.raises(Conflict, match="applied version"):
        await rules.apply_preset(
            ada, Preset.OPEN, based_on=shown.based_on, command_id=desk.command()
        )
    await rules.apply_preset(
        ada, Preset.STANDARD, based_on=applied.version, command_id=desk.command()
    )
    await desk.approve()
    assert (await desk.verbs()).count("preset.chosen") == 2


async def test_wishes_are_ones_own_and_the_tenants_part_is_for_admins(desk: Desk) -> None:
    switches, rita = desk.rollout.switches, desk.actor(desk.rita)
    assert (await switches.settings(rita)).preferences == Preferences()
    wanted = Preferences(digest_mail=False, draft_mail=True, quiet_hours="18:00-08:00")
    await switches.prefer(rita, wanted, command_id=desk.command())
    view = await switches.settings(rita)
    assert (view.preferences, view.tenant, view.has_mailbox) == (wanted, None, True)
    assert (await switches.settings(desk.actor(desk.cole))).preferences == Preferences()
    with pytest.raises(InvalidInput):
        await switches.prefer(rita, Preferences(quiet_hours="all day"), command_id="x")
