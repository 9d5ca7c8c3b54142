"""Changes a member makes to drafts again and again, and the rules that come of them."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

HABIT = "habit"
"""The kind of card that asks; its subject is the habit."""


class Change(StrEnum):
    CUT = "cut"
    ADD = "add"
    REPLACE = "replace"


class Place(StrEnum):
    """Where in the mail. A phrase is a piece of a sentence; beginning and end are of the body."""

    GREETING = "greeting"
    BEGINNING = "beginning"
    BODY = "body"
    PHRASE = "phrase"
    END = "end"
    SIGN_OFF = "sign_off"


class Came(StrEnum):
    """What one mail says of a habit: the member made the change, or could have and didn't; the rule
    made it, and the member left it so or put it back."""

    MADE = "made"
    LEFT = "left"
    APPLIED = "applied"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Who and what is named in one mail, so that two mails to two people compare as one."""

    people: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change between two texts. `before` and `after` are templates: `{name}` stands for the
    person written to. `key` says which edits are the same one, `sought` which texts offer it (empty
    where any does)."""

    change: Change
    place: Place
    before: str
    after: str
    language: str
    key: str
    sought: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitRule:
    """A change that a member has accepted as a rule for what is written in their name."""

    id: UUID
    change: Change
    place: Place
    before: str
    after: str
    language: str = "und"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How often a habit was seen lately: `threads` and `accounts` are distinct, `of` is the mails
    that offered it. All over the same days."""

    made: int
    of: int
    threads: int
    accounts: int
