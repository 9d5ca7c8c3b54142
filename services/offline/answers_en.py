# ruff: noqa: E501 - sentences are kept whole so that they can be read
"""Answers each ask of an English mail in a sentence that names what was asked."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from services.offline.dates import find_days
from services.offline.english import indirect, plain, turned
from services.offline.text import Sentence, fold
from services.offline.things import Thing, asked_thing, before, stands_for
from services.offline.when import as_told
from services.outcomes.signals import asks_to_stop
from services.types.model import Ask, AskKind

_HANDS_OVER = re.compile(
    r"\b(?:send|share|provide|forward|attach|resend|upload|supply|see|show|have|get|receive|need|give|email|mail|copy of)\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:chang\w*|amend\w*|modif\w*|remov\w*|strik\w*|delet\w*|extend\w*|accept\w*|agree (?:to|with|on)|sign(?:ed|ing)?|countersign\w*|redlin\w*|review\w*|adjust\w*|waive\w*|cap|payment|add)\b",
    re.IGNORECASE,
)
_DO = re.compile(
    r"^(?:(?:could|can|would|will) you (?:please |kindly |also |maybe |perhaps )*|(?:please|kindly|pls) (?:also |do |just )*|would you mind |(?=(?:send|share|provide|forward|schedule|call|fix|cancel|update|resend|review|sign|arrange|book|check|quote|refund|reset|remove|add|stop|get|give|prepare|attach|return|reschedule|include|make|restart|look)\b))(?P<verb>(?!tell|let|know|advise|confirm|explain|be\b|help)[a-z]{2,} .+)$",
    re.IGNORECASE,
)
_REPORTED_VERBS = frozenset(
    (
        "you",
        "we",
        "i",
        "they",
        "it",
        "is",
        "are",
        "do",
        "does",
        "did",
        "can",
        "could",
        "would",
        "will",
        "what",
        "how",
        "when",
        "where",
        "who",
        "which",
        "why",
        "our",
        "your",
        "the",
        "my",
        "this",
        "that",
        "there",
        "any",
    )
)
_POINTS_BACK = re.compile(r"\b(?:that|this|it|they|these|those|such)\b", re.IGNORECASE)
_THEN = re.compile(r"\b(?P<lead>before|by|until) then\b", re.IGNORECASE)
_TIME = re.compile(
    r"^,?(?: at)? \d{1,2}(?:[:.]\d\d)?(?: ?(?:am|pm|o'clock)\b)?(?: (?:[A-Z][a-z]+ time|[A-Z]{2,4}\b))?"
)
_LIMIT_LAST = re.compile(
    r"^(?P<what>.+?)(?P<by> (?:before|ahead of) (?:your|the) [^,;]{3,60} on [^,;]+)$"
)
_PROMISES = re.compile(r"(?:come back|write)[a-z ]*\{by\}")
_CHECKING = (
    "I'll check {what} and come back to you{by}.",
    "I'll find out {what} and write to you{by}.",
    "Let me check {what}; I'll come back to you{by}.",
    "I'm finding out {what} and will write back{by}.",
)
_ALSO = (
    "I'll also find out {what}{by}.",
    "In the same reply I'll tell you {what}.",
)
_PRICES = (
    "I'll check with our team {what} and come back to you{by}.",
    "I'm asking our team {what} and will write to you{by}.",
    "Let me check with our team {what}; I'll come back to you{by}.",
)
_SENDING = (
    "I'll send you {what}{by}.",
    "I'll get {what} to you{by}.",
    "You'll have {what} from me{by}.",
)
_ALSO_SENDING = ("I'll also send you {what}{by}.", "I'll get {what} to you as well{by}.")
_MEETING_TOPIC = re.compile(
    r"\b(?P<topic>(?:(?:a|an|the|our|your|another) )(?:\w+[- ]){0,3}?(?:demo|call|meeting|workshop|walk-?through|session|look|chat|conversation|presentation|visit|slot)(?: (?:of|about|on|for|with|to discuss|between|at)\b .*?)?)(?:\s+(?:for next|for this|by|before|next|this|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|in the week|at \d|sometime|when|so that|around)\b|[,;?!.]|$)",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\bwho (?:would|should|can|could|do|may|will) (?:i|we) (?:speak|talk|turn|write|reach out|get in touch|contact)\b(?: (?:to|with))?(?P<topic> about [^?]+)?",
    re.IGNORECASE,
)


@dataclass(slots=True, kw_only=True)
class Writing:
    """What the answers are written from, and which phrasings were already used."""

    text: str
    today: date
    used: set[str] = field(default_factory=set)

    def pick(self, choices: tuple[str, ...], seed: str) -> str:
        """One of equal phrasings, by the ask itself: the same mail reads the same, two do not."""
        start = zlib.crc32(seed.encode()) % len(choices)
        turns = choices[start:] + choices[:start]
        chosen = next((one for one in turns if one not in self.used), turns[0])
        self.used.add(chosen)
        return chosen


def answer(ask: Ask, writing: Writing, *, first: bool) -> str:
    """The sentence that takes up one ask."""
    if asks_to_stop(ask.quote):
        return "I won't write to you again."
    earlier = before(ask.quote, writing.text)
    flat = with_then(" ".join(fold(ask.quote).split()), earlier)
    write = _BY_KIND.get(ask.kind, _other)
    if ask.kind is AskKind.CONTRACT and _HANDS_OVER.search(flat) and not _CHANGES.search(flat):
        write = _document
    return write(ask, flat, earlier, _Turn(writing=writing, first=first))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    writing: Writing
    first: bool

    def by(self, ask: Ask, told: str = "") -> str:
        """' by Thursday', unless the sentence already says it."""
        if ask.due is None:
            return ""
        day = as_told(ask.due, ask.quote, self.writing.text, self.writing.today, "en")
        if names_day(told, day, self.writing.today):
            return ""
        return f" by {day}{_time(ask.quote, self.writing.today)}"

    def say(self, choices: tuple[str, ...], ask: Ask, what: str) -> str:
        if ", and " in what:
            # Two things told in a row need a stop before the promise.
            choices = tuple(one for one in choices if "{what};" in one) or choices
        chosen = self.writing.pick(choices, ask.quote)
        by = self.by(ask, what)
        limit = _LIMIT_LAST.match(what)
        if limit and not by and _PROMISES.search(chosen):
            what, by = limit["what"], limit["by"]
        return chosen.format(what=_safe(what), by=_safe(by))


_Answer = Callable[[Ask, str, tuple[Sentence, ...], _Turn], str]


def _safe(words: str) -> str:
    """Braces in a customer's words are theirs, not gaps of ours."""
    return words.replace("{", "(").replace("}", ")")


def names_day(told: str, day: str, today: date) -> bool:
    """Whether words already say the day, so that it isn't said twice."""
    return day.partition(",")[0] in told or bool(find_days(told, today))


def _time(quote: str, today: date) -> str:
    flat = fold(quote)
    for named in find_days(flat, today):
        found = _TIME.match(flat[named.end :])
        if found:
            return found.group().replace(",", "")
    return ""


def with_then(flat: str, earlier: tuple[Sentence, ...]) -> str:
    """'before then' with the day that stands before it: 'before Monday 14:00 Oslo time'."""
    found = _THEN.search(flat)
    if found is None:
        return flat
    for sentence in earlier[:2]:
        limit = re.search(
            r"\b(?:by|before|until|on) (?P<day>(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{1,2} [A-Z][a-z]+|tomorrow)\b(?:,? (?:at )?\d{1,2}[:.]\d\d)?(?: [A-Z][a-z]+ time)?)",
            sentence.flat,
            re.IGNORECASE,
        )
        if limit:
            return f"{flat[: found.start()]}{found['lead']} {limit['day']}{flat[found.end() :]}"
    return flat


def _told_question(flat: str, earlier: tuple[Sentence, ...]) -> str | None:
    """The question from our side, with 'that' named where it stands for one thing before it."""
    told = indirect(flat)
    if told is None or len(told) > 220:  # noqa: PLR2004 - longer is nobody's sentence
        return None
    back = re.match(r"^((?:what|how|whether|when|how much) )(?:that|this|it)\b", told)
    thing = stands_for("it", earlier) if back else None
    if back and thing is not None:
        told = f"{back[1]}{thing.words}{told[back.end() :]}"
    return told


def _question(ask: Ask, flat: str, earlier: tuple[Sentence, ...], turn: _Turn) -> str:
    contact = _CONTACT.search(flat)
    if contact:
        return _contact(ask, flat, contact, turn)
    told = _told_question(flat, earlier)
    if told is None:
        thing = asked_thing(flat, earlier)
        if thing is not None and _HANDS_OVER.search(flat):
            return _send(ask, thing, turn)
        return _look_into(ask, flat, turn)
    return turn.say(_CHECKING if turn.first else _ALSO, ask, told)


def _contact(ask: Ask, flat: str, contact: re.Match[str], turn: _Turn) -> str:
    """'Who would I speak to?' is asked of the person it is answered by."""
    topic = turned(contact["topic"] or "").rstrip(" ?.")
    mine = f"You can talk to me{topic}, and I'll bring in whoever else is needed."
    rest = re.sub(r",? (?:and|or)\s*$", "", flat[: contact.start()])
    told = indirect(rest) if len(rest.split()) > 3 else None  # noqa: PLR2004 - a clause of its own
    if told is None:
        return mine
    return f"{mine} {turn.say(('I will confirm {what}{by}.', 'I will let you know {what}{by}.'), ask, told)}"


def _look_into(ask: Ask, flat: str, turn: _Turn) -> str:
    """Where the question can't be told back: what it is about, or no more than that it is seen to."""
    about = re.search(
        r"\b(?:about|regarding) (?P<what>(?:the|your|our|my) [\w' -]{3,60}?)(?:[,.;?!]|$)", flat
    )
    what = f"what you wrote about {turned(about['what'])}" if about else "this"
    choices = (
        "I'll look into {what} and come back to you{by}.",
        "Let me look into {what}; I'll write to you{by}.",
    )
    return turn.say(choices, ask, what)


def _document(ask: Ask, flat: str, earlier: tuple[Sentence, ...], turn: _Turn) -> str:
    thing = asked_thing(flat, earlier)
    if thing is None:
        told = indirect(flat) if not _HANDS_OVER.search(flat) else None
        if told is not None:
            return turn.say(_CHECKING if turn.first else _ALSO, ask, told)
        thing = Thing(words="what you asked for", plural=False)
    return _send(ask, thing, turn)


def _send(ask: Ask, thing: Thing, turn: _Turn) -> str:
    return turn.say(_SENDING if turn.first else _ALSO_SENDING, ask, thing.words)


def named_exactly(ask: Ask, today: date) -> bool:
    """Whether the sender named the very day, and not a week or a month."""
    return any(one.exact and one.day == ask.due for one in find_days(fold(ask.quote), today))


def _meeting(ask: Ask, flat: str, earlier: tuple[Sentence, ...], turn: _Turn) -> str:
    contact = _CONTACT.search(flat)
    if contact:
        return _contact(ask, flat, contact, turn)
    topic = _MEETING_TOPIC.search(plain(flat))
    words = _safe(turned(topic["topic"])) if topic and len(topic["topic"].split()) < 14 else ""  # noqa: PLR2004 - a phrase
    if not named_exactly(ask, turn.writing.today):
        if not words and _HANDS_OVER.search(flat):
            return _question(ask, flat, earlier, turn)
        choices = (
            ("I'd be glad to set up {what}.", "Yes, let's set up {what}.")
            if words
            else ("I'd be glad to talk.", "Yes, let's talk.")
        )
        return turn.writing.pick(choices, ask.quote).format(what=words)
    due = ask.due or turn.writing.today
    day = as_told(due, ask.quote, turn.writing.text, turn.writing.today, "en")
    when = f"{day}{_time(ask.quote, turn.writing.today)}"
    choices = (
        "{day} works for me{for_what}; I'll send you an invitation.",
        "Let's take {day}{for_what}. I'll send the invitation.",
    )
    for_what = f" for {words}" if words else ""
    return turn.writing.pick(choices, ask.quote).format(day=_safe(when), for_what=for_what)


def _pricing(ask: Ask, flat: str, earlier: tuple[Sentence, ...], turn: _Turn) -> str:
    told = _told_question(flat, earlier)
    thing = None if told else asked_thing(flat, earlier)
    if told is not None:
        return turn.say(_PRICES, ask, told)
    choices = (
        "I'll ask our team about {what} and come back to you{by}.",
        "I'm asking our team about {what} and will write to you{by}.",
    )
    return turn.say(choices, ask, thing.words if thing is not None else _price_words(flat))


def _price_words(flat: str) -> str:
    found = re.search(
        r"\b(?:(?:the|a|an|your|our) (?:[\w-]+ ){0,2})?(?:pric\w+|quot\w+|discount|fees?|rates?|costs?)\b(?: for [^,.;?!]{2,60})?",
        flat,
        re.IGNORECASE,
    )
    return turned(found.group()) if found else "the price"


def _support(ask: Ask, flat: str, earlier: tuple[Sentence, ...], turn: _Turn) -> str:
    doing = _DO.match(_request_part(flat))
    if doing and doing["verb"].split()[0].lower() not in _REPORTED_VERBS:
        told = turned(doing["verb"][0].lower() + doing["verb"][1:])
        choices = (
            "I'm asking our support team now to {what}{by}.",
            "I'm asking our support colleagues right away to {what}{by}.",
        )
        return turn.say(choices, ask, told)
    told_question = _told_question(flat, earlier)
    if told_question is not None:
        return turn.say(
            ("I'm asking our support team {what} and will write to you{by}.",), ask, told_question
        )
    return turn.say(
        ("I'm taking this to our support team now and will write to you{by}.",), ask, ""
    )


def _request_part(flat: str) -> str:
    """The asking clause of a sentence: 'The export fails, can you look into it?' ends with it."""
    text = plain(flat)
    found = re.search(r"(?:^|[,;:] (?:and |so |but )?)(?P<ask>(?:can|could|would|will) you .+|please .+)$", text, re.IGNORECASE)  # fmt: skip
    return found["ask"] if found else text


def _contract(ask: Ask, flat: str, earlier: tuple[Sentence, ...], turn: _Turn) -> str:
    points = (
        stands_for("both", earlier) if re.search(r"\b(?:both|these|them|the two)\b", flat) else None
    )
    if points is not None:
        choices = (
            "I'll check with our legal team whether we can accept {what}, and tell you plainly if one of them is not possible.",
            "I'm taking {what} to our legal team to check whether we can accept both, and will tell you plainly if we cannot.",
        )
        return turn.say(choices, ask, points.words)
    told = _told_question(flat, earlier)
    if told is None:
        doing = _DO.match(_request_part(flat))
        if doing and doing["verb"].split()[0].lower() not in _REPORTED_VERBS:
            told = f"whether we can {turned(doing['verb'][0].lower() + doing['verb'][1:])}"
    if told is None:
        return turn.say(("I'll check this with our legal team and come back to you{by}.",), ask, "")
    choices = (
        "I'll check with our legal team {what} and come back to you{by}.",
        "I'm asking our legal team {what} and will write to you{by}.",
    )
    return turn.say(choices, ask, told)


def _other(ask: Ask, flat: str, earlier: tuple[Sentence, ...], turn: _Turn) -> str:
    doing = _DO.match(_request_part(flat))
    if doing and doing["verb"].split()[0].lower() not in _REPORTED_VERBS and not _HANDS_OVER.match(doing["verb"]):  # fmt: skip
        told = turned(doing["verb"][0].lower() + doing["verb"][1:])
        return turn.say(("I'll check how we can {what} and let you know{by}.",), ask, told)
    return _question(ask, flat, earlier, turn)


_BY_KIND: dict[AskKind, _Answer] = {
    AskKind.QUESTION: _question,
    AskKind.DOCUMENT: _document,
    AskKind.MEETING: _meeting,
    AskKind.PRICING: _pricing,
    AskKind.SUPPORT: _support,
    AskKind.CONTRACT: _contract,
}
