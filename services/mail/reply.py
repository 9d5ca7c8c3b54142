"""What the sender wrote this time: no quotes, no signature, no boilerplate, every own word."""

import re

from services.mail.characters import trim
from services.mail.quoting import QUOTED, VERBS, attribution_length, copied_headers, separator
from services.mail.signature import without_banner, without_signature

_WRAPPED = 55
_ORPHAN = re.compile(rf"\s*(?:{VERBS})\s?[:\uff1a]\s*\Z", re.IGNORECASE)
_EDGE_SPACES = re.compile(r"\A(?:\s|&nbsp;)+|(?:&nbsp;|\xa0)\s*\Z")
_SMALL_NUMBER = re.compile(r"\s{0,3}>\s?=?\s?[$€£]?\d")


def visible_reply(text: str) -> str:
    """The sender's own lines in order. If everything would go, the text comes back uncut."""
    lines = text.replace("\r\n", "\n").replace("\ufeff", "").split("\n")
    own = without_banner(lines)
    parts = _own_parts(own)
    kept: list[str] = []
    for part in parts:
        piece = without_signature(part, may_vanish=bool(kept))
        if any(line.strip() for line in piece):
            first = next(at for at, line in enumerate(piece) if line.strip())
            kept = [*"\n".join(kept).rstrip().split("\n"), "", *piece[first:]] if kept else piece
    return _trimmed("\n".join(kept)) or _trimmed(text)


def _trimmed(text: str) -> str:
    return _EDGE_SPACES.sub("", trim(text)).strip()


def own_text(text: str) -> str:
    """Everything but the quotes: the sender's own lines with signature and footer."""
    lines = text.replace("\r\n", "\n").replace("\ufeff", "").split("\n")
    return "\n".join("\n".join(part) for part in _own_parts(lines)).strip()


def _own_parts(lines: list[str]) -> list[list[str]]:
    """Runs of own lines, cut where quotes stand between them."""
    quotes = sum(bool(QUOTED.match(line)) for line in lines)
    parts: list[list[str]] = [[]]
    at = 0
    while at < len(lines):
        line = lines[at]
        if _is_quote(lines, at, quotes):
            at = _end_of_quote(lines, at)
            parts.append([])
            continue
        if separator(lines, at) or copied_headers(lines, at):
            break
        length = attribution_length(lines, at)
        if length:
            at += length
            if not _quote_follows(lines, at):
                break
            parts.append([])
            continue
        # The last word of an attribution whose beginning was quoted and wrapped.
        if len(line) > _WRAPPED or not _ORPHAN.match(line):
            parts[-1].append(line)
        at += 1
    return parts


def _is_quote(lines: list[str], at: int, quotes: int) -> bool:
    """A single `> 50 seats` is a person's "more than", and a single marked line in the middle of
    a paragraph is an example; neither is a quote."""
    if not QUOTED.match(lines[at]):
        return False
    if quotes > 1:
        return True
    inside = 0 < at < len(lines) - 1 and lines[at - 1].strip() and lines[at + 1][:1].islower()
    runs_on = inside and lines[at - 1].rstrip()[-1] not in ".!?:>"
    return not _SMALL_NUMBER.match(lines[at]) and not runs_on


def _end_of_quote(lines: list[str], at: int) -> int:
    """The index after a run of quoted lines, with tails that a mailer wrapped without a mark."""
    while at < len(lines):
        if QUOTED.match(lines[at]) or (
            lines[at].strip()
            and len(lines[at - 1]) >= _WRAPPED
            and len(lines[at]) < _WRAPPED
            and at + 1 < len(lines)
            and QUOTED.match(lines[at + 1])
            and lines[at + 1].strip(" >")
        ):
            at += 1
        else:
            return at
    return at


def _quote_follows(lines: list[str], at: int) -> bool:
    for line in lines[at : at + 8]:
        if line.strip():
            return bool(QUOTED.match(line))
    return False
