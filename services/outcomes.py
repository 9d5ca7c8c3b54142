"""Outcomes: what we said would happen, and what did.

A prediction is opened when its mail has left and names an event and a horizon. A human reply within
the horizon resolves it positive; an empty window expires it (and scores 0 later). Auto-replies,
bounces and mail whose sender could not be trusted resolve nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from db import actions as rows
from db import timers
from db.models.outcomes import Outcome
from db.session import Tx
from services.analytics.marking import mark
from services.audit import AuditService
from services.ports import Clock, Ids
from services.weighing import want_weighing_of

REPLY_EVENT = "human reply within 7 days"
REPLY_WINDOW = timedelta(days=7)
TIMER = "outcome.window"


@dataclass(frozen=True, slots=True)
class OutcomeService:
    clock: Clock
    ids: Ids
    audit: AuditService

    async def open_reply(
        self,
        tx: Tx,
        *,
        action_id: UUID,
        conversation_id: UUID,
        predicted: Decimal,
        edited: bool,
        sent_at: datetime,
    ) -> None:
        """Open the prediction of a mail that has just left."""
        outcome = Outcome(
            tenant_id=tx.tenant_id,
            id=self.ids.new(),
            created_at=sent_at,
            action_id=action_id,
            conversation_id=conversation_id,
            kind="email_engagement",
            event=REPLY_EVENT,
            predicted=predicted,
            edited=edited,
            window_ends_at=sent_at + REPLY_WINDOW,
        )
        await rows.add_outcome(tx, outcome)
        await timers.set_timer(tx, TIMER, outcome.id, outcome.window_ends_at)

    async def human_replied(
        self, tx: Tx, *, conversation_id: UUID, message_id: UUID, at: datetime
    ) -> tuple[UUID, ...]:
        """Resolve what a reply answers; returns the actions whose prediction came true."""
        resolved = []
        for outcome in await rows.list_pending_outcomes(tx, conversation_id, at):
            if at > outcome.window_ends_at:
                continue
            settled = await rows.settle_outcome(
                tx,
                outcome.id,
                status="positive",
                resolved_at=self.clock.now(),
                signal_message_id=message_id,
            )
            if settled:
                # The timer stays: a sweep takes timer, then outcome, and we would wait for it the
                # other way round. When it is due it finds the outcome settled.
                await self.audit.append(
                    tx,
                    "outcome.resolved",
                    subject_id=outcome.action_id,
                    facts={"status": "positive", "predicted": str(outcome.predicted)},
                )
                await want_weighing_of(tx, outcome.action_id)
                await mark(tx, outcome.action_id, clock=self.clock, ids=self.ids)
                resolved.append(outcome.action_id)
        return tuple(resolved)

    async def window_closed(self, tx: Tx, outcome_id: UUID) -> bool:
        """The horizon has passed without a reply."""
        settled = await rows.settle_outcome(
            tx, outcome_id, status="expired", resolved_at=self.clock.now()
        )
        if settled:
            await self.audit.append(
                tx, "outcome.expired", subject_id=outcome_id, facts={"event": REPLY_EVENT}
            )
            action_id = await rows.action_of_outcome(tx, outcome_id)
            if action_id is not None:
                await mark(tx, action_id, clock=self.clock, ids=self.ids)
        return settled
