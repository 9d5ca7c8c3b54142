"""Any bytes become a mail, within bounds; what was broken is said."""

# ruff: noqa: E501 - mails are kept on their lines

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from time import thread_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.mail import parse as parse_module
from services.mail.parse import parse
from services.types.mail import MailKind, SenderProof
from tests.shared import DATA

CORPUS = DATA / "rfc822"
HEAD = (
    b"From: Ann <ann@customer.example>\r\nTo: rep@seller.example\r\nSubject: Hello\r\n"
    b"Message-ID: <1@customer.example>\r\nDate: Mon, 1 Jan 2024 10:00:00 +0100\r\n"
)


def plain(text: bytes, extra: bytes = b"") -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=utf-8\r\n" + extra + b"\r\n" + text


def page(html: str) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()


def test_an_ordinary_mail():
    mail = parse(plain(b"Can we talk?\r\n", b"In-Reply-To: <0@seller.example>\r\n"))
    assert mail.sender is not None
    assert (mail.sender.email, mail.sender.name) == ("ann@customer.example", "Ann")
    assert [one.email for one in mail.to] == ["rep@seller.example"]
    assert mail.subject == "Hello"
    assert mail.sent_at == datetime(2024, 1, 1, 9, tzinfo=UTC)
    assert mail.in_reply_to == "<0@seller.example>"
    assert (mail.text, mail.visible_reply) == ("Can we talk?", "Can we talk?")
    assert (mail.kind, mail.proof, mail.notes) == (MailKind.HUMAN, SenderProof.NONE, ())


HIDDEN = [
    '<span style="display:none">secret</span>',
    '<span style="visibility: hidden">secret</span>',
    '<span style="font-size:0">secret</span>',
    '<span style="font-size:1px">secret</span>',
    '<span style="opacity:0">secret</span>',
    '<span style="color:#fff">secret</span>',
    '<font color="white">secret</font>',
    '<span style="color:rgb(254,254,254);background:#ffffff">secret</span>',
    '<div style="height:0;overflow:hidden">secret</div>',
    '<div style="position:absolute;left:-9999px">secret</div>',
    "<div hidden>secret</div>",
    "<style>.x{display:none}</style><p class=x>secret</p>",
    "<!-- secret -->",
    "<script>secret</script>",
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_a_reader_cannot_see_is_left_out(hidden):
    mail = parse(page(f"<p>Seen</p>{hidden}<p>also seen</p>"))
    assert "secret" not in mail.text
    assert mail.text.split() == ["Seen", "also", "seen"]


def test_white_on_a_dark_button_is_seen():
    html = '<td style="background:#003366"><a style="color:#fff" href="https://a.example">Go</a>'
    assert parse(page(f"<table><tr>{html}</td></tr></table>")).text == "Go (https://a.example)"


def test_links_show_where_they_lead():
    html = '<a href="https://evil.example/x">https://good.example</a> <a href="https://a.example/">a.example</a>'
    assert parse(page(html)).text == "https://good.example (https://evil.example/x) a.example"


def test_invisible_characters_go_with_a_note():
    mail = parse(plain("pay\u200bload \u202etxt.exe\U000e0041".encode()))
    assert mail.text == "payload txt.exe"
    assert any("reading direction" in note for note in mail.notes)


BROKEN = {
    "empty": b"",
    "null bytes": b"\0" * 1000,
    "no headers": b"just some words without any header",
    "only headers": b"From: a@b.example",
    "bad date": b"From: a@b.example\r\nDate: yesterday-ish\r\n\r\nx",
    "bad address": b"From: <<>>@@ , ;;\r\n\r\nx",
    "unclosed word": b"From: a@b.example\r\nSubject: =?utf-8?Q?abc\r\n\r\nx",
    "unknown charset": HEAD + b"Content-Type: text/plain; charset=zlib\r\n\r\nx",
    "wrong charset": HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\ncaf\xe9",
    "no boundary": HEAD + b"Content-Type: multipart/mixed\r\n\r\nwords",
    "own boundary": HEAD
    + b'Content-Type: multipart/mixed; boundary="a"\r\n\r\n--a\r\n--a\r\n--a--',
    "deep quotes": plain(b"".join(b">" * n + b" q\n" for n in range(200))),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_mail_is_read_as_far_as_it_goes(name):
    mail = parse_module._parse(BROKEN[name])
    assert mail.message_id.startswith("<")
    assert mail.notes or name == "deep quotes"


def test_a_missing_id_is_made_from_the_content():
    first, second = parse(b"From: a@b.example\r\n\r\nx"), parse(b"From: a@b.example\r\n\r\nx")
    assert first.message_id == second.message_id
    assert first.message_id.endswith("@synthesized.invalid>")
    assert parse(b"From: a@b.example\r\n\r\ny").message_id != first.message_id


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.sampled_from([b"", HEAD, plain(b"x"), page("<p>x")]))
def test_no_bytes_raise(noise, start):
    for raw in (start + noise, noise + start, start[: len(noise)] + noise):
        parse_module._parse(raw)


def test_nesting_beyond_reason_is_cut_with_a_note():
    body = b"Content-Type: text/plain\r\n\r\ndeep\r\n"
    for level in range(150):
        mark = b"b%d" % level
        body = (
            b"Content-Type: multipart/mixed; boundary="
            + mark
            + b"\r\n\r\n--"
            + mark
            + b"\r\n"
            + body
        )
    mail = parse_module._parse(HEAD + body)
    assert any("nested" in note for note in mail.notes)


def test_twenty_five_megabytes_take_seconds():
    data = base64.encodebytes(bytes(range(256)) * 72_000)
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=X\r\n\r\n--X\r\n\r\nSee the file.\r\n--X\r\n"
        + b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + data
        + b"\r\n--X--\r\n"
    )
    assert len(raw) > 24_000_000
    started = thread_time()
    mail = parse_module._parse(raw)
    assert thread_time() - started < 20
    assert mail.text == "See the file."
    assert [(one.name, one.size) for one in mail.attachments] == [("a.pdf", 256 * 72_000)]


@pytest.mark.parametrize(
    "unit", [b"a", b" ", b">", b"a@", b"<div>", b"<", b"=?", b"1.", b"http://"]
)
def test_one_endless_line_costs_its_length_and_no_more(unit):
    def seconds(size: int) -> float:
        raw = plain((unit * size)[:size])
        started = thread_time()
        parse_module._parse(raw)
        return thread_time() - started

    seconds(10_000)
    small = min(seconds(50_000) for _ in range(3))
    large = min(seconds(400_000) for _ in range(2))
    assert large <= 8 * 4 * max(small, 0.003)


def test_a_bounce_names_whom_it_failed():
    raw = (
        b"From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=X\r\n\r\n--X\r\n\r\n"
        b"I'm sorry.\r\n--X\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n"
        b"\r\nFinal-Recipient: rfc822; Bob@Gone.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--X--"
    )
    mail = parse(raw)
    assert mail.kind is MailKind.BOUNCE
    assert mail.undeliverable == ("bob@gone.example",)


AWAY = [
    ("Out of office until December 4th.", (2026, 12, 4)),
    ("Ab dem 7. Dezember bin ich wieder erreichbar.", (2026, 12, 7)),
    ("Je suis absent jusqu'au 5 janvier.", (2027, 1, 5)),
    ("Estaré fuera de la oficina hasta el 12 de diciembre.", (2026, 12, 12)),
    ("12月4日まで不在にしております。", (2026, 12, 4)),
    ("I will be back on Monday.", (2026, 11, 23)),
    ("Away from 23 Nov to 30 Nov, returning 1 December 2026.", (2026, 12, 1)),
]


@pytest.mark.parametrize(("text", "day"), AWAY)
def test_an_absence_says_when_it_ends(text, day):
    raw = (
        "From: a@b.example\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n"
        "Date: Sat, 21 Nov 2026 09:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"{text}"
    )
    assert parse(raw.encode()).returns_on == datetime(*day, tzinfo=UTC)


def _mails() -> list[Path]:
    return [*CORPUS.rglob("*.eml"), *(CORPUS / "cpython-3.11.7").rglob("msg_*.txt")]


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus isn't here")
def test_every_mail_of_the_corpus_is_read():
    found = [parse_module._parse(path.read_bytes()) for path in _mails()]
    assert len(found) > 240
    assert sum(bool(mail.text) for mail in found) / len(found) > 0.85
    assert sum(mail.sender is not None for mail in found) / len(found) > 0.8


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus isn't here")
def test_another_parser_reads_the_same_subject_and_sender():
    subjects, senders = [], []
    for path in (CORPUS / "stalwart").rglob("*.json"):
        expected = json.loads(path.read_text())
        fields = expected["parts"][0]["headers"] if expected["parts"] else []
        mail = parse(path.with_suffix(".eml").read_bytes())
        for one in fields:
            if one["name"] == "subject" and isinstance(one["value"], dict):
                subjects.append(" ".join(one["value"]["Text"].split()) == mail.subject)
            if one["name"] == "from" and isinstance(one["value"], dict):
                listed = one["value"].get("Address", {}).get("List", [])
                if listed and listed[0]["address"] and "@" in listed[0]["address"]:
                    got = mail.sender.email if mail.sender else None
                    senders.append(got == listed[0]["address"].lower())
    assert sum(subjects) / len(subjects) >= 0.9, f"{sum(subjects)} of {len(subjects)} subjects"
    assert sum(senders) / len(senders) >= 0.9, f"{sum(senders)} of {len(senders)} senders"
