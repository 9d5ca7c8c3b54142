"""What goes between the two sides of a pending request: handing a seat on, asking back, answering.
The clock keeps running meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db import approval_requests as rows
from db import commands, members
from db.models.approvals import ApprovalQuestion, ApprovalRequest, ApprovalSeat, ApprovalVote
from db.models.tenants import Member
from db.session import Database, Tx
from services.approvals.acting import GONE, acting_member, done_before, lock_open
from services.approvals.deps import Deps
from services.approvals.opening import KIND, chain_link
from services.approvals.people import list_absences
from services.cards import surface_again, touch
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.mail.characters import clean_text, one_line
from services.types.approvals import ADMIN
from services.types.people import Actor, Role

MAX_NOTE = 500
MAX_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Talk:
    db: Database
    deps: Deps

    async def delegate(
        self, actor: Actor, request_id: UUID, *, to_id: UUID, note: str, command_id: str
    ) -> str:
        """Let somebody else speak on the actor's own seat; both may from then on, one of them
        counts. Only a holder hands on, so it goes one level deep. An admin finds somebody for a
        seat that nobody holds. Says who has it now."""
        note = _words(note, MAX_NOTE, "note")
        async with self.db.transaction(actor.tenant_id) as tx:
            done = await done_before(tx, self.deps, "approval.delegate", command_id)
            if done is not None:
                return str(done.get("sentence", ""))
            member = await acting_member(tx, actor)
            request = await lock_open(tx, request_id, actor, self.deps.clock)
            seats = await rows.list_seats(tx, request_id)
            votes = await rows.list_votes(tx, request_id)
            seat = await self._own_seat(tx, request, seats, votes, member)
            to = await self._fit(tx, request, seats, votes, to_id)
            now = self.deps.clock.now()
            if seat.holder_id is None:
                # The admin takes the empty seat and hands it on: their right carries the vote.
                seat.title, seat.holder_id, seat.escalated = ADMIN, member.id, True
            why = f"{member.name} handed this to {to.name}{f': {note}' if note else ''}."
            seat.delegate_id = to.id
            seat.chain = [*seat.chain, chain_link(member.id, to.id, why, now, by=member.id)]
            await tx.session.flush()
            await self.deps.audit.append(
                tx,
                "approval.delegated",
                actor=actor,
                subject_id=request_id,
                facts={"seat": seat.number, "to": str(to.id), "note": note},
            )
            sentence = f"{to.name} has it now. You may still decide it yourself."
            await commands.set_command_result(tx, command_id, {"sentence": sentence})
            await self.deps.notify(tx, request, [to.id], "request")
            await touch(
                tx,
                KIND,
                request_id,
                [member.id, to.id],
                clock=self.deps.clock,
                ids=self.deps.ids,
            )
            return sentence

    async def ask(self, actor: Actor, request_id: UUID, *, question: str, command_id: str) -> None:
        """A question to the requester, from somebody who was asked to decide, or an admin."""
        question = _words(question, MAX_TEXT, "question", required="Write your question.")
        async with self.db.transaction(actor.tenant_id) as tx:
            if await done_before(tx, self.deps, "approval.ask", command_id) is not None:
                return
            member = await acting_member(tx, actor)
            request = await lock_open(tx, request_id, actor, self.deps.clock)
            seats = await rows.list_seats(tx, request_id)
            asked = {one for seat in seats for one in (seat.holder_id, seat.delegate_id) if one}
            if member.id == request.requester_id:
                raise Forbidden("This is your own request; whoever decides can ask you.")
            if member.id not in asked and member.role != Role.ADMIN:
                raise Forbidden("Only those who were asked to decide can ask back.")
            await rows.add_question(
                tx,
                ApprovalQuestion(
                    tenant_id=tx.tenant_id,
                    id=self.deps.ids.new(),
                    created_at=self.deps.clock.now(),
                    request_id=request_id,
                    asked_by=member.id,
                    question=question,
                ),
            )
            await self.deps.audit.append(
                tx,
                "approval.question",
                actor=actor,
                subject_id=request_id,
                facts={"question": question},
            )
            await self._show_anew(tx, request_id, [request.requester_id])

    async def answer(
        self, actor: Actor, question_id: UUID, *, answer: str, command_id: str
    ) -> None:
        """The requester's answer, or an admin's; it lands on every card of the request."""
        answer = _words(answer, MAX_TEXT, "answer", required="Write your answer.")
        async with self.db.transaction(actor.tenant_id) as tx:
            if await done_before(tx, self.deps, "approval.answer", command_id) is not None:
                return
            member = await acting_member(tx, actor)
            found = await rows.get_question(tx, question_id)
            if found is None:
                raise NotFound(GONE)
            request = await lock_open(tx, found.request_id, actor, self.deps.clock)
            question = await rows.get_question(tx, question_id)
            if question is None:
                raise NotFound(GONE)
            if member.id != request.requester_id and member.role != Role.ADMIN:
                asked = await members.get_member(tx, request.requester_id)
                raise Forbidden(f"{asked.name if asked else 'Whoever asked'} answers this.")
            if question.answer is not None:
                raise Conflict("This question already has an answer.")
            question.answer, question.answered_by = answer, member.id
            question.answered_at = self.deps.clock.now()
            await tx.session.flush()
            await self.deps.audit.append(
                tx,
                "approval.answered",
                actor=actor,
                subject_id=request.id,
                facts={"question": str(question_id), "answer": answer},
            )
            await self._show_anew(tx, request.id, [question.asked_by] if question.asked_by else [])

    async def _show_anew(self, tx: Tx, request_id: UUID, member_ids: Sequence[UUID]) -> None:
        """All cards, and these members' afresh: an update in place notifies nobody."""
        await surface_again(
            tx, KIND, request_id, member_ids, clock=self.deps.clock, ids=self.deps.ids
        )

    async def _own_seat(
        self,
        tx: Tx,
        request: ApprovalRequest,
        seats: Sequence[ApprovalSeat],
        votes: Sequence[ApprovalVote],
        member: Member,
    ) -> ApprovalSeat:
        """The undecided seat that is the member's to hand on."""
        spoken = {vote.seat_id for vote in votes}
        free = [seat for seat in seats if seat.id not in spoken]
        if member.id == request.requester_id:
            raise Forbidden("This is your own request.")
        for seat in free:
            if seat.holder_id == member.id:
                return seat
        if member.role == Role.ADMIN:
            for seat in free:
                if seat.holder_id is None:
                    return seat
        for seat in free:
            if seat.delegate_id == member.id and seat.holder_id is not None:
                holder = await members.get_member(tx, seat.holder_id)
                name = holder.name if holder else "somebody else"
                raise Forbidden(f"You decide for {name}. Only {name} can hand this on.")
        raise Forbidden("Only whoever was asked to decide can hand this on.")

    async def _fit(
        self,
        tx: Tx,
        request: ApprovalRequest,
        seats: Sequence[ApprovalSeat],
        votes: Sequence[ApprovalVote],
        to_id: UUID,
    ) -> Member:
        """The member who is to speak, if they may. InvalidInput names the field `to`."""
        to = await members.get_member(tx, to_id)
        if to is None or not to.active:
            raise InvalidInput("This person isn't here any more.", field="to")
        if to.id == request.requester_id:
            raise InvalidInput(f"{to.name} asked for this and can't decide it.", field="to")
        on_it = {one for other in seats for one in (other.holder_id, other.delegate_id) if one}
        if to.id in on_it | {vote.member_id for vote in votes}:
            raise InvalidInput(f"{to.name} already has this request.", field="to")
        now = self.deps.clock.now()
        for absence in await list_absences(tx, now):
            if absence.member_id == to.id and absence.starts_at <= now:
                raise InvalidInput(f"{to.name} is out of office. Choose somebody else.", field="to")
        return to


def _words(text: str, most: int, field: str, *, required: str | None = None) -> str:
    found = clean_text(text).strip() if field != "note" else one_line(text)
    if required is not None and not found:
        raise InvalidInput(required, field=field)
    if len(found) > most:
        raise InvalidInput(f"Keep it under {most:,} characters.", field=field)
    return found
