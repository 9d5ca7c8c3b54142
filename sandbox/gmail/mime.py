"""Reading RFC 822 bytes without ever failing, and byte-exact changes to headers."""

import email
import email.errors
import email.header
import email.policy
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message as ParsedMail
from email.utils import getaddresses
from typing import TypeVar

_T = TypeVar("_T")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^>]*>", re.IGNORECASE)
_MSG_ID = re.compile(r"<[^<>\s]+>")
_SUBJECT_PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|sv|antw|vs|wg|tr)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
HEAD_BYTES = 256 * 1024
_SNIPPET = 200
_NONE: list[tuple[str, str]] = []
# What the standard parser is known to raise on hostile input; a part that raises is read as empty.
_BROKEN = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    email.errors.MessageError,
)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One header field: where it stands in the bytes, and what it says when decoded."""

    name: str
    value: str
    start: int
    end: int


def attempt(read: Callable[[], _T], default: _T) -> _T:
    """Whatever a broken message makes the parser raise becomes `default`."""
    try:
        return read()
    except _BROKEN:
        return default


def decode_value(value: bytes) -> str:
    """Unfolded, RFC 2047 decoded, never failing and free of lone surrogates."""
    flat = _FOLD.sub(b"", value).strip()
    text = attempt(lambda: flat.decode("utf-8"), flat.decode("latin-1"))
    if "=?" in text:
        text = attempt(
            lambda: str(email.header.make_header(email.header.decode_header(text))), text
        )
    return text.encode("utf-8", "replace").decode("utf-8")


def split_head(raw: bytes) -> tuple[list[Field], int]:
    """The header fields and the offset of the body; no headers at all is fine."""
    spans: list[tuple[str, int, int, int]] = []
    at = 0
    while at < len(raw):
        end = raw.find(b"\n", at) + 1 or len(raw)
        line = raw[at : min(end, at + 1000)]
        match = _FIELD.match(line)
        if not line.strip(b"\r\n"):
            at = end
            break
        if line[:1] in b" \t" and spans:
            name, start, value, _ = spans[-1]
            spans[-1] = (name, start, value, end)
        elif match:
            spans.append((match[1].decode("ascii"), at, at + match.end(), end))
        elif not (at == 0 and line.startswith((b"From ", b">From "))):
            break
        at = end
    fields = [
        Field(name=name, value=decode_value(raw[value:end]), start=start, end=end)
        for name, start, value, end in spans
    ]
    return fields, at


def header(fields: list[Field], name: str) -> str:
    """The first field of that name, or an empty string."""
    wanted = name.lower()
    return next((f.value for f in fields if f.name.lower() == wanted), "")


def without(raw: bytes, *names: str) -> bytes:
    """The same bytes with every field of these names cut out."""
    wanted = {name.lower() for name in names}
    out, at = [], 0
    for field in split_head(raw)[0]:
        if field.name.lower() in wanted:
            out.append(raw[at : field.start])
            at = field.end
    return b"".join([*out, raw[at:]])


def prepend(raw: bytes, *fields: tuple[str, str]) -> bytes:
    """New fields above everything else, in the message's own line ending."""
    eol = b"\r\n" if b"\r\n" in raw[:2000] or not raw else b"\n"
    head = b"".join(
        f"{name}: {value}".encode().replace(b"\r", b"").replace(b"\n", eol + b"\t") + eol
        for name, value in fields
    )
    # Bytes that don't begin with a header would be swallowed by ours without a blank line.
    fields_there, body_at = split_head(raw)
    return head + (raw if fields_there or body_at else eol + raw)


def replace(raw: bytes, name: str, value: str) -> bytes:
    return prepend(without(raw, name), (name, value))


def addresses(*values: str) -> list[tuple[str, str]]:
    """(display name, lower-case address) pairs, in order and without repeats."""
    found: dict[str, str] = {}
    for name, address in attempt(lambda: getaddresses(list(values)), _NONE):
        if "@" in address:
            found.setdefault(address.strip().lower(), name)
    return [(name, address) for address, name in found.items()]


def message_ids(*values: str) -> list[str]:
    return [match for value in values for match in _MSG_ID.findall(value)]


def plain_subject(subject: str) -> str:
    """The subject as threads compare it: without Re: and its cousins."""
    return " ".join(_SUBJECT_PREFIX.sub("", subject).split()).casefold()


def parse(raw: bytes) -> ParsedMail:
    """The standard library's tree; bytes it can't take become one plain text part."""

    def broken() -> ParsedMail:
        mail = ParsedMail()
        mail.set_payload(raw[split_head(raw)[1] :].decode("latin-1"))
        return mail

    try:
        return email.message_from_bytes(raw, policy=email.policy.compat32)
    except _BROKEN:
        return broken()


def leaves(mail: ParsedMail) -> Iterator[ParsedMail]:
    for part in attempt(lambda: list(mail.walk()), [mail]):
        if not part.is_multipart():
            yield part


def content(part: ParsedMail) -> bytes:
    """The part's bytes with the transfer encoding undone."""
    empty: bytes = b""

    def read() -> bytes:
        payload = part.get_payload(decode=True)
        return payload if isinstance(payload, bytes) else empty

    return attempt(read, empty)


def text_of(part: ParsedMail) -> str:
    """A text part in whatever charset it claims; a false claim falls back, never raises."""
    data = content(part)
    charset = attempt(lambda: part.get_content_charset() or "utf-8", "utf-8")
    for candidate in (charset, "utf-8"):
        decoded = attempt(lambda c=candidate: data.decode(c), None)  # type: ignore[misc]
        if isinstance(decoded, str):
            return decoded.encode("utf-8", "replace").decode("utf-8")
    return data.decode("latin-1")


def file_name(part: ParsedMail) -> str:
    name = attempt(part.get_filename, None) or ""
    return decode_value(name.encode("utf-8", "surrogateescape")) if name else ""


def bodies(mail: ParsedMail) -> tuple[str, str]:
    """(plain text, HTML) a person would read; plain text is made from HTML when absent."""
    plain, rich = [], []
    for part in leaves(mail):
        if file_name(part):
            continue
        kind = part.get_content_type()
        if kind == "text/html":
            rich.append(text_of(part))
        elif kind == "text/plain":
            plain.append(text_of(part))
    page = "\n".join(rich)
    return ("\n".join(plain) if plain else strip_tags(page)), page


def strip_tags(page: str) -> str:
    return html.unescape(_TAG.sub(" ", _BREAK.sub("\n", page)))


def snippet(raw: bytes) -> str:
    """The first words, HTML-escaped as Gmail gives them; reads only the head of large mail."""
    text = bodies(parse(raw[:HEAD_BYTES]))[0]
    flat = " ".join(text[: _SNIPPET * 20].split())
    return html.escape(flat[:_SNIPPET], quote=True).replace("&#x27;", "&#39;")


def iso(seconds: int, milliseconds: int = 0) -> str:
    """An instant as people's programs write it, in UTC."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{milliseconds:03d}Z"
