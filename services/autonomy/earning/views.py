"""What the cards of proposals and of moved levels show, read afresh at every delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from db import autonomy as autonomy_rows
from db import earning as rows
from db import members
from db.models.autonomy import Promotion
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.actors import require_member
from services.autonomy.earning.promoting import (
    FOR_LEADS,
    GONE,
    deciders,
    main_contributors,
    member_names,
)
from services.autonomy.earning.rule import STEPS, Steps
from services.errors import Forbidden, NotFound
from services.ports import Clock
from services.reader import reader_of
from services.types.actions import AutonomyLevel
from services.types.earning import (
    Condition,
    EvidenceView,
    ExampleView,
    LevelView,
    PromotionView,
    interval_of,
)
from services.types.people import Actor
from services.undo_waits import AT_ONCE, UndoWaits
from services.visibility import leads


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningViews:
    db: Database
    clock: Clock
    waits: UndoWaits = AT_ONCE
    steps: Steps = field(default_factory=lambda: STEPS)

    async def promotion(
        self, tenant_id: UUID, promotion_id: UUID, member_id: UUID
    ) -> PromotionView | None:
        """None for whoever doesn't lead people."""
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            found = await rows.get_promotion(tx, promotion_id)
            if member is None or found is None or not leads(member):
                return None
            return await self._promotion(tx, found, member)

    async def evidence(self, actor: Actor, promotion_id: UUID) -> EvidenceView:
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            if not leads(member):
                raise Forbidden(FOR_LEADS)
            found = await rows.get_promotion(tx, promotion_id)
            if found is None:
                raise NotFound(GONE)
            return await self._evidence(tx, found, member)

    async def moved(self, tenant_id: UUID, move_id: UUID, member_id: UUID) -> LevelView | None:
        async with self.db.read(tenant_id) as tx:
            member = await members.get_member(tx, member_id)
            move = await rows.get_level_move(tx, move_id)
            if member is None or move is None:
                return None
            names = await member_names(tx, [UUID(one) for one in move.evidence.get("people", ())])
            by = await members.get_member(tx, move.moved_by) if move.moved_by else None
            before, after = AutonomyLevel(move.before), AutonomyLevel(move.after)
            return LevelView(
                reader=reader_of(member, self.clock),
                move_id=move.id,
                action_type=move.action_type,
                kind=move.kind,
                before=before,
                after=after,
                why=move.why,
                names=tuple(names),
                who=by.name if by else None,
                at=move.created_at,
                undo_minutes=self._minutes(after),
            )

    async def _promotion(self, tx: ReadTx, found: Promotion, member: Member) -> PromotionView:
        stored, level = found.evidence, await autonomy_rows.get_level(tx, found.action_type)
        ceiling = AutonomyLevel(level.ceiling) if level and level.ceiling else None
        before, after = AutonomyLevel(found.before), AutonomyLevel(found.after)
        able = await deciders(tx, found)
        counted, good = int(stored.get("counted", 0)), int(stored.get("good", 0))
        by = await members.get_member(tx, found.decided_by) if found.decided_by else None
        step = self.steps.get(before)
        return PromotionView(
            reader=reader_of(member, self.clock),
            promotion_id=found.id,
            version=found.version,
            action_type=found.action_type,
            before=before,
            after=after,
            status=found.status,
            counted=counted,
            share=good / counted if counted else None,
            low=float(stored.get("low", 0)),
            success=interval_of(stored.get("success", {})),
            stated=stored.get("stated"),
            quiet_days=step.calm if step else 0,
            undo_minutes=self._minutes(after),
            mine=any(one.id == member.id for one in able),
            contributor=member.id in main_contributors(found),
            deciders=tuple(one.name for one in able),
            limit=ceiling if ceiling is not None and ceiling.rank < after.rank else None,
            decided_by=by.name if by else None,
            decided_at=found.decided_at,
            reason=found.reason,
        )

    async def _evidence(self, tx: ReadTx, found: Promotion, member: Member) -> EvidenceView:
        stored = found.evidence
        counted, good = int(stored.get("counted", 0)), int(stored.get("good", 0))
        ids = [UUID(one) for one in stored.get("examples", ())]
        return EvidenceView(
            reader=reader_of(member, self.clock),
            action_type=found.action_type,
            after=AutonomyLevel(found.after),
            at=found.created_at,
            counted=counted,
            share=good / counted if counted else None,
            low=float(stored.get("low", 0)),
            by=dict(stored.get("by", {})),
            shares=dict(stored.get("shares", {})),
            left_out=dict(stored.get("left_out", {})),
            success=interval_of(stored.get("success", {})),
            edited=interval_of(stored.get("edited", {})),
            baseline=interval_of(stored.get("baseline", {})),
            stated=stored.get("stated"),
            success_left_out=dict(stored.get("success_left_out", {})),
            conditions=_conditions(stored),
            examples=_examples(ids, await rows.list_examples(tx, ids)),
        )

    def _minutes(self, level: AutonomyLevel) -> float:
        """How long there is to undo at this level."""
        at = self.waits.autonomous if level is AutonomyLevel.UNDO_WINDOW else self.waits.approved
        return at.total_seconds() / 60


def _conditions(stored: Mapping[str, Any]) -> Sequence[Condition]:
    return tuple(
        Condition(name=name, met=bool(met), found=found, wanted=wanted)
        for name, met, found, wanted in stored.get("conditions", ())
    )


def _examples(ids: Sequence[UUID], found: Sequence[Mapping[str, Any]]) -> Sequence[ExampleView]:
    """In the order in which they were chosen; what is gone is left out."""
    by_id = {row["id"]: row for row in found}
    return tuple(
        ExampleView(account=row["account"], subject=row["subject"], who=row["who"], at=row["at"])
        for row in (by_id[one] for one in ids if one in by_id)
    )
