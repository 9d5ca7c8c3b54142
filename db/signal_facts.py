"""What detectors rest on, in a fixed number of statements, each of them bounded: an account with
50,000 messages costs what a small one does."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, case, func, literal, select, true
from sqlalchemy.orm import aliased

from db.customers import CLOSED
from db.models.conversations import Conversation, Message
from db.models.customers import Contact, Deal, DealChange
from db.models.mailboxes import Mailbox
from db.models.meetings import Meeting, SlackPost, SlackThread, Transcript
from db.models.tenants import Member
from db.session import ReadTx

MOST_THREADS, MOST_OF_THREAD, MOST_MESSAGES = 80, 120, 600
LONGEST_TEXT = 8_000
MOST_CONTACTS, MOST_DEALS, MOST_MEETINGS = 300, 50, 120
MOST_TRANSCRIPTS, MOST_POSTS, MOST_SPELLS = 20, 200, 300
MOST_CHAMPIONS = 20
TEXTS_OF = timedelta(days=120)
"""Words older than that aren't read; that somebody wrote still counts."""
PLANNED = timedelta(days=60)


async def list_mails(
    tx: ReadTx, account_id: UUID, *, since: datetime, now: datetime
) -> Sequence[Row[Any]]:
    """The newest mails of the newest conversations that belong to the account, newest first. A mail
    of a list is nobody's word, and neither is a bounce; one that was set aside isn't read."""
    threads = (
        select(Conversation.id)
        .where(
            Conversation.tenant_id == tx.tenant_id,
            Conversation.account_id == account_id,
            Conversation.link.in_(("linked", "lead")),
            Conversation.last_message_at > since,
        )
        .order_by(Conversation.last_message_at.desc())
        .limit(MOST_THREADS)
        .subquery()
    )
    newest = (
        select(Message.id, Message.received_at)
        .where(
            Message.tenant_id == tx.tenant_id,
            Message.conversation_id == threads.c.id,
            Message.received_at > since,
            Message.kind.in_(("human", "auto_reply", "calendar")),
            Message.attention != "set_aside",
        )
        .order_by(Message.received_at.desc())
        .limit(MOST_OF_THREAD)
        .lateral()
    )
    chosen = (
        select(newest.c.id)
        .select_from(threads)
        .join(newest, true())
        .order_by(newest.c.received_at.desc())
        .limit(MOST_MESSAGES)
        .subquery()
    )
    readable = Message.received_at > now - TEXTS_OF
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
            case((readable, func.left(Message.text, LONGEST_TEXT))).label("text"),
            Message.sent_at,
            Message.received_at,
            Message.created_at,
            Message.analysis["signals"].label("signals"),
            Message.analysis["suspicious"].label("suspicious"),
            Message.analysis["returns_on"].astext.label("returns_on"),
        )
        .join(chosen, chosen.c.id == Message.id)
        .where(Message.tenant_id == tx.tenant_id)
        .order_by(Message.received_at.desc(), Message.id.desc())
    )
    return rows.all()


async def list_contacts(tx: ReadTx, account_id: UUID) -> Sequence[Contact]:
    rows = await tx.session.scalars(
        select(Contact)
        .where(
            Contact.tenant_id == tx.tenant_id,
            Contact.account_id == account_id,
            Contact.excluded.is_(False),
        )
        .order_by(Contact.created_at, Contact.id)
        .limit(MOST_CONTACTS)
    )
    return rows.all()


async def list_others(tx: ReadTx, emails: Collection[str], account_id: UUID) -> frozenset[str]:
    """Which of these are people of other accounts."""
    rows = await tx.session.scalars(
        select(Contact.email).where(
            Contact.tenant_id == tx.tenant_id,
            Contact.email.in_(emails),
            Contact.account_id.is_not(None),
            Contact.account_id != account_id,
        )
    )
    return frozenset(rows)


async def list_ours(
    tx: ReadTx, emails: Collection[str], domains: Collection[str]
) -> frozenset[str]:
    """Which of these addresses and mail domains are the tenant's own."""
    domain = func.split_part(Member.email, literal("@"), literal(2))
    rows = await tx.session.scalars(
        select(Member.email)
        .where(Member.tenant_id == tx.tenant_id, Member.email.in_(emails))
        .union_all(
            select(Mailbox.address).where(
                Mailbox.tenant_id == tx.tenant_id, Mailbox.address.in_(emails)
            ),
            select(domain).where(Member.tenant_id == tx.tenant_id, domain.in_(domains)),
        )
    )
    return frozenset(rows)


async def list_deals(tx: ReadTx, account_id: UUID) -> Sequence[Row[Any]]:
    """The account's deals, the open ones first, with what became of their close dates: how often
    one was put off, the first of them, and when the deal last came into its stage."""
    moved = and_(DealChange.tenant_id == Deal.tenant_id, DealChange.deal_id == Deal.id)
    dated = and_(moved, DealChange.field == "close_date")
    later = and_(DealChange.before != "", DealChange.after > DealChange.before)
    moves = select(func.count()).where(dated, later).scalar_subquery()
    first = (
        select(DealChange.before)
        .where(dated, DealChange.before != "")
        .order_by(DealChange.created_at, DealChange.id)
        .limit(1)
        .scalar_subquery()
    )
    entered = (
        select(func.max(DealChange.created_at))
        .where(moved, DealChange.field == "stage", DealChange.after == Deal.stage)
        .scalar_subquery()
    )
    rows = await tx.session.execute(
        select(
            Deal,
            moves.label("moves"),
            first.label("first_close_date"),
            func.coalesce(Deal.stage_changed_at, entered).label("stage_since"),
        )
        .where(Deal.tenant_id == tx.tenant_id, Deal.account_id == account_id)
        .order_by(Deal.stage.in_(CLOSED), Deal.created_at.desc(), Deal.id)
        .limit(MOST_DEALS)
    )
    return rows.all()


async def list_spells(
    tx: ReadTx, stages: Collection[str], account_id: UUID, *, since: datetime
) -> Sequence[tuple[str, timedelta]]:
    """How long deals of other accounts stayed in these stages, the newest first: from the change
    into the stage to the one out of it. What nobody saw begin isn't counted."""
    left = _stage_changes(tx, since).where(DealChange.before.in_(stages)).subquery()
    entry = aliased(DealChange)
    came = (
        select(entry.created_at)
        .where(
            entry.tenant_id == tx.tenant_id,
            entry.deal_id == left.c.deal_id,
            entry.field == "stage",
            entry.after == left.c.before,
            entry.created_at < left.c.created_at,
        )
        .order_by(entry.created_at.desc())
        .limit(1)
        .lateral()
    )
    rows = await tx.session.execute(
        select(left.c.before, left.c.created_at - came.c.created_at)
        .select_from(left)
        .join(came, true())
        .join(Deal, and_(Deal.tenant_id == tx.tenant_id, Deal.id == left.c.deal_id))
        .where(Deal.account_id != account_id)
        .order_by(left.c.created_at.desc(), left.c.id)
    )
    return [(stage, length) for stage, length in rows]


def _stage_changes(tx: ReadTx, since: datetime) -> Select[UUID, UUID, str, datetime]:
    return (
        select(DealChange.id, DealChange.deal_id, DealChange.before, DealChange.created_at)
        .where(
            DealChange.tenant_id == tx.tenant_id,
            DealChange.field == "stage",
            DealChange.created_at > since,
        )
        .order_by(DealChange.created_at.desc(), DealChange.id)
        .limit(MOST_SPELLS)
    )


async def large_amounts(tx: ReadTx, share: float) -> dict[str, Any]:
    """Currency → the amount above which an open deal is among the tenant's largest."""
    limit = func.percentile_disc(share).within_group(Deal.amount)
    rows = await tx.session.execute(
        select(Deal.currency, limit.label("amount"))
        .where(Deal.tenant_id == tx.tenant_id, Deal.stage.not_in(CLOSED), Deal.amount.is_not(None))
        .group_by(Deal.currency)
        .having(func.count() > 3)  # noqa: PLR2004 - of three deals none is large
    )
    return {one.currency: one.amount for one in rows}


async def list_meetings(
    tx: ReadTx, account_id: UUID, *, since: datetime, now: datetime
) -> Sequence[Meeting]:
    """Those that were and those of the weeks to come: of a series every date is one."""
    rows = await tx.session.scalars(
        select(Meeting)
        .where(
            Meeting.tenant_id == tx.tenant_id,
            Meeting.account_id == account_id,
            Meeting.starts_at > since,
            Meeting.starts_at < now + PLANNED,
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id)
        .limit(MOST_MEETINGS)
    )
    return rows.all()


async def list_transcripts(
    tx: ReadTx, account_id: UUID, *, since: datetime
) -> Sequence[Row[Transcript, Meeting]]:
    rows = await tx.session.execute(
        select(Transcript, Meeting)
        .join(
            Meeting,
            and_(Meeting.tenant_id == Transcript.tenant_id, Meeting.id == Transcript.meeting_id),
        )
        .where(
            Transcript.tenant_id == tx.tenant_id,
            Transcript.account_id == account_id,
            Meeting.starts_at > since,
        )
        .order_by(Meeting.starts_at.desc(), Transcript.id)
        .limit(MOST_TRANSCRIPTS)
    )
    return rows.all()


async def list_posts(tx: ReadTx, account_id: UUID, *, since: datetime) -> Sequence[SlackPost]:
    """Posts of people who are no members, newest first."""
    rows = await tx.session.scalars(
        select(SlackPost)
        .join(
            SlackThread,
            and_(
                SlackThread.tenant_id == SlackPost.tenant_id,
                SlackThread.id == SlackPost.thread_id,
            ),
        )
        .where(
            SlackPost.tenant_id == tx.tenant_id,
            SlackThread.account_id == account_id,
            SlackThread.last_at > since,
            SlackPost.posted_at > since,
            SlackPost.member_id.is_(None),
        )
        .order_by(SlackPost.posted_at.desc(), SlackPost.id)
        .limit(MOST_POSTS)
    )
    return rows.all()


async def list_champions(tx: ReadTx, account_id: UUID) -> Sequence[tuple[list[str], str]]:
    """Values and evidence of the champion that conversations name, the newest first."""
    champion = Conversation.qualification["criteria"]["champion"]
    rows = await tx.session.execute(
        select(champion)
        .where(
            Conversation.tenant_id == tx.tenant_id,
            Conversation.account_id == account_id,
            champion["identified"].astext == "true",
        )
        .order_by(Conversation.last_message_at.desc().nulls_last())
        .limit(MOST_CHAMPIONS)
    )
    return [
        ([str(one) for one in found.get("values", ())], str(found.get("evidence", "")))
        for (found,) in rows
        if isinstance(found, dict)
    ]
