"""What we write is what is read; nothing can slip into a header; edits are seen."""

# ruff: noqa: E501 - mails and tables are kept on their lines

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.errors import InvalidInput
from services.mail.characters import clean_text, one_line, trim
from services.mail.compose import (
    compose,
    content_hash,
    reply_subject,
    same_content,
    visible_parts,
)
from services.mail.parse import parse
from services.types.mail import Address

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
REP = Address(email="rep@seller.example", name="Reé, Rep")
ANN = Address(email="ann@customer.example", name="Ann")


def mail(**changes) -> bytes:
    values = {
        "sender": REP,
        "to": [ANN],
        "subject": "Re: Offer",
        "text": "Hello\n\nAnn",
        "date": NOW,
    }
    return compose(**{**values, **changes})


@settings(max_examples=150, deadline=None)
@example("\t0", "", "")
@given(st.text(max_size=300), st.text(max_size=120), st.text(max_size=60))
def test_what_is_composed_is_what_is_parsed(text, subject, name):
    raw = mail(text=text, subject=subject, sender=Address(email="rep@seller.example", name=name))
    found = parse(raw)
    assert found.subject == one_line(subject)
    assert found.text == trim(clean_text(text))
    assert [one.email for one in found.to] == ["ann@customer.example"]
    assert found.sender is not None
    assert found.sender.email == "rep@seller.example"
    assert same_content(raw, raw)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab <>&\"'\n\thtps:/.\u00e9", max_size=200))
def test_both_versions_show_the_same_words(text):
    assert visible_parts(mail(text=text))[4].split() == clean_text(text).split()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_no_header_can_be_injected(noise):
    attack = f"{noise}\r\nBcc: evil@x.example\r\n\r\nbody"
    raw = mail(
        subject=attack, headers={"X-Note": attack}, sender=Address(email="r@s.example", name=attack)
    )
    head = raw.split(b"\r\n\r\n")[0]
    assert not any(line.lower().startswith(b"bcc:") for line in head.split(b"\r\n"))
    assert parse(raw).bcc == ()


def test_lines_are_short_and_end_in_crlf():
    raw = mail(text="x" * 5_000 + "\n" + "é" * 5_000, subject="word " * 100)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


BAD = [
    {"to": [Address(email="not an address")]},
    {"to": [Address(email="a@b.example\r\nBcc: e@x.example")]},
    {"headers": {"Bcc": "e@x.example"}},
    {"headers": {"X-A: b\r\nBcc": "e@x.example"}},
    {"draft_token": "not a token"},
    {"message_id": "no brackets"},
    {"date": NOW.replace(tzinfo=None)},
]


@pytest.mark.parametrize("changes", BAD)
def test_what_cannot_stand_in_a_header_is_refused(changes):
    with pytest.raises(InvalidInput):
        mail(**changes)


def test_our_marks_are_read_back():
    token = "0123456789abcdef0123456789abcdef"
    found = parse(
        mail(draft_token=token, own_notice=True, in_reply_to="<1@a>", references=["<0@a>", "<1@a>"])
    )
    assert (found.draft_token, found.own_notice) == (token, True)
    assert (found.in_reply_to, found.references) == ("<1@a>", ("<0@a>", "<1@a>"))
    assert not parse(mail()).own_notice


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Offer", "Re: Offer"),
        ("RE: AW: Offer", "Re: Offer"),
        ("Antw: SV: re[2]: Offer", "Re: Offer"),
        ("回复：Offer", "Re: Offer"),  # noqa: RUF001 - as Chinese mailers write it
        ("Fwd: Offer", "Re: Fwd: Offer"),
        ("Reply needed: Offer", "Re: Reply needed: Offer"),
        ("", "Re:"),
    ],
)
def test_one_re_whatever_came(subject, answer):
    assert reply_subject(subject) == answer


def test_the_hash_covers_everything_an_approval_covers():
    base = {
        "sender": REP, "to": [ANN], "cc": [], "bcc": [], "reply_to": None, "subject": "s", "text": "t",
        "attachments": [], "thread_id": "1", "in_reply_to": "<1@a>", "thread_head": "m1",
    }  # fmt: skip
    changes = {
        "sender": ANN, "to": [REP], "cc": [ANN], "bcc": [ANN], "reply_to": ANN, "subject": "S", "text": "T",
        "attachments": ["0"], "thread_id": "2", "in_reply_to": "<2@a>", "thread_head": "m2",
    }  # fmt: skip
    hashes = {content_hash(**base)} | {content_hash(**{**base, k: v}) for k, v in changes.items()}
    assert len(hashes) == len(base) + 1
    assert content_hash(**{**base, "to": [REP, ANN]}) == content_hash(**{**base, "to": [ANN, REP]})


def test_an_editors_re_encoding_is_no_edit_and_a_changed_word_is():
    ours = mail(text="Hello Ann,\n\nthe price is 100 a seat.", message_id="<a@x.example>")
    theirs = (
        b"MIME-Version: 1.0\r\nFrom: =?UTF-8?Q?Re=C3=A9=2C_Rep?= <rep@seller.example>\r\n"
        b"Date: Sun, 22 Nov 2026 10:00:00 +0100\r\nMessage-ID: <other@mail.gmail.com>\r\n"
        b"Subject: Re: Offer\r\nTo: Ann <ann@customer.example>\r\n"
        b'Content-Type: multipart/alternative; boundary="0"\r\n\r\n--0\r\n'
        b'Content-Type: text/plain; charset="UTF-8"\r\n\r\nHello Ann,\r\n\r\nthe price is\r\n100 a seat.\r\n--0\r\n'
        b'Content-Type: text/html; charset="UTF-8"\r\n\r\n<div dir="ltr">Hello Ann,<div><br></div>'
        b"<div>the price is 100 a&nbsp;seat.</div></div>\r\n--0--\r\n"
    )
    assert same_content(ours, theirs)
    assert not same_content(ours, theirs.replace(b"100", b"80"))
    assert not same_content(ours, theirs.replace(b"Subject:", b"Bcc: e@x.example\r\nSubject:"))
