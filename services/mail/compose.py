"""Our text → RFC 822 bytes, and the question whether two mails show a person the same."""

import base64
import hashlib
import json
import quopri
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape

from services.errors import InvalidInput
from services.mail.addresses import normal_email
from services.mail.body import read_html, read_plain
from services.mail.characters import clean_text, one_line
from services.mail.mime import read_tree
from services.mail.parse import DRAFT_HEADER, OWN_HEADER, parse
from services.mail.subject import reply_subject
from services.types.mail import Address

__all__ = [
    "clean_text",
    "compose",
    "content_hash",
    "reply_subject",
    "same_content",
    "text_to_html",
    "visible_parts",
]

_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}\Z")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>\Z")
_TOKEN = re.compile(r"[0-9A-Fa-f][0-9A-Fa-f-]{6,126}[0-9A-Fa-f]\Z")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*\Z")
_URL = re.compile(r"https?://[^\s<>\"'\u00a0]{1,2000}")
_OURS = frozenset(
    [
        "from",
        "to",
        "cc",
        "bcc",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "in-reply-to",
        "references",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
    ]
) | {OWN_HEADER.lower(), DRAFT_HEADER.lower()}
_LINE = 76
_WORD_BYTES = 45
_MAX_REFERENCES = 30


def compose(
    *,
    sender: Address,
    to: Sequence[Address],
    subject: str,
    text: str,
    date: datetime,
    cc: Sequence[Address] = (),
    bcc: Sequence[Address] = (),
    reply_to: Address | None = None,
    in_reply_to: str | None = None,
    references: Sequence[str] = (),
    draft_token: str | None = None,
    message_id: str | None = None,
    own_notice: bool = False,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """One message with CRLF line ends. Without `html` the text's own twin is added; `html=""`
    leaves it out. Raises InvalidInput for what can't stand in a header."""
    if date.tzinfo is None:
        raise InvalidInput("The date needs a time zone.", field="date")
    lines = [_address_header("From", [sender])]
    for name, people in (("To", to), ("Cc", cc), ("Bcc", bcc)):
        lines += [_address_header(name, people)] if people else []
    lines += [_address_header("Reply-To", [reply_to])] if reply_to else []
    lines.append(_text_header("Subject", subject))
    lines.append(f"Date: {format_datetime(date)}")
    lines += _thread_headers(message_id, in_reply_to, references)
    lines += _own_headers(draft_token, headers or {}, own_notice=own_notice)
    lines.append("MIME-Version: 1.0")
    plain = clean_text(text)
    page = text_to_html(plain) if html is None else clean_text(html)
    return "\r\n".join(lines).encode("ascii") + b"\r\n" + _body(plain, page)


def _address_header(name: str, people: Sequence[Address]) -> str:
    return f"{name}: " + ",\r\n ".join(_written(person) for person in people)


def _written(person: Address) -> str:
    email = normal_email(person.email)
    if email is None or not email.isascii() or one_line(person.email) != person.email:
        raise InvalidInput(f"I can't write to {one_line(person.email)[:100]!r}: not an address.")
    name = one_line(person.name)
    if not name:
        return email
    if not name.isascii() or "=?" in name or len(name) > _LINE:
        return f"{_encoded(name)} <{email}>"
    if not _ATOMS.match(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    return f"{name} <{email}>"


def _encoded(text: str) -> str:
    """RFC 2047 words, cut between characters, one a line."""
    words: list[str] = []
    piece = b""
    for char in text:
        data = char.encode("utf-8")
        if len(piece) + len(data) > _WORD_BYTES:
            words.append(base64.b64encode(piece).decode("ascii"))
            piece = b""
        piece += data
    words.append(base64.b64encode(piece).decode("ascii"))
    return "\r\n ".join(f"=?utf-8?B?{word}?=" for word in words)


def _text_header(name: str, value: str) -> str:
    text = one_line(value)
    if not text.isascii() or "=?" in text or any(len(word) > _LINE for word in text.split(" ")):
        return f"{name}: {_encoded(text)}"
    return _folded(name, text.split(" "))


def _folded(name: str, words: Sequence[str]) -> str:
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1].strip() not in {"", f"{name}:"}:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _thread_headers(
    message_id: str | None, in_reply_to: str | None, references: Sequence[str]
) -> list[str]:
    lines: list[str] = []
    if message_id is not None:
        if not _MESSAGE_ID.match(message_id):
            raise InvalidInput("The Message-ID isn't one.", field="message_id")
        lines.append(f"Message-ID: {message_id}")
    # Ids of others' mail are outside data: one that can't stand in a header is left out.
    if in_reply_to and _MESSAGE_ID.match(in_reply_to):
        lines.append(f"In-Reply-To: {in_reply_to}")
    known = list(dict.fromkeys(one for one in references if _MESSAGE_ID.match(one)))
    if len(known) > _MAX_REFERENCES:
        known = known[:1] + known[-_MAX_REFERENCES + 1 :]
    if known:
        lines.append("References: " + "\r\n ".join(known))
    return lines


def _own_headers(
    draft_token: str | None, headers: Mapping[str, str], *, own_notice: bool
) -> list[str]:
    lines: list[str] = []
    if own_notice:
        lines.append(f"{OWN_HEADER}: notice")
    if draft_token is not None:
        if not _TOKEN.match(draft_token):
            raise InvalidInput("The draft's token isn't one.", field="draft_token")
        lines.append(f"{DRAFT_HEADER}: {draft_token}")
    for name, value in headers.items():
        if not _HEADER_NAME.match(name) or name.lower() in _OURS:
            raise InvalidInput(
                f"{one_line(name)[:80]!r} can't be set as a header.", field="headers"
            )
        # What must stay readable to machines (List-Unsubscribe) is never encoded when ASCII.
        text = one_line(value)
        lines.append(_folded(name, text.split(" ")) if text.isascii() else _text_header(name, text))
    return lines


def _body(text: str, html: str) -> bytes:
    if not html:
        return _encoded_part("text/plain", text)
    digest = hashlib.sha256(f"{text}\0{html}".encode()).hexdigest()[:32]
    boundary = f"=_{digest}"  # neither encoding can produce "=_"
    delimiter = f"--{boundary}".encode("ascii")
    return b"".join(
        (
            f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode("ascii"),
            delimiter + b"\r\n" + _encoded_part("text/plain", text) + b"\r\n",
            delimiter + b"\r\n" + _encoded_part("text/html", html) + b"\r\n",
            delimiter + b"--\r\n",
        )
    )


def _encoded_part(content_type: str, text: str) -> bytes:
    """Quoted-printable where that stays readable, base64 else; either way lines are short."""
    data = text.encode("utf-8")
    head = f'Content-Type: {content_type}; charset="utf-8"\r\nContent-Transfer-Encoding: '
    if sum(byte > 126 for byte in data) * 4 > len(data):  # noqa: PLR2004 - DEL and above are escaped
        encoded = base64.encodebytes(data.replace(b"\n", b"\r\n"))
        return head.encode("ascii") + b"base64\r\n\r\n" + encoded.replace(b"\n", b"\r\n")
    lines = quopri.encodestring(data).replace(b"\n", b"\r\n")
    return head.encode("ascii") + b"quoted-printable\r\n\r\n" + lines


def text_to_html(text: str) -> str:
    """The text's twin: escaped, line for line, addresses as links that say where they lead."""
    lines = [_html_line(line) for line in clean_text(text).split("\n")]
    return '<div dir="ltr">' + "<br>\n".join(lines) + "</div>"


def _html_line(line: str) -> str:
    out: list[str] = []
    at = 0
    for match in _URL.finditer(line):
        url = match[0].rstrip(".,;:!?)]}")
        out.append(escape(line[at : match.start()]))
        out.append(f'<a href="{escape(url)}">{escape(url)}</a>')
        at = match.start() + len(url)
    out.append(escape(line[at:]))
    # Runs of blanks and tabs would be folded into one by whoever shows the page.
    spaced = re.sub(r"(?<= ) |^ ", "&nbsp;", "".join(out))
    return spaced.replace("\t", "&nbsp; &nbsp; ")


def content_hash(
    *,
    sender: Address,
    to: Sequence[Address],
    cc: Sequence[Address],
    bcc: Sequence[Address],
    reply_to: Address | None,
    subject: str,
    text: str,
    attachments: Sequence[str] = (),
    thread_id: str | None = None,
    in_reply_to: str | None = None,
    thread_head: str | None = None,
) -> str:
    """What people decide on, as one value: sha256 over everything an approval covers.
    `attachments` are digests; recipients count as sets."""
    canonical = [
        "understudy-revision-1",
        sender.email,
        *(sorted({person.email for person in people}) for people in (to, cc, bcc)),
        reply_to.email if reply_to else None,
        one_line(subject),
        unicodedata.normalize("NFC", clean_text(text)),
        sorted(attachments),
        thread_id,
        in_reply_to,
        thread_head,
    ]
    encoded = json.dumps(canonical, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(encoded.encode("ascii")).hexdigest()


def visible_parts(
    raw: bytes,
) -> tuple[tuple[Address, ...], tuple[Address, ...], tuple[Address, ...], str, str]:
    """To, Cc, Bcc, subject and text of a draft as its author sees it in Gmail's editor."""
    mail = parse(raw)
    shown = read_html(read_tree(raw)) or mail.text
    return mail.to, mail.cc, mail.bcc, mail.subject, shown.replace("\u00a0", " ")


def same_content(raw_a: bytes, raw_b: bytes) -> bool:
    """Whether a person would see the same mail: recipients, subject, words, attachments.
    Message-ID, dates, transport, wrapping and re-encoded HTML don't count."""
    return _seen(raw_a) == _seen(raw_b) and _same_plain(raw_a, raw_b)


def _seen(raw: bytes) -> tuple[object, ...]:
    to, cc, bcc, subject, text = visible_parts(raw)
    mail = parse(raw)
    return (
        *(frozenset(person.email for person in people) for people in (to, cc, bcc)),
        mail.sender.email if mail.sender else None,
        frozenset(person.email for person in mail.reply_to),
        unicodedata.normalize("NFC", subject),
        _words(text),
        tuple(sorted(one.sha256 for one in mail.attachments)),
    )


def _words(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _same_plain(raw_a: bytes, raw_b: bytes) -> bool:
    """Readers without HTML must not see other words either, where both mails speak to them."""
    plain_a, plain_b = read_plain(read_tree(raw_a)), read_plain(read_tree(raw_b))
    if not plain_a or not plain_b:
        return True
    return re.findall(r"\w+", plain_a) == re.findall(r"\w+", plain_b)
