"""SQL of pushes: the watch that asks for them, and the mail that came without."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, or_, select, update

from db.models.mailboxes import Mailbox
from db.session import ReadTx, Tx


async def list_unwatched(
    tx: ReadTx, *, ends_before: datetime, tried_before: datetime
) -> list[UUID]:
    """Connected mailboxes whose watch ends by then, and for whom nobody has just asked."""
    return list(
        await tx.session.scalars(
            select(Mailbox.id)
            .where(
                Mailbox.tenant_id == tx.tenant_id,
                Mailbox.status == "connected",
                or_(Mailbox.watch_expires_at.is_(None), Mailbox.watch_expires_at < ends_before),
                or_(Mailbox.watch_tried_at.is_(None), Mailbox.watch_tried_at < tried_before),
            )
            .order_by(Mailbox.id)
        )
    )


async def set_watch(tx: Tx, mailbox_id: UUID, *, until: datetime, now: datetime) -> None:
    """Pushes come until then. A watch that had ended begins anew."""
    gone = or_(Mailbox.watch_expires_at.is_(None), Mailbox.watch_expires_at < now)
    await tx.session.execute(
        update(Mailbox)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.id == mailbox_id,
            Mailbox.status == "connected",
        )
        .values(
            watch_expires_at=until,
            watch_since=case((gone, now), else_=func.coalesce(Mailbox.watch_since, now)),
            watch_tried_at=now,
            watch_trouble=None,
        )
    )


async def set_watch_trouble(
    tx: Tx, mailbox_id: UUID, *, trouble: str | None, now: datetime
) -> None:
    await tx.session.execute(
        update(Mailbox)
        .where(Mailbox.tenant_id == tx.tenant_id, Mailbox.id == mailbox_id)
        .values(watch_trouble=trouble, watch_tried_at=now)
    )


async def set_push_seen(tx: Tx, mailbox_id: UUID, now: datetime) -> bool:
    """A push came. True when that ends a silence."""
    rows = await tx.session.execute(
        select(Mailbox.push_silent_since)
        .where(Mailbox.tenant_id == tx.tenant_id, Mailbox.id == mailbox_id)
        .with_for_update()
    )
    was_silent = rows.scalar_one_or_none() is not None
    await tx.session.execute(
        update(Mailbox)
        .where(Mailbox.tenant_id == tx.tenant_id, Mailbox.id == mailbox_id)
        .values(push_seen_at=now, push_missed=0, push_missed_since=None, push_silent_since=None)
    )
    return was_silent


async def count_missed(
    tx: Tx, mailbox_id: UUID, *, mails: int, newest: datetime, now: datetime, read_since: datetime
) -> None:
    """Mail was found that came after the last push, while pushes were asked for and could be taken:
    after a pause of our own nothing can be said."""
    await tx.session.execute(
        update(Mailbox)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.id == mailbox_id,
            Mailbox.watch_since < newest,
            Mailbox.watch_expires_at > now,
            Mailbox.synced_at >= read_since,
            or_(Mailbox.push_seen_at.is_(None), Mailbox.push_seen_at < newest),
        )
        .values(
            push_missed=Mailbox.push_missed + mails,
            push_missed_since=func.coalesce(Mailbox.push_missed_since, now),
        )
    )


async def begin_silence(tx: Tx, *, missed: int, before: datetime, now: datetime) -> bool:
    """Mark mailboxes in which so many mails came without a push, the first of them before then.
    True when there is a new one."""
    rows = await tx.session.execute(
        update(Mailbox)
        .where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.status == "connected",
            Mailbox.push_silent_since.is_(None),
            Mailbox.push_missed >= missed,
            Mailbox.push_missed_since < before,
        )
        .values(push_silent_since=now)
        .returning(Mailbox.id)
    )
    return rows.first() is not None


async def list_silent(tx: ReadTx) -> list[Mailbox]:
    """Connected mailboxes whose pushes are silent, by address."""
    return list(
        await tx.session.scalars(
            select(Mailbox)
            .where(
                Mailbox.tenant_id == tx.tenant_id,
                Mailbox.status == "connected",
                Mailbox.push_silent_since.is_not(None),
            )
            .order_by(Mailbox.address)
        )
    )


async def last_push(tx: ReadTx) -> datetime | None:
    """When a push of any mailbox came last."""
    rows = await tx.session.execute(
        select(func.max(Mailbox.push_seen_at)).where(Mailbox.tenant_id == tx.tenant_id)
    )
    return rows.scalar_one()
