"""What became of each case, from its rows. Pure: one row in, one case out.

A case counts only where a person who looked decided on exactly what would have left, or where it
left and somebody had seen it. Leaving out is one-sided: an approval may be worth nothing, a
rejection never is, so what is left out can only make the evidence weaker.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from services.outcomes.signals import SAID_NO
from services.types.actions import BY_PERSON
from services.types.earning import Came, Case
from services.types.model import Sign

ANSWER_WITHIN = timedelta(days=7)
READ_A_SECOND = 50
"""Characters: nobody reads a mail faster."""
LEAST_READING, MOST_READING = timedelta(seconds=2), timedelta(seconds=30)
LITTLE_LEFT = 0.5
"""A draft of which less than half the words stayed was written anew."""
LONGEST = 12_000
"""Characters; twice what the copilot writes at most. What is longer is no letter."""

OVERTAKEN = "overtaken by a newer mail"
UNDECIDED = "not decided yet"
HASTY = "approved faster than it can be read"
UNSEEN = "nobody had seen it"
OTHER_LINEAGE = "another model, prompt or rule"
WOULD_ASK = "policy would have asked a person anyway"
ASKED = "asked for by a person"
NOT_LEFT = "did not leave"

_HARM: dict[str, str] = {
    Sign.DISSATISFACTION: "they are unhappy",
    Sign.ESCALATION: "they complained",
    Sign.CANCELLATION: "they speak of leaving",
}
_SURE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What makes a case count: the present lineage, what policy must have said of it, now."""

    lineage: str
    would: Collection[str]
    now: datetime


def case_of(row: Mapping[str, Any], measure: Measure) -> Case:
    """A judged action as a case. `came` is None with the reason where it counts for nothing."""
    came, why, at = _came(row, measure.now)
    unfit = _unfit(row, measure)
    if unfit is not None:
        came, why = None, unfit
    by_rule = row["decision"] == "queued"
    # An answer comes sooner than silence: taken as it comes, the newest mails would flatter.
    over = row["outcome_until"] is None or row["outcome_until"] <= measure.now
    answered, unclear = _answered(row) if over else (None, "not over yet")
    undone = came is Came.UNDONE or row["undone_at"] is not None
    return Case(
        action_id=row["action_id"],
        at=at or row["proposed_at"],
        member_id=row["owner_id"] if row["decision"] != "asked" else row["decided_by"],
        owner_id=row["owner_id"],
        account_id=row["account_id"],
        contact_id=row["contact_id"],
        came=came,
        why_not=why,
        by_rule=by_rule,
        answered=answered,
        unclear=unclear,
        answered_at=row["resolved_at"],
        undone_at=row["undone_at"],
        undone_by=row["undone_by"] if undone else row["disliked_by"],
        incident=bool(row["incident"]),
        harm=_harm(row) if by_rule else "",
    )


def proposed_case(row: Mapping[str, Any], now: datetime) -> Case:
    """Outreach that was proposed: taken up, or passed over by word or by a week's silence."""
    settled, came = row["settled_at"], None
    if row["status"] == "acted":
        came = Came.TAKEN
    elif row["status"] in {"dismissed", "lapsed"}:
        came = Came.PASSED
    return Case(
        action_id=row["action_id"],
        at=settled or now,
        member_id=row["settled_by"] or row["member_id"],
        owner_id=row["member_id"],
        account_id=row["account_id"],
        contact_id=row["contact_id"],
        came=came,
        why_not=UNDECIDED,
    )


def rewritten(before: str, after: str) -> bool:
    """Whether less than half of the words stayed; of a text beyond all letters its beginning is
    compared, because comparing costs its length squared."""
    words, others = before[:LONGEST].split(), after[:LONGEST].split()
    return SequenceMatcher(None, words, others).ratio() < LITTLE_LEFT


def _unfit(row: Mapping[str, Any], measure: Measure) -> str | None:
    reasons = (
        (row["lineage"] != measure.lineage, OTHER_LINEAGE),
        (str(row["trigger"]).startswith(BY_PERSON), ASKED),
        (row["would"] not in measure.would, WOULD_ASK),
    )
    return next((why for holds, why in reasons if holds), None)


def _came(row: Mapping[str, Any], now: datetime) -> tuple[Came | None, str, datetime | None]:
    match row["decision"]:
        case "queued":
            return _left(row)
        case "held":
            return _agreed(row, now)
        case "suggested":
            return _taken(row, now)
        case _:
            return _decided(row)


def _decided(row: Mapping[str, Any]) -> tuple[Came | None, str, datetime | None]:
    at, status = row["decided_at"], row["status"]
    known = {"rejected": Came.REJECTED, "handled": Came.HANDLED}.get(status)
    if known is not None:
        return known, "", at
    if status not in {"approved", "done", "failed"} or row["decided_by"] is None:
        return None, OVERTAKEN if status == "voided" else UNDECIDED, at
    if row["decided_revision"] != row["revision"]:
        return Came.EDITED, "", at
    if row["decided_surface"] == "slack" and row["shown_at"] is None:
        return None, UNSEEN, at
    return (None, HASTY, at) if _hasty(row) else (Came.UNCHANGED, "", at)


def _hasty(row: Mapping[str, Any]) -> bool:
    """Sooner after it was shown than its text can be read. Mails and links take longer by
    themselves."""
    if row["shown_at"] is None or row["decided_surface"] != "slack":
        return False
    reading = timedelta(seconds=(row["length"] or 0) / READ_A_SECOND)
    return bool(
        row["decided_at"] - row["shown_at"] < min(max(reading, LEAST_READING), MOST_READING)
    )


def _left(row: Mapping[str, Any]) -> tuple[Came | None, str, datetime | None]:
    left_at = row["claimed_at"] or row["settled_at"]
    if row["undone_at"] is not None:
        return Came.UNDONE, "", row["undone_at"]
    if row["effect_status"] != "done":
        return None, NOT_LEFT, row["settled_at"]
    if row["disliked_at"] is not None:
        return Came.DISLIKED, "", row["disliked_at"]
    # Silence is no approval where nobody could have said anything.
    if row["shown_at"] is None or left_at is None or row["shown_at"] > left_at:
        return None, UNSEEN, left_at
    return Came.LEFT, "", left_at


def _agreed(row: Mapping[str, Any], now: datetime) -> tuple[Came | None, str, datetime | None]:
    """Held back in shadow: did somebody write to them within the week?"""
    over = row["proposed_at"] + ANSWER_WITHIN
    if row["written_at"] is not None and row["written_at"] <= over:
        return Came.AGREED, "", row["written_at"]
    return (Came.MISSED, "", over) if over <= now else (None, UNDECIDED, None)


def _taken(row: Mapping[str, Any], now: datetime) -> tuple[Came | None, str, datetime | None]:
    over = row["proposed_at"] + ANSWER_WITHIN
    if row["status"] in {"approved", "done", "failed"}:
        return Came.TAKEN, "", row["decided_at"] or row["settled_at"]
    if row["status"] in {"rejected", "handled"}:
        return Came.PASSED, "", row["decided_at"]
    return (Came.PASSED, "", over) if over <= now else (None, UNDECIDED, None)


def _answered(row: Mapping[str, Any]) -> tuple[bool | None, str]:
    match row["outcome"]:
        case "positive" if row["labelled_by"] in (row["owner_id"], row["decided_by"]) and (
            row["labelled_by"] is not None
        ):
            # Nobody earns a level by saying themselves that they were answered.
            return None, "labelled by whose mail it was"
        case "positive":
            return True, ""
        case "expired" | "negative" if not row["undeliverable"]:
            return False, ""
        case "expired" | "negative":
            return None, "undelivered"
        case "ambiguous" | "undelivered":
            return None, row["outcome"]
        case _:
            return None, "not over yet"


def _harm(row: Mapping[str, Any]) -> str:
    """What their answer says against it; what can't be read says nothing."""
    read = row["signals"] if isinstance(row["signals"], list) else []
    for one in read:
        name, sure = (one.get("name"), one.get("confidence")) if isinstance(one, dict) else ("", 0)
        if name in _HARM and isinstance(sure, int | float) and sure >= _SURE:
            return _HARM[name]
    # To decline is no complaint, and a label tells nothing of their words.
    declined = row["outcome_source"] == "human" or row["outcome_reason"] == SAID_NO
    return "they don't want these mails" if row["outcome"] == "negative" and not declined else ""
