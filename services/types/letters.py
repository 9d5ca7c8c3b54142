"""What a mail about a draft says, and what the page behind its link shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.types.approval_mails import PageState
from services.types.views import MailCardView


class LetterKind(StrEnum):
    """Why somebody is written to about a draft. Only an answer carries no token."""

    DRAFT = "draft"
    """A text that waits for their word."""
    CONFIRM = "confirm"
    """Their reply wasn't clear."""
    FINDINGS = "findings"
    """They want it to leave, and something was found in it."""
    LEAVING = "leaving"
    """It leaves; until when that can be taken back."""
    ANSWER = "answer"
    """What became of their reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMailView:
    """One mail about a draft to one person. `link` leads to its page, `in_slack` to their messages
    with us, `tag` is the reply token; each is empty where that way isn't there."""

    kind: LetterKind
    card: MailCardView
    link: str = ""
    in_slack: str = ""
    tag: str = ""
    heard: str = ""
    """Their own words that weren't clear."""
    said: str = ""
    """What was wrong with them, or what became of their reply."""
    leaves_at: datetime | None = None
    whole: bool = True
    """False for a text too long to stand in a mail: then nothing can be decided by a reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage:
    """The page behind a link to a draft. `card` is there only for the person the link was made for,
    signed in on this device; before that a `title` is all that is told."""

    state: PageState
    title: str = ""
    sentence: str = ""
    card: MailCardView | None = None
    csrf: str = ""
    reason: str = ""
    gate: str = ""
    """Why it can't be approved here: it needs an approval request first."""
    leaves_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPage:
    """The page that ends a kind of mail. `done`: it has ended; `known`: the link is ours."""

    known: bool
    what: str = ""
    done: bool = False
    failed: bool = False
