"""What is told of one action in a list: itself, and the newest of everything that hangs on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, select, true
from sqlalchemy.orm import aliased

from db.models.actions import Effect
from db.models.autonomy import Judgement
from db.models.customers import Account
from db.models.outcomes import Outcome
from db.models.outreach import Trigger
from db.models.tenants import Member
from db.session import ReadTx


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """One action with the newest of everything that hangs on it; None where there is none."""

    id: UUID
    created_at: datetime
    type: str
    status: str
    level: str
    verdict: str
    reasons: list[str]
    trigger: str
    confidence: Decimal
    calibrated: Decimal | None
    decided_at: datetime | None
    decided_surface: str | None
    decision_reason: str | None
    account: str | None
    owner: str | None
    decided_by: str | None
    judged: str | None
    judged_level: str | None
    judged_verdict: str | None
    judged_reasons: list[str] | None
    effect: str | None
    queued_at: datetime | None
    due_at: datetime | None
    claimed_at: datetime | None
    settled_at: datetime | None
    undo_at: datetime | None
    undo_by: str | None
    outcome: str | None
    outcome_at: datetime | None
    trigger_kind: str | None
    trigger_why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutRow:
    id: UUID
    created_at: datetime
    kind: str
    action_type: str
    account: str
    owner: str | None
    status: str
    why: str
    why_not: str
    settled_by: str | None


def same(tx: ReadTx, table: Any, wanted: Any) -> ColumnElement[bool]:
    return and_(table.tenant_id == tx.tenant_id, table.id == wanted)


def _newest(tx: ReadTx, table: Any, action_id: Any, name: str, *order: Any) -> Any:
    """The newest row of a table that belongs to the action."""
    query = select(table).where(table.tenant_id == tx.tenant_id, table.action_id == action_id)
    return query.order_by(*order).limit(1).lateral(name)


def wide(tx: ReadTx, page: Subquery) -> Select[Any]:
    """The rows of a page with all that hangs on them; looked up for these rows only."""
    owner, decider, undoer = aliased(Member), aliased(Member), aliased(Member)
    judged = _newest(tx, Judgement, page.c.id, "judged", Judgement.revision.desc())
    effect = _newest(tx, Effect, page.c.id, "effect", Effect.created_at.desc(), Effect.id.desc())
    outcome = (
        select(Outcome)
        .where(
            Outcome.tenant_id == tx.tenant_id,
            Outcome.action_id == page.c.id,
            Outcome.kind == "email_engagement",
        )
        .lateral("outcome")
    )
    cause = _newest(tx, Trigger, page.c.id, "cause", Trigger.created_at.desc())
    return (
        select(
            *(page.c[name] for name in _OWN),
            Account.name.label("account"),
            owner.name.label("owner"),
            decider.name.label("decided_by"),
            judged.c.decision.label("judged"),
            judged.c.level.label("judged_level"),
            judged.c.verdict.label("judged_verdict"),
            judged.c.reasons.label("judged_reasons"),
            effect.c.status.label("effect"),
            effect.c.created_at.label("queued_at"),
            effect.c.due_at,
            effect.c.claimed_at,
            effect.c.settled_at,
            effect.c.undo_at,
            undoer.name.label("undo_by"),
            outcome.c.status.label("outcome"),
            outcome.c.resolved_at.label("outcome_at"),
            cause.c.kind.label("trigger_kind"),
            cause.c.why.label("trigger_why"),
        )
        .select_from(page)
        .outerjoin(Account, same(tx, Account, page.c.account_id))
        .outerjoin(owner, same(tx, owner, page.c.owner_id))
        .outerjoin(decider, same(tx, decider, page.c.decided_by))
        .outerjoin(judged, true())
        .outerjoin(effect, true())
        .outerjoin(undoer, same(tx, undoer, effect.c.undo_by))
        .outerjoin(outcome, true())
        .outerjoin(cause, true())
    )


_OWN = (
    "id",
    "created_at",
    "type",
    "status",
    "level",
    "verdict",
    "reasons",
    "trigger",
    "confidence",
    "calibrated",
    "decided_at",
    "decided_surface",
    "decision_reason",
)


def row_of(row: Mapping[Any, Any]) -> ActionRow:
    return ActionRow(**row)
