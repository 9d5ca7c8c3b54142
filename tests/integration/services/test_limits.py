"""Who may limit the copilot, where, and what that does: organisation limits, a stopped type, a
member's own limits, the daily cap."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from db.autonomy import hold_level
from db.models.autonomy import EarnedLevel, LevelMove, Narrowing
from db.models.customers import Account
from db.models.tenants import KillSwitch, Member
from db.session import Database
from services.autonomy.circumstances import circumstances, outside_hours
from services.autonomy.levels import authority_of
from services.autonomy.recalling import RECALL
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.merge import from_json
from services.types.actions import ActionType, AutonomyLevel
from services.types.autonomy import Authority
from services.types.people import Role
from services.types.preferences import read_preferences
from services.types.qualification import Criterion
from tests import factories as make
from tests.integration.services.rollout_desk import Desk, make_desk
from tests.integration.services.test_conversations import BUDGET, finding, found

ANSWERS, PRICES = ActionType.SEND_ROUTINE_RESPONSE, ActionType.DISCUSS_PRICING
OFF, SHADOW, SUGGEST, APPROVE, UNDO_WINDOW, AUTONOMOUS = AutonomyLevel


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


async def earned(desk: Desk, action_type: str, level: AutonomyLevel) -> None:
    async with desk.database.transaction(desk.tenant) as tx:
        row = await hold_level(tx, action_type, row_id=uuid4(), first=level, now=desk.clock.now())
        row.earned = level


async def in_force(
    desk: Desk, action_type: str, member: Member, account: Account | None = None
) -> Authority:
    async with desk.database.read(desk.tenant) as tx:
        return await authority_of(
            tx, action_type, member_id=member.id, account_id=account.id if account else None
        )


async def narrow(
    desk: Desk,
    member: Member,
    account_id: UUID | None,
    level: AutonomyLevel | None,
    action_type: str = ANSWERS,
) -> str:
    return await desk.limits.narrow(
        desk.actor(member), account_id, action_type, level, command_id=desk.command()
    )


async def moves(desk: Desk) -> list[tuple[str, str, str, str]]:
    """In any order: the clock stands still."""
    found = await desk.rows(LevelMove)
    return sorted((m.kind, m.action_type, m.before, m.after) for m in found)


async def test_an_admin_limits_a_type_once_and_lifts_it(desk: Desk, database: Database) -> None:
    other, ada, command = await make_desk(database), desk.actor(desk.ada), desk.command()
    await earned(desk, ANSWERS, AUTONOMOUS)
    said = {await desk.limits.set_ceiling(ada, ANSWERS, APPROVE, command_id=command)
            for _ in range(2)}  # fmt: skip
    assert said == {"Your organisation's limit for answers to questions is “approve” from now on."}
    assert (await in_force(desk, ANSWERS, desk.rita)).level is APPROVE
    assert len(await desk.queued(RECALL)) == 1
    with pytest.raises(Conflict, match="already"):
        await desk.limits.set_ceiling(ada, ANSWERS, APPROVE, command_id=desk.command())
    # A limit above what is earned holds for later, and gives nothing.
    await desk.limits.set_ceiling(ada, PRICES, UNDO_WINDOW, command_id=desk.command())
    assert (await in_force(desk, PRICES, desk.rita)).level is SUGGEST
    await desk.limits.set_ceiling(ada, ANSWERS, None, command_id=desk.command())
    assert (await in_force(desk, ANSWERS, desk.rita)).level is AUTONOMOUS
    assert await moves(desk) == [
        ("limited", "discuss_pricing", "suggest", "suggest"),
        ("limited", "send_routine_response", "approve", "autonomous"),
        ("limited", "send_routine_response", "autonomous", "approve"),
    ]
    assert (await desk.verbs()).count("level.limited") == 3
    assert len(await desk.queued(RECALL)) == 1
    assert await other.rows(EarnedLevel) == await other.rows(LevelMove) == []


async def test_only_admins_limit_and_only_what_can_be_limited(desk: Desk) -> None:
    limits = desk.limits
    stale = desk.actor(desk.ada)
    await desk.set(Member, desk.ada.id, role="rep")
    for actor in (desk.actor(desk.rita), desk.actor(desk.mona), stale):
        assert actor.role in {Role.REP, Role.MANAGER, Role.ADMIN}
        with pytest.raises(Forbidden, match="Only an admin"):
            await limits.set_ceiling(actor, ANSWERS, OFF, command_id=desk.command())
        with pytest.raises(Forbidden, match="Only an admin"):
            await limits.stop_type(actor, ANSWERS, command_id=desk.command())
    await desk.set(Member, desk.ada.id, role="admin")
    for name, why in (("transfer_money", "don't know"), ("commit_pricing", "nothing to limit")):
        with pytest.raises(InvalidInput, match=why):
            await limits.set_ceiling(stale, name, AUTONOMOUS, command_id=desk.command())
        with pytest.raises(InvalidInput, match=why):
            await limits.stop_type(stale, name, command_id=desk.command())
    with pytest.raises(Conflict, match="no limit"):
        await limits.set_ceiling(stale, ANSWERS, None, command_id=desk.command())
    with pytest.raises(Conflict, match="isn't stopped: answers to questions"):
        await limits.release_type(stale, ANSWERS, command_id=desk.command())
    assert await desk.rows(LevelMove) == await desk.queued(RECALL) == []


async def test_a_stopped_type_cannot_be_approved_until_it_is_released(desk: Desk) -> None:
    ada = desk.actor(desk.ada)
    await desk.approved()
    await desk.limits.stop_type(ada, ANSWERS, command_id=desk.command())
    await desk.drain()
    action = await desk.action()
    why = "An admin has stopped answers to questions."
    assert (action.status, action.decision_reason, desk.sent) == ("pending", why, [])
    with pytest.raises(Forbidden, match=why):
        await desk.approve()
    with pytest.raises(Conflict, match="stopped already"):
        await desk.limits.stop_type(ada, ANSWERS, command_id=desk.command())
    await desk.limits.release_type(ada, ANSWERS, command_id=desk.command())
    await desk.approve()
    await desk.drain()
    assert len(desk.sent) == 1
    (switch,) = await desk.rows(KillSwitch)
    assert (switch.engaged, switch.stopped_types, switch.changed_by) == (False, [], desk.ada.id)
    assert await moves(desk) == [
        ("released", "send_routine_response", "off", "approve"),
        ("stopped", "send_routine_response", "approve", "off"),
    ]


async def test_who_looks_after_an_account_narrows_it_and_nobody_else(desk: Desk) -> None:
    await earned(desk, ANSWERS, UNDO_WINDOW)
    acme = desk.account.id
    with pytest.raises(NotFound):  # he doesn't even see it
        await narrow(desk, desk.cole, acme, SHADOW)
    for member in (desk.mona, desk.ada):
        with pytest.raises(Forbidden, match="You don't look after Acme"):
            await narrow(desk, member, acme, SHADOW)
    for level, why in ((AUTONOMOUS, "takes nothing away"), (None, "set no limit")):
        with pytest.raises((InvalidInput, Conflict), match=why):
            await narrow(desk, desk.rita, acme, level)
    with pytest.raises(InvalidInput, match="“suggest” is in force here"):
        await narrow(desk, desk.rita, acme, APPROVE, PRICES)
    with pytest.raises(NotFound):
        await narrow(desk, desk.rita, uuid4(), SHADOW)
    said = await narrow(desk, desk.rita, acme, APPROVE)
    assert said == "Your own limit for answers to questions with Acme is “approve” from now on."
    # It holds for whoever answers there, and nowhere else.
    for member in (desk.rita, desk.cole):
        assert (await in_force(desk, ANSWERS, member, desk.account)).level is APPROVE
        assert (await in_force(desk, ANSWERS, member)).level is UNDO_WINDOW
    # All of hers, everything: the lowest holds; what is above that is refused.
    await narrow(desk, desk.rita, None, SUGGEST, "")
    assert (await in_force(desk, ANSWERS, desk.cole, desk.account)).level is SUGGEST
    with pytest.raises(InvalidInput, match="“suggest” is in force here"):
        await narrow(desk, desk.rita, acme, APPROVE)
    await narrow(desk, desk.rita, None, None, "")
    assert (await in_force(desk, ANSWERS, desk.rita, desk.account)).level is APPROVE
    # Whose account it no longer is limits nobody there, and may still take it back.
    await desk.set(Account, acme, owner_id=desk.cole.id)
    assert (await in_force(desk, ANSWERS, desk.cole, desk.account)).level is UNDO_WINDOW
    await narrow(desk, desk.rita, acme, None)
    assert await desk.rows(Narrowing) == []
    assert await moves(desk) == [
        ("narrowed", "", "", "suggest"),
        ("narrowed", "", "suggest", ""),
        ("narrowed", "send_routine_response", "", "approve"),
        ("narrowed", "send_routine_response", "approve", ""),
    ]
    assert {m.moved_by for m in await desk.rows(LevelMove)} == {desk.rita.id}


async def test_how_much_may_leave_by_itself_a_day_is_ones_own(desk: Desk) -> None:
    rita = desk.actor(desk.rita)
    for cap in (-1, 51):
        with pytest.raises(InvalidInput, match="0 to 50"):
            await desk.limits.set_daily_cap(rita, cap, command_id=desk.command())
    for cap in (50, 0):
        await desk.limits.set_daily_cap(rita, cap, command_id=desk.command())
        member = await desk.member(desk.rita.id)
        assert read_preferences(member.preferences).daily_cap == cap
    assert read_preferences((await desk.member(desk.cole.id)).preferences).daily_cap == 10
    assert read_preferences({"daily_cap": "many"}).daily_cap == 10
    assert read_preferences({"daily_cap": "9000"}).daily_cap == 50


async def test_a_switched_off_reader_learns_nothing_and_says_so(desk: Desk) -> None:
    desk.model.extractions = [finding(found(BUDGET))]
    ada = desk.actor(desk.ada)
    learns = ActionType.QUALIFY_CONVERSATION
    await narrow(desk, desk.rita, desk.account.id, OFF, learns)
    held = await desk.write(f"Thanks. {BUDGET}.")
    await desk.drain(skip=(RECALL,))
    stored = (await desk.message(held)).analysis
    assert (stored["findings"], stored["changes"]) == ([], [])
    assert stored["unlearnt"] == "The level for reading conversations is off here."
    await narrow(desk, desk.rita, desk.account.id, None, learns)
    await desk.limits.stop_type(ada, learns, command_id=desk.command())
    stopped = await desk.write(f"Once more: {BUDGET}.")
    await desk.drain()
    stored = (await desk.message(stopped)).analysis
    assert stored["unlearnt"] == "An admin has stopped reading conversations."
    assert not from_json((await desk.state()).qualification).get(Criterion.BUDGET).identified
    await desk.limits.release_type(ada, learns, command_id=desk.command())
    again = await desk.write(f"And again: {BUDGET}.")
    await desk.drain()
    assert "unlearnt" not in (await desk.message(again)).analysis
    assert from_json((await desk.state()).qualification).get(Criterion.BUDGET).identified


async def test_the_circumstances_are_the_senders_and_the_accounts(desk: Desk) -> None:
    await desk.proposed()
    desk.clock.move(timedelta(days=2))  # to a Monday
    action, draft, now = await desk.action(), await desk.draft(), desk.clock.now()
    async with desk.database.transaction(desk.tenant) as tx:
        assert await circumstances(tx, action, draft, now) == (False, False)
        await make.make_signal(tx, desk.account, name="dissatisfaction")
        assert await circumstances(tx, action, draft, now) == (True, False)
    # Rita's mailbox, so Rita's clock, whoever is to answer.
    await desk.set(Member, desk.rita.id, timezone="Asia/Tokyo")
    async with desk.database.read(desk.tenant) as tx:
        action.owner_id = desk.cole.id
        assert await outside_hours(tx, action, draft, now)
        draft.mailbox_id = None
        assert not await outside_hours(tx, action, draft, now)
        action.owner_id = None
        assert await outside_hours(tx, action, draft, now)
