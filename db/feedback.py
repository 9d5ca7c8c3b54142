"""SQL of feedback: one standing word per person and thing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from db.models.actions import Action
from db.models.cards import Feedback
from db.models.conversations import Message
from db.models.drafts import Draft
from db.session import ReadTx, Tx


async def set_feedback(
    tx: Tx,
    *,
    feedback_id: UUID,
    member_id: UUID,
    target: str,
    target_id: UUID,
    rating: int,
    reason: str | None,
    source: str,
    at: datetime,
) -> None:
    """The last word stands."""
    said = {"rating": rating, "reason": reason, "source": source, "changed_at": at}
    await tx.session.execute(
        insert(Feedback)
        .values(
            tenant_id=tx.tenant_id,
            id=feedback_id,
            created_at=at,
            member_id=member_id,
            target=target,
            target_id=target_id,
            **said,
        )
        .on_conflict_do_update(
            index_elements=["tenant_id", "member_id", "target", "target_id"], set_=said
        )
    )


async def drop_feedback(
    tx: Tx, *, member_id: UUID, target: str, target_id: UUID, rating: int | None = None
) -> bool:
    """Take a word back; with a rating, only if that is the one that stands."""
    query = delete(Feedback).where(
        Feedback.tenant_id == tx.tenant_id,
        Feedback.member_id == member_id,
        Feedback.target == target,
        Feedback.target_id == target_id,
    )
    if rating is not None:
        query = query.where(Feedback.rating == rating)
    return (await tx.session.execute(query.returning(Feedback.id))).first() is not None


async def get_feedback(
    tx: ReadTx, *, member_id: UUID, target: str, target_id: UUID
) -> Feedback | None:
    rows = await tx.session.execute(
        select(Feedback)
        .where(
            Feedback.tenant_id == tx.tenant_id,
            Feedback.member_id == member_id,
            Feedback.target == target,
            Feedback.target_id == target_id,
        )
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def subject_of(tx: ReadTx, action_id: UUID) -> str:
    """The subject of the mail an action answers."""
    rows = await tx.session.execute(
        select(Message.subject)
        .join(Draft, (Draft.tenant_id == Message.tenant_id) & (Draft.message_id == Message.id))
        .join(Action, (Action.tenant_id == Draft.tenant_id) & (Action.draft_id == Draft.id))
        .where(Action.tenant_id == tx.tenant_id, Action.id == action_id)
    )
    return rows.scalar_one_or_none() or ""
