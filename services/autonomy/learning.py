"""Whether what a text says may change the picture of an account: that is an action too, the one
nobody outside sees, and whoever limits the copilot may switch it off."""

from typing import Any
from uuid import UUID

from db.session import ReadTx
from services.autonomy.levels import authority_of, stopped_words
from services.types.actions import ActionType, AutonomyLevel
from services.types.autonomy_words import name_of

LEARNS = ActionType.QUALIFY_CONVERSATION


async def kept_from_learning(
    tx: ReadTx, *, member_id: UUID | None, account_id: UUID | None
) -> str | None:
    """Why nothing more is learnt about this account, or None."""
    authority = await authority_of(tx, LEARNS, member_id=member_id, account_id=account_id)
    if authority.stopped:
        return stopped_words((LEARNS,), (LEARNS,))
    if authority.level is AutonomyLevel.OFF:
        return f"The level for {name_of(LEARNS)} is off here."
    return None


def unlearnt(why: str) -> dict[str, Any]:
    """What a stored analysis says then: nothing was found for the picture, and why. The view of an
    account is made of stored findings, so they aren't kept for later either."""
    return {"findings": [], "unlearnt": why}
