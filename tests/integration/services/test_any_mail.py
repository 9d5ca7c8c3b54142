"""Whatever lies in a mailbox is stored or set aside with a reason, and the reading goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.session import Database
from tests.fakes.mail import FakeMailboxes
from tests.integration.services.office import Office, eml

# Beside the checkout, or beside the folder that a work tree lies in.
PLACES = [folder / "shared" / "data" / "rfc822" for folder in Path(__file__).resolve().parents[4:6]]


def corpus() -> Iterator[bytes]:
    folder = next((place for place in PLACES if place.is_dir()), None)
    if folder is None:
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".eml", ".txt"}:
            yield path.read_bytes()


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database, FakeMailboxes()).open()


async def _read(office: Office, mails: list[bytes]) -> int:
    """Deliver all, read once; returns how many were stored or set aside."""
    box, gmail = await office.connect("ana")
    for raw in mails:
        gmail.deliver(raw, thread_id=f"t{len(gmail.messages)}")
    await office.service().sync(office.tenant, box)
    row = await office.mailbox(box)
    assert row.history_id == gmail.history_id
    assert row.status == "connected"
    return len(await office.events("done")) + len(await office.events("set_aside"))


ODD = {
    "empty": b"",
    "one newline": b"\r\n",
    "no headers": b"just some text\r\nand more\r\n",
    "only a header": b"Subject: nothing else",
    "binary": bytes(range(256)) * 50,
    "nul": eml("a\x00b").replace(b"Seats", b"Se\x00ats"),
    "lone surrogate": eml().replace(b"Seats", b"\xed\xa0\x80"),
    "unknown charset": eml().replace(b"utf-8", b"klingon-8"),
    "wrong charset": eml().replace(b"hundred", b"\xff\xfe\xfa"),
    "a line of 100 kB": eml("x" * 100_000),
    "a long Message-ID": eml(message_id=f"<{'a' * 5000}@x.test>"),
    "thousands of references": eml(extra="References: " + "<r@x> " * 20_000 + "\r\n"),
    "two senders": eml(sender="a@acme.test, b@acme.test"),
    "no sender": eml().replace(b"From: dana@acme.test\r\n", b""),
    "deep nesting": b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(300)
    ),
}


@pytest.mark.parametrize("name", ODD)
async def test_odd_mail_is_kept_or_set_aside(office: Office, name: str) -> None:
    around = [eml("before"), ODD[name], eml("after")]
    assert await _read(office, around) == 3
    texts = [m.text for m in await office.messages()]
    assert any(text and "before" in text for text in texts)
    assert any(text and "after" in text for text in texts)


async def test_25_megabytes_are_kept_without_the_attachment(office: Office) -> None:
    line = b"QUJD" * 19 + b"\r\n"
    raw = (
        b"From: dana@acme.test\r\nTo: ana@sell.test\r\nSubject: big\r\nMessage-ID: <big@x>\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\n"
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="big.pdf"\r\n\r\n'
        + line * (25_000_000 // len(line))
        + b"--b--\r\n"
    )
    assert await _read(office, [raw]) == 1
    (message,) = await office.messages()
    assert message.text is not None
    assert "See the file." in message.text
    assert message.attachments[0]["size"] > 18_000_000


@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2))])
async def test_real_mail_of_every_kind_is_read(office: Office, part: int) -> None:
    """Every third one of each folder in `make test`."""
    mails = list(corpus())[part::3]
    if not mails:
        pytest.skip("the corpus is not here")
    received = await _read(office, mails)
    # Only notices of our own would be left out, and there are none among them.
    assert received == len(mails)
    for event in await office.events("set_aside"):
        assert event.note
