"""Giving back what may no longer leave: after a switch, a lower limit or a narrowing, what is
queued asks anew at once, instead of only when it would have left.

The claim refuses it too, whatever happens here: this is so that people know.
"""

from dataclasses import dataclass
from uuid import UUID

from db import actions as action_rows
from db import autonomy as rows
from db import drafts as draft_rows
from db import jobs
from db.session import Database, Tx
from services.audit import AuditService
from services.autonomy.levels import forbidden
from services.effect_steps import EffectSteps
from services.ports import Clock, Ids
from services.revisions import judge

RECALL = "effects.recall"


async def want_recall(tx: Tx) -> None:
    """Of everything queued, with the change that is being written. Never left out because another
    one runs: that one may have passed by already."""
    await jobs.enqueue(tx, RECALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallService:
    db: Database
    clock: Clock
    ids: Ids
    audit: AuditService

    async def recall(self, tenant_id: UUID) -> int:
        """The job `effects.recall`; how many were given back. Safe to repeat."""
        async with self.db.read(tenant_id) as tx:
            queued = await rows.list_queued_effects(tx)
        given_back = 0
        for effect_id in queued:
            async with self.db.transaction(tenant_id) as tx:
                given_back += await self._look(tx, effect_id)
        return given_back

    async def _look(self, tx: Tx, effect_id: UUID) -> bool:
        """Locked in the claim's order: kill switch, action, draft, effect. Whoever is first has it:
        what was claimed meanwhile is past the point of no return."""
        await rows.stopped_types(tx, lock=True)
        seen = await action_rows.get_effect(tx, effect_id)
        action = await action_rows.lock_action(tx, seen.action_id) if seen else None
        draft = await draft_rows.lock_draft(tx, seen.draft_id) if seen and seen.draft_id else None
        effect = await action_rows.lock_effect(tx, effect_id)
        if effect is None or effect.status != "queued" or action is None or draft is None:
            return False
        revision = await draft_rows.get_revision(tx, draft.id, effect.revision)
        text = revision.text if revision else ""
        judged = await judge(tx, action, draft, text)
        why = await forbidden(tx, action, judged.types, lock=True)
        if why is not None:
            steps = EffectSteps(clock=self.clock, ids=self.ids, audit=self.audit)
            await steps.give_back(tx, action.id, why)
        return why is not None
