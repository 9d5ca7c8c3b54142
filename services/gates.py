"""Gates: kinds of mail that leave only when an approval request allows it.

The tenant's approval rules name action types. A draft that amounts to one of them, by any of its
sentences, has no Approve: its responder asks, the rule says who decides, and what they allowed is
exactly what leaves. A hard stop stays one: nothing can be asked for there.
"""

from collections.abc import Collection
from uuid import UUID

from db import approval_gates as rows
from db import jobs, members
from db.models.approvals import ApprovalRequest
from db.models.drafts import DraftRevision
from db.session import ReadTx, Tx
from services.types.actions import GuardrailResult, Verdict
from services.types.views import GateView

RECHECK = "approvals.recheck"
UNSENT = "approval.unsent"


def gate_of(judged: GuardrailResult, gated: Collection[str]) -> str | None:
    """The type whose rule asks for a request, or None: what the draft is first, then all else that
    it amounts to. A draft that talks about prices in passing is still gated by prices."""
    found = (judged.action_type, *judged.types)
    return next((name for name in found if name in gated), None) if gated else None


def gate_words(action_type: str) -> str:
    """`discuss_pricing` is discuss pricing."""
    return action_type.replace("_", " ")


async def refusal(tx: ReadTx, action_id: UUID, gate: str, revision: int) -> str:
    """Why a click can't approve it, and what to do instead."""
    asked = await rows.newest_request(tx, action_id)
    if asked is not None and asked.status == "pending" and _is_of(asked, revision):
        names = await rows.list_deciders(tx, asked.id)
        who = " or ".join(names) if names else "an admin"
        return f"This mail waits for an approval request: {who} decides there, not here."
    return (
        f"Your workspace's rules ask for an approval request for this kind of mail "
        f"({gate_words(gate)}). Choose Ask for approval on the card."
    )


async def standing_request(
    tx: ReadTx, action_id: UUID, revision: DraftRevision, decided_by: UUID | None
) -> ApprovalRequest | None:
    """The request by which exactly this revision was approved, by this person. What a template
    approved stands for the one who asked."""
    found = await rows.approved_request(
        tx, action_id, revision=revision.number, content_hash=revision.content_hash
    )
    if found is None or decided_by is None:
        return None
    return found if decided_by == decider_of(found) else None


def decider_of(request: ApprovalRequest) -> UUID | None:
    """Who answers for an approved request: the last who approved, or, under a template, whoever
    asked."""
    return request.requester_id if request.auto_template is not None else request.settled_by


async def moved_on(tx: Tx, action_id: UUID, why: str) -> None:
    """What was asked about has changed, or what was approved did not leave. A pending request is
    judged anew by its job, an approved one says that it came to nothing. The caller holds the
    action, so it may not lock the request."""
    asked = await rows.newest_request(tx, action_id)
    if asked is None:
        return
    if asked.status == "pending":
        await jobs.enqueue(tx, RECHECK, {"action_id": action_id})
    elif asked.status == "approved" and asked.carry_status == "done":
        carried = asked.carried_at.isoformat() if asked.carried_at else None
        await jobs.enqueue(tx, UNSENT, {"request_id": asked.id, "why": why, "carried_at": carried})


async def gate_view(
    tx: ReadTx,
    action_id: UUID,
    revision: DraftRevision,
    judged: GuardrailResult,
    gated: Collection[str],
) -> GateView | None:
    """What the draft's card says instead of Approve, or None where no rule asks for a request."""
    gate = gate_of(judged, gated)
    if gate is None or judged.verdict is Verdict.HARD_STOP:
        return None
    asked = await rows.newest_request(tx, action_id)
    if asked is None:
        return GateView(type=gate, status="none")
    decider = await members.get_member(tx, asked.settled_by) if asked.settled_by else None
    return GateView(
        type=gate,
        status=asked.status,  # type: ignore[arg-type]  # the column's check knows the same words
        current=_is_of(asked, revision.number),
        deciders=tuple(await rows.list_deciders(tx, asked.id)),
        due_at=asked.due_at,
        anew=asked.replaces_id is not None,
        leaving=asked.status == "approved" and asked.carry_status == "queued",
        settled_by=decider.name if decider else None,
        settled_at=asked.settled_at,
        reason=asked.settled_reason or "",
    )


def _is_of(request: ApprovalRequest, revision: int) -> bool:
    return rows.bound_to(request).revision == revision
