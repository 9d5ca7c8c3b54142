"""Trust is lost at once: by what the rule sees, or by another model. Never won here.

The job `autonomy.weigh` looks at one type: first whether it falls, then whether it may rise. It is
wanted after whatever may cost a level, every minute for what has left, and once a day for all.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from db import earning as rows
from db import jobs, tenants
from db.models.autonomy import EarnedLevel
from db.session import Database, Tx
from services.autonomy.earning.evidence import EvidenceReader
from services.autonomy.earning.falling import fall_of
from services.autonomy.earning.moving import LevelMover, Move
from services.autonomy.earning.promoting import PromotionService
from services.autonomy.levels import first_level, hold_level
from services.guardrails import TABLE
from services.ports import Clock, Ids
from services.types.actions import AutonomyLevel, Verdict
from services.types.earning import Case, interval_of
from services.types.model import Lineage
from services.weighing import WEIGH

LOOK_BACK = timedelta(minutes=10)
OTHER_MODEL = "The model, the prompts or the rules behind it have changed, so it is earned anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningService:
    db: Database
    clock: Clock
    ids: Ids
    reader: EvidenceReader
    mover: LevelMover
    promotions: PromotionService
    lineage: Lineage
    _looked: dict[UUID, date] = field(default_factory=dict)

    async def weigh(self, tenant_id: UUID, action_type: str) -> None:
        """The job `autonomy.weigh`. Safe to repeat: what is known already moves nothing again."""
        async with self.db.transaction(tenant_id) as tx:
            if await tenants.get_tenant(tx) is None:
                return
            level = await hold_level(tx, action_type, clock=self.clock, ids=self.ids)
            level.weighed_at = self.clock.now()
            await self._follow_lineage(tx, level)
            if not await self._fall(tx, level):
                await self.promotions.look(tx, level)

    async def check(self, tenant_id: UUID) -> None:
        """Every minute: types of which something left; once a day: all that can move."""
        now = self.clock.now()
        today = now.date()
        async with self.db.transaction(tenant_id) as tx:
            wanted = set(await rows.list_active_types(tx, now - LOOK_BACK))
            if self._looked.get(tenant_id) != today:
                wanted |= {
                    kind.value for kind, row in TABLE.items() if row.base is not Verdict.HARD_STOP
                }
            for action_type in sorted(wanted):
                await jobs.enqueue(
                    tx,
                    WEIGH,
                    {"action_type": action_type},
                    dedupe_key=f"{WEIGH}:{tenant_id}:{action_type}",
                    patient=True,
                )
        self._looked[tenant_id] = today

    # ── Falling ─────────────────────────────────────────────────────────────────────────────────
    async def _fall(self, tx: Tx, level: EarnedLevel) -> bool:
        at = AutonomyLevel(level.earned)
        if not at.acts:
            return False
        cases = await self.reader.falling(tx, level, self.clock.now())
        given = await rows.given_with(tx, level.action_type, level.since)
        stored = interval_of(given.evidence.get("success", {})) if given else None
        fall = fall_of(at, cases, answered=stored.low if stored and stored.of else None)
        if fall is None:
            return False
        await self._lower(tx, level, fall.to, fall.why, cases=cases, people=fall.people)
        return True

    async def _lower(
        self,
        tx: Tx,
        level: EarnedLevel,
        to: AutonomyLevel,
        why: str,
        *,
        cases: list[Case],
        people: tuple[UUID, ...],
    ) -> None:
        pending = await rows.get_pending(tx, level.action_type)
        if pending is not None:
            await self.promotions.withdraw(tx, pending, why)
        move = Move(kind="demoted", after=to, why=why, people=people, told=_owners(cases))
        await self.mover.move(tx, level, move)

    async def _follow_lineage(self, tx: Tx, level: EarnedLevel) -> None:
        """Trust belongs to what wrote the texts. Nobody has looked at a row without a lineage yet:
        then it takes the present one, and what was there before counts."""
        present, at = self.lineage(), AutonomyLevel(level.earned)
        if level.lineage == present:
            return
        first = first_level(level.action_type)
        known, level.lineage = level.lineage, present
        if not known:
            tenant = await tenants.get_tenant(tx)
            if tenant is not None and at is first:
                level.since = min(level.since, tenant.created_at)
            return
        pending = await rows.get_pending(tx, level.action_type)
        if pending is not None:
            await self.promotions.withdraw(tx, pending, OTHER_MODEL)
        falls = at.acts and not first.acts
        told = _owners(await self.reader.falling(tx, level, self.clock.now())) if falls else None
        after = AutonomyLevel.APPROVE if falls else at
        move = Move(kind="reset", after=after, why=OTHER_MODEL, told=told)
        await self.mover.move(tx, level, move)


def _owners(cases: list[Case]) -> tuple[UUID, ...]:
    """Reps whose mails left by themselves."""
    return tuple(
        dict.fromkeys(one.owner_id for one in cases if one.by_rule and one.owner_id is not None)
    )
