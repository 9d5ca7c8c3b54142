"""What stands behind a line that has no address of its own: the stored text, as it is kept."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from db import account_stored as rows
from db import account_work as work_rows
from db.models.actions import Action
from db.models.approvals import ApprovalRequest
from db.models.compose import Note
from db.models.customers import Account, Contact, Deal
from db.models.meetings import Meeting, Transcript
from db.models.signals import Signal
from db.session import ReadTx
from db.summaries import list_of_ids
from services.account_view.timeline import sender_of
from services.approvals.wording import money, title
from services.errors import NotFound
from services.types.account_view import RowKind, StoredText
from services.types.views import Reader

LONGEST = 12_000
GONE = "This is no longer there, or it moved to another account."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    title: str
    text: str
    at: datetime | None = None
    who: str = ""


async def stored_text(
    tx: ReadTx, reader: Reader, account: Account, kind: RowKind, row_id: UUID
) -> StoredText:
    """NotFound when it isn't this account's."""
    told = await _TELL[kind](tx, account, row_id)
    if told is None:
        raise NotFound(GONE)
    return StoredText(
        reader=reader,
        title=told.title,
        at=told.at,
        who=told.who,
        text=told.text[:LONGEST],
        left_out=max(len(told.text) - LONGEST, 0),
    )


async def _message(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    row = await rows.get_message(tx, row_id, account.id)
    if row is None:
        return None
    text = row.text or "Nothing is kept of its text."
    return _Told(
        title=row.subject or "A mail without a subject",
        text=text,
        at=row.received_at,
        who=sender_of(row.sender),
    )


async def _post(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    row = await rows.get_post(tx, row_id, account.id)
    if row is None:
        return None
    return _Told(title="A message in Slack", text=row.text, at=row.posted_at, who=row.author)


async def _transcript(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    row = await rows.get_of_account(tx, Transcript, row_id, account.id)
    if row is None:
        return None
    lines = (f"{one.get('speaker') or 'Somebody'}: {one.get('text') or ''}" for one in row.turns)
    return _Told(title=row.file_name or "A transcript", text="\n".join(lines), at=row.created_at)


async def _meeting(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    row = await rows.get_of_account(tx, Meeting, row_id, account.id)
    if row is None:
        return None
    guests = (
        f"{one.get('name') or one.get('email') or 'Somebody'}{_answered(one)}"
        for one in row.attendees
    )
    history = [
        f"Cancelled {row.cancellations} times" if row.cancellations else "",
        f"Moved {row.moves} times" if row.moves else "",
    ]
    return _Told(
        title=row.title or "A meeting",
        text=_lines([row.status.capitalize(), *history, *guests]),
        at=row.starts_at,
        who=row.organizer,
    )


def _answered(guest: Mapping[str, Any]) -> str:
    status = str(guest.get("status") or "").replace("_", " ").replace("-", " ").lower()
    return f" ({status})" if status else ""


async def _deal(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    row = await rows.get_of_account(tx, Deal, row_id, account.id)
    if row is None:
        return None
    moves = (
        f"{one.created_at:%Y-%m-%d}: {one.field.replace('_', ' ')} from {one.before or 'none'} to "
        f"{one.after or 'none'}"
        for one in await work_rows.list_changes(tx, [row.id])
    )
    facts = [
        f"Stage: {row.stage.replace('_', ' ')}",
        f"Amount: {money(row.amount, row.currency)}",
        f"Closes: {_day(row.close_date)}",
    ]
    return _Told(title=row.name, text=_lines([*facts, *moves]), at=row.stage_changed_at)


async def _change(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    """The deal as a whole says what a change of it was part of."""
    row = await rows.get_change(tx, row_id, account.id)
    return await _deal(tx, account, row.deal_id) if row else None


async def _contact(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    row = await rows.get_of_account(tx, Contact, row_id, account.id)
    if row is None:
        return None
    confirmed = row.status == "confirmed"
    facts = [
        row.title or "Title not known",
        row.email,
        "Confirmed by a person or the CRM" if confirmed else "Learned from mail, not confirmed",
        "Excluded: nobody writes to them" if row.excluded else "",
        "Mail to this address comes back" if row.undeliverable else "",
    ]
    return _Told(title=row.name or row.email, text=_lines(facts), at=row.created_at)


async def _note(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    row = await rows.get_of_account(tx, Note, row_id, account.id)
    if row is None:
        return None
    return _Told(
        title="A note", text=_lines([row.comment, row.text]), at=row.created_at, who=row.said_by
    )


async def _action(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    row = await rows.get_of_account(tx, Action, row_id, account.id)
    if row is None:
        return None
    facts = [
        f"Status: {row.status}",
        f"Why: {row.trigger}",
        f"Verdict: {row.verdict.replace('_', ' ')}",
        *row.reasons,
        f"Reason given: {row.decision_reason}" if row.decision_reason else "",
    ]
    name = row.type.replace("_", " ").capitalize()
    return _Told(title=name, text=_lines(facts), at=row.decided_at or row.created_at)


async def _request(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    row = await rows.get_of_account(tx, ApprovalRequest, row_id, account.id)
    if row is None:
        return None
    name = title(
        row.type,
        account=account.name,
        percentage=row.percentage,
        amount=row.amount,
        currency=row.currency,
    )
    facts = [f"Status: {row.status}", row.reason, row.route_sentence]
    return _Told(title=name, text=_lines(facts), at=row.settled_at or row.created_at)


async def _summary(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    row = next(iter(await list_of_ids(tx, [row_id])), None)
    if row is None or row.account_id != account.id:
        return None
    name = f"{row.period.capitalize()} from {_day(row.starts_on)}"
    lines = [f"• {one.get('text') or ''}" for one in row.lines]
    return _Told(title=name, text=_lines(lines), at=row.made_at, who=row.model)


async def _signal(tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    row = await rows.get_of_account(tx, Signal, row_id, account.id)
    if row is None:
        return None
    proofs = (
        f"“{one['quote']}”" if one.get("quote") else str(one.get("words") or "")
        for one in row.evidence
    )
    name = row.name.replace("_", " ").capitalize()
    return _Told(title=name, text=_lines([row.why, *proofs, row.settled_why]), at=row.raised_at)


async def _account(_tx: ReadTx, account: Account, row_id: UUID) -> _Told | None:
    if row_id != account.id:
        return None
    facts = [
        f"Domain: {account.domain or 'none'}",
        f"Industry: {account.industry or 'not known'}",
        f"Health: {account.health if account.health is not None else 'not known'}",
        f"Lifecycle: {(account.lifecycle or 'not known').replace('_', ' ')}",
        f"Renews: {_day(account.renewal_date)}",
    ]
    return _Told(title=account.name, text=_lines(facts), at=account.created_at)


_TELL: dict[RowKind, Callable[[ReadTx, Account, UUID], Awaitable[_Told | None]]] = {
    RowKind.MESSAGE: _message,
    RowKind.SLACK_POST: _post,
    RowKind.TRANSCRIPT: _transcript,
    RowKind.MEETING: _meeting,
    RowKind.DEAL: _deal,
    RowKind.DEAL_CHANGE: _change,
    RowKind.CONTACT: _contact,
    RowKind.NOTE: _note,
    RowKind.ACTION: _action,
    RowKind.REQUEST: _request,
    RowKind.SUMMARY: _summary,
    RowKind.SIGNAL: _signal,
    RowKind.ACCOUNT: _account,
}


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(filter(None, parts))


def _day(day: date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else "not known"
