"""What no longer holds ends as voided, and where asking anew makes sense a fresh request takes its
place, in the same transaction."""

from uuid import UUID

from db import approval_requests as rows
from db import members
from db.approval_views import names_of
from db.models.approvals import ApprovalRequest
from db.session import Tx
from services.approvals.deps import Deps
from services.approvals.opening import KIND, open_request, routed_to
from services.approvals.payload import money, share
from services.approvals.sentences import names_words
from services.approvals.timing import arm
from services.cards import surface_again
from services.errors import ServiceError
from services.types.approvals import RequestForm, RequestStatus, RequestType, Urgency


async def void(
    tx: Tx, deps: Deps, request: ApprovalRequest, why: str, *, reissue: bool
) -> UUID | None:
    """End a locked, pending request because of `why`; the id of the fresh one, if there is one.

    The fresh one may turn out to be impossible (the amount is more than the deal now has, the
    requester left): then it is only voided, and the reason says that too.
    """
    settled = await rows.settle_request(
        tx,
        request.id,
        status=RequestStatus.VOIDED.value,
        at=deps.clock.now(),
        by=None,
        surface=None,
        reason=why,
    )
    if not settled:
        raise RuntimeError("a request that isn't pending can't be voided")
    await arm(tx, request)
    fresh: UUID | None = None
    if reissue:
        fresh, why_not = await _ask_again(tx, deps, request)
        if why_not:
            request.settled_reason = f"{why} {why_not}"
            await tx.session.flush()
    told = {
        "why": request.settled_reason,
        "hash": request.payload_hash,
        "rule_version": request.rule_version,
        "fresh": str(fresh) if fresh else None,
    }
    await deps.audit.append(tx, "approval.voided", subject_id=request.id, facts=told)
    await deps.notify(tx, request, [request.requester_id], "outcome")
    # Without a fresh request (its card comes anew) the requester has to notice this one.
    afresh = [] if fresh else [request.requester_id]
    await surface_again(tx, KIND, request.id, afresh, clock=deps.clock, ids=deps.ids)
    return fresh


async def whereabouts(tx: Tx, fresh: UUID | None, reader_id: UUID) -> str:
    """Who has the fresh request, for somebody whose decision came to nothing."""
    if fresh is None:
        return "There is nothing to decide now."
    voices = routed_to(await rows.list_seats(tx, fresh))
    found = await names_of(tx, voices)
    names = [found[one] for one in voices if one != reader_id]
    who = [*names, *(["you"] if reader_id in voices else [])]
    if not who:
        return "A fresh request was made; the admins look for somebody who may decide it."
    return f"A fresh request went to {names_words(who, 'and')}."


async def _ask_again(tx: Tx, deps: Deps, request: ApprovalRequest) -> tuple[UUID | None, str]:
    """The fresh request's id, or why there can't be one."""
    requester = await members.get_member(tx, request.requester_id)
    if requester is None or not requester.active:
        return None, "Whoever asked is no longer here."
    try:
        async with tx.savepoint():
            fresh = await open_request(tx, deps, form_of(request), requester, replaces=request)
    except ServiceError as error:
        return None, str(error)
    return fresh.id, ""


def form_of(request: ApprovalRequest) -> RequestForm:
    """The request as its requester asked for it: of a discount the number they gave, the other one
    is worked out again. An action's draft is taken as it stands now."""
    gave_amount = request.type == RequestType.REFUND or (
        request.type == RequestType.DISCOUNT
        and (request.basis.get("given") == "amount" or request.percentage is None)
    )
    gave_share = request.type == RequestType.DISCOUNT and not gave_amount
    return RequestForm(
        type=request.type,
        reason=request.reason,
        account_id=request.account_id,
        deal_id=request.deal_id,
        percentage=share(request.percentage) or "" if gave_share else "",
        amount=money(request.amount) or "" if gave_amount else "",
        currency=request.currency if gave_amount else "",
        urgency=Urgency(request.urgency),
        evidence=request.evidence,
        competitor=request.competitor,
        action_id=request.action_id,
    )
