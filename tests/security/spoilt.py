"""Mail as bad as it comes: the corpus, spoilt in twenty ways, and mail made up from nothing."""

import base64
import gzip
import io
import random
import re
import zipfile
from collections.abc import Callable
from email.utils import format_datetime
from functools import cache

from tests.attacks.product import TUESDAY
from tests.security.hostile import ALL, EVIL
from tests.shared import DATA

Spoil = Callable[[bytes, random.Random], bytes]
CHARSETS = ("utf-7", "utf-16", "utf-32", "iso-2022-kr", "big5", "klingon-8", "idna", "hz", "cp037",
            "unicode_escape", "base64", "rot13", "\u00fc", "x" * 900, "", "utf-8*en'")  # fmt: skip
ENCODINGS = ("base64", "quoted-printable", "uuencode", "7bit", "binary", "x-gzip", "yenc", "")
DATES = ("Thu, 01 Jan 1970 00:00:00 +0000", "Wed, 31 Dec 2099 23:59:59 +1400",
         "Mon, 99 Foo 99999 99:99:99 +9999", "Fri, 30 Feb 2024 10:00:00 -9999", "yesterday", "",
         "Sat, 01 Jan 0000 00:00:00 +0000", "9" * 5_000)  # fmt: skip
CUSTOMER = b"From: Carla Customer <carla@acme.test>"
_FROM = re.compile(rb"(?im)^from:[^\n]*(?:\n[ \t][^\n]*)*\r?\n?")


def corpus() -> list[bytes]:
    """Every e-mail that lies beside the checkout, in a fixed order; none where it isn't."""
    found = sorted((DATA / "rfc822").rglob("*")) if (DATA / "rfc822").is_dir() else []
    return [one.read_bytes() for one in found if one.is_file() and one.suffix in (".eml", ".txt")]


def headed(raw: bytes, *lines: bytes) -> bytes:
    return b"".join(line + b"\r\n" for line in lines) + raw


def _cut(raw: bytes, dice: random.Random) -> bytes:
    return raw[: dice.randrange(len(raw) + 1)]


def _charset(raw: bytes, dice: random.Random) -> bytes:
    name = dice.choice(CHARSETS).encode()
    spoilt, found = re.subn(
        rb"(?i)charset=\"?[\w.:-]+\"?", lambda _: b'charset="' + name + b'"', raw
    )
    return spoilt if found else headed(raw, b'Content-Type: text/plain; charset="' + name + b'"')


def _boundary(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.split(b"\n")
    marks = [place for place, line in enumerate(lines) if line.startswith(b"--")]
    for place in dice.sample(marks, min(len(marks), 1 + len(marks) // 2)):
        lines[place] = dice.choice((b"", b"--", lines[place][:-3], lines[place] + b"x", b"--b\0"))
    return headed(
        b"\n".join(lines), *([] if marks else [b'Content-Type: multipart/mixed; boundary="'])
    )


def _header(raw: bytes, dice: random.Random) -> bytes:
    name = dice.choice((b"Subject", b"References", b"To", b"X-Long", b"Content-Type", b"Received"))
    filler = dice.choice(
        (b"x", b"<a@b.c> ", b"=?utf-8?q?=41?= ", b"a@b.example, ", b"(", b'"', b"; a=b")
    )
    return headed(raw, name + b": " + filler * (2_000_000 // len(filler)))


def _parts(_raw: bytes, dice: random.Random) -> bytes:
    kind = dice.choice((b"text/plain", b"text/html", b"message/rfc822", b"text/calendar", b"a/b"))
    part = b"--b\r\nContent-Type: " + kind + b"\r\n\r\nCould you send it?\r\n"
    return headed(b"\r\n" + part * 10_000 + b"--b--\r\n", CUSTOMER, b"Subject: many",
                  b'Content-Type: multipart/mixed; boundary="b"')  # fmt: skip


def _nested(_raw: bytes, dice: random.Random) -> bytes:
    if dice.random() < 0.5:
        inner = b"Content-Type: message/rfc822\r\n\r\n" * 10_000
        return headed(inner, CUSTOMER, b"Subject: deep")
    levels = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(10_000)
    )
    return headed(levels, CUSTOMER, b"Subject: deep")


@cache
def _bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr("a.txt", bytes(50_000_000))
    return base64.encodebytes(packed.getvalue() + gzip.compress(bytes(10_000_000)))


def _packed(_raw: bytes, dice: random.Random) -> bytes:
    kind = dice.choice(
        (b"application/zip", b"application/gzip", b"text/calendar", b"text/html", b"image/svg+xml")
    )
    return headed(
        b"--b\r\nContent-Type: text/plain\r\n\r\nSee the file, could you?\r\n--b\r\nContent-Type: "
        + kind + b"\r\nContent-Encoding: gzip\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="../../a.zip"\r\n\r\n' + _bomb() + b"--b--\r\n",
        CUSTOMER, b"Subject: packed", b'Content-Type: multipart/mixed; boundary="b"', b"",
    )  # fmt: skip


def _nul(raw: bytes, dice: random.Random) -> bytes:
    spoilt = bytearray(raw)
    for _ in range(20):
        spoilt.insert(dice.randrange(len(spoilt) + 1), 0)
    return bytes(spoilt)


def _same_id(raw: bytes, _dice: random.Random) -> bytes:
    return headed(raw, b"Message-ID: <the-same@twice.test>")


def _date(raw: bytes, dice: random.Random) -> bytes:
    return headed(raw, b"Date: " + dice.choice(DATES).encode())


def _elsewhere(raw: bytes, _dice: random.Random) -> bytes:
    evil = f"boss@{EVIL}".encode()
    return headed(raw, CUSTOMER, b"Reply-To: " + evil, b"Cc: " + evil + b", dirk@acme.test",
                  b"Bcc: " + evil, b"Sender: " + evil, b"Return-Path: <" + evil + b">")  # fmt: skip


def _no_from(raw: bytes, _dice: random.Random) -> bytes:
    return _FROM.sub(b"", raw)


def _flipped(raw: bytes, dice: random.Random) -> bytes:
    spoilt = bytearray(raw)
    for _ in range(max(1, len(spoilt) // 100)):
        if spoilt:
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
    return bytes(spoilt)


def _customers(raw: bytes, _dice: random.Random) -> bytes:
    return headed(_FROM.sub(b"", raw), CUSTOMER)


WAYS: dict[str, Spoil] = {
    "as it is": lambda raw, _dice: raw,
    "as it is, from a customer": _customers,
    "cut at any byte": _cut,
    "a wrong charset": _charset,
    "broken MIME boundaries": _boundary,
    "NUL inside": _nul,
    "the same Message-ID": _same_id,
    "a Date of 1970, 2099 or none at all": _date,
    "Reply-To, Cc and Sender elsewhere": _elsewhere,
    "no From": _no_from,
    "bytes turned": _flipped,
}
LARGE: dict[str, Spoil] = {
    "a header of 2 MB": _header,
    "10,000 parts": _parts,
    "nested 10,000 times": _nested,
    "attachments that grow when unpacked": _packed,
}
"""These take seconds of the sandbox's own: a few of each."""


def made_up(dice: random.Random, image: str) -> bytes:
    """A mail nobody has written: any headers, any parts, any words; pictures from `image`."""
    name, subject = _coded(dice), _coded(dice)
    lines = [
        b"From: " + name + b" <carla@acme.test>",
        b"To: rita@brightpath.test",
        b"Subject: " + subject,
        b"Message-ID: <" + str(dice.getrandbits(64)).encode() + b"@made.test>",
        b"Date: " + dice.choice((format_datetime(TUESDAY), *DATES)).encode(),
    ]
    dice.shuffle(lines)
    return headed(_part(dice, image, 0), *lines)


def _coded(dice: random.Random) -> bytes:
    text = dice.choice(ALL).replace("\0", "").encode("utf-8", "replace")
    if dice.random() < 0.3:
        return text.replace(b"\r", b" ").replace(b"\n", b" ")
    coded = base64.b64encode(text).decode()
    return f"=?{dice.choice(('utf-8', *CHARSETS[:6]))}?b?{coded}?=".encode()


def _part(dice: random.Random, image: str, depth: int) -> bytes:
    if depth < 4 and dice.random() < 0.5:
        mark = str(dice.getrandbits(32)).encode()
        kind = dice.choice((b"mixed", b"alternative", b"related", b"digest", b"signed", b"report"))
        inner = (_part(dice, image, depth + 1) for _ in range(dice.randrange(4)))
        body = b"".join(b"--" + mark + b"\r\n" + one + b"\r\n" for one in inner)
        return (
            b"Content-Type: multipart/"
            + kind
            + b'; boundary="'
            + mark
            + b'"\r\n\r\n'
            + body
            + b"--"
            + mark
            + b"--\r\n"
        )
    words = "\n".join(dice.choice(ALL) for _ in range(dice.randrange(5)))
    kind = dice.choice(("text/plain", "text/html", "text/calendar", "image/svg+xml",
                        "message/rfc822", "application/ms-tnef", "text/x-amp-html"))  # fmt: skip
    text = _BODIES.get(kind, "{words}\nCould you send me the sheet by Friday?").format(
        words=words.replace("{", "("), image=image
    )
    encoding = dice.choice(ENCODINGS)
    data = text.encode("utf-8", "replace")
    if encoding == "base64":
        data = base64.encodebytes(data)
    head = f"Content-Type: {kind}; charset={dice.choice(('utf-8', *CHARSETS[:9]))}\r\n"
    return f"{head}Content-Transfer-Encoding: {encoding}\r\n\r\n".encode() + data


_BODIES = {
    "text/html": "<html><head><link rel=stylesheet href='{image}/a.css'>"
    "<style>@import '{image}/b.css'</style><base href='{image}'></head>"
    "<body background='{image}/c.png'><img src='{image}/d.png'><iframe src='{image}/e'></iframe>"
    "<p>{words}<p>Could you send me the sheet by Friday?",
    "image/svg+xml": "<?xml version='1.0'?><!DOCTYPE s [<!ENTITY x SYSTEM '{image}/f'>"
    "<!ENTITY y 'yyyyyyyyyy'><!ENTITY z '&y;&y;&y;'>]><svg><image href='{image}/g.png'/>"
    "&x;&z;</svg>",
    "text/calendar": "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:{words}\r\n"
    "DTSTART:20261201T100000Z\r\nRRULE:FREQ=SECONDLY\r\nATTACH:{image}/h\r\nURL:{image}/i\r\n"
    "SUMMARY:{words}\r\nATTENDEE:mailto:boss@evil.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
}
