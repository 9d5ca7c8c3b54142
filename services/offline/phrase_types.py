"""The building blocks of a reply in one language."""

from dataclasses import dataclass

from services.types.model import AskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Sentences true as they stand: none states a fact, a price or a date of ours, and none has a
    gap to fill in. Braces take words from the customer's own mail or the names of deal, account."""

    date_format: str
    greeting: str
    greeting_formal: str
    greeting_unknown: str
    thanks: str
    thanks_about: str
    thanks_warm: str
    answers: dict[AskKind, str]
    due: str
    closings: dict[AskKind, str]
    closing_plain: str
    your_side: str
    call: str
    mention: str
    more: str
    sign: str
    sign_formal: str
    sign_warm: str
