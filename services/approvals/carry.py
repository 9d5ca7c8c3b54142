"""Carrying out what was approved: once per request, in one transaction, and never silently lost.

The job `approval.carry` writes what was granted (and the deal's new amount), or lets an approved
draft leave. What can't be carried out any more is shown as failed with a sentence; an admin may try
again. A job that died is found by the sweep.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import structlog

from db import approval_requests as rows
from db import commands, concessions, jobs, members
from db.models.approvals import ApprovalRequest
from db.session import Database, Tx, is_disconnect
from services.approvals.deps import Deps
from services.approvals.standing import deal_moved
from services.cards import surface_again, touch
from services.deal_changes import DealState, record_changes
from services.errors import Conflict, Forbidden, NotFound, ServiceError, TransientError
from services.types.approvals import CarryStatus, RequestStatus, RequestType
from services.types.people import Actor, Role

log = structlog.get_logger()

JOB = "approval.carry"
RECHECK = "approvals.recheck"
CARD = "approval"
TRIES = 5
# A job that was enqueued this recently may not be visible to the one who looks for it.
GRACE = timedelta(seconds=30)

BROKEN = "Something failed on our side, several times. Nothing was changed; an admin can try again."
NO_DEAL = "The deal isn't there any more."
NEW_TERMS = "Nothing was changed; ask again on the new terms."
UNKNOWN = "I don't know how to carry this out."
ADMINS_ONLY = "Only an admin may try this again."

SendApproved = Callable[[Tx, ApprovalRequest], Awaitable[str | None]]
"""Let an approved draft leave: None when it is on its way, else the sentence why it can't be."""


async def send_nothing(_tx: Tx, _request: ApprovalRequest) -> str | None:
    """Where no drafts are gated."""
    return UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryService:
    """Implements CarryVerbs; `run` serves the job and `recover` is a check of the sweep."""

    db: Database
    deps: Deps
    send_approved: SendApproved = send_nothing

    async def run(self, tenant_id: UUID, request_id: UUID) -> None:
        """Carry the approval out, if that is still to be done. Safe to repeat at any time."""
        try:
            async with self.db.transaction(tenant_id) as tx:
                await self._carry(tx, request_id)
        except TransientError:
            raise
        except ServiceError as refusal:
            async with self.db.transaction(tenant_id) as tx:
                await self._fail_queued(tx, request_id, str(refusal))
        except Exception as error:
            if is_disconnect(error) or not await self._was_last(tenant_id, request_id):
                raise
            log.exception("an approval was not carried out", request_id=str(request_id))

    async def retry(self, actor: Actor, request_id: UUID, *, command_id: str) -> None:
        """Try a failed effect once more; admins only."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await commands.claim_command(
                tx,
                result_id=self.deps.ids.new(),
                command_id=command_id,
                verb="approval.retry",
                now=self.deps.clock.now(),
            )
            if done is not None:
                return
            member = await members.get_member(tx, actor.member_id)
            if member is None or not member.active or member.role != Role.ADMIN:
                raise Forbidden(ADMINS_ONLY)
            request = await rows.lock_request(tx, request_id)
            if request is None:
                raise NotFound("This is no longer there.")
            if request.carry_status != CarryStatus.FAILED:
                raise Conflict(_not_failed(request))
            facts = {"note": request.carry_note}
            request.carry_status, request.carry_note = CarryStatus.QUEUED.value, None
            request.carry_attempts = 0
            await tx.session.flush()
            await jobs.enqueue(tx, JOB, {"request_id": request.id})
            await self.deps.audit.append(
                tx, "approval.retry", actor=actor, subject_id=request.id, facts=facts
            )
            await self._show(tx, request)

    async def recover(self, tenant_id: UUID) -> None:
        """Approvals on their way without a live job: queued again, or shown as failed when their
        job is held after its last failure."""
        before = self.deps.clock.now() - GRACE
        async with self.db.transaction(tenant_id) as tx:
            waiting = await concessions.list_uncarried(tx, before)
            if not waiting:
                return
            alive = {str(job.get("request_id")) for job in await jobs.live_payloads(tx, JOB)}
            held = {str(job.get("request_id")) for job in await jobs.held_payloads(tx, JOB)}
            for request_id in (one for one in waiting if str(one) not in alive):
                if str(request_id) in held:
                    await self._fail_queued(tx, request_id, BROKEN)
                else:
                    log.warning("work without a job", kind=JOB, id=str(request_id))
                    await jobs.enqueue(tx, JOB, {"request_id": request_id})

    # ── carrying out ────────────────────────────────────────────────────────────────────────────
    async def _carry(self, tx: Tx, request_id: UUID) -> None:
        request = await _lock_queued(tx, request_id)
        if request is None:
            return
        request.carry_attempts += 1
        why = await self._effect(tx, request)
        if why is not None:
            await self._fail(tx, request, why)
            return
        request.carry_status, request.carry_note = CarryStatus.DONE.value, None
        request.carried_at = self.deps.clock.now()
        await tx.session.flush()
        await self.deps.audit.append(
            tx,
            "approval.carried",
            subject_id=request.id,
            facts={
                "hash": request.payload_hash,
                "effect": request.payload,
                "conditions": request.conditions,
            },
        )
        await self._show(tx, request)

    async def _effect(self, tx: Tx, request: ApprovalRequest) -> str | None:
        """What was approved takes effect; the sentence why it can't."""
        if request.type in set(RequestType):
            return await self._concede(tx, request)
        if request.action_id is not None:
            return await self.send_approved(tx, request)
        return UNKNOWN

    async def _concede(self, tx: Tx, request: ApprovalRequest) -> str | None:
        after = request.payload.get("deal_amount_after")
        changes_deal = request.type == RequestType.DISCOUNT and after is not None
        deal = await concessions.lock_deal(tx, request.deal_id) if request.deal_id else None
        if changes_deal:
            if deal is None:
                return NO_DEAL
            if (change := deal_moved(request.basis, deal)) is not None:
                return f"{change.why} {NEW_TERMS}"
        written = await concessions.add_concession(
            tx,
            id=self.deps.ids.new(),
            created_at=self.deps.clock.now(),
            request_id=request.id,
            account_id=request.account_id,
            deal_id=request.deal_id,
            type=request.type,
            percentage=request.percentage,
            amount=request.amount,
            currency=request.currency,
            conditions=list(request.conditions),
        )
        if written and changes_deal and deal is not None:
            stood = DealState.of(deal)
            deal.amount = Decimal(str(after))
            deal.version += 1
            now = self.deps.clock.now()
            await record_changes(tx, deal, stood, ids=self.deps.ids, now=now)
            await jobs.enqueue(tx, RECHECK, {"deal_id": deal.id})
        return None

    # ── failing ─────────────────────────────────────────────────────────────────────────────────
    async def _was_last(self, tenant_id: UUID, request_id: UUID) -> bool:
        """Count the failure; after the last one it is shown."""
        async with self.db.transaction(tenant_id) as tx:
            request = await _lock_queued(tx, request_id)
            if request is None:
                return True
            request.carry_attempts += 1
            await tx.session.flush()
            if request.carry_attempts < TRIES:
                return False
            await self._fail(tx, request, BROKEN)
            return True

    async def _fail_queued(self, tx: Tx, request_id: UUID, why: str) -> None:
        request = await _lock_queued(tx, request_id)
        if request is not None:
            await self._fail(tx, request, why)

    async def _fail(self, tx: Tx, request: ApprovalRequest, why: str) -> None:
        request.carry_status, request.carry_note = CarryStatus.FAILED.value, why
        await tx.session.flush()
        await self.deps.audit.append(
            tx,
            "approval.carry_failed",
            subject_id=request.id,
            facts={"why": why, "attempts": request.carry_attempts, "hash": request.payload_hash},
        )
        admins = [
            one.id
            for one in await members.list_members(tx)
            if one.active and one.role == Role.ADMIN
        ]
        # What was promised doesn't happen: whoever asked has to notice.
        told = [request.requester_id]
        await surface_again(
            tx, CARD, request.id, told, others=admins, clock=self.deps.clock, ids=self.deps.ids
        )

    async def _show(self, tx: Tx, request: ApprovalRequest) -> None:
        people = [request.requester_id]
        await touch(tx, CARD, request.id, people, clock=self.deps.clock, ids=self.deps.ids)


async def _lock_queued(tx: Tx, request_id: UUID) -> ApprovalRequest | None:
    """The request, if it is approved and still to be carried out."""
    request = await rows.lock_request(tx, request_id)
    if request is None or request.status != RequestStatus.APPROVED:
        return None
    return request if request.carry_status == CarryStatus.QUEUED else None


def _not_failed(request: ApprovalRequest) -> str:
    if request.carry_status == CarryStatus.DONE:
        return "This has been carried out by now."
    if request.carry_status == CarryStatus.QUEUED:
        return "This is being tried again already."
    return "There is nothing to carry out here."
