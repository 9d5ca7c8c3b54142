"""Every condition of an approval once more, at the moment in which the mail would leave."""

from datetime import datetime

from db import members, messages, tenants
from db.approval_gates import get_gated_types
from db.models.actions import Action, Effect
from db.models.drafts import Draft, DraftRevision
from db.session import Tx
from services.approvals.voters import lost_voice
from services.autonomy.levels import SWITCHED_OFF, forbidden
from services.gates import gate_of, standing_request
from services.reach import SHADOW_ON, in_shadow
from services.revisions import judge
from services.types.actions import Verdict
from services.types.people import Role


async def objection(
    tx: Tx,
    effect: Effect,
    action: Action,
    draft: Draft,
    revision: DraftRevision,
    *,
    stopped: bool,
    now: datetime,
) -> str | None:
    """Why it may not leave now, or None. The caller holds all rows and the kill switch."""
    decider = await members.get_member(tx, action.decided_by) if action.decided_by else None
    head = await messages.newest_word(tx, draft.conversation_id)
    judged = await judge(tx, action, draft, revision.text, doubtful=bool(revision.findings))
    gate = gate_of(judged, await get_gated_types(tx))
    request = await standing_request(tx, action.id, revision, action.decided_by)
    barred = await forbidden(tx, action, judged.types, lock=True)
    unheard = await lost_voice(tx, request) if request is not None else None
    may = (
        decider is not None
        and decider.active
        and (
            request is not None
            or decider.id == action.owner_id
            or decider.role in {Role.MANAGER, Role.ADMIN}
        )
    )
    objections = (
        (stopped, SWITCHED_OFF),
        (barred is not None, barred or ""),
        (effect.undo_at is not None, "Somebody undid it."),
        (in_shadow(await tenants.get_tenant(tx)), SHADOW_ON),
        (action.status != "approved", "The approval no longer stands."),
        (draft.revision != effect.revision, "The draft changed after the approval."),
        (action.decided_hash != revision.content_hash, "Another text was approved."),
        (
            gate is not None and request is None,
            "The rules now ask for an approval request, and none was approved for this text.",
        ),
        (not may, "The person who approved may no longer decide this."),
        (unheard is not None, unheard or ""),
        (effect.due_at > now, "It is not due yet."),
        (judged.verdict is Verdict.HARD_STOP, judged.reasons[0] if judged.reasons else ""),
        (
            (head.id if head else None) != revision.thread_head_id,
            "The thread went on after the approval.",
        ),
    )
    return next((why for holds, why in objections if holds), None)
