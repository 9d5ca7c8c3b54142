# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Competitors nobody listed: learned from the sentence that introduces one, and then known. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.offline.competitors import find_competitor
from services.offline.context import ELSEWHERE, HYPOTHETICAL
from services.offline.text import Sentence, sentences
from services.types.signals import AccountFacts, SeenText

SURE = 0.8
_NAME = r"(?-i:(?P<{0}>[A-Z][\w&-]*[a-zA-Z]{{2}}[\w&-]*))"
_FORMS = (
    r"\b(?:trial|pilot|demo|offer|quote|proposal|bid|pitch|presentation)s? (?:of|from|by) (?:a company called |the firm )?{n}",
    r"\b(?:angebot|vorführung|präsentation|demo) (?:der firma|von der firma|der|von|bei) {n}\b",
    r"\bfirma {n} (?:hat|bietet|war)\b|",
    r"\b{n} (?:también|auch|également|anche|ook|também|också) (?:\w+ ){{0,2}}?(?:oferta|angebot\w*|offre|proposé|offerta|offerte|proposta|offert)\b",
    r"\b{n} (?:has|have|had|hat|ha|a|heeft|har) (?:\w+ ){{0,3}}?(?:offered|quoted|pitched|angeboten|presentado|proposé|presentato|aangeboden|apresentado|erbjudit)\b",
    r"\b(?:utvärderar|évaluons|regardons|vergleichen|prüfen|testen|evaluando|valutando|bekijken|avaliando|looking at|evaluating|considering|testing|trialling) (?:(?:även|aussi|auch|también|anche|ook|também|also) )?{n}",
    r"\b{n} (?:has |have |had )?(?:promised|undercut\w*|outbid)\b",
    r"\b{n} (?:is|was|are|came in|came back|would be|ist|est|es|è|is|é|är) (?:\w+ ){{0,5}}?(?:cheaper|less expensive|lower|günstiger|billiger|moins cher|más barat\w+|meno car\w+|goedkoper|mais barat\w+|billigare)\b",
    r"\bthe other(?: one)?(?: is|:) {n}",
    r"\b(?:current|existing|present) (?:supplier|vendor|provider),? {n}",
)
_INTRODUCED = re.compile(
    "|".join(
        form.rstrip("|").format(n=_NAME.format(f"n{place}")) for place, form in enumerate(_FORMS)
    ),
    re.IGNORECASE,
)
_NO_RIVAL = re.compile(
    r"\b(?:integrat\w+|connect\w*|import\w*|export\w*|sync\w*|replac(?:e|ing)|ruled out|no longer|not (?:considering|looking|evaluating)|instead of|schnittstelle|our (?:customer|client)s?|your (?:demo|offer|quote|proposal|trial|pilot))\b",
    re.IGNORECASE,
)
_COMMON = frozenset(
    [
        "friday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "the",
        "our",
        "your",
        "their",
        "his",
        "her",
        "they",
        "you",
        "legal",
        "finance",
        "procurement",
    ]
)


@dataclass(frozen=True, slots=True)
class Rival:
    """A sentence that brings a competitor in, or names one that was."""

    text: SeenText
    quote: str
    name: str
    first: bool


def rivals(facts: AccountFacts, texts: Iterable[SeenText]) -> list[Rival]:
    """Sentences that introduce a competitor, and all others that name it."""
    told = [(text, one) for text in texts for one in sentences(text.text)]
    ours = _familiar(facts)
    named: dict[str, None] = {}
    for _, sentence in told:
        for name in _introduced(sentence):
            if name.casefold() not in ours:
                named[name] = None
    found: list[Rival] = []
    for text, sentence in told:
        first = next((one for one in _introduced(sentence) if one in named), None)
        again = next((one for one in named if _names(sentence, one)), None)
        if first or again:
            found.append(Rival(text, sentence.quote, first or again or "", first is not None))
    return found


def introduces(text: str) -> bool:
    """Whether a text, by itself, brings a competitor in."""
    names = (name for one in sentences(text) for name in _introduced(one))
    return any(name.casefold() not in _COMMON for name in names)


def _introduced(sentence: Sentence) -> Iterator[str]:
    flat = sentence.flat
    if HYPOTHETICAL.search(flat) or ELSEWHERE.search(flat) or _NO_RIVAL.search(flat):
        return
    listed = find_competitor(flat)
    if listed is not None and listed[1] >= SURE - 0.1 and listed[0] != "another vendor":
        yield listed[0]
    for match in _INTRODUCED.finditer(flat):
        yield from (name for name in match.groupdict().values() if name)


def _familiar(facts: AccountFacts) -> frozenset[str]:
    """Names that are people's, the account's or our own."""
    words = [facts.account_name, *(one.name for one in facts.contacts)]
    words += [text.sender_name for text in facts.texts]
    known = {part.casefold() for word in words for part in re.findall(r"[\w&-]+", word)}
    own = {
        text.sender_email.rpartition("@")[2].partition(".")[0]
        for text in facts.texts
        if not text.inbound
    }
    return frozenset(known | own | _COMMON)


def _names(sentence: Sentence, name: str) -> bool:
    pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
    return re.search(pattern, sentence.flat, re.IGNORECASE) is not None
