"""One approval request as one reader sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db import actions, customers, drafts, members
from db import approval_views as rows
from db.approval_votes import BallotPerson, BallotSeat
from db.models.approvals import (
    ApprovalQuestion,
    ApprovalRequest,
    ApprovalSeat,
    ApprovalVote,
    Concession,
)
from db.models.tenants import Member
from db.session import ReadTx
from services.approvals.mails import mail_notes
from services.approvals.seats import speaks, title_of
from services.approvals.urgent import text_notes
from services.approvals.wording import effect_lines, granted, title
from services.card_views import deal_view, draft_view
from services.ports import Clock
from services.reader import reader_of
from services.types.approval_views import (
    ApprovalCardView,
    CustomerFacts,
    Part,
    QuestionView,
    SeatView,
)
from services.types.approvals import (
    CarryStatus,
    RequestStatus,
    Risk,
    Seen,
    Surface,
    Urgency,
)
from services.types.people import OVERSEERS, Role
from services.types.views import DraftView, Reader
from services.undo_views import undo_view

EARLIER = 3
SOMEBODY = "Somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRows:
    """A request and who was asked, what they said and asked back."""

    request: ApprovalRequest
    seats: Sequence[ApprovalSeat]
    votes: Sequence[ApprovalVote]
    questions: Sequence[ApprovalQuestion]
    people: dict[UUID, BallotPerson]

    @classmethod
    async def load(cls, tx: ReadTx, request: ApprovalRequest) -> "CardRows":
        seats = await rows.seats_of(tx, [request.id])
        votes = await rows.votes_of(tx, [request.id])
        questions = await rows.questions_of(tx, request.id)
        people: set[UUID | None] = {request.requester_id, request.settled_by}
        people |= {person for seat in seats for person in (seat.holder_id, seat.delegate_id)}
        people |= {person for seat in seats for person in _past(seat)}
        people |= {person for vote in votes for person in (vote.member_id, vote.for_id)}
        people |= {person for q in questions for person in (q.asked_by, q.answered_by)}
        found = await rows.people_of(tx, [person for person in people if person])
        above = await rows.managers_above(tx, request.requester_id)
        return cls(
            request=request,
            seats=seats,
            votes=votes,
            questions=questions,
            people={
                person.id: BallotPerson(
                    id=person.id,
                    name=person.name,
                    role=person.role,
                    titles=frozenset(person.titles),
                    active=person.active,
                    above=person.id in above,
                )
                for person in found.values()
            },
        )

    def name(self, member_id: UUID | None) -> str | None:
        person = self.people.get(member_id) if member_id else None
        return person.name if person else None

    def speaks(self, member_id: UUID | None, seat: ApprovalSeat) -> bool:
        """By the rule that decisions follow: the card offers nobody what would be refused."""
        if member_id is None:
            return False
        ballot = BallotSeat(
            id=seat.id,
            number=seat.number,
            title=seat.title,
            holder_id=seat.holder_id,
            delegate_id=seat.delegate_id,
            escalated=seat.escalated,
        )
        return speaks(member_id, ballot, self.people, self.request.requester_id)

    @property
    def open_seats(self) -> list[ApprovalSeat]:
        """Seats nobody has spoken on."""
        spoken = {vote.seat_id for vote in self.votes}
        return [seat for seat in self.seats if seat.id not in spoken]

    def concerns(self, member: Member) -> bool:
        """Whether the member may see it: they lead, asked, or had it before them."""
        involved = {self.request.requester_id}
        involved |= {p for seat in self.seats for p in (seat.holder_id, seat.delegate_id) if p}
        involved |= {p for seat in self.seats for p in _past(seat)}
        involved |= {vote.member_id for vote in self.votes}
        return member.id in involved or member.role in OVERSEERS

    def part(self, member_id: UUID) -> Part:
        if member_id == self.request.requester_id:
            return "requester"
        asked = any(member_id in (seat.holder_id, seat.delegate_id) for seat in self.seats)
        spoke = any(vote.member_id == member_id for vote in self.votes)
        return "approver" if asked or spoke else "informed"

    def seat_for(self, member_id: UUID) -> ApprovalSeat | None:
        """The seat they could speak on now: their own before one they hold for somebody."""
        spoke = any(vote.member_id == member_id for vote in self.votes)
        if self.request.status != "pending" or spoke:
            return None
        free = [seat for seat in self.open_seats if self.speaks(member_id, seat)]
        return min(free, key=lambda seat: (seat.holder_id != member_id, seat.number), default=None)

    def may_delegate(self, reader: Reader) -> bool:
        """One level deep: who holds a seat may hand it over, who speaks for somebody may not. An
        admin finds somebody for a seat that nobody holds."""
        if self.request.status != "pending" or self.request.requester_id == reader.member_id:
            return False
        seat = self.seat_for(reader.member_id)
        if seat is not None and seat.holder_id == reader.member_id:
            return True
        return reader.role == Role.ADMIN and any(
            seat.holder_id is None and seat.delegate_id is None for seat in self.open_seats
        )

    @property
    def deciders(self) -> tuple[str, ...]:
        if self.request.status != "pending":
            return ()
        spoke = {vote.member_id for vote in self.votes}
        names: list[str] = []
        for seat in self.open_seats:
            for person in (seat.delegate_id, seat.holder_id):
                if person not in spoke and self.speaks(person, seat):
                    names.append(self.name(person) or SOMEBODY)
                    break
        return tuple(dict.fromkeys(names))


async def request_card(
    tx: ReadTx, request_id: UUID, member_id: UUID, clock: Clock
) -> ApprovalCardView | None:
    """One request for one reader. None when it is gone, or not theirs to see."""
    request = await rows.get_request(tx, request_id)
    member = await members.get_member(tx, member_id)
    if request is None or member is None:
        return None
    found = await CardRows.load(tx, request)
    if not found.concerns(member):
        return None
    return await card_view(tx, found, reader_of(member, clock))


async def card_view(tx: ReadTx, found: CardRows, reader: Reader) -> ApprovalCardView:
    request = found.request
    account = await customers.get_account(tx, request.account_id)
    deal = await customers.get_deal(tx, request.deal_id)
    draft = await _draft(tx, found)
    seat = found.seat_for(reader.member_id)
    own = next((vote for vote in found.votes if vote.member_id == reader.member_id), None)
    name = account.name if account else None
    return ApprovalCardView(
        reader=reader,
        request_id=request.id,
        seen=Seen(payload_hash=request.payload_hash, rule_version=request.rule_version),
        part=found.part(reader.member_id),
        may_decide=seat is not None,
        may_delegate=found.may_delegate(reader),
        deciding_for=found.name(seat.holder_id)
        if seat and seat.holder_id != reader.member_id
        else None,
        deciders=found.deciders,
        status=RequestStatus(request.status),
        type=request.type,
        title=title(
            request.type,
            account=name,
            percentage=request.percentage,
            amount=request.amount,
            currency=request.currency,
            subject=draft.subject if draft else "",
        ),
        urgency=Urgency(request.urgency),
        risk=Risk(request.risk),
        requester=found.name(request.requester_id) or SOMEBODY,
        reason=request.reason,
        evidence=request.evidence,
        policy=request.route_sentence,
        effect=effect_lines(
            request.type, request.payload, account=name, deal=deal.name if deal else None
        ),
        draft=draft,
        undo=await undo_view(
            tx,
            await actions.get_action(tx, request.action_id) if request.action_id else None,
            reader,
        ),
        customer=await _customer(tx, request),
        deal=deal_view(deal) if deal else None,
        needed=request.needed,
        seats=tuple(_seat_view(seat, found) for seat in found.seats),
        history=(
            *(line for seat in found.seats for line in _history(seat, found)),
            *await text_notes(tx, request.id),
            *await mail_notes(tx, request.id),
        ),
        questions=tuple(_question(question, found) for question in found.questions),
        created_at=request.created_at,
        due_at=request.due_at,
        expires_at=request.expires_at,
        overdue=request.status == "pending" and request.due_at <= reader.now,
        settled_by=found.name(request.settled_by),
        settled_at=request.settled_at,
        settled_surface=Surface(request.settled_surface) if request.settled_surface else None,
        settled_reason=request.settled_reason,
        conditions=tuple(request.conditions),
        auto_template=request.auto_template,
        replaced_by=await rows.replacement_of(tx, request.id)
        if request.status == "voided"
        else None,
        replaces=request.replaces_id,
        carry_status=CarryStatus(request.carry_status),
        carry_note=request.carry_note,
        may_retry=request.carry_status == "failed" and reader.role == Role.ADMIN,
        own_seconds=float(own.seconds) if own and own.seconds is not None else None,
        hasty=bool(own and own.hasty),
        reminded=request.reminded > 0,
    )


async def _draft(tx: ReadTx, found: CardRows) -> DraftView | None:
    """The very revision the request is about, even where a newer one exists."""
    request = found.request
    action = await actions.get_action(tx, request.action_id) if request.action_id else None
    draft = await drafts.get_draft(tx, action.draft_id) if action and action.draft_id else None
    if draft is None:
        return None
    revision = await drafts.get_revision(
        tx, draft.id, int(request.payload.get("revision") or draft.revision)
    )
    if revision is None:
        return None
    names = await rows.names_of(tx, [revision.author_id]) if revision.author_id else {}
    return draft_view(draft, revision, next(iter(names.values()), None))


async def _customer(tx: ReadTx, request: ApprovalRequest) -> CustomerFacts | None:
    account = await customers.get_account(tx, request.account_id)
    if account is None:
        return None
    values = await rows.account_values(tx, account.id)
    # What they are worth is known, if only in another currency than the one that is asked for.
    currency = request.currency if request.currency in values else next(iter(values), "USD")
    earlier = await rows.list_concessions(tx, account.id, but=request.id, limit=EARLIER)
    return CustomerFacts(
        name=account.name,
        value=values.get(currency),
        currency=currency,
        health=account.health,
        lifecycle=account.lifecycle,
        renewal_date=account.renewal_date.isoformat() if account.renewal_date else None,
        competitor=request.competitor,
        granted_before=tuple(_granted(concession) for concession in earlier),
        account_id=account.id,
    )


def _granted(concession: Concession) -> str:
    what = title(
        concession.type,
        account=None,
        percentage=concession.percentage,
        amount=concession.amount,
        currency=concession.currency,
    )
    return granted(what, concession.created_at.date(), concession.conditions)


def _seat_view(seat: ApprovalSeat, found: CardRows) -> SeatView:
    vote = next((vote for vote in found.votes if vote.seat_id == seat.id), None)
    return SeatView(
        title=title_of(seat.title, escalated=seat.escalated),
        holder=found.name(seat.holder_id),
        delegate=found.name(seat.delegate_id),
        choice=vote.choice if vote else None,  # type: ignore[arg-type]  # the column's check knows
        voter=found.name(vote.member_id) if vote else None,
        at=vote.created_at if vote else None,
        reason=vote.reason if vote else "",
        conditions=tuple(vote.conditions) if vote else (),
    )


def _question(question: ApprovalQuestion, found: CardRows) -> QuestionView:
    return QuestionView(
        id=question.id,
        asked_by=found.name(question.asked_by) or SOMEBODY,
        question=question.question,
        asked_at=question.created_at,
        answered_by=found.name(question.answered_by),
        answer=question.answer,
    )


def _past(seat: ApprovalSeat) -> list[UUID]:
    """Everybody a seat has ever been handed from or to."""
    people = [entry.get(end) for entry in seat.chain for end in ("from", "to")]
    return [UUID(str(person)) for person in people if person]


def _history(seat: ApprovalSeat, found: CardRows) -> list[str]:
    return [line for entry in seat.chain if (line := _handed_over(entry, found))]


def _handed_over(entry: dict[str, Any], found: CardRows) -> str:
    """One hand-over as a plain sentence."""
    source, target = (
        found.name(UUID(str(entry[end]))) if entry.get(end) else None for end in ("from", "to")
    )
    why = str(entry.get("why") or "").strip()
    if why.endswith("."):
        return why.rstrip(".") + "."
    passed = f"{source or 'Nobody'} → {target or 'nobody'}"
    return f"{passed}: {why}" if why else passed
