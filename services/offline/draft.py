# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""Writes a reply from phrase tables: short, true as it stands, in the customer's language."""

import re
from dataclasses import replace

from services.content import classify_content
from services.offline.answers_en import Writing, answer
from services.offline.answers_other import answer_other
from services.offline.extract import extract
from services.offline.instructions import Wishes, read_instruction
from services.offline.letter import COURTESY, Parts, greeting, made_formal
from services.offline.new_mails import TABLES, write_new
from services.offline.openings_en import closing, opening
from services.offline.phrase_types import Phrases
from services.offline.phrases_north import DE, EN, NL, SV
from services.offline.phrases_south import ES, FR, IT, PT
from services.offline.styling import styled
from services.offline.when import as_told
from services.suspicion import assess
from services.types.actions import ActionType
from services.types.model import Ask, DraftRequest, DraftText, ExtractionRequest

_PHRASES = {"en": EN, "de": DE, "nl": NL, "sv": SV, "fr": FR, "es": ES, "it": IT, "pt": PT}
_MOST_ANSWERS = 4
_NAMED = ("de", "fr", "es")
# The chance of a reply to a mail nobody waits for: to a stranger, and to somebody who has written.
_COLD, _WARM = 0.2, 0.4
_BINDING = frozenset({ActionType.COMMIT_PRICING, ActionType.MODIFY_CONTRACT})


def write_draft(request: DraftRequest) -> DraftText:
    """A reply that takes up each ask and promises only what its author can keep."""
    if request.purpose is not None:
        request = replace(request, asks=_passed_on(request))
    asks = _answerable(request)
    if request.purpose is not None and not asks:
        return _new_mail(request)
    wishes = read_instruction(request.instruction)
    language = wishes.language or request.language[:2].lower()
    phrases = _PHRASES.get(language, EN)
    kept = _taken_apart(request) if wishes.language is None else None
    parts = kept or styled(_fresh(request, asks, phrases), request, phrases, language)
    body = _told(_changed(parts, wishes, request, phrases), request)
    confidence, reason = _chance(request)
    if request.instruction and not wishes.understood:
        reason = f'the instruction "{_excerpt(request.instruction)}" was not understood; {reason}'
    subject = "" if request.purpose is None else _subject(request, language)
    return DraftText(body=body, confidence=confidence, reason=reason, subject=subject)


def _told(parts: Parts, request: DraftRequest) -> str:
    return parts.chat() if request.chat else parts.body()


def _subject(request: DraftRequest, language: str) -> str:
    new = write_new(request.purpose or "", request.asked_for, account="", language=language)
    return new.subject


def _new_mail(request: DraftRequest) -> DraftText:
    """A mail that answers nothing: what it is for, as far as its author said."""
    asked = read_instruction(request.asked_for)
    wishes = read_instruction(request.instruction) if request.instruction else asked
    language = wishes.language or asked.language or request.language[:2].lower()
    language = language if language in TABLES else "en"
    phrases = _PHRASES[language]
    account = request.account_name or phrases.your_side
    new = write_new(request.purpose or "", request.asked_for, account=account, language=language)
    kept = _taken_apart(request) if wishes.language is None else None
    fresh = Parts(
        greeting=greeting(phrases.greeting, request, phrases),
        paragraphs=(_sentence_case(new.opening, phrases),),
        closing=new.ask,
        signature=f"{phrases.sign}\n{request.author_name}".strip(),
    )
    parts = kept or styled(fresh, request, phrases, language)
    body = _told(_changed(parts, wishes, request, phrases), request)
    reasons = [f"a template for this purpose; {_heard(request)}"]
    if not (new.understood and (wishes.understood or not request.instruction)):
        said = _excerpt(request.instruction or request.asked_for)
        reasons.insert(0, f'the instruction "{said}" was not understood')
    chance = _COLD if not request.history else _WARM
    return DraftText(body=body, confidence=chance, reason="; ".join(reasons), subject=new.subject)


def _heard(request: DraftRequest) -> str:
    return "they have written before" if request.history else "they have not written before"


def _sentence_case(opening: str, phrases: Phrases) -> str:
    """Where the greeting ends with a comma, these languages go on in small letters."""
    return opening if phrases.greeting.endswith(",") else opening[:1].upper() + opening[1:]


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else f"{flat[:79].rstrip()}…"  # noqa: PLR2004 - one line of a card


def _answerable(request: DraftRequest) -> tuple[Ask, ...]:
    """Asks a person made: what stands in a paragraph that gives a machine orders is none."""
    if not assess(request.text).injection:
        return request.asks
    parts = re.split(r"\n\s*\n|\n-{3,}", request.text)
    orders = [part for part in parts if assess(part).injection]
    return tuple(
        ask
        for ask in request.asks
        if not assess(ask.quote).injection and not any(ask.quote in part for part in orders)
    )


def _passed_on(request: DraftRequest) -> tuple[Ask, ...]:
    """What a Slack message asks on a customer's behalf, where the mail is to answer it."""
    if request.purpose != "reply" or not request.text.strip():
        return ()
    reading = ExtractionRequest(
        text=request.text,
        subject=request.subject,
        sender_name=request.sender_name,
        today=request.today,
    )
    return extract(reading).asks


def _fresh(request: DraftRequest, asks: tuple[Ask, ...], phrases: Phrases) -> Parts:
    """A new reply, in nobody's style yet."""
    first, answers, last = _written(request, asks, phrases)
    return Parts(
        greeting=greeting(phrases.greeting, request, phrases),
        paragraphs=tuple(part for part in (first, " ".join(answers)) if part),
        closing=last,
        signature=f"{phrases.sign}\n{request.author_name}".strip(),
    )


def _taken_apart(request: DraftRequest) -> Parts | None:
    """The previous revision, where it looks like a letter."""
    previous = (request.previous or "").strip().split("\n\n")
    if len(previous) <= 2:  # noqa: PLR2004 - greeting, text, signature
        return None
    middle = previous[1:-1]
    closes = middle[-1].rstrip().endswith("?")
    return Parts(
        greeting=previous[0],
        paragraphs=tuple(middle[:-1] if closes else middle),
        closing=middle[-1] if closes else "",
        signature=previous[-1],
    )


def _written(
    request: DraftRequest, asks: tuple[Ask, ...], phrases: Phrases
) -> tuple[str, list[str], str]:
    """An opening, the answers and a closing."""
    asks = asks[:_MOST_ANSWERS]
    if phrases is EN:
        writing = Writing(text=request.text, today=request.today)
        answers = [
            _kept(answer(ask, writing, first=place == 0), ask, phrases)
            for place, ask in enumerate(asks)
        ]
        return (
            opening(request, asks, writing),
            list(dict.fromkeys(answers)),
            closing(request, asks, writing),
        )
    language = next(code for code, one in _PHRASES.items() if one is phrases)
    if language in _NAMED:
        answers = [
            _kept(answer_other(ask, request.text, request.today, language, phrases), ask, phrases)
            for ask in asks
        ]
    else:
        answers = [phrases.answers[ask.kind] for ask in asks]
        answers += _day_noted(request, asks, phrases, language)
    return phrases.thanks, list(dict.fromkeys(answers)), _closing(request, asks, phrases)


def _kept(sentence: str, ask: Ask, phrases: Phrases) -> str:
    """The sentence, unless it could be read as a price or a contract change of ours."""
    found = classify_content(sentence, "en").matches
    return phrases.answers[ask.kind] if any(m.action_type in _BINDING for m in found) else sentence


def _day_noted(
    request: DraftRequest, asks: tuple[Ask, ...], phrases: Phrases, language: str
) -> list[str]:
    for ask in asks:
        if ask.due is not None:
            day = as_told(ask.due, ask.quote, request.text, request.today, language)
            return [phrases.due.replace("{day}", day)]
    return []


def _changed(parts: Parts, wishes: Wishes, request: DraftRequest, phrases: Phrases) -> Parts:
    if wishes.shorter:
        kept = tuple(one for one in parts.paragraphs if not COURTESY.match(one))
        kept = kept or parts.paragraphs
        if kept == parts.paragraphs and not parts.closing:
            kept = tuple(_first_sentence(one) for one in kept)
        parts = replace(parts, paragraphs=kept, closing="")
    if wishes.longer and phrases.more not in parts.paragraphs:
        parts = replace(parts, paragraphs=(*parts.paragraphs, phrases.more))
    if wishes.mention:
        sentence = phrases.mention.format(what=wishes.mention)
        parts = replace(parts, paragraphs=(*parts.paragraphs, sentence))
    if wishes.call:
        parts = replace(parts, closing=phrases.call)
    if wishes.formal:
        parts = made_formal(parts, request, phrases)
    if wishes.friendly:
        body = tuple(one for one in parts.paragraphs if not COURTESY.match(one))
        sign = f"{phrases.sign_warm}\n{request.author_name}".strip()
        parts = replace(parts, paragraphs=(phrases.thanks_warm, *body), signature=sign)
    return parts


def _first_sentence(paragraph: str) -> str:
    return re.split(r"(?<=[.!?])\s", paragraph, maxsplit=1)[0]


def _closing(request: DraftRequest, asks: tuple[Ask, ...], phrases: Phrases) -> str:
    """One call to action: the one the first ask leads to; none for a day that is already named."""
    if asks and asks[0].due is None and asks[0].kind in phrases.closings:
        who = request.account_name or phrases.your_side
        return phrases.closings[asks[0].kind].format(who=who)
    return ""


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
        r"\b(?:not interested|unsubscribe|stop (?:emailing|contacting)|cancel (?:our|the|my) (?:contract|subscription|account)|on hold|not plan to renew|won't renew)\b",
        request.text,
        re.IGNORECASE,
    ):
        chance -= 0.25
        reasons.append("they want less contact")
    return round(chance, 2), "; ".join(reasons)
