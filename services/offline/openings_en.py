# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""How an English reply starts and ends: from what the mail says, or not at all."""

import re
from datetime import date

from services.offline.answers_en import Writing, named_exactly
from services.offline.dates import find_days
from services.offline.when import spoken
from services.types.model import Ask, AskKind, DraftRequest

_LEAVING = re.compile(
    r"\b(?:(?:do|does|did|will|are) not (?:plan(?:ning)? to )?renew|(?:don't|won't) (?:plan to )?renew|cancel (?:our|the|my) (?:contract|subscription|account|licen[cs]e)|quotes? from (?:two |three )?other suppliers|moving away|terminate)\b",
    re.IGNORECASE,
)
_GOOD = re.compile(r"\b(?:good news|great news|approved a budget|has approved|went well|delighted|worked first time|very happy)\b", re.IGNORECASE)  # fmt: skip
_FIRST = re.compile(r"\b(?:heard (?:the|your)|your talk|came across|wrote down your|recommended you|your website|found you)\b", re.IGNORECASE)  # fmt: skip
_OPEN_POINTS = re.compile(r"\b(?:points? remain|open points?|remaining points?|two points)\b", re.IGNORECASE)  # fmt: skip
_FIGURES = re.compile(r"\b\d+ (?:users|seats|people|licen[cs]es|sites|stores)\b", re.IGNORECASE)
_TROUBLE = re.compile(r"(?:^|[\n.!?]\s*)(?P<what>(?:the|our|your) (?:[\w-]+ ){0,3}?[\w-]+) (?:has (?:stood|stopped|failed|been)|have been|is (?:stuck|down|broken|not|failing)|isn't|stopped|fails|keeps|does not|doesn't|won't|cannot|can't)\b", re.IGNORECASE)  # fmt: skip
_TEAM = re.compile(r"\b(?:our|my) (?P<who>(?:security|legal|it|procurement|data|finance|privacy|compliance|technical|engineering) (?:team|department|colleagues))\b", re.IGNORECASE)  # fmt: skip
_PAPERS = re.compile(r"\b(?:recording|slides|minutes|notes|agenda)\b", re.IGNORECASE)
_EVENT = re.compile(r"\b(?:our|my|the) (?P<event>(?:[\w-]+ ){0,2}(?:meeting|review|round|audit|launch|go-live|deadline|workshop|kick-?off))\b(?: is)? on ", re.IGNORECASE)  # fmt: skip


def opening(  # noqa: PLR0911 - one return for each thing a mail may start from
    request: DraftRequest, asks: tuple[Ask, ...], writing: Writing
) -> str:
    """A first sentence the mail gives a reason for; none where there is no reason."""
    text, seed = request.text, request.text
    if _LEAVING.search(text):
        return writing.pick(("Thank you for telling me so openly.", "Thank you for the open words."), seed)  # fmt: skip
    if any(ask.kind is AskKind.SUPPORT for ask in asks):
        what = _TROUBLE.search(text)
        if what is None:
            return "I'm sorry about the trouble."
        named = re.sub(r"^(?:our|my|your)\b", "the", what["what"], flags=re.IGNORECASE)
        return f"I'm sorry about the trouble with {named[0].lower()}{named[1:]}."
    if _GOOD.search(text):
        return writing.pick(("That is good news, thank you.", "Thank you, that is good to hear."), seed)  # fmt: skip
    if _OPEN_POINTS.search(text):
        return "Thank you, that makes clear what is still open."
    if not request.history and _FIRST.search(text):
        return "Thank you for getting in touch."
    if any(ask.kind is AskKind.PRICING for ask in asks) and _FIGURES.search(text):
        return "Thank you for the numbers."
    return "" if asks else "Thank you for letting me know."


def closing(  # noqa: PLR0911 - one return for each kind of ask
    request: DraftRequest, asks: tuple[Ask, ...], writing: Writing
) -> str:
    """One sentence that moves things on, by the first ask; none rather than filler."""
    if not asks:
        return ""
    kind, due = asks[0].kind, any(ask.due for ask in asks)
    if _LEAVING.search(request.text):
        return "Would a short call before then help?" if due else "Would a short call help?"
    if kind is AskKind.MEETING:
        return _for_meeting(asks[0], request, writing)
    if kind is AskKind.DOCUMENT:
        team = _TEAM.search(request.text)
        return f"Shall I send everything to you alone, or to your {_lower(team['who'])} as well?" if team else ""  # fmt: skip
    if kind is AskKind.SUPPORT:
        return writing.pick(("I'll write again as soon as I have their answer.", "You'll hear from me as soon as I know more."), request.text)  # fmt: skip
    if kind is AskKind.CONTRACT:
        event = _event(request.text, request.today)
        return f"I have your {event}{',' if ',' in event else ''} in mind." if event else "Who on your side should be in the loop while we go through it?"  # fmt: skip
    if kind is AskKind.PRICING:
        return "" if due else _for_price(request, writing)
    return ""


def _for_meeting(ask: Ask, request: DraftRequest, writing: Writing) -> str:
    if named_exactly(ask, request.today) or _PAPERS.search(ask.quote):
        return ""
    return writing.pick(("Which day and time would suit you?", "Which two or three times suit you?"), request.text)  # fmt: skip


def _for_price(request: DraftRequest, writing: Writing) -> str:
    if not _FIGURES.search(request.text):
        return "How many people would be using it?"
    return writing.pick(("When do you need the figures?", "Is there a day by which you need the figures?"), request.text)  # fmt: skip


def _event(text: str, today: date) -> str:
    found = _EVENT.search(text)
    if found is None:
        return ""
    for named in find_days(text[found.end() : found.end() + 40], today):
        if named.exact and named.day >= today:
            return f"{found['event']} on {spoken(named.day, today, 'en')}"
    return ""


def _lower(words: str) -> str:
    return " ".join(word if word.isupper() else word.lower() for word in words.split())
