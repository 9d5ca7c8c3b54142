"""SQL of the account view: what happened with an account. Every statement is bounded, so that an
account of fifty thousand mails is read as fast as one of fifty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Subquery, Uuid, cast, func, select, text, true
from sqlalchemy.dialects.postgresql import ARRAY

from db.models.conversations import Conversation, Message
from db.models.mailboxes import Mailbox, MailboxMessage
from db.models.meetings import Meeting, SlackPost, SlackThread, Transcript
from db.session import ReadTx

TALKS = 200
"""So many conversations are looked into, those with the newest mail."""
COUNTED = 2_000
"""Nobody counts further than this."""
LONGEST = 4_000
KINDS = ("human", "auto_reply", "calendar")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """A mail, its text cut; `place` is (mailbox, Gmail's thread) where the reader has it."""

    id: UUID
    conversation_id: UUID
    contact_id: UUID | None
    direction: str
    kind: str
    proof: str
    sender: dict[str, Any]
    recipients: dict[str, Any]
    subject: str
    text: str
    sent_at: datetime | None
    received_at: datetime
    created_at: datetime
    analysis: dict[str, Any]
    attachments: int
    place: tuple[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRow:
    """A conversation, as far as facts stand in it."""

    id: UUID
    qualification: dict[str, Any]
    head_message_id: UUID | None
    last_message_at: datetime | None


async def give_up_after(tx: ReadTx, milliseconds: int) -> None:
    """Statements of this transaction end after so long."""
    await tx.session.execute(
        text("select set_config('statement_timeout', :limit, true)"), {"limit": str(milliseconds)}
    )


# ── Mail ────────────────────────────────────────────────────────────────────────────────────────
async def list_talks(tx: ReadTx, account_id: UUID) -> Sequence[TalkRow]:
    """The newest conversations, one more than are looked into when there are more."""
    rows = await tx.session.execute(
        select(
            Conversation.id,
            Conversation.qualification,
            Conversation.head_message_id,
            Conversation.last_message_at,
        )
        .where(
            Conversation.tenant_id == tx.tenant_id,
            Conversation.account_id == account_id,
            # In the index's own order, so that ten thousand aren't sorted for two hundred.
            Conversation.last_message_at.is_not(None),
        )
        .order_by(Conversation.last_message_at.desc(), Conversation.id)
        .limit(TALKS + 1)
    )
    return [
        TalkRow(id=id_, qualification=known, head_message_id=head, last_message_at=last)
        for id_, known, head, last in rows
    ]


async def list_mails(
    tx: ReadTx,
    talks: Sequence[UUID],
    member_id: UUID,
    *,
    limit: int,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Sequence[MailRow]:
    """The newest mails of these conversations, and where the member has each."""
    when = [*_between(Message.received_at, start, end), Message.kind.in_(KINDS)]
    talk = each(talks)
    newest = (
        select(Message.id, Message.received_at)
        .where(Message.tenant_id == tx.tenant_id, Message.conversation_id == talk.c.id, *when)
        .order_by(Message.received_at.desc(), Message.id)
        .limit(limit)
        .lateral()
    )
    found = (
        select(newest.c.id)
        .select_from(talk.join(newest, true()))
        .order_by(newest.c.received_at.desc(), newest.c.id)
        .limit(limit)
        .subquery()
    )
    place = (
        select(Mailbox.address, MailboxMessage.gmail_thread_id)
        .join(
            Mailbox, (Mailbox.tenant_id == tx.tenant_id) & (Mailbox.id == MailboxMessage.mailbox_id)
        )
        .where(
            MailboxMessage.tenant_id == tx.tenant_id,
            MailboxMessage.message_id == Message.id,
            Mailbox.member_id == member_id,
            Mailbox.is_system.is_(False),
        )
        .order_by(Mailbox.address)
        .limit(1)
        .lateral()
    )
    rows = await tx.session.execute(
        select(
            Message.id,
            Message.conversation_id,
            Message.contact_id,
            Message.direction,
            Message.kind,
            Message.proof,
            Message.sender,
            Message.recipients,
            Message.subject,
            func.left(Message.text, LONGEST).label("text"),
            Message.sent_at,
            Message.received_at,
            Message.created_at,
            Message.analysis,
            func.jsonb_array_length(Message.attachments).label("attachments"),
            place.c.address,
            place.c.gmail_thread_id,
        )
        .join(found, found.c.id == Message.id)
        .outerjoin(place, true())
        .where(Message.tenant_id == tx.tenant_id)
        .order_by(Message.received_at.desc(), Message.id)
    )
    return [_mail(row) for row in rows]


def _mail(row: Row[Any]) -> MailRow:
    values = row._asdict()
    address, thread = values.pop("address"), values.pop("gmail_thread_id")
    values["text"] = values["text"] or ""
    return MailRow(**values, place=(address, thread) if address else None)


async def count_mails(tx: ReadTx, talks: Sequence[UUID], start: datetime, end: datetime) -> int:
    """How many there are, at most COUNTED."""
    some = (
        select(Message.id)
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.conversation_id.in_(list(talks)),
            Message.kind.in_(KINDS),
            *_between(Message.received_at, start, end),
        )
        .limit(COUNTED)
        .subquery()
    )
    return (await tx.session.execute(select(func.count()).select_from(some))).scalar_one()


def each(ids: Sequence[UUID]) -> Subquery:
    """The ids as rows, for a look into each of them."""
    return select(func.unnest(cast(list(ids), ARRAY(Uuid))).label("id")).subquery()


# ── Slack and meetings ──────────────────────────────────────────────────────────────────────────
async def list_posts(
    tx: ReadTx, account_id: UUID, start: datetime, end: datetime, limit: int
) -> tuple[Sequence[tuple[SlackPost, str]], int]:
    """Posts of threads about the account with their channel, the newest first, and how many."""
    rows = await tx.session.execute(
        select(SlackPost, SlackThread.channel, func.count().over())
        .join(
            SlackThread,
            (SlackThread.tenant_id == SlackPost.tenant_id)
            & (SlackThread.id == SlackPost.thread_id),
        )
        .where(
            SlackPost.tenant_id == tx.tenant_id,
            SlackThread.account_id == account_id,
            SlackThread.last_at >= start,
            *_between(SlackPost.posted_at, start, end),
        )
        .order_by(SlackPost.posted_at.desc(), SlackPost.id)
        .limit(limit)
    )
    found = [(post, channel, total) for post, channel, total in rows]
    return [(post, channel) for post, channel, _ in found], found[0][2] if found else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptRow:
    """What was said in a meeting, without its turns."""

    id: UUID
    meeting_id: UUID
    file_name: str
    turns: int
    analysis: dict[str, Any]
    permalink: str | None


async def list_meetings(
    tx: ReadTx, account_id: UUID, start: datetime, limit: int
) -> Sequence[Meeting]:
    """Meetings from then on, also those to come, the latest first."""
    rows = await tx.session.execute(
        select(Meeting)
        .where(
            Meeting.tenant_id == tx.tenant_id,
            Meeting.account_id == account_id,
            Meeting.starts_at >= start,
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id)
        .limit(limit)
    )
    return rows.scalars().all()


async def list_transcripts(tx: ReadTx, meeting_ids: Sequence[UUID]) -> Sequence[TranscriptRow]:
    rows = await tx.session.execute(
        select(
            Transcript.id,
            Transcript.meeting_id,
            Transcript.file_name,
            func.jsonb_array_length(Transcript.turns).label("turns"),
            Transcript.analysis,
            Transcript.permalink,
        )
        .where(Transcript.tenant_id == tx.tenant_id, Transcript.meeting_id.in_(meeting_ids))
        .order_by(Transcript.created_at, Transcript.id)
    )
    return [TranscriptRow(**row._asdict()) for row in rows]


def _between(
    column: Any, start: datetime | None, end: datetime | None
) -> list[ColumnElement[bool]]:
    return [
        *([column >= start] if start is not None else []),
        *([column < end] if end is not None else []),
    ]
