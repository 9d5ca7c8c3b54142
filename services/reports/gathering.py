"""The figures of some days, read from the database and handed to their pure modules."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from db import report_facts as facts
from db.report_facts import Rows, Within
from db.session import ReadTx
from services.analytics.figures import figures
from services.calibration.state import list_summaries
from services.reports.figures import (
    adoption,
    cost,
    effort,
    engagement,
    goals,
    pipeline,
    quality,
    risks,
)
from services.reports.figures.numbers import Days
from services.reports.words import new_words
from services.types.learning import Figures
from services.types.model import Lineage
from services.types.reports import Figure
from services.zones import day_begins

ANSWERS, OTHERS = "Answers", "Other mails"
KINDS = ((True, ANSWERS), (False, OTHERS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which days, and whose. `people` None: the whole company's."""

    first: date
    last: date
    zone: str
    since: datetime
    until: datetime
    now: datetime
    people: Sequence[UUID] | None

    @property
    def days(self) -> Days:
        return Days(self.first, self.last)

    @property
    def within(self) -> Within:
        return Within(
            since=self.since,
            until=self.until,
            zone=self.zone,
            now=self.now,
            people=self.people,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """`lineage`: what texts are made with today."""

    lineage: Lineage

    async def figures_of(self, tx: ReadTx, asked: Asked) -> tuple[Figure, ...]:
        """All of them, in the order in which they are shown. The cost is the whole company's: calls
        belong to nobody's people. So are the scores, which say it where people's are shown."""
        days, within = asked.days, asked.within
        shadow = await facts.list_shadow_days(tx, within)
        found = await figures(tx, asked.people, asked.first, asked.last)
        sums = Figures.sum(found.values())
        deciders = await facts.count_deciders(tx, within)
        adopted = adoption.Adopted(**deciders, figures=sums)
        return (
            effort.figure(await _writing(tx, within, shadow), days),
            *([await _spent(tx, within, days)] if asked.people is None else []),
            await _engagement(tx, within, shadow, days),
            await _pipeline(tx, within, days),
            adoption.figure(adopted, days),
            await self._quality(tx, days, whole=asked.people is None),
            risks.figure(
                risks.Seen(**await facts.count_risks(tx, within)),
                sums.proposed,
                days,
                whole=asked.people is None,
            ),
            goals.figure(
                goals.Goals(**await facts.count_goals(tx, within, asked.first, asked.last)), days
            ),
        )

    async def _quality(self, tx: ReadTx, days: Days, *, whole: bool) -> Figure:
        found = await list_summaries(tx, lineage=self.lineage())
        return quality.figure([quality.score_of(one) for one in found], days, whole=whole)


async def _spent(tx: ReadTx, within: Within, days: Days) -> Figure:
    spent = await facts.count_spent(tx, within)
    handled = await facts.count_handled(tx, within)
    return cost.figure(cost.Spent(**spent, handled=handled), days)


async def _writing(tx: ReadTx, within: Within, shadow: Sequence[date]) -> list[effort.Writing]:
    written = {row["answering"]: row for row in await facts.count_writing(tx, within)}
    changed = await facts.list_changed_texts(tx, within) if written else []
    # Thousands of long texts take a while to compare: nobody else is to wait for it.
    typed = await asyncio.to_thread(_typed, changed)
    by_hand: Rows = []
    if shadow and written:
        by_hand = await facts.list_by_hand(tx, _around(within, shadow), shadow)
    return [
        effort.Writing(
            label=label.lower(),
            sent=int(written[answering]["sent"]) if answering in written else 0,
            typed=typed[answering],
            read=int(written[answering]["read"]) if answering in written else 0,
            by_hand=[row["words"] for row in by_hand if row["answering"] is answering],
            shadow_days=len(shadow),
        )
        for answering, label in KINDS
    ]


def _typed(changed: Rows) -> dict[bool, int]:
    """Words that people wrote into my texts, by whether these were answers."""
    found = {answering: 0 for answering, _ in KINDS}
    for row in changed:
        found[row["answering"]] += new_words(row["first"], row["left"])
    return found


async def _engagement(tx: ReadTx, within: Within, shadow: Sequence[date], days: Days) -> Figure:
    here = await facts.count_answered(tx, within)
    before = await facts.count_answered(tx, _around(within, shadow), shadow) if shadow else []
    kinds = [
        engagement.Kind(
            label=label,
            mine=_pair(here, mine=True, answering=answering),
            shadow=_pair(before, mine=False, answering=answering),
            by_hand=_pair(here, mine=False, answering=answering),
        )
        for answering, label in KINDS
    ]
    still_open = sum(row["still_open"] for row in here if row["mine"])
    return engagement.figure(kinds, still_open, days)


def _around(within: Within, shadow: Sequence[date]) -> Within:
    """From the first of the shadow days to the last; the statement takes just these days of it."""
    return replace(
        within,
        since=day_begins(shadow[0], within.zone),
        until=min(within.until, day_begins(_after(shadow[-1]), within.zone)),
    )


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _pair(rows: Rows, *, mine: bool, answering: bool) -> tuple[int, int]:
    """(answered, sent) of these rows."""
    held = [r for r in rows if r["mine"] is mine and r["answering"] is answering]
    return sum(r["answered"] for r in held), sum(r["sent"] for r in held)


async def _pipeline(tx: ReadTx, within: Within, days: Days) -> Figure:
    changes = [
        pipeline.Moved(
            deal=str(row["deal_id"]),
            before=row["before"],
            after=row["after"],
            part_of_mine=row["part_of_mine"],
            amount=row["amount"],
            currency=row["currency"],
        )
        for row in await facts.list_moved(tx, within)
    ]
    deals = {str(row["id"]): bool(row["mine"]) for row in await facts.list_open_deals(tx, within)}
    return pipeline.figure(pipeline.seen(changes, deals), days)
