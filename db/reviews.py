"""SQL of reviews, and of who was asked for a word."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.reviews import FeedbackPrompt, Review
from db.session import ReadTx, Tx

KEY = ["tenant_id", "member_id", "target", "target_id"]


async def set_review(
    tx: Tx,
    *,
    review_id: UUID,
    member_id: UUID,
    target: str,
    target_id: UUID,
    at: datetime,
    said: dict[str, Any],
) -> None:
    """A member's review of a thing; the last one stands."""
    values = {**said, "changed_at": at}
    await tx.session.execute(
        insert(Review)
        .values(
            tenant_id=tx.tenant_id,
            id=review_id,
            created_at=at,
            member_id=member_id,
            target=target,
            target_id=target_id,
            **values,
        )
        .on_conflict_do_update(index_elements=KEY, set_=values)
    )


async def list_prompts(tx: ReadTx, member_id: UUID, *, limit: int) -> Sequence[FeedbackPrompt]:
    """What the member was asked about, the newest first."""
    rows = await tx.session.execute(
        select(FeedbackPrompt)
        .where(FeedbackPrompt.tenant_id == tx.tenant_id, FeedbackPrompt.member_id == member_id)
        .order_by(FeedbackPrompt.created_at.desc(), FeedbackPrompt.id.desc())
        .limit(limit)
    )
    return rows.scalars().all()


async def add_prompt(
    tx: Tx, *, prompt_id: UUID, member_id: UUID, target: str, target_id: UUID, at: datetime
) -> bool:
    """False when the member was asked about this before."""
    rows = await tx.session.execute(
        insert(FeedbackPrompt)
        .values(
            tenant_id=tx.tenant_id,
            id=prompt_id,
            created_at=at,
            member_id=member_id,
            target=target,
            target_id=target_id,
        )
        .on_conflict_do_nothing(index_elements=KEY)
        .returning(FeedbackPrompt.id)
    )
    return rows.first() is not None


async def answer_prompt(
    tx: Tx, *, member_id: UUID, target: str, target_id: UUID, at: datetime
) -> None:
    await tx.session.execute(
        update(FeedbackPrompt)
        .where(
            FeedbackPrompt.tenant_id == tx.tenant_id,
            FeedbackPrompt.member_id == member_id,
            FeedbackPrompt.target == target,
            FeedbackPrompt.target_id == target_id,
            FeedbackPrompt.answered_at.is_(None),
        )
        .values(answered_at=at)
        .execution_options(synchronize_session=False)
    )


async def is_asked(tx: ReadTx, *, member_id: UUID, target: str, target_id: UUID) -> bool:
    """Whether a question about this still waits for the member's answer."""
    rows = await tx.session.execute(
        select(FeedbackPrompt.id).where(
            FeedbackPrompt.tenant_id == tx.tenant_id,
            FeedbackPrompt.member_id == member_id,
            FeedbackPrompt.target == target,
            FeedbackPrompt.target_id == target_id,
            FeedbackPrompt.answered_at.is_(None),
        )
    )
    return rows.first() is not None
