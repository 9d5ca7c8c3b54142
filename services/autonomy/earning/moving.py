"""A level moves: the row, the history, the audit, what waits and who is told, in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db import autonomy as rows
from db.alerts import list_managers
from db.models.autonomy import EarnedLevel, LevelMove
from db.session import Tx
from services.audit import AuditService
from services.autonomy.recalling import want_recall
from services.cards import touch
from services.ports import Clock, Ids
from services.types.actions import AutonomyLevel
from services.types.earning import LEVEL
from services.types.people import Actor
from services.weighing import want_weighing


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """`kind`: promoted, demoted or reset. `people`: whose doing it was, named on the card. `told`:
    reps whose mails it is about; None: nobody is told."""

    kind: str
    after: AutonomyLevel
    why: str
    people: Sequence[UUID] = ()
    told: Sequence[UUID] | None = ()
    promotion_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMover:
    clock: Clock
    ids: Ids
    audit: AuditService

    async def move(
        self, tx: Tx, level: EarnedLevel, move: Move, *, actor: Actor | None = None
    ) -> UUID:
        """Last in the transaction, the level's row being held. Evidence from before counts no
        more; what waits in undo windows is given back when the level falls."""
        before, now = AutonomyLevel(level.earned), self.clock.now()
        level.earned, level.since, level.version = move.after.value, now, level.version + 1
        level.weighed = {}
        row = LevelMove(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=now,
            action_type=level.action_type,
            kind=move.kind,
            before=before.value,
            after=move.after.value,
            moved_by=actor.member_id if actor else None,
            promotion_id=move.promotion_id,
            why=move.why,
            evidence={"people": [str(one) for one in move.people], "lineage": level.lineage},
        )
        await rows.add_move(tx, row)
        facts = {
            "type": level.action_type,
            "before": before.value,
            "after": move.after.value,
            "why": move.why,
        }
        await self.audit.append(
            tx, f"level.{move.kind}", actor=actor, subject_id=row.id, facts=facts
        )
        await want_weighing(tx, level.action_type)
        if before.acts and move.after.rank < before.rank:
            await want_recall(tx)
        if move.told is not None:
            leads = () if move.kind == "promoted" else await list_managers(tx)
            people = [*(one.id for one in leads), *move.told]
            await touch(tx, LEVEL, row.id, people, clock=self.clock, ids=self.ids)
        return row.id
