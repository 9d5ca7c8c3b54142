# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Turns what a customer wrote in English round: their question, told back from our side."""

import re

from services.patterns import late

_FIRST_PERSON = {
    "i": "you",
    "we": "you",
    "me": "you",
    "us": "you",
    "my": "your",
    "our": "your",
    "mine": "yours",
    "ours": "yours",
    "myself": "yourself",
    "ourselves": "yourselves",
    "am": "are",
    "your": "our",
    "yours": "ours",
}
_SPOKEN = (
    (r"\bi'm\b", "i am"),
    (r"\b(we|you|they)'re\b", r"\1 are"),
    (r"\b(i|we|you|they)'ve\b", r"\1 have"),
    (r"\b(i|we|you|they)'d\b", r"\1 would"),
    (r"\b(i|we|you|they|it)'ll\b", r"\1 will"),
    (r"\b(what|how|when|where|who|that|it|there)'s\b", r"\1 is"),
)
_WORD = late(r"[A-Za-z]+(?:'[a-z]+)?")
_OBJECT_AFTER = late(
    r"(?:\b(?:to|with|for|from|by|of|at|about|on|than|give|gives|send|sends|ask|tell|show|help|let|see|meet|thank|reach|call|contact|pay|between|near|like|join|owe|cost|costs))\s+$",
    re.IGNORECASE,
)
_AUX = r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|may|might|must)"
_PRONOUN = r"(?:you|we|i|it|they|this|that|these|those|there|he|she|one|anyone|someone)"
_BASE = (
    r"(?:be|look|work|cost|take|need|change|have|happen|get|go|come|start|support|include|apply|run|require|handle|integrate|offer|provide|"
    r"store|process|compare|differ|help|mean|do|use|connect|sync|import|export|scale|fit|allow|cover|charge|bill|manage|keep|send|make|"
    r"protect|encrypt|host|back up|speak|talk|sit|live|read|write|expire|end|renew|begin|last|show|stay|move|affect|count|depend|meet|comply|"
    r"contain|deal|ensure|guarantee|measure|calculate|replace|accept|sign|deliver|respond|reach|pay|save|add|see|think)"
)
_STATE = (
    r"(?:\w{2,}ed|\w{3,}ing|possible|available|extra|free|ready|secure|compliant|compatible|able|still|also|already|there|part|in|on|at|"
    r"included|built|kept|done|stored|sold|open|correct|right|enough|too|subject|valid|due|covered|limited|an?|the|required|mandatory|optional|"
    r"up|down|hosted|for|with|under|really|usually|always|not|likely|responsible|as|more|less|higher|lower|different|affected|separate)"
)
_WH = r"(?:what|how|when|where|who|which|why)"
_WH_PHRASE = rf"(?:how (?:much|many|long|often|soon|quickly|fast|far|well|big|exactly)(?: \w+)??|(?:what|which) \w+(?: \w+)?|{_WH})"
_TOLD = late(
    rf"\b(?:tell|know|confirm|wondering|wonder|understand|see|clear|sure|advise|explain|explaining|clarify|check|curious|learn|find out|hear|say)\b(?: (?:to )?(?:me|us))?(?: about)? (?P<clause>(?:whether|if|that|{_WH})\b.+)$",
    re.IGNORECASE,
)
_OPEN = late(
    rf"^(?P<wh>{_WH_PHRASE}) (?P<aux>{_AUX}) (?P<subject>{_PRONOUN})\b\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_OPEN_NOUN = late(
    rf"^(?P<wh>{_WH_PHRASE}) (?P<aux>can|could|will|would|should|do|does|did|may|might|must) (?P<subject>[\w' /-]{{2,50}}?)(?<!\bthe)(?<!\byour)(?<!\bour)(?<!\bmy)(?<!\ba) (?P<rest>{_BASE}\b.*)$",
    re.IGNORECASE,
)
_WHAT_IS = late(
    r"^(?P<wh>what|who|where|when|which|why|how|how (?:much|long|big)) (?P<aux>is|are|was|were) (?P<subject>(?:the|your|our|my|a|an|those|these) .+)$",
    re.IGNORECASE,
)
_WHO_DOES = late(
    rf"^(?P<wh>who|what|which \w+) (?P<rest>(?!{_AUX}\b)\w+s\b .+)$|^(?P<wh2>(?:which|what|how many) \w+(?: \w+)?) (?P<rest2>{_AUX} (?!{_PRONOUN}\b|the\b|your\b|our\b|an?\b).+)$",
    re.IGNORECASE,
)
_CLOSED = late(rf"^(?P<aux>{_AUX}) (?P<subject>{_PRONOUN})\b\s*(?P<rest>.*)$", re.IGNORECASE)
_CLOSED_NOUN = late(
    rf"^(?P<aux>can|could|will|would|should|do|does|did) (?P<subject>[\w' /-]{{2,50}}?)(?<!\bthe)(?<!\byour)(?<!\bour)(?<!\bmy)(?<!\ba) (?P<rest>{_BASE}\b.*)$",
    re.IGNORECASE,
)
_CLOSED_STATE = late(
    rf"^(?P<aux>is|are|was|were|has|have) (?P<subject>(?:(?:the|your|our|my|a|an|this|that|these|those|all|any) )?[\w'/-]+(?: [\w'/-]+){{0,4}}?) (?P<rest>{_STATE}\b.*)$",
    re.IGNORECASE,
)
_NEXT_CLAUSE = late(
    rf",? (?:and|or) (?={_WH} (?:\w+ )?{_AUX}\b|{_AUX} (?:{_PRONOUN}|the|your|our)\b)",
    re.IGNORECASE,
)
_LEAD = late(
    r"^(?:(?:hi|hello|dear|hei|ciao)\b[^,.?!]{0,30},\s*|(?:and|also|so|but|then|first|second|finally|now|just|one (?:more )?question|quick question|question|my question is|in addition|meanwhile|by the way|separately)\b[,:]?\s+|[-*•\d.)]+\s+)+",
    re.IGNORECASE,
)
_S_ENDINGS = ("s", "sh", "ch", "x", "z", "o")


def turned(text: str) -> str:
    """The words with 'you' and 'we' swapped, so that they can be said from our side."""
    for spoken, written in _SPOKEN:
        text = re.sub(spoken, written, text, flags=re.IGNORECASE)

    def swap(match: re.Match[str]) -> str:
        word = match.group()
        lower = word.lower()
        if lower == "you":
            return "us" if _OBJECT_AFTER.search(text[: match.start()]) else "we"
        # 'US' and 'IT' are names; only a pronoun changes sides.
        if lower == "us" and word.isupper():
            return word
        return _FIRST_PERSON.get(lower, word)

    return _WORD.sub(swap, text)


def plain(flat: str) -> str:
    """A sentence without its greeting, its end mark and what only leads in."""
    text = " ".join(flat.split()).strip(" \"'")
    text = _LEAD.sub("", text)
    return text.rstrip("?!. ")


def indirect(flat: str) -> str | None:
    """'How long does it take?' as 'how long it takes', from our side; None where that is unsure."""
    text = plain(flat)
    told = _TOLD.search(text)
    if told:
        clause = re.sub(r"^if\b", "whether", told["clause"], flags=re.IGNORECASE)
        clause = re.sub(r"^that\b", "whether", clause, flags=re.IGNORECASE)
        return _lower_first(turned(clause))
    parts = _NEXT_CLAUSE.split(text)
    told_parts: list[str] = []
    for part in parts:
        one = _one(part.strip(" ,"))
        if one is None:
            return None
        told_parts.append(one)
    return _joined(told_parts, text)


def _joined(parts: list[str], text: str) -> str:
    first, *rest = parts
    for part in rest:
        alternative = re.match(r"whether it is (\w+)$", part)
        if alternative and re.search(r"\bor\b", text) and first.startswith("whether "):
            first += f" or {alternative[1]}"
        else:
            first += f", and {part}"
    return first


def _one(clause: str) -> str | None:
    lowered = _lower_first(clause)
    for pattern in (_OPEN, _OPEN_NOUN):
        found = pattern.match(lowered)
        if found:
            return _told(found["wh"].lower(), found)
    what = _WHAT_IS.match(lowered)
    if what:
        subject, tail = _short_subject(what["subject"])
        return turned(f"{what['wh'].lower()} {subject} {what['aux'].lower()}{tail}")
    who = _WHO_DOES.match(lowered)
    if who:
        return turned(lowered)
    for pattern in (_CLOSED, _CLOSED_NOUN, _CLOSED_STATE):
        found = pattern.match(lowered)
        if found:
            return _told("whether", found)
    return None


def _short_subject(subject: str) -> tuple[str, str]:
    """The verb of 'what is the price for 40 users' goes after the noun, before what follows it."""
    cut = re.search(r" (?:for|of|in|on|with|when|if|to|from|at|after|before|per) ", subject)
    if cut and len(subject.split()) > 4 and not subject[cut.start() :].startswith(" of "):  # noqa: PLR2004 - longer than is said in one breath
        return subject[: cut.start()], subject[cut.start() :]
    return subject, ""


def _told(opening: str, found: re.Match[str]) -> str:
    aux, subject, rest = found["aux"].lower(), found["subject"], found["rest"].strip()
    if aux in ("do", "did"):
        verb = f"{'did ' if aux == 'did' else ''}{rest}"
    elif aux == "does":
        verb = _third_person(rest)
    else:
        verb = f"{aux} {rest}".strip()
    # 'who would I speak to': an 'I' in a question stays the asker.
    return turned(f"{opening} {subject} {verb}".strip())


def _third_person(rest: str) -> str:
    verb, _, tail = rest.partition(" ")
    irregular = {"have": "has", "be": "is", "do": "does", "go": "goes"}
    if verb in irregular:
        verb = irregular[verb]
    elif verb.endswith("y") and verb[-2:-1] not in "aeiou":
        verb = verb[:-1] + "ies"
    else:
        verb += "es" if verb.endswith(_S_ENDINGS) else "s"
    return f"{verb} {tail}".strip()


def _lower_first(text: str) -> str:
    first = text.split(" ", 1)[0]
    return text if first.isupper() and len(first) > 1 else text[:1].lower() + text[1:]
