"""The level in force: what a type has earned, the organisation's limit, the account owner's own."""

from collections.abc import Sequence
from uuid import UUID

from db import autonomy as rows
from db.models.autonomy import Narrowing
from db.session import ReadTx
from services.types.actions import ActionType, AutonomyLevel
from services.types.autonomy import Authority

FIRST: dict[ActionType, AutonomyLevel] = {
    # Reading a conversation changes nothing outside, and an answer to a customer's question is
    # drafted for a person from the first day on. Whatever nobody has asked for is watched first.
    ActionType.SEND_ROUTINE_RESPONSE: AutonomyLevel.APPROVE,
    ActionType.QUALIFY_CONVERSATION: AutonomyLevel.AUTONOMOUS,
    ActionType.SEND_FOLLOW_UP_EMAIL: AutonomyLevel.SUGGEST,
    ActionType.SCHEDULE_MEETING: AutonomyLevel.SUGGEST,
    ActionType.PROGRESS_EARLY_STAGE: AutonomyLevel.SUGGEST,
    ActionType.SEND_PROPOSAL: AutonomyLevel.SUGGEST,
    ActionType.DISCUSS_PRICING: AutonomyLevel.SUGGEST,
    ActionType.NEGOTIATE_TERMS: AutonomyLevel.SUGGEST,
    ActionType.PROGRESS_PAST_EVALUATION: AutonomyLevel.SUGGEST,
    ActionType.CONTACT_C_SUITE: AutonomyLevel.SUGGEST,
    ActionType.COMMIT_PRICING: AutonomyLevel.OFF,
    ActionType.MODIFY_CONTRACT: AutonomyLevel.OFF,
    ActionType.STRATEGIC_DECISION: AutonomyLevel.OFF,
    ActionType.INITIATE_EXECUTIVE_RELATIONSHIP: AutonomyLevel.OFF,
}
"""Where a type stands before anything is known of it; a type without a line fails a test."""


def first_level(action_type: str) -> AutonomyLevel:
    """A name nobody has heard of waits for a person."""
    try:
        return FIRST[ActionType(action_type)]
    except ValueError:
        return AutonomyLevel.APPROVE


async def authority_of(
    tx: ReadTx,
    action_type: str,
    *,
    member_id: UUID | None,
    account_id: UUID | None,
    lock: bool = False,
) -> Authority:
    """What holds for this type on this account, whoever looks after it. `lock`: for a claim, which
    every later change of the level or the kill switch then waits for."""
    everything, types = await rows.stopped_types(tx, lock=lock)
    earned = await rows.get_level(tx, action_type, lock=lock)
    own = await rows.list_narrowings(tx, member_id, account_id) if member_id else ()
    return Authority(
        earned=AutonomyLevel(earned.earned) if earned else first_level(action_type),
        ceiling=AutonomyLevel(earned.ceiling) if earned and earned.ceiling else None,
        narrowed=_lowest(action_type, own),
        stopped=everything or action_type in types,
    )


def _lowest(action_type: str, own: Sequence[Narrowing]) -> AutonomyLevel | None:
    levels = [AutonomyLevel(one.ceiling) for one in own if one.action_type in ("", action_type)]
    return min(levels, key=lambda level: level.rank, default=None)
