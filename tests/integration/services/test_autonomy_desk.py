"""What people see of the copilot's autonomy, on real PostgreSQL: levels with their reasons, lists
that go on, who sees whose, one action's story, and a plan that doesn't grow with the history."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql

from db import autonomy_figures as figures
from db.autonomy_figures import Chosen, Sight
from db.models.autonomy import Narrowing, Promotion
from db.models.outcomes import OutcomeCredit
from db.models.tenants import KillSwitch
from db.session import Database
from services.errors import Forbidden, InvalidInput, NotFound
from services.types.actions import ActionType, AutonomyLevel
from services.types.autonomy_views import Because, DoingsFilter, EvidenceView, Standing
from tests import factories as make
from tests.factories import NOW
from tests.integration.services.desk_world import (
    A_DAY,
    Desk,
    act,
    earn,
    judge,
    leave_out,
    make_desk,
    move,
)

FOLLOW_UP = "send_follow_up_email"
ANSWER = "send_routine_response"


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


# ── The page ────────────────────────────────────────────────────────────────────────────────────
async def test_every_type_stands_where_its_level_puts_it_with_the_strongest_reason(desk):
    weighed = {
        "counted": 62,
        "good": 60,
        "by": {"undone": 2},
        "success": {"value": 0.71, "low": 0.5, "high": 1.0, "of": 50},
        "conditions": [["days", True, "", ""], ["people", False, "2", "at least 3"]],
    }
    async with desk.database.transaction(desk.tenant) as tx:
        await earn(tx, FOLLOW_UP, earned="undo_window", weighed=weighed)
        await move(tx, FOLLOW_UP, "promoted", moved_by=desk.people["Mona"].id)
        await earn(tx, ANSWER, earned="autonomous", ceiling="approve")
        await earn(tx, "schedule_meeting", earned="suggest")
        await move(tx, "schedule_meeting", "promoted", created_at=NOW - A_DAY)
        await move(tx, "schedule_meeting", "reset")
        await earn(tx, "discuss_pricing", earned="autonomous")
        await earn(tx, "send_proposal", earned="off")
        tx.session.add(
            Promotion(
                tenant_id=desk.tenant,
                id=uuid4(),
                created_at=NOW,
                action_type=FOLLOW_UP,
                before="undo_window",
                after="autonomous",
            )
        )
    view = await desk.services.overview.page(desk.actor("Dana"))
    lines = {one.action_type: one for one in view.types}
    assert list(lines) == list(ActionType)
    assert (view.may_change, view.may_narrow, view.stopped) == (True, False, False)
    follow = lines[FOLLOW_UP]
    assert (follow.standing, follow.because, follow.level) == (
        Standing.ACTS,
        Because.EARNED,
        AutonomyLevel.UNDO_WINDOW,
    )
    assert follow.evidence == EvidenceView(
        decided=62,
        good=60 / 62,
        undone=2,
        success=0.71,
        spread=0.25,
        still_needs=("People: 2 (at least 3)",),
    )
    assert lines["commit_pricing"].evidence is None
    assert follow.pending is not None
    assert follow.pending.after == "autonomous"
    answer = lines[ANSWER]
    assert (answer.standing, answer.because, answer.level, answer.earned) == (
        Standing.WAITS,
        Because.LIMIT,
        AutonomyLevel.APPROVE,
        AutonomyLevel.AUTONOMOUS,
    )
    assert lines["schedule_meeting"].because is Because.RESET
    # What only a person may approve never acts, whatever level it has.
    assert lines["discuss_pricing"].standing is Standing.WAITS
    assert lines["send_proposal"].standing is Standing.RESTS
    assert lines["negotiate_terms"].because is Because.ASKS
    never = {one for one, line in lines.items() if line.standing is Standing.NEVER}
    assert never == {
        "commit_pricing",
        "modify_contract",
        "strategic_decision",
        "initiate_executive_relationship",
    }


async def test_the_kill_switch_says_who_and_when_and_outdoes_every_level(desk):
    async with desk.database.transaction(desk.tenant) as tx:
        await earn(tx, FOLLOW_UP, earned="autonomous")
        switch = (await tx.session.scalars(switch_of(desk))).one()
        switch.stopped_types = [FOLLOW_UP]
    view = await desk.services.overview.page(desk.actor("Mona"))
    line = next(one for one in view.types if one.action_type == FOLLOW_UP)
    assert (line.stopped, line.standing, line.because) == (True, Standing.RESTS, Because.STOPPED)
    async with desk.database.transaction(desk.tenant) as tx:
        switch = (await tx.session.scalars(switch_of(desk))).one()
        switch.engaged, switch.changed_at = True, NOW - timedelta(hours=1)
        switch.changed_by = desk.people["Dana"].id
    view = await desk.services.overview.page(desk.actor("Mona"))
    assert (view.stopped, view.stopped_by) == (True, "Dana Admin")
    assert view.stopped_since == NOW - timedelta(hours=1)
    assert {one.because for one in view.types} == {Because.EVERYTHING_STOPPED, Because.HARD_STOP}


def switch_of(desk: Desk) -> Any:
    return select(KillSwitch).where(KillSwitch.tenant_id == desk.tenant)


async def test_a_rep_sees_their_own_limits_and_an_executive_totals_alone(desk):
    rita, cole = desk.people["Rita"], desk.people["Cole"]
    async with desk.database.transaction(desk.tenant) as tx:
        for member, account in ((rita, "Arden"), (rita, None), (cole, "Birch")):
            tx.session.add(
                Narrowing(
                    tenant_id=desk.tenant,
                    id=uuid4(),
                    created_at=NOW,
                    member_id=member.id,
                    account_id=desk.accounts[account].id if account else None,
                    action_type="" if account else FOLLOW_UP,
                    ceiling="approve",
                )
            )
        (await tx.session.get_one(type(rita), (desk.tenant, rita.id))).preferences = {
            "daily_cap": "7"
        }
        done = await act(tx, desk, "Arden", status="done", decided_surface="rule")
        await make.make_effect(tx, done, status="done")
        undone = await act(tx, desk, "Birch", status="pending")
        await make.make_effect(tx, undone, status="cancelled", undo_at=NOW, undo_by=cole.id)
        await act(tx, desk, "Birch", status="rejected", created_at=NOW - 40 * A_DAY)
        await leave_out(tx, desk, "Arden")
    mine = await desk.services.overview.page(desk.actor("Rita"))
    assert [(one.account, one.action_type) for one in mine.narrowings] == [
        ("", FOLLOW_UP),
        ("Arden Foods", ""),
    ]
    assert (mine.daily_cap, mine.may_change, mine.may_narrow) == (7, False, True)
    assert (mine.totals.by_itself, mine.totals.undone, mine.totals.left_out) == (1, 0, 1)
    whole = await desk.services.overview.page(desk.actor("Eve"))
    assert (whole.types, whole.narrowings, whole.may_narrow) == ((), (), False)
    totals = whole.totals
    assert (totals.by_itself, totals.undone, totals.waiting, totals.rejected) == (1, 1, 1, 0)
    with pytest.raises(Forbidden):
        await desk.services.overview.type(desk.actor("Eve"), FOLLOW_UP)
    with pytest.raises(Forbidden):
        await desk.services.doings.list(desk.actor("Eve"), DoingsFilter())


async def test_moves_come_in_pages_newest_first(desk):
    async with desk.database.transaction(desk.tenant) as tx:
        for number in range(23):
            await move(tx, FOLLOW_UP, "limited", created_at=NOW - A_DAY * number, why=str(number))
        await move(tx, ANSWER, "limited", why="another")
    seen: list[str] = []
    before = None
    for size in (10, 10, 3):
        view = await desk.services.overview.type(desk.actor("Mona"), FOLLOW_UP, before=before)
        assert (len(view.moves), view.moves_in_all) == (size, 23)
        seen += [one.why for one in view.moves]
        before = view.older
    assert before is None
    assert seen == [str(number) for number in range(23)]
    with pytest.raises(InvalidInput):
        await desk.services.overview.type(desk.actor("Mona"), "nonsense")


# ── The list ────────────────────────────────────────────────────────────────────────────────────
async def test_a_list_goes_on_and_back_without_losing_or_repeating_a_row(desk):
    async with desk.database.transaction(desk.tenant) as tx:
        for number in range(25):
            # Several at one moment: the id decides between them.
            at = NOW - timedelta(hours=number // 3)
            await act(tx, desk, "Arden", created_at=at, trigger=str(number))
    doings, dana = desk.services.doings, desk.actor("Dana")
    first = await doings.list(dana, DoingsFilter())
    second = await doings.list(dana, DoingsFilter(), before=first.older)
    third = await doings.list(dana, DoingsFilter(), before=second.older)
    pages = [[one.id for one in page.lines] for page in (first, second, third)]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert len({one for page in pages for one in page}) == 25
    assert (first.newer, third.older) == (None, None)
    back = await doings.list(dana, DoingsFilter(), after=third.newer)
    assert [one.id for one in back.lines] == pages[1]
    top = await doings.list(dana, DoingsFilter(), after=back.newer)
    assert ([one.id for one in top.lines], top.newer) == (pages[0], None)
    gone = await doings.list(dana, DoingsFilter(), before=uuid4())
    assert gone.lines == ()


async def test_each_filter_leaves_what_it_says(desk):
    rita = desk.people["Rita"]
    async with desk.database.transaction(desk.tenant) as tx:
        waits = await act(tx, desk, "Arden", type=FOLLOW_UP, level="suggest")
        alone = await act(tx, desk, "Arden", status="done", decided_surface="rule")
        by_rita = await act(
            tx, desk, "Birch", status="done", decided_surface="slack", decided_by=rita.id
        )
        rejected = await act(tx, desk, "Birch", status="rejected", decided_surface="slack")
        stopped = await act(tx, desk, "Birch", verdict="hard_stop", status="voided")
        undone = await act(tx, desk, "Birch", status="voided")
        await make.make_effect(tx, undone, status="cancelled", undo_at=NOW)
        old = await act(tx, desk, "Arden", created_at=NOW - 60 * A_DAY, status="voided")

    async def ids(**chosen: Any) -> set[Any]:
        view = await desk.services.doings.list(desk.actor("Dana"), DoingsFilter(**chosen))
        return {one.id for one in view.lines}

    view = await desk.services.doings.list(desk.actor("Dana"), DoingsFilter())
    assert {one.trigger for one in view.lines} == {"mail"}
    assert await ids(action_type=FOLLOW_UP) == {waits.id}
    assert await ids(which="self") == {alone.id}
    assert await ids(which="waits") == {waits.id}
    assert await ids(which="approved") == {by_rita.id}
    assert await ids(which="rejected") == {rejected.id}
    assert await ids(which="stopped") == {stopped.id}
    assert await ids(which="undone") == {undone.id}
    assert await ids(which="suggest") == {waits.id}
    assert await ids(account_id=desk.accounts["Arden"].id) == {waits.id, alone.id}
    assert await ids(member_id=rita.id) == {waits.id, alone.id, by_rita.id}
    assert old.id in await ids(days=90)
    for wrong in ({"days": 31}, {"which": "nonsense"}):
        with pytest.raises(InvalidInput):
            await ids(**wrong)


async def test_reps_see_their_own_managers_their_peoples_and_nobody_another_tenants(desk):
    async with desk.database.transaction(desk.tenant) as tx:
        ritas = await act(tx, desk, "Arden")
        coles = await act(tx, desk, "Birch")
        # Cole answered for Rita's customer: it is on her account, so she sees it.
        helped = await act(tx, desk, "Arden", owner_id=desk.people["Cole"].id)
        left = await leave_out(tx, desk, "Arden")
        await leave_out(tx, desk, "Birch")
    doings = desk.services.doings

    async def seen(name: str) -> set[Any]:
        view = await doings.list(desk.actor(name), DoingsFilter())
        return {one.id for one in view.lines}

    assert await seen("Rita") == {ritas.id, helped.id}
    assert await seen("Mona") == {ritas.id}
    assert await seen("Cole") == {coles.id, helped.id}
    assert await seen("Dana") == {ritas.id, coles.id, helped.id}
    out = await doings.list(desk.actor("Rita"), DoingsFilter(left_out=True))
    assert [(one.id, one.why_not) for one in out.left_out] == [
        (left.id, "A meeting is planned for Monday.")
    ]
    await doings.story(desk.actor("Rita"), helped.id)
    for name in ("Rita", "Mona"):
        with pytest.raises(NotFound):
            await doings.story(desk.actor(name), coles.id)
    named = await doings.list(
        desk.actor("Rita"), DoingsFilter(account_id=desk.accounts["Birch"].id)
    )
    assert (named.lines, named.account) == ((), "")
    async with desk.database.read(desk.elsewhere) as tx:
        assert len(await figures.list_actions(tx, Sight(), Chosen(), limit=50)) == 1
        assert await figures.get_action_row(tx, Sight(), ritas.id) is None
    people = await doings.people(desk.actor("Mona"), "")
    assert {name for _, name in people} == {"Mona Manager", "Rita Rep"}
    assert await doings.people(desk.actor("Rita"), "") == ()


async def test_a_story_holds_every_link_from_the_mail_to_the_outcome(desk):
    rita = desk.people["Rita"]
    async with desk.database.transaction(desk.tenant) as tx:
        about = desk.accounts["Arden"]
        conversation = await make.make_conversation(tx, account_id=about.id)
        message = await make.make_message(tx, conversation, subject="Is it secure?")
        draft = await make.make_draft(tx, conversation, message_id=message.id)
        await make.make_revision(tx, draft)
        await make.make_revision(tx, draft, author="member", author_id=rita.id)
        action = await make.make_action(
            tx,
            conversation,
            draft_id=draft.id,
            owner_id=rita.id,
            status="done",
            decided_by=rita.id,
            decided_at=NOW,
            decided_surface="link",
            decision_reason="fine",
        )
        await judge(tx, action, decision="asked", verdict="approval_required", reasons=["Large."])
        await judge(tx, action, revision=2, level="approve", decision="asked")
        queued = NOW + timedelta(minutes=1)
        await make.make_effect(
            tx, action, revision=1, status="cancelled", undo_at=NOW, undo_by=rita.id
        )
        await make.make_effect(
            tx, action, revision=2, status="done", created_at=queued, claimed_at=queued
        )
        await make.make_outcome(tx, action)
        tx.session.add(
            OutcomeCredit(
                tenant_id=tx.tenant_id, id=uuid4(), created_at=NOW, event_kind="reply",
                event_id=uuid4(), happened_at=NOW, action_id=action.id, weight=Decimal("0.4"),
            )
        )  # fmt: skip
        await leave_out(tx, desk, "Arden", status="acted", action_id=action.id, kind="promise_due")
    story = await desk.services.doings.story(desk.actor("Rita"), action.id)
    assert (story.mail, story.mail_from, story.line.trigger) == (
        "Is it secure?",
        "Carla Customer",
        "promise_due",
    )
    assert story.trigger_why == "Nobody has written for 12 days."
    assert [(one.number, one.author, one.by) for one in story.revisions] == [
        (1, "model", ""),
        (2, "member", "Rita Rep"),
    ]
    assert [one.revision for one in story.judgements] == [1, 2]
    assert story.judgements[0].reasons == ("Large.",)
    # The parts of what is still there sum to 1.
    assert [(one.event, one.part, one.forward) for one in story.credits] == [("reply", 1.0, True)]
    assert [(one.status, one.undone_by) for one in story.effects] == [
        ("cancelled", "Rita Rep"),
        ("done", ""),
    ]
    assert (story.line.decided_by, story.line.surface, story.decision_reason) == (
        "Rita Rep",
        "link",
        "fine",
    )
    # The newest of each stands in the list's line.
    assert (story.line.effect, story.line.level, story.line.outcome) == (
        "done",
        "approve",
        "pending",
    )


async def test_a_page_is_read_off_an_index_however_long_the_history_is(desk, owner_url):
    async with desk.database.transaction(desk.tenant) as tx:
        one = await act(tx, desk, "Arden", created_at=NOW - 45 * A_DAY)
        await tx.session.execute(
            text(
                "insert into actions (tenant_id, id, created_at, type, status, account_id,"
                " owner_id, trigger, verdict, reasons, confidence, confidence_reason)"
                " select tenant_id, gen_random_uuid(), cast(:now as timestamptz)"
                " - n * interval '20 minutes', type, status, account_id, owner_id, trigger,"
                " verdict, reasons, confidence, confidence_reason"
                " from actions, generate_series(1, 6000) n where id = :id"
            ),
            {"now": NOW, "id": one.id},
        )
    await _analyse(owner_url)
    async with desk.database.read(desk.tenant) as tx:
        for before in (None, one.id):
            plan = await _plan(tx, before)
            page = _find(plan, lambda node: node.get("Index Name") == "ix_actions_created")
            assert page is not None, json.dumps(plan)
            # Eleven rows and what the plan reads ahead, not the six thousand.
            assert page["Actual Rows"] <= 12
            assert "Sort" not in [node["Node Type"] for node in _walk(plan)]


async def _analyse(owner_url: str) -> None:
    connection = await asyncpg.connect(owner_url)
    await connection.execute("analyze actions")
    await connection.close()


async def _plan(tx: Any, before: Any) -> Any:
    chosen = Chosen(since=NOW - 90 * A_DAY)
    query = figures.page_of_actions(tx, Sight(), chosen, limit=11, before=before)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    found = await tx.session.execute(text(f"explain (analyze, format json) {sql}"))
    return found.scalar_one()[0]["Plan"]


def _walk(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(inner for child in node.get("Plans", ()) for inner in _walk(child))]


def _find(plan: dict[str, Any], fits: Any) -> dict[str, Any] | None:
    return next((node for node in _walk(plan) if fits(node)), None)
