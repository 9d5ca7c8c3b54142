"""Who has a card about a mail."""

from uuid import UUID

from db import mailboxes, messages
from db.models.actions import Action
from db.models.drafts import Draft
from db.session import ReadTx


async def readers_of(tx: ReadTx, action: Action, draft: Draft) -> list[UUID]:
    """The responder, and colleagues whose mailbox holds the same mail."""
    readers = {action.owner_id} if action.owner_id else set()
    if draft.message_id is not None:
        message = await messages.get_message(tx, draft.message_id)
        held = await mailboxes.list_candidates(tx, message) if message else ()
        readers |= {member.id for _, member in held}
    return sorted(readers)
