"""What is missing for approvals is said with what to do, and nothing where all is well."""

from typing import Any
from uuid import uuid4

from bot.doctor.approvals import Ways, people_lines, ways_lines
from db.models.tenants import Member
from services.approval_rules import DEFAULT_TEXT, parse_rules

RULES = parse_rules(DEFAULT_TEXT, version=1)
TEXTING = parse_rules(
    """
rules:
  - type: discount
    bands:
      - {from: 0, approver: cfo}
    escalate: [admin]
urgent: {second_person: vp_sales, sms: true}
""",
    version=2,
)
TITLES = ["sales_manager", "vp_sales", "support_manager", "customer_success_director", "cfo"]
ALL = Ways(mail=True, links=True, sign_in=True, texts=True)


def member(name: str, role: str = "rep", **fields: Any) -> Member:
    values = {"titles": [], "active": True, "manager_id": uuid4(), "phone": None} | fields
    return Member(id=uuid4(), name=name, role=role, **values)


BOSS = member("Boss", "manager", titles=TITLES, manager_id=None, phone="+4520123456")
ADA = member("Ada", "admin", manager_id=None)


def test_a_whole_house_has_no_lines() -> None:
    people = [BOSS, ADA, member("Rita")]
    assert list(people_lines(RULES, people)) == []
    assert list(ways_lines(RULES, people, ALL)) == []


def test_titles_that_nobody_holds_are_named() -> None:
    boss = member("Boss", "manager", titles=TITLES[:3])
    lines = list(people_lines(RULES, [boss, ADA]))
    assert [serious for serious, _ in lines] == [False, False]
    assert "the rules name the CFO and nobody is one" in lines[0][1]
    assert "titles: customer_success_director" in lines[1][1]
    (only,) = people_lines(TEXTING, [member("C", "executive", titles=["cfo"]), ADA])
    assert "a VP of sales" in only[1]


def test_without_an_admin_something_is_wrong() -> None:
    ((serious, line),) = people_lines(RULES, [BOSS])
    assert serious
    assert "no active admin" in line


def test_reps_without_a_manager_are_named_where_a_rule_asks_managers() -> None:
    alone = [member(f"Rep {n}", manager_id=None) for n in range(7)]
    ((serious, line),) = people_lines(RULES, [BOSS, ADA, *alone])
    assert not serious
    assert "of Rep 0, Rep 1, Rep 2, Rep 3, Rep 4 and 2 more" in line
    assert list(people_lines(TEXTING, [BOSS, ADA, *alone])) == []


def test_each_closed_way_says_what_opens_it() -> None:
    shut = {"mail": False, "links": False, "sign_in": False, "texts": False}
    told = []
    for way in ("mail", "links", "sign_in"):
        ((serious, line),) = ways_lines(RULES, [BOSS], Ways(**shut))
        assert not serious
        told.append(line)
        shut[way] = True
    assert ["SMTP_URL" in told[0], "PUBLIC_URL" in told[1], "SLACK_CLIENT_ID" in told[2]] == [
        True
    ] * 3
    assert list(ways_lines(RULES, [BOSS], Ways(**shut))) == []
    ((_, gateway),) = ways_lines(TEXTING, [BOSS], Ways(**shut))
    assert "SMS_GATEWAY_URL" in gateway
    ((_, phones),) = ways_lines(TEXTING, [ADA], ALL)
    assert "no member has a phone" in phones
