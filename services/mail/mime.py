"""The parts of a message, found without recursion and within bounds of depth, number and work."""

import binascii
import quopri
import re
from dataclasses import dataclass, field

from services.mail.characters import decode, one_line
from services.mail.headers import HeaderBlock, lenient_base64, parameters, split_headers

MAX_DEPTH = 60
MAX_PARTS = 1_000
# Every level of nesting reads its range once more; this bounds the sum.
_WORK_PER_BYTE = 40
_MIN_WORK = 4_000_000
_BOUNDARY_GUESS = re.compile(rb"(?:^|\n)--([^\s-][^\s]{0,68})[ \t]*\r?\n")
_UUENCODED = re.compile(rb"(?:^|\n)begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n")
_ENCODINGS = {
    "7-bit": "7bit",
    "8-bit": "8bit",
    "8bits": "8bit",
    "quoted printable": "quoted-printable",
}


@dataclass(slots=True, kw_only=True)
class Part:
    """One part. Leaves have no children; `start` and `end` bound the encoded body."""

    block: HeaderBlock
    content_type: str
    params: dict[str, str]
    disposition: str
    name: str
    encoding: str
    start: int
    end: int
    depth: int
    declared: str = ""
    children: list["Part"] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        return bool(self.children)


@dataclass(slots=True)
class Tree:
    """A whole message. `notes` collects what was wrong, once each, in order."""

    raw: bytes
    root: Part
    notes: dict[str, None] = field(default_factory=dict)

    def note(self, sentence: str | None) -> None:
        if sentence:
            self.notes.setdefault(sentence)

    def data(self, part: Part) -> bytes:
        """The decoded bytes of a leaf."""
        body = self.raw[part.start : part.end]
        match part.encoding:
            case "base64":
                return lenient_base64(body)
            case "quoted-printable":
                return _quoted_printable(body)
            case "x-uuencode" | "uuencode" | "x-uue" | "uue":
                return _uudecode(body)
            case _:
                return body

    def text(self, part: Part) -> str:
        found, problem = decode(self.data(part), part.params.get("charset"))
        self.note(problem)
        return found


def read_tree(raw: bytes) -> Tree:
    """Take a message apart. Whatever the bytes, there is a root part."""
    block = split_headers(raw, 0, len(raw), top=True)
    tree = Tree(raw, _part(block, block.body_at, len(raw), 0, "text/plain"))
    for note in block.notes:
        tree.note(note)
    budget = _WORK_PER_BYTE * len(raw) + _MIN_WORK
    count = 1
    waiting = [tree.root]
    while waiting:
        part = waiting.pop()
        if not part.content_type.startswith("multipart/"):
            continue
        budget -= part.end - part.start
        if part.depth >= MAX_DEPTH or budget < 0:
            tree.note("Parts are nested too deeply; the inner ones weren't read.")
            _as_text(part)
            continue
        part.children = _children(tree, part, MAX_PARTS - count)
        count += len(part.children)
        waiting.extend(reversed(part.children))
        if not part.children:
            tree.note("The parts of this mail can't be told apart; it was read as plain text.")
            _as_text(part)
    return tree


def leaves(root: Part) -> list[Part]:
    """All parts without parts of their own, in order."""
    out: list[Part] = []
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.children:
            waiting.extend(reversed(part.children))
        else:
            out.append(part)
    return out


def _as_text(part: Part) -> None:
    part.content_type = "text/plain"


def _part(block: HeaderBlock, start: int, end: int, depth: int, default: str) -> Part:
    content_type, params = parameters(block.first("content-type"))
    disposition, extra = parameters(block.first("content-disposition"))
    if not re.fullmatch(r"[\w.+-]{1,80}/[\w.+-]{1,80}", content_type, re.ASCII):
        content_type = "text/plain" if content_type.startswith("text") else default
    encoding = one_line(block.first("content-transfer-encoding")).lower().strip("\"'")
    encoding = encoding.partition(";")[0].partition("(")[0].strip()
    name = extra.get("filename") or extra.get("name") or params.get("name") or ""
    return Part(
        block=block,
        content_type=content_type,
        params=params,
        disposition=disposition,
        name=_file_name(name),
        encoding=_ENCODINGS.get(encoding, encoding),
        start=start,
        end=end,
        depth=depth,
        declared=content_type,
    )


def _file_name(name: str) -> str:
    """The last piece of a path, in characters a person can see."""
    return one_line(re.split(r"[\\/]", name)[-1])[:200]


def _children(tree: Tree, part: Part, room: int) -> list[Part]:
    raw = tree.raw
    boundary = part.params.get("boundary", "").encode("utf-8", "replace")
    ranges = _ranges(raw, boundary, part, tree) if boundary else []
    if not ranges:
        guess = _BOUNDARY_GUESS.search(raw, part.start, min(part.end, part.start + 4_000))
        if guess is not None:
            tree.note("The line between parts isn't the one announced.")
            ranges = _ranges(raw, guess[1], part, tree)
    if len(ranges) > room:
        tree.note("There are too many parts; the last ones weren't read.")
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    children = []
    for start, end in ranges[: max(room, 0)]:
        block = _part_headers(raw, start, end)
        for note in block.notes:
            tree.note(note)
        children.append(_part(block, block.body_at, end, part.depth + 1, default))
    return children


def _part_headers(raw: bytes, start: int, end: int) -> HeaderBlock:
    """A part may start with its text at once; then it has an empty header block."""
    return split_headers(raw, start, end)


def _ranges(raw: bytes, boundary: bytes, part: Part, tree: Tree) -> list[tuple[int, int]]:
    """Start and end of each part between delimiter lines."""
    delimiter = b"--" + boundary
    ranges: list[tuple[int, int]] = []
    opened: int | None = None
    at = raw.find(delimiter, part.start, part.end)
    while at >= 0 and len(ranges) <= MAX_PARTS:
        after = at + len(delimiter)
        # The line start is checked first: looking for line ends in one endless line costs squares.
        if at == part.start or raw[at - 1 : at] in {b"\n", b"\r"}:
            stop = raw.find(b"\n", after, part.end)
            stop = part.end if stop < 0 else stop + 1
            tail = raw[after : min(stop, after + 200)].strip()
            if tail in {b"", b"--"}:
                if opened is not None:
                    ranges.append((opened, max(opened, _before_line_end(raw, at))))
                opened = stop
                if tail:
                    return ranges
                after = stop
        at = raw.find(delimiter, after, part.end)
    if opened is not None and opened < part.end:
        tree.note("The mail ends before its last part is closed.")
        ranges.append((opened, part.end))
    return ranges


def _before_line_end(raw: bytes, at: int) -> int:
    """The line end before a delimiter belongs to the delimiter."""
    if raw[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1


def _quoted_printable(body: bytes) -> bytes:
    return quopri.decodestring(body)


def _uudecode(body: bytes) -> bytes:
    match = _UUENCODED.search(body)
    lines = body[match.end() :] if match else body
    out: list[bytes] = []
    for line in lines.splitlines():
        if line.strip() in {b"end", b"`", b""}:
            if line.strip() == b"end":
                break
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Encoders that drop trailing blanks: read as many bytes as the line says it has.
            size = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:size]))
            except binascii.Error:
                continue
    return b"".join(out)


def take_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Cut `begin 644 name … end` blocks out of a text; returns the rest and the files."""
    if "\nbegin " not in "\n" + text:
        return text, []
    kept: list[str] = []
    files: list[tuple[str, bytes]] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        match = re.fullmatch(r"begin [0-7]{3,4} (\S[^\r\n]{0,199})", lines[at].rstrip())
        stop = _uu_end(lines, at + 1) if match else None
        if match and stop:
            body = "\n".join(lines[at + 1 : stop]).encode("latin-1", "replace")
            files.append((_file_name(match[1]), _uudecode(body)))
            at = stop + 1
        else:
            kept.append(lines[at])
            at += 1
    return "\n".join(kept), files


def _uu_end(lines: list[str], at: int) -> int | None:
    """The index of `end`, if every line up to it can be uuencoded data."""
    while at < len(lines):
        line = lines[at].rstrip()
        if line == "end":
            return at
        if not line or len(line) > 62 or not " " <= line[0] <= "`":  # noqa: PLR2004 - the format's line length
            return None
        at += 1
    return None
