"""What earns or costs the copilot trust in one action type, and what people see of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.types.actions import AutonomyLevel
from services.types.views import Reader

PROMOTION, LEVEL = "promotion", "level"
"""Kinds of card: a higher level to be decided on; a level that moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A share between 0 and 1 with what it may truly be, at every look at once. `value` is None
    where nothing is known: then it may be anything. `of`: how many it was counted from."""

    value: float | None = None
    low: float = 0.0
    high: float = 1.0
    of: int = 0

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


class Came(StrEnum):
    """What became of one case: the good ones first."""

    UNCHANGED = "unchanged"
    LEFT = "left by itself"
    TAKEN = "taken up"
    AGREED = "agreed"
    EDITED = "edited"
    REJECTED = "rejected"
    HANDLED = "handled by hand"
    UNDONE = "undone"
    DISLIKED = "rated bad"
    PASSED = "not taken up"
    MISSED = "nobody wrote"

    @property
    def good(self) -> bool:
        return self in (Came.UNCHANGED, Came.LEFT, Came.TAKEN, Came.AGREED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing the copilot proposed or did, and what is known of it.

    `at`: when what came of it was known. `member_id`: who decided on it, or whose it was where
    nobody had to. `came` is None where it counts for nothing, and `why_not` says why. `heavily`:
    hardly a word of it was left. `answered`: a human reply within the horizon; None: the horizon
    isn't over, or it can't be told (`unclear`). `incident`: what left differs from what was
    approved. `harm`: what a customer said against it, in words of ours.
    """

    action_id: UUID
    at: datetime
    member_id: UUID | None = None
    owner_id: UUID | None = None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    came: Came | None = None
    why_not: str = ""
    by_rule: bool = False
    heavily: bool = False
    answered: bool | None = None
    answered_at: datetime | None = None
    unclear: str = ""
    undone_at: datetime | None = None
    undone_by: UUID | None = None
    incident: bool = False
    harm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """What mails that nobody changed came to. `edited` is a stratum of its own: somebody else's
    words. `left_out`: ambiguous, undelivered, not over yet. `baseline`: what people's own mails
    get."""

    share: Interval = field(default_factory=Interval)
    edited: Interval = field(default_factory=Interval)
    baseline: Interval = field(default_factory=Interval)
    left_out: Mapping[str, int] = field(default_factory=dict)
    stated: float | None = None
    """What was said of the very mails whose outcome is known, calibrated as today; None where
    nobody asked."""
    doubted: float = 0.0
    """Of these, the share about which a person would be asked today: what is said of them is being
    corrected."""


CONDITIONS = {
    "decided": "Counted",
    "days": "Days from the first to the last",
    "people": "People",
    "accounts": "Accounts",
    "recent": "Lately",
    "calm": "Undos and incidents",
}
"""Where what was found doesn't say by itself what it is about."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing the rule wants: whether it holds, what there is, what is wanted. Plain text."""

    name: str
    met: bool
    found: str
    wanted: str

    @property
    def words(self) -> str:
        """`People: 1 (at least 2)`, `0 of 153 rejected (at most 5 %)`."""
        label = CONDITIONS.get(self.name)
        found = f"{label}: {self.found}" if label else f"{self.found[:1].upper()}{self.found[1:]}"
        return f"{found} ({self.wanted})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that speaks for or against the next level of one type, at one moment.

    `counted`, `good`: what counts after the caps, and what of it was good. `low`: the share that
    the truth lies above, at every look at once. `by`: how many of what. `shares`: the largest
    share of one rep, account, contact, week. `contributors`: by member, what they decided on,
    whether it found room or not. `left_out`: why, and how many. `after` is None where there is no
    level to earn.
    """

    action_type: str
    level: AutonomyLevel
    after: AutonomyLevel | None
    lineage: str
    since: datetime
    counted: int = 0
    good: int = 0
    low: float = 0.0
    by: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    contributors: Mapping[UUID, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    success: Success = field(default_factory=Success)
    conditions: tuple[Condition, ...] = ()
    examples: tuple[UUID, ...] = ()
    full: bool = False
    """As many cases as are ever read: if they don't show it, counting starts again."""

    @property
    def met(self) -> bool:
        return self.after is not None and all(one.met for one in self.conditions)

    @property
    def share(self) -> float | None:
        return self.good / self.counted if self.counted else None

    def main_contributors(self, most: float) -> frozenset[UUID]:
        """Members whose own decisions are more than `most` of all."""
        return largest(self.contributors, most)

    def as_json(self) -> dict[str, Any]:
        return {
            "counted": self.counted,
            "good": self.good,
            "low": round(self.low, 4),
            "by": dict(self.by),
            "shares": {name: round(share, 4) for name, share in self.shares.items()},
            "contributors": {str(who): number for who, number in self.contributors.items()},
            "left_out": dict(self.left_out),
            "success": _interval_json(self.success.share),
            "edited": _interval_json(self.success.edited),
            "baseline": _interval_json(self.success.baseline),
            "success_left_out": dict(self.success.left_out),
            "stated": self.success.stated,
            "conditions": [[c.name, c.met, c.found, c.wanted] for c in self.conditions],
            "examples": [str(one) for one in self.examples],
            "since": self.since.isoformat(),
        }


def largest(of: Mapping[UUID, int], most: float) -> frozenset[UUID]:
    """Who has more than `most` of the whole."""
    whole = sum(of.values())
    return frozenset(who for who, number in of.items() if number > most * whole)


def _interval_json(one: Interval) -> dict[str, Any]:
    return {"value": one.value, "low": round(one.low, 4), "high": round(one.high, 4), "of": one.of}


def interval_of(stored: Mapping[str, Any]) -> Interval:
    """The inverse; nothing is known of what isn't there."""
    return Interval(
        value=stored.get("value"),
        low=float(stored.get("low", 0)),
        high=float(stored.get("high", 1)),
        of=int(stored.get("of", 0)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A level that is lost at once. `why` is for people; `people`: whose doing it was."""

    to: AutonomyLevel
    why: str
    people: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionView:
    """A proposed level as one reader sees it. `deciders`: the names of those who may decide;
    `mine`: whether the reader may. `undo_minutes`: how long there is to undo at that level.
    `limit`: the organisation's limit where it lies below."""

    reader: Reader
    promotion_id: UUID
    version: int
    action_type: str
    before: AutonomyLevel
    after: AutonomyLevel
    status: str
    counted: int
    share: float | None
    low: float
    success: Interval
    stated: float | None
    quiet_days: int
    undo_minutes: float
    mine: bool
    contributor: bool
    deciders: tuple[str, ...]
    limit: AutonomyLevel | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleView:
    """One counted case: to whom, about what, whose, and when."""

    account: str
    subject: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """What a proposal rests on, to look through."""

    reader: Reader
    action_type: str
    after: AutonomyLevel
    at: datetime
    counted: int
    share: float | None
    low: float
    by: Mapping[str, int]
    shares: Mapping[str, float]
    left_out: Mapping[str, int]
    success: Interval
    edited: Interval
    baseline: Interval
    stated: float | None
    success_left_out: Mapping[str, int]
    conditions: Sequence[Condition]
    examples: Sequence[ExampleView]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelView:
    """A level that moved, and why. `names`: whose doing it was. `who`: who decided it, if anybody
    did. `undo_minutes`: how long there is to undo at the new level."""

    reader: Reader
    move_id: UUID
    action_type: str
    kind: str
    before: AutonomyLevel
    after: AutonomyLevel
    why: str
    names: tuple[str, ...]
    who: str | None
    at: datetime
    undo_minutes: float
