"""Asking for an approval, and taking it back. Each verb is one transaction; a repeated command gets
the first answer and does nothing."""

from dataclasses import dataclass
from uuid import UUID

from db import approval_requests as rows
from db import commands, members
from db.models.approvals import ApprovalRequest
from db.session import Database
from services.approvals.acting import OTHER_COMMAND, acting_member, done_before, lock_open
from services.approvals.deps import Deps
from services.approvals.opening import KIND, open_request
from services.approvals.sentences import at_words
from services.approvals.talk import Talk
from services.approvals.timing import arm
from services.approvals.voiding import void
from services.cards import surface_again
from services.errors import Conflict, Forbidden
from services.types.approvals import RequestForm, RequestStatus, Submitted, Surface
from services.types.people import Actor, Role

__all__ = ["RequestService", "open_request", "void"]


@dataclass(frozen=True, slots=True)
class RequestService:
    db: Database
    deps: Deps

    async def submit(self, actor: Actor, form: RequestForm, *, command_id: str) -> Submitted:
        """Hand the request in. InvalidInput names the field; Conflict when the same is already
        being asked."""
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await done_before(tx, self.deps, "approval.submit", command_id)
            if done is not None:
                return _stored(done)
            requester = await acting_member(tx, actor)
            request = await open_request(tx, self.deps, form, requester, actor=actor)
            answer = Submitted(
                request_id=request.id,
                status=RequestStatus(request.status),
                sentence=self._sentence(request, actor),
            )
            await commands.set_command_result(
                tx,
                command_id,
                {
                    "request_id": str(answer.request_id),
                    "status": answer.status.value,
                    "sentence": answer.sentence,
                },
            )
            return answer

    async def withdraw(self, actor: Actor, request_id: UUID, *, command_id: str) -> None:
        """Take a pending request back; its requester may, and admins."""
        async with self.db.transaction(actor.tenant_id) as tx:
            if await done_before(tx, self.deps, "approval.withdraw", command_id) is not None:
                return
            member = await acting_member(tx, actor)
            request = await lock_open(tx, request_id, actor, self.deps.clock)
            if member.id != request.requester_id and member.role != Role.ADMIN:
                asked = await members.get_member(tx, request.requester_id)
                who = asked.name if asked else "Whoever asked"
                raise Forbidden(f"{who} or an admin may take this back.")
            await rows.settle_request(
                tx,
                request_id,
                status=RequestStatus.WITHDRAWN.value,
                at=self.deps.clock.now(),
                by=member.id,
                surface=Surface.SLACK.value,
                reason=None,
            )
            await arm(tx, request)
            await self.deps.audit.append(
                tx,
                "approval.withdrawn",
                actor=actor,
                subject_id=request_id,
                facts={"hash": request.payload_hash},
            )
            afresh = [] if member.id == request.requester_id else [request.requester_id]
            if afresh:
                await self.deps.notify(tx, request, afresh, "outcome")
            await surface_again(
                tx, KIND, request_id, afresh, clock=self.deps.clock, ids=self.deps.ids
            )

    async def delegate(
        self, actor: Actor, request_id: UUID, *, to_id: UUID, note: str, command_id: str
    ) -> str:
        return await Talk(self.db, self.deps).delegate(
            actor, request_id, to_id=to_id, note=note, command_id=command_id
        )

    async def ask(self, actor: Actor, request_id: UUID, *, question: str, command_id: str) -> None:
        await Talk(self.db, self.deps).ask(
            actor, request_id, question=question, command_id=command_id
        )

    async def answer(
        self, actor: Actor, question_id: UUID, *, answer: str, command_id: str
    ) -> None:
        await Talk(self.db, self.deps).answer(
            actor, question_id, answer=answer, command_id=command_id
        )

    # ── shared ──────────────────────────────────────────────────────────────────────────────────
    def _sentence(self, request: ApprovalRequest, actor: Actor) -> str:
        if request.status != RequestStatus.PENDING:
            return request.route_sentence
        due = at_words(request.due_at, self.deps.clock.now(), actor.timezone)
        return f"{request.route_sentence} Due by {due}."


def _stored(done: dict[str, object]) -> Submitted:
    if "sentence" not in done:
        raise Conflict(OTHER_COMMAND)
    return Submitted(
        request_id=UUID(str(done["request_id"])),
        status=RequestStatus(str(done["status"])),
        sentence=str(done["sentence"]),
    )
