"""What a text does, whatever it was called: prices, terms, contracts and commitments.

Deterministic and deliberately suspicious. A sentence that says "we can offer 20 % off" is a price
commitment in any of the four languages, whichever of them the text claims to be in. A miss costs
trust and a false alarm costs one look by a person, so doubt goes to the stricter side; only hard
stops, which nobody can wave through, ask for an assertion in our own name.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from services.content_money import MONEY, NAMED, PERCENT, SOLD_FOR, SUM
from services.content_spelling import plain_spelling
from services.content_words import (
    CHANGE,
    COMMIT,
    CONTRACT,
    DISCOUNT,
    HEDGE,
    MEETING,
    MIRROR,
    PRICE,
    PROMISE,
    PROPOSAL,
    TERMS,
)
from services.mail.language import detect
from services.types.actions import ActionType, ContentClass, ContentMatch

CONTENT_VERSION = "content-1"
"""Part of the lineage: whoever changes what a text is found to be gives it another. What was found
by an older one and kept is looked at anew."""
LANGUAGES = frozenset({"en", "de", "fr", "es"})
_LONGEST_QUOTE = 200
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n{2,}")


def classify_content(text: str, language: str) -> ContentClass:
    """Everything a text amounts to beyond a plain message, with the sentences that show it.

    All four languages' rules run on every text, because a text may mix them; `language` says only
    whether anyone can vouch for what they didn't find.
    """
    sentences = [part for part in _SENTENCE.split(plain_spelling(text)) if part.strip()]
    found: dict[tuple[ActionType, str], ContentMatch] = {}
    for place, sentence in enumerate(sentences):
        following = sentences[place + 1] if place + 1 < len(sentences) else ""
        for action_type in _types(sentence, following):
            quote = sentence.strip()[:_LONGEST_QUOTE]
            found[action_type, quote] = ContentMatch(action_type=action_type, quote=quote)
    known = language.lower().replace("_", "-").partition("-")[0] in LANGUAGES
    return ContentClass(matches=tuple(found.values()), readable=known or not text.strip())


def to_keep(text: str) -> dict[str, Any]:
    """What a revision's text is found to be, to be stored beside it: kinds only, none of its words,
    and by its digest whose text it was."""
    found = classify_content(text, detect(text))
    return {
        "version": CONTENT_VERSION,
        "of": _digest(text),
        "types": list(found.types),
        "readable": found.readable,
    }


def kept_or_classified(kept: Mapping[str, Any] | None, text: str) -> ContentClass:
    """What was found when the text was written; found anew where nothing was kept, other rules had
    looked, or it is of another text. A click waits for this, and a mail of a hundred words takes
    one and a half milliseconds."""
    known = (kept or {}).get("version") == CONTENT_VERSION
    if kept is None or not known or kept.get("of") != _digest(text):
        return classify_content(text, detect(text))
    types = tuple(ContentMatch(action_type=ActionType(name), quote="") for name in kept["types"])
    return ContentClass(matches=types, readable=kept["readable"])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _types(sentence: str, following: str) -> list[ActionType]:
    money = MONEY.search(sentence) is not None
    discount = DISCOUNT.search(sentence) is not None
    asserts = _asserts(sentence)
    types: list[ActionType] = []
    if asserts and CONTRACT.search(sentence) and CHANGE.search(sentence):
        types.append(ActionType.MODIFY_CONTRACT)
    if asserts and _prices(sentence, following):
        types.append(ActionType.COMMIT_PRICING)
    if _negotiates(sentence):
        types.append(ActionType.NEGOTIATE_TERMS)
    if PROPOSAL.search(sentence):
        types.append(ActionType.SEND_PROPOSAL)
    if money or discount or PRICE.search(sentence) or TERMS.search(sentence) or _bare(sentence):
        types.append(ActionType.DISCUSS_PRICING)
    if MEETING.search(sentence):
        types.append(ActionType.SCHEDULE_MEETING)
    return types


def _bare(sentence: str) -> bool:
    """Whether a sum stands there without saying of what."""
    if SOLD_FOR.search(sentence):
        return True
    return any(not NAMED.search(sentence[: found.start()]) for found in SUM.finditer(sentence))


def _asserts(sentence: str) -> bool:
    """Whether the sentence binds us: ours, not asked, not put off."""
    asks = sentence.rstrip().endswith("?")
    return bool(COMMIT.search(sentence)) and not asks and not HEDGE.search(sentence)


def _prices(sentence: str, following: str) -> bool:
    """Whether it names a price of ours. "Better prices are possible. It would be $90." names one
    too, so a price word reaches for a number in the next sentence."""
    if DISCOUNT.search(sentence):
        return True
    if MONEY.search(sentence):
        return not MIRROR.search(sentence) or PRICE.search(sentence) is not None
    if not PRICE.search(sentence):
        return False
    return bool(PERCENT.search(sentence) or MONEY.search(following) or PERCENT.search(following))


def _negotiates(sentence: str) -> bool:
    if PROMISE.search(sentence):
        return True
    terms, contract = TERMS.search(sentence), CONTRACT.search(sentence)
    if terms and (COMMIT.search(sentence) or CHANGE.search(sentence)):
        return True
    if contract and CHANGE.search(sentence):
        return True
    return bool(COMMIT.search(sentence) and PRICE.search(sentence))
