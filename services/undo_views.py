"""What cards say while something waits before it leaves, and after somebody wanted it back."""

from zoneinfo import ZoneInfo

from db import actions as rows
from db import members
from db.models.actions import Action, Effect
from db.models.drafts import Draft
from db.session import ReadTx
from services.types.views import Reader, UndoView
from services.undo import may_undo


async def undo_view(
    tx: ReadTx, action: Action | None, reader: Reader, effect: Effect | None = None
) -> UndoView | None:
    """How long it waits, and whether the reader may call it off. What was approved without a wait
    has nothing to undo."""
    if action is None or action.status != "approved" or action.decided_at is None:
        return None
    effect = effect or await rows.newest_effect(tx, action.id)
    if effect is None:
        return None
    asked = effect.undo_at is not None
    waits = effect.status == "queued" and effect.due_at > action.decided_at
    if not (waits or (asked and effect.status == "sending")):
        return None
    return UndoView(
        action_id=action.id,
        leaves_at=effect.due_at,
        allowed=waits and await may_undo(tx, action, reader.member_id, reader.role),
        asked_by=await _who(tx, effect) if asked else None,
    )


async def undo_note(
    tx: ReadTx, action: Action, draft: Draft, effect: Effect | None, reader: Reader
) -> str | None:
    """What an undo came to, for as long as its text stands on the card."""
    if effect is None or effect.undo_at is None or effect.revision != draft.revision:
        return None
    zone = ZoneInfo(reader.timezone)
    who, at = await _who(tx, effect), effect.undo_at.astimezone(zone)
    if effect.status == "cancelled" and action.status == "pending":
        return f"Undone by {who} at {at:%H:%M}; nothing was sent."
    if effect.status == "done" and effect.claimed_at is not None:
        left = effect.claimed_at.astimezone(zone)
        return f"{who} asked for an undo at {at:%H:%M}, but it had left at {left:%H:%M}."
    return None


async def _who(tx: ReadTx, effect: Effect) -> str:
    member = await members.get_member(tx, effect.undo_by) if effect.undo_by else None
    return member.name if member else "Somebody"
