"""Header lines: split, unfolded, decoded (RFC 2047, RFC 2231), never trusted to be well made."""

import base64
import binascii
import quopri
import re
import urllib.parse
from dataclasses import dataclass

from services.mail.characters import charset_codec, decode, one_line

MAX_FIELDS = 2_000
MAX_VALUE = 200_000
_NAME = re.compile(rb"[!-9;-~]{1,200}[ \t]*\Z")
_FOLD = re.compile(r"\r?\n[ \t]*")
_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?\Z")
_MAX_PARAMETERS = 100
# A block without a single one of these isn't a header block but a text with colons in it.
_FAMILIAR = frozenset(
    b"from to cc bcc subject date received message-id mime-version content-type return-path "
    b"delivered-to reply-to sender in-reply-to references content-transfer-encoding "
    b"content-disposition auto-submitted list-id resent-from apparently-to".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderBlock:
    """Fields in order, values still folded and encoded; `body_at` is where the body starts."""

    fields: tuple[tuple[str, str], ...]
    body_at: int
    notes: tuple[str, ...] = ()

    def first(self, name: str) -> str:
        return next((value for key, value in self.fields if key == name), "")

    def every(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]


def split_headers(raw: bytes, start: int, end: int, *, top: bool = False) -> HeaderBlock:
    """Read the header block of raw[start:end]. A mail's own block (`top`) may be missing."""
    lines, body_at, notes = _header_lines(raw, start, end)
    fields: list[tuple[str, str]] = []
    familiar = False
    for line in lines[:MAX_FIELDS]:
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        familiar = familiar or name in _FAMILIAR or name.startswith((b"x-", b"content-", b"arc-"))
        if len(value) > MAX_VALUE:
            notes.append(f"The header {name.decode('ascii')} is too long; its end was left out.")
        text, problem = decode(value[:MAX_VALUE], None)
        if problem:
            notes.append(problem)
        fields.append((name.decode("ascii"), text))
    if len(lines) > MAX_FIELDS:
        notes.append("There are too many headers; the last ones were left out.")
    if top and not familiar:
        return HeaderBlock(fields=(), body_at=start, notes=("This mail has no headers.",))
    return HeaderBlock(fields=tuple(fields), body_at=body_at, notes=tuple(dict.fromkeys(notes)))


def _header_lines(raw: bytes, start: int, end: int) -> tuple[list[bytes], int, list[str]]:
    """Unfold-ready lines (continuations still attached) up to the first empty line."""
    lines: list[bytes] = []
    notes: list[str] = []
    at = start
    while at < end:
        stop = raw.find(b"\n", at, end)
        stop = end if stop < 0 else stop + 1
        line = raw[at:stop]
        if not line.strip(b"\r\n"):
            return [b"".join(pieces) for pieces in _grouped(lines)], stop, notes
        if (line[:1] in {b" ", b"\t"} and lines) or (
            b":" in line and _NAME.match(line.partition(b":")[0])
        ):
            lines.append(line)
        elif at == start and line.startswith((b"From ", b">From ")):
            pass  # the envelope line of an mbox
        elif _looks_like_header(raw, stop, end):
            notes.append("A line among the headers isn't a header.")
        else:
            if lines:
                notes.append("The empty line between headers and text is missing.")
            return [b"".join(pieces) for pieces in _grouped(lines)], at, notes
        at = stop
    return [b"".join(pieces) for pieces in _grouped(lines)], end, notes


def _grouped(lines: list[bytes]) -> list[list[bytes]]:
    groups: list[list[bytes]] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and groups:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _looks_like_header(raw: bytes, at: int, end: int) -> bool:
    name, colon, _ = raw[at : min(end, at + 200)].partition(b":")
    return bool(colon) and name.strip().lower() in _FAMILIAR


def unfold(value: str) -> str:
    return _FOLD.sub(" ", value).strip()


def decode_header(value: str) -> str:
    """A header as a person reads it: unfolded, encoded words decoded, one clean line."""
    return one_line(decode_words(unfold(value)))


def decode_words(value: str) -> str:
    """Decode RFC 2047 words; neighbours in one charset are joined first, as a character may be
    cut between them. What can't be decoded stays as it was written."""
    if "=?" not in value:
        return value
    out: list[str] = []
    at = 0
    charset, data = "", b""
    for match in _ENCODED.finditer(value):
        between = value[at : match.start()]
        piece = _word_bytes(match[2], match[3])
        if piece is None or charset_codec(match[1]) is None:
            continue
        if data and (between.strip() or match[1].lower() != charset):
            out.append(decode(data, charset)[0])
            data = b""
        if between.strip() or at == 0:
            out.append(between)
        charset, data, at = match[1].lower(), data + piece, match.end()
    if data:
        out.append(decode(data, charset)[0])
    return "".join(out) + value[at:]


def _word_bytes(how: str, text: str) -> bytes | None:
    ascii_text = text.encode("utf-8", "replace")
    if how in "qQ":
        return quopri.decodestring(ascii_text.replace(b"_", b" "), header=True)
    return lenient_base64(ascii_text)


def lenient_base64(data: bytes) -> bytes:
    """Whatever base64 can be read out of these bytes, without their stray characters."""
    kept = data.translate(None, _NOT_BASE64)
    out: list[bytes] = []
    # Padding in the middle means that encoded pieces were glued together.
    for piece in kept.split(b"=") if b"=" in kept.rstrip(b"=") else [kept.rstrip(b"=")]:
        whole = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
        try:
            out.append(base64.b64decode(whole + b"=" * (-len(whole) % 4)))
        except (binascii.Error, ValueError):
            continue
    return b"".join(out)


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _ALPHABET)


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset="utf-8"` → its value in lower case and its decoded parameters."""
    head, *rest = _split_quoted(unfold(value))
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for item in rest[:_MAX_PARAMETERS]:
        name, _, text = item.partition("=")
        text = _unquote(text.strip())
        matched = _SECTION.match(name.strip().lower())
        if matched is None:
            continue
        if matched[2] is None and matched[3] is None:
            plain.setdefault(matched[1], one_line(decode_words(text)))
        else:
            section = sections.setdefault(matched[1], {})
            section.setdefault(int(matched[2] or 0), (text, bool(matched[3])))
    return one_line(head).lower(), plain | {k: _joined(v) for k, v in sections.items()}


def _split_quoted(value: str) -> list[str]:
    """Cut at semicolons outside quotation marks."""
    pieces: list[str] = []
    start, quoted, skip = 0, False, False
    for at, char in enumerate(value):
        if skip:
            skip = False
        elif char == "\\" and quoted:
            skip = True
        elif char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            pieces.append(value[start:at])
            start = at + 1
    pieces.append(value[start:])
    return pieces


def _unquote(text: str) -> str:
    if text.startswith('"'):
        text = text[1:].rpartition('"')[0] if '"' in text[1:] else text[1:]
        return re.sub(r"\\(.)", r"\1", text)
    return text


def _joined(sections: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: numbered pieces in order, the first one naming the charset."""
    ordered = [sections[number] for number in sorted(sections)]
    charset = ""
    data = b""
    for index, (text, encoded) in enumerate(ordered):
        if index == 0 and encoded and text.count("'") >= 2:  # noqa: PLR2004 - charset'language'text
            charset, _, text = text.split("'", 2)  # noqa: PLW2901 - the rest is the value
        data += urllib.parse.unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return one_line(decode(data, charset or None)[0])
