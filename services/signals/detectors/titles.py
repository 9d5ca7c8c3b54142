# ruff: noqa: E501 - a language's words stand on one line
"""Titles in texts: who is said to be what. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.offline.text import Sentence, sentences
from services.seniority import seniority_of
from services.types.actions import Seniority
from services.types.signals import SeenText

SENIOR = (Seniority.C_SUITE, Seniority.VICE_PRESIDENT, Seniority.DIRECTOR)
_TITLE = re.compile(
    r"\b(?:(?-i:C[A-Z]{1,2}O)|chief (?:\w+ ){1,2}officer|(?:senior |executive )?vice[- ]president(?: (?:of |for )?[A-Z]\w+)?|(?-i:[SE]?VP)(?: (?:of |for )?[A-Z]\w+)?|managing director|(?:\w+ )?director(?: of [A-Z]?\w+)?|head of \w+(?: \w+)?|(?:co-?)?founder|president|"
    r"geschäftsführer(?:in)?|vorstand\w*|leiter(?:in)? \w+|bereichsleiter(?:in)?|directeur(?: g[ée]n[ée]ral| \w+)?|directrice(?: \w+)?|(?-i:PDG)|director(?:a)? (?:general|financier\w+|comercial)|direttore \w+|direttrice \w+|amministratore delegato|directeur \w+|diretor(?:a)? \w+|verkställande direktör|ekonomichef)\b",
    re.IGNORECASE,
)
_NEAR = 60


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in which somebody's title is named."""

    text: SeenText
    quote: str
    title: str


def title_told(name: str, email: str, texts: Iterable[SeenText]) -> Said | None:
    """The first time a customer's words give this person a senior title."""
    wanted = _spellings(name)
    for text in texts:
        by_self = text.sender_email == email
        for sentence in sentences(text.text):
            title = _title_in(sentence, wanted, by_self=by_self)
            if title is not None:
                return Said(text=text, quote=sentence.quote, title=title)
    return None


def is_senior(title: str | None) -> bool:
    return seniority_of(title) in SENIOR


def _spellings(name: str) -> tuple[str, ...]:
    """The whole name, and the first name alone."""
    whole = " ".join(name.split())
    return tuple(dict.fromkeys(filter(None, (whole, whole.split(" ")[0])))) if whole else ()


def _title_in(sentence: Sentence, names: tuple[str, ...], *, by_self: bool) -> str | None:
    for match in _TITLE.finditer(sentence.flat):
        if not is_senior(match.group()):
            continue
        around = sentence.flat[max(match.start() - _NEAR, 0) : match.end() + _NEAR]
        if by_self and _of_self(sentence.flat, match, names):
            return match.group()
        if not by_self and any(_has(around, name) for name in names):
            return match.group()
    return None


def _of_self(flat: str, match: re.Match[str], names: tuple[str, ...]) -> bool:
    """`I'm the CFO`, or a closing line with nothing but name and title."""
    before = flat[max(match.start() - 40, 0) : match.start()]
    if re.search(
        r"\b(?:i'm|i am|ich bin|je suis|soy|sono|ik ben|sou|jag är|as)\b[^.]*$",
        before,
        re.IGNORECASE,
    ):
        return True
    return len(flat.split()) <= 10 and any(_has(flat, name) for name in names)  # noqa: PLR2004 - a line under a name


def _has(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def opening(text: SeenText) -> str | None:
    """The first sentence that says something, as proof that somebody wrote."""
    return next(_telling(text), None)


def _telling(text: SeenText) -> Iterator[str]:
    for sentence in sentences(text.text):
        if len(sentence.flat.split()) > 3:  # noqa: PLR2004 - more than a greeting
            yield sentence.quote
