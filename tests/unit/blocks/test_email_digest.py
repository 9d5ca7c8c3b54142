"""The digest as a mail: safe, whole, the same words twice."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from blocks.digest import digest_card
from blocks.email_digest import SHOWN, digest_mail
from services.types.learning import Learned
from services.types.people import Role
from services.types.views import DigestView, InboxItem, Reader

NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)
READER = Reader(
    member_id=UUID(int=1), name="Maya", role=Role.REP, timezone="America/New_York", now=NOW
)
EMPTY = DigestView(
    reader=READER, day=date(2026, 11, 20), waiting=(), sent=(), answered=(), quiet=0, unsorted=0
)


def item(**fields: object) -> InboxItem:
    defaults = {
        "action_id": UUID(int=2),
        "title": "Northwind Freight · Rachel Abara",
        "why": "Could you send the quote?",
        "since": NOW - timedelta(hours=2),
        "due": None,
        "channel": None,
        "ts": None,
    }
    return InboxItem(**(defaults | fields))


def test_what_waits_is_said_first_in_both_twins():
    view = replace(EMPTY, waiting=(item(due=date(2026, 11, 20)),), sent=("Kestrel · Nora",))
    subject, html, text = digest_mail(view)
    assert subject == "One mail waits for you, Friday, 20 November"
    for words in ("Rachel Abara", "Could you send the quote?", "Due today", "Kestrel · Nora"):
        assert words in html
        assert words in text
    assert "Waiting since 06:00 today" in text


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 11, 19), "Was due yesterday"),
        (date(2026, 11, 21), "Due tomorrow"),
        (date(2026, 11, 27), "Due Fri 27 Nov"),
        (date(2027, 1, 4), "Due Mon 4 Jan 2027"),
    ],
)
def test_days_are_said_as_people_say_them(due: date, words: str):
    _, html, text = digest_mail(replace(EMPTY, waiting=(item(due=due),)))
    assert words in html
    assert words in text


def test_today_is_the_readers_day():
    # 03:00 UTC on the 21st is still the 20th in New York.
    late = replace(READER, now=datetime(2026, 11, 21, 3, tzinfo=UTC))
    _, _, text = digest_mail(replace(EMPTY, reader=late, waiting=(item(due=date(2026, 11, 20)),)))
    assert "Due today" in text


def test_words_from_outside_stay_words():
    bad = "<script>alert(1)</script> {{ 7*7 }} {% raw %} <img src=x onerror=y>\r\nBcc: x@y"
    view = replace(EMPTY, waiting=(item(title=bad, why=bad),), sent=(bad,), answered=(bad,))
    subject, html, text = digest_mail(view)
    assert "<script" not in html
    assert "<img" not in html
    assert "{{ 7*7 }}" in html
    assert "\n" not in subject
    assert "\nBcc" not in text


def test_a_long_quote_is_cut_and_a_long_list_counted():
    view = replace(EMPTY, waiting=tuple(item(why="x" * 100_000) for _ in range(SHOWN + 3)))
    _, html, text = digest_mail(view)
    assert len(html) < 30_000
    assert "3 more wait in Slack." in text
    assert text.count("Rachel Abara") == SHOWN


def test_what_stayed_quiet_and_unsorted_is_counted():
    _, html, text = digest_mail(replace(EMPTY, quiet=4, unsorted=1))
    assert "One mail belongs to no account yet. Sort it in Slack" in text
    assert "4 mails asked nothing of you" in html


def test_an_empty_day_and_an_unknown_zone_still_read_well():
    reader = replace(READER, timezone="Mars/Olympus")
    subject, html, text = digest_mail(replace(EMPTY, reader=reader))
    assert subject.startswith("No mail waits for you")
    assert "Times are in UTC." in text
    assert "Times are in UTC." in html


def test_calm_and_fit_for_dark_and_phone():
    _, html, text = digest_mail(replace(EMPTY, waiting=(item(),)))
    assert "!" not in text
    assert "prefers-color-scheme: dark" in html
    assert 'name="viewport"' in html
    assert not re.search(r"<img|https?://(?!www\.w3\.org)", html)


def test_what_became_of_my_texts_is_one_line_with_its_range_and_none_without_any():
    learned = Learned(decided=12, unchanged=9, answered=4, ended=7, low=0.25, high=0.842)
    _, html, text = digest_mail(replace(EMPTY, learned=learned))
    told = (
        "My last seven days: 12 texts decided on, 9 sent unchanged; of a week whose time is over "
        "4 of 7 answered (25 to 84 %). More: /understudy me in Slack."
    )
    assert told in html
    assert told in text
    card = json.dumps(digest_card(replace(EMPTY, learned=learned)), ensure_ascii=False)
    assert "4 of 7 answered (25 to 84 %)" in card
    nothing = Learned(decided=0, unchanged=0)
    for view in (EMPTY, replace(EMPTY, learned=nothing)):
        assert "last seven days" not in digest_mail(view)[2]
        assert "last seven days" not in json.dumps(digest_card(view))
