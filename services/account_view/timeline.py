"""One timeline over all channels, and what is known of earlier weeks and months. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from db.account_view import MailRow, TranscriptRow
from db.models.compose import Note
from db.models.customers import DealChange
from db.models.meetings import Meeting, SlackPost
from db.summaries import StoredSummary
from services.account_view.promises import Letter
from services.analysis import asks_from
from services.mail.believed import happened_at
from services.types.account_view import Channel, Event, Past, PastLine, RowKind, Where
from services.types.links import gmail_link, permalink
from services.types.qualification import Change, Criterion

PASTS = 18
LINES = 6
_SOURCES = {
    "message": RowKind.MESSAGE,
    "transcript": RowKind.TRANSCRIPT,
    "slack_post": RowKind.SLACK_POST,
    "meeting": RowKind.MEETING,
    "deal_change": RowKind.DEAL_CHANGE,
    "note": RowKind.NOTE,
}


# ── Mail ────────────────────────────────────────────────────────────────────────────────────────
def mail_at(row: MailRow) -> datetime:
    return happened_at(row.sent_at, row.received_at, row.created_at)


def mail_where(row: MailRow) -> Where:
    url = gmail_link(*row.place) if row.place else None
    return Where(kind=RowKind.MESSAGE, id=row.id, url=url)


def sender_of(sender: Mapping[str, Any] | None) -> str:
    return str((sender or {}).get("name") or (sender or {}).get("email") or "somebody")


def suspicious(analysis: Mapping[str, Any]) -> bool:
    """The text gives orders to a machine: it is told of, but nothing in it counts."""
    found = analysis.get("suspicious")
    return isinstance(found, Mapping) and found.get("injection") is True


def counts(row: MailRow) -> bool:
    """Whether what the mail says may be believed."""
    return row.proof != "fail" and not suspicious(row.analysis)


def mail_event(row: MailRow) -> Event:
    inbound = row.direction == "inbound"
    by_itself = row.kind == "auto_reply"
    return Event(
        channel=Channel.MAIL,
        at=mail_at(row),
        who=sender_of(row.sender),
        did="answered automatically" if by_itself else "wrote" if inbound else "answered",
        text=row.text,
        where=mail_where(row),
        inbound=inbound,
        subject=row.subject,
        summary=str(row.analysis.get("summary") or ""),
        changes=tuple(_changes(row)) if counts(row) else (),
    )


def _changes(row: MailRow) -> Iterator[Change]:
    for one in row.analysis.get("changes") or ():
        try:
            yield Change(
                criterion=Criterion(one["criterion"]),
                before=one["before"],
                after=one["after"],
                quote=str(one.get("quote") or ""),
                confidence=float(one.get("confidence") or 0.0),
            )
        except (KeyError, TypeError, ValueError):
            continue


def letter(row: MailRow) -> Letter:
    """The mail, as far as promises are read in it."""
    believed = counts(row)
    return Letter(
        id=row.id,
        talk=row.conversation_id,
        at=mail_at(row),
        inbound=row.direction == "inbound",
        who=sender_of(row.sender),
        text=row.text if believed else "",
        where=mail_where(row),
        asks=_asks(row) if believed else (),
        human=row.kind == "human",
        handed=row.attachments > 0,
    )


def _asks(row: MailRow) -> tuple[tuple[str, date | None], ...]:
    try:
        return tuple((ask.quote, ask.due) for ask in asks_from(row.analysis))
    except (KeyError, TypeError, ValueError):
        return ()


# ── The other channels ──────────────────────────────────────────────────────────────────────────
def post_event(post: SlackPost, channel: str) -> Event:
    where = Where(kind=RowKind.SLACK_POST, id=post.id, url=permalink(channel, post.ts))
    return Event(
        channel=Channel.SLACK,
        at=post.posted_at,
        who=post.author or "Somebody",
        did="said",
        text=post.text,
        where=where,
    )


def meeting_where(meeting: Meeting, places: Mapping[UUID, tuple[str, str]]) -> Where:
    """The mail of its invitation, where the reader has that."""
    place = places.get(meeting.message_id) if meeting.message_id else None
    return Where(kind=RowKind.MEETING, id=meeting.id, url=gmail_link(*place) if place else None)


def meeting_event(
    meeting: Meeting,
    transcripts: Sequence[TranscriptRow],
    places: Mapping[UUID, tuple[str, str]],
    now: datetime,
) -> Event:
    where = meeting_where(meeting, places)
    cancelled = meeting.status == "cancelled"
    guests = [str(one.get("name") or one.get("email") or "") for one in meeting.attendees]
    parts = [", ".join(filter(None, guests[:6]))]
    parts += [f"moved {_times(meeting.moves)}"] if meeting.moves else []
    parts += [f"cancelled {_times(meeting.cancellations)}"] if meeting.cancellations > 1 else []
    said = transcripts[0] if transcripts else None
    if said is not None:
        where = Where(kind=RowKind.TRANSCRIPT, id=said.id, url=said.permalink)
        parts.append(str(said.analysis.get("summary") or f"transcript of {said.turns} turns"))
    return Event(
        channel=Channel.MEETING,
        at=meeting.changed_at if cancelled else meeting.starts_at,
        who=meeting.title or "A meeting",
        did="was cancelled"
        if cancelled
        else "is planned"
        if meeting.starts_at > now
        else "took place",
        text=" · ".join(filter(None, parts)),
        where=where,
    )


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def change_event(change: DealChange, deal_name: str) -> Event:
    what = change.field.replace("_", " ")
    before, after = (_told(change.field, text) for text in (change.before, change.after))
    return Event(
        channel=Channel.DEAL,
        at=change.created_at,
        who=deal_name,
        did="changed",
        text=f"{what} {after or 'none'}" + (f" (before: {before})" if before else ""),
        where=Where(kind=RowKind.DEAL_CHANGE, id=change.id),
    )


def _told(field: str, stored: str) -> str:
    """A stored value as people say it."""
    try:
        if field == "close_date":
            day = date.fromisoformat(stored)
            return f"{day.day} {day:%b %Y}"
        return f"{Decimal(stored):,.0f}" if field == "amount" else stored.replace("_", " ")
    except (ValueError, ArithmeticError):
        return stored


def note_events(notes: Iterable[Note], authors: Mapping[UUID, str]) -> Iterator[Event]:
    """Notes, each source told once: a logged message that was also read for its proof is one, and
    what a transcript proved happened at its meeting."""
    rows = sorted(notes, key=lambda note: str(note.id))
    logged = {note.source_key for note in rows if note.kind == "log"}
    for note in rows:
        if note.kind != "log" and note.source_key in logged:
            continue
        if note.source_key.startswith("transcript:"):
            continue
        yield Event(
            channel=Channel.NOTE,
            at=note.created_at,
            who=authors.get(note.author_id, "Somebody") if note.author_id else "Somebody",
            did="noted",
            text=note.text,
            subject=note.comment,
            said_by=note.said_by,
            where=Where(kind=RowKind.NOTE, id=note.id, url=note.permalink),
        )


def ordered(events: Iterable[Event]) -> tuple[Event, ...]:
    """Newest first; of the same moment by what they say, never by what was stored first."""
    return tuple(
        sorted(
            events,
            key=lambda one: (one.at, one.channel, one.who, one.text, one.where.order),
            reverse=True,
        )
    )


# ── Earlier ─────────────────────────────────────────────────────────────────────────────────────
def past_of(summaries: Iterable[StoredSummary], recent: date) -> tuple[Past, ...]:
    """Weeks and months before the recent days, newest first. Where a month and its weeks are both
    kept, the weeks say it."""
    rows = sorted(summaries, key=lambda one: (one.starts_on, one.period, str(one.id)), reverse=True)
    weeks = [one for one in rows if one.period == "week"]
    first = min((one.starts_on for one in weeks), default=recent)
    kept = weeks + [one for one in rows if one.period == "month" and one.ends_on <= first]
    return tuple(
        Past(
            period=one.period,  # type: ignore[arg-type]  # the column's check knows the same words
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            lines=tuple(_past_lines(one)),
        )
        for one in kept
        if one.starts_on + timedelta(days=1) <= recent
    )[:PASTS]


def _past_lines(summary: StoredSummary) -> Iterator[PastLine]:
    own = Where(kind=RowKind.SUMMARY, id=summary.id)
    for line in summary.lines[:LINES]:
        text = " ".join(str(line.get("text") or "").split())
        if text:
            yield PastLine(
                channel=_channel(line.get("channel")), text=text, where=_first(line, own)
            )


def _channel(word: object) -> Channel | None:
    return next((channel for channel in Channel if channel == word), None)


def _first(line: Mapping[str, Any], own: Where) -> Where:
    """Where a line's first source stands."""
    for source in line.get("sources") or ():
        try:
            return Where(kind=_SOURCES[source["kind"]], id=UUID(str(source["id"])))
        except (KeyError, TypeError, ValueError):
            continue
    return own
