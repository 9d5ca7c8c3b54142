"""Every condition of an approval once more, at the moment in which the mail would leave."""

from datetime import datetime

from db import mailboxes, members, messages, tenants
from db.approval_gates import get_gated_types
from db.models.actions import Action, Effect
from db.models.drafts import Draft, DraftRevision
from db.session import Tx
from services.approvals.voters import lost_voice
from services.autonomy.judging import WorkingTime, weigh
from services.autonomy.levels import SWITCHED_OFF, forbidden
from services.gates import gate_of, standing_request
from services.reach import SHADOW_ON, in_shadow
from services.revisions import judge
from services.types.actions import Verdict
from services.types.people import LEADS
from services.undo_waits import by_rule


async def objection(
    tx: Tx,
    effect: Effect,
    action: Action,
    draft: Draft,
    revision: DraftRevision,
    *,
    stopped: bool,
    now: datetime,
    hours: WorkingTime,
) -> str | None:
    """Why it may not leave now, or None. The caller holds all rows and the kill switch."""
    if by_rule(action):
        authority = await _own_objection(tx, action, draft, revision, now=now, hours=hours)
    else:
        authority = await _persons_objection(tx, action, draft, revision)
    head = await messages.newest_word(tx, draft.conversation_id)
    objections = (
        (stopped, SWITCHED_OFF),
        (effect.undo_at is not None, "Somebody undid it."),
        (in_shadow(await tenants.get_tenant(tx)), SHADOW_ON),
        (action.status != "approved", "The approval no longer stands."),
        (draft.revision != effect.revision, "The draft changed after the approval."),
        (action.decided_hash != revision.content_hash, "Another text was approved."),
        (authority is not None, authority or ""),
        (effect.due_at > now, "It is not due yet."),
        (
            (head.id if head else None) != revision.thread_head_id,
            "The thread went on after the approval.",
        ),
    )
    return next((why for holds, why in objections if holds), None)


async def _persons_objection(
    tx: Tx, action: Action, draft: Draft, revision: DraftRevision
) -> str | None:
    """What a person decided: they may still decide it, and policy forbids it in no case."""
    decider = await members.get_member(tx, action.decided_by) if action.decided_by else None
    judged = await judge(tx, action, draft, revision.text, doubtful=bool(revision.findings))
    gate = gate_of(judged, await get_gated_types(tx))
    request = await standing_request(tx, action.id, revision, action.decided_by)
    barred = await forbidden(tx, action, judged.types, lock=True)
    unheard = await lost_voice(tx, request) if request is not None else None
    may = (
        decider is not None
        and decider.active
        and (request is not None or decider.id == action.owner_id or decider.role in LEADS)
    )
    objections = (
        (barred is not None, barred or ""),
        (
            gate is not None and request is None,
            "The rules now ask for an approval request, and none was approved for this text.",
        ),
        (not may, "The person who approved may no longer decide this."),
        (unheard is not None, unheard or ""),
        (judged.verdict is Verdict.HARD_STOP, judged.reasons[0] if judged.reasons else ""),
    )
    return next((why for holds, why in objections if holds), None)


async def _own_objection(
    tx: Tx,
    action: Action,
    draft: Draft,
    revision: DraftRevision,
    *,
    now: datetime,
    hours: WorkingTime,
) -> str | None:
    """What nobody decided leaves only if all that let it go still holds: levels and switches, held
    until the claim commits, the customer's mood, the hour, the rules and the mailbox."""
    weighed = await weigh(
        tx,
        action,
        draft,
        revision.text,
        own=True,
        lineage=action.lineage,
        doubtful=bool(revision.findings),
        outside_hours=await hours.next_from(tx, action, draft, now) > now,
        lock=True,
    )
    owner = await members.get_member(tx, action.owner_id) if action.owner_id else None
    box = await mailboxes.get_mailbox(tx, draft.mailbox_id) if draft.mailbox_id else None
    barred = await forbidden(tx, action, weighed.judged.types, lock=True)
    objections = (
        (barred is not None, barred or ""),
        (revision.author != "model" or revision.number != 1, "A person changed the text."),
        (
            owner is None or not owner.active or owner.enabled_at is None,
            "Nobody is shown what I send for them.",
        ),
        (box is None or box.status != "connected", "Its mailbox isn't connected."),
        (weighed.gate is not None, "The rules now ask for an approval request."),
        (
            weighed.judged.verdict is not Verdict.AUTONOMOUS,
            weighed.judged.reasons[0] if weighed.judged.reasons else "",
        ),
    )
    return next((why for holds, why in objections if holds), None)
