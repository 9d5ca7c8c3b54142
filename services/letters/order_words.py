"""What a reply orders, word for word: approve, reject, or nothing that is clear enough.

Only an unmistakable first line is an order. Whatever could be meant otherwise (a question, both
words, a "not", a "but", no reason) is unclear, and unclear never decides: the person is asked back.
Pure; English, German, French and Spanish.
"""

import re
from dataclasses import dataclass
from typing import Literal

from services.mail.characters import clean_text
from services.patterns import late

LONGEST = 1_500
LONGEST_REASON = 500
MOST_CONDITIONS = 10

QUESTION = "That reads like a question."
BOTH = "I found words for both, approve and reject."
NOT = "I found a word that could turn its meaning around."
HEDGED = (
    "That sounds like a condition. Write it as one: “approve with conditions: …”, one per line or "
    "separated by semicolons."
)
AS_IT_IS = (
    "That sounds like a condition. This mail leaves as soon as it is approved, so it can't have "
    "any: approve it as it is, or reject it."
)
NO_REASON = "A reason is missing: “approve because …” or “reject because …”."
NO_ORDER = "I didn't find “approve” or “reject” at the beginning of what you wrote."
QUOTED = "I found only quoted text and nothing of your own."
TOO_LONG = "It is too long to be read as an order."

_YES = (
    r"approve[ds]?|approving|granted|genehmig(?:e|t|en)|freigegeben|freigabe\s+erteilt|"
    r"bewillig(?:e|t)|approuv(?:e|é|ée|er)|accord(?:é|ée)|"
    r"apr(?:ue|o)b(?:o|ado|ada|amos|ar)|autoriz(?:o|ado|ada)"
)
_NO = (
    r"reject(?:s|ed|ing)?|den(?:y|ied)|declin(?:e|ed|ing)|refus(?:e|ed)|"
    r"abgelehnt|ablehn(?:en|ung)|lehne\s+(?:ich\s+)?(?:(?:das|es|dies)\s+)?ab|zurückgewiesen|"
    r"rejet(?:te|é|ée|er)|refus(?:é|ée|er)|"
    r"rechaz(?:o|ado|ada|amos|ar)|deneg(?:ado|ada|ar)|deniego"
)
_I = r"(?:i|we|ich|wir|je|nous|yo|lo|la)\s+(?:hereby\s+|hiermit\s+)?|j'"
_IT = (
    r"(?:\s+(?:it|this|that|the\s+request|das|es|dies|den\s+antrag|cela|ceci|la\s+demande|esto|"
    r"la\s+solicitud))?"
)
_BECAUSE = (
    r"because|since|as|due\s+to|weil|da|denn|wegen|parce\s+qu[e']|car|puisqu[e']|porque|"
    r"ya\s+que|debido\s+a"
)
_IF = (
    r"if|with\s+(?:the\s+)?(?:following\s+)?conditions?|on\s+(?:the\s+)?conditions?|"
    r"under\s+(?:the\s+)?(?:following\s+)?conditions?|wenn|mit\s+(?:folgenden\s+)?bedingung(?:en)?|"
    r"unter\s+(?:(?:den|der)\s+)?(?:folgenden?\s+)?bedingung(?:en)?|mit\s+auflagen?|"
    r"si|avec\s+(?:les\s+)?conditions?|à\s+(?:la\s+)?conditions?|sous\s+(?:réserve|conditions?)|"
    r"con\s+(?:las\s+)?condici(?:ón|ones)|a\s+condición|bajo\s+(?:las\s+)?condici(?:ón|ones)"
)
_HEAD = late(
    rf"(?:{_I})?(?P<word>(?P<yes>{_YES})|(?P<no>{_NO})){_IT}(?P<rest>(?![\w'-]).*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_CONDITIONS = late(rf"[\s,]*(?:{_IF})\s*:\s*(?P<what>.+)\Z", re.IGNORECASE | re.DOTALL)
_REASON = late(
    rf"\s*(?:[,:;.-]+|(?={_BECAUSE}\b))\s*(?:(?:{_BECAUSE})\b[\s,:]*)?(?P<why>.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_LATER_REASON = late(
    rf"(?:\n|\s)+(?:(?:{_BECAUSE})\b|reason:|grund:|begründung:|raison:|motif:|motivo:|razón:)"
    r"[\s,:]*(?P<why>.+)\Z",
    re.IGNORECASE | re.DOTALL,
)
_ANY_YES = late(rf"(?<!\w)(?:{_YES})(?!\w)", re.IGNORECASE)
_ANY_NO = late(rf"(?<!\w)(?:{_NO})(?!\w)", re.IGNORECASE)
_TURNS = late(
    r"(?<!\w)(?:not|no|non|never|nothing|cannot|without|hold|wait|stop|cancel|kidding|joking|"
    r"nicht|kein\w*|nie|niemals|noch|warte\w*|doch|ne|n'\w+|pas|jamais|attend\w*|"
    r"nunca|jamás|tampoco|espera\w*)(?!\w)|\w+n't(?!\w)",
    re.IGNORECASE,
)
_HEDGES = late(
    r"(?<!\w)(?:but|only|unless|however|though|although|except|provided|providing|if|until|"
    r"assuming|maybe|perhaps|probably|might|should|would|once|"
    r"aber|nur|sofern|falls|wenn|jedoch|außer|bis|vielleicht|eventuell|solange|vorausgesetzt|"
    r"mais|seulement|sauf|si|jusqu\w*|peut-être|toutefois|cependant|"
    r"pero|solo|sólo|solamente|salvo|hasta|quizás?|tal\s+vez|siempre\s+que)(?!\w)",
    re.IGNORECASE,
)
_GREETING = late(
    r"(?:hi|hello|hey|dear|hallo|guten\s+\w+|liebe[rs]?|bonjour|salut|hola|buenos\s+\w+|understudy)"
    r"(?:\s+[\w.-]+){0,3}\s*[,!.:]?\Z",
    re.IGNORECASE,
)
# What keyboards and mailers put in place of the plain signs.
_PLAINER = str.maketrans({"\u2019": "'", "\uff1a": ":", "\u2013": "-", "\u2014": "-"})
_SPACES = late(r"[ \t\u00a0]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A reply that says clearly what it wants."""

    choice: Literal["approve", "reject"]
    reason: str
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A reply that doesn't. `choice` is what it may have meant, for the form that asks back."""

    problem: str
    choice: Literal["approve", "reject"] | None = None
    reason: str = ""


def read_order(own: str) -> Order | Unclear:
    """`own`: what the sender wrote this time, above and between the quotes."""
    text = clean_text(own).translate(_PLAINER).strip()
    if not text or any(line.lstrip().startswith(">") for line in text.split("\n")):
        return Unclear(problem=QUOTED)
    if len(text) > LONGEST:
        return Unclear(problem=TOO_LONG)
    return _read(_SPACES.sub(" ", _without_greeting(text)))


def _read(text: str) -> Order | Unclear:
    approves, rejects = bool(_ANY_YES.search(text)), bool(_ANY_NO.search(text))
    if approves and rejects:
        return Unclear(problem=BOTH)
    likely = _choice(approves=approves, rejects=rejects)
    if "?" in text or "¿" in text:
        return Unclear(problem=QUESTION, choice=likely)
    found = _HEAD.match(text.lstrip("*_ "))
    if found is None:
        turned = likely is not None and bool(_TURNS.search(text.split("\n", maxsplit=1)[0]))
        return Unclear(problem=NOT if turned else NO_ORDER, choice=None if turned else likely)
    return _reject(found["rest"]) if found["no"] else _approve(found["rest"])


def _approve(rest: str) -> Order | Unclear:
    tied = _CONDITIONS.match(rest)
    if tied:
        return _conditional(tied["what"])
    reason = _reason(rest)
    if _TURNS.search(rest):
        return Unclear(problem=NOT, choice="approve", reason=reason or "")
    if _HEDGES.search(rest):
        return Unclear(problem=HEDGED, choice="approve", reason=reason or "")
    if reason is None:
        return Unclear(problem=NO_ORDER, choice="approve")
    if not _says_something(reason):
        return Unclear(problem=NO_REASON, choice="approve")
    return Order(choice="approve", reason=reason)


def _reject(rest: str) -> Order | Unclear:
    """A no may hold a "not" or an "only" in its reason; they don't make it a yes."""
    reason = _reason(rest)
    if reason is None:
        return Unclear(problem=NO_ORDER, choice="reject")
    if not _says_something(reason):
        return Unclear(problem=NO_REASON, choice="reject")
    return Order(choice="reject", reason=reason)


def _conditional(what: str) -> Order | Unclear:
    """The sender's own list. Without another reason the conditions are the reason."""
    given = _LATER_REASON.search(what)
    listed = what[: given.start()] if given else what
    pieces = (piece.strip(" .-•*\t") for piece in re.split(r"[;\n]", listed))
    conditions = tuple(piece for piece in pieces if piece)
    if not conditions or len(conditions) > MOST_CONDITIONS:
        return Unclear(problem=HEDGED, choice="approve")
    reason = _tidy(given["why"]) if given else f"On condition: {'; '.join(conditions)}"
    return Order(choice="approve", reason=_cut(reason), conditions=conditions)


def _reason(rest: str) -> str | None:
    """What stands after the word; None when it is no reason but more of the sentence."""
    if not rest.strip(" .!"):
        return ""
    first, _, more = rest.partition("\n")
    # A word on a line of its own has its reason below it.
    again = _REASON.match(rest if first.strip(" .!") else f": {more.strip()}")
    return _cut(_tidy(again["why"])) if again else None


def _without_greeting(text: str) -> str:
    first, _, rest = text.partition("\n")
    return rest.strip() if rest.strip() and _GREETING.match(first.strip()) else text


def _choice(*, approves: bool, rejects: bool) -> Literal["approve", "reject"] | None:
    if approves:
        return "approve"
    return "reject" if rejects else None


def _says_something(reason: str) -> bool:
    return bool(re.search(r"\w\w", reason))


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" .")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1].rstrip() + "…"
