"""What of a member's edits may become a rule at all. Pure.

A rule is applied to mails nobody has read yet, so it must be small, about manners and about nobody:
no price, link, number, day or fact, and no order to a machine. It is asked once more whenever a
rule is read: what isn't fit any more has no effect.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

from services.content import classify_content
from services.draft_checks.strange import strange_words
from services.habits.greetings import is_gendered
from services.habits.sameness import COMPANY, NAME, PLACEHOLDERS
from services.suspicion import assess
from services.types.findings import CheckContext
from services.types.habits import Change, Place

LONGEST = 240
LEAST_WORDS = 3
LEAST_OF_PHRASE = 2
LONGEST_LINE = 60
"""Of a greeting or a sign-off."""

TOO_SHORT = "it is too short to be told from anything else"
TOO_LONG = "it is too long"
ABOUT_SOMEBODY = "it speaks of one person, company, day or number"
BINDING = "it speaks of prices, terms, dates or contracts"
STRANGE = "it holds a link, an address, code or orders to a machine"

_WORD = re.compile(r"[^\W\d_]+")
_LINK = re.compile(r"@|https?:|www\.|[<>{}\[\]|\\`]")
_SIGNS = re.compile(r"\{(?:name|company|fact|number|day|address)\}")
_CONTEXT = CheckContext(now=datetime(2000, 1, 1, tzinfo=UTC), zone="UTC", by_model=True)


@lru_cache(maxsize=2048)
def unfit(change: Change, place: Place, before: str, after: str) -> str | None:
    """Why this can't be a rule; None when it can."""
    looks = (_size, _placeholders, _gender, _content)
    return next((why for look in looks if (why := look(change, place, before, after))), None)


def _size(_change: Change, place: Place, before: str, after: str) -> str | None:
    said = [one for one in (before, after) if one]
    line = place in (Place.GREETING, Place.SIGN_OFF)
    if not said or any(
        "\n" in one or len(one) > (LONGEST_LINE if line else LONGEST) for one in said
    ):
        return TOO_LONG
    if line:
        return None
    least = LEAST_OF_PHRASE if place is Place.PHRASE else LEAST_WORDS
    # What is looked for has to be distinct; what comes instead may be one word.
    return TOO_SHORT if len(_WORD.findall(_SIGNS.sub("", said[0]))) < least else None


def _placeholders(change: Change, place: Place, before: str, after: str) -> str | None:
    """Whom a mail is to may stand in what is taken away, and in a greeting."""
    known: tuple[str, ...] = ()
    if place is Place.GREETING:
        known = (NAME,)
    elif change is Change.CUT and place is Place.BODY:
        known = (NAME, COMPANY)
    others = [one for one in PLACEHOLDERS if one not in known]
    return ABOUT_SOMEBODY if any(one in before or one in after for one in others) else None


def _gender(_change: Change, place: Place, before: str, after: str) -> str | None:
    """Nothing tells whether Dana is to be `Liebe` or `Lieber`, unless the greeting said so."""
    told = place is not Place.GREETING or not is_gendered(after) or is_gendered(before)
    return None if told else ABOUT_SOMEBODY


def _content(_change: Change, _place: Place, before: str, after: str) -> str | None:
    for said in (before, after):
        bare = _SIGNS.sub("you", said)
        if _LINK.search(bare) or any(sign.isdigit() for sign in bare):
            return STRANGE
        if assess(bare).injection or next(strange_words(bare, _CONTEXT), None) is not None:
            return STRANGE
        if classify_content(bare, "en").matches:
            return BINDING
    return None
