"""An alert is acted on when the mail that was drafted because of it has left."""

from uuid import UUID

from db import alerts as rows
from db import timers
from db.session import Tx
from services.audit import AuditService
from services.cards import touch
from services.ports import Clock, Ids
from services.signals.alerts import SNOOZE_TIMER
from services.types.alerts import CARD
from services.types.signals import SignalStatus


async def mail_left(
    tx: Tx,
    action_id: UUID,
    member_id: UUID | None,
    *,
    clock: Clock,
    ids: Ids,
    audit: AuditService,
) -> None:
    """This action's mail has left, through this member. Call it last in the transaction."""
    signal = await rows.signal_of_action(tx, action_id)
    if signal is None:
        return
    signal.status, signal.settled_at = SignalStatus.ACTED.value, clock.now()
    signal.settled_by, signal.settled_why = member_id, "the mail was sent"
    signal.snoozed_until = signal.snoozed_by = None
    signal.version += 1
    await tx.session.flush()
    await timers.drop_timer(tx, SNOOZE_TIMER, signal.id)
    facts = {"name": signal.name, "by": "mail", "action": str(action_id)}
    await audit.append(tx, "alert.acted", subject_id=signal.id, facts=facts)
    await touch(tx, CARD, signal.id, clock=clock, ids=ids)
