# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Names what an English mail asks for: the words after the verb, or what a pronoun stands for."""

import re
from dataclasses import dataclass

from services.offline.english import plain, turned
from services.offline.text import Sentence, sentences
from services.patterns import late

_MOST_WORDS = 22
_LOOK_BACK = 4
_PRONOUNS = frozenset(
    {
        "both", "it", "them", "this", "that", "these", "those", "the two", "one", "the same", "all",
        "all of it", "all of them", "all of this", "both of them", "the file", "the document",
        "the documents", "the report", "the details", "a copy",
    }
)  # fmt: skip
_STOP = (
    r"(?:\s+(?:by|before|until|till|no later than|not later than|asap|as soon as|today|tomorrow|this week|next week|so that|so we|so i|because|since|please|if possible|in time|ahead of|when you|at your|"
    r"on (?:mon|tues|wednes|thurs|fri|satur|sun)day|this (?:mon|tues|wednes|thurs|fri|satur|sun)day|next (?:mon|tues|wednes|thurs|fri|satur|sun)day|for (?:me|us) to|or (?:tell|let|send|give)|and (?:could|can|let|tell|confirm|how|what|when|whether|if|schedule|book|is|are|do|does|would|will|who|where|which))\b"
    r"|,\s*(?:and |or |but )?(?:so|because|please|as|since|when|if|could|can|let|tell|how|what|is|are|do|does|would|will|who|where|which|then|thanks?)\b|\s*[;:?!]|\s-\s|\.(?:\s|$)|\s*\(|$)"
)
_TO = (
    r"(?: (?:me|us|over|him|her|them|through|across|along|back|out|my \w+|our \w+(?: team)?)(?= ))*"
)
_SENT = late(
    rf"\b(?:send|share|provide|forward|attach|give|get|email|mail|resend|upload|supply|return|receive|have|see|show|prepare)(?:ing)?\b{_TO} (?:with (?:me|us) )?(?P<thing>\S.*?)(?P<with> (?:with|to) (?:me|us|our \w+(?: team)?|my \w+))?{_STOP}",
    re.IGNORECASE,
)
_NEEDED = late(
    rf"\b(?:asks?|asked|asking|needs?|wants?|requires?|requests?|requested|requesting|waiting|looking|missing|like|appreciate|after)\b(?: (?:you )?(?:for|on))?(?: to (?:see|have|get|receive))? (?P<thing>(?:the|your|a|an|some|two|both|any|more|another|our|last|this)\b.*?){_STOP}",
    re.IGNORECASE,
)
_THERE_IS = late(
    rf"\bthere(?: is|'s| are| was) (?P<thing>(?:an?|some|any|the) .*?)(?:,|{_STOP})", re.IGNORECASE
)
_LIST = late(r"\b(?:two|three|both|following|these)\b[^:]{0,40}: (?P<thing>.+?)\s*$", re.IGNORECASE)
_POINT = late(
    r"^(?P<name>(?:section|clause|article|point|paragraph|item|§) ?\w{1,4})[:,.) -]+(?P<what>.+)$",
    re.IGNORECASE,
)
_NEED_LEAD = late(
    r"^(?:(?:we|our \w+|i) (?:would )?(?:need|want|require|ask for|ask|like|propose|expect)s?(?: to have| to see)? )",
    re.IGNORECASE,
)
_START = late(r"^(?:the|your|our|my|an?|some|any|two|three|all|more|another|last|this|that|these|those|both)\b", re.IGNORECASE)  # fmt: skip
_BAD = late(
    r"\b(?:https?|www|@|ignore|instructions?)\b|@|//|[<>{}\[\]]|\b(?:i|we|you|they|he|she) (?:are|is|am|have|has|will|would|can)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What is asked for, told from our side; `plural` decides between 'it' and 'them'."""

    words: str
    plural: bool

    @property
    def pronoun(self) -> str:
        return "them" if self.plural else "it"


def before(quote: str, text: str) -> tuple[Sentence, ...]:
    """The few sentences that stand before a quote in its mail, the nearest first."""
    place = text.find(quote)
    if place <= 0:
        return ()
    return tuple(reversed(sentences(text[max(0, place - 2_000) : place])[-_LOOK_BACK - 2 :]))


def asked_thing(flat: str, earlier: tuple[Sentence, ...]) -> Thing | None:
    """The document, file or answer a sentence asks for, if it is named here or just before."""
    text = plain(flat)
    for pattern in (_SENT, _NEEDED):
        found = pattern.search(text)
        if found:
            return _named(found["thing"], earlier)
    return None


def _named(words: str, earlier: tuple[Sentence, ...]) -> Thing | None:
    words = words.strip(" ,.")
    if words.lower() in _PRONOUNS:
        return stands_for(words.lower(), earlier)
    return _thing(words)


def stands_for(pronoun: str, earlier: tuple[Sentence, ...]) -> Thing | None:
    """What 'both' or 'it' means: the nearest thing named before, and for 'both' two of them."""
    points = _points(earlier[:_LOOK_BACK])
    if points is not None and pronoun in ("both", "both of them", "these", "them", "the two"):
        return points
    for sentence in earlier[:2]:
        for pattern in (_LIST, _NEEDED, _THERE_IS, _SENT):
            found = pattern.search(sentence.flat.rstrip(" .!?"))
            thing = _thing(found["thing"].strip(" ,.")) if found else None
            if thing is None or thing.words.lower() in _PRONOUNS:
                continue
            if pronoun.startswith("both") and " and " not in thing.words:
                continue
            return thing
    return None


def _points(earlier: tuple[Sentence, ...]) -> Thing | None:
    """'Section 9: the liability cap at twelve months' and its neighbours, in their order."""
    told: list[str] = []
    for sentence in reversed(earlier):
        found = _POINT.match(sentence.flat.strip())
        if found:
            what = _NEED_LEAD.sub("", found["what"].rstrip(" .!;"))
            told.append(f"{found['name'].lower()} ({turned(what)})")
    if len(told) < 2:  # noqa: PLR2004 - one point is no list
        return None
    return Thing(words=", ".join(told[:-1]) + f" and {told[-1]}", plural=True)


def _thing(words: str) -> Thing | None:
    count = len(words.split())
    if not count or count > _MOST_WORDS or _BAD.search(words):
        return None
    if count == 1 and not words[0].isupper() and not words.lower().endswith(("s", "ation")):
        return None
    if re.match(r"(?:this|that|it|them|these|those) ", words, re.IGNORECASE):
        return None
    told = turned(words)
    if not _START.match(words) and re.search(
        r"\b(?:report|form|questionnaire|sheet|recording|whitepaper|certificate|agreement)$",
        told,
        re.IGNORECASE,
    ):
        told = f"the {told}"
    # 'the API docs and our security policy' are them; 'information' and one report are it.
    plural = " and " in told or re.search(r"(?<!s)s(?: (?:for|of|on|about|from)\b|$)", told)
    return Thing(words=told, plural=plural is not None and bool(plural))
