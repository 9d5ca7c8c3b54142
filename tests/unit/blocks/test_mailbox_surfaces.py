"""Everything said about mailboxes: within Slack's limits, escaped, and each state in words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from blocks.connect_page import connect_page
from blocks.intro import intro_card, intro_text, wrong_modal
from blocks.lint import faults as message_faults
from blocks.lint import view_faults
from blocks.mailbox_health import mailboxes_section, push_card, push_text
from blocks.values import Target
from services.types.first_reading import IntroView, NoticeView, WaitingView
from services.types.mailbox_connect import ConnectPage, ConnectState
from services.types.mailbox_health import (
    DelegationView,
    MailboxesView,
    MailboxHealth,
    MailboxState,
    PushCardView,
)
from services.types.people import Role
from tests.unit.view_factory import NOW, make_reader

URL = "https://us.test/gmail/connect?link=" + "x" * 300
BOX = MailboxHealth(
    mailbox_id=UUID(int=7),
    address="rita@northwind.test",
    owner_name="Rita Rep",
    mine=True,
    is_system=False,
    via="consent",
    state=MailboxState.WELL,
    reason=None,
    connected_at=NOW - timedelta(days=3),
    synced_at=NOW - timedelta(seconds=20),
    last_message_at=NOW - timedelta(minutes=12),
    push_seen_at=NOW - timedelta(minutes=12),
    watch_expires_at=NOW + timedelta(days=6),
    pushes=True,
    poll_seconds=60,
)


def view(**changes: Any) -> MailboxesView:
    return MailboxesView(**({"reader": make_reader(), "mine": (BOX,)} | changes))


def intro(**changes: Any) -> IntroView:
    notice = NoticeView(
        kind="promise",
        who="Dana",
        account="Acme",
        at=NOW - timedelta(days=3),
        quote="I will send it on Friday.",
        due=NOW + timedelta(days=2),
    )
    values: dict[str, Any] = {
        "reader": make_reader(),
        "reading_id": UUID(int=8),
        "address": "rita@northwind.test",
        "since": NOW - timedelta(days=90),
        "mails": 1204,
        "accounts": 14,
        "people": 33,
        "of_no_account": 88,
        "waiting": tuple(
            WaitingView(
                who=f"Person {n}",
                account="Acme",
                subject="Seats",
                since=NOW - timedelta(days=n),
                state="waiting",
                asks=True,
            )
            for n in (6, 2)
        ),
        "waiting_total": 5,
        "noticed": (notice, replace(notice, kind="pricing"), replace(notice, kind="silent")),
        "answer": None,
        "answer_text": None,
        "can_draft": 2,
    }
    return IntroView(**(values | changes))


def faults(blocks: list[dict[str, Any]]) -> list[str]:
    return message_faults(blocks, text="text")


def words(blocks: Any) -> str:
    return str(blocks)


@pytest.mark.parametrize("state", MailboxState)
def test_each_state_is_words_and_offers_what_helps(state: MailboxState) -> None:
    broken = state in {MailboxState.RECONNECT, MailboxState.DISCONNECTED}
    box = replace(BOX, state=state, connect_url=URL if broken else None, reason="it was revoked")
    shown = mailboxes_section(view(mine=(box,)))
    assert faults(shown) == []
    assert ("Reconnect'" in words(shown)) == (state is MailboxState.RECONNECT)
    assert ("'Disconnect'" in words(shown)) == (state is not MailboxState.DISCONNECTED)
    assert (URL in words(shown)) == broken


def test_who_has_none_is_invited_or_told_what_is_missing() -> None:
    shown = words(mailboxes_section(view(mine=(), connect_url=URL)))
    assert "Connect Gmail" in shown
    assert URL in shown
    missing = "Set GOOGLE_CLIENT_ID"
    rep = words(mailboxes_section(view(mine=(), not_set_up=missing)))
    assert missing not in rep
    assert "Your admin" in rep
    admin = make_reader(role=Role.ADMIN)
    assert missing in words(mailboxes_section(view(reader=admin, mine=(), not_set_up=missing)))


@pytest.mark.parametrize("text", ["&" * 400, "<!channel> *x*", "a@b.test"])
def test_an_admins_page_stays_small_and_inert(text: str) -> None:
    other = replace(BOX, mine=False, address=text, owner_name=text, reason=text, is_system=True)
    shown = mailboxes_section(
        view(
            reader=make_reader(role=Role.ADMIN),
            mine=(replace(BOX, address=text, reason=text),) * 5,
            others=(replace(other, connect_url=None),) * 500,
            system_missing=True,
            system_connect_url=URL,
            silent_since=NOW,
            delegation=DelegationView(
                client_email=text,
                client_id=text,
                connectable=(text,) * 900,
                connected=3,
                failures=((text, text),) * 50,
            ),
        )
    )
    assert message_faults(shown, view=True) == []
    assert len(shown) <= 18
    assert "<!channel>" not in "".join(
        str(b.get("text", {}).get("text", "")) for b in shown if b["type"] == "section"
    )


def test_the_intro_tells_what_waits_and_asks_once() -> None:
    shown = intro_card(intro())
    assert faults(shown) == []
    said = words(shown)
    assert "1,204 mails" in said
    assert "33 people of 14 accounts" in said
    assert "In 5 threads the customer spoke last" in said
    assert "and 3 more" in said
    assert "Draft answers for these 2" in said
    assert "Is this right?" in said
    assert intro_text(intro()) == "I have read rita@northwind.test"
    answered = words(intro_card(intro(answer="no", answer_text="Kim left", can_draft=0)))
    assert "Kim left" in answered
    assert "Is this right?" not in answered
    empty = intro(mails=0, waiting=(), waiting_total=0, noticed=(), can_draft=0)
    assert "There is no mail in it" in words(intro_card(empty))
    hostile = intro(address="<!here>", answer="no", answer_text="<!channel>" * 90)
    assert faults(intro_card(hostile)) == []
    modal = wrong_modal(Target(id=UUID(int=8)), "x" * 5000)
    assert view_faults(modal) == []


def test_silent_pushes_and_their_end() -> None:
    card = PushCardView(
        reader=make_reader(),
        silent=("<!channel>@x.test",) * 9,
        since=NOW,
        last_push_at=None,
        poll_seconds=60,
    )
    assert faults(push_card(card)) == []
    assert "and 4 more" in words(push_card(card))
    back = replace(card, silent=())
    assert push_text(back) == "Gmail's pushes are back"
    assert faults(push_card(back)) == []


@pytest.mark.parametrize("state", ConnectState)
def test_a_page_holds_no_script_and_escapes(state: ConnectState) -> None:
    page = ConnectPage(state=state, sentences=("<script>alert(1)</script>",), again=URL)
    html = connect_page(page)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert 'name="viewport"' in html
    assert "prefers-color-scheme: dark" in html
    assert "Try again" in html
    assert "Try again</a>" not in connect_page(replace(page, again=None))
