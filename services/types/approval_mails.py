"""What a mail about an approval request says, and what the page behind its link shows."""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Literal

from services.types.approval_views import ApprovalCardView

Choice = Literal["approve", "reject"]


class NoteKind(StrEnum):
    """Why somebody is written to. An outcome carries no token."""

    REQUEST = "request"
    REMINDER = "reminder"
    URGENT = "urgent"
    CONFIRM = "confirm"
    OUTCOME = "outcome"
    DIGEST = "digest"
    """No mail of its own: a link in a digest's mail, with nothing to reply to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A reply whose words weren't an order: what it said, what it may have meant, and what was
    missing. `choice` is None when not even that can be told."""

    words: str
    choice: Choice | None
    reason: str
    conditions: tuple[str, ...]
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalMailView:
    """One mail to one person. `link` leads to the page, `tag` is the reply token as it is written
    in the footer; both are None where that way of deciding isn't there."""

    kind: NoteKind
    card: ApprovalCardView
    link: str | None = None
    tag: str | None = None
    heard: Heard | None = None
    answer: str = ""
    """What became of a reply, to the one who sent it."""


class PageState(StrEnum):
    """What stands behind a link for whoever opened it."""

    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    EXPIRED = "expired"
    USED = "used"
    SETTLED = "settled"
    REFUSED = "refused"
    SIGN_IN = "sign_in"
    SLACK_ONLY = "slack_only"
    DECIDE = "decide"
    LEAVING = "leaving"
    """It is on its way, and may still be taken back."""
    WRONG = "wrong"
    """The form wasn't filled in right; nothing was decided."""
    DONE = "done"
    TROUBLE = "trouble"

    @property
    def status(self) -> HTTPStatus:
        return _STATUS.get(self, HTTPStatus.OK)


_STATUS = {
    PageState.UNKNOWN: HTTPStatus.NOT_FOUND,
    PageState.FOREIGN: HTTPStatus.FORBIDDEN,
    PageState.EXPIRED: HTTPStatus.GONE,
    PageState.USED: HTTPStatus.GONE,
    PageState.SETTLED: HTTPStatus.CONFLICT,
    PageState.REFUSED: HTTPStatus.FORBIDDEN,
    PageState.WRONG: HTTPStatus.UNPROCESSABLE_ENTITY,
    PageState.TROUBLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPage:
    """The page behind a link. `card` is there only for the person the link was made for, signed in
    on this device; before that a `title` is all that is told, and to others not even that."""

    state: PageState
    title: str = ""
    sentence: str = ""
    card: ApprovalCardView | None = None
    csrf: str = ""
    choice: Choice | None = None
    reason: str = ""
    conditions: tuple[str, ...] = ()
