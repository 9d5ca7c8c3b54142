"""SQL of what is to be looked at for signals, account by account."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from db.models.looks import AccountLook
from db.session import ReadTx, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What model calls came to. `cost_usd` is None as soon as one had no known price."""

    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal | None = field(default_factory=Decimal)


async def set_wanted(tx: Tx, account_id: UUID, *, look_id: UUID, now: datetime) -> bool:
    """Want the account looked at anew; True when no look of it was wanted or under way before."""
    row = await tx.session.execute(
        _new(tx, account_id, look_id, now, wanted_rev=1)
        .on_conflict_do_update(
            index_elements=["tenant_id", "account_id"],
            set_={"wanted_rev": AccountLook.wanted_rev + 1, "wanted_at": now},
        )
        .returning(AccountLook.wanted_rev - 1 <= AccountLook.looked_rev)
    )
    return bool(row.scalar_one())


async def is_wanted(tx: ReadTx, account_id: UUID) -> bool:
    """Whether it has changed since it was looked at."""
    rows = await tx.session.execute(
        select(AccountLook.id).where(
            AccountLook.tenant_id == tx.tenant_id,
            AccountLook.account_id == account_id,
            AccountLook.wanted_rev > AccountLook.looked_rev,
        )
    )
    return rows.first() is not None


async def claim_look(
    tx: Tx, account_id: UUID, *, look_id: UUID, token: UUID, now: datetime, until: datetime
) -> AccountLook | None:
    """The account's row under this lease; None while somebody else holds it."""
    await tx.session.execute(
        _new(tx, account_id, look_id, now, wanted_rev=0).on_conflict_do_nothing()
    )
    row = await tx.session.scalars(
        update(AccountLook)
        .where(
            AccountLook.tenant_id == tx.tenant_id,
            AccountLook.account_id == account_id,
            or_(AccountLook.lease_until.is_(None), AccountLook.lease_until <= now),
        )
        .values(lease_token=token, lease_until=until)
        .returning(AccountLook)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return row.one_or_none()


async def lock_leased(tx: Tx, account_id: UUID, token: UUID) -> bool:
    """Hold the row until the transaction ends; False when the lease is no longer ours."""
    row = await tx.session.execute(
        select(AccountLook.id)
        .where(
            AccountLook.tenant_id == tx.tenant_id,
            AccountLook.account_id == account_id,
            AccountLook.lease_token == token,
        )
        .with_for_update()
    )
    return row.first() is not None


async def set_looked(
    tx: Tx,
    account_id: UUID,
    token: UUID,
    *,
    rev: int,
    now: datetime,
    memory: dict[str, Any],
    spent: Spent,
) -> bool:
    """Note the look and give the lease back; True when more was wanted meanwhile."""
    row = await tx.session.execute(
        update(AccountLook)
        .where(
            AccountLook.tenant_id == tx.tenant_id,
            AccountLook.account_id == account_id,
            AccountLook.lease_token == token,
        )
        .values(
            looked_rev=rev,
            looked_at=now,
            memory=memory,
            lease_token=None,
            lease_until=None,
            **_added(spent),
        )
        .returning(AccountLook.wanted_rev > rev)
    )
    return bool(row.scalar_one_or_none())


def _added(spent: Spent) -> dict[str, Any]:
    if not spent.model_calls:
        return {}
    unpriced = (AccountLook.model_calls > 0) & AccountLook.cost_usd.is_(None)
    before = func.coalesce(AccountLook.cost_usd, 0)
    cost = None if spent.cost_usd is None else before + spent.cost_usd
    return {
        "model_calls": AccountLook.model_calls + spent.model_calls,
        "tokens_in": AccountLook.tokens_in + spent.tokens_in,
        "tokens_out": AccountLook.tokens_out + spent.tokens_out,
        "cost_usd": None if cost is None else case((unpriced, None), else_=cost),
    }


async def drop_lease(tx: Tx, account_id: UUID, token: UUID) -> None:
    """Give the lease back with nothing seen."""
    await tx.session.execute(
        update(AccountLook)
        .where(
            AccountLook.tenant_id == tx.tenant_id,
            AccountLook.account_id == account_id,
            AccountLook.lease_token == token,
        )
        .values(lease_token=None, lease_until=None)
    )


async def forget_memory(tx: Tx, account_ids: Collection[UUID]) -> None:
    """The model has read nothing of these accounts; and whoever looks at one of them right now has
    lost it, because what they have read may not be written down."""
    await tx.session.execute(
        update(AccountLook)
        .where(
            AccountLook.tenant_id == tx.tenant_id,
            AccountLook.account_id.in_(account_ids),
            or_(AccountLook.memory != {}, AccountLook.lease_token.is_not(None)),
        )
        .values(memory={}, lease_token=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def _new(tx: Tx, account_id: UUID, look_id: UUID, now: datetime, *, wanted_rev: int) -> Insert:
    return insert(AccountLook).values(
        tenant_id=tx.tenant_id,
        id=look_id,
        created_at=now,
        account_id=account_id,
        wanted_rev=wanted_rev,
        looked_rev=0,
        wanted_at=now,
        memory={},
        model_calls=0,
        tokens_in=0,
        tokens_out=0,
    )
