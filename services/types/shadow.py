"""What the copilot would have done by itself, beside what people did."""

from dataclasses import dataclass
from datetime import datetime

from services.types.alerts import Share
from services.types.views import Reader

DAYS = 30
"""How far back a report looks, if nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowExample:
    """One case: what would have left, and what did; empty when nothing did. `would` and `did` are
    the words of services.autonomy.ruling.Would and services.autonomy.comparing.Did; `alike`: how
    much of the words the two share, from 0 to 1, where both are known."""

    account: str
    mine: str
    theirs: str
    would: str = ""
    did: str = ""
    at: datetime | None = None
    alike: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowLine:
    """One kind of action. `agreement`: how often what it would have done is what people did within
    two working days: it would have sent and they sent the like, or it would not and they didn't.
    Cases whose two days are not over (`still_open`) are in no other number but what it would have
    done. `people_did_later`: of those who did nothing in time, how many wrote after it."""

    action_type: str
    would_send: int
    would_ask: int
    would_stop: int
    people_did_alike: int
    people_did_otherwise: int
    people_did_nothing: int
    agreement: Share
    examples: tuple[ShadowExample, ...] = ()
    people_did_later: int = 0
    still_open: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowView:
    reader: Reader
    days: int
    lines: tuple[ShadowLine, ...]
