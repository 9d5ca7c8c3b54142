# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Finds what the sender asks of us, politely or not, and by when."""

import re
from datetime import date

from services.offline.ask_rules import KINDS, NO_ASK, PLEASANTRY, REQUEST, RHETORICAL, WEAK_QUESTION
from services.offline.dates import find_days
from services.offline.text import Sentence
from services.types.model import Ask, AskKind

_BY = re.compile(
    r"(?:\b(?:by|before|until|till|no later than|not later than|on|for|this|latest|bis(?: zum| zu)?|vor|am|spätestens|avant|"
    r"pour|d'ici|antes del?|para(?: el)?|entro|prima di|per|voor|uiterlijk|tegen|até|senast|innan|till)(?: the| le| la| el| il| de| den)? )$",
    re.IGNORECASE,
)


_WANTS_TO_KNOW = re.compile(
    r"\b(?:wonder(?:ing)?|curious|let (?:me|us) know (?:what|how|when|where|who|which|whether|if|why|your)|"
    r"(?:like|love|need|want) to (?:know|understand|learn|hear)|(?:tell|advise|explain|clarify|confirm)\b|"
    r"not (?:sure|clear) (?:whether|if|how|what)|unclear|(?:my|our|one|quick|two|few) questions?\b|"
    r"sagen sie|wissen lassen|dites-moi|confirmez|dígame|confirme|confermi|laat (?:me|ons|het)|berätta|bekräfta)\b",
    re.IGNORECASE,
)


def find_ask(sentence: Sentence, today: date, earlier: tuple[Sentence, ...] = ()) -> Ask | None:
    """The request a sentence makes; None for pleasantries, rhetoric and plain statements."""
    flat = sentence.flat
    if PLEASANTRY.search(flat) and not _substance(flat):
        return None
    if sentence.question:
        if RHETORICAL.search(flat) or _is_small_talk(flat):
            return None
    elif NO_ASK.search(flat) or not REQUEST.search(flat):
        return None
    kind = _kind(flat, asked=sentence.question)
    if kind in (AskKind.QUESTION, AskKind.OTHER) and _HANDED.search(flat):
        # 'Could you send me both?' asks for what the sentence before it names.
        kind = next((_kind(one.flat, asked=True) for one in earlier[:1]), kind)
    return Ask(
        quote=sentence.quote, kind=kind, due=_due(flat, today) or _then(flat, today, earlier)
    )


_HANDED = re.compile(
    r"\b(?:send|share|provide|forward|attach|give) (?:me |us |over )*(?:both|it|them|this|that|these|those)\b",
    re.IGNORECASE,
)


def _then(flat: str, today: date, earlier: tuple[Sentence, ...]) -> date | None:
    """'before then' means the limit the sentence before names."""
    if not re.search(r"\b(?:before|by|until) then\b", flat, re.IGNORECASE):
        return None
    return next((due for one in earlier[:2] if (due := _due(one.flat, today))), None)


def _substance(flat: str) -> bool:
    """A pleasantry that goes on to ask something is a request all the same."""
    rest = PLEASANTRY.sub("", flat)
    return len(rest) > 20 and (REQUEST.search(rest) is not None)  # noqa: PLR2004 - a few words


def _is_small_talk(flat: str) -> bool:
    return WEAK_QUESTION.fullmatch(flat.strip(" \"'")) is not None


def _kind(flat: str, *, asked: bool) -> AskKind:
    for kind, pattern in KINDS:
        if pattern.search(flat):
            return kind
    return AskKind.QUESTION if asked or _WANTS_TO_KNOW.search(flat) else AskKind.OTHER


def _due(flat: str, today: date) -> date | None:
    """A day that is named exactly, or a month or week named as a limit."""
    for named in find_days(flat, today):
        limited = _BY.search(flat[: named.start]) is not None
        if named.day >= today and (named.exact or limited):
            return named.day
    return None
