"""The Home tab by role: in order, complete, within Slack's limits whatever stands in it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks.action_ids import ActionId, plain_id
from blocks.brief_pages import brief_modal
from blocks.home import SECTIONS, home_view
from blocks.home_modals import mail_modal, request_view_modal, sort_modal
from blocks.home_parts import pager, purse_words
from blocks.lint import view_faults
from services.types.home import NO_DEAL, HomeFilters, SinceView
from services.types.mailbox_health import MailboxState
from services.types.people import Function, Role
from services.types.setup import Step
from tests.unit.account_view_factory import make_account_view
from tests.unit.approval_view_factory import make_approval_card, make_queue, make_queue_item
from tests.unit.blocks.test_mailbox_surfaces import BOX
from tests.unit.blocks.test_mailbox_surfaces import view as make_mailboxes
from tests.unit.home_view_factory import (
    make_account_line,
    make_accounts,
    make_company,
    make_home,
    make_news,
    make_pipeline,
    make_purse,
    make_team,
    make_team_line,
)
from tests.unit.rollout_view_factory import make_setup
from tests.unit.view_factory import (
    NOW,
    make_draft,
    make_inbox,
    make_inbox_item,
    make_mail_card,
    make_reader,
    make_status,
    make_unsorted,
)


def dumped(built: Any) -> str:
    return json.dumps(built, ensure_ascii=False)


def home_of(role: Role, **changes: Any) -> Any:
    parts = {
        "reader": make_reader(role=role),
        "team": make_team() if role == Role.MANAGER else None,
        "company": make_company() if role == Role.EXECUTIVE else None,
    }
    return home_view(make_home(**(parts | changes)))


def elements(view: Any) -> list[Any]:
    found = []
    for block in view["blocks"]:
        parts = (*block.get("elements", ()), block.get("accessory"), block.get("element"))
        found += [part for part in parts if isinstance(part, dict) and "action_id" in part]
    return found


def mrkdwn(part: Any) -> Iterator[str]:
    """Every text in which something could be active."""
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from mrkdwn(inner)


ORDER = {
    Role.REP: (
        "wait for you",
        "Write a mail",
        "Your accounts",
        "Your deals",
        "Since Wed",
        "Settings",
    ),
    Role.MANAGER: ("wait for you", "Write a mail", "Your team", "Your accounts", "Settings"),
    Role.EXECUTIVE: ("wait for you", "Pipeline", "This month", "At risk", "What Understudy did"),
    Role.ADMIN: ("wait for you", "Write a mail", "Your accounts", "Settings"),
}


@pytest.mark.parametrize("role", Role)
def test_each_role_reads_what_waits_first_and_what_is_well_last(role: Role) -> None:
    view = home_of(role)
    assert view_faults(view) == []
    text = dumped(view["blocks"])
    places = [text.index(words) for words in ORDER[role]]
    assert places == sorted(places)
    last = view["blocks"][-1]
    assert last["type"] == "context"
    assert "No model is configured" in dumped(last)
    assert set(SECTIONS) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_trouble_comes_before_everything(role: Role) -> None:
    first = home_of(role, status=make_status(kill_switch=True))["blocks"][0]
    assert "Everything is stopped" in first["text"]["text"]


@pytest.mark.parametrize("role", Role)
@settings(max_examples=20, deadline=None)
@given(text=st.text(max_size=300), n=st.integers(0, 60), page=st.integers(0, 60))
def test_no_home_breaks_slacks_limits(role: Role, text: str, n: int, page: int) -> None:
    assert view_faults(_full(role, text, n, page)) == []


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("text", ["&" * 2000, "<" * 500, "\u202e*", ""])
def test_the_worst_text_fits_too(role: Role, text: str) -> None:
    view = _full(role, text, 500, 7)
    assert view_faults(view) == []
    assert len(view["blocks"]) < 90, "setup and mailboxes need room as well"


def _full(role: Role, text: str, n: int, page: int) -> Any:
    """Everything there is, as much as there may be, made of the same words."""
    line = make_account_line(
        name=text, industry=text, lifecycle=text, stage=text, currency=text, asked=n, waiting=n
    )
    filters = HomeFilters(health="poor", stage=NO_DEAL, industry=text[:32], search=text[:80])
    queue = make_queue(
        items=(make_queue_item(title=text, requester=text, deciders=(text,) * n),) * n,
        total=n + 9,
        absence=text,
    )
    news = (make_news(title=text, detail=text), make_news(kind="failed", title=text, detail=text))
    person = make_team_line(name=text, away_until=NOW)
    return home_of(
        role,
        decide=queue,
        approvals=replace(queue, which="all"),
        inbox=make_inbox(
            items=(make_inbox_item(title=text, why=text),) * n, total=n + 3, unsorted=n
        ),
        inbox_page=page,
        accounts=make_accounts(
            items=(line,) * n,
            total=n * 9,
            everything=n * 9,
            page=page,
            filters=filters,
            industries=tuple((f"{number:032}", text) for number in range(n)),
        ),
        pipeline=make_pipeline(open=(make_purse(currency=text),) * n),
        news=news * n,
        status=make_status(model=text, mail_out=text, held_jobs=n, mailboxes=()),
        notices=(text,) * n,
        team=make_team(items=(person,) * n, total=n * 9, page=page),
        company=make_company(
            stages=(("evaluation", make_purse(currency=text)),) * n,
            won=(make_purse(currency=text),) * n,
        ),
    )


@pytest.mark.parametrize("role", Role)
def test_no_markup_from_outside_survives(role: Role) -> None:
    view = _full(role, "<!channel> <https://x.example|y>", 3, 0)
    for text in mrkdwn(view):
        assert "<!channel>" not in text
        assert "<https://x" not in text


@pytest.mark.parametrize("role", Role)
def test_buttons_that_repeat_say_what_they_are_about(role: Role) -> None:
    """Colour and place mean nothing to a screen reader; and no word shouts."""
    view = home_of(role)
    for one in elements(view):
        if one["type"] == "button" and "#" in one["action_id"]:
            assert len(one["accessibility_label"]) > len(one["text"]["text"]), one
        if one["type"] in {"static_select", "plain_text_input"}:
            assert one["placeholder"]["text"]
    text = dumped(view)
    assert "!" not in text
    assert not [char for char in text if ord(char) > 0x1F000]


# ── What waits ──────────────────────────────────────────────────────────────────────────────────
def test_everything_that_waits_has_one_next_step() -> None:
    view = home_of(Role.REP)
    names = [plain_id(one["action_id"]) for one in elements(view)]
    for wanted in (ActionId.HOME_DECIDE, ActionId.HOME_OPEN, ActionId.HOME_SORT):
        assert names.count(wanted) == 1
    assert names.index(ActionId.HOME_DECIDE) < names.index(ActionId.HOME_OPEN)


@pytest.mark.parametrize(
    ("approvals", "mails", "unsorted", "words"),
    [
        (0, 0, 0, "*Nothing waits for you*"),
        (0, 0, 2, "*Nothing waits for your word*"),
        (1, 0, 0, "*1 approval waits for you*"),
        (0, 3, 0, "*3 mails wait for you*"),
        (2, 1, 0, "*2 approvals and 1 mail wait for you*"),
    ],
)
def test_the_head_counts_what_waits(approvals: int, mails: int, unsorted: int, words: str) -> None:
    view = home_of(
        Role.REP,
        decide=make_queue(items=(), total=approvals),
        inbox=make_inbox(items=(), total=mails, unsorted=unsorted),
    )
    assert view["blocks"][0]["text"]["text"] == words


def test_an_item_says_the_same_without_its_button() -> None:
    view = home_of(Role.REP, inbox=make_inbox(items=(make_inbox_item(title="Acme · Dana"),)))
    assert "*Acme · Dana* · 08:30" in dumped(view)


# ── Accounts ────────────────────────────────────────────────────────────────────────────────────
def lines_of(**changes: Any) -> str:
    function = changes.pop("function", Function.SALES)
    accounts = make_accounts(items=(make_account_line(**changes),), function=function)
    found = [b for b in home_of(Role.REP, accounts=accounts)["blocks"] if "accessory" in b]
    return str(next(b for b in found if b["accessory"]["type"] == "overflow")["text"]["text"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "health good (72) · evaluation, €48,000"),
        ({"open_deals": 3}, "€48,000 and 2 more"),
        ({"amount": None}, "evaluation, amount not known"),
        ({"stage": None, "close_date": None, "lifecycle": None}, "no open deal"),
        ({"health": None}, "health not known"),
        ({"last_contact": None}, "No mail yet"),
        ({"waiting": 2}, "*2 mails wait for your word*"),
        ({"waiting": 0}, "*closes 3 Dec*"),
        (
            {"waiting": 0, "close_date": NOW.date() - timedelta(days=9)},
            "*should have closed 11 Nov*",
        ),
        ({"asked": 1}, "1 approval waits"),
        (
            {"waiting": 0, "close_date": None, "renewal_date": NOW.date() + timedelta(days=40)},
            "renews 30 Dec",
        ),
        (
            {"waiting": 0, "close_date": None, "last_contact": NOW - timedelta(days=40)},
            "silent for 5 weeks",
        ),
        ({"waiting": 0, "close_date": None}, "nothing is planned"),
        ({"function": Function.SUPPORT}, "demo · evaluation"),
        ({"function": Function.SUCCESS, "stage": None}, "· demo\n"),
    ],
)
def test_an_account_says_how_it_stands_and_what_is_next(changes: Any, words: str) -> None:
    assert words in lines_of(**changes)


def test_an_account_offers_what_can_be_done_with_it() -> None:
    menu = next(e for e in elements(home_of(Role.REP)) if e["type"] == "overflow")
    assert [entry["text"]["text"] for entry in menu["options"]] == [
        "Brief",
        "Why health 72?",
        "Write a mail",
        "Request approval",
    ]


def test_few_accounts_need_no_filters_and_many_have_them() -> None:
    few = [plain_id(one["action_id"]) for one in elements(home_of(Role.REP))]
    assert ActionId.HOME_SEARCH not in few
    many = home_of(Role.REP, accounts=make_accounts(everything=50, total=50))
    names = [plain_id(one["action_id"]) for one in elements(many)]
    for wanted in ("HEALTH", "STAGE", "INDUSTRY", "SEARCH", "PAGE"):
        assert ActionId[f"HOME_{wanted}"] in names
    assert "1 to 12 of 50" in dumped(many)


def test_a_filter_stays_visible_and_can_be_taken_back() -> None:
    filters = HomeFilters(health="poor", search="acme")
    accounts = make_accounts(items=(), total=0, everything=3, filters=filters)
    view = home_of(Role.REP, accounts=accounts)
    assert "0 of 3 fit “acme”" in dumped(view)
    chosen = next(e for e in elements(view) if e["action_id"] == ActionId.HOME_HEALTH)
    assert chosen["initial_option"]["value"] == "poor"
    field = next(e for e in elements(view) if e["action_id"] == ActionId.HOME_SEARCH)
    assert field["initial_value"] == "acme"
    assert ActionId.HOME_CLEAR in dumped(view)
    other = home_of(Role.REP, accounts=replace(accounts, filters=HomeFilters(), everything=50))
    ids = [{b["block_id"] for b in v["blocks"] if "block_id" in b} for v in (view, other)]
    assert not ids[0] & ids[1], "Slack keeps what was typed into a block of the same id"


@pytest.mark.parametrize(
    ("page", "total", "words", "buttons"),
    [
        (0, 12, None, []),
        (0, 13, "1 to 12 of 13", ["Next"]),
        (1, 40, "13 to 24 of 40", ["Back", "Next"]),
        (3, 40, "37 to 40 of 40", ["Back"]),
    ],
)
def test_a_page_says_where_it_is(
    page: int, total: int, words: str | None, buttons: list[str]
) -> None:
    blocks = pager("accounts", page, 12, total, "accounts")
    shown = [one["text"]["text"] for b in blocks[1:] for one in b["elements"]]
    assert shown == buttons
    assert (blocks[0]["elements"][0]["text"] if blocks else None) == words


# ── Figures ─────────────────────────────────────────────────────────────────────────────────────
def test_money_of_different_currencies_is_never_added_up() -> None:
    purses = (make_purse(), make_purse(currency="USD", deals=1, amount=Decimal(9500), unknown=0))
    assert purse_words(purses) == "3 deals, €384,000 · 1 deal, $9,500"
    assert purse_words([make_purse(unknown=1)]) == "3 deals, €384,000, 1 of them without an amount"
    assert purse_words([make_purse(deals=2, unknown=2)]) == "2 deals, amount not known"
    assert purse_words([]) == "none"


def test_no_target_is_invented() -> None:
    text = dumped(home_of(Role.REP))
    assert "No target is set" in text
    assert "Closing in November: 1 deal, €48,000" in text
    assert "Stuck: 1 deal stalled" in text


def test_a_manager_reads_numbers_of_each_person() -> None:
    text = dumped(home_of(Role.MANAGER))
    assert "*Tom Reyes* · 3 mails wait, the oldest came 05:30" in text
    assert "2 approvals to decide, the oldest came 18 Nov, *1 overdue*" in text
    assert "In 7 days 7 sent and 4 answered" in text
    assert "*Lena Vogt* · nothing waits" in text
    one = make_team(items=(make_team_line(waiting=1),))
    assert "1 mail waits, it came 05:30" in dumped(home_of(Role.MANAGER, team=one))
    away = make_team(items=(make_team_line(away_until=NOW + timedelta(days=3)),))
    assert "*out of office until Monday*" in dumped(home_of(Role.MANAGER, team=away))


def test_an_executive_reads_what_is_unknown_as_unknown() -> None:
    text = dumped(home_of(Role.EXECUTIVE))
    assert "Discovery: 3 deals, €384,000" in text
    assert "Won: 1 deal, €118,000" in text
    assert "Lost: none" in text
    assert "Approved: 75 % of 40 drafts" in text
    assert "half within 47 min after the mail came" in text
    empty = make_company(stages=(), sent=0, approved=0, rejected=0, answer_minutes=None)
    text = dumped(home_of(Role.EXECUTIVE, company=empty))
    assert "No deal is open." in text
    assert "Approved: unknown" in text
    assert "Time to answer: unknown" in text


# ── News ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(hours=2), "*Since 08:30*"),
        (timedelta(days=1), "*Since yesterday 10:30*"),
        (timedelta(days=3), "*Since Tuesday 10:30*"),
        (timedelta(days=30), "*Since 21 Oct 11:30*"),
    ],
)
def test_news_say_since_when(ago: timedelta, words: str) -> None:
    since = SinceView(since=NOW - ago, answered=3, sent=2, decided=1, moved=1, quiet=4)
    text = dumped(home_of(Role.REP, since=since))
    counts = "3 answered, 2 sent, 1 request of yours decided, 1 stage change, 4 kept quiet"
    assert f"{words}: {counts}" in text


def test_a_first_visit_has_nothing_to_compare_with() -> None:
    assert "Since" not in dumped(home_of(Role.REP, since=SinceView(since=None)))
    assert "nothing new" in dumped(home_of(Role.REP, since=SinceView(since=NOW)))


def test_outcomes_lead_to_their_cards() -> None:
    news = (
        make_news(),
        make_news(kind="failed", title="Acme", detail="The mailbox is full.", ts=None),
        make_news(kind="rejected", title="10 % discount", detail="Victor Hahn"),
    )
    text = dumped(home_of(Role.REP, news=news))
    link = "<https://slack.com/archives/D0MAYA/p1700000000000001|Northwind · Dana Reyes>"
    assert f"{link}: answered, 09:30" in text
    assert "Acme: *could not be sent*: The mailbox is full." in text
    assert "rejected by Victor Hahn" in text


# ── Windows ─────────────────────────────────────────────────────────────────────────────────────
def test_a_mail_is_decided_in_its_window() -> None:
    view = mail_modal(make_mail_card(), "https://slack.com/archives/D1/p1")
    assert view_faults(view) == []
    assert view["submit"]["text"] == "Approve & send"
    assert json.loads(view["private_metadata"])["rev"] == 2
    names = [one["action_id"] for one in elements(view)]
    assert ActionId.APPROVE not in names, "the window's own button does that"
    assert ActionId.EDIT in names
    assert "48,000" in dumped(view), "what would leave stands there whole"


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "done"},
        {"reader_is_responder": False},
        {"draft": None},
        {"draft": make_draft(text="x" * 9000)},
    ],
)
def test_what_cannot_be_approved_on_the_card_cannot_in_its_window(changes: Any) -> None:
    view = mail_modal(make_mail_card(**changes), None)
    assert view_faults(view) == []
    assert "submit" not in view


@settings(max_examples=15, deadline=None)
@given(text=st.text(max_size=300))
def test_no_window_breaks_slacks_limits(text: str) -> None:
    views = [
        mail_modal(make_mail_card(contact_name=text, subject=text, summary=text), None),
        request_view_modal(make_approval_card(title=text, reason=text), "https://slack.com/x"),
        sort_modal(make_unsorted()),
        brief_modal(make_account_view(name=text)),
    ]
    assert [fault for view in views for fault in view_faults(view)] == []


def test_an_open_checklist_says_things_once() -> None:
    boxes = make_mailboxes(mine=(), connect_url="https://u.example/gmail/connect?link=x")
    status = make_status(shadow=True)
    parts = {"mailboxes": boxes, "status": status, "inbox": make_inbox(items=(), total=0)}
    while_open = dumped(home_of(Role.ADMIN, setup=make_setup(Step.GMAIL, Step.SHADOW), **parts))
    assert "Connect your Gmail" not in while_open
    assert "*Shadow mode is on.*" not in while_open
    done = dumped(home_of(Role.ADMIN, setup=make_setup(), **parts))
    assert "Connect your Gmail" in done
    assert "*Shadow mode is on.*" in done


def test_an_executive_hears_of_a_mailbox_that_must_be_connected_again() -> None:
    broken = replace(BOX, state=MailboxState.RECONNECT, reason="it was revoked")
    shown = dumped(home_of(Role.EXECUTIVE, mailboxes=make_mailboxes(mine=(broken,))))
    assert BOX.address in shown
    assert "Connect your Gmail" not in dumped(
        home_of(Role.EXECUTIVE, mailboxes=make_mailboxes(mine=()))
    )
