"""SQL of the texts that are searched, as their sources hold them now. Which of them may be read is
asked of db.search.list_readable."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from db.models.compose import Note
from db.models.conversations import Message
from db.models.meetings import Meeting, SlackPost, SlackThread, Transcript
from db.models.tenants import Member
from db.session import ReadTx


async def list_messages(tx: ReadTx, ids: Collection[UUID]) -> Sequence[Message]:
    return await _rows(tx, Message, ids)


async def list_notes(tx: ReadTx, ids: Collection[UUID]) -> Sequence[tuple[Note, str]]:
    """With the name of who put it down."""
    rows = await tx.session.execute(
        select(Note, Member.name)
        .outerjoin(Member, and_(Member.tenant_id == Note.tenant_id, Member.id == Note.author_id))
        .where(Note.tenant_id == tx.tenant_id, Note.id.in_(ids))
    )
    return [(note, name or "") for note, name in rows]


async def list_transcripts(
    tx: ReadTx, ids: Collection[UUID]
) -> Sequence[tuple[Transcript, Meeting]]:
    rows = await tx.session.execute(
        select(Transcript, Meeting)
        .join(
            Meeting,
            and_(Meeting.tenant_id == Transcript.tenant_id, Meeting.id == Transcript.meeting_id),
        )
        .where(Transcript.tenant_id == tx.tenant_id, Transcript.id.in_(ids))
    )
    return [(transcript, meeting) for transcript, meeting in rows]


async def list_posts(tx: ReadTx, ids: Collection[UUID]) -> Sequence[tuple[SlackPost, SlackThread]]:
    rows = await tx.session.execute(
        select(SlackPost, SlackThread)
        .join(
            SlackThread,
            and_(
                SlackThread.tenant_id == SlackPost.tenant_id, SlackThread.id == SlackPost.thread_id
            ),
        )
        .where(SlackPost.tenant_id == tx.tenant_id, SlackPost.id.in_(ids))
    )
    return [(post, thread) for post, thread in rows]


async def _rows(tx: ReadTx, table: Any, ids: Collection[UUID]) -> Sequence[Any]:
    rows = await tx.session.scalars(
        select(table).where(table.tenant_id == tx.tenant_id, table.id.in_(ids))
    )
    return rows.all()
