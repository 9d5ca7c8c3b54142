"""What of a model's answer is kept: lines that rest on what it was given. Pure."""

import re
import unicodedata
from collections.abc import Sequence

from services.prompts.summarise import LONGEST_LINE, MOST_LINES
from services.summaries.material import MOST_CITED, Given, StoredLine
from services.suspicion import assess
from services.types.summaries import SummaryLine, SummaryText

# Curly marks, straight ones, guillemets, and the low mark some languages begin with.
_QUOTED = re.compile(r"“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|»([^«]+)«|\"([^\"]+)\"")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"'})  # noqa: RUF001
_LONGEST = 2 * LONGEST_LINE


def checked(answer: SummaryText, given: Sequence[Given]) -> list[StoredLine]:
    """A line stays if it names entries that were given and no other, if what it quotes stands in
    them letter for letter, and if it gives no orders to whatever reads it next."""
    by_key = {one.entry.key: one for one in given}
    kept = []
    for line in answer.lines[:MOST_LINES]:
        cited = [by_key[key] for key in line.keys if key in by_key]
        text = _clean(line.text)
        if cited and len(cited) == len(line.keys) and _says_it(text, cited):
            kept.append(_stored(line, text, cited))
    return kept


def _says_it(text: str, cited: Sequence[Given]) -> bool:
    if not text or len(text) > _LONGEST or assess(text).injection:
        return False
    said = [_flat(f"{one.entry.who}\n{one.entry.title}\n{one.entry.text}") for one in cited]
    quotes = ["".join(groups) for groups in _QUOTED.findall(text)]
    return all(any(_flat(quote) in words for words in said) for quote in quotes)


def _stored(line: SummaryLine, text: str, cited: Sequence[Given]) -> StoredLine:
    channels = [one.entry.channel for one in cited]
    sources = dict.fromkeys(source for one in cited for source in one.sources)
    return StoredLine(
        channel=line.channel if line.channel in channels else channels[0],
        text=text,
        sources=tuple(sources)[:MOST_CITED],
        at=max(one.at for one in cited),
    )


def _clean(text: str) -> str:
    """On one line, without signs that are not seen."""
    shown = (" " if sign.isspace() else sign for sign in text if _seen(sign))
    return " ".join("".join(shown).split())


def _seen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cs")


def _flat(text: str) -> str:
    return _clean(text).translate(_PLAIN)
