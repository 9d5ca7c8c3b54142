"""All other messages, modals and the Home tab: within Slack's limits, escaped, and plain."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks.brief import brief_blocks
from blocks.digest import digest_card
from blocks.help import help_blocks
from blocks.lint import faults, view_faults
from blocks.mailbox import mailbox_card
from blocks.modals import regenerate_modal, reject_modal, told_modal
from blocks.parts import confidence_words, count, day, moment, money
from blocks.quiet import quiet_blocks
from blocks.status import status_blocks
from blocks.unsorted import unsorted_card
from blocks.values import Target
from blocks.waiting import waiting_answer
from blocks.why import why_modal
from services.types.account_view import Fact
from tests.unit.account_view_factory import (
    make_account_deal,
    make_account_view,
    make_deed,
    make_event,
    make_past,
    make_pending,
    make_person,
    make_promise,
    make_said,
    make_signal,
)
from tests.unit.approval_view_factory import make_queue, make_queue_item
from tests.unit.view_factory import (
    ACTION,
    NOW,
    make_digest,
    make_inbox,
    make_inbox_item,
    make_mailbox_card,
    make_quiet,
    make_reader,
    make_status,
    make_unsorted,
    make_why,
)

Build = Callable[[str, int], Any]


def _quiet(text: str, n: int) -> Any:
    (item,) = make_quiet().items

    items = (replace(item, sender_name=text, subject=text, reason=text, account_name=text),) * n
    return quiet_blocks(make_quiet(items=items, total=n + 3))


def _unsorted(text: str, n: int) -> Any:

    (item,) = make_unsorted().items
    items = tuple(
        replace(
            item,
            sender_name=text,
            sender_email=text,
            subject=text,
            conversation_id=UUID(int=number + 1),
        )
        for number in range(n)
    )
    return unsorted_card(make_unsorted(items=items, total=n + 3))


def _inbox(text: str, n: int) -> Any:
    return make_inbox(items=(make_inbox_item(title=text, why=text),) * n, total=n + 3)


def _brief(text: str, n: int) -> Any:
    return brief_blocks(
        make_account_view(
            name=text,
            industry=text,
            lifecycle=text,
            owners=((text, text),) * n,
            sharing=(text,) * n,
            people=(make_person(name=text, title=text),) * n,
            deals=(make_account_deal(name=text, stage=text, currency=text),) * n,
            facts=(Fact(name="need", current=make_said(value=text, quote=text, who=text)),) * n,
            events=(make_event(who=text, text=text),) * n,
            promises=(make_promise(who=text, quote=text),) * n,
            signals=(make_signal(words=text, why=text),) * n,
            deeds=(make_deed(by=text, what=text, reason=text),) * n,
            pending=(make_pending(who=text, asks=(text,)),) * n,
            past=(make_past(),) * n,
        )
    )


MESSAGES: dict[str, Build] = {
    "inbox": lambda text, n: waiting_answer(
        make_queue(items=(make_queue_item(title=text, requester=text),) * n, total=n),
        _inbox(text, n),
    ),
    "quiet": _quiet,
    "unsorted": _unsorted,
    "brief": _brief,
    "status": lambda text, n: status_blocks(
        make_status(model=text, mail_out=text, held_jobs=n, mailboxes=make_status().mailboxes * n)
    ),
    "digest": lambda text, n: digest_card(
        make_digest(
            waiting=(make_inbox_item(title=text, why=text),) * n,
            sent=(text,) * n,
            answered=(text,) * n,
        )
    ),
    "help": lambda text, _n: help_blocks(unknown=text),
    "mailbox": lambda text, _n: mailbox_card(make_mailbox_card(address=text)),
}


@pytest.mark.parametrize("name", MESSAGES)
@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=300), n=st.integers(0, 40))
def test_no_message_breaks_slacks_limits(name: str, text: str, n: int) -> None:
    assert faults(MESSAGES[name](text, n), text="x") == []


@pytest.mark.parametrize("name", MESSAGES)
def test_the_worst_text_fits_too(name: str) -> None:
    assert faults(MESSAGES[name]("&" * 2000, 60), text="x") == []


@pytest.mark.parametrize("name", MESSAGES)
def test_no_markup_from_outside_survives(name: str) -> None:
    text = json.dumps(MESSAGES[name]("<!channel> <https://x.example|y>", 3))
    assert "<!channel>" not in text
    assert "<https://x.example" not in text


@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=300), n=st.integers(0, 60))
def test_modals_keep_their_limits(text: str, n: int) -> None:
    views = [
        why_modal(make_why(trigger=text, reasons=(text,) * n, evidence=make_why().evidence * n)),
        told_modal(text, text),
        reject_modal(Target(id=ACTION)),
        regenerate_modal(Target(id=ACTION)),
    ]
    assert [fault for view in views for fault in view_faults(view)] == []


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (
            lambda: waiting_answer(
                make_queue(items=(), total=0), make_inbox(items=(), unsorted=0, total=0)
            ),
            "Nothing waits for you",
        ),
        (lambda: quiet_blocks(make_quiet(items=(), total=0)), "Nothing was kept quiet"),
        (lambda: unsorted_card(make_unsorted(items=(), total=0)), "All mail is sorted"),
        (lambda: brief_blocks(make_account_view(deals=(), facts=())), "No open deal"),
        (lambda: status_blocks(make_status(kill_switch=True)), "Everything is stopped"),
        (lambda: status_blocks(make_status(connected=False)), "Slack took back my access"),
        (lambda: mailbox_card(make_mailbox_card()), "has to be connected again"),
        (lambda: why_modal(make_why())["blocks"], "likely (66 %)"),
    ],
)
def test_what_is_empty_or_wrong_is_said(build: Callable[[], Any], words: str) -> None:
    assert words in json.dumps(build(), ensure_ascii=False)


def test_no_word_shouts_or_decorates() -> None:
    for name, build in MESSAGES.items():
        text = json.dumps(build("Northwind", 2), ensure_ascii=False)
        assert "!" not in text, name
        assert not [char for char in text if ord(char) > 0x1F000], name


def test_money_days_and_hours_in_the_readers_zone() -> None:
    today = date(2026, 11, 20)
    assert money(Decimal(48000), "USD") == "$48,000"
    assert money(Decimal("1250.5"), "CHF") == "1,250.50 CHF"
    assert money(None, "EUR") == "amount not known"
    assert [day(today + timedelta(days=n), today) for n in (-1, 0, 1, 4, 13, 400)] == [
        "yesterday",
        "today",
        "tomorrow",
        "Tuesday",
        "3 Dec",
        "25 Dec 2027",
    ]
    reader = make_reader()
    assert moment(NOW - timedelta(seconds=5), NOW, reader.timezone) == "just now"
    assert moment(NOW - timedelta(hours=2), NOW, reader.timezone) == "08:30"
    assert moment(NOW - timedelta(days=1), NOW, reader.timezone) == "yesterday 10:30"
    assert moment(NOW - timedelta(hours=2), NOW, "Asia/Tokyo") == "16:30"


def test_confidence_is_said_in_calibrated_words() -> None:
    levels = [0.99, 0.85, 0.66, 0.5, 0.3, 0.05]
    assert [confidence_words(level) for level in levels] == [
        "almost certain",
        "very likely",
        "likely",
        "as likely as not",
        "unlikely",
        "very unlikely",
    ]
    assert count(1, "mail") == "1 mail"


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ([{"type": "divider"}] * 51, "51 blocks"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": ""}}], "empty text"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}], "3001"),
        ([{"type": "actions", "elements": []}], "0 elements"),
        (
            [
                {
                    "type": "actions",
                    "elements": [
                        {"type": "button", "action_id": "a", "text": {"text": "x"}},
                        {"type": "button", "action_id": "a", "text": {"text": "x" * 76}},
                    ],
                }
            ],
            "stands twice",
        ),
    ],
)
def test_the_lint_finds_what_slack_refuses(blocks: Any, words: str) -> None:
    assert words in " ".join(faults(blocks, text="x"))
    assert "a message needs a text" in faults([], text=" ")
