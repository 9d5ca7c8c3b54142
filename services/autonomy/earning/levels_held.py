"""The row of one type's level, held."""

from db import earning as rows
from db import tenants
from db.models.autonomy import EarnedLevel
from db.session import Tx
from services.autonomy.levels import first_level
from services.ports import Clock, Ids


async def hold_level(tx: Tx, action_type: str, *, clock: Clock, ids: Ids) -> EarnedLevel:
    """Made where it is missing: then everything since the tenant began may speak for it."""
    now, tenant = clock.now(), await tenants.get_tenant(tx)
    return await rows.hold_earned(
        tx,
        action_type,
        row_id=ids.new(),
        first=first_level(action_type).value,
        since=tenant.created_at if tenant else now,
        now=now,
    )
