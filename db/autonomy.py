"""SQL of levels, limits and narrowings."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.actions import Effect
from db.models.autonomy import EarnedLevel, LevelMove, Narrowing
from db.models.customers import Account, AccountOwner
from db.models.tenants import KillSwitch, Tenant
from db.session import ReadTx, Tx


async def list_levels(
    tx: ReadTx, types: Collection[str] | None = None, *, lock: bool = False
) -> Sequence[EarnedLevel]:
    """Of these types, or of all that have a row. With `lock` they are held FOR SHARE, always in the
    same order: what moves a level waits for a claim in flight, and the next claim sees it."""
    query = select(EarnedLevel).where(EarnedLevel.tenant_id == tx.tenant_id)
    if types is not None:
        query = query.where(EarnedLevel.action_type.in_(types))
    query = query.order_by(EarnedLevel.action_type)
    if lock:
        query = query.with_for_update(read=True).execution_options(populate_existing=True)
    return (await tx.session.scalars(query)).all()


async def get_level(tx: ReadTx, action_type: str) -> EarnedLevel | None:
    query = select(EarnedLevel).where(
        EarnedLevel.tenant_id == tx.tenant_id, EarnedLevel.action_type == action_type
    )
    return (await tx.session.scalars(query)).one_or_none()


async def hold_level(
    tx: Tx, action_type: str, *, row_id: UUID, first: str, now: datetime
) -> EarnedLevel:
    """The type's row, held until the transaction ends; made with its first level if need be. That
    one holds since the tenant began: evidence from before the row counts."""
    began = select(Tenant.created_at).where(Tenant.tenant_id == tx.tenant_id).scalar_subquery()
    await tx.session.execute(
        insert(EarnedLevel)
        .values(
            tenant_id=tx.tenant_id,
            id=row_id,
            created_at=now,
            action_type=action_type,
            earned=first,
            lineage="",
            since=began,
            version=1,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "action_type"])
    )
    rows = await tx.session.scalars(
        select(EarnedLevel)
        .where(EarnedLevel.tenant_id == tx.tenant_id, EarnedLevel.action_type == action_type)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.one()


async def add_move(tx: Tx, move: LevelMove) -> None:
    tx.session.add(move)
    await tx.session.flush()


async def list_narrowings(
    tx: ReadTx, member_id: UUID | None, account_id: UUID | None
) -> Sequence[Narrowing]:
    """What holds on an account when this member acts there: their own limits, and those of whoever
    looks after it."""
    keepers = select(AccountOwner.member_id).where(
        AccountOwner.tenant_id == tx.tenant_id, AccountOwner.account_id == account_id
    )
    owner = select(Account.owner_id).where(
        Account.tenant_id == tx.tenant_id, Account.id == account_id, Account.owner_id.is_not(None)
    )
    rows = await tx.session.scalars(
        select(Narrowing)
        .where(
            Narrowing.tenant_id == tx.tenant_id,
            or_(Narrowing.account_id.is_(None), Narrowing.account_id == account_id),
            or_(
                Narrowing.member_id == member_id,
                Narrowing.member_id.in_(keepers),
                Narrowing.member_id.in_(owner),
            ),
        )
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def find_narrowing(
    tx: ReadTx, member_id: UUID, account_id: UUID | None, action_type: str
) -> Narrowing | None:
    """The member's own limit for exactly this."""
    rows = await tx.session.scalars(
        select(Narrowing)
        .where(
            Narrowing.tenant_id == tx.tenant_id,
            Narrowing.member_id == member_id,
            Narrowing.account_id.is_not_distinct_from(account_id),
            Narrowing.action_type == action_type,
        )
        .execution_options(populate_existing=True)
    )
    return rows.one_or_none()


async def add_narrowing(tx: Tx, row: Narrowing) -> None:
    tx.session.add(row)
    await tx.session.flush()


async def drop_narrowing(tx: Tx, row: Narrowing) -> None:
    await tx.session.delete(row)
    await tx.session.flush()


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


async def set_stopped_types(
    tx: Tx, types: Collection[str], *, by: UUID | None, at: datetime
) -> None:
    """The caller holds the row: db/actions.lock_kill_switch."""
    await tx.session.execute(
        update(KillSwitch)
        .where(KillSwitch.tenant_id == tx.tenant_id)
        .values(stopped_types=sorted(types), changed_by=by, changed_at=at)
    )


async def list_queued_effects(tx: ReadTx) -> Sequence[UUID]:
    """Everything that is about to leave and has not been claimed, what is due first."""
    rows = await tx.session.scalars(
        select(Effect.id)
        .where(Effect.tenant_id == tx.tenant_id, Effect.status == "queued")
        .order_by(Effect.due_at, Effect.id)
    )
    return rows.all()
