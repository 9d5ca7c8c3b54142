"""Whether a customer is unhappy: what they wrote, and what is open about their account."""

from collections.abc import Iterable, Mapping
from typing import Any

from db import messages
from db.models.actions import Action
from db.models.conversations import Message
from db.models.drafts import Draft
from db.session import ReadTx
from db.signals import any_open
from services.types.model import Sign
from services.types.signals import SignalName

UNHAPPY_SIGNS = frozenset({Sign.DISSATISFACTION, Sign.ESCALATION, Sign.CANCELLATION})
UNHAPPY_SIGNALS = frozenset(
    {SignalName.SENTIMENT_TURN, SignalName.DISSATISFACTION, SignalName.CANCELLATION}
)


async def unhappy(tx: ReadTx, action: Action, draft: Draft) -> bool:
    """Whether the mail behind the draft says so, or the customer's newest one in its thread, or an
    open signal of the account."""
    behind = await messages.get_message(tx, draft.message_id) if draft.message_id else None
    newest = await messages.newest_inbound(tx, draft.conversation_id)
    if any(shows_displeasure(message) for message in (behind, newest)):
        return True
    return action.account_id is not None and await any_open(tx, action.account_id, UNHAPPY_SIGNALS)


def shows_displeasure(message: Message | None) -> bool:
    """What reading the mail has found; one that nobody has read yet shows nothing."""
    found: Iterable[Mapping[str, Any]] = message.analysis.get("signals", ()) if message else ()
    return any(sign.get("name") in UNHAPPY_SIGNS for sign in found)
