"""Installs and uninstalls (attack 4): a reinstall raises nobody, old news drops no token, and only
the team's own members are ever bound."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from db import jobs
from db.models.records import InboundEvent
from db.models.tenants import Member, Tenant
from handlers.events import Events
from handlers.middleware import Actors
from services.cards import touch
from services.errors import Forbidden, NotFound
from services.grants import DISCONNECTED
from services.ports import ChatTeam
from tests.fakes.chat import TEAM
from tests.fakes.verbs import Book
from tests.integration.slack.card_rig import found_again
from tests.integration.slack.conftest import Office, make_person

OTHER = ChatTeam(team_id="T0OTHER", name="Other", bot_user_id="U9")


def system(kind: str, at: datetime, event_id: str = "Ev1", **event: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": event.pop("team", TEAM.team_id),
        "event_id": event_id,
        "event_time": int(at.timestamp()),
        "event": {"type": kind, **event},
    }


def edge(office: Office) -> Events:
    """The real inbox and tenants behind the edge; nothing else is asked."""

    verbs = replace(Book().verbs(), inbound=office.inbound, workspaces=office.tenants)
    return Events(verbs=verbs, actors=Actors(office.members, office.clock), chats=office.chat)


async def row(office: Office) -> Tenant:
    async with office.db.read(office.tenant_id) as tx:
        return (await tx.session.execute(select(Tenant))).scalar_one()


async def verbs_of(office: Office) -> list[str]:
    async with office.db.read(office.tenant_id) as tx:
        found = await tx.session.execute(text("select verb from audit_entries order by position"))
        return list(found.scalars())


async def roles(office: Office) -> set[tuple[str, str]]:
    async with office.db.read(office.tenant_id) as tx:
        found = await tx.session.execute(select(Member.email, Member.role))
        return {(email, role) for email, role in found}


async def test_a_rep_who_reinstalls_gains_nothing(office: Office) -> None:
    """Slack lets any member install an app; the token changes, and that is all."""
    before, first = await roles(office), await row(office)
    person = make_person("U0MAYA", "maya@brightdesk.example", is_admin=True)
    office.chat.people["U0MAYA"] = person
    office.clock.move(timedelta(hours=1))
    assert await office.tenants.ensure_from_slack(TEAM, "xoxb-by-maya") == office.tenant_id
    assert await roles(office) == before
    assert (await office.members.identify(TEAM.team_id, "U0MAYA")).role == "rep"
    after = await row(office)
    assert (await office.tenants.workspace(office.tenant_id)).bot_token == "xoxb-by-maya"
    assert first.installed_at is not None
    assert after.installed_at == first.installed_at + timedelta(hours=1)
    assert await verbs_of(office) == ["workspace.connected"] * 2


async def test_a_restart_with_the_same_token_is_no_install(office: Office) -> None:
    first = await row(office)
    office.clock.move(timedelta(hours=1))
    await office.tenants.ensure_from_slack(TEAM, "xoxb-1")
    assert (await row(office)).installed_at == first.installed_at


@pytest.mark.parametrize(
    "event",
    [{"kind": "app_uninstalled"}, {"kind": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}],
)
async def test_a_late_uninstall_leaves_the_new_token(office: Office, event: dict[str, Any]) -> None:
    removed = office.clock.now()
    office.clock.move(timedelta(minutes=5))
    await office.tenants.ensure_from_slack(TEAM, "xoxb-2")
    kind = event["kind"]
    rest = {name: value for name, value in event.items() if name != "kind"}
    await edge(office).accept(system(kind, removed + timedelta(seconds=1), **rest))
    assert (await office.tenants.workspace(office.tenant_id)).bot_token == "xoxb-2"
    assert (await verbs_of(office))[-1] == "workspace.disconnect_ignored"


@pytest.mark.parametrize(
    "event",
    [{"kind": "app_uninstalled"}, {"kind": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}],
)
async def test_a_current_one_drops_the_token_once_and_says_so(
    office: Office, event: dict[str, Any]
) -> None:
    office.clock.move(timedelta(minutes=5))
    kind = event["kind"]
    rest = {name: value for name, value in event.items() if name != "kind"}
    body = system(kind, office.clock.now(), **rest)
    for _ in range(3):
        await edge(office).accept(body)
    with pytest.raises(NotFound, match="taken back"):
        await office.tenants.workspace(office.tenant_id)
    assert (await verbs_of(office)).count("workspace.disconnected") == 1
    # The workspace comes back with another token, its members with it.
    office.clock.move(timedelta(minutes=5))
    assert await office.tenants.ensure_from_slack(TEAM, "xoxb-3") == office.tenant_id
    await edge(office).accept(body)
    assert (await office.tenants.workspace(office.tenant_id)).bot_token == "xoxb-3"


async def test_an_uninstall_that_a_dead_process_left_is_finished(office: Office) -> None:
    """From the stored body, by the job that the sweep queued."""
    office.clock.move(timedelta(minutes=5))
    body = system("app_uninstalled", office.clock.now())
    key = {"scope": TEAM.team_id, "source": "slack", "external_id": "Ev1"}
    assert await office.inbound.receive(office.tenant_id, **key, body=body)
    office.clock.move(timedelta(minutes=1))

    async def act(stored: Mapping[str, Any]) -> None:
        await edge(office).again(office.tenant_id, stored)

    async with office.db.read(office.tenant_id) as tx:
        event = (await tx.session.execute(select(InboundEvent))).scalar_one()
    await office.inbound.finish(office.tenant_id, event.id, act)
    with pytest.raises(NotFound):
        await office.tenants.workspace(office.tenant_id)


@pytest.mark.parametrize("tokens", [{"oauth": ["U0MAYA"]}, {"oauth": ["U0MAYA"], "bot": []}, {}])
async def test_revoked_user_tokens_are_none_of_ours(
    office: Office, tokens: dict[str, list[str]]
) -> None:
    await edge(office).accept(system("tokens_revoked", office.clock.now(), tokens=tokens))
    assert (await office.tenants.workspace(office.tenant_id)).bot_token == "xoxb-1"


async def test_another_workspaces_uninstall_is_its_own(office: Office) -> None:
    other = await office.tenants.ensure_from_slack(OTHER, "xoxb-9")
    office.clock.move(timedelta(minutes=5))
    await edge(office).accept(system("app_uninstalled", office.clock.now(), team="T0OTHER"))
    await edge(office).accept(system("app_uninstalled", office.clock.now(), "E2", team="T0NONE"))
    assert (await office.tenants.workspace(office.tenant_id)).bot_token == "xoxb-1"
    with pytest.raises(NotFound):
        await office.tenants.workspace(other)


async def test_an_event_without_a_time_drops_nothing(office: Office) -> None:
    body = system("app_uninstalled", datetime(1970, 1, 1, tzinfo=UTC))
    del body["event_time"]
    await edge(office).accept(body)
    assert (await office.tenants.workspace(office.tenant_id)).bot_token == "xoxb-1"


@pytest.mark.parametrize(
    "changes", [{"is_outsider": True}, {"team_id": "T0OTHER"}, {"is_outsider": True, "team_id": ""}]
)
async def test_whoever_carries_the_vps_address_is_not_the_vp(
    office: Office, changes: dict[str, Any]
) -> None:
    async with office.db.transaction(office.tenant_id) as tx:
        await tx.session.execute(
            text("update members set role = 'manager', titles = '[\"vp_sales\"]' where id = :id"),
            {"id": office.priya},
        )
    office.chat.people["U0X"] = make_person("U0X", "priya@brightdesk.example", **changes)
    actors = Actors(office.members, office.clock)
    with pytest.raises(Forbidden):
        await actors.find(TEAM.team_id, "U0X")
    async with office.db.read(office.tenant_id) as tx:
        bound = await tx.session.execute(select(Member.slack_user_id))
        assert set(bound.scalars()) == {None}
    # The real one isn't kept out by the attempt.
    assert (await actors.find(TEAM.team_id, "U0PRIYA")).member_id == office.priya


async def test_cards_that_found_no_workspace_come_when_it_is_back(office: Office) -> None:
    """The token went and came back; what people were to see meanwhile is shown then."""
    subject = UUID(int=0xA1)
    async with office.db.transaction(office.tenant_id) as tx:
        (card_id,) = await touch(
            tx, "mail", subject, [office.maya], clock=office.clock, ids=office.ids
        )
        await touch(tx, "mail", UUID(int=0xA2), [office.maya], clock=office.clock, ids=office.ids)
    work = await office.cards.claim(office.tenant_id, card_id)
    assert work is not None
    await office.cards.settle(work, None, failure=DISCONNECTED)
    async with office.db.transaction(office.tenant_id) as tx:
        await tx.session.execute(text("delete from jobs.pgqueuer"))
        await tx.session.execute(
            text("update cards set delivered_rev = wanted_rev where subject_id = :id"),
            {"id": UUID(int=0xA2)},
        )
    assert await found_again(office) == []
    await office.tenants.ensure_from_slack(TEAM, "xoxb-1")
    assert await found_again(office) == []
    await office.tenants.ensure_from_slack(TEAM, "xoxb-2")
    async with office.db.read(office.tenant_id) as reading:
        (waiting,) = await jobs.live_payloads(reading, "card.deliver")
    assert waiting["card_id"] == str(card_id)
