"""The level in force: what a type has earned, the organisation's limit, the account owner's own."""

from collections.abc import Collection, Sequence
from uuid import UUID

from db import autonomy as rows
from db.models.actions import Action
from db.models.autonomy import EarnedLevel, Narrowing
from db.session import ReadTx, Tx
from services.ports import Clock, Ids
from services.types.actions import ActionType, AutonomyLevel
from services.types.autonomy import Authority, lowest, strictest
from services.types.autonomy_words import level_words, name_of
from services.undo_waits import AUTONOMOUS_SURFACE

SWITCHED_OFF = "Sending was switched off."

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


async def hold_level(tx: Tx, action_type: str, *, clock: Clock, ids: Ids) -> EarnedLevel:
    """The type's row, held until the transaction ends; made where it is missing: then everything
    since the tenant began may speak for it."""
    first = first_level(action_type).value
    return await rows.hold_level(tx, action_type, row_id=ids.new(), first=first, now=clock.now())


async def authority_of(
    tx: ReadTx,
    action_type: str,
    *,
    member_id: UUID | None,
    account_id: UUID | None,
    lock: bool = False,
) -> Authority:
    """What holds for this type on this account when this member acts there. `lock`: for a claim,
    which every later change of a level, a limit or the kill switch then waits for."""
    (found,) = await authorities_of(
        tx, (action_type,), member_id=member_id, account_id=account_id, lock=lock
    )
    return found


async def authorities_of(
    tx: ReadTx,
    types: Sequence[str],
    *,
    member_id: UUID | None,
    account_id: UUID | None,
    lock: bool = False,
) -> list[Authority]:
    """The same of each of these types, in three statements however many they are."""
    everything, stopped = await rows.stopped_types(tx, lock=lock)
    levels = {one.action_type: one for one in await rows.list_levels(tx, types, lock=lock)}
    own = await rows.list_narrowings(tx, member_id, account_id)
    return [
        Authority(
            earned=AutonomyLevel(row.earned) if (row := levels.get(name)) else first_level(name),
            ceiling=AutonomyLevel(row.ceiling) if row and row.ceiling else None,
            narrowed=narrowed_to(name, own),
            stopped=everything or name in stopped,
        )
        for name in types
    ]


def narrowed_to(action_type: str, own: Sequence[Narrowing]) -> AutonomyLevel | None:
    """The lowest of these limits that says something about the type."""
    return lowest(AutonomyLevel(one.ceiling) for one in own if one.action_type in ("", action_type))


async def authority_for(
    tx: ReadTx, action: Action, types: Collection[str], *, lock: bool = False
) -> Authority:
    """What holds for an action that amounts to all these types: the lowest of all."""
    return strictest(
        await authorities_of(
            tx,
            sorted({action.type, *types}),
            member_id=action.owner_id,
            account_id=action.account_id,
            lock=lock,
        )
    )


def stopped_words(stopped: Collection[str], types: Sequence[str]) -> str | None:
    """That one of the types is stopped, or None."""
    held = next((name for name in types if name in stopped), None)
    return f"An admin has stopped {name_of(held)}." if held is not None else None


async def forbidden(
    tx: ReadTx, action: Action, types: Collection[str], *, lock: bool = False
) -> str | None:
    """Why what was authorised may not leave by kill switch, levels and limits as they stand now, or
    None. Whoever decided, a switch stops it; what nobody decided needs a level that acts."""
    everything, stopped = await rows.stopped_types(tx, lock=lock)
    if everything:
        return SWITCHED_OFF
    held = stopped_words(stopped, (action.type, *types))
    if held is not None:
        return held
    if action.decided_by is not None or action.decided_surface != AUTONOMOUS_SURFACE:
        return None
    level = (await authority_for(tx, action, types, lock=lock)).level
    if level.acts:
        return None
    return f"The level for {name_of(action.type)} is now {level_words(level)}: a person decides."
