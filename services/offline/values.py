# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Says a criterion in a few words: who, what or how much, never the whole sentence."""

import re

from services.offline.people_rules import MONEY_TITLE, TITLE
from services.offline.rules import Rule
from services.types.qualification import Criterion

_MOST_WORDS = 12
_NAME = r"(?-i:[A-Z][\w'-]+(?: (?:van |de |von )?[A-Z][\w'-]+)?)"
_OWN = re.compile(
    r"\b(?:i (?:\w+ )?(?:sign|approve|decide|authori[sz]e|own the|control the|hold the|have the (?:final|full|sole|last))|i'm the (?:one|person|final|decision)|i am the (?:one|person|final|decision)|ich (?:entscheide|unterschreibe|genehmige)|c'est moi qui|yo (?:decido|firmo)|decido io|ik (?:beslis|teken)|jag (?:beslutar|bestämmer)|eu (?:decido|assino))\b",
    re.IGNORECASE,
)
_NO_POWER = re.compile(
    r"\b(?:i|we) (?:can't|cannot|can not|couldn't|don't have|do not have|am not able|am not allowed)\b|\b(?:not|n't) (?:the decision[- ]?maker|my (?:decision|call)|up to me)\b|\bkann (?:das |dies |darüber )?nicht\b|\bje ne peux pas\b|\bno puedo\b",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?P<side>above|over|beyond|more than|up to|below|under)\s+(?P<amount>[$€£]\s?\d[\d.,]*\s?(?:k|m)?\b|\d[\d.,]*\s?(?:k\b|euros?|dollars?|EUR|USD|GBP)?)",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:(?:and|but|so|also|well|right now|currently|at the moment|honestly|unfortunately|as you know|the (?:biggest |main |real )?problem is(?: that)?|our (?:biggest |main )?problem is(?: that)?)\b,?\s*)+",
    re.IGNORECASE,
)


def short_value(criterion: Criterion, said: str, rule: Rule, start: int) -> str:
    """What to note of a sentence for one criterion; `start` is where the rule found it."""
    flat = " ".join(said.split()).rstrip(".!,;: ")
    if criterion is Criterion.AUTHORITY:
        return _authority(flat) or _clause(flat, start)
    if criterion is Criterion.ECONOMIC_BUYER:
        return _person(flat, MONEY_TITLE) or _clause(flat, start)
    if criterion is Criterion.CHAMPION:
        return _clause(re.sub(r"^(?:and|but|so) ", "", flat, flags=re.IGNORECASE), start)
    if rule.name:
        return rule.name
    return _clause(flat, start)


def _authority(flat: str) -> str:
    """Who decides or signs, and up to what amount."""
    limit = _LIMIT.search(flat)
    own = _OWN.search(flat)
    if own and not _NO_POWER.search(flat):
        return (
            f"the sender signs, up to {limit['amount'].strip(' .,')}"
            if limit
            else "the sender decides"
        )
    if _NO_POWER.search(flat) and not _person(flat, TITLE):
        return "not the sender"
    who = _person(flat, TITLE)
    if who and limit:
        side = "up to" if limit["side"].lower() in ("up to", "below", "under") else "above"
        return f"{who}, {side} {limit['amount'].strip(' .,')}"
    return who


def _person(flat: str, title: str) -> str:
    """'Paul Denning, CFO', or 'CFO' where no name stands beside the title."""
    for pattern in (
        rf"(?P<name>{_NAME}), (?:who is )?(?:our|the|my|unser\w*|notre|nuestr\w+|il nostro|onze|vår) (?P<title>{title})\b",
        rf"\b(?P<title>{title})(?:,| is) (?P<name>{_NAME})(?=[,. ]|$)",
        rf"\b(?P<title>{title})\b",
    ):
        found = re.search(pattern, flat, re.IGNORECASE)
        if found is None:
            continue
        role = _role(found["title"])
        name = found.groupdict().get("name")
        return f"{name}, {role}" if name and name.lower() not in _NOT_NAMES else role
    return ""


_NOT_NAMES = frozenset(("i", "we", "he", "she", "has", "and", "the", "above", "for", "if"))
_INITIALS = re.compile(r"\b(?:cfo|ceo|coo|cto|cio|cro|cmo|cso|ciso|cpo|vp|svp|evp|hr|it|daf|pdg|dg|vd)\b", re.IGNORECASE)  # fmt: skip
_TRAILING = re.compile(r" (?:moet|måste|precisa|decides?|has|have|must|needs?|will|to|would|gives?|holds?|is|are|controls?|doit|tiene|deve|muss|approves?|signs?|and)$", re.IGNORECASE)  # fmt: skip


def _role(title: str) -> str:
    title = _TRAILING.sub("", title.strip())
    return _INITIALS.sub(lambda found: found.group().upper(), title)


def _clause(flat: str, start: int) -> str:
    """The clause in which it was found, cut to a dozen words."""
    begin = 0
    for cut in re.finditer(r"[;:] |, (?:and|but|so|because|which|und|et|y|e) | - ", flat):
        if cut.end() <= start:
            begin = cut.end()
        elif cut.start() > start and len(flat[begin : cut.start()].split()) > 2:  # noqa: PLR2004 - a clause
            flat = flat[: cut.start()]
            break
    words = _LEADING.sub("", flat[begin:]).split()
    if len(words) <= _MOST_WORDS:
        return " ".join(words).strip(" ,;:")
    return " ".join(words[: _MOST_WORDS - 1]).strip(" ,;:") + " …"
