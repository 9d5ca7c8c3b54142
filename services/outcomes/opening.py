"""Opening predictions: of every mail that leaves, and of a mail that waits for somebody's word.

What a model stated is kept raw, and beside it calibrated as it was shown. Where nobody stated
anything the prediction is the tenant's own base rate. An action has one prediction of a kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from db import actions as action_rows
from db import customers, timers
from db import outcomes as rows
from db.models.actions import Action
from db.models.approvals import ApprovalRequest
from db.models.drafts import DraftRevision
from db.session import Tx
from services.calibration.state import calibrated_of
from services.content import classify_content
from services.mail.language import detect
from services.outcomes.kinds import ENGAGEMENT, ESCALATION, MEETING, PROGRESSION, Kind
from services.outcomes.probability import as_probability, base_rate
from services.ports import Clock, Ids
from services.types.actions import ActionType

_TOGETHER = (PROGRESSION, MEETING)
"""Settled by one event for all mails before it: eighteen mails about a deal are one observation of
its next stage, not eighteen."""


@dataclass(frozen=True, slots=True)
class OutcomeOpener:
    clock: Clock
    ids: Ids

    async def mail_left(
        self, tx: Tx, action: Action, revision: DraftRevision, left_at: datetime
    ) -> None:
        """Open what is predicted of a mail that has just left."""
        kinds = [ENGAGEMENT]
        deal = await customers.get_deal(tx, action.deal_id)
        if deal is not None and deal.stage not in customers.CLOSED:
            kinds.append(PROGRESSION)
        if action.account_id is not None and proposes_meeting(revision.text):
            kinds.append(MEETING)
        await self._open(tx, action, kinds, left_at, edited=revision.author != "model")

    async def request_opened(self, tx: Tx, request: ApprovalRequest) -> None:
        """Open what is predicted of a mail that somebody else must allow first. It is opened when
        they are asked: of mails that left, all were allowed, and nothing could be learnt."""
        if request.action_id is None or request.status != "pending":
            return
        action = await action_rows.get_action(tx, request.action_id)
        if action is not None:
            await self._open(tx, action, [ESCALATION], self.clock.now(), edited=False)

    async def _open(
        self, tx: Tx, action: Action, kinds: Sequence[Kind], at: datetime, *, edited: bool
    ) -> None:
        await rows.add_outcomes(
            tx, [await self._row(tx, action, kind, at, edited=edited) for kind in kinds]
        )
        for window in dict.fromkeys(kind.window for kind in kinds):
            # One timer a tenant and length: a sweep settles them by the hundred.
            due = window.next_sweep(self.clock.now())
            await timers.set_missing_timer(tx, window.timer, tx.tenant_id, due)

    async def _row(
        self, tx: Tx, action: Action, kind: Kind, at: datetime, *, edited: bool
    ) -> dict[str, Any]:
        predicted = as_probability(action.confidence)[0] if kind is ENGAGEMENT else None
        if predicted is None:
            predicted = base_rate(*await rows.sums_of(tx, kind.name, action.type))
        if kind is ENGAGEMENT and action.calibrated is not None:
            shown = action.calibrated
        else:
            found = await calibrated_of(
                tx, action.type, kind.name, action.lineage, float(predicted)
            )
            shown = Decimal(str(round(found, 4)))
        running = kind in _TOGETHER and await rows.any_running(
            tx,
            kind.name,
            at,
            deal_id=action.deal_id if kind is PROGRESSION else None,
            account_id=action.account_id,
        )
        return {
            "id": self.ids.new(),
            "created_at": at,
            "action_id": action.id,
            "conversation_id": action.conversation_id,
            "account_id": action.account_id,
            "deal_id": action.deal_id,
            "member_id": action.owner_id,
            "action_type": action.type,
            "lineage": action.lineage,
            "kind": kind.name,
            "event": kind.event,
            "predicted": predicted,
            "calibrated": shown,
            "edited": edited,
            "window_ends_at": at + kind.window.length,
            "teaches": not running,
        }


def proposes_meeting(text: str) -> bool:
    """Whether a mail proposes a meeting or agrees on its date."""
    found = classify_content(text, detect(text)).matches
    return any(match.action_type is ActionType.SCHEDULE_MEETING for match in found)
