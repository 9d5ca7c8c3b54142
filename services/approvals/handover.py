"""Handing a seat on: to a delegate, back to its holder, or to somebody else who may decide.

Every hand-over is recorded twice, in the seat's chain (for the card) and in the audit, with the
moment it was scheduled for where it was scheduled. The caller has locked the request.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from db import approval_requests as rows
from db.models.approvals import ApprovalRequest, ApprovalSeat
from db.session import Tx
from services.approval_routing import escalate, holds, manages
from services.approvals.deps import Deps
from services.approvals.people import list_absences, load_people
from services.cards import surface_again
from services.types.approvals import ADMIN, MANAGER, Absence, Approver, Seat, Urgency

CARD = "approval"
URGENT = frozenset({Urgency.HIGH, Urgency.CRITICAL})


def speaker(seat: ApprovalSeat) -> UUID | None:
    """Whose word is waited for."""
    return seat.delegate_id or seat.holder_id


@dataclass(slots=True)
class Roster:
    """Who can be asked at one moment. Loads follow what is handed over meanwhile, so that many
    seats in one transaction are spread as fairly as many transactions would."""

    people: dict[UUID, Approver]
    absences: Sequence[Absence]
    at: datetime

    def away(self, member_id: UUID | None) -> Absence | None:
        """The absence the member is in at this moment."""
        for absence in self.absences:
            if absence.member_id == member_id and absence.starts_at <= self.at < absence.ends_at:
                return absence
        return None

    def present(self, member_id: UUID | None) -> bool:
        """Whether somebody with this id can decide now."""
        person = self.people.get(member_id) if member_id else None
        return person is not None and person.active and self.away(member_id) is None

    def admins(self) -> list[UUID]:
        return [one.id for one in self.people.values() if one.active and holds(one, ADMIN)]

    def ask(
        self,
        step: str,
        *,
        of: UUID | None,
        title: str,
        requester_id: UUID,
        taken: Collection[UUID],
    ) -> Seat | None:
        """Somebody of exactly that step who may hold the seat; None when there is nobody."""
        found = escalate(
            step,
            holder_id=of,
            requester_id=requester_id,
            title=title,
            taken=taken,
            people=tuple(self.people.values()),
            absences=self.absences,
            now=self.at,
        )
        # Routing gives an admin, or the seat as it was, where the step has nobody: here the caller
        # goes on to the next step first.
        here = found.title == step and found.holder_id not in {None, of}
        return found if here else None

    def name(self, member_id: UUID | None) -> str:
        person = self.people.get(member_id) if member_id else None
        return person.name if person else "Somebody who is gone"

    def moves(self, from_id: UUID | None, to_id: UUID | None) -> None:
        """One seat more here, one less there."""
        for member_id, change in ((from_id, -1), (to_id, 1)):
            person = self.people.get(member_id) if member_id else None
            if person is not None:
                self.people[person.id] = replace(person, load=max(0, person.load + change))


async def load_roster(tx: Tx, at: datetime) -> Roster:
    people = await load_people(tx)
    return Roster({one.id: one for one in people}, await list_absences(tx, at), at)


@dataclass(slots=True, kw_only=True)
class Case:
    """A locked, pending request with its seats, and what was done to it so far."""

    request: ApprovalRequest
    seats: Sequence[ApprovalSeat]
    voted: frozenset[UUID]
    """Seats with a vote."""
    voters: frozenset[UUID]
    asked: list[UUID] = field(default_factory=list)
    """Who was newly asked; they get the card, and a mail."""
    changed: bool = False

    @property
    def open_seats(self) -> list[ApprovalSeat]:
        return [seat for seat in self.seats if seat.id not in self.voted]

    def taken(self, seat: ApprovalSeat) -> set[UUID]:
        """Who is on the request already, on another seat."""
        others = {
            member_id
            for other in self.seats
            if other.id != seat.id
            for member_id in (other.holder_id, other.delegate_id)
            if member_id is not None
        }
        return others | self.voters


async def lock_case(tx: Tx, request_id: UUID) -> Case | None:
    """The request and its seats, held until the transaction ends; None when it is settled."""
    request = await rows.lock_request(tx, request_id)
    if request is None or request.status != "pending":
        return None
    return await case_of(tx, request)


async def case_of(tx: Tx, request: ApprovalRequest) -> Case:
    """The same for a request that is locked already."""
    votes = await rows.list_votes(tx, request.id)
    return Case(
        request=request,
        seats=await rows.list_seats(tx, request.id),
        voted=frozenset(vote.seat_id for vote in votes),
        voters=frozenset(vote.member_id for vote in votes),
    )


async def hand_over(
    tx: Tx,
    deps: Deps,
    case: Case,
    seat: ApprovalSeat,
    *,
    roster: Roster,
    verb: str,
    why: str,
    holder_id: UUID | None,
    delegate_id: UUID | None = None,
    more: Mapping[str, str] | None = None,
) -> None:
    """Give the seat to this holder, with this delegate, and write down who had it before."""
    before = speaker(seat)
    seat.holder_id, seat.delegate_id = holder_id, delegate_id
    after = speaker(seat)
    known = dict(more or {})
    seat.chain = [
        *seat.chain,
        {
            "from": str(before) if before else None,
            "to": str(after) if after else None,
            "why": why,
            "at": roster.at.isoformat(),
            "by": None,
            **known,
        },
    ]
    await tx.session.flush()
    roster.moves(before, after)
    await deps.audit.append(
        tx,
        verb,
        subject_id=case.request.id,
        facts={
            "seat": seat.number,
            "title": seat.title,
            "from": str(before) if before else None,
            "to": str(after) if after else None,
            "holder": str(holder_id) if holder_id else None,
            "why": why,
            "scheduled": roster.at.isoformat(),
            **known,
        },
    )
    case.changed = True
    if after is not None:
        case.asked.append(after)


async def find_another(
    tx: Tx, deps: Deps, case: Case, seat: ApprovalSeat, *, roster: Roster, why: str
) -> bool:
    """Somebody else for a seat whose holder can't decide: of the same title, else along the
    escalation chain, at last an admin. Without anybody the seat stands empty when its holder has
    left, and stays where it is when they are only away. Says whether somebody was found."""
    request, left = case.request, {seat.holder_id, seat.delegate_id} - {None}
    taken = case.taken(seat) | {member_id for member_id in left if member_id}
    steps = dict.fromkeys((seat.title, *request.route.get("escalate", ()), ADMIN))
    for step in steps:
        # The first try is the rule's own: the requester's manager, not the manager's manager.
        own = step == seat.title and not seat.escalated
        found = roster.ask(
            step,
            of=request.requester_id if own and step == MANAGER else seat.holder_id,
            title=seat.title,
            requester_id=request.requester_id,
            taken=taken,
        )
        if found is None:
            continue
        if not own:
            seat.title, seat.escalated = found.title, True
        await hand_over(
            tx,
            deps,
            case,
            seat,
            roster=roster,
            verb="approval.escalated",
            why=f"{why}, so {roster.name(found.delegate_id or found.holder_id)} decides.",
            holder_id=found.holder_id,
            delegate_id=found.delegate_id,
        )
        return True
    if seat.holder_id is not None and not may_hold(case, seat, roster):
        await hand_over(
            tx,
            deps,
            case,
            seat,
            roster=roster,
            verb="approval.escalated",
            why=f"{why}, and nobody else may decide. An admin has to see to it.",
            holder_id=None,
        )
    return False


def may_hold(case: Case, seat: ApprovalSeat, roster: Roster) -> bool:
    """Whether the holder still has what the seat was given to them for."""
    person = roster.people.get(seat.holder_id) if seat.holder_id else None
    if person is None or not person.active:
        return False
    if seat.escalated and seat.title == MANAGER:
        return True  # the manager of whoever had it before, not of the requester
    above = manages(person.id, case.request.requester_id, tuple(roster.people.values()))
    return holds(person, seat.title, manages=above)


def fit_delegate(
    case: Case, seat: ApprovalSeat, delegate_id: UUID | None, roster: Roster
) -> UUID | None:
    """The delegate, if they may speak on this seat."""
    if delegate_id is None or delegate_id == case.request.requester_id:
        return None
    if delegate_id in case.taken(seat) or not roster.present(delegate_id):
        return None
    return delegate_id


async def show(tx: Tx, deps: Deps, cases: Iterable[Case], roster: Roster) -> None:
    """Tell everybody concerned; last in the transaction. Urgent ones appear anew to who is asked
    now, and an admin sees those that nobody can decide."""
    for case in cases:
        if not case.changed:
            continue
        request, asked = case.request, sorted(set(case.asked))
        vacant = any(seat.holder_id is None for seat in case.open_seats)
        people = [*asked, *(roster.admins() if vacant else ())]
        if asked:
            await deps.notify(tx, request, asked, "request")
        if asked and request.urgency == Urgency.CRITICAL:
            await deps.alarm(tx, request, asked)
        await surface_again(
            tx,
            CARD,
            request.id,
            asked if request.urgency in URGENT else (),
            others=people,
            clock=deps.clock,
            ids=deps.ids,
        )
