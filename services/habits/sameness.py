# ruff: noqa: E501, RUF001 - words of many languages, and their signs, read best unbroken
"""When two pieces of text are the same one: names, numbers, days and addresses stand aside. Pure."""

import hashlib
import re
import unicodedata
from functools import lru_cache

from services.mail.characters import clean_text
from services.types.habits import Names

NAME, COMPANY, FACT, NUMBER, DAY, ADDRESS = (
    "{name}",
    "{company}",
    "{fact}",
    "{number}",
    "{day}",
    "{address}",
)
PLACEHOLDERS = (NAME, COMPANY, FACT, NUMBER, DAY, ADDRESS)
_TITLE = (
    r"(?:(?:mr|mrs|ms|miss|dr|prof|frau|herrn?|mme|madame|monsieur|sr|sra|señora?|don|doña)\.?\s+)*"
)
_TITLES_WORDS = "mr mrs ms miss dr prof frau herr herrn mme madame monsieur sr sra"
_TITLES = frozenset(_TITLES_WORDS.split())
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.\S+", re.IGNORECASE)
_DAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|april|june|july|august|september|october|november|december"
    r"|montags?|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|sonntags?|januar|februar|märz|juni|juli|oktober|dezember"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|janvier|février|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo|enero|febrero|marzo|abril|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|tomorrow|yesterday|heute|gestern|übermorgen|demain|hier|aujourd'hui|mañana|ayer)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[$€£¥]?\s?\d[\d.,:/\u202f\u00a0-]*(?:\s?(?:%|€|\$|£|k|m|usd|eur|gbp|uhr|am|pm|h)\b)?[%€$£]?",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"(?<=[^\s.!?:\"“„«(¿¡{])[ \t\n]+(?P<word>[^\W\d_][\w'’-]*)")
_PLAIN_WORDS = "i i'm i'll i'd i've ok ud uds vd vds usted"
_PLAIN = frozenset(_PLAIN_WORDS.split())
_QUOTES = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "\u00a0": " ",
        "\u202f": " ",
        "–": "-",
        "—": "-",
    }
)
_KEY = 32
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\{\w+\}")
_LEAST_NAME = 2
_NOUNS = "de"
"""The language that writes every noun with a capital: there a capital gives no name away."""


def template(text: str, names: Names, language: str) -> str:
    """The text with placeholders where it speaks of one person, company, day or number."""
    text = " ".join(clean_text(text).split())
    text = _ADDRESS.sub(ADDRESS, text)
    text = _named(text, names.companies, COMPANY)
    text = _named(text, (*names.people, names.author), NAME, _TITLE)
    text = _NUMBER.sub(lambda m: _kept(m, NUMBER), _DAY.sub(DAY, text))
    if language == _NOUNS:
        return text
    return _CAPITAL.sub(_fact, text)


def words_of(text: str) -> list[str]:
    """Its words as they are compared; placeholders are words too."""
    return _WORD.findall(plain(text))


def plain(text: str) -> str:
    """Case, quotes, widths, blanks and the mark at the end don't count. A question stays one."""
    flat = unicodedata.normalize("NFKC", clean_text(text)).translate(_QUOTES).casefold()
    flat = " ".join(flat.split())
    asks = flat.endswith("?")
    return flat.strip(" .,;:!?\u2026-") + ("?" if asks else "")


def key_of(*parts: str) -> str:
    """A name for it that tells nobody what was written."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_KEY]


def _named(text: str, names: tuple[str, ...], placeholder: str, title: str = "") -> str:
    found = _names(names, title)
    return found.sub(placeholder, text) if found else text


@lru_cache(maxsize=512)
def _names(names: tuple[str, ...], title: str) -> re.Pattern[str] | None:
    """Any of these names in a row, with titles before them; None where there are none."""
    words = {
        part
        for name in names
        for part in re.split(r"[\s,]+", name)
        if len(part) >= _LEAST_NAME
        and part[:1].isupper()
        and part.lower().strip(".") not in _TITLES
    }
    if not words:
        return None
    one = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"\b(?i:{title})(?:{one})(?:[ \t]+(?:{one}))*\b")


def _kept(match: re.Match[str], placeholder: str) -> str:
    """The blank before a number isn't part of it."""
    lead = " " if match.group()[:1] == " " else ""
    return f"{lead}{placeholder}"


def _fact(match: re.Match[str]) -> str:
    word = match["word"]
    if not word[:1].isupper() or word.lower().replace("’", "'") in _PLAIN:
        return match.group()
    return match.group()[: match.start("word") - match.start()] + FACT
