"""When to ask "How was this draft?": about what matters, seldom, and never twice.

Who doesn't answer is asked less. All of it is counted in the database, under the member's row.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from db import customers, members
from db import reviews as rows
from db.approval_gates import newest_request
from db.models.actions import Action
from db.models.reviews import FeedbackPrompt
from db.session import Tx
from services.audit import AuditService
from services.guardrails import AMOUNT_LIMITS, LATE_STAGES
from services.ports import Clock, Ids
from services.types.approvals import Urgency
from services.types.preferences import MOST_A_WEEK, read_preferences

WEEK = timedelta(days=7)
TIRED = 3
"""So many unanswered in a row: from then on once in four weeks."""
TARGET = "decision"
_LATE = frozenset(stage.value for stage in LATE_STAGES)


def is_critical(
    *, stage: str | None, amount: Decimal | None, currency: str | None, urgency: str | None
) -> bool:
    """Whether this one is worth a question: a large deal, a late one, or great urgency."""
    limit = AMOUNT_LIMITS.get((currency or "").strip().upper())
    large = amount is not None and limit is not None and amount > limit
    return large or stage in _LATE or urgency == Urgency.CRITICAL


def may_ask(asked: Sequence[FeedbackPrompt], limit: int, now: datetime) -> bool:
    """Whether one more is in order. `asked`: what they were asked, newest first."""
    ignored = 0
    for prompt in asked:
        if prompt.answered_at is not None:
            break
        ignored += 1
    span = WEEK if ignored < TIRED else 4 * WEEK
    allowed = max(limit - ignored, 1) if limit > 0 else 0
    return sum(prompt.created_at > now - span for prompt in asked) < allowed


async def ask_about(tx: Tx, action: Action, *, clock: Clock, ids: Ids, audit: AuditService) -> bool:
    """Ask whoever decided on what has just left, if it is in order. The question stands on the
    card they have already: it is no message of its own."""
    deal = await customers.get_deal(tx, action.deal_id)
    request = await newest_request(tx, action.id)
    critical = is_critical(
        stage=deal.stage if deal else None,
        amount=deal.amount if deal else None,
        currency=deal.currency if deal else None,
        urgency=request.urgency if request else None,
    )
    if not critical or action.decided_by is None:
        return False
    return await _ask(tx, action.decided_by, action.id, clock=clock, ids=ids, audit=audit)


async def _ask(
    tx: Tx, member_id: UUID, action_id: UUID, *, clock: Clock, ids: Ids, audit: AuditService
) -> bool:
    member, now = await members.lock_member(tx, member_id), clock.now()
    if member is None or not member.active:
        return False
    asked = await rows.list_prompts(tx, member_id, limit=MOST_A_WEEK * 4)
    if not may_ask(asked, read_preferences(member.preferences).feedback_prompts, now):
        return False
    new = await rows.add_prompt(
        tx, prompt_id=ids.new(), member_id=member_id, target=TARGET, target_id=action_id, at=now
    )
    if new:
        facts = {"member": str(member_id)}
        await audit.append(tx, "feedback.asked", subject_id=action_id, facts=facts)
    return new
