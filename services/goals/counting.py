"""What counts for a goal in some of its days. The same days give the same answer whenever they are
reckoned: a deal is taken as it stood at their end.

- revenue: deals won in these days, at their amount. A deal that was never seen to be won (it came
  with a file as won) counts on its close date.
- pipeline: deals that first came into an active stage in these days and are still open, or won;
  what was lost since counts no more.
- activity: mails that left because a person or the copilot decided so, and meetings that were held.

Deals are their owner's, else their account's owner's. A persona's are those about which a mail
written with it had left before.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import asyncpg

from db import goal_figures as figures
from db.models.goals import Goal
from db.session import ReadTx
from services.types.goals import GoalKind, Tally
from services.zones import day_begins

ONE_DAY = timedelta(days=1)
COUNTS, UNDATED = "counts", "undated"


async def count(tx: ReadTx, goal: Goal, first: date, last: date) -> Tally:
    """What counted from the first day to the last, both included; nothing where last is earlier."""
    since = day_begins(first, goal.timezone)
    until = day_begins(last + ONE_DAY, goal.timezone)
    if not GoalKind(goal.kind).money:
        mails, meetings = await figures.deeds_counted(
            tx, since=since, until=until, member_id=goal.member_id, persona_id=goal.persona_id
        )
        done = mails + meetings
        return Tally(
            value=Decimal(done),
            things=done,
            squares=Decimal(done),
            mails=mails,
            meetings=meetings,
        )
    rows = await figures.deals_counted(
        tx,
        goal.kind,
        since=since,
        until=until,
        days=(first, last),
        member_id=goal.member_id,
        persona_id=goal.persona_id,
    )
    return tally_of(rows, goal.currency or "")


def tally_of(rows: Sequence[asyncpg.Record], currency: str) -> Tally:
    """Money in one currency; everything else beside it, never added to it."""
    counted = [row for row in rows if row["what"] == COUNTS]
    own = next((row for row in counted if row["currency"] == currency), None)
    unknown = next((row for row in counted if not row["currency"]), None)
    known = own["known"] if own else 0
    return Tally(
        value=(own["amount"] if own else Decimal(0)) if known or unknown is None else None,
        things=known,
        squares=own["squares"] if own else Decimal(0),
        unknown=unknown["deals"] if unknown else 0,
        unknown_names=tuple(unknown["names"]) if unknown else (),
        undated=sum(row["deals"] for row in rows if row["what"] == UNDATED),
        elsewhere=tuple(
            (row["currency"], row["deals"], row["amount"])
            for row in counted
            if row["currency"] not in ("", currency)
        ),
    )
