"""SQL of bearer tokens."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, update

from db.models.analytics import ApiToken
from db.models.tenants import Member
from db.session import ReadTx, Tx


async def add_token(tx: Tx, token: ApiToken) -> None:
    tx.session.add(token)
    await tx.session.flush()


async def find_token(tx: ReadTx, hashes: Sequence[str]) -> tuple[ApiToken, Member] | None:
    """The tenant's token with one of these hashes, and whose it is."""
    rows = await tx.session.execute(
        select(ApiToken, Member)
        .join(Member, (Member.tenant_id == ApiToken.tenant_id) & (Member.id == ApiToken.member_id))
        .where(ApiToken.tenant_id == tx.tenant_id, ApiToken.token_hash.in_(hashes))
        .limit(1)
    )
    found = rows.one_or_none()
    return (found[0], found[1]) if found else None


async def lock_token(tx: Tx, token_id: UUID) -> ApiToken | None:
    query = select(ApiToken).where(ApiToken.tenant_id == tx.tenant_id, ApiToken.id == token_id)
    return (await tx.session.execute(query.with_for_update())).scalar_one_or_none()


async def list_tokens(tx: ReadTx, limit: int) -> list[tuple[ApiToken, Member]]:
    """The newest first."""
    rows = await tx.session.execute(
        select(ApiToken, Member)
        .join(Member, (Member.tenant_id == ApiToken.tenant_id) & (Member.id == ApiToken.member_id))
        .where(ApiToken.tenant_id == tx.tenant_id)
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
        .limit(limit)
    )
    return [(token, member) for token, member in rows]


async def count_live(tx: ReadTx, member_id: UUID, now: datetime) -> int:
    query = select(func.count()).select_from(ApiToken)
    found = await tx.session.scalar(
        query.where(
            ApiToken.tenant_id == tx.tenant_id,
            ApiToken.member_id == member_id,
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
        )
    )
    return int(found or 0)


async def revoke_tokens(tx: Tx, member_id: UUID, at: datetime) -> int:
    """End all live tokens of a member; how many there were."""
    rows = await tx.session.execute(
        update(ApiToken)
        .where(
            ApiToken.tenant_id == tx.tenant_id,
            ApiToken.member_id == member_id,
            ApiToken.revoked_at.is_(None),
        )
        .values(revoked_at=at)
        .returning(ApiToken.id)
    )
    return len(rows.all())


async def note_use(tx: Tx, token_id: UUID, *, at: datetime, pace: timedelta) -> None:
    """Written at most once in `pace`; a time in the future (a clock was set back) is corrected."""
    await tx.session.execute(
        update(ApiToken)
        .where(
            ApiToken.tenant_id == tx.tenant_id,
            ApiToken.id == token_id,
            or_(
                ApiToken.last_used_at.is_(None),
                ApiToken.last_used_at <= at - pace,
                ApiToken.last_used_at > at,
            ),
        )
        .values(last_used_at=at)
        .execution_options(synchronize_session=False)
    )
