"""What a question is after, and whose names stand in it. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.types.agent import Aim
from services.types.qualification import Criterion

LONGEST_NAME = 6
_WORD = re.compile(r"[\w&'’.+-]+", re.UNICODE)  # noqa: RUF001 - as people's phones write it
_DOMAIN = re.compile(r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)+\b", re.IGNORECASE)
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_FORMS = re.compile(
    r"[\s,]+(?:inc|llc|ltd|gmbh|ag|se|corp|co|plc|bv|sa|oy|ab|as)\.?$", re.IGNORECASE
)
_DRAFT = re.compile(
    r"^\s*(?:please\s+|(?:can|could|would|will) you\s+)*"
    r"(?:draft|write|compose|prepare|send)\b",
    re.IGNORECASE,
)
_FIND = re.compile(
    r"^\s*(?:please\s+|(?:can|could|would|will) you\s+)*"
    r"(?:(?:find|search|look)\b(?! out\b)|"
    r"(?:where|when|who)\s+(?:\w+\s+){0,3}?(?:talk(?:s|ed|ing)?|sp[eo]ak?e?n?|discuss(?:ed|es)?|"
    r"mention(?:ed|s)?|said|wrote|brought up|raised|asked)\b)",
    re.IGNORECASE,
)
_WAITING = re.compile(
    r"\bwait(?:s|ing)?\s+(?:for|on)\s+(?:me|my)\b|\bon my (?:plate|desk|list)\b|"
    r"\bwhat (?:should|do|must) i (?:have to |need to )?(?:do|decide|answer)\b|"
    r"\bmy (?:inbox|to-?dos?|open (?:mails?|drafts?|approvals?))\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\bwho(?:\s+is|'s|\s+are|\s+was)?\b", re.IGNORECASE)
_CHANGES = re.compile(
    r"\bchang(?:e|ed|es)\b|\bhappen(?:s|ed|ing)?\b|\bnews?\b|\blately\b|\bupdates?\b|\bgoing on\b|"
    r"\bbeen up\b|\bcatch me up\b|\bsummar(?:y|ise|ize)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|good (?:morning|day|evening)|thanks|thank you|ok(?:ay)?|great|cool)\b"
    r"[^?]{0,30}$",
    re.IGNORECASE,
)
_AT = re.compile(r"\b[Aa]t ([A-Z][\w&'.-]+(?: [A-Z][\w&'.-]+){0,4})")
ROLES: tuple[tuple[str, Criterion], ...] = (
    (r"\bchampion", Criterion.CHAMPION),
    (r"\beconomic buyer|\bbuyer\b|\bholds? the budget", Criterion.ECONOMIC_BUYER),
    (r"\bdecision[- ]makers?\b|\bauthority\b|\bdecides?\b", Criterion.AUTHORITY),
)
# Words that begin many company names and as many sentences.
_COMMON = frozenset(
    {"a", "about", "all", "an", "and", "any", "are", "at", "be", "been", "best", "by", "can",
     "changed", "could", "did", "do", "does", "draft", "first", "for", "from", "general", "give",
     "global", "has", "have", "he", "her", "him", "his", "how", "i", "in", "is", "it", "last", "me",
     "month", "my", "new", "next", "no", "not", "of", "on", "one", "open", "or", "our", "please",
     "send", "she", "show", "since", "so", "that", "the", "their", "them", "they", "this", "to",
     "united", "up", "us", "was", "we", "week", "what", "when", "where", "which", "who", "why",
     "will", "with", "write", "you", "your"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An account a question may mean: by its name, its domain, or somebody who works there."""

    account_id: UUID
    name: str
    domain: str | None = None
    contacts: tuple[str, ...] = ()
    """Names and addresses of people there that stand in the question."""


def is_greeting(question: str) -> bool:
    """A kind word that asks nothing."""
    return _GREETING.search(question) is not None


def company_named(question: str) -> str | None:
    """What stands after "at" with a capital letter: somebody's company, known or not."""
    found = _AT.search(question)
    return found[1] if found else None


def read_aim(question: str) -> Aim:
    if _DRAFT.search(question):
        return Aim.DRAFT
    if _WAITING.search(question):
        return Aim.WAITING
    if _FIND.search(question):
        return Aim.FIND
    if _PERSON.search(question) and role_of(question):
        return Aim.PERSON
    return Aim.CHANGES if _CHANGES.search(question) else Aim.OTHER


def role_of(question: str) -> Criterion | None:
    """The role a question names people by."""
    for pattern, criterion in ROLES:
        if re.search(pattern, question, re.IGNORECASE):
            return criterion
    return None


def name_grams(question: str) -> list[str]:
    """Runs of words that may be a name, lower case: what the database is asked for."""
    words = [_own(word) for word in _WORD.findall(question.lower())]
    grams = {
        " ".join(words[start : start + length])
        for length in range(1, LONGEST_NAME + 1)
        for start in range(len(words) - length + 1)
    }
    return sorted(gram for gram in grams if gram and gram not in _COMMON)


def domains(question: str) -> list[str]:
    """Domains in the question, also those of addresses."""
    return sorted({found.lower() for found in _DOMAIN.findall(question)})


def addresses(question: str) -> list[str]:
    return sorted({found.lower() for found in _EMAIL.findall(question)})


def pick(question: str, candidates: Iterable[Named]) -> Sequence[Named]:
    """Those the question means: by the whole name, else by a domain or a person, else by the name's
    first word. A longer name swallows a shorter one that stands in it."""
    grams = set(name_grams(question))
    known = list(candidates)
    whole = [one for one in known if _plain(one.name) in grams or one.name.lower() in grams]
    if whole:
        return _longest(whole)
    wanted = set(domains(question))
    known_by = [one for one in known if one.contacts or (one.domain and one.domain in wanted)]
    if known_by:
        return known_by
    return [one for one in known if _first(one.name) in grams]


def _longest(found: Sequence[Named]) -> Sequence[Named]:
    names = [one.name.lower() for one in found]

    def stands_in(short: str, name: str) -> bool:
        return short != name and f" {short} " in f" {name} "

    return [one for one in found if not any(stands_in(one.name.lower(), name) for name in names)]


def _plain(name: str) -> str:
    """The name as people say it: without its legal form."""
    return " ".join(_own(word) for word in _WORD.findall(_FORMS.sub("", name.lower())))


def _first(name: str) -> str:
    words = _plain(name).split()
    return words[0] if words and words[0] not in _COMMON else ""


def _own(word: str) -> str:
    """`Acme's.` is Acme."""
    return re.sub(r"['’]s?$", "", word.strip(".'-’"))  # noqa: RUF001 - see above
