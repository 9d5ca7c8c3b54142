"""The row of one type's level, held."""

from db import autonomy as rows
from db.models.autonomy import EarnedLevel
from db.session import Tx
from services.autonomy.levels import first_level
from services.ports import Clock, Ids


async def hold_level(tx: Tx, action_type: str, *, clock: Clock, ids: Ids) -> EarnedLevel:
    """Made where it is missing: then everything since the tenant began may speak for it."""
    return await rows.hold_level(
        tx,
        action_type,
        row_id=ids.new(),
        first=first_level(action_type).value,
        now=clock.now(),
    )
