"""What the first reading of a mailbox found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.types.views import Reader

NoticeKind = Literal["unanswered", "promise", "silent", "pricing", "competitor", "request"]
WaitingState = Literal["waiting", "asked", "answered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingView:
    """A thread in which the customer spoke last; `asks`: something they asked is open in it.
    State `asked`: an answer is being drafted."""

    who: str
    account: str
    subject: str
    since: datetime
    state: WaitingState
    asks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """Something noticed, and the words it rests on."""

    kind: NoticeKind
    who: str
    account: str
    at: datetime
    quote: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroView:
    """The one message after the first reading (kind `intro`, subject: the reading)."""

    reader: Reader
    reading_id: UUID
    address: str
    since: datetime
    mails: int
    accounts: int
    people: int
    of_no_account: int
    waiting: tuple[WaitingView, ...]
    waiting_total: int
    noticed: tuple[NoticeView, ...]
    answer: Literal["yes", "no"] | None
    answer_text: str | None
    can_draft: int
    """How many answers may be drafted from here."""
