"""Deals, signals, and what was done on our side, as the view tells them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db.account_work import WorkRow
from db.models.approvals import ApprovalRequest, Concession
from db.models.customers import Deal, DealChange
from db.models.signals import Signal
from services.account_view.facts import fact_of
from services.account_view.timeline import sender_of
from services.analysis import asks_from
from services.approvals.wording import money, percent, title
from services.types.account_view import (
    Channel,
    DealLine,
    Deed,
    DeedKind,
    Fact,
    Pending,
    Proof,
    RowKind,
    Said,
    SignalLine,
    Where,
)
from services.types.links import permalink
from services.types.signals import CATALOGUE, EvidenceSource, SignalName, SignalStatus
from services.undo_waits import AUTONOMOUS_SURFACE

BY_ITSELF = "Understudy"
"""Who decided where no person did."""
FIELDS = ("stage", "amount", "close_date")
EVIDENCE = 6
_PLACES = {
    EvidenceSource.MESSAGE: RowKind.MESSAGE,
    EvidenceSource.TRANSCRIPT: RowKind.TRANSCRIPT,
    EvidenceSource.SLACK_POST: RowKind.SLACK_POST,
    EvidenceSource.MEETING: RowKind.MEETING,
    EvidenceSource.DEAL: RowKind.DEAL,
    EvidenceSource.CONTACT: RowKind.CONTACT,
}


# ── Deals ───────────────────────────────────────────────────────────────────────────────────────
def deal_lines(
    deals: Iterable[tuple[Deal, str | None]], changes: Sequence[DealChange]
) -> tuple[DealLine, ...]:
    """Open ones first, the newest of each kind before the others."""
    lines = [
        DealLine(
            id=deal.id,
            name=deal.name,
            stage=deal.stage,
            amount=deal.amount,
            currency=deal.currency,
            close_date=deal.close_date,
            owner=owner or "",
            where=Where(kind=RowKind.DEAL, id=deal.id),
            facts=tuple(_moved(deal, [one for one in changes if one.deal_id == deal.id])),
        )
        for deal, owner in sorted(
            deals, key=lambda one: (one[0].created_at, str(one[0].id)), reverse=True
        )
    ]
    return tuple(sorted(lines, key=lambda line: not line.open))


def _moved(deal: Deal, changes: Sequence[DealChange]) -> Iterator[Fact]:
    """What changed: the value that stands, and those before it."""
    where = Where(kind=RowKind.DEAL, id=deal.id)
    now = {
        "stage": deal.stage,
        "amount": "" if deal.amount is None else money(deal.amount, deal.currency),
        "close_date": deal.close_date.isoformat() if deal.close_date else "",
    }
    for field in FIELDS:
        moves = sorted(
            (one for one in changes if one.field == field),
            key=lambda one: (one.created_at, str(one.id)),
            reverse=True,
        )
        if not moves:
            continue
        said = [Said(value=now[field], at=moves[0].created_at, channel=Channel.DEAL, where=where)]
        said += [
            Said(
                value=move.before,
                # It held until it was changed.
                at=move.created_at - timedelta(microseconds=1),
                channel=Channel.DEAL,
                where=where,
            )
            for move in moves
            if move.before
        ]
        yield fact_of(field, said, about=deal.name)


# ── Signals ─────────────────────────────────────────────────────────────────────────────────────
def signal_lines(signals: Iterable[Signal], known: Mapping[UUID, Where]) -> tuple[SignalLine, ...]:
    """Open ones first, the gravest before the others. `known`: addresses of mails and posts."""
    lines = [
        SignalLine(
            id=one.id,
            name=one.name,
            words=_words(one.name),
            kind=one.kind,
            severity=one.severity,
            why=one.why,
            raised_at=one.raised_at,
            proofs=tuple(_proofs(one, known)),
            where=Where(kind=RowKind.SIGNAL, id=one.id),
            settled="" if SignalStatus(one.status).open else one.status,
            settled_at=one.settled_at,
        )
        for one in signals
    ]
    grave = ("critical", "high", "medium", "low")
    return tuple(
        sorted(
            lines,
            key=lambda line: (
                bool(line.settled),
                grave.index(line.severity),
                -line.raised_at.timestamp(),
                str(line.id),
            ),
        )
    )


def _words(name: str) -> str:
    return CATALOGUE[SignalName(name)].words if name in set(SignalName) else name.replace("_", " ")


def _proofs(signal: Signal, known: Mapping[UUID, Where]) -> Iterator[Proof]:
    for one in signal.evidence[:EVIDENCE]:
        words = str(one.get("quote") or one.get("words") or "")
        if words:
            yield Proof(
                words=words,
                quoted=bool(one.get("quote")),
                who=str(one.get("who") or ""),
                at=_moment(one.get("at")),
                where=_place(one, known),
            )


def _place(stored: Mapping[str, Any], known: Mapping[UUID, Where]) -> Where | None:
    try:
        kind = _PLACES.get(EvidenceSource(stored["source"]))
        of = list(stored.get("of") or ())
        row = UUID(str(stored.get("source_id") or of[0]))
    except (KeyError, ValueError, IndexError, TypeError):
        return None
    return known.get(row) or Where(kind=kind or RowKind.MESSAGE, id=row)


def _moment(stored: object) -> datetime | None:
    try:
        return datetime.fromisoformat(stored) if isinstance(stored, str) else None
    except ValueError:
        return None


# ── What we did ─────────────────────────────────────────────────────────────────────────────────
def pending_of(rows: Iterable[WorkRow]) -> tuple[Pending, ...]:
    """Drafts that wait, the oldest first."""
    return tuple(
        sorted((_pending(row) for row in rows), key=lambda one: (one.at, str(one.action_id)))
    )


def _pending(row: WorkRow) -> Pending:
    asks = asks_from(dict(row.analysis)) if row.analysis else ()
    return Pending(
        action_id=row.id,
        owner_id=row.owner_id,
        owner=row.owner or "",
        who=sender_of(row.sender) if row.message_at else "",
        subject=(row.subject or "") if row.message_at else (row.instruction or ""),
        asks=tuple(ask.quote for ask in asks),
        due=min((ask.due for ask in asks if ask.due), default=None),
        at=row.message_at or row.created_at,
        where=_card(row),
    )


def _card(row: WorkRow) -> Where:
    url = permalink(*row.place) if row.place else None
    return Where(kind=RowKind.ACTION, id=row.id, url=url)


def deeds_of(
    decided: Iterable[WorkRow],
    requests: Iterable[tuple[ApprovalRequest, str | None]],
    concessions: Iterable[Concession],
    account_name: str,
) -> tuple[Deed, ...]:
    """Decisions, approvals and what was granted, the newest first within each."""
    deeds = [_decision(row) for row in decided if row.decided_at is not None]
    deeds += [_request(request, name, account_name) for request, name in requests]
    deeds += [_grant(one) for one in concessions]
    order = list(DeedKind)
    return tuple(
        sorted(
            deeds,
            key=lambda one: (order.index(one.kind), -one.at.timestamp(), str(one.where.id)),
        )
    )


def _decision(row: WorkRow) -> Deed:
    to = f"the answer to {sender_of(row.sender)}" if row.message_at else "a mail we began"
    return Deed(
        kind=DeedKind.DECISION,
        what=to,
        status=row.status,
        by=row.decided_by or (BY_ITSELF if row.decided_surface == AUTONOMOUS_SURFACE else ""),
        at=row.decided_at or row.created_at,
        where=_card(row),
        reason=row.decision_reason or "",
    )


def _request(request: ApprovalRequest, name: str | None, account_name: str) -> Deed:
    settled = request.status in ("approved", "rejected")
    return Deed(
        kind=DeedKind.APPROVAL,
        what=title(
            request.type,
            account=account_name,
            percentage=request.percentage,
            amount=request.amount,
            currency=request.currency,
        ),
        status=request.status,
        by=(name or "") if settled else "",
        at=request.settled_at or request.created_at,
        settled_at=request.settled_at,
        where=Where(kind=RowKind.REQUEST, id=request.id),
        reason=request.reason,
    )


def _grant(one: Concession) -> Deed:
    size = percent(one.percentage) if one.percentage else money(one.amount, one.currency)
    return Deed(
        kind=DeedKind.GRANT,
        what=f"{size} {one.type.replace('_', ' ')}",
        status="granted",
        by="",
        at=one.created_at,
        where=Where(kind=RowKind.REQUEST, id=one.request_id),
        conditions=tuple(one.conditions),
    )
