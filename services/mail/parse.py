"""RFC 822 bytes → ParsedMail. Whatever the bytes, there is a result, and it says what was wrong."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from services.mail.absence import returns_on
from services.mail.addresses import read_addresses
from services.mail.authentication import proof
from services.mail.body import read_body
from services.mail.bounce import failed_recipients
from services.mail.calendar import read_invitations
from services.mail.headers import HeaderBlock, decode_header, unfold
from services.mail.kind import classify
from services.mail.mime import Tree, read_tree
from services.mail.reply import own_text, visible_reply
from services.types.mail import Address, MailKind, ParsedMail, SenderProof

OWN_HEADER = "X-Understudy"
DRAFT_HEADER = "X-Understudy-Draft"
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
_TOKEN = re.compile(r"[0-9A-Fa-f][0-9A-Fa-f-]{6,126}[0-9A-Fa-f]\Z")
_MAX_REFERENCES = 200
_MAX_HEADER_TEXT = 20_000
_YEARS = range(1970, 2200)


def parse(raw: bytes) -> ParsedMail:
    """Read one message. Never raises: what can't be read is named in `notes`."""
    try:
        return _parse(raw)
    except Exception as error:  # noqa: BLE001 - a mail nobody foresaw must not stop the sync
        return _unreadable(raw, type(error).__name__)


@dataclass(slots=True)
class _Envelope:
    """Who, to whom, when: the header fields in their final form."""

    people: dict[str, tuple[Address, ...]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def _parse(raw: bytes) -> ParsedMail:
    tree = read_tree(raw)
    block = tree.root.block
    envelope = _envelope(block)
    for note in envelope.notes:
        tree.note(note)
    sender = next(iter(envelope.people["from"]), None)
    subject = envelope.headers.get("subject", "")
    sent_at = _sent_at(block, tree)
    body = read_body(tree)
    visible = visible_reply(body.text)
    kind = classify(
        envelope.headers,
        subject=subject,
        text=visible or body.text,
        sender=sender,
        types=body.types,
        own=own_text(body.text),
    )
    invitations, problems = read_invitations(body.calendars, sent_at)
    for problem in problems:
        tree.note(problem)
    if not raw:
        tree.note("This mail is empty.")
    elif not body.text and not body.attachments:
        tree.note("This mail has no text.")
    return ParsedMail(
        message_id=_message_id(block, tree),
        in_reply_to=next(iter(_ids(block.first("in-reply-to"))), None),
        references=_ids(" ".join(block.every("references"))),
        sender=sender,
        reply_to=envelope.people["reply-to"],
        to=envelope.people["to"],
        cc=envelope.people["cc"],
        bcc=envelope.people["bcc"],
        subject=subject,
        sent_at=sent_at,
        kind=kind,
        text=body.text,
        visible_reply=visible,
        proof=proof(block.fields, sender.domain if sender else ""),
        own_notice=bool(block.every(OWN_HEADER.lower())),
        draft_token=_draft_token(block),
        attachments=body.attachments,
        headers=envelope.headers,
        notes=tuple(tree.notes),
        body_sha256=hashlib.sha256(raw[tree.root.start :]).hexdigest(),
        returns_on=returns_on(subject, body.text, sent_at) if kind is MailKind.AUTO_REPLY else None,
        undeliverable=failed_recipients(envelope.headers, body) if kind is MailKind.BOUNCE else (),
        invitations=invitations,
    )


def _envelope(block: HeaderBlock) -> _Envelope:
    envelope = _Envelope()
    for name, value in block.fields:
        if name not in envelope.headers:
            envelope.headers[name] = decode_header(value[:_MAX_HEADER_TEXT])
    for name in ("from", "reply-to", "to", "cc", "bcc"):
        values = block.every(name)
        addresses, broken = read_addresses(", ".join(values))
        envelope.people[name] = addresses
        if broken:
            envelope.notes.append(f"Not every address in {name.capitalize()} can be read.")
    if not envelope.people["from"]:
        envelope.notes.append("The mail names no sender that can be read.")
    elif len(envelope.people["from"]) > 1 or len(block.every("from")) > 1:
        envelope.notes.append("The mail names several senders.")
    return envelope


def _sent_at(block: HeaderBlock, tree: Tree) -> datetime | None:
    value = decode_header(block.first("date")[:500])
    if not value:
        tree.note("The mail carries no date.")
        return None
    found = read_date(value)
    if found is None:
        tree.note("The date can't be read.")
    return found


def read_date(value: str) -> datetime | None:
    """A Date header as aware UTC; None when it is no date or out of this world."""
    try:
        found = parsedate_to_datetime(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.year in _YEARS else None


def _ids(value: str) -> tuple[str, ...]:
    found = _MESSAGE_ID.findall(unfold(value[: _MAX_HEADER_TEXT * 5]))
    return tuple(dict.fromkeys(f"<{one}>" for one in found if one.isprintable()))[:_MAX_REFERENCES]


def _message_id(block: HeaderBlock, tree: Tree) -> str:
    value = decode_header(block.first("message-id")[:2_000])
    given = next(iter(_ids(value)), None)
    if given is None and "@" in value and " " not in value and len(value) < 900:  # noqa: PLR2004 - as long as one in brackets may be
        given = f"<{value.strip('<>')}>"
    if given is not None:
        return given
    tree.note("The Message-ID is missing; one was made from the content.")
    parts = [block.first(name) for name in ("from", "to", "date", "subject")]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace"))
    digest.update(tree.raw[tree.root.start :])
    return f"<sha256-{digest.hexdigest()}@synthesized.invalid>"


def _draft_token(block: HeaderBlock) -> str | None:
    value = block.first(DRAFT_HEADER.lower()).strip()
    return value if _TOKEN.match(value) else None


def _unreadable(raw: bytes, why: str) -> ParsedMail:
    digest = hashlib.sha256(raw).hexdigest()
    return ParsedMail(
        message_id=f"<sha256-{digest}@synthesized.invalid>",
        in_reply_to=None,
        references=(),
        sender=None,
        reply_to=(),
        to=(),
        cc=(),
        bcc=(),
        subject="",
        sent_at=None,
        kind=MailKind.HUMAN,
        text="",
        visible_reply="",
        proof=SenderProof.NONE,
        own_notice=False,
        draft_token=None,
        notes=(f"This mail can't be read ({why}).",),
        body_sha256=digest,
    )
