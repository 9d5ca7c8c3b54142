"""How a goal stands after a day: what counted, its pace and its forecast."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from db.models.goals import Goal, GoalProgress
from db.session import ReadTx
from services.goals.counting import count
from services.goals.pace import progress, span
from services.types.goals import Progress, Standing, Tally


async def reckon(tx: ReadTx, goal: Goal, today: date) -> tuple[Tally, Progress]:
    """With what counted until now; the pace is that of the whole days before today."""
    tally = await count(tx, goal, goal.starts_on, min(today, goal.ends_on))
    return tally, stands(goal, tally, today - timedelta(days=1))


def stands(goal: Goal, tally: Tally, over: date) -> Progress:
    """`over` is the last whole day behind it."""
    done, total = span(goal.starts_on, goal.ends_on, over)
    found = progress(tally, goal.target, done, total)
    if over < goal.starts_on - timedelta(days=1):
        return replace(found, standing=Standing.WAITING)
    return found


def stood(goal: Goal, row: GoalProgress | None) -> Progress:
    """How it stood on the last day that was written down: the words of Home and of the digest,
    which count nothing themselves."""
    if row is None:
        waiting = Standing.WATCHING if goal.target is None else Standing.WAITING
        return Progress(standing=waiting, value=None)
    tally = Tally(value=row.value, things=0, squares=Decimal(0))
    return replace(stands(goal, tally, row.day), forecast=row.forecast)
