"""What is shown of approvals, read afresh each time: cards, queues, and what forms offer."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from db import approval_views as rows
from db import customers
from db.models.approvals import ApprovalRequest, ApprovalSeat, ApprovalVote
from db.models.tenants import Member
from db.session import Database, ReadTx
from services.account_names import the_account
from services.actors import require_member
from services.approvals.card_view import request_card
from services.approvals.wording import title
from services.errors import NotFound
from services.ports import Clock
from services.reader import reader_of
from services.types.approval_views import (
    ApprovalCardView,
    FiguresView,
    QueueFilter,
    QueueItem,
    QueueView,
    RequestFormView,
)
from services.types.approvals import RequestStatus, Urgency
from services.types.people import OVERSEERS, Actor
from services.types.views import Reader

SHOWN = 15
LATELY = timedelta(days=14)
OPTIONS = 100
TEXT = 1500
FiguresOf = Callable[[Actor, int], Awaitable[FiguresView]]


async def no_figures(_actor: Actor, _days: int) -> FiguresView:
    """A process that was put together without them."""
    raise NotFound("Figures aren't set up here.")


@dataclass(frozen=True, slots=True)
class ApprovalViews:
    """All read models of approvals (handlers.approval_verbs.ApprovalReads)."""

    db: Database
    clock: Clock
    figures_of: FiguresOf

    async def card(
        self, tenant_id: UUID, request_id: UUID, member_id: UUID
    ) -> ApprovalCardView | None:
        """One request for one reader. None when it is gone, or not theirs to see."""
        async with self.db.read(tenant_id) as tx:
            return await request_card(tx, request_id, member_id, self.clock)

    async def queue(self, actor: Actor, which: QueueFilter, type_: str | None = None) -> QueueView:
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            return await queue_view(tx, member, self.clock, which, type_)

    async def figures(self, actor: Actor, days: int = 30) -> FiguresView:
        return await self.figures_of(actor, days)

    async def form(
        self, actor: Actor, type_: str, *, account: str = "", text: str = ""
    ) -> RequestFormView:
        """A request form to begin with; `account` as somebody typed it."""
        async with self.db.read(actor.tenant_id) as tx:
            member = await require_member(tx, actor)
            chosen, deal = await _start(tx, account.strip())
            return RequestFormView(
                reader=reader_of(member, self.clock),
                type=type_,
                account=chosen,
                deal=deal,
                evidence=text[:TEXT],
            )

    async def deal_options(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]:
        async with self.db.read(actor.tenant_id) as tx:
            found = await rows.search_open_deals(tx, text, OPTIONS, first_of=actor.member_id)
        return tuple((deal.id, f"{deal.name} · {account}") for deal, account in found)

    async def delegate_options(self, actor: Actor, text: str) -> tuple[tuple[UUID, str], ...]:
        async with self.db.read(actor.tenant_id) as tx:
            found = await rows.search_deciders(tx, text, OPTIONS, but=actor.member_id)
        return tuple((member.id, member.name) for member in found)


# ── Queues ──────────────────────────────────────────────────────────────────────────────────────
async def queue_view(
    tx: ReadTx,
    member: Member,
    clock: Clock,
    which: QueueFilter,
    type_: str | None = None,
    *,
    limit: int = SHOWN,
    absent: bool = True,
) -> QueueView:
    """One list of requests for one reader; also a part of the Home tab. `absent`: with the reader's
    absence."""
    reader = reader_of(member, clock)
    where = _conditions(member, which, clock.now())
    if type_:
        where.append(ApprovalRequest.type == type_)
    found, total = await rows.list_queue(tx, where, newest=which == "decided", limit=limit)
    return QueueView(
        reader=reader,
        which=which,
        type=type_,
        items=await _items(tx, found, reader) if found else (),
        total=total,
        absence=await _absence(tx, member, clock.now()) if absent else None,
    )


async def _items(
    tx: ReadTx, found: Sequence[tuple[ApprovalRequest, str | None]], reader: Reader
) -> tuple[QueueItem, ...]:
    ids = [request.id for request, _ in found]
    seats, votes = await rows.seats_of(tx, ids), await rows.votes_of(tx, ids)
    places = await rows.card_places(tx, ids, reader.member_id)
    people = {seat.delegate_id or seat.holder_id for seat in seats}
    people |= {
        person for request, _ in found for person in (request.requester_id, request.settled_by)
    }
    names = await rows.names_of(tx, [person for person in people if person])
    return tuple(
        QueueItem(
            request_id=request.id,
            title=_title(request, account),
            requester=names.get(request.requester_id, "Somebody"),
            deciders=_deciders(request, seats, votes, names),
            status=RequestStatus(request.status),
            urgency=Urgency(request.urgency),
            due_at=request.due_at,
            overdue=request.status == "pending" and request.due_at <= reader.now,
            channel=places.get(request.id, (None, None))[0],
            ts=places.get(request.id, (None, None))[1],
        )
        for request, account in found
    )


def _conditions(member: Member, which: QueueFilter, now: datetime) -> list[Any]:
    """Those who lead see every request, the others those that concern them."""
    everyone = member.role in OVERSEERS
    mine = [] if everyone else [rows.concerns(member.id)]
    match which:
        case "mine":
            return [rows.waits_for(member.id)]
        case "asked":
            return [rows.asked_by(member.id)]
        case "decided":
            return [rows.settled_since(now - LATELY), *mine]
        case "all":
            return [rows.pending(), *mine]


def _title(request: ApprovalRequest, account: str | None) -> str:
    return title(
        request.type,
        account=account,
        percentage=request.percentage,
        amount=request.amount,
        currency=request.currency,
    )


def _deciders(
    request: ApprovalRequest,
    seats: Sequence[ApprovalSeat],
    votes: Sequence[ApprovalVote],
    names: dict[UUID, str],
) -> tuple[str, ...]:
    """Whose voice is still awaited; of a settled one, who settled it."""
    if request.status != "pending":
        return tuple(names[person] for person in (request.settled_by,) if person in names)
    spoken = {vote.seat_id for vote in votes}
    awaited = [
        seat.delegate_id or seat.holder_id
        for seat in seats
        if seat.request_id == request.id and seat.id not in spoken
    ]
    return tuple(dict.fromkeys(names[person] for person in awaited if person in names))


async def _absence(tx: ReadTx, member: Member, now: datetime) -> str | None:
    """`You are out of office until 3 Mar; Dana Reyes decides for you.`"""
    absence = await rows.next_absence(tx, member.id, now)
    if absence is None:
        return None
    zone = ZoneInfo(member.timezone)
    first = absence.starts_at.astimezone(zone)
    last = (absence.ends_at - timedelta(microseconds=1)).astimezone(zone)
    names = await rows.names_of(tx, [absence.delegate_id]) if absence.delegate_id else {}
    who = next(iter(names.values()), None)
    instead = f"{who} decides for you." if who else "What comes goes to others."
    if absence.starts_at <= now:
        return f"You are out of office until {last.day} {last:%b}. {instead}"
    return (
        f"You will be out of office from {first.day} {first:%b} to {last.day} {last:%b}. {instead}"
    )


# ── The form ────────────────────────────────────────────────────────────────────────────────────
async def _start(tx: ReadTx, words: str) -> tuple[tuple[UUID, str] | None, tuple[UUID, str] | None]:
    """The account the words name, and its open deal if there is only one."""
    if not words:
        return None, None
    account = await the_account(tx, words)
    deals = await customers.list_open_deals(tx, account.id)
    only = deals[0] if len(deals) == 1 else None
    deal = (only.id, f"{only.name} · {account.name}") if only else None
    return (account.id, account.name), deal
