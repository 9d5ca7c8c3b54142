"""Installing by OAuth: once per browser and state, nothing stored unless all is well, and nobody
gains a role by it (attack 4)."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, text

from db.models.directories import InstallState
from db.models.tenants import Member, Tenant
from handlers.events import Events
from handlers.middleware import Actors
from services.errors import Forbidden, InvalidInput, NotFound, TransientError
from services.installs import InstallBegun, InstallService, Returned
from services.types.installs import BOT_SCOPES, InstallPage, InstallStep
from tests.fakes.chat import TEAM
from tests.fakes.clock import UuidIds
from tests.fakes.installs import FakeInstall
from tests.fakes.verbs import Book
from tests.integration.slack.conftest import Office, make_person

NEW = "T0NEW"
ADA = make_person("U0ADA", "Ada@newco.example", team_id=NEW, is_admin=True)
BOB = make_person("U0BOB", "bob@newco.example", team_id=NEW)


@dataclass
class Desk:
    """The office, and a browser that installs from it."""

    office: Office
    slack: FakeInstall
    service: InstallService

    async def begin(self, team: str = "") -> InstallBegun:
        begun = await self.service.begin(team)
        assert isinstance(begun, InstallBegun)
        return begun

    async def install(self, **allowed: Any) -> InstallPage:
        return await self.service.finish(self.returned(await self.begin(), **allowed))

    def returned(self, begun: InstallBegun, **allowed: Any) -> Returned:
        (state,) = parse_qs(urlsplit(begun.page.url).query)["state"]
        return Returned(
            state=state,
            code=self.slack.allow(**allowed),
            error="",
            cookies={begun.cookie_name: begun.cookie},
        )

    async def members(self, team: str = NEW) -> list[Member]:
        tenant_id = await self.office.tenants.find(team)
        assert tenant_id is not None
        async with self.office.db.read(tenant_id) as tx:
            return list((await tx.session.execute(select(Member))).scalars())

    async def tenant(self, team: str = NEW) -> Tenant:
        tenant_id = await self.office.tenants.find(team)
        assert tenant_id is not None
        async with self.office.db.read(tenant_id) as tx:
            return (await tx.session.execute(select(Tenant))).scalar_one()

    async def states(self) -> int:
        async with self.office.db.directory() as tx:
            return len((await tx.session.execute(select(InstallState))).scalars().all())

    async def opens_home(self, user: str, team: str = NEW) -> None:
        verbs = replace(
            Book().verbs(),
            inbound=self.office.inbound,
            workspaces=self.office.tenants,
            members=self.office.members,
            cards=self.office.cards,
        )
        actors = Actors(self.office.members, self.office.clock)
        await Events(verbs=verbs, actors=actors, chats=self.office.chat).accept(
            {
                "type": "event_callback",
                "team_id": team,
                "event_id": f"Ev{user}",
                "event_time": int(self.office.clock.now().timestamp()),
                "event": {"type": "app_home_opened", "user": user, "tab": "home", "channel": "D1"},
            }
        )


@pytest.fixture
def desk(office: Office) -> Desk:
    office.chat.people |= {"U0ADA": ADA, "U0BOB": BOB}
    slack = FakeInstall(clock=office.clock)
    service = InstallService(
        db=office.db,
        clock=office.clock,
        tenants=replace(office.tenants, ids=UuidIds()),
        gateway=slack,
        chat_with=lambda _token: office.chat,
    )
    return Desk(office=office, slack=slack, service=service)


async def test_an_admins_install_makes_a_workspace_in_shadow_with_its_admin(desk: Desk) -> None:
    page = await desk.install()
    assert page.step is InstallStep.ADMIN
    assert page.url == "https://slack.test/app_redirect?app=A1&team=T0NEW"
    (ada,) = await desk.members()
    assert (ada.email, ada.role, ada.slack_user_id) == ("ada@newco.example", "admin", "U0ADA")
    tenant = await desk.tenant()
    assert tenant.settings == {"shadow": True}
    assert not tenant.admin_wanted
    workspace = await desk.office.tenants.workspace_of_team(NEW)
    assert (workspace.bot_token, workspace.name) == ("xoxb-1", "New Co")
    # The other workspace is as it was: its members, its settings, its token.
    assert {m.role for m in await desk.members(TEAM.team_id)} == {"rep"}
    assert (await desk.tenant(TEAM.team_id)).settings == {}
    assert (await desk.office.tenants.workspace_of_team(TEAM.team_id)).bot_token == "xoxb-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"is_admin": False},
        {"is_outsider": True},
        {"team_id": "T0OTHER"},
        {"email": None},
    ],
)
async def test_whom_slack_calls_no_admin_becomes_none(desk: Desk, changes: dict[str, Any]) -> None:
    desk.office.chat.people["U0ADA"] = replace(ADA, **changes)
    assert (await desk.install()).step is InstallStep.ADMIN_WANTED
    assert await desk.members() == []
    await desk.opens_home("U0ADA")
    await desk.opens_home("U0BOB")
    assert await desk.members() == []


async def test_the_first_slack_admin_who_opens_home_becomes_admin(desk: Desk) -> None:
    assert (await desk.install(user_id="U0BOB")).step is InstallStep.ADMIN_WANTED
    await desk.opens_home("U0BOB")
    await desk.opens_home("U0ADA")
    assert [(m.slack_user_id, m.role) for m in await desk.members()] == [("U0ADA", "admin")]
    # Only the first, and only there.
    desk.office.chat.people["U0EVE"] = replace(ADA, user_id="U0EVE", email="eve@newco.example")
    await desk.opens_home("U0EVE")
    admin = make_person("U0MAYA", "maya@brightdesk.example", is_admin=True)
    desk.office.chat.people["U0MAYA"] = admin
    await desk.opens_home("U0MAYA", TEAM.team_id)
    assert len(await desk.members()) == 1
    assert {m.role for m in await desk.members(TEAM.team_id)} == {"rep"}


async def test_two_admins_who_open_it_at_once_make_one(desk: Desk) -> None:
    await desk.install(user_id="U0BOB")
    tenant_id = (await desk.tenant()).tenant_id
    eve = replace(ADA, user_id="U0EVE", email="eve@newco.example")
    made = await asyncio.gather(
        *(
            replace(desk.office.tenants, ids=UuidIds()).claim_admin(tenant_id, NEW, person)
            for person in (ADA, eve, ADA, eve)
        )
    )
    assert sorted(made) == [False, False, False, True]
    assert len(await desk.members()) == 1


async def test_a_member_who_left_or_is_somebody_else_is_not_raised(desk: Desk) -> None:
    await desk.install(user_id="U0BOB")
    tenant = await desk.tenant()
    for values in ({"active": False}, {"active": True, "slack_user_id": "U0OTHER"}):
        async with desk.office.db.transaction(tenant.tenant_id) as tx:
            await tx.session.execute(text("delete from members"))
            tx.session.add(
                Member(
                    tenant_id=tenant.tenant_id,
                    id=desk.office.ids.new(),
                    created_at=desk.office.clock.now(),
                    email="ada@newco.example",
                    name="Ada",
                    role="rep",
                    **values,
                )
            )
        assert not await desk.office.tenants.claim_admin(tenant.tenant_id, NEW, ADA)
        assert [m.role for m in await desk.members()] == ["rep"]
    assert (await desk.tenant()).admin_wanted


async def test_a_rep_who_installs_it_again_changes_the_token_alone(desk: Desk) -> None:
    admin = make_person("U0MAYA", "maya@brightdesk.example", is_admin=True)
    desk.office.chat.people["U0MAYA"] = admin
    before = await desk.tenant(TEAM.team_id)
    desk.office.clock.move(timedelta(hours=1))
    page = await desk.install(team_id=TEAM.team_id, user_id="U0MAYA")
    assert page.step is InstallStep.AGAIN
    after = await desk.tenant(TEAM.team_id)
    assert {m.role for m in await desk.members(TEAM.team_id)} == {"rep"}
    assert (after.tenant_id, after.settings, after.admin_wanted) == (before.tenant_id, {}, False)
    assert before.installed_at is not None
    assert after.installed_at == before.installed_at + timedelta(hours=1)
    # An uninstall from before it is old news, one from after it isn't.
    away = desk.office.tenants.disconnect
    assert not await away(TEAM.team_id, at=before.installed_at + timedelta(minutes=59), why="x")
    assert await away(TEAM.team_id, at=before.installed_at + timedelta(minutes=61), why="x")


async def test_eight_copies_of_one_return_install_once(desk: Desk) -> None:
    returned = desk.returned(await desk.begin())
    desk.slack.slow = 0.02
    pages = await asyncio.gather(*(desk.service.finish(returned) for _ in range(8)))
    assert sorted(page.step for page in pages) == [InstallStep.ADMIN] + [InstallStep.UNKNOWN] * 7
    assert desk.slack.asked == [f"exchange {returned.code}"]
    assert len(await desk.members()) == 1
    assert (await desk.service.finish(returned)).step is InstallStep.UNKNOWN


async def test_eight_browsers_that_install_one_new_workspace_make_one_tenant(desk: Desk) -> None:
    returns = [desk.returned(await desk.begin()) for _ in range(8)]
    pages = await asyncio.gather(*(desk.service.finish(one) for one in returns))
    assert sorted(page.step for page in pages) == sorted(
        [InstallStep.ADMIN] + [InstallStep.AGAIN] * 7
    )
    assert len(await desk.members()) == 1
    assert len(await desk.office.tenants.list_all()) == 2


@pytest.mark.parametrize("spoiled", ["state", "cookie", "no cookie", "other tab", "late", "prefix"])
async def test_a_state_that_is_not_this_browsers_stores_nothing(desk: Desk, spoiled: str) -> None:
    begun, other = await desk.begin(), await desk.begin()
    returned = desk.returned(begun)
    match spoiled:
        case "state":
            returned = replace(returned, state=returned.state + "x")
        case "cookie":
            returned = replace(returned, cookies={begun.cookie_name: "made up"})
        case "no cookie":
            returned = replace(returned, cookies={})
        case "other tab":
            returned = replace(returned, cookies={begun.cookie_name: other.cookie})
        case "late":
            desk.office.clock.move(timedelta(minutes=10))
        case _:
            returned = replace(returned, state=returned.state.removeprefix("install."))
    assert (await desk.service.finish(returned)).step is InstallStep.UNKNOWN
    assert desk.slack.asked == []
    assert await desk.office.tenants.find(NEW) is None
    if spoiled not in {"late", "state", "prefix"}:
        # A forged return doesn't use up the true one.
        assert (await desk.service.finish(desk.returned(begun))).step is InstallStep.ADMIN


async def test_nothing_kept_of_a_state_can_be_sent_back(desk: Desk) -> None:
    begun = await desk.begin()
    (state,) = parse_qs(urlsplit(begun.page.url).query)["state"]
    async with desk.office.db.directory() as tx:
        row = (await tx.session.execute(select(InstallState))).scalar_one()
    kept = row.state_hash + row.browser_hash
    assert state.encode() not in kept
    assert begun.cookie.encode() not in kept
    desk.office.clock.move(timedelta(minutes=11))
    await desk.begin()
    assert await desk.states() == 1


@pytest.mark.parametrize(
    ("error", "step"),
    [("access_denied", InstallStep.DENIED), ("invalid_scope", InstallStep.REFUSED)],
)
async def test_a_refusal_in_slack_uses_the_state_up(
    desk: Desk, error: str, step: InstallStep
) -> None:
    returned = replace(desk.returned(await desk.begin()), code="", error=error)
    assert (await desk.service.finish(returned)).step is step
    assert await desk.states() == 0
    assert desk.slack.asked == []


@pytest.mark.parametrize(
    ("trouble", "step"),
    [
        (Forbidden("used"), InstallStep.REFUSED),
        (InvalidInput("our secret"), InstallStep.REFUSED),
        (TransientError("down"), InstallStep.TROUBLE),
    ],
)
async def test_a_code_that_slack_does_not_take_stores_nothing(
    desk: Desk, trouble: Exception, step: InstallStep
) -> None:
    desk.slack.trouble.append(trouble)
    page = await desk.install()
    assert (page.step, page.sentence) == (step, str(trouble))
    assert await desk.office.tenants.find(NEW) is None


async def test_an_org_wide_install_is_refused_and_given_back(desk: Desk) -> None:
    for allowed in ({"org_wide": True}, {"team_id": None}):
        page = await desk.install(**allowed)
        assert page.step is InstallStep.ORG_WIDE
    assert set(desk.slack.tokens.values()) == {"revoked"}
    desk.slack.trouble = []
    assert len(await desk.office.tenants.list_all()) == 1


async def test_without_the_scopes_it_lives_on_nothing_is_stored(desk: Desk) -> None:
    rest = [scope for scope in BOT_SCOPES if scope != "chat:write"]
    page = await desk.install(scopes=rest)
    assert (page.step, page.detail) == (InstallStep.TOO_LITTLE, ("chat:write",))
    assert desk.slack.tokens == {"xoxb-1": "revoked"}
    assert await desk.office.tenants.find(NEW) is None
    # In a workspace that has us it may be the token it works with: that one stays.
    await desk.install(team_id=TEAM.team_id, scopes=rest)
    assert desk.slack.tokens["xoxb-2"] == "live"


async def test_a_scope_that_is_left_out_is_told_and_one_that_is_not_named_is_granted(
    desk: Desk,
) -> None:
    page = await desk.install(scopes=[s for s in BOT_SCOPES if s != "reactions:read"])
    assert (page.step.installed, page.detail) == (True, ("reactions:read",))
    page = await desk.install(scopes=())
    assert (page.step.installed, page.detail) == (True, ())


async def test_a_link_for_one_workspace_takes_no_other(desk: Desk) -> None:
    begun = await desk.begin(TEAM.team_id)
    assert f"team={TEAM.team_id}" in begun.page.url
    page = await desk.service.finish(desk.returned(begun))
    assert page.step is InstallStep.OTHER_WORKSPACE
    assert await desk.office.tenants.find(NEW) is None
    again = await desk.begin(TEAM.team_id)
    page = await desk.service.finish(desk.returned(again, team_id=TEAM.team_id))
    assert page.step is InstallStep.AGAIN


async def test_who_cannot_be_looked_up_is_no_admin(desk: Desk) -> None:
    desk.office.chat.trouble.append(TransientError("down"))
    assert (await desk.install()).step is InstallStep.ADMIN_WANTED
    await desk.opens_home("U0ADA")
    assert [m.role for m in await desk.members()] == ["admin"]


async def test_without_the_apps_credentials_it_says_so(desk: Desk) -> None:
    bare = replace(desk.service, gateway=None)
    page = await bare.begin()
    assert isinstance(page, InstallPage)
    assert page.step is InstallStep.NOT_SET_UP
    returned = Returned(state="install.x", code="c", error="", cookies={})
    assert (await bare.finish(returned)).step is InstallStep.NOT_SET_UP


async def test_a_token_that_ends_is_kept_with_what_renews_it(desk: Desk) -> None:
    desk.slack.lasts = timedelta(hours=12)
    await desk.install()
    tenant = await desk.tenant()
    assert tenant.bot_grant is not None
    assert b"xoxe-1" not in tenant.bot_grant
    workspace = await desk.office.tenants.workspace_of_team(NEW)
    assert workspace.token_ends_at == desk.office.clock.now() + timedelta(hours=12)
    # What a start brings in the environment doesn't push it out.
    new = replace(TEAM, team_id=NEW)
    await desk.office.tenants.ensure_from_slack(new, "xoxb-of-the-environment")
    assert (await desk.office.tenants.workspace_of_team(NEW)).bot_token == "xoxb-1"


async def test_unknown_workspaces_stay_unknown(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.office.tenants.workspace_of_team(NEW)
    assert await desk.office.tenants.admin_is_wanted(NEW) is None
