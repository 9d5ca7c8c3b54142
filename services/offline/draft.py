"""Writes a reply from phrase tables: short, true as it stands, in the customer's language."""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date

from services.offline.ask_rules import KINDS
from services.offline.instructions import Wishes, read_instruction
from services.offline.phrase_types import Phrases
from services.offline.phrases_north import DE, EN, NL, SV
from services.offline.phrases_south import ES, FR, IT, PT
from services.types.model import Ask, AskKind, DraftRequest, DraftText

_PHRASES = {"en": EN, "de": DE, "nl": NL, "sv": SV, "fr": FR, "es": ES, "it": IT, "pt": PT}
_GENERIC = {
    AskKind.PRICING: "the price",
    AskKind.DOCUMENT: "the document you asked for",
    AskKind.CONTRACT: "the contract",
}
# The C locale's names: nothing in the product sets another.
_MONTHS = calendar.month_name
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "herr", "frau", "mme", "m", "sr", "sra"})
_MOST_ANSWERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A reply taken apart: a greeting, paragraphs, one call to action, a signature."""

    greeting: str
    paragraphs: tuple[str, ...]
    closing: str
    signature: str

    def body(self) -> str:
        parts = (self.greeting, *self.paragraphs, self.closing, self.signature)
        return "\n\n".join(part for part in parts if part)


def write_draft(request: DraftRequest) -> DraftText:
    """A reply that takes up each ask and promises only what its author can keep."""
    wishes = read_instruction(request.instruction)
    phrases = _PHRASES.get(wishes.language or request.language[:2].lower(), EN)
    parts = _base(request, phrases, keep_previous=wishes.language is None)
    body = _changed(parts, wishes, request, phrases).body()
    confidence, reason = _chance(request)
    return DraftText(body=body, confidence=confidence, reason=reason)


def _base(request: DraftRequest, phrases: Phrases, *, keep_previous: bool) -> _Parts:
    """The text to change: the previous revision where it can be taken apart, else a new reply."""
    previous = (request.previous or "").strip().split("\n\n")
    if keep_previous and len(previous) > 2:  # noqa: PLR2004 - greeting, text, signature
        middle = previous[1:-1]
        asks = middle[-1].rstrip().endswith("?")
        return _Parts(
            greeting=previous[0],
            paragraphs=tuple(middle[:-1] if asks else middle),
            closing=middle[-1] if asks else "",
            signature=previous[-1],
        )
    return _Parts(
        greeting=_greeting(phrases.greeting, request, phrases),
        paragraphs=_paragraphs(request, phrases),
        closing=_closing(request, phrases),
        signature=f"{phrases.sign}\n{request.author_name}".strip(),
    )


def _changed(parts: _Parts, wishes: Wishes, request: DraftRequest, phrases: Phrases) -> _Parts:
    if wishes.shorter:
        kept = parts.paragraphs[1:] if len(parts.paragraphs) > 1 else parts.paragraphs
        parts = replace(parts, paragraphs=tuple(_first_sentence(one) for one in kept))
    if wishes.longer and phrases.more not in parts.paragraphs:
        parts = replace(parts, paragraphs=(*parts.paragraphs, phrases.more))
    if wishes.mention:
        sentence = phrases.mention.format(what=wishes.mention)
        parts = replace(parts, paragraphs=(*parts.paragraphs, sentence))
    if wishes.call:
        parts = replace(parts, closing=phrases.call)
    if wishes.formal:
        parts = replace(
            parts,
            greeting=_greeting(phrases.greeting_formal, request, phrases),
            signature=f"{phrases.sign_formal}\n{request.author_name}".strip(),
        )
    if wishes.friendly:
        warm = (phrases.thanks_warm, *parts.paragraphs[1:])
        sign = f"{phrases.sign_warm}\n{request.author_name}".strip()
        parts = replace(parts, paragraphs=warm, signature=sign)
    return parts


def _first_sentence(paragraph: str) -> str:
    return re.split(r"(?<=[.!?])\s", paragraph, maxsplit=1)[0]


def _greeting(template: str, request: DraftRequest, phrases: Phrases) -> str:
    name = _first_name(request.sender_name)
    return template.format(name=name) if name else phrases.greeting_unknown


def _first_name(name: str) -> str:
    """'Müller, Anna' and 'Dr. Anna Müller' are both Anna; an address is nobody's name."""
    if "@" in name:
        return ""
    last, comma, first = name.partition(",")
    words = [word for word in (first if comma else last).split() if word.isprintable()]
    while words and words[0].lower().rstrip(".") in _TITLES:
        words = words[1:]
    return words[0].strip("\"'()") if words else ""


def _paragraphs(request: DraftRequest, phrases: Phrases) -> tuple[str, ...]:
    deal = request.deal_name
    thanks = phrases.thanks_about.format(deal=deal) if deal else phrases.thanks
    answers = list(dict.fromkeys(_answer(ask, phrases) for ask in request.asks))
    due = min((ask.due for ask in request.asks if ask.due), default=None)
    if due is not None:
        answers.append(phrases.due.format(day=_day(due, phrases)))
    return (thanks, *answers[: _MOST_ANSWERS + 1])


def _answer(ask: Ask, phrases: Phrases) -> str:
    template = phrases.answers[ask.kind]
    return template.format(thing=_thing(ask)) if "{thing}" in template else template


def _thing(ask: Ask) -> str:
    """What was asked for, in the customer's words, where they name it plainly."""
    generic = _GENERIC.get(ask.kind, "your request")
    pattern = next(found for kind, found in KINDS if kind is ask.kind)
    word = pattern.search(ask.quote)
    if word is None:
        return generic
    before = re.search(
        r"\b(?:the|a|an|your|our|this|that) ((?:[\w/&-]+ ){0,2})$",
        ask.quote[: word.start()],
        re.IGNORECASE,
    )
    if before is None:
        return generic
    after = re.match(
        r"(?: (?:report|form|questionnaire|sheet|list|plan|study|overview|terms))?",
        ask.quote[word.end() :],
    )
    return f"the {before.group(1)}{word.group()}{after.group() if after else ''}"


def _day(day: date, phrases: Phrases) -> str:
    if phrases is EN:
        return f"{day.day} {_MONTHS[day.month]} {day.year}"
    return day.strftime(phrases.date_format)


def _closing(request: DraftRequest, phrases: Phrases) -> str:
    """One call to action: the one the first ask leads to."""
    for ask in request.asks:
        if ask.kind in phrases.closings:
            who = request.account_name or phrases.your_side
            return phrases.closings[ask.kind].format(who=who)
    return phrases.closing_plain


def _chance(request: DraftRequest) -> tuple[float, str]:
    """The chance of a human reply within seven days, from four things that can be seen.

    Nothing asked: 0.35. Asked: 0.55, for who asks wants to go on. A named day or a longer exchange
    makes it likelier (0.08 each), a wish for less contact much less likely (0.25 off)."""
    chance, reasons = (
        (0.55, ["they asked something"]) if request.asks else (0.35, ["nothing asked"])
    )
    if any(ask.due for ask in request.asks):
        chance += 0.08
        reasons.append("they named a day")
    if len(request.history) > 1:
        chance += 0.08
        reasons.append("the conversation is going")
    if re.search(
        r"\b(?:not interested|unsubscribe|stop (?:emailing|contacting)|cancel|pause|on hold)\b",
        request.text,
        re.IGNORECASE,
    ):
        chance -= 0.25
        reasons.append("they want less contact")
    return round(chance, 2), "; ".join(reasons)
