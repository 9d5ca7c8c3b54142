"""What a reply to a mail about a draft asks for: let it leave, turn it down, take it back, or write
it another way.

Only words that leave no doubt let a mail leave: “send”, “approve”, alone or with a courtesy. A nod
(“ok”, “👍”, “looks good”) is not enough for what can't be taken back for long, and anything beside
the word is not either. What reads like a wish about the text makes another revision, which leaves
nothing: it is shown and asked about again. Pure; English, German, French and Spanish, and the word
for “send” in a few more.
"""

import re
from dataclasses import dataclass

from services.letters.order_words import QUESTION, QUOTED, Order, Unclear, read_order
from services.mail.characters import clean_text
from services.patterns import late

LONGEST = 2_000

NODDED = "That reads like a nod, and a nod lets nothing leave."
EMOJI = "I found a sign and no words."
MORE = "I found “send” and something more beside it."
HELD = "I found a word that could mean the opposite."
TIED = "That sounds like a condition. This mail leaves as it stands, or not at all."
NO_REASON = "A reason is missing: “reject because …”."
TOO_LONG = "It is too long to be an instruction."
TIMED = "I can't send it at another time."


@dataclass(frozen=True, slots=True)
class Send:
    """Let exactly this text leave; `anyway`: although something was found in it."""

    anyway: bool = False


@dataclass(frozen=True, slots=True)
class TurnDown:
    reason: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Don't let it leave after all."""


@dataclass(frozen=True, slots=True)
class Change:
    """Write it another way."""

    instruction: str


Wish = Send | TurnDown | Undo | Change | Unclear

_SEND = (
    r"send|ship|release|dispatch|fire\s+away|go\s+ahead|approve[ds]?|"
    r"senden|sende|schick(?:e|en)?|abschicken|raus\s+damit|genehmigt|freigegeben|freigeben|"
    r"envoie|envoyer|envoyez|approuv(?:e|é|ée|er)|"
    r"env[ií]a(?:lo|r|rlo)?|envíe(?:lo)?|m[aá]nda(?:lo|r)?|aprob(?:ado|ada|ar)|"
    r"invia(?:lo)?|inviare|enviar|envie|verstuur|verzenden|wyślij|skicka|"
    r"أرسل(?:ها|ه)?|ارسل(?:ها|ه)?|שלח(?:י)?|送信|发送"  # noqa: RUF001 - right-to-left on purpose
)
_PLEASE = (
    r"please|pls|thanks|thank\s+you|thx|cheers|bitte|danke|merci|s'il\s+(?:te|vous)\s+pla[iî]t|"
    r"por\s+favor|gracias|grazie|شكرا|תודה"
)
_NOD = (
    r"fyi|hi|hello|hey|noted|received|got\s+it|yes|yep|yeah|yup|ok|okay|k|sure|fine|good|great|perfect|nice|cool|lgtm|agreed|done|"
    r"(?:that|it|this)?\s*(?:looks?|sounds?|is|seems?|reads?)\s+(?:good|great|fine|right|perfect|ok(?:ay)?)"
    r"(?:\s+to\s+me)?|all\s+good|alright|all\s+right|"
    r"ja|jawohl|gut|passt|perfekt|in\s+ordnung|sieht\s+gut\s+aus|"
    r"oui|d'accord|parfait|bien|c'est\s+bon|s[ií]|vale|de\s+acuerdo|perfecto|está\s+bien|bueno|"
    r"n\.?c\.?|نعم|כן"
)
_IT = (
    r"(?:it|this|that|them|off|out|away|now|as\s+(?:it\s+)?is|the\s+(?:mail|draft|email|reply)|"
    r"es|das|die\s+mail|ab|so|jetzt|raus|los|le|la|tel\s+quel|maintenant|lo|ahora|así|tal\s+cual)"
)
_ANYWAY = (
    r"anyway|anyhow|regardless|nevertheless|all\s+the\s+same|trotzdem|dennoch|"
    r"quand\s+m[eê]me|de\s+todos?\s+modos?|igualmente"
)
_GAP = r"[\s,;.:!-]*"
_SENDS = late(
    rf"(?:(?:{_NOD}|{_PLEASE}|and|then|und|et|y)(?!\w){_GAP})*(?:{_SEND})(?!\w)(?:\s+{_IT}){{0,3}}"
    rf"(?P<anyway>\s+(?:{_ANYWAY}))?(?:\s+{_IT})?(?:{_GAP}(?:{_PLEASE}|{_NOD})(?!\w))*{_GAP}\Z",
    re.IGNORECASE,
)
_NODS = late(rf"(?:(?:{_NOD}|{_PLEASE})(?!\w){_GAP})+\Z", re.IGNORECASE)
_STARTS_SENDING = late(rf"(?:(?:{_NOD}|{_PLEASE})(?!\w){_GAP})*(?:{_SEND})(?![\w'])", re.IGNORECASE)
_UNDOES = late(
    rf"(?:(?:{_PLEASE})(?!\w){_GAP})*(?:undo|stop|cancel|revert|take\s+(?:it|that)\s+back|hold\s+(?:it|on)|"
    r"don't\s+send(?:\s+it)?|do\s+not\s+send(?:\s+it)?|rückgängig(?:\s+machen)?|stopp|"
    r"zurück(?:nehmen|ziehen)?|nicht\s+(?:ab)?senden|annule[rz]?|arrête[rz]?|deshacer|deshaz|"
    r"cancela[r]?|para)"
    rf"(?:\s+{_IT})?(?:{_GAP}(?:{_PLEASE}))*{_GAP}\Z",
    re.IGNORECASE,
)
_HOLDS = late(
    rf"(?:{_GAP}(?:please|bitte|no|nein|non))*{_GAP}(?:don't|do\s+not|never|not(?:\s+yet)?|wait|hold|nicht|noch\s+nicht|nein|warte\w*|"
    r"ne\s+pas|n'envo\w+|pas\s+encore|attend\w*|no\s+lo|espera\w*|todavía\s+no|later|später)(?!\w)",
    re.IGNORECASE,
)
_REFUSES = late(
    r"(?:(?:i|we|ich|wir|je|nous|yo)\s+)?(?:reject|den(?:y|ied)|declin|refus|discard|drop\s+it|delete\s+it|abgelehnt|"
    r"ablehn|lehne\b|verwerfen|rejet|rechaz|deneg|descart)",
    re.IGNORECASE,
)
_BARE_NO = late(rf"(?:no|nope|nah|nein|non){_GAP}\Z", re.IGNORECASE)
_WHEN = late(
    r"(?<!\w)(?:tomorrow|tonight|later|next\s+\w+|on\s+\w+day|at\s+\d|in\s+\d|morgen|später|um\s+\d|"
    r"demain|plus\s+tard|mañana|más\s+tarde)(?!\w)",
    re.IGNORECASE,
)
_TIED = late(
    r"(?<!\w)(?:if|unless|once|after|until|only|wenn|falls|sobald|erst|si|quand|cuando|si)(?!\w)",
    re.IGNORECASE,
)
_ASKS_FOR = late(
    r"(?:please|can|could|would|will|may|kann(?:st|)|könn\w+|würd\w+|bitte|peux|pouvez|pourr\w+|"
    r"puede[sn]?|podr\w+|por\s+favor|s'il)(?!\w)",
    re.IGNORECASE,
)
_GREETING = late(
    r"(?:hi|hello|hey|dear|hallo|liebe[rs]?|bonjour|salut|hola|understudy)(?:\s+[\w.-]+){0,2}\s*[,!.:]?\Z",
    re.IGNORECASE,
)
_PLAINER = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\uff1a": ":", "\u060c": ",", "\u061f": "?"}
)
# Signs that say no, and those that strike words through.
_AGAINST = late(
    "[\N{THUMBS DOWN SIGN}\N{CROSS MARK}\N{NEGATIVE SQUARED CROSS MARK}"
    "\N{NO ENTRY SIGN}\N{NO ENTRY}\N{OCTAGONAL SIGN}\N{RAISED HAND}\N{FACE WITH NO GOOD GESTURE}"
    "\N{HEAVY MULTIPLICATION X}\N{BALLOT X}\N{HEAVY BALLOT X}\N{COMBINING LONG STROKE OVERLAY}~]"
)
_LETTERS = late(r"[^\W_]")
_MENTIONS_SENDING = late(rf"(?<!\w)(?:{_SEND})(?!\w)", re.IGNORECASE)


def read_wish(own: str, *, between_quotes: bool = False) -> Wish:
    """`own`: what the sender wrote this time. Words that stand between quoted lines comment on
    them; they never let anything leave."""
    text = clean_text(own).translate(_PLAINER).strip()
    if not text or any(line.lstrip().startswith(">") for line in text.split("\n")):
        return Unclear(problem=QUOTED)
    if len(text) > LONGEST:
        return Unclear(problem=TOO_LONG)
    text = " ".join(_without_greeting(text).split())
    if not _LETTERS.search(text):
        return Unclear(problem=EMOJI)
    if between_quotes:
        return Unclear(problem=MORE) if _STARTS_SENDING.match(text) else Change(instruction=text)
    return _decided(text) or _worded(text)


def _decided(text: str) -> Wish | None:
    """What the whole text orders in so many words."""
    words = _without_signs(text)
    sends = _SENDS.match(words)
    if sends:
        doubt = QUESTION if "?" in words else HELD if _AGAINST.search(text) else None
        return Unclear(problem=doubt) if doubt else Send(anyway=bool(sends["anyway"]))
    if _UNDOES.match(words):
        return Undo()
    if _NODS.match(words):
        return Unclear(problem=NODDED)
    if _BARE_NO.match(words):
        return Unclear(problem=NO_REASON, choice="reject")
    if _REFUSES.match(words):
        return _refused(words)
    return None


def _worded(text: str) -> Wish:
    """A sentence: a wish about the text, unless it may be about whether it leaves."""
    order = read_order(text)
    if isinstance(order, Order) and order.choice == "approve":
        return Unclear(problem=TIED, choice="approve") if order.conditions else Send()
    if _STARTS_SENDING.match(text):
        return Unclear(problem=_beside(text), choice="approve")
    if _HOLDS.match(text):
        return _held(text)
    if "?" in text and not _ASKS_FOR.match(text):
        return Unclear(problem=QUESTION)
    return Change(instruction=text)


def _beside(text: str) -> str:
    """What keeps a text that begins with “send” from being an order."""
    if "?" in text:
        return QUESTION
    if _WHEN.search(text):
        return TIMED
    return TIED if _TIED.search(text) else MORE


def _held(text: str) -> Wish:
    """“Don't mention the price” is a wish; “don't send it yet” is none."""
    bare = not _LETTERS.search(_HOLDS.sub("", text, count=1))
    return Unclear(problem=HELD) if bare or _MENTIONS_SENDING.search(text) else Change(text)


def _refused(words: str) -> Wish:
    order = read_order(words)
    if isinstance(order, Order):
        return TurnDown(order.reason)
    if order.problem == QUESTION:
        return order
    return Unclear(problem=NO_REASON, choice="reject")


def _without_signs(text: str) -> str:
    """Emoji beside words add nothing: “send 👍” says send. Those that speak against it are looked
    for apart."""
    kept = "".join(char if char.isalnum() or char in " '?.,;:!-" else " " for char in text)
    return " ".join(kept.split())


def _without_greeting(text: str) -> str:
    first, _, rest = text.partition("\n")
    return rest.strip() if rest.strip() and _GREETING.match(first.strip()) else text
