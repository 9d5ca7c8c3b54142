"""The evidence of one type: read in a few bounded statements, judged by the rule.

Counting starts when the level began, or when a proposal was declined. It is never started anew
because the figures look bad, save for one case: of 2,000 decisions that didn't show it, the next
2,000 may. Each start has its own one in a hundred.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from db import earning as rows
from db.models.autonomy import EarnedLevel
from db.session import ReadTx
from services.autonomy.earning.calibrated import success_of
from services.autonomy.earning.cases import Measure, case_of, proposed_case, rewritten
from services.autonomy.earning.falling import MOST_NEWEST, OF_DECIDED
from services.autonomy.earning.rule import STEPS, Steps, counted_cases, judge
from services.types.actions import AutonomyLevel
from services.types.earning import Came, Case, Evidence, Success

MOST = 2_000
"""Cases that are read for one level."""
_ACTING = ("undo_window", "autonomous")


@dataclass(frozen=True, slots=True)
class EvidenceReader:
    steps: Steps = field(default_factory=lambda: STEPS)

    async def rising(
        self, tx: ReadTx, level: EarnedLevel, since: datetime, now: datetime
    ) -> Evidence:
        """What speaks for the next level, since then."""
        at = AutonomyLevel(level.earned)
        cases, full = await self._rising(tx, level, at, since, now)
        counted = counted_cases(at, cases, steps=self.steps)
        step = self.steps.get(at)
        success = (
            await success_of(tx, level.action_type, counted, now)
            if step is not None and step.answers
            else Success()
        )
        return judge(
            action_type=level.action_type,
            level=at,
            lineage=level.lineage,
            since=since,
            cases=cases,
            success=success,
            now=now,
            full=full,
            steps=self.steps,
        )

    async def falling(self, tx: ReadTx, level: EarnedLevel, now: datetime) -> list[Case]:
        """The newest cases since an acting level began, whoever decided, of every lineage: what
        left was trusted, whichever model wrote it."""
        found = await rows.list_cases(
            tx,
            level.action_type,
            levels=("approve", *_ACTING),
            decisions=("queued", "asked"),
            since=level.since,
            most=MOST_NEWEST,
            newest=True,
        )
        cases, drafts = [], {}
        for row in found:
            measure = Measure(lineage=row["lineage"], would={row["would"]}, now=now)
            cases.append(case_of(row, measure))
            drafts[row["action_id"]] = (row["draft_id"], row["revision"], row["decided_revision"])
        edited = [one for one in cases if one.came is Came.EDITED and not one.by_rule]
        last = sorted(edited, key=lambda one: one.at)[-OF_DECIDED:]
        anew = await _rewritten(tx, {one.action_id: drafts[one.action_id] for one in last})
        return [replace(one, heavily=one.action_id in anew) for one in cases]

    async def _rising(
        self, tx: ReadTx, level: EarnedLevel, at: AutonomyLevel, since: datetime, now: datetime
    ) -> tuple[list[Case], bool]:
        step = self.steps.get(at)
        if step is None:
            return [], False
        found = await rows.list_cases(
            tx,
            level.action_type,
            levels=(at.value,),
            decisions=(step.decision,),
            since=since,
            most=MOST,
        )
        measure = Measure(lineage=level.lineage, would=step.would, now=now)
        cases = [case_of(row, measure) for row in found]
        if at is AutonomyLevel.SUGGEST:
            proposed = await rows.list_proposed(tx, level.action_type, since=since, most=MOST)
            cases += [proposed_case(row, now) for row in proposed]
        return cases, len(cases) >= MOST


async def _rewritten(tx: ReadTx, drafts: Mapping[UUID, tuple[UUID, int, int]]) -> set[UUID]:
    """Actions whose text was written anew: by draft, the copilot's revision and the decided one."""
    wanted = [(draft, number) for draft, *both in drafts.values() for number in both]
    if not wanted:
        return set()
    texts = await rows.list_texts(tx, wanted)
    return {
        action
        for action, (draft, first, last) in drafts.items()
        if rewritten(texts.get((draft, first), ""), texts.get((draft, last), ""))
    }
