"""Tokens that end: renewed once however many ask, never lost between Slack's answer and our commit,
and a workspace whose token is refused is paused."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from db import jobs, tenants
from db.models.tenants import Tenant
from db.session import Database
from services.audit import AuditService
from services.errors import Forbidden, NotFound, TransientError
from services.tenants import TenantService
from services.types.installs import GivenInstall, InstallStep
from services.workspace_tokens import LEASE, MARGIN, WorkspaceTokens
from tests.fakes.chat import TEAM
from tests.fakes.clock import UuidIds
from tests.fakes.installs import FakeInstall
from tests.integration.slack.conftest import Office
from tests.shared import VAULT

HALF_A_DAY = timedelta(hours=12)


@dataclass
class Keys:
    office: Office
    slack: FakeInstall
    tokens: WorkspaceTokens

    def elsewhere(self, database: Database | None = None) -> WorkspaceTokens:
        """Another process: nothing shared but the database and Slack."""
        return replace(self.tokens, db=database or self.office.db, _turns={})

    async def of(self) -> str:
        return await self.tokens.of(self.office.tenant_id)

    async def instead(self, refused: str, code: str = "token_expired") -> str | None:
        return await self.tokens.instead(self.office.tenant_id, refused, code)

    async def row(self) -> Tenant:
        async with self.office.db.read(self.office.tenant_id) as tx:
            return (await tx.session.execute(select(Tenant))).scalar_one()

    async def install(self) -> str:
        """With a grant that ends; returns its token."""
        given = GivenInstall(
            team_id=TEAM.team_id,
            team_name=TEAM.name,
            bot_user_id=TEAM.bot_user_id,
            installer_id="",
            app_id="A1",
            scopes=frozenset(),
            org_wide=False,
            grant=self.slack.grant(),
        )
        at = self.office.clock.now()
        step = await self.office.tenants.install(given, TEAM.team_id, None, at=at)
        assert step is InstallStep.AGAIN
        return given.grant.token

    def refreshed(self) -> list[str]:
        return [call for call in self.slack.asked if call.startswith("refresh")]


@pytest.fixture
async def keys(office: Office) -> Keys:
    slack = FakeInstall(clock=office.clock, lasts=HALF_A_DAY)
    ids = UuidIds()
    office.tenants = TenantService(
        db=office.db, clock=office.clock, ids=ids, vault=office.tenants.vault
    )
    tokens = WorkspaceTokens(
        db=office.db,
        clock=office.clock,
        ids=ids,
        vault=office.tenants.vault,
        audit=AuditService(office.db, office.clock, ids, VAULT),
        gateway=slack,
    )
    return Keys(office=office, slack=slack, tokens=tokens)


async def test_a_token_that_never_ends_is_used_as_it_is(keys: Keys) -> None:
    keys.office.clock.move(timedelta(days=400))
    assert await keys.of() == "xoxb-1"
    assert keys.slack.asked == []


async def test_it_is_renewed_shortly_before_its_end_and_not_earlier(keys: Keys) -> None:
    first = await keys.install()
    keys.office.clock.move(HALF_A_DAY - MARGIN - timedelta(seconds=1))
    assert await keys.of() == first
    keys.office.clock.move(timedelta(seconds=1))
    second = await keys.of()
    assert second != first
    assert await keys.of() == second
    assert len(keys.refreshed()) == 1
    workspace = await keys.office.tenants.workspace(keys.office.tenant_id)
    assert workspace.bot_token == second
    assert workspace.token_ends_at == keys.office.clock.now() + HALF_A_DAY


async def test_many_who_ask_at_once_renew_it_once(keys: Keys) -> None:
    await keys.install()
    keys.office.clock.move(HALF_A_DAY)
    keys.slack.slow = 0.02
    found = await asyncio.gather(*(keys.of() for _ in range(8)))
    assert len(set(found)) == 1
    assert len(keys.refreshed()) == 1


async def test_processes_that_ask_at_once_renew_it_once(keys: Keys, runtime_url: str) -> None:
    first = await keys.install()
    keys.office.clock.move(HALF_A_DAY - timedelta(minutes=1))
    keys.slack.slow = 0.05
    others = [Database(runtime_url, pool_size=2) for _ in range(3)]
    try:
        found = await asyncio.gather(
            keys.of(),
            *(keys.elsewhere(one).of(keys.office.tenant_id) for one in others),
        )
    finally:
        for one in others:
            await one.close()
    assert len(keys.refreshed()) == 1
    # Whoever didn't get to renew it goes on with the old one, which is still good.
    assert set(found) <= {first, await keys.of()}


async def test_where_it_has_ended_the_others_wait_for_the_one_who_renews(keys: Keys) -> None:
    first = await keys.install()
    keys.office.clock.move(HALF_A_DAY)
    keys.slack.slow = 0.05
    one, other = await asyncio.gather(
        keys.of(),
        keys.elsewhere().instead(keys.office.tenant_id, first, "token_expired"),
        return_exceptions=True,
    )
    assert len(keys.refreshed()) == 1
    assert {type(one), type(other)} <= {str, TransientError}
    assert await keys.instead(first) == await keys.of() != first


async def test_a_refused_token_is_replaced_by_the_one_that_came_meanwhile(keys: Keys) -> None:
    first = await keys.install()
    second = await keys.install()
    assert await keys.instead(first, "invalid_auth") == second
    assert keys.refreshed() == []


async def test_a_token_that_ended_unseen_is_renewed_when_slack_says_so(keys: Keys) -> None:
    """Its end wasn't known, or the clocks differ."""
    first = await keys.install()
    second = await keys.instead(first)
    assert second not in {None, first}
    assert (await keys.row()).paused_at is None


async def test_slack_that_is_down_costs_nothing_while_the_token_is_good(keys: Keys) -> None:
    first = await keys.install()
    keys.office.clock.move(HALF_A_DAY - timedelta(minutes=5))
    keys.slack.trouble.append(TransientError("down"))
    assert await keys.of() == first
    keys.office.clock.move(timedelta(minutes=5))
    keys.slack.trouble.append(TransientError("down"))
    with pytest.raises(TransientError):
        await keys.of()
    assert await keys.of() != first


async def test_a_crash_between_the_answer_and_the_commit_loses_nothing(keys: Keys) -> None:
    """Slack has renewed it, we died: the token before it is still there, its refresh token too,
    which works until what it gave has been used."""
    first = await keys.install()
    keys.office.clock.move(HALF_A_DAY - timedelta(minutes=5))
    refresh = "xoxe-" + first.removeprefix("xoxb-")
    dead, now = keys.office.ids.new(), keys.office.clock.now()
    async with keys.office.db.transaction(keys.office.tenant_id) as tx:
        assert await tenants.claim_token_lease(tx, lease=dead, now=now, until=now + LEASE)
    await keys.slack.refresh(refresh)
    # Whoever comes next finds the dead one's lease, and a token that is still good.
    assert await keys.of() == first
    keys.office.clock.move(LEASE)
    keys.slack.refreshes[refresh] = "live"
    second = await keys.of()
    assert second != first
    assert (await keys.row()).paused_at is None


async def test_a_new_token_that_never_worked_is_renewed_from_the_one_before(keys: Keys) -> None:
    first = await keys.install()
    keys.office.clock.move(HALF_A_DAY)
    second = await keys.of()
    keys.slack.refreshes["xoxe-" + second.removeprefix("xoxb-")] = "lost"
    keys.slack.refreshes["xoxe-" + first.removeprefix("xoxb-")] = "live"
    third = await keys.instead(second)
    assert third not in {None, first, second}


async def test_a_reinstall_while_it_is_renewed_counts(keys: Keys) -> None:
    await keys.install()
    keys.office.clock.move(HALF_A_DAY)
    real = keys.slack.refresh
    newest: list[str] = []

    async def overtaken(token: str) -> object:
        fresh = await real(token)
        newest.append(await keys.install())
        return fresh

    keys.slack.refresh = overtaken  # type: ignore[method-assign,assignment]
    assert await keys.of() == newest[0]
    workspace = await keys.office.tenants.workspace(keys.office.tenant_id)
    assert workspace.bot_token == newest[0]


@pytest.mark.parametrize("code", ["invalid_auth", "account_inactive", "token_revoked"])
async def test_a_token_that_is_refused_pauses_the_workspace_once(keys: Keys, code: str) -> None:
    assert await asyncio.gather(*(keys.instead("xoxb-1", code) for _ in range(4))) == [None] * 4
    row = await keys.row()
    assert row.paused_at == keys.office.clock.now()
    assert row.paused_why == f"Slack no longer accepts the token ({code})"
    async with keys.office.db.read(keys.office.tenant_id) as tx:
        assert len(await jobs.live_payloads(tx, "workspace.paused")) == 1
        told = text("select count(*) from audit_entries where verb = 'workspace.paused'")
        assert (await tx.session.execute(told)).scalar_one() == 1
    for ask in (keys.of(), keys.office.tenants.workspace(keys.office.tenant_id)):
        with pytest.raises(NotFound, match="taken back"):
            await ask


async def test_what_cannot_be_renewed_pauses_when_it_has_ended(keys: Keys) -> None:
    first = await keys.install()
    keys.slack.refreshes = dict.fromkeys(keys.slack.refreshes, "revoked")
    keys.office.clock.move(HALF_A_DAY - timedelta(minutes=1))
    assert await keys.of() == first
    assert (await keys.row()).paused_at is None
    keys.office.clock.move(timedelta(minutes=1))
    with pytest.raises(Forbidden):
        await keys.of()
    assert (await keys.row()).paused_why == "Slack no longer accepts the token (token_expired)"


async def test_another_workspace_is_not_touched(keys: Keys) -> None:
    other = await keys.office.tenants.ensure_from_slack(
        replace(TEAM, team_id="T0OTHER"), "xoxb-other"
    )
    await keys.instead("xoxb-1", "token_revoked")
    assert await keys.tokens.of(other) == "xoxb-other"


@pytest.mark.parametrize("how", ["install", "environment", "the same again"])
async def test_a_token_that_works_lets_it_go_on(keys: Keys, how: str) -> None:
    await keys.instead("xoxb-1", "invalid_auth")
    if how == "install":
        await keys.install()
    else:
        token = "xoxb-new" if how == "environment" else "xoxb-1"
        await keys.office.tenants.ensure_from_slack(TEAM, token)
    row = await keys.row()
    assert (row.paused_at, row.paused_why) == (None, None)
    assert await keys.of()


async def test_without_credentials_a_token_that_ended_waits_for_them(keys: Keys) -> None:
    await keys.install()
    keys.office.clock.move(HALF_A_DAY)
    bare = replace(keys.tokens, gateway=None)
    with pytest.raises(TransientError, match="SLACK_CLIENT_ID"):
        await bare.of(keys.office.tenant_id)
    assert (await keys.row()).paused_at is None
