"""Members out of Slack: who comes in, who is left out, and that nobody hears of it."""

from datetime import timedelta
from typing import Any

import pytest

from db.models.rollout import MemberImport
from db.models.tenants import Member
from db.session import Database
from services.errors import Forbidden, InvalidInput, TransientError
from services.types.rollout import ImportView
from tests.integration.services.rollout_desk import Desk, make_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


async def _import(desk: Desk, actor: Member | None = None, **given: Any) -> None:
    wanted = {
        "user_ids": (),
        "group_id": None,
        "role": "rep",
        "manager_id": desk.mona.id,
        "command_id": desk.command(),
    } | given
    await desk.rollout.imports.start(desk.actor(actor or desk.ada), **wanted)


async def _view(desk: Desk) -> ImportView:
    row = (await desk.rows(MemberImport))[-1]
    view = await desk.rollout.imports.view(desk.tenant, row.id, desk.ada.id)
    assert view is not None
    return view


async def test_a_group_comes_in_without_a_word_and_each_left_out_is_told(desk: Desk) -> None:
    desk.person("U1", "Jonas Weber")
    desk.person("U2", "Gus Guest", is_outsider=True, outsider="a guest")
    desk.person("U3", "Bo Bot", is_outsider=True, outsider="a bot")
    desk.person("U4", "Sue Stranger", team_id="TOTHER")
    desk.person("U5", "No Mail", email=None)
    desk.group("S1", "Sales", "U1", "U2", "U3", "U4", "U5", "UGONE", str(desk.rita.slack_user_id))
    await _import(desk, group_id="S1")
    await desk.drain()
    jonas = await desk.named("Jonas Weber")
    assert (jonas.enabled_at, jonas.role, jonas.manager_id, jonas.slack_user_id) == (
        None, "rep", desk.mona.id, "U1",
    )  # fmt: skip
    view = await _view(desk)
    assert (view.status, view.source) == ("done", "Sales")
    assert [line.name for line in view.added] == ["Jonas Weber"]
    assert [line.why for line in view.skipped] == [
        "a guest",
        "a bot",
        "from another workspace",
        "Slack shows no e-mail address",
        "Slack doesn't know them any more",
        "already a member",
    ]
    told = {at for at, _ in desk.chat.messages}
    assert told == {f"D{desk.ada.slack_user_id}"}  # the admin alone
    assert desk.said_to(desk.ada) == ["Imported 1 member from Slack"]
    assert "member.imported" in await desk.verbs()


async def test_existing_members_stay_as_they_are_and_a_repeat_starts_nothing(desk: Desk) -> None:
    before = await desk.member(desk.cole.id)
    command = desk.command()
    for _ in range(2):
        await _import(
            desk, user_ids=[str(desk.cole.slack_user_id)], role="admin", command_id=command
        )
    await desk.drain()
    after = await desk.member(desk.cole.id)
    assert (after.role, after.manager_id, after.enabled_at) == (
        before.role, before.manager_id, before.enabled_at,
    )  # fmt: skip
    assert len(await desk.rows(MemberImport)) == 1


async def test_slack_asking_us_to_wait_costs_nobody_and_nothing_is_asked_twice(desk: Desk) -> None:
    for number in range(3):
        desk.person(f"U{number}", f"Person {number}", email=f"p{number}@northwind.test")
    await _import(desk, user_ids=["U0", "U1", "U2"])
    wait = TransientError("Slack asked us to wait.", retry_after=timedelta(seconds=30))
    row = (await desk.rows(MemberImport))[-1]
    desk.chat.trouble = [wait]
    with pytest.raises(TransientError):
        await desk.rollout.imports.run(desk.tenant, row.id)
    asked = desk.chat.calls.count("person")
    await desk.rollout.imports.run(desk.tenant, row.id)
    await desk.rollout.imports.run(desk.tenant, row.id)
    assert desk.chat.calls.count("person") - asked == 3
    assert len((await _view(desk)).added) == 3


async def test_a_token_that_is_refused_ends_the_import_and_says_so(desk: Desk) -> None:
    await _import(desk, user_ids=["U1"])
    desk.chat.trouble = [Forbidden("Slack refused the workspace's token: token_revoked")]
    row = (await desk.rows(MemberImport))[-1]
    await desk.rollout.imports.run(desk.tenant, row.id)
    view = await _view(desk)
    assert (view.status, view.added) == ("failed", ())
    assert "token_revoked" in (view.note or "")


async def test_whoever_is_no_admin_any_more_imports_nobody(desk: Desk) -> None:
    desk.person("U1", "Jonas Weber")
    with pytest.raises(Forbidden):
        await _import(desk, desk.mona, user_ids=["U1"])
    await _import(desk, user_ids=["U1"])
    await desk.set(Member, desk.ada.id, role="rep")
    await desk.drain()
    assert "Jonas Weber" not in {member.name for member in await desk.rows(Member)}


@pytest.mark.parametrize(
    ("given", "field"),
    [({}, "people"), ({"user_ids": ["U1"], "role": "king"}, "role")],
)
async def test_what_is_missing_is_said_at_its_field(
    desk: Desk, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await _import(desk, **given)
    assert refused.value.field == field


async def test_another_tenants_import_is_not_there(desk: Desk, database: Database) -> None:
    other = await make_desk(database)
    await _import(desk, user_ids=["U1"])
    row = (await desk.rows(MemberImport))[-1]
    assert await other.rollout.imports.view(other.tenant, row.id, other.ada.id) is None
    assert await desk.rollout.imports.view(desk.tenant, row.id, desk.mona.id) is None
    await other.rollout.imports.run(other.tenant, row.id)
    assert (await _view(desk)).status == "queued"


async def test_a_lost_job_is_found_again(desk: Desk) -> None:
    await _import(desk, user_ids=[str(desk.rita.slack_user_id)])
    await desk.drain(skip=("card.deliver", "audit.chain"))
    (row,) = await desk.rows(MemberImport)
    await desk.set(MemberImport, row.id, status="queued")
    await desk.sweeps.recover(desk.tenant)
    assert await desk.queued("members.import") == []  # too young: its job may be on its way
    desk.clock.move(timedelta(minutes=1))
    for _ in range(2):
        await desk.sweeps.recover(desk.tenant)
    assert len(await desk.queued("members.import")) == 1
