"""Meetings out of the invitations in an account's mail: one row a meeting, a series one a date.

Mails come late, twice and in any order. Of two versions the one with the higher SEQUENCE stands,
then the one written later; an older one changes nothing, but fills in what nobody told before. An
answer says what its writer will do, and only that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from db import meetings as rows
from db.models.conversations import Conversation, Message
from db.models.meetings import Meeting
from db.session import Tx
from services.ports import Clock, Ids
from services.types.mail import MailKind, SenderProof
from services.types.meetings import Attendance, Attendee, Invitation, Method

# Further away than that from when its mail came, a date is a mistake or a joke.
EARLIEST, LATEST = timedelta(days=5 * 365), timedelta(days=3 * 365)
# A meeting that is made again so long after it was called off is another one.
MADE_AGAIN = timedelta(days=90)
ODD_DATE = "A calendar entry in this mail is dated years away; it was left out."
LONGEST_ATTENDANCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The mail an invitation came in, and whose it is. `timezone` is the reader's: what a floating
    time means."""

    account_id: UUID
    deal_id: UUID | None
    message_id: UUID
    sender: str
    at: datetime
    timezone: str


def source_of(message: Message, conversation: Conversation, timezone: str) -> Source | None:
    """None where the mail belongs to no account, or isn't its sender's: then it makes and moves no
    meeting."""
    forged = message.direction == "inbound" and message.proof == SenderProof.FAIL
    bounced = message.kind in (MailKind.BOUNCE, MailKind.LIST)
    if conversation.account_id is None or forged or bounced:
        return None
    return Source(
        account_id=conversation.account_id,
        deal_id=conversation.deal_id,
        message_id=message.id,
        sender=str(message.sender.get("email") or ""),
        at=message.received_at,
        timezone=timezone,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingBook:
    """Writes what invitations say, in the caller's transaction."""

    clock: Clock
    ids: Ids

    async def take(
        self, tx: Tx, invitations: Sequence[Invitation], source: Source
    ) -> tuple[str, ...]:
        """Keep them; what is said about those that weren't kept."""
        notes: dict[str, None] = {}
        for one in sorted(invitations, key=lambda i: (i.uid, i.occurrence is not None)):
            told = _on_the_wall(one, source.timezone)
            if not source.at - EARLIEST <= told.starts_at <= source.at + LATEST and not told.dates:
                notes.setdefault(ODD_DATE)
                continue
            await self._take_one(tx, told, source)
        return tuple(notes)

    async def _take_one(self, tx: Tx, told: Invitation, source: Source) -> None:
        known = await rows.lock_series(tx, told.uid)
        if any(not _same_hands(row, told, source) for row in known):
            return
        if told.method is Method.CANCEL:
            await self._cancel(tx, known, told, source)
        elif told.method in (Method.REPLY, Method.COUNTER):
            await self._answer(tx, known, told, source)
        elif told.dates:
            await self._series(tx, known, told, source)
        else:
            await self._one(tx, known, told, source, told.occurrence)

    # ── Invited ─────────────────────────────────────────────────────────────────────────────────
    async def _one(
        self,
        tx: Tx,
        known: Sequence[Meeting],
        told: Invitation,
        source: Source,
        occurs_at: datetime | None,
    ) -> None:
        row = _of_date(known, occurs_at)
        if row is None and occurs_at is None:
            row = await self._no_longer_series(tx, known, told, source)
        if row is None:
            row = self._row(tx, told, source, occurs_at)
            await self._go_on_counting(tx, row)
            await rows.add_meeting(tx, row)
        elif _newer(row, told):
            _stand(row, told, source)
        else:
            _fill_in(row, told)
        await tx.session.flush()

    async def _series(
        self, tx: Tx, known: Sequence[Meeting], told: Invitation, source: Source
    ) -> None:
        """The dates a series has now. One that was moved or called off by itself stays so, and one
        that is over stays as it was; of those to come that it no longer has, each becomes the next
        of the new ones: it was moved."""
        if known and not any(_newer(row, told) for row in known):
            return
        length = told.ends_at - told.starts_at if told.ends_at else None
        dates = {date: _on_date(told, date, length) for date in told.dates}
        gone = [
            row
            for row in known
            if row.occurs_at not in dates
            and row.starts_at > source.at
            and row.status != "cancelled"
        ]
        fresh = [date for date in dates if _of_date(known, date) is None]
        for row in known:
            same = dates.get(row.occurs_at) if row.occurs_at else None
            by_itself = row.starts_at != row.occurs_at or row.status == "cancelled"
            if same is not None and not by_itself and row.starts_at > source.at:
                _stand(row, same, source)
        for row, date in zip(gone, fresh, strict=False):
            row.uid, row.occurs_at = _row_uid(told.uid, date), date
            _stand(row, dates[date], source)
        await tx.session.flush()
        for date in fresh[len(gone) :]:
            await rows.add_meeting(tx, self._row(tx, dates[date], source, date))
        await rows.drop_meetings(tx, [row.id for row in gone[len(fresh) :]])

    @staticmethod
    async def _no_longer_series(
        tx: Tx, known: Sequence[Meeting], told: Invitation, source: Source
    ) -> Meeting | None:
        """The next date of what was a series, and is this one meeting now."""
        coming = [r for r in known if r.starts_at > source.at and r.status != "cancelled"]
        if not coming or not _newer(coming[0], told):
            return None
        coming[0].uid, coming[0].occurs_at = told.uid, None
        await tx.session.flush()
        await rows.drop_meetings(tx, [row.id for row in coming[1:]])
        return coming[0]

    # ── Called off ──────────────────────────────────────────────────────────────────────────────
    async def _cancel(
        self, tx: Tx, known: Sequence[Meeting], told: Invitation, source: Source
    ) -> None:
        if told.occurrence is not None or not any(row.occurs_at for row in known):
            row = _of_date(known, told.occurrence)
            if row is None:
                row = self._row(tx, told, source, told.occurrence)
                await self._go_on_counting(tx, row)
                await rows.add_meeting(tx, row)
                _call_off(row, told, source)
            elif not _older(row, told):
                _call_off(row, told, source)
            await tx.session.flush()
            return
        # A whole series: the next date is what doesn't take place; the ones after it are nothing.
        coming = [r for r in known if r.starts_at > source.at and r.status != "cancelled"]
        if not coming or all(_older(row, told) for row in coming):
            return
        _call_off(coming[0], told, source)
        await tx.session.flush()
        await rows.drop_meetings(tx, [row.id for row in coming[1:]])

    async def _go_on_counting(self, tx: Tx, row: Meeting) -> None:
        """A meeting made again under another UID is the one that was called off before."""
        if row.account_id is None:
            return
        off = await rows.list_called_off(
            tx, row.account_id, since=row.changed_at - MADE_AGAIN, other_than=row.series
        )
        same = (one for one in off if _alike(one, row))
        before = next(same, None)
        if before is not None:
            row.cancellations, row.moves = before.cancellations, before.moves

    # ── Answered ────────────────────────────────────────────────────────────────────────────────
    async def _answer(
        self, tx: Tx, known: Sequence[Meeting], told: Invitation, source: Source
    ) -> None:
        """What somebody said to it. The organiser's own copy of an invitation is in no mailbox: an
        answer may be the first that is heard of a meeting, or of its new time."""
        theirs = [one for one in told.attendees if one.email == source.sender]
        house = [one for one in told.attendees if _of_one_house(source.sender, one.email)]
        said = theirs or house[:1]
        if not said:
            return
        row = _of_date(known, told.occurrence)
        answered = [row] if row else []
        if row is None and told.occurrence is None and any(one.occurs_at for one in known):
            answered = [one for one in known if one.starts_at > source.at]
        elif row is None:
            answered = [self._row(tx, told, source, told.occurrence)]
            answered[0].stamp, answered[0].attendees = None, []
            await rows.add_meeting(tx, answered[0])
        for one in answered:
            if told.sequence >= one.sequence:  # else it answers an earlier version
                _hear(one, told, said, source)
        await tx.session.flush()

    def _row(self, tx: Tx, told: Invitation, source: Source, occurs_at: datetime | None) -> Meeting:
        return Meeting(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=self.clock.now(),
            account_id=source.account_id,
            deal_id=source.deal_id,
            message_id=source.message_id,
            uid=_row_uid(told.uid, occurs_at),
            series=told.uid,
            occurs_at=occurs_at,
            sequence=told.sequence,
            stamp=told.stamp,
            title=told.title,
            starts_at=told.starts_at,
            ends_at=told.ends_at,
            all_day=told.all_day,
            status="scheduled",
            source="invitation",
            organizer=told.organizer,
            attendees=[_person(a.email, a.name, a.status, None) for a in told.attendees],
            cancellations=0,
            moves=0,
            changed_at=source.at,
        )


# ── One row ─────────────────────────────────────────────────────────────────────────────────────
def _row_uid(uid: str, occurs_at: datetime | None) -> str:
    return f"{uid}#{occurs_at:%Y%m%dT%H%M%SZ}" if occurs_at else uid


def _of_date(known: Iterable[Meeting], occurs_at: datetime | None) -> Meeting | None:
    return next((row for row in known if row.occurs_at == occurs_at), None)


def _same_hands(row: Meeting, told: Invitation, source: Source) -> bool:
    """A UID is no secret: another account's mail, or another organiser, moves nothing."""
    organiser = not row.organizer or not told.organizer or row.organizer == told.organizer
    return organiser and row.account_id in (None, source.account_id)


def _newer(row: Meeting, told: Invitation) -> bool:
    if told.sequence != row.sequence or row.stamp is None:
        return told.sequence >= row.sequence
    return told.stamp is not None and told.stamp > row.stamp


def _older(row: Meeting, told: Invitation) -> bool:
    """Some programs call a meeting off without writing a new version."""
    same = told.sequence == row.sequence and told.stamp == row.stamp
    return not (same or _newer(row, told))


def _stand(row: Meeting, told: Invitation, source: Source) -> None:
    """The row as this version has it. What people answered stays, unless the time is another."""
    moved = row.starts_at != told.starts_at
    answers = {} if moved else {str(p["email"]): p for p in row.attendees}
    _move(row, told)
    row.sequence, row.stamp = told.sequence, told.stamp
    row.title = told.title or row.title
    row.organizer = told.organizer or row.organizer
    if told.attendees:
        row.attendees = [
            answers[a.email]
            if a.status is Attendance.OPEN and a.email in answers
            else _person(a.email, a.name, a.status, told.stamp)
            for a in told.attendees
        ]
    row.status, row.account_id = "scheduled", source.account_id
    row.deal_id = source.deal_id or row.deal_id
    row.message_id, row.changed_at = source.message_id, source.at


def _move(row: Meeting, told: Invitation) -> None:
    if row.starts_at != told.starts_at:
        row.moves += 1
    row.starts_at, row.ends_at, row.all_day = told.starts_at, told.ends_at, told.all_day


def _fill_in(row: Meeting, told: Invitation) -> None:
    row.title = row.title or told.title
    row.organizer = row.organizer or told.organizer
    row.ends_at = row.ends_at or (told.ends_at if told.starts_at == row.starts_at else None)
    known = {str(person["email"]) for person in row.attendees}
    row.attendees = [
        *row.attendees,
        *(_person(a.email, a.name, a.status, None) for a in told.attendees if a.email not in known),
    ][:LONGEST_ATTENDANCE]


def _call_off(row: Meeting, told: Invitation, source: Source) -> None:
    """Counted once, in however many mails it is said."""
    if row.status != "cancelled":
        row.status, row.changed_at = "cancelled", source.at
        row.cancellations += 1
        row.message_id = source.message_id
    row.sequence, row.stamp = told.sequence, told.stamp
    row.title = row.title or told.title


def _hear(row: Meeting, told: Invitation, said: Sequence[Attendee], source: Source) -> None:
    if told.sequence > row.sequence and told.method is Method.REPLY:
        if told.occurrence is None and row.occurs_at is None:
            _move(row, told)
        row.sequence, row.stamp, row.changed_at = told.sequence, None, source.at
    for one in said:
        _set_status(row, one.email, one.name, one.status, told.stamp or source.at)


def _person(email: str, name: str, status: str, at: datetime | None) -> dict[str, Any]:
    return {
        "email": email,
        "name": name,
        "status": str(status),
        "at": at.isoformat() if at else None,
    }


def _set_status(row: Meeting, email: str, name: str, status: str, at: datetime) -> None:
    """Somebody's last word; an earlier one that comes later changes nothing."""
    there = next((p for p in row.attendees if p["email"] == email), None)
    if there and there.get("at") and datetime.fromisoformat(str(there["at"])) > at:
        return
    said = _person(email, name or str((there or {}).get("name", "")), status, at)
    if there is None:
        row.attendees = [*row.attendees, said][:LONGEST_ATTENDANCE]
    else:
        row.attendees = [said if p is there else p for p in row.attendees]


def _of_one_house(sender: str, email: str) -> bool:
    """An assistant, or a calendar program, answers for somebody."""
    return bool(sender) and sender.partition("@")[2] == email.partition("@")[2]


def _alike(off: Meeting, row: Meeting) -> bool:
    def people(meeting: Meeting) -> set[str]:
        return {str(p["email"]) for p in meeting.attendees} | {meeting.organizer} - {""}

    title = " ".join(off.title.casefold().split())
    return title == " ".join(row.title.casefold().split()) and people(off) == people(row)


def _on_date(told: Invitation, date: datetime, length: timedelta | None) -> Invitation:
    return replace(told, starts_at=date, ends_at=date + length if length else None)


def _on_the_wall(told: Invitation, timezone: str) -> Invitation:
    if not told.floating:
        return told
    zone = ZoneInfo(timezone)

    def at(moment: datetime) -> datetime:
        return moment.replace(tzinfo=zone).astimezone(UTC)

    return replace(
        told,
        starts_at=at(told.starts_at),
        ends_at=at(told.ends_at) if told.ends_at else None,
        occurrence=at(told.occurrence) if told.occurrence else None,
        dates=tuple(at(date) for date in told.dates),
    )
