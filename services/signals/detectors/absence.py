# ruff: noqa: E501 - a language's words stand on one line
"""When somebody said they will be back, or will answer. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.offline.dates import find_days
from services.offline.text import sentences
from services.types.signals import AccountFacts, SeenText

GRACE = timedelta(days=4)
"""So long after the named day nobody is missed yet: a weekend and a full mailbox."""
_LONGEST = timedelta(days=200)
_LATER = re.compile(
    r"\b(?:(?:be |am |are |i'm |we're )?back\b|return(?:ing)?|out of (?:the )?office|away|on leave|vacation|holidays?|get back|come back|reconnect|revisit|pick (?:this|it) up|talk again|speak again|"
    r"circle back|touch base|let(?:'s| us) (?:talk|speak|meet|catch up|discuss|look at)|(?:we|i)(?:'ll| will) (?:know|decide|answer|reply|send|let you know|have|share|discuss)|decision (?:by|in|on|is|will)|not before|until|wait (?:for|until)|"
    r"wieder (?:da|zurück|im büro|erreichbar)|zurück|urlaub|abwesend|melden? (?:mich|uns|wir|ich)|(?:ich|wir) melden?|sprechen wir|ab dem|nicht vor|bis zum|"
    r"de retour|congés?|vacances|reviens|reviendr\w+|revenons|absente?|recontact\w+|reparl\w+|"
    r"de vuelta|vacaciones|volver\w*|regres\w+|retomar\w*|hablamos|ferie|torno|rientr\w+|risentiamo|"
    r"terug|vakantie|afwezig|kom er|férias|volto|retorno|retomamos|tillbaka|semester|återkommer|hörs)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A day they named, and the words it stands in."""

    text: SeenText
    quote: str
    until: datetime


def expected_back(facts: AccountFacts, texts: Iterable[SeenText]) -> datetime | None:
    """Until when these people needn't be heard of: an absence of theirs that isn't over, or a day
    they named in their last word; None: nothing of the kind is known, or it is past."""
    chosen = list(texts)
    ends = [text.returns_on for text in chosen if text.returns_on is not None]
    promise = last_promise([text for text in chosen if text.human])
    if promise is not None:
        ends.append(promise.until)
    ahead = [end for end in ends if facts.now < end + GRACE]
    return max(ahead) if ahead else None


def last_promise(texts: Iterable[SeenText]) -> Promise | None:
    """The day their last word names for being heard of again."""
    theirs = list(texts)
    if not theirs:
        return None
    text = theirs[-1]
    if text.suspicious:
        return None
    for sentence in reversed(sentences(text.text)):
        if not _LATER.search(sentence.flat):
            continue
        written_on = text.happened_at.date()
        days = [
            named.day
            for named in find_days(sentence.flat, written_on)
            if written_on < named.day <= written_on + _LONGEST
        ]
        if days:
            until = datetime.combine(max(days), time.max, tzinfo=text.happened_at.tzinfo)
            return Promise(text=text, quote=sentence.quote, until=until)
    return None
