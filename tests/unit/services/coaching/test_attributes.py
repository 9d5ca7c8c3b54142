"""What is read off a mail without a model, in several languages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.coaching.attributes import (
    MailText,
    attributes_of,
    greets,
    names_company,
    questions_in,
    takes_up,
    words_in,
)

MAIL = MailText(
    subject="Offer for the rollout",
    text="Hi Zoë,\n\nshall we meet on Tuesday at 10:30?\n\nRita",
    sent_at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
    zone="Asia/Tokyo",
    recipient="Zoë Müller",
    company="Acme Corp.",
    begins=True,
)


def test_the_senders_clock_and_a_subject_only_where_the_thread_begins() -> None:
    seen = attributes_of(MAIL)
    assert (seen.hour, seen.weekday) == (8.5, 5)  # Saturday morning in Tokyo
    assert (seen.words, seen.questions, seen.subject_words) == (11, 1, 4)
    assert (seen.by_name, seen.company, seen.taken_up) == (True, False, None)
    assert attributes_of(replace(MAIL, begins=False)).subject_words is None
    assert attributes_of(replace(MAIL, zone="Nowhere/At all")).hour == 23.5
    assert attributes_of(replace(MAIL, gap=timedelta(days=3))).gap == timedelta(days=3)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Can we talk?", 1),
        ("Really??? And when?!", 2),
        ("¿Cuándo nos vemos? ¿El martes?", 2),
        ("次回はいつですか？来週ですか？", 2),  # noqa: RUF001
        ("متى نلتقي؟", 1),
        ("Πότε μπορούμε να μιλήσουμε; Την Τρίτη;", 2),  # noqa: RUF001
        ("We met; we talked; we agreed.", 0),
        ("See https://a.test/q?x=1 or www.b.test/?y", 0),
        ("", 0),
    ],
)
def test_questions(text: str, asked: int) -> None:
    assert questions_in(text) == asked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't over-think it", 3),
        ("Können wir am 3. Mai sprechen", 6),
        ("Привет, как дела", 3),
        ("다음 주에 만나요", 3),
        ("来週会いましょう", None),
        ("See https://a.test/a-long-path now", 2),
        ("…", 0),
    ],
)
def test_words_are_counted_where_a_script_separates_them(text: str, words: int | None) -> None:
    assert words_in(text) == words


@pytest.mark.parametrize(
    ("text", "recipient", "by_name"),
    [
        ("Hi Zoe,\nas promised", "Zoë Müller", True),
        ("Chère Élodie,", "Elodie Petit", True),
        ("Hallo Frau Müller,", "Müller, Anna", False),
        ("Dear Dr. Müller, dear Anna,", "Dr. Anna Müller", True),
        ("\n\nJosé:\nhola", "JOSÉ GARCÍA", True),
        ("Hello,\nas you see\nCarla said so", "Carla Customer", False),
        ("Annabel, hi", "Anna Berg", False),
        ("李雷您好", "李雷", True),
        ("Hi", "carla@acme.test", None),
        ("Hi", "", None),
    ],
)
def test_the_greeting(text: str, recipient: str, *, by_name: bool | None) -> None:
    assert greets(text, recipient) is by_name


@pytest.mark.parametrize(
    ("text", "company", "named"),
    [
        ("What it means for Acme: less work", "Acme Corp.", True),
        ("what it means for MÜLLER & söhne", "Müller & Söhne GmbH", True),
        ("acmeplus is another one", "Acme, Inc.", False),
        ("see https://acme.test", "Acme", False),
        ("X", "X", None),
        ("トヨタ様", "トヨタ", True),
        ("nothing", "", None),
    ],
)
def test_the_company(text: str, company: str, *, named: bool | None) -> None:
    assert names_company(text, company) is named


@pytest.mark.parametrize(
    ("text", "theirs", "taken"),
    [
        ("For your 250 seats it is fine", "we have 250 seats", True),
        ("you said that we need it by spring", "Well, we need it by Spring at last", True),
        ("Thank you for your mail", "Here are 3 things", False),
        ("Thank you", None, None),
        ("Thank you", "  ", None),
        ("ありがとう 250", "250席です", None),
    ],
)
def test_what_is_taken_up_of_their_last_mail(
    text: str, theirs: str | None, *, taken: bool | None
) -> None:
    assert takes_up(text, theirs) is taken
