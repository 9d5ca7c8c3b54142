"""The list of actions as a file: whole, in order, harmless in a sheet; and in Slack once."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.autonomy_export import values, write
from db.autonomy_figures import Chosen
from db.lost_work import list_lost
from db.models.exports import AutonomyExport
from db.models.records import AuditEntry
from db.session import Database
from services.autonomy.handing_out import LEASE, NO_RIGHT, REFUSED, TOO_MANY
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.ports import ChatPerson
from services.types.autonomy_views import DoingsFilter
from tests import factories as make
from tests.factories import NOW
from tests.integration.services.desk_world import A_DAY, Desk, act, judge, leave_out, make_desk

ALL = DoingsFilter(days=90)


@pytest.fixture
async def desk(database: Database) -> Desk:
    desk = await make_desk(database)
    dana = desk.people["Dana"]
    assert dana.slack_user_id is not None
    desk.chat.people[dana.slack_user_id] = ChatPerson(
        user_id=dana.slack_user_id, team_id="T", email=None, name="Dana", timezone=None
    )
    return desk


async def exported(desk: Desk, form: str, **chosen: Any) -> str:
    target = io.StringIO(newline="")
    rows = values(desk.services.export, [("T1", desk.tenant)], Chosen(**chosen))
    await write(rows, target, form)
    return target.getvalue()


# ── The rows ────────────────────────────────────────────────────────────────────────────────────
async def test_all_actions_in_order_over_several_pages_with_equal_moments(desk):
    async with desk.database.transaction(desk.tenant) as tx:
        one = await act(tx, desk, "Arden", created_at=NOW - 80 * A_DAY)
        await tx.session.execute(
            text(
                "insert into actions (tenant_id, id, created_at, type, status, account_id,"
                " trigger, verdict, reasons, confidence, confidence_reason)"
                " select tenant_id, gen_random_uuid(), cast(:now as timestamptz)"
                " - (n / 7) * interval '1 minute', type, status, account_id, trigger,"
                " verdict, reasons, confidence, confidence_reason"
                " from actions, generate_series(1, 1203) n where id = :id"
            ),
            {"now": NOW, "id": one.id},
        )
    told = await exported(desk, "json")
    lines = [json.loads(line) for line in told.splitlines()]
    assert len({line["action_id"] for line in lines}) == len(lines) == 1204
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert lines[0]["action_id"] == str(one.id)
    assert {line["workspace"] for line in lines} == {"T1"}
    since = await exported(desk, "csv", since=NOW - A_DAY, types=("send_proposal",))
    assert since.count("\n") == 1


async def test_a_row_tells_the_whole_chain_and_no_cell_is_a_formula(desk):
    rita = desk.people["Rita"]
    async with desk.database.transaction(desk.tenant) as tx:
        (await tx.session.get_one(type(rita), (desk.tenant, rita.id))).name = "@SUM(A1)"
        action = await act(
            tx,
            desk,
            "Arden",
            status="done",
            decided_by=rita.id,
            decided_at=NOW,
            decided_surface="slack",
            decision_reason='=HYPERLINK("https://evil.example")',
        )
        await judge(tx, action, level="approve", decision="asked", reasons=["-1", "Large deal."])
        await make.make_effect(tx, action, status="done", claimed_at=NOW, settled_at=NOW)
        await make.make_outcome(tx, action, status="positive", resolved_at=NOW)
        why = "\t=1+1, “said” she,\r\n+2"
        await leave_out(tx, desk, "Arden", status="acted", action_id=action.id, why=why)
    (line,) = csv.DictReader(io.StringIO(await exported(desk, "csv"), newline=""))
    assert line["decision_reason"] == '\'=HYPERLINK("https://evil.example")'
    assert (line["owner"], line["decided_by"]) == ("'@SUM(A1)", "'@SUM(A1)")
    assert line["trigger_why"] == "'\t'=1+1, “said” she,\r\n'+2"
    assert line["reasons"] == "'-1 Large deal."
    assert (line["trigger"], line["level"], line["decision"]) == ("silence", "approve", "asked")
    assert (line["decided_surface"], line["effect"], line["outcome"]) == (
        "slack",
        "done",
        "positive",
    )
    assert line["settled_at"] == NOW.isoformat()
    told = json.loads(await exported(desk, "json"))
    assert told["decision_reason"].startswith("=HYPERLINK")


# ── In Slack ────────────────────────────────────────────────────────────────────────────────────
async def asked(desk: Desk, command_id: str = "c1", chosen: DoingsFilter = ALL) -> AutonomyExport:
    await desk.services.hand_out.request(desk.actor("Dana"), chosen, command_id=command_id)
    async with desk.database.read(desk.tenant) as tx:
        query = select(AutonomyExport).where(AutonomyExport.command_id == command_id)
        return (await tx.session.scalars(query)).one()


async def run(desk: Desk, export: AutonomyExport) -> AutonomyExport:
    await desk.services.hand_out.run(desk.tenant, export.id)
    async with desk.database.read(desk.tenant) as tx:
        return await tx.session.get_one(AutonomyExport, (desk.tenant, export.id))


async def test_one_command_makes_one_file_however_often_it_is_sent(desk):
    async with desk.database.transaction(desk.tenant) as tx:
        action = await act(tx, desk, "Arden", trigger="=1+1")
    desk.clock.move(timedelta(minutes=1))
    first, again = await asked(desk), await asked(desk)
    assert first.id == again.id
    done = await run(desk, first)
    await run(desk, first)
    assert (done.status, len(desk.chat.shared), len(desk.chat.uploads)) == ("done", 1, 1)
    ((name, data),) = desk.chat.uploads.values()
    assert name == "understudy-actions-2026-11-21.csv"
    (line,) = csv.DictReader(io.StringIO(data.decode(), newline=""))
    assert (line["action_id"], line["trigger"]) == (str(action.id), "'=1+1")
    async with desk.database.read(desk.tenant) as tx:
        verbs = list(await tx.session.scalars(select(AuditEntry.verb)))
    assert verbs.count("autonomy.exported") == 1
    with pytest.raises(Forbidden):
        await desk.services.hand_out.request(desk.actor("Mona"), ALL, command_id="c2")


async def test_a_lost_answer_makes_no_second_file(desk):
    export = await asked(desk)
    desk.chat.drop_answer = True
    with pytest.raises(TransientError) as lost:
        await run(desk, export)
    assert lost.value.ambiguous
    done = await run(desk, export)
    assert (done.status, len(desk.chat.shared), len(desk.chat.uploads)) == ("done", 1, 1)


async def test_a_file_that_was_brought_and_not_shown_is_shown_and_one_that_is_gone_made_anew(desk):
    export = await asked(desk)
    original = desk.chat.share_upload

    async def refused(*_args: Any, **_kwargs: Any) -> None:
        raise TransientError("Slack asked us to wait.", retry_after=timedelta(seconds=5))

    desk.chat.share_upload = refused  # type: ignore[method-assign]
    with pytest.raises(TransientError):
        await run(desk, export)
    desk.chat.share_upload = original  # type: ignore[method-assign]
    done = await run(desk, export)
    assert (done.status, len(desk.chat.uploads), len(desk.chat.shared)) == ("done", 1, 1)
    other = await asked(desk, "c2")
    desk.chat.share_upload = refused  # type: ignore[method-assign]
    with pytest.raises(TransientError):
        await run(desk, other)
    desk.chat.share_upload = original  # type: ignore[method-assign]
    del desk.chat.uploads["F2"]  # Slack throws away what nobody showed
    assert (await run(desk, other)).status == "done"
    assert [file_id for file_id, _, _ in desk.chat.shared] == ["F1", "F2"]
    assert len(desk.chat.uploads) == 2


async def test_what_cannot_be_handed_out_says_so_once_and_what_to_do(desk):
    async with desk.database.transaction(desk.tenant) as tx:
        await act(tx, desk, "Arden")
        await act(tx, desk, "Birch")
    desk.clock.move(timedelta(minutes=1))
    cases: list[tuple[Exception | None, str]] = [
        (Forbidden("missing_scope"), NO_RIGHT),
        (InvalidInput("file_uploads_disabled"), REFUSED),
        (None, TOO_MANY),
    ]
    for number, (trouble, told) in enumerate(cases):
        export = await asked(desk, f"c{number}")
        if trouble is None:
            desk.services = replace(desk.services, hand_out=replace(desk.services.hand_out, most=1))

        async def upload(*_args: Any, raised: Exception | None = trouble) -> str:
            assert raised is not None
            raise raised

        desk.chat.upload = upload  # type: ignore[method-assign]
        settled = await run(desk, export)
        await run(desk, export)
        assert (settled.status, settled.why) == ("refused", told)
    said = [message.text for message in desk.chat.messages.values()]
    assert said == [told for _, told in cases]
    assert all("understudy autonomy export" in one for one in said)
    assert desk.chat.shared == []


async def test_whoever_slack_no_longer_knows_ends_the_wish(desk):
    export = await asked(desk)
    desk.chat.people.clear()
    assert (await run(desk, export)).status == "refused"


async def test_a_wish_without_a_job_is_found_and_one_being_worked_on_left_alone(desk):
    export = await asked(desk)
    later = NOW + timedelta(minutes=5)

    async def lost(now: Any) -> list[Any]:
        async with desk.database.read(desk.tenant) as tx:
            found = await list_lost(tx, now, later, paused=False, shadow=False)
            return [one.subject_id for one in found if one.kind == "autonomy.export"]

    assert await lost(NOW) == [export.id]
    seen: list[list[Any]] = []

    async def upload(*_args: Any) -> str:
        seen.append(await lost(NOW))
        assert await run(desk, export)  # a second worker finds it taken
        seen.append(await lost(NOW + LEASE))
        raise NotFound("gone")

    desk.chat.upload = upload  # type: ignore[method-assign]
    await run(desk, export)
    assert seen == [[], [export.id]]
    assert await lost(later) == []
    async with desk.database.read(desk.elsewhere) as tx:
        assert await list_lost(tx, later, later, paused=False, shadow=False) == []
