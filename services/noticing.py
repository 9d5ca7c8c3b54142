"""What stands out in mail that has just been read: pure rules over stored mails, no model.

At most one of a kind, at most three in all, the most pressing first; each points to the mail it was
found in and quotes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from db.first_readings import ReadMail
from services.offline.dates import find_days
from services.offline.extract import extract
from services.offline.text import sentences
from services.types.first_reading import NoticeKind
from services.types.model import Ask, AskKind, Extraction, ExtractionRequest, Sign

SHOWN = 3
# An ask older than this is history; one younger than a day is nobody's omission.
UNANSWERED_AFTER = timedelta(days=1)
NEAR = timedelta(days=7)
SILENT_AFTER = timedelta(days=21)
# Somebody who wrote once has not fallen silent.
REGULAR = 3
READ_CLOSELY = 200
QUOTE = 200
PROMISES = (
    "i will send",
    "i'll send",
    "we will send",
    "we'll send",
    "i will get back",
    "i'll get back",
    "i will have",
    "i'll have",
    "you will have",
    "you'll have",
    "i will share",
    "i'll share",
    "ich schicke",
    "ich sende",
    "je vous envoie",
    "le envío",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    kind: NoticeKind
    mail: ReadMail
    quote: str
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A thread in which the customer spoke last, and whether they asked for something."""

    mail: ReadMail
    asks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """`waiting`: those who asked first, and of them the one who waits longest."""

    waiting: tuple[Waiting, ...]
    noticed: tuple[Noticed, ...]


def notice(mails: Sequence[ReadMail], now: datetime) -> Findings:
    """Mails come newest first, both sides'."""
    inbound = [mail for mail in mails if mail.message.direction == "inbound"]
    read = {mail.message.id: _read(mail) for mail in inbound[:READ_CLOSELY]}
    last = [
        Waiting(mail=mail, asks=_asks(read.get(mail.message.id)) is not None)
        for mail in reversed(inbound)
        if mail.is_head
    ]
    waiting = tuple(sorted(last, key=lambda one: not one.asks))
    found = (
        _unanswered([one.mail for one in waiting], read, now),
        _promise(mails, now),
        _of_kind("pricing", inbound, read, AskKind.PRICING),
        _competitor(inbound, read),
        _silent(mails, now),
        _of_kind("request", inbound, read, AskKind.CONTRACT),
    )
    told: list[Noticed] = []
    for one in found:
        # One mail is one thing worth saying.
        if one is not None and all(one.mail.message.id != t.mail.message.id for t in told):
            told.append(one)
    return Findings(waiting=waiting, noticed=tuple(told[:SHOWN]))


def _read(mail: ReadMail) -> Extraction:
    message = mail.message
    return extract(
        ExtractionRequest(
            text=message.text or "",
            subject=message.subject,
            sender_name=str(message.sender.get("name") or ""),
            today=message.received_at.date(),
        )
    )


def _asks(found: Extraction | None) -> Ask | None:
    return found.asks[0] if found is not None and found.asks else None


def _unanswered(
    waiting: Sequence[ReadMail], read: dict[UUID, Extraction], now: datetime
) -> Noticed | None:
    for mail in waiting:
        ask = _asks(read.get(mail.message.id))
        if ask is not None and now - mail.message.received_at >= UNANSWERED_AFTER:
            return Noticed(kind="unanswered", mail=mail, quote=ask.quote[:QUOTE], due=ask.due)
    return None


def _promise(mails: Sequence[ReadMail], now: datetime) -> Noticed | None:
    """Something we said we would do by a day that is near or has passed, and no word since."""
    for mail in mails:
        message = mail.message
        if message.direction != "outbound" or not mail.is_head:
            continue
        for sentence in sentences(message.text or ""):
            low = sentence.flat.lower()
            if not any(words in low for words in PROMISES):
                continue
            named = [d.day for d in find_days(sentence.flat, message.received_at.date()) if d.exact]
            if named and named[0] <= now.date() + NEAR:
                quote = sentence.quote[:QUOTE]
                return Noticed(kind="promise", mail=mail, quote=quote, due=named[0])
    return None


def _of_kind(
    kind: NoticeKind, inbound: Sequence[ReadMail], read: dict[UUID, Extraction], wanted: AskKind
) -> Noticed | None:
    for mail in inbound:
        found = read.get(mail.message.id)
        ask = next((a for a in found.asks if a.kind is wanted), None) if found else None
        if ask is not None:
            return Noticed(kind=kind, mail=mail, quote=ask.quote[:QUOTE], due=ask.due)
    return None


def _competitor(inbound: Sequence[ReadMail], read: dict[UUID, Extraction]) -> Noticed | None:
    for mail in inbound:
        found = read.get(mail.message.id)
        signs = found.signals if found else ()
        signal = next((s for s in signs if s.name is Sign.COMPETITOR_NAMED), None)
        if signal is not None:
            return Noticed(kind="competitor", mail=mail, quote=signal.evidence[:QUOTE])
    return None


def _silent(mails: Sequence[ReadMail], now: datetime) -> Noticed | None:
    """A person who used to write and has not for weeks, though we wrote last."""
    last: dict[UUID, ReadMail] = {}
    count: dict[UUID, int] = {}
    ours = {mail.account_id for mail in mails if mail.message.direction == "outbound"}
    for mail in mails:
        person = mail.message.contact_id
        if mail.message.direction == "inbound" and person is not None:
            last.setdefault(person, mail)
            count[person] = count.get(person, 0) + 1
    gone = [
        mail
        for person, mail in last.items()
        if count[person] >= REGULAR
        and mail.account_id in ours
        and not mail.is_head
        and now - mail.message.received_at >= SILENT_AFTER
    ]
    if not gone:
        return None
    mail = max(gone, key=lambda m: count.get(m.message.contact_id or m.account_id, 0))
    said = sentences(mail.message.text or "")
    words = said[0].quote if said else mail.message.subject
    return Noticed(kind="silent", mail=mail, quote=words[:QUOTE])
