"""The way to decide, for tests of the ways that lead to it: one vote settles, as with a quorum of
one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from db import approval_requests, commands
from db.models.approvals import ApprovalVote
from db.session import Database
from services.audit import AuditService
from services.errors import Conflict, Forbidden
from services.ports import Clock, Ids
from services.types.approvals import Decided, RequestStatus, Seen, Surface, VoteChoice
from services.types.people import Actor


@dataclass
class SmallDecider:
    db: Database
    clock: Clock
    ids: Ids
    trouble: list[Exception]

    async def decide(
        self,
        actor: Actor,
        request_id: UUID,
        *,
        choice: VoteChoice,
        reason: str,
        conditions: tuple[str, ...],
        seen: Seen,
        surface: Surface,
        command_id: str,
        shown_at: datetime | None = None,
    ) -> Decided:
        if self.trouble:
            raise self.trouble.pop(0)
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await commands.claim_command(
                tx,
                result_id=self.ids.new(),
                command_id=command_id,
                verb="approval.decide",
                now=self.clock.now(),
            )
            if done is not None:
                return _told(request_id, done)
            request = await approval_requests.lock_request(tx, request_id)
            if request.status != "pending":
                raise Conflict(f"This was {request.status} already.")
            seats = await approval_requests.list_seats(tx, request_id)
            seat = next((s for s in seats if s.holder_id == actor.member_id), None)
            if seat is None or seen.payload_hash != request.payload_hash:
                raise Forbidden("Victor Example may decide this.")
            tx.session.add(
                ApprovalVote(
                    tenant_id=actor.tenant_id,
                    id=self.ids.new(),
                    created_at=self.clock.now(),
                    request_id=request_id,
                    seat_id=seat.id,
                    member_id=actor.member_id,
                    choice=choice.value,
                    reason=reason,
                    conditions=list(conditions),
                    surface=surface.value,
                    payload_hash=seen.payload_hash,
                    rule_version=seen.rule_version,
                )
            )
            await tx.session.flush()
            status = "approved" if choice is VoteChoice.APPROVE else "rejected"
            await approval_requests.settle_request(
                tx,
                request_id,
                status=status,
                at=self.clock.now(),
                by=actor.member_id,
                surface=surface.value,
                reason=reason,
                conditions=conditions,
            )
            result: dict[str, Any] = {"status": status, "sentence": f"You {status} this."}
            await commands.set_command_result(tx, command_id, result)
            assert shown_at is not None
            found = await tx.session.execute(select(ApprovalVote))
            assert found.scalars().all()
            return _told(request_id, result)


def _told(request_id: UUID, result: dict[str, Any]) -> Decided:
    return Decided(
        request_id=request_id,
        status=RequestStatus(result["status"]),
        sentence=result["sentence"],
        counted=True,
    )


def make_decider(db: Database, clock: Clock, ids: Ids, _audit: AuditService) -> SmallDecider:
    return SmallDecider(db, clock, ids, [])
