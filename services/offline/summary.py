# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""One sentence that says what a mail wants and holds: a card's headline, from the text alone."""

import re
from datetime import date

from services.offline.answers_en import names_day, with_then
from services.offline.english import indirect, plain, turned
from services.offline.text import Sentence, fold, sentences
from services.offline.things import asked_thing, before, stands_for
from services.offline.when import as_told
from services.suspicion import assess
from services.types.model import Ask, AskKind, Finding
from services.types.qualification import Criterion

_MOST = 140
_ENGLISH = re.compile(r"\b(?:the|you|your|we|our|is|are|please|could|can|how|what)\b", re.IGNORECASE)  # fmt: skip
_GREETING = re.compile(r"^(?:hi|hello|dear|hey|hei|ciao|hallo|bonjour|hola|good (?:morning|afternoon))\b[^.!?\n]{0,40}[,:]?\s*$", re.IGNORECASE)  # fmt: skip
_VERB = re.compile(r"^(?:(?:could|can|would|will) you (?:please |kindly )?|please |kindly |(?=(?:send|share|provide|forward|schedule|call|fix|cancel|update|resend|review|sign|arrange|book|check|quote|refund|reset|remove|add|stop|get|give|prepare|attach|return|reschedule|include|make|restart|look)\b))(?P<do>(?!tell|let|confirm|know)[a-z]+ .+)$", re.IGNORECASE)  # fmt: skip
_NOT_DO = frozenset(
    (
        "what",
        "how",
        "when",
        "where",
        "who",
        "which",
        "why",
        "is",
        "are",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "should",
        "i",
        "we",
        "you",
        "they",
        "it",
        "the",
        "my",
        "our",
        "your",
        "have",
        "has",
    )
)


def summarise(asks: tuple[Ask, ...], findings: tuple[Finding, ...], text: str, today: date) -> str:
    """At most 140 characters; the sender's own words where ours would be a guess."""
    real = tuple(ask for ask in asks if not assess(ask.quote).injection)
    lines = [told for ask in real[:2] if (told := _asks(ask, text, today))]
    if real and lines:
        has = _has(findings)
        return _fitted(lines, has)
    if asks[:1] and real:
        return _cut(" ".join(real[0].quote.split()))
    if findings:
        return _cut(" ".join(max(findings, key=lambda one: one.confidence).quote.split()))
    said = [one.quote for one in sentences(text[:2_000]) if not _GREETING.match(one.quote)]
    return _cut(" ".join(max(said[:3], key=len).split())) if said else ""


def _fitted(lines: list[str], has: str) -> str:
    first = lines[0][:1].upper() + lines[0][1:]
    both = f"{first}; {lines[1]}" if len(lines) > 1 else first
    for whole in (
        f"{both}; {has}" if has else both,
        f"{first}; {has}" if has else first,
        both,
        first,
    ):
        if len(whole) <= _MOST:
            return whole
    return _cut(first)


def _has(findings: tuple[Finding, ...]) -> str:
    by = {finding.criterion: finding.value for finding in reversed(findings)}
    if Criterion.BUDGET in by and re.search(r"\d", by[Criterion.BUDGET]):
        return f"has a budget of {by[Criterion.BUDGET]}"
    if Criterion.TIMELINE in by and re.search(r"\d", by[Criterion.TIMELINE]):
        return f"names {by[Criterion.TIMELINE]}"
    return ""


def _asks(ask: Ask, text: str, today: date) -> str:
    """'asks for the SOC 2 report by Thursday', told of the sender."""
    flat = plain(with_then(fold(ask.quote), before(ask.quote, text)))
    if not _ENGLISH.search(flat):
        return ""
    earlier = before(ask.quote, text)
    day = as_told(ask.due, ask.quote, text, today, "en") if ask.due else ""
    told = _told(ask, flat, earlier)
    if not told:
        return ""
    by = f" by {day}" if day and not names_day(told, day, today) else ""
    return f"{told}{by}"


def _told(ask: Ask, flat: str, earlier: tuple[Sentence, ...]) -> str:
    if re.search(r"\b(?:both|these|them)\b", flat):
        points = stands_for("both", earlier)
        if points is not None and ask.kind is AskKind.CONTRACT:
            return f"asks whether we accept {_theirs(re.sub(r' [(][^)]*[)]', '', points.words))}"
    if ask.kind is AskKind.DOCUMENT:
        thing = asked_thing(flat, earlier)
        return f"asks for {_theirs(thing.words)}" if thing else ""
    question = indirect(flat)
    if question is not None:
        back = re.match(r"^((?:what|how|whether|when|how much) )(?:that|this|it)\b", question)
        thing = stands_for("it", earlier) if back else None
        if back and thing:
            question = f"{back[1]}{thing.words}{question[back.end() :]}"
        can = re.match(r"whether we (?:can|could|would|will) (?P<do>.+)$", question)
        return f"asks us to {_theirs(can['do'])}" if can else f"asks {_theirs(question)}"
    doing = _VERB.match(flat)
    if doing and doing["do"].split()[0].lower() not in _NOT_DO:
        return f"asks us to {_theirs(turned(doing['do'][0].lower() + doing['do'][1:]))}"
    thing = asked_thing(flat, earlier)
    return f"asks for {_theirs(thing.words)}" if thing else ""


_TO_THEM = re.compile(
    r"\b(?P<to>to|with|for|from|by|about|tell|show|send|give|help|let|ask|call|contact|remind|update) "
    r"you\b(?! are\b)"
)


def _theirs(words: str) -> str:
    """Told to the reader, 'you' and 'your' of a reply are the sender."""
    words = _TO_THEM.sub(r"\g<to> them", words)
    for pattern, other in ((r"\byou are\b", "they are"), (r"\byour\b", "their"), (r"\byou\b", "they")):  # fmt: skip
        words = re.sub(pattern, other, words)
    return words


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else text[: _MOST - 1].rsplit(" ", 1)[0] + "…"
