"""Slack threads that are followed for an account, and their posts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.meetings import SlackPost, SlackThread
from db.session import ReadTx, Tx


async def list_posts(
    tx: ReadTx, account_id: UUID, since: datetime, until: datetime
) -> Sequence[tuple[SlackPost, SlackThread]]:
    """What was written in [since, until) in threads followed for the account, oldest first, each
    with its thread. What was deleted since isn't there."""
    rows = await tx.session.execute(
        select(SlackPost, SlackThread)
        .join(
            SlackThread,
            (SlackThread.tenant_id == SlackPost.tenant_id)
            & (SlackThread.id == SlackPost.thread_id),
        )
        .where(
            SlackThread.tenant_id == tx.tenant_id,
            SlackThread.account_id == account_id,
            SlackPost.posted_at >= since,
            SlackPost.posted_at < until,
            SlackPost.removed_at.is_(None),
        )
        .order_by(SlackPost.posted_at, SlackPost.id)
    )
    return [(post, thread) for post, thread in rows]


# ── Threads ─────────────────────────────────────────────────────────────────────────────────────
async def find_thread(tx: ReadTx, channel: str, thread_ts: str) -> SlackThread | None:
    """The thread, whether it is still followed or not."""
    rows = await tx.session.scalars(
        select(SlackThread)
        .where(
            SlackThread.tenant_id == tx.tenant_id,
            SlackThread.channel == channel,
            SlackThread.thread_ts == thread_ts,
        )
        .execution_options(populate_existing=True)
    )
    return rows.one_or_none()


async def get_thread(tx: ReadTx, thread_id: UUID) -> SlackThread | None:
    return await tx.session.get(SlackThread, (tx.tenant_id, thread_id), populate_existing=True)


async def lock_thread(tx: Tx, channel: str, thread_ts: str) -> SlackThread | None:
    rows = await tx.session.scalars(
        select(SlackThread)
        .where(
            SlackThread.tenant_id == tx.tenant_id,
            SlackThread.channel == channel,
            SlackThread.thread_ts == thread_ts,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.one_or_none()


async def add_thread(tx: Tx, thread: SlackThread) -> bool:
    """False when somebody else followed it meanwhile."""
    values = {column.key: getattr(thread, column.key) for column in SlackThread.__table__.columns}
    rows = await tx.session.execute(
        insert(SlackThread)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "channel", "thread_ts"])
        .returning(SlackThread.id)
    )
    return rows.first() is not None


async def set_caught_up(tx: Tx, thread_id: UUID, at: datetime) -> None:
    await tx.session.execute(
        update(SlackThread)
        .where(SlackThread.tenant_id == tx.tenant_id, SlackThread.id == thread_id)
        .values(caught_up_at=at)
        .execution_options(synchronize_session="fetch")
    )


async def end_thread(tx: Tx, thread_id: UUID, at: datetime) -> None:
    await tx.session.execute(
        update(SlackThread)
        .where(SlackThread.tenant_id == tx.tenant_id, SlackThread.id == thread_id)
        .values(ended_at=at)
        .execution_options(synchronize_session="fetch")
    )


# ── Posts ───────────────────────────────────────────────────────────────────────────────────────
async def keep_post(tx: Tx, post: SlackPost) -> UUID | None:
    """Store it as it is now; an older edit, or a copy of what was deleted, changes nothing. The
    stored post's id when anything changed."""
    values = {column.key: getattr(post, column.key) for column in SlackPost.__table__.columns}
    query = insert(SlackPost).values(**values)
    newer = or_(
        and_(SlackPost.edited_at.is_(None), query.excluded.edited_at.is_not(None)),
        query.excluded.edited_at > SlackPost.edited_at,
    )
    kept: UUID | None = await tx.session.scalar(
        query.on_conflict_do_update(
            index_elements=["tenant_id", "thread_id", "ts"],
            set_={"text": query.excluded.text, "edited_at": query.excluded.edited_at},
            where=and_(SlackPost.removed_at.is_(None), newer),
        ).returning(SlackPost.id)
    )
    if kept is None:
        return None
    await tx.session.execute(
        update(SlackThread)
        .where(
            SlackThread.tenant_id == tx.tenant_id,
            SlackThread.id == post.thread_id,
            SlackThread.last_at < post.posted_at,
        )
        .values(last_at=post.posted_at)
        .execution_options(synchronize_session=False)
    )
    return kept


async def list_post_ids(tx: ReadTx, thread_id: UUID) -> Sequence[UUID]:
    rows = await tx.session.scalars(
        select(SlackPost.id)
        .where(
            SlackPost.tenant_id == tx.tenant_id,
            SlackPost.thread_id == thread_id,
            SlackPost.removed_at.is_(None),
        )
        .order_by(SlackPost.id)
    )
    return rows.all()


async def remove_post(tx: Tx, post: SlackPost) -> UUID:
    """Nothing of it stays but that it was; also where it hasn't come yet. The stored post's id."""
    values = {column.key: getattr(post, column.key) for column in SlackPost.__table__.columns}
    query = insert(SlackPost).values(**values)
    removed = await tx.session.execute(
        query.on_conflict_do_update(
            index_elements=["tenant_id", "thread_id", "ts"],
            set_={
                "text": "",
                "author": "",
                "slack_user_id": "",
                "member_id": None,
                "removed_at": query.excluded.removed_at,
            },
        ).returning(SlackPost.id)
    )
    return removed.scalar_one()


async def author_of(tx: ReadTx, slack_user_id: str) -> str:
    """What somebody was called when they last wrote in a followed thread; empty for strangers."""
    rows = await tx.session.scalars(
        select(SlackPost.author)
        .where(
            SlackPost.tenant_id == tx.tenant_id,
            SlackPost.slack_user_id == slack_user_id,
            SlackPost.author != "",
        )
        .order_by(SlackPost.posted_at.desc())
        .limit(1)
    )
    return rows.first() or ""
