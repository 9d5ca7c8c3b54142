"""What is known of an account by BANT and MEDDIC: all its conversations and notes, folded."""

from uuid import UUID

from db import notes as note_rows
from db import overviews
from db.session import ReadTx
from services.merge import fold, from_json
from services.types.qualification import Qualification
from services.types.views import CriterionView


async def account_state(tx: ReadTx, account_id: UUID) -> Qualification:
    """Oldest first, by the rules of services/merge."""
    told = [
        (conversation.created_at, conversation.qualification)
        for conversation in await overviews.list_account_conversations(tx, account_id)
    ]
    told += [
        (note.created_at, note.qualification)
        for note in await note_rows.list_proofs(tx, account_id)
    ]
    return fold(from_json(stored) for _, stored in sorted(told, key=lambda one: one[0]))


def criteria_views(state: Qualification) -> tuple[CriterionView, ...]:
    """What is identified, with its proof."""
    return tuple(
        CriterionView(
            criterion=criterion,
            value=found.value,
            confidence=found.confidence,
            evidence=found.evidence,
        )
        for criterion, found in state.criteria.items()
        if found.identified
    )
