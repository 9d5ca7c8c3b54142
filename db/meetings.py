"""Meetings with accounts, and what was said in them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from db.models.customers import Account
from db.models.meetings import Meeting, SlackThread, Transcript
from db.session import ReadTx, Tx


async def list_meetings(
    tx: ReadTx, account_id: UUID, since: datetime, until: datetime
) -> Sequence[Meeting]:
    """The account's meetings that begin in [since, until), cancelled ones too, by their time."""
    rows = await tx.session.scalars(
        select(Meeting)
        .where(
            Meeting.tenant_id == tx.tenant_id,
            Meeting.account_id == account_id,
            Meeting.starts_at >= since,
            Meeting.starts_at < until,
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return rows.all()


async def list_transcripts(
    tx: ReadTx, account_id: UUID, since: datetime, until: datetime
) -> Sequence[tuple[Transcript, Meeting]]:
    """Transcripts of the account's meetings that began in [since, until), each with its meeting,
    by their time."""
    rows = await tx.session.execute(
        select(Transcript, Meeting)
        .join(
            Meeting,
            (Meeting.tenant_id == Transcript.tenant_id) & (Meeting.id == Transcript.meeting_id),
        )
        .where(
            Transcript.tenant_id == tx.tenant_id,
            Transcript.account_id == account_id,
            Meeting.starts_at >= since,
            Meeting.starts_at < until,
        )
        .order_by(Meeting.starts_at, Transcript.created_at, Transcript.id)
    )
    return [(transcript, meeting) for transcript, meeting in rows]


# ── Meetings ────────────────────────────────────────────────────────────────────────────────────
async def lock_series(tx: Tx, series: str) -> list[Meeting]:
    """All rows of one UID. Whoever else works on it waits, also where there is no row yet."""
    await tx.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"{tx.tenant_id}|meeting|{series}"},
    )
    rows = await tx.session.scalars(
        select(Meeting)
        .where(Meeting.tenant_id == tx.tenant_id, Meeting.series == series)
        .order_by(Meeting.starts_at, Meeting.id)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def add_meeting(tx: Tx, meeting: Meeting) -> None:
    tx.session.add(meeting)
    await tx.session.flush()


async def drop_meetings(tx: Tx, meeting_ids: Collection[UUID]) -> None:
    """Dates that are no longer part of a series. One with a transcript was held: it stays."""
    held = select(Transcript.meeting_id).where(Transcript.tenant_id == tx.tenant_id)
    await tx.session.execute(
        delete(Meeting).where(
            Meeting.tenant_id == tx.tenant_id,
            Meeting.id.in_(meeting_ids),
            Meeting.id.not_in(held),
        )
    )


async def list_called_off(
    tx: ReadTx, account_id: UUID, *, since: datetime, other_than: str
) -> Sequence[Meeting]:
    """The account's meetings that were called off since then, the latest first; not of that UID."""
    rows = await tx.session.scalars(
        select(Meeting)
        .where(
            Meeting.tenant_id == tx.tenant_id,
            Meeting.account_id == account_id,
            Meeting.status == "cancelled",
            Meeting.changed_at >= since,
            Meeting.series != other_than,
        )
        .order_by(Meeting.changed_at.desc(), Meeting.id)
        .limit(100)
    )
    return rows.all()


async def forget_meetings(tx: Tx, message_ids: Collection[UUID]) -> list[UUID]:
    """Meetings that are known from these mails: nothing of what they said stays. One whose
    transcript somebody brought stays for it, without what the mail said. All of them."""
    theirs = (
        Meeting.tenant_id == tx.tenant_id,
        Meeting.message_id.in_(message_ids),
        Meeting.source == "invitation",
    )
    held = select(Transcript.meeting_id).where(Transcript.tenant_id == tx.tenant_id)
    dropped = await tx.session.scalars(
        delete(Meeting).where(*theirs, Meeting.id.not_in(held)).returning(Meeting.id)
    )
    emptied = await tx.session.scalars(
        update(Meeting)
        .where(*theirs)
        .values(source="transcript", title="", organizer="", attendees=[], message_id=None)
        .returning(Meeting.id)
        .execution_options(synchronize_session="fetch")
    )
    return [*dropped, *emptied]


async def forget_excluded(tx: Tx) -> None:
    """What was kept of accounts that are excluded by now: meetings with their transcripts, and
    Slack threads with their posts."""
    excluded = select(Account.id).where(Account.tenant_id == tx.tenant_id, Account.excluded)
    for table in (Meeting, SlackThread):
        await tx.session.execute(
            delete(table).where(table.tenant_id == tx.tenant_id, table.account_id.in_(excluded))
        )


# ── Transcripts ─────────────────────────────────────────────────────────────────────────────────
async def find_transcript(tx: ReadTx, account_id: UUID, sha256: str) -> Transcript | None:
    rows = await tx.session.scalars(
        select(Transcript).where(
            Transcript.tenant_id == tx.tenant_id,
            Transcript.account_id == account_id,
            Transcript.sha256 == sha256,
        )
    )
    return rows.one_or_none()


async def add_transcript(tx: Tx, transcript: Transcript) -> bool:
    """False when the same file was imported for the account meanwhile."""
    values = {
        column.key: getattr(transcript, column.key) for column in Transcript.__table__.columns
    }
    rows = await tx.session.execute(
        insert(Transcript)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "account_id", "sha256"])
        .returning(Transcript.id)
    )
    return rows.first() is not None


async def get_transcript(tx: ReadTx, transcript_id: UUID) -> Transcript | None:
    return await tx.session.get(Transcript, (tx.tenant_id, transcript_id), populate_existing=True)


async def get_meeting(tx: ReadTx, meeting_id: UUID) -> Meeting | None:
    return await tx.session.get(Meeting, (tx.tenant_id, meeting_id), populate_existing=True)


async def set_analysis(
    tx: Tx, transcript_id: UUID, *, analysis: dict[str, Any], read_at: datetime
) -> bool:
    """False when it was read meanwhile, or is gone."""
    rows = await tx.session.execute(
        update(Transcript)
        .where(
            Transcript.tenant_id == tx.tenant_id,
            Transcript.id == transcript_id,
            Transcript.read_at.is_(None),
        )
        .values(analysis=analysis, read_at=read_at)
        .returning(Transcript.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.first() is not None
