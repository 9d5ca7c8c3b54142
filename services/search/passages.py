"""Cutting a text into passages of a few sentences, and telling whether a text has changed. Pure."""

import hashlib
import re
from collections.abc import Iterator
from uuid import UUID

from services.types.search import Passage, SourceText

LONGEST_TEXT = 60_000
"""Characters of one source that are searched; an hour of talk has some fifty thousand."""
ABOUT = 360
"""Characters of a passage: about three sentences."""
LONGEST = 640
_ENDS = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+|\n+")  # noqa: RUF001 - as they are written


def passages(text: str) -> tuple[Passage, ...]:
    """In order, without overlap; together they hold every word of the text. A sentence stays whole
    unless it alone is too long."""
    found: list[Passage] = []
    start = end = -1
    for sentence in _sentences(text[:LONGEST_TEXT]):
        paragraph = end >= 0 and "\n\n" in text[end : sentence.start]
        if start >= 0 and (sentence.end - start > ABOUT or paragraph):
            found.append(Passage(start, end))
            start = -1
        start = sentence.start if start < 0 else start
        end = sentence.end
    if start >= 0:
        found.append(Passage(start, end))
    return tuple(found)


def _sentences(text: str) -> Iterator[Passage]:
    at = 0
    for gap in _ENDS.finditer(text):
        yield from _pieces(text, at, gap.start())
        at = gap.end()
    yield from _pieces(text, at, len(text))


def _pieces(text: str, start: int, end: int) -> Iterator[Passage]:
    """The sentence without the blanks around it, cut between words where it is too long."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        space = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        stop = space if space > 0 else start + LONGEST
        yield Passage(start, stop)
        start = stop
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        yield Passage(start, end)


def embedded(text: SourceText, passage: Passage) -> str:
    """What is embedded for a passage: a short one says little without its subject."""
    words = text.text[passage.start : passage.end]
    return f"{text.title}: {words}" if text.title else words


def digest_of(text: SourceText, space: str) -> str:
    """Another text, subject, account or model is another digest."""
    parts = (space, _id(text.account_id), text.title, text.text[:LONGEST_TEXT])
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _id(value: UUID) -> str:
    return value.hex
