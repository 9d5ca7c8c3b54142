"""A team's page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

import asyncpg

from db import learning_views as rows
from db.session import Database, ReadTx
from services.actors import require_member
from services.intervals import share_of
from services.learning_views.comparing import compare, moved, trend
from services.learning_views.kept import KeptSums, SumKeeper
from services.learning_views.spans import WEEKS, first_week, is_over, today_of
from services.learning_views.to_label import count_for
from services.learning_views.whose import require_team
from services.outcomes.labelling import labelled_by
from services.ports import Clock
from services.reader import reader_of
from services.types.alerts import Share
from services.types.learning import Figures
from services.types.people import Actor, Role
from services.types.team import (
    Comparison,
    Moved,
    Person,
    Sample,
    TeamPage,
    Week,
)

SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamService:
    db: Database
    clock: Clock
    sums: SumKeeper

    async def page(self, actor: Actor, page: int = 0) -> TeamPage:
        """A manager's people; the tenant for admins, and as totals for executives. Forbidden for
        reps, with the reason."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            team = await require_team(tx, member)
        kept = await self.sums.of_team(actor.tenant_id, team)
        async with self.db.read(actor.tenant_id) as tx:
            now = self.clock.now()
            spans, weeks = kept.spans, _weeks(kept, today_of(now))
            found = await people_of(tx, team, kept)
            active = [one for one in found if one.figures.proposed or one.answers.resolved]
            comparison = compare([sample_of(one) for one in active])
            names = member.role != Role.EXECUTIVE
            at = min(page, max(len(active) - 1, 0) // SHOWN)
            return TeamPage(
                reader=reader_of(member, self.clock),
                whole=team is None,
                names=names,
                spans=spans,
                as_of=kept.made_at,
                moved=moved(answered_of(spans.answers), answered_of(spans.answers_before)),
                trend=_trend(weeks, today_of(now)),
                weeks=weeks,
                comparison=comparison if names else replace(comparison, places=()),
                people=_placed(active, comparison, at) if names else (),
                page=at,
                size=SHOWN,
                total=len(active),
                to_label=await count_for(tx, await labelled_by(tx, member), now) if names else 0,
                accounts=sum(one.accounts for one in found),
                health=_health(found),
                silent=len(found) - len(active),
                members=len(found),
            )


def answered_of(counted: Figures) -> Share:
    """Of the predictions that ended with a score, those somebody answered."""
    return share_of(counted.answered, counted.resolved)


def _weeks(kept: KeptSums, today: date) -> tuple[Week, ...]:
    """Twelve, the running one last; one of which nothing was proposed is empty."""
    first, found = first_week(today), kept.weeks
    mondays = [first + timedelta(weeks=number) for number in range(WEEKS)]
    return tuple(
        Week(begins=monday, figures=found.get(monday, Figures()), over=is_over(monday, today))
        for monday in mondays
    )


def _trend(weeks: Sequence[Week], today: date) -> Moved:
    """Of the weeks whose mails have all had their time."""
    over = [week.figures for week in weeks if is_over(week.begins, today)]
    return trend([(one.answered, one.resolved) for one in over])


async def people_of(tx: ReadTx, team: Sequence[UUID] | None, kept: KeptSums) -> tuple[Person, ...]:
    """Every active member of the team, by name; what was done by those who left counts in the
    totals only."""
    found = await rows.list_people(tx, team)
    return tuple(_person(row, kept.drafts, kept.answers) for row in found)


def _person(
    row: asyncpg.Record,
    drafts: Mapping[UUID | None, Figures],
    answers: Mapping[UUID | None, Figures],
) -> Person:
    return Person(
        member_id=row["id"],
        name=row["name"],
        figures=drafts.get(row["id"], Figures()),
        answers=answers.get(row["id"], Figures()),
        accounts=row["accounts"],
        health=row["health"],
        health_of=row["health_of"],
    )


def sample_of(one: Person) -> Sample:
    return Sample(
        member_id=one.member_id,
        name=one.name,
        part=one.answers.answered,
        of=one.answers.resolved,
    )


def _placed(people: Sequence[Person], comparison: Comparison, page: int) -> tuple[Person, ...]:
    """A page of them in the comparison's order."""
    by_id = {one.member_id: one for one in people}
    ordered = [by_id[place.member_id] for place in comparison.places]
    return tuple(ordered[page * SHOWN : (page + 1) * SHOWN])


def _health(people: Sequence[Person]) -> float | None:
    """Of all accounts whose health is known, each once."""
    known = sum(one.health_of for one in people)
    if not known:
        return None
    return sum((one.health or 0.0) * one.health_of for one in people) / known
