"""Connecting by consent: once, by the right person, in the right browser, or not at all."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from db.models.mailboxes import ConnectAttempt, FirstReading, Mailbox
from db.session import Database
from services.errors import TransientError
from services.mailbox_connect import BegunAtGoogle
from services.types.mailbox_connect import ConnectPage, ConnectState
from tests.fakes.mail import FakeMailboxes, credentials
from tests.integration.services.office import NOW, Office


@pytest.fixture
async def office(database: Database) -> Office:
    office = await Office(database, FakeMailboxes()).open()
    office.world.add("ana@sell.test")
    return office


async def begin(
    office: Office, who: str = "ana", *, purpose: str = "own", browser: str | None = None
) -> BegunAtGoogle:
    url = office.facts().links.url(office.tenant, office.made[who], purpose)
    begun = await office.connecting().begin(token(url), browser)
    assert isinstance(begun, BegunAtGoogle), begun
    return begun


def token(url: str) -> str:
    return parse_qs(urlsplit(url).query)["link"][0]


def state(begun: BegunAtGoogle) -> str:
    return parse_qs(urlsplit(begun.url).query)["state"][0]


async def finish(office: Office, begun: BegunAtGoogle, **changes: str | None) -> ConnectPage:
    given = {"state": state(begun), "code": "", "error": "", "browser": begun.browser} | changes
    return await office.connecting().finish(**given)


async def test_a_rep_connects_and_the_past_is_to_be_read(office: Office) -> None:
    begun = await begin(office)
    query = parse_qs(urlsplit(begun.url).query)
    assert query["login_hint"] == ["ana@sell.test"]
    (attempt,) = await office.all(ConnectAttempt)
    sent = state(begun).encode()
    assert attempt.state_hash not in sent
    assert b"ana" not in attempt.verifier
    page = await finish(office, begun, code=office.consent.allow(begun.url, "ana@sell.test"))
    assert page.state is ConnectState.CONNECTED
    assert await office.all(ConnectAttempt) == []
    (box,) = await office.all(Mailbox)
    assert (box.address, box.member_id, box.via) == (
        "ana@sell.test",
        office.made["ana"],
        "consent",
    )
    assert (box.status, box.connected_at, box.connected_by) == ("connected", NOW, None)
    assert b"refresh" not in (box.credentials or b"")
    (reading,) = await office.all(FirstReading)
    assert (reading.status, reading.member_id) == ("reading", office.made["ana"])
    assert await office.jobs("mailbox.sync")
    assert await office.jobs("mailbox.watch")
    assert await office.verbs() == ["mailbox.connected"]


async def test_eight_returns_at_once_connect_once(office: Office) -> None:
    begun = await begin(office)
    code = office.consent.allow(begun.url, "ana@sell.test")
    pages = await asyncio.gather(*(finish(office, begun, code=code) for _ in range(8)))
    states = sorted(page.state for page in pages)
    assert states == [ConnectState.CONNECTED] + [ConnectState.UNKNOWN] * 7
    assert office.consent.exchanges == 1
    assert len(await office.all(Mailbox)) == 1
    assert await office.verbs() == ["mailbox.connected"]


async def nothing(office: Office) -> bool:
    return not await office.all(Mailbox) and not await office.verbs()


async def test_whoever_tampers_is_shown_the_door_and_the_true_one_may_still_come(
    office: Office,
) -> None:
    begun = await begin(office)
    other = await begin(office, "ben")
    code = office.consent.allow(begun.url, "ana@sell.test")
    sent = state(begun)
    for wrong in (sent[:-2] + "xx", "x" + sent, "", sent + ".x", state(begun).swapcase()):
        page = await finish(office, begun, state=wrong, code=code)
        assert page.state is ConnectState.UNKNOWN
    # Another browser, one without the cookie, one with a forged one.
    for browser in (other.browser, None, "x", begun.browser[:-1]):
        page = await finish(office, begun, code=code, browser=browser)
        assert page.state is ConnectState.UNKNOWN
        assert page.again is None
    assert await nothing(office)
    assert (await finish(office, begun, code=code)).state is ConnectState.CONNECTED


async def test_a_link_is_good_for_an_hour_and_for_members_only(office: Office) -> None:
    url = office.facts().links.url(office.tenant, office.made["ana"], "own")
    office.clock.move(minutes=59)
    assert isinstance(await office.connecting().begin(token(url), None), BegunAtGoogle)
    office.clock.move(minutes=1)
    page = await office.connecting().begin(token(url), None)
    assert page.state is ConnectState.EXPIRED
    for wrong in ("", "x", token(url)[:-1]):
        page = await office.connecting().begin(wrong, None)
        assert page.state is ConnectState.UNKNOWN
    fresh = office.facts().links.url(office.tenant, office.made["ana"], "own")
    await office.run("update members set active = false")
    page = await office.connecting().begin(token(fresh), None)
    assert page.state is ConnectState.NOT_YOURS
    bare = replace(office.connecting(), consent=None)
    assert (await bare.begin(token(fresh), None)).state is ConnectState.NOT_SET_UP


async def test_an_attempt_is_over_after_ten_minutes(office: Office) -> None:
    begun = await begin(office)
    code = office.consent.allow(begun.url, "ana@sell.test")
    office.clock.move(minutes=10)
    assert (await finish(office, begun, code=code)).state is ConnectState.UNKNOWN
    assert await nothing(office)


async def test_two_tabs_are_one_browser(office: Office) -> None:
    first = await begin(office)
    second = await begin(office, browser=first.browser)
    code = office.consent.allow(first.url, "ana@sell.test")
    page = await finish(office, first, code=code, browser=second.browser)
    assert page.state is ConnectState.CONNECTED


REFUSALS = {
    "said no": ({"error": "access_denied"}, ConnectState.DENIED),
    "another error": ({"error": "server_error"}, ConnectState.TROUBLE),
    "no code": ({}, ConnectState.TROUBLE),
    "made-up code": ({"code": "x"}, ConnectState.TROUBLE),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_a_refusal_has_its_page_and_stores_nothing(office: Office, case: str) -> None:
    changes, expected = REFUSALS[case]
    begun = await begin(office)
    page = await finish(office, begun, **changes)
    assert page.state is expected
    assert page.again is not None
    assert "Nothing was stored." in page.sentences
    assert await nothing(office)
    # Whatever came of it, the state is used up.
    assert (await finish(office, begun)).state is ConnectState.UNKNOWN


async def test_what_google_gives_has_to_be_enough(office: Office) -> None:
    begun = await begin(office)
    code = office.consent.allow(begun.url, "ana@sell.test", scopes=("openid",))
    assert (await finish(office, begun, code=code)).state is ConnectState.NOT_ENOUGH
    office.consent.lasting = False
    begun = await begin(office)
    code = office.consent.allow(begun.url, "ana@sell.test")
    assert (await finish(office, begun, code=code)).state is ConnectState.NOT_ENOUGH
    office.consent.trouble = [TransientError("away")]
    begun = await begin(office)
    page = await finish(office, begun, code="x")
    assert page.state is ConnectState.TROUBLE
    office.world.mailboxes["ana@sell.test"].fail["profile"] = [TransientError("away")]
    office.consent.lasting = True
    begun = await begin(office)
    code = office.consent.allow(begun.url, "ana@sell.test")
    assert (await finish(office, begun, code=code)).state is ConnectState.TROUBLE
    assert await nothing(office)
    assert office.consent.revoked == []


async def test_only_the_members_own_mailbox_is_connected(office: Office) -> None:
    office.world.add("ben@sell.test")
    begun = await begin(office)
    page = await finish(office, begun, code=office.consent.allow(begun.url, "ben@sell.test"))
    assert page.state is ConnectState.NOT_YOURS
    assert "ben@sell.test" in page.sentences[0]
    assert await nothing(office)
    # Somebody who left while they were at Google.
    begun = await begin(office)
    await office.run("update members set active = false")
    page = await finish(office, begun, code=office.consent.allow(begun.url, "ana@sell.test"))
    assert page.state is ConnectState.NOT_YOURS
    assert office.consent.exchanges == 1


@pytest.mark.parametrize("purpose", ["own", "system"])
async def test_whoever_leaves_while_google_is_asked_connects_nothing(
    office: Office, purpose: str
) -> None:
    office.world.add("digests@sell.test")
    await office.set_role("ana", "admin")
    begun = await begin(office, purpose=purpose)
    change = "active = false" if purpose == "own" else "role = 'rep'"

    async def ends() -> None:
        await office.run(f"update members set {change} where email = 'ana@sell.test'")

    office.consent.meanwhile = ends
    address = "ana@sell.test" if purpose == "own" else "digests@sell.test"
    page = await finish(office, begun, code=office.consent.allow(begun.url, address))
    assert page.state is ConnectState.NOT_YOURS
    assert "Nothing was stored." in page.sentences
    assert await office.all(Mailbox) == []


async def test_a_mailbox_of_another_workspace_stays_there(office: Office) -> None:
    other = await Office(office.database, office.world).open()
    other.keys = office.keys
    await other.service().add(other.tenant, "ana@sell.test", credentials("ana@sell.test"))
    begun = await begin(office)
    page = await finish(office, begun, code=office.consent.allow(begun.url, "ana@sell.test"))
    assert page.state is ConnectState.ELSEWHERE
    assert await nothing(office)
    # A state of one workspace means nothing in another.
    assert len(await other.all(Mailbox)) == 1


async def test_the_workspaces_own_mailbox_is_an_admins_to_connect(office: Office) -> None:
    office.world.add("sales@sell.test")
    url = office.facts().links.url(office.tenant, office.made["ana"], "system")
    page = await office.connecting().begin(token(url), None)
    assert page.state is ConnectState.NOT_YOURS
    await office.set_role("ana", "admin")
    begun = await begin(office, purpose="system")
    assert parse_qs(urlsplit(begun.url).query).get("login_hint") is None
    page = await finish(office, begun, code=office.consent.allow(begun.url, "sales@sell.test"))
    assert page.state is ConnectState.CONNECTED
    (box,) = await office.all(Mailbox)
    assert (box.is_system, box.member_id) == (True, None)
    assert await office.all(FirstReading) == []
    # And a member's mailbox doesn't become the workspace's.
    await office.connect("ben")
    begun = await begin(office, purpose="system")
    page = await finish(office, begun, code=office.consent.allow(begun.url, "ben@sell.test"))
    assert page.state is ConnectState.NOT_YOURS


async def test_connecting_again_ends_the_incident_and_reads_on(office: Office) -> None:
    box, gmail = await office.connect("ana")
    cursor = (await office.mailbox(box)).history_id
    office.world.refresh_error = None
    await office.run(
        "update mailboxes set status = 'reconnect', reconnect_since = :t, reconnect_reason = 'x'",
        t=NOW - timedelta(days=2),
    )
    begun = await begin(office)
    page = await finish(office, begun, code=office.consent.allow(begun.url, "ana@sell.test"))
    assert page.state is ConnectState.CONNECTED
    row = await office.mailbox(box)
    assert (row.status, row.reconnect_since, row.reconnect_reason) == ("connected", None, None)
    assert (row.history_id, row.via) == (cursor, "consent")
    assert len(await office.all(FirstReading)) == 1
    assert ("mailbox", box) in office.touches.seen
    assert gmail.address == "ana@sell.test"
