"""Two workspaces side by side, installed by OAuth: neither sees anything of the other, and what
Slack takes from one leaves the other as it is."""

import base64
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest

from tests.e2e.installing import install
from tests.e2e.people import Person, person, words
from tests.e2e.rig import Rig, rig
from tests.e2e.two_workspaces import BRIGHT, CARLA, CUSTOMER, FELIX, HARBOR, MAYA, SAM, set_up

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def office() -> Iterator[Rig]:
    with rig(start=False, SLACK_BOT_TOKEN="") as made:
        made.start_bot()
        yield made


@pytest.fixture(scope="module")
def people(office: Rig) -> tuple[Person, Person]:
    """Maya of the one, Felix of the other, both workspaces installed and set up."""
    office.post("/control/slack/oauth", {"rotation": True})
    assert "Harborline is connected" in install(office, HARBOR, CARLA).text
    assert "Brightpath is connected" in install(office, BRIGHT, SAM).text
    set_up(office)
    maya = person(office, MAYA, "maya@brightpath.example")
    return maya, person(office, FELIX, "felix@harborline.example")


def tenants(office: Rig) -> dict[str, str]:
    return {r["team_id"]: r["tenant_id"] for r in office.db.fetch("select * from tenants")}


def test_each_workspace_has_its_own_admin_and_nobody_elses(
    office: Rig, people: tuple[Person, Person]
) -> None:
    assert people
    rows = office.db.fetch("select tenant_id, email, role from members order by email")
    mine = tenants(office)
    assert [(r["email"], r["role"], r["tenant_id"]) for r in rows] == [
        ("carla@harborline.example", "admin", mine[HARBOR]),
        ("felix@harborline.example", "rep", mine[HARBOR]),
        ("maya@brightpath.example", "rep", mine[BRIGHT]),
        ("sam@brightpath.example", "admin", mine[BRIGHT]),
    ]


def test_one_customer_of_both_is_two_accounts_cards_and_conversations(
    office: Rig, people: tuple[Person, Person]
) -> None:
    maya, felix = people
    office.write(CUSTOMER, maya.email, "Trailer rates", "Could you send me the rates for trailers?")
    office.write(CUSTOMER, felix.email, "Berth slots", "Could you send me the free berth slots?")
    assert "Meridian" in words(maya.card("Trailer rates"))
    assert "Meridian Freight" in words(felix.card("Berth slots"))
    assert not maya.cards("Berth slots")
    assert not felix.cards("Trailer rates")
    for one, mine, other in ((maya, "for trailers", "berth"), (felix, "free berth", "trailers")):
        said = words(one.use("inbox")["response"])
        assert mine in said
        assert other not in said


def test_home_and_answers_know_their_own_workspace_only(
    office: Rig, people: tuple[Person, Person]
) -> None:
    maya, felix = people
    for one in people:
        one.open_home()
        office.until(one.home, 20, f"Home of {one.email}")
    assert "Tidewater" in words(maya.home())
    assert "Tidewater" not in words(felix.home())
    assert "Ports" in words(maya.use("brief Tidewater Secret Project")["response"])
    assert "Ports" not in words(felix.use("brief Tidewater Secret Project")["response"])
    # A click that names the other's things is a click on nothing.
    card = felix.card("Berth slots")
    mine = tenants(office)[BRIGHT]
    foreign = office.db.value("select id::text from actions where tenant_id = $1", mine)
    felix.press(card, "draft.why")
    felix.replay(felix.last_click(), "draft.why", {"id": foreign, "rev": 1})
    assert not any("Trailer" in words(view) for view in felix.modals())


def test_no_row_of_one_names_a_row_of_the_other(office: Rig, people: tuple[Person, Person]) -> None:
    assert people
    crossing = office.db.fetch(
        "select c.id from cards c join members m on m.id = c.recipient_id "
        "where m.tenant_id <> c.tenant_id"
    )
    assert crossing == []
    both = office.db.fetch("select tenant_id, count(*) n from messages group by 1")
    assert min(row["n"] for row in both) >= 1
    assert len(both) == 2


def test_one_taken_back_waits_and_tells_its_admin_and_the_other_goes_on(
    office: Rig, people: tuple[Person, Person]
) -> None:
    maya, felix = people
    office.post("/control/slack/tokens", {"team": HARBOR, "state": "uninstalled"})
    office.until(
        lambda: office.db.value("select paused_at from tenants where team_id = $1", HARBOR),
        20,
        "Harborline is paused",
    )
    office.write(CUSTOMER, felix.email, "While away", "Could you send me the tariff?")
    office.write(CUSTOMER, maya.email, "Still here", "Could you send me the tariff?")
    maya.card("Still here")
    (mail,) = office.until(
        lambda: office.sent("understudy@harborline.example", "disconnected from Harborline"),
        20,
        "its admin is written to",
    )
    parsed = message_from_bytes(base64.b64decode(mail["raw"]), policy=default)
    assert parsed["To"].endswith("<carla@harborline.example>")
    body = parsed.get_body(("plain",))
    assert body is not None
    found = re.search(r"/slack/install\?team=T0HARBRLN", body.get_content())
    assert found
    office.until(
        lambda: office.db.value("select 1 from messages where subject = 'While away'"),
        20,
        "its mail is still read",
    )
    doctor = office.run("doctor")
    assert "T0HARBRLN: paused since" in doctor.stdout
    assert "T0BRGHTPTH: Slack answers for Brightpath" in doctor.stdout
    # Whoever connects it again gains nothing by it, and what waited is shown.
    page = install(office, HARBOR, FELIX, found[0])
    assert "Harborline is connected again" in page.text
    felix.card("While away")
    roles = office.db.fetch("select email, role from members where email like '%harborline%'")
    assert {(r["email"], r["role"]) for r in roles} == {
        ("carla@harborline.example", "admin"),
        ("felix@harborline.example", "rep"),
    }
    assert office.db.value("select paused_at from tenants where team_id = $1", HARBOR) is None
