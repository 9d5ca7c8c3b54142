"""What a team's decisions go into: kinds, accounts, weekdays, and what could do without them."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from db import learning_views as rows
from db.report_facts import Within, count_handled
from db.session import Database, ReadTx, Tx
from services.actors import require_member
from services.analytics.figures import figures
from services.analytics.pages import digest_of, page
from services.autonomy.levels import authorities_of
from services.intervals import share_of
from services.learning_views.seasons import best_weekday
from services.learning_views.spans import DAYS, answers_of, drafts_from, today_of
from services.learning_views.whose import require_team
from services.ports import Clock, Ids
from services.reader import reader_of
from services.types.actions import ActionType, AutonomyLevel
from services.types.alerts import Share
from services.types.learning import Figures
from services.types.people import Actor, Role
from services.types.work import WorkPage

ACCOUNTS = 5
HALF_A_YEAR = timedelta(weeks=26)
LEAST, AT_LEAST = 30, 0.9
"""Decisions on a kind, and the share sent unchanged that it has at least in 19 of 20 cases: what
the rule of autonomy wants too, at every look."""
ROUTINE = (
    ActionType.SEND_ROUTINE_RESPONSE,
    ActionType.SEND_FOLLOW_UP_EMAIL,
    ActionType.SCHEDULE_MEETING,
)
"""Kinds of mail that policy may ever let leave without a person."""
WAITING = (AutonomyLevel.SUGGEST, AutonomyLevel.APPROVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkService:
    db: Database
    clock: Clock
    ids: Ids

    async def page(self, actor: Actor) -> WorkPage:
        """Of a manager's people, or of everybody. Forbidden for reps; executives see no
        accounts."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            team = await require_team(tx, member)
        now = self.clock.now()

        async def make(tx: Tx) -> dict[str, Any]:
            return await _summed(tx, team, now)

        async with self.db.transaction(actor.tenant_id) as writing:
            key = f"work:{digest_of(team)}:{today_of(now)}"
            found = await page(writing, key, make, clock=self.clock, ids=self.ids)
        body = found.body
        types = tuple((name, Figures(**sums)) for name, sums in body["types"])
        async with self.db.read(actor.tenant_id) as tx:
            unchanged = await _unchanged(tx, types)
        by_day = {int(day): (part, of) for day, (part, of) in body["weekdays"].items()}
        accounts = () if member.role == Role.EXECUTIVE else body["accounts"]
        return WorkPage(
            reader=reader_of(member, self.clock),
            whole=team is None,
            as_of=found.made_at,
            days=DAYS,
            types=types,
            accounts=tuple((UUID(one), name, number) for one, name, number in accounts),
            of_accounts=body["of_accounts"],
            conversations=body["conversations"],
            taken_up=body["taken_up"],
            proposals=body["proposals"],
            weeks=body["weeks"],
            weekday=best_weekday(by_day, body["weeks"]),
            unchanged_kinds=unchanged,
        )


async def _summed(tx: ReadTx, team: Collection[UUID] | None, now: datetime) -> dict[str, Any]:
    today, last = today_of(now), answers_of(today_of(now))[1]
    since = datetime.combine(drafts_from(today), time(), UTC)
    types = await figures(tx, team, drafts_from(today), today, by="type")
    first = last - HALF_A_YEAR + timedelta(days=1)
    weekdays = await figures(tx, team, first, last, by="weekday")
    weeks = await figures(tx, team, first, last, by="week")
    people = None if team is None else list(team)
    within = Within(since=since, until=now, zone="UTC", now=now, people=people)
    accounts, of_accounts = await rows.list_busiest(tx, people, since=since, limit=ACCOUNTS)
    proposals = await rows.count_proposals(tx, people, since=since)
    ordered = sorted(types.items(), key=lambda pair: (-pair[1].decided, pair[0]))
    return {
        "types": [[name, asdict(sums)] for name, sums in ordered],
        "weekdays": {day: [one.answered, one.resolved] for day, one in weekdays.items()},
        "weeks": sum(one.resolved > 0 for one in weeks.values()),
        "conversations": await count_handled(tx, within),
        "accounts": [[str(row["id"]), row["name"], row["decided"]] for row in accounts],
        "of_accounts": of_accounts,
        "taken_up": proposals["taken_up"],
        "proposals": proposals["proposals"],
    }


async def _unchanged(
    tx: ReadTx, types: Collection[tuple[str, Figures]]
) -> tuple[tuple[str, Share], ...]:
    """Kinds of which a person looks at each mail and nearly never changes one. Not what the level
    in force lets leave already, what is off or stopped, nor what policy keeps for people."""
    found = [
        (name, share_of(one.unchanged, one.decided))
        for name, one in types
        if name in ROUTINE and one.decided >= LEAST
    ]
    sure = [(name, share) for name, share in found if (share.low or 0.0) >= AT_LEAST]
    if not sure:
        return ()
    names = [name for name, _ in sure]
    levels = await authorities_of(tx, names, member_id=None, account_id=None)
    return tuple(
        pair
        for pair, one in zip(sure, levels, strict=True)
        if one.level in WAITING and not one.stopped
    )
