"""What a calendar says of a meeting, and what was said in one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Method(StrEnum):
    """What a calendar part wants. COUNTER proposes another time; PUBLISH only tells."""

    REQUEST = "request"
    CANCEL = "cancel"
    REPLY = "reply"
    COUNTER = "counter"
    PUBLISH = "publish"


class Attendance(StrEnum):
    """What somebody answered to an invitation."""

    OPEN = "needs-action"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    COUNTERED = "countered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Somebody who is invited; `email` lower-cased and IDNA-normal."""

    email: str
    name: str = ""
    status: Attendance = Attendance.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One event of one calendar part. Times are aware UTC; of a `floating` one the clock on the
    wall is meant, wherever the reader is, and UTC only stands in. `occurrence` is which date of a
    series it is about; `dates` are the series' dates, the first one among them."""

    method: Method
    uid: str
    starts_at: datetime
    ends_at: datetime | None = None
    sequence: int = 0
    stamp: datetime | None = None
    occurrence: datetime | None = None
    dates: tuple[datetime, ...] = ()
    floating: bool = False
    all_day: bool = False
    title: str = ""
    organizer: str = ""
    attendees: tuple[Attendee, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one person said at a stretch; `at` in seconds from the beginning, where it is known."""

    text: str
    speaker: str = ""
    at: float | None = None
