# ruff: noqa: RUF001 - typographic marks are what is replaced here
"""Cuts a text into sentences and clauses that keep their place, so that a quote stays verbatim."""

import re
from dataclasses import dataclass

from services.offline.calendar_words import MONTHS

# Same-length replacements only: a match on the folded text has the same offsets in the original.
_FOLD = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\n": " ",
        "\r": " ",
        "\t": " ",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
    }
)
_ABBREVIATIONS = (
    "e.g",
    "i.e",
    "etc",
    "approx",
    "dr",
    "mr",
    "mrs",
    "ms",
    "no",
    "nr",
    "inc",
    "ltd",
    "corp",
    "vs",
    "z.b",
    "ca",
    "bzw",
    "ggf",
    "evtl",
    "inkl",
    "st",
    "p.m",
    "a.m",
    "tel",
    "sr",
    "sra",
    "u.s",
    "min",
    "max",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "bijv",
    "t.ex",
    "bl.a",
    "p.ex",
    "es",
    "ing",
    "mme",
    "rs",
    "mio",
    "tsd",
    "d.h",
    "mwst",
    "dec",
)
_END = re.compile(
    r"[.!?…]+[\"')\]]*(?=\s)|\n\s*\n|\n(?=\s*(?:[-*•·]|\d{1,2}[.)])\s)|\n(?=[A-ZÄÖÜ])"
)
_WORD_BEFORE = re.compile(r"([\w.]+)$")
_MONTH_AFTER = re.compile(
    rf"\s+(?:{'|'.join(sorted(map(re.escape, MONTHS), key=len, reverse=True))})\b", re.IGNORECASE
)
_WRAP_WIDTH = 50

_CLAUSE = re.compile(
    r"(?:,|;|:| -)\s+(?=(?:so |and |but |also |und |et |y |e |en |och |or )?"
    r"(?:can|could|would|will|is|are|do|does|did|what|how|when|where|who|which|should|may|might|"
    r"have you|has|any chance|kann|können|könn|könnten|könnte|wäre|ist|wie|wann|was|gibt|"
    r"pouvez|pourriez|est-ce|quel|quand|combien|podría|puede|podrían|cuándo|cuánto|qué|"
    r"potete|potrebbe|può|quando|quanto|kunt|kun|zou|wat|hoe|wanneer|pode|poderia|"
    r"kan|skulle|hur|när|vad)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """`quote` stands verbatim in the source; `flat` is the same text on one line with plain
    punctuation, offset for offset; `statement` is what of it is said rather than asked."""

    quote: str
    flat: str
    question: bool
    statement: str


def fold(text: str) -> str:
    """The text with quotes, dashes and white space made plain; its length does not change."""
    return text.translate(_FOLD)


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, in order, without greetings' commas being mistaken for ends."""
    found: list[Sentence] = []
    start = 0
    for match in _END.finditer(text):
        if match.start() < start or not _is_end(text, start, match):
            continue
        _keep(found, text[start : match.end()])
        start = match.end()
    _keep(found, text[start:])
    return tuple(found)


def _keep(found: list[Sentence], part: str) -> None:
    quote = part.strip()
    if any(character.isalnum() for character in quote):
        found.append(_sentence(quote))


def _sentence(quote: str) -> Sentence:
    flat = fold(quote)
    question = flat.rstrip("\"')] ").endswith(("?", "?!")) or "?" in flat[-4:]
    return Sentence(
        quote=quote, flat=flat, question=question, statement=_statement(flat) if question else flat
    )


def _statement(flat: str) -> str:
    """What stands before the asking clause: 'We go live in May, can you do that?' says a date."""
    cuts = list(_CLAUSE.finditer(flat))
    return flat[: cuts[-1].start()] if cuts else ""


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    mark = match.group()
    if not mark.startswith("\n"):
        return _is_full_stop(text, start, match) if mark.startswith(".") else True
    if len(mark.strip("\n ")) == 0 and mark.count("\n") > 1:
        return True
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    rest = text[match.end() :].lstrip()[:2]
    # A wrapped paragraph continues on the next line; a short line is a line of its own.
    return len(line) < _WRAP_WIDTH or rest[:1] in "-*•·" or rest[:1].isdigit()


def _is_full_stop(text: str, start: int, match: re.Match[str]) -> bool:
    if len(match.group()) > 1 and match.group()[1:2] in ".!?":
        return True
    before = _WORD_BEFORE.search(text[max(start, match.start() - 12) : match.start()])
    word = before.group(1).lower() if before else ""
    following = text[match.end() :].lstrip()[:1]
    if word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
        return (
            word in ("no", "p.m", "a.m", "etc", "inc", "es", "min", "max") and following.isupper()
        )
    if word.isdigit() and len(word) <= 2:  # noqa: PLR2004 - a day of the month: '15. März'
        return not _MONTH_AFTER.match(text, match.end()) or following.isupper() is False
    return True
