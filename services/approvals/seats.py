"""Who may speak on which seat right now, and which votes still stand. Pure.

A seat's voice is its holder's, or the delegate's who speaks for them; both only while the holder
has what made them an approver. Nobody speaks on a request of their own, and nobody twice.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from db.approval_votes import Ballot, BallotPerson, BallotSeat, BallotVote
from services.approval_routing import holds
from services.types.approvals import MANAGER, TITLE_WORDS, Approver
from services.types.people import Role

People = Mapping[UUID, BallotPerson]


def qualifies(seat: BallotSeat, people: People, requester_id: UUID) -> bool:
    """Whether the seat's holder is still whom the rule, or an escalation, chose."""
    holder = people.get(seat.holder_id) if seat.holder_id else None
    if holder is None or not holder.active or holder.id == requester_id:
        return False
    if seat.escalated and seat.title == MANAGER:
        return True  # the manager of whoever had it before, not of the requester
    return holds(as_approver(holder), seat.title, manages=holder.above)


def speaks(member_id: UUID, seat: BallotSeat, people: People, requester_id: UUID) -> bool:
    """Whether this member's word counts on this seat."""
    member = people.get(member_id)
    if member is None or not member.active or member_id == requester_id:
        return False
    if member_id not in (seat.holder_id, seat.delegate_id):
        return False
    return qualifies(seat, people, requester_id)


def standing(ballot: Ballot) -> tuple[list[BallotVote], list[BallotVote]]:
    """The votes that still stand, and those that no longer do."""
    seats = {seat.id: seat for seat in ballot.seats}
    good: list[BallotVote] = []
    lapsed: list[BallotVote] = []
    for vote in ballot.votes:
        seat = seats.get(vote.seat_id)
        stands = seat is not None and speaks(
            vote.member_id, seat, ballot.people, ballot.requester_id
        )
        (good if stands else lapsed).append(vote)
    return good, lapsed


def seat_for(member_id: UUID, ballot: Ballot, votes: Sequence[BallotVote]) -> BallotSeat | None:
    """The seat this member's vote goes to: their own before one they speak on for somebody, so
    that the other one may still be filled."""
    if any(vote.member_id == member_id for vote in votes):
        return None
    spoken = {vote.seat_id for vote in votes}
    free = [
        seat
        for seat in ballot.seats
        if seat.id not in spoken and speaks(member_id, seat, ballot.people, ballot.requester_id)
    ]
    return min(free, key=lambda seat: (seat.holder_id != member_id, seat.number), default=None)


def deciders(ballot: Ballot, *, spoken: Collection[UUID], voters: Collection[UUID]) -> list[str]:
    """Who may decide now: `Dana Reyes (VP of sales)`. `spoken` are the seats with a vote. The
    delegate before the absent holder."""
    found = []
    for seat in ballot.seats:
        if seat.id in spoken:
            continue
        for member_id in (seat.delegate_id, seat.holder_id):
            if (
                member_id is not None
                and member_id not in voters
                and speaks(member_id, seat, ballot.people, ballot.requester_id)
            ):
                held = title_of(seat.title, escalated=seat.escalated)
                found.append(f"{ballot.people[member_id].name} ({held})")
                break
    return list(dict.fromkeys(found))


def title_of(title: str, *, escalated: bool = False) -> str:
    """`VP of sales`: the words without their article. A seat that went up is held by the manager of
    whoever had it, not of the requester."""
    if escalated and title == MANAGER:
        return "manager above"
    words = TITLE_WORDS.get(title, title.replace("_", " "))
    head, _, rest = words.partition(" ")
    return rest if head in {"a", "an", "the"} else words


def as_approver(person: BallotPerson) -> Approver:
    return Approver(
        id=person.id,
        name=person.name,
        role=Role(person.role),
        titles=person.titles,
        active=person.active,
    )
