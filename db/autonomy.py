"""SQL of levels, limits and narrowings."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from db.models.autonomy import EarnedLevel, Narrowing
from db.models.tenants import KillSwitch
from db.session import ReadTx


async def list_levels(tx: ReadTx) -> Sequence[EarnedLevel]:
    rows = await tx.session.scalars(
        select(EarnedLevel).where(EarnedLevel.tenant_id == tx.tenant_id)
    )
    return rows.all()


async def get_level(tx: ReadTx, action_type: str, *, lock: bool = False) -> EarnedLevel | None:
    """With `lock` it is held FOR SHARE: what moves a level waits for a claim in flight, and the
    next claim sees it."""
    query = select(EarnedLevel).where(
        EarnedLevel.tenant_id == tx.tenant_id, EarnedLevel.action_type == action_type
    )
    if lock:
        query = query.with_for_update(read=True).execution_options(populate_existing=True)
    return (await tx.session.scalars(query)).one_or_none()


async def list_narrowings(
    tx: ReadTx, member_id: UUID, account_id: UUID | None
) -> Sequence[Narrowing]:
    """A member's own limits that hold for an account."""
    rows = await tx.session.scalars(
        select(Narrowing).where(
            Narrowing.tenant_id == tx.tenant_id,
            Narrowing.member_id == member_id,
            or_(Narrowing.account_id.is_(None), Narrowing.account_id == account_id),
        )
    )
    return rows.all()


async def stopped_types(tx: ReadTx, *, lock: bool = False) -> tuple[bool, frozenset[str]]:
    """The kill switch: whether everything is stopped, and which action types are. A claim locks the
    row FOR SHARE, as in db/actions.kill_switch_engaged."""
    query = select(KillSwitch.engaged, KillSwitch.stopped_types).where(
        KillSwitch.tenant_id == tx.tenant_id
    )
    if lock:
        query = query.with_for_update(read=True)
    row = (await tx.session.execute(query)).one_or_none()
    return (bool(row.engaged), frozenset(row.stopped_types)) if row else (False, frozenset())
