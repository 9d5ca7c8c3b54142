"""When to ask "How was this draft?": about what matters, seldom, and never twice.

How often follows how often somebody answers. All is counted in the database, under their row.
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
LOOKED_AT = 10
"""So many of the newest questions make the response rate."""
TRUSTED = 2
"""Answers that everybody is credited with: one silence alone says little."""
LONGEST = 4 * WEEK
"""Nobody is left unasked for longer, so that a change of mind can be seen."""
TARGET = "decision"
_LATE = frozenset(stage.value for stage in LATE_STAGES)


def is_critical(
    *, stage: str | None, amount: Decimal | None, currency: str | None, urgency: str | None
) -> bool:
    """Whether this one is worth a question: a large deal, a late one, or great urgency."""
    limit = AMOUNT_LIMITS.get((currency or "").strip().upper())
    large = amount is not None and limit is not None and amount > limit
    return large or stage in _LATE or urgency == Urgency.CRITICAL


def response_rate(asked: Sequence[FeedbackPrompt]) -> float:
    """Between 0 and 1, of the newest questions; one that waits counts as silence. Silence is no
    opinion on what was asked about: it only makes the next question rarer."""
    newest = asked[:LOOKED_AT]
    answered = sum(one.answered_at is not None for one in newest)
    return (answered + TRUSTED) / (len(newest) + TRUSTED)


def may_ask(asked: Sequence[FeedbackPrompt], limit: int, now: datetime) -> bool:
    """Whether one more is in order. `asked`: what they were asked, newest first; `limit`: how many
    a week they put up with. It is multiplied by the response rate; where less than one a week comes
    of it, one in as many days as that takes."""
    a_week = limit * response_rate(asked)
    if limit <= 0:
        return False
    span = WEEK if a_week >= 1 else min(WEEK / a_week, LONGEST)
    return sum(one.created_at > now - span for one in asked) < max(int(a_week), 1)


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
