"""SQL of digests."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from db.models.cards import Digest
from db.models.directories import Timer
from db.models.tenants import Member
from db.session import ReadTx, Tx


async def get_digest(tx: ReadTx, digest_id: UUID) -> Digest | None:
    return await tx.session.get(Digest, (tx.tenant_id, digest_id))


async def settle_mail(
    tx: Tx, digest_id: UUID, *, expect: str, status: str, note: str | None = None
) -> bool:
    """Move the digest's mail from one status to the next; False when another job did."""
    values: dict[str, Any] = {"mail_status": status, "mail_note": note}
    rows = await tx.session.execute(
        update(Digest)
        .where(
            Digest.tenant_id == tx.tenant_id,
            Digest.id == digest_id,
            Digest.mail_status == expect,
        )
        .values(**values)
        .returning(Digest.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None


async def list_tips(tx: ReadTx, member_ids: Collection[UUID]) -> list[tuple[UUID, str, date]]:
    """(member, pattern, the last day) of findings that these members' digests have told of."""
    tip = Digest.content["tip"].astext
    rows = await tx.session.execute(
        select(Digest.member_id, tip, func.max(Digest.day))
        .where(
            Digest.tenant_id == tx.tenant_id,
            Digest.member_id.in_(member_ids),
            tip.is_not(None),
        )
        .group_by(Digest.member_id, tip)
    )
    return [(member_id, pattern, last) for member_id, pattern, last in rows]


async def list_without_timer(tx: ReadTx, kind: str) -> Sequence[Member]:
    """Active, enabled members without a timer of this kind."""
    timed = select(Timer.subject_id).where(Timer.tenant_id == tx.tenant_id, Timer.kind == kind)
    rows = await tx.session.execute(
        select(Member)
        .where(
            Member.tenant_id == tx.tenant_id,
            Member.active,
            Member.enabled_at.is_not(None),
            Member.id.not_in(timed),
        )
        .order_by(Member.id)
    )
    return rows.scalars().all()
