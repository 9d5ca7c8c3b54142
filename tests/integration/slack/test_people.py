"""Workspaces become tenants, Slack users become members, each once and only the right ones."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models.tenants import KillSwitch, Member, Tenant
from services.errors import Forbidden, NotFound
from services.ports import ChatTeam
from tests.fakes.chat import TEAM
from tests.integration.slack.conftest import Office, make_person


async def test_a_workspace_is_made_once_and_keeps_its_token(office: Office) -> None:
    again = await office.tenants.ensure_from_slack(TEAM, None)
    assert again == office.tenant_id
    workspace = await office.tenants.workspace_of_team(TEAM.team_id)
    assert (workspace.tenant_id, workspace.bot_token) == (office.tenant_id, "xoxb-1")
    await office.tenants.ensure_from_slack(
        ChatTeam(team_id=TEAM.team_id, name="Renamed", bot_user_id="U0BOT"), "xoxb-2"
    )
    workspace = await office.tenants.workspace(office.tenant_id)
    assert (workspace.name, workspace.bot_token) == ("Renamed", "xoxb-2")
    async with office.db.read(office.tenant_id) as tx:
        assert len(list(await tx.session.execute(select(KillSwitch)))) == 1
        stored = (await tx.session.execute(select(Tenant.bot_token))).scalar_one()
    assert b"xoxb-2" not in stored


async def test_an_unknown_workspace_and_one_without_a_token_are_not_found(office: Office) -> None:
    with pytest.raises(NotFound):
        await office.tenants.workspace_of_team("T0OTHER")
    other = ChatTeam(team_id="T0OTHER", name="Other", bot_user_id="U9")
    tenant_id = await office.tenants.ensure_from_slack(other, None)
    with pytest.raises(NotFound):
        await office.tenants.workspace(tenant_id)
    assert dict(await office.tenants.list_all()) == {
        TEAM.team_id: office.tenant_id,
        "T0OTHER": tenant_id,
    }


async def test_a_member_is_bound_by_mail_once_and_then_known_by_id(office: Office) -> None:
    actor = await office.members.identify(TEAM.team_id, "U0MAYA")
    assert (actor.member_id, actor.timezone) == (office.maya, "Europe/Berlin")
    # The mail address changes hands in Slack: the id rules.
    office.chat.people["U0MAYA"] = make_person("U0MAYA", "priya@brightdesk.example")
    assert (await office.members.identify(TEAM.team_id, "U0MAYA")).member_id == office.maya
    office.chat.people["U0LATE"] = make_person("U0LATE", "maya@brightdesk.example")
    with pytest.raises(Forbidden, match="already bound"):
        await office.members.identify(TEAM.team_id, "U0LATE")


@pytest.mark.parametrize(
    "changes",
    [{"is_outsider": True}, {"team_id": "T0OTHER"}, {"email": None}, {"email": "x@y.example"}],
)
async def test_guests_strangers_and_unknown_people_are_refused(
    office: Office, changes: dict[str, object]
) -> None:
    values = {"email": "maya@brightdesk.example", **changes}
    office.chat.people["U0X"] = make_person("U0X", **values)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        await office.members.identify(TEAM.team_id, "U0X")
    async with office.db.read(office.tenant_id) as tx:
        bound = (await tx.session.execute(select(Member.slack_user_id))).scalars()
        assert set(bound) == {None}


async def test_an_answer_without_a_team_is_about_the_workspace_that_asked(office: Office) -> None:
    office.chat.people["U0MAYA"] = make_person("U0MAYA", "maya@brightdesk.example", team_id="")
    assert (await office.members.identify(TEAM.team_id, "U0MAYA")).member_id == office.maya


async def test_somebody_slack_does_not_show_us_is_told_kindly(office: Office) -> None:
    with pytest.raises(Forbidden, match="I don't know you yet"):
        await office.members.identify(TEAM.team_id, "U0NOBODY")


async def test_a_member_is_reached_before_the_first_click(office: Office) -> None:
    assert (await office.members.reach(office.tenant_id, office.priya)).slack_user_id == "U0PRIYA"
    del office.chat.people["U0PRIYA"]
    assert (await office.members.reach(office.tenant_id, office.priya)).slack_user_id == "U0PRIYA"
    del office.chat.people["U0MAYA"]
    with pytest.raises(Forbidden, match="no Slack account"):
        await office.members.reach(office.tenant_id, office.maya)


async def test_another_tenants_member_is_not_there(office: Office) -> None:
    other = ChatTeam(team_id="T0OTHER", name="Other", bot_user_id="U9")
    tenant_id = await office.tenants.ensure_from_slack(other, "xoxb-9")
    with pytest.raises(NotFound):
        await office.members.find(tenant_id, office.maya)
    assert await office.members.list_members(tenant_id) == ()
    names = [actor.name for actor in await office.members.list_members(office.tenant_id)]
    assert names == ["Maya", "Priya"]
    with pytest.raises(NotFound):
        await office.members.find(office.tenant_id, UUID(int=5))


async def test_a_colleague_slack_knows_is_admitted_as_a_rep(office: Office) -> None:
    office.chat.people["U0NEW"] = make_person("U0NEW", "nia@brightdesk.example")
    actor = await office.members.admit(office.tenant_id, " Nia@Brightdesk.example ")
    assert actor is not None
    assert (actor.role, actor.slack_user_id) == ("rep", "U0NEW")
    again = await office.members.admit(office.tenant_id, "nia@brightdesk.example")
    assert again is not None
    assert again.member_id == actor.member_id


async def test_nobody_else_is_admitted(office: Office) -> None:
    guest = make_person("U0GUEST", "guest@brightdesk.example")
    office.chat.people["U0GUEST"] = replace(guest, is_outsider=True)
    assert await office.members.admit(office.tenant_id, "guest@brightdesk.example") is None
    assert await office.members.admit(office.tenant_id, "nobody@brightdesk.example") is None
