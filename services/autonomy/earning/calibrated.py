"""What the mails came to that count for a higher level, and whether what was said of them holds.

Calibrated success is the observed share, with its anytime-valid interval, of mails of which what
was said agrees with what came. The observed share alone gates: it is the only figure whose bound
holds at every look, and a prediction, however well calibrated, never stands in for an outcome. The
mean of what was said, calibrated as today, stands beside it. Where the two disagree beyond chance
the rule waits, and so it does while most of these would ask a person because what is said of them
is being corrected: a level that is allowed begins to act.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from db.confidence import list_stated
from db.earning import count_own_mails
from db.session import ReadTx
from services.autonomy.earning.bound import interval
from services.autonomy.earning.rule import observed
from services.calibration.state import adjustment_of
from services.confidence.stating import Stated, stated_under
from services.outcomes.kinds import ENGAGEMENT
from services.types.actions import ActionType
from services.types.earning import Came, Case, Interval, Success

OWN_MAILS, OWN_FOR = 400, timedelta(days=90)
A_WEEK = timedelta(days=7)
_AS_WRITTEN = (Came.UNCHANGED, Came.LEFT)


async def success_of(
    tx: ReadTx, action_type: str, counted: Sequence[Case], now: datetime
) -> Success:
    """How often what was counted came to something, against what the mails people wrote themselves
    get: beside that baseline one statement for what was said, and one for each name it is counted
    under."""
    found = observed(counted, await _own_mails(tx, action_type, now))
    known = [
        one.action_id for one in counted if one.came in _AS_WRITTEN and one.answered is not None
    ]
    said = await _said(tx, known)
    if not said:
        return found
    return replace(
        found,
        stated=round(sum(float(one.calibrated) for one in said) / len(said), 4),
        doubted=sum(one.unsure for one in said) / len(said),
    )


async def _own_mails(tx: ReadTx, action_type: str, now: datetime) -> Interval:
    sent, answered = await count_own_mails(
        tx,
        answering=action_type == ActionType.SEND_ROUTINE_RESPONSE,
        since=now - OWN_FOR,
        until=now - A_WEEK,
        most=OWN_MAILS,
    )
    return interval(answered, sent - answered)


async def _said(tx: ReadTx, action_ids: Sequence[UUID]) -> list[Stated]:
    """What was said of these, by the adjustment in force."""
    found: list[Stated] = []
    kind = ENGAGEMENT.name
    for (action_type, lineage), said in (await list_stated(tx, action_ids, kind)).items():
        adjustment = await adjustment_of(tx, action_type, kind, lineage)
        found += [stated_under(adjustment, one) for one in said]
    return found
