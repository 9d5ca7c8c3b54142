# ruff: noqa: E501 - a pattern of one idea reads better in one piece
"""What a persona's fields may hold, and which of its words have an effect. Pure.

A persona is a member's own words, but they reach a model, so they are read as suspiciously as
anybody's: what speaks of prices, recipients, rules or how deals are judged is left out before a
model sees it, and its author is told.
"""

import re
import unicodedata
from math import isfinite

from services.content import classify_content
from services.errors import InvalidInput
from services.mail.characters import clean_text
from services.suspicion import assess
from services.types.personas import NoEffect, PersonaVoice
from services.types.style import Dial

LONGEST_NAME = 60
MOST_EXAMPLES = 3
LONGEST_EXAMPLE = 2_000
LONGEST_INSTRUCTIONS = 1_000
QUOTE = 160

PRICES = "prices, discounts and terms are decided by people and policy, never by a persona"
RECIPIENTS = "who gets a mail is decided by the account's contacts, never by a persona"
RULES = "rules, approvals and what leaves by itself can't be changed here"
METHOD = "how mails are read and deals are judged is the same for every persona"
CONTENT = "a persona says how I sound, not what I promise or offer"

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_PRICES = re.compile(
    r"\d\s?%|\bper ?cent\b|\b(?:pric\w+|discounts?|rebates?|cheap\w*|fees?|payment|refunds?|budgets?|free (?:months?|seats?|trial)|rabatt\w*|preis\w*|nachlass|prozent|zahlung\w*|remises?|prix|tarifs?|gratuit\w*|descuentos?|precios?|gratis|sconto|prezz[oi])\b|[$€£]\s?\d",
    re.IGNORECASE,
)
_RECIPIENTS = re.compile(
    r"\S@\S+\.\w|\b(?:b?cc|recipients?|reply[- ]to|in copy|copy (?:me|him|her|us|them|in|my|our|the)|forward(?:ing|s|ed)?|blind copy|empfänger\w*|weiterleiten|leite\b.{0,40}\bweiter|in kopie|destinataires?|transf[eé]re\w*|en copie|destinatarios?|reenv[ií]\w*|en copia)\b|\b(?:send|mail|write|address)\b.{0,30}\b(?:to everyone|to everybody|to all|instead of|every contact|their (?:boss|ceo|cfo|cto|board))\b",
    re.IGNORECASE,
)
_RULES = re.compile(
    r"\b(?:ignor\w+|disregard|overrid\w+|bypass\w*|circumvent\w*|jailbreak\w*|rules?|polic(?:y|ies)|guardrails?|instructions? (?:above|before)|system prompt|approv\w+|autonom\w+|without (?:asking|approval|review|me)|send (?:it|them|mails?|everything) (?:at once|yourself|automatically|directly|immediately)|kill switch|regeln?|ignorier\w+|missachte\w*|freigabe\w*|genehmig\w+|règles?|ignore[rz]?|reglas?|apruebe\w*|aprobaci[oó]n)\b",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"\b(?:bant|meddic|qualif(?:y|ies|ied|ication)|disqualif\w+|methodolog\w+|stages?|confidence|forecast\w*|closed[_ -]?(?:won|lost)|signals?|evidence|risk score|health score|qualifizier\w+|phasen?)\b",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"\b(?:guarantee\w*|promis\w+|commit to|contracts?|liabilit\w+|garantier\w+|versprech\w+|vertr[aä]g\w*|garanti\w+|promet\w+|contrats?|contratos?)\b",
    re.IGNORECASE,
)
_NO_EFFECT = (
    (_RULES, RULES),
    (_PRICES, PRICES),
    (_RECIPIENTS, RECIPIENTS),
    (_METHOD, METHOD),
    (_CONTENT, CONTENT),
)


def checked_name(words: str) -> str:
    """One visible line."""
    name = " ".join(clean_text(words).split())
    if not name_key(name):
        raise InvalidInput("Give the persona a name.", field="name")
    if len(name) > LONGEST_NAME:
        raise InvalidInput(
            f"This name has {len(name)} characters. At most {LONGEST_NAME}, please.", field="name"
        )
    return name


def name_key(name: str) -> str:
    """By what two names are the same: case, spaces and the width of letters don't count."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def checked_dial(dial: Dial, value: float) -> float:
    if not isfinite(value) or not 0 <= value <= 1:
        words = dial.value.replace("_", " ").capitalize()
        raise InvalidInput(f"{words} is a number from 0 to 1.", field=dial.value)
    return float(value)


def checked_voice(voice: PersonaVoice) -> PersonaVoice:
    """Cleaned and within limits. An example that gives orders to a machine is refused; sentences of
    the instructions that have no effect stay: their author is told of them."""
    instructions = clean_text(voice.instructions).strip()
    if len(instructions) > LONGEST_INSTRUCTIONS:
        raise InvalidInput(
            f"That is {len(instructions):,} characters. At most {LONGEST_INSTRUCTIONS:,}, please.",
            field="instruction",
        )
    if sum(bool(text.strip()) for text in voice.examples) > MOST_EXAMPLES:
        raise InvalidInput(f"At most {MOST_EXAMPLES} examples, please.", field="example_1")
    examples = (
        _example(text, f"example_{number}") for number, text in enumerate(voice.examples, 1)
    )
    return PersonaVoice(
        examples=tuple(text for text in examples if text), instructions=instructions
    )


def _example(words: str, field: str) -> str:
    text = clean_text(words).strip()
    if len(text) > LONGEST_EXAMPLE:
        raise InvalidInput(
            f"This example has {len(text):,} characters. At most {LONGEST_EXAMPLE:,}, please.",
            field=field,
        )
    # What was written must be looked at too: hidden letters are part of how orders are hidden.
    found = next((one for one in (assess(words), assess(text)) if one.injection), None)
    if found is not None:
        raise InvalidInput(
            f"This example gives orders to a machine (“{found.why[:QUOTE]}”). Paste a text you "
            "would really send.",
            field=field,
        )
    return text


def in_effect(instructions: str) -> tuple[str, tuple[NoEffect, ...]]:
    """The part of a person's words that a model is shown, and the sentences left out."""
    kept, left_out = list[str](), list[NoEffect]()
    for sentence in (one.strip() for one in _SENTENCE.split(instructions)):
        why = _why_none(sentence)
        if why:
            left_out.append(NoEffect(words=sentence[:QUOTE], why=why))
        elif sentence:
            kept.append(sentence)
    rest = "\n".join(kept)
    if assess(rest).injection:
        # Orders may be spread over several sentences: then none of it is shown.
        return "", (NoEffect(words=" ".join(instructions.split())[:QUOTE], why=RULES),)
    return rest, tuple(left_out)


def example_in_effect(example: str) -> tuple[str, tuple[NoEffect, ...]]:
    """An example without its sentences about prices, terms and addresses: only its tone counts."""
    kept, left_out = list[str](), list[NoEffect]()
    for line in example.split("\n"):
        good = list[str]()
        for sentence in re.split(r"(?<=[.!?;])\s+", line):
            priced = _PRICES.search(sentence) or classify_content(sentence, "en").matches
            if sentence.strip() and (priced or "@" in sentence):
                why = PRICES if priced else RECIPIENTS
                left_out.append(NoEffect(words=sentence.strip()[:QUOTE], why=why))
            else:
                good.append(sentence)
        kept.append(" ".join(good))
    return "\n".join(kept).strip(), tuple(left_out)


def _why_none(sentence: str) -> str | None:
    if not sentence:
        return None
    plain = unicodedata.normalize("NFKC", sentence)
    found = next((why for pattern, why in _NO_EFFECT if pattern.search(plain)), None)
    if found is None and assess(sentence).injection:
        return RULES
    if found is None and classify_content(plain, "en").matches:
        return PRICES
    return found
