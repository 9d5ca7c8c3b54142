"""SQL of actions, effects and outcomes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from db.models.actions import Action, Effect
from db.models.drafts import Draft
from db.models.outcomes import Outcome
from db.models.tenants import KillSwitch
from db.session import ReadTx, Tx

OPEN_EFFECTS = ("queued", "sending")


async def add_action(tx: Tx, action: Action) -> None:
    tx.session.add(action)
    await tx.session.flush()


async def get_action(tx: ReadTx, action_id: UUID) -> Action | None:
    return await tx.session.get(Action, (tx.tenant_id, action_id))


async def lock_action(tx: Tx, action_id: UUID) -> Action | None:
    """The action as it stands now, held until the transaction ends."""
    rows = await tx.session.execute(
        select(Action)
        .where(Action.tenant_id == tx.tenant_id, Action.id == action_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def get_action_of_draft(tx: ReadTx, draft_id: UUID) -> Action | None:
    rows = await tx.session.execute(
        select(Action).where(Action.tenant_id == tx.tenant_id, Action.draft_id == draft_id)
    )
    return rows.scalar_one_or_none()


async def settle_action(tx: Tx, action_id: UUID, *, expect: str, **values: Any) -> bool:
    """Change an action that still stands in `expect`; False when somebody was faster."""
    rows = await tx.session.execute(
        update(Action)
        .where(Action.tenant_id == tx.tenant_id, Action.id == action_id, Action.status == expect)
        .values(**values)
        .returning(Action.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None


async def list_open_actions(tx: ReadTx, conversation_id: UUID) -> Sequence[Action]:
    """Pending or approved actions of a conversation, oldest first."""
    rows = await tx.session.execute(
        select(Action)
        .where(
            Action.tenant_id == tx.tenant_id,
            Action.conversation_id == conversation_id,
            Action.status.in_(("pending", "approved")),
        )
        .order_by(Action.created_at, Action.id)
    )
    return rows.scalars().all()


async def newest_action(tx: ReadTx, conversation_id: UUID) -> Action | None:
    rows = await tx.session.execute(
        select(Action)
        .where(Action.tenant_id == tx.tenant_id, Action.conversation_id == conversation_id)
        .order_by(Action.created_at.desc(), Action.id.desc())
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def add_effect(tx: Tx, effect: Effect) -> None:
    tx.session.add(effect)
    await tx.session.flush()


async def get_effect(tx: ReadTx, effect_id: UUID) -> Effect | None:
    return await tx.session.get(Effect, (tx.tenant_id, effect_id))


async def lock_effect(tx: Tx, effect_id: UUID) -> Effect | None:
    rows = await tx.session.execute(
        select(Effect)
        .where(Effect.tenant_id == tx.tenant_id, Effect.id == effect_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.scalar_one_or_none()


async def newest_effect(tx: ReadTx, action_id: UUID) -> Effect | None:
    rows = await tx.session.execute(
        select(Effect)
        .where(Effect.tenant_id == tx.tenant_id, Effect.action_id == action_id)
        .order_by(Effect.created_at.desc(), Effect.id.desc())
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def list_open_of_mailbox(tx: ReadTx, mailbox_id: UUID) -> list[UUID]:
    """Pending or approved actions whose draft lies in this mailbox."""
    query = (
        select(Action.id)
        .join(Draft, (Draft.tenant_id == Action.tenant_id) & (Draft.id == Action.draft_id))
        .where(
            Action.tenant_id == tx.tenant_id,
            Action.status.in_(("pending", "approved")),
            Draft.mailbox_id == mailbox_id,
        )
        .order_by(Action.id)
    )
    return list(await tx.session.scalars(query))


async def cancel_queued(tx: Tx, action_id: UUID, *, at: datetime, why: str) -> bool:
    """Cancel what is queued for an action. What is sending is past the point of no return."""
    rows = await tx.session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == tx.tenant_id,
            Effect.action_id == action_id,
            Effect.status == "queued",
        )
        .values(status="cancelled", settled_at=at, result={"why": why}, lease_token=None)
        .returning(Effect.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.first() is not None


async def list_open_effects(tx: ReadTx) -> Sequence[Effect]:
    """Effects on their way: for the sweep that looks for rows without a live job."""
    rows = await tx.session.execute(
        select(Effect).where(Effect.tenant_id == tx.tenant_id, Effect.status.in_(OPEN_EFFECTS))
    )
    return rows.scalars().all()


async def kill_switch_engaged(tx: ReadTx, *, lock: bool = False) -> bool:
    """Whether nothing may leave. A claim locks the row FOR SHARE: a flip waits for claims in
    flight, and every claim after it sees it."""
    query = select(KillSwitch.engaged).where(KillSwitch.tenant_id == tx.tenant_id)
    if lock:
        query = query.with_for_update(read=True)
    return bool((await tx.session.execute(query)).scalar_one_or_none())


async def lock_kill_switch(tx: Tx) -> None:
    """Wait for claims in flight; the next one waits for this transaction."""
    query = select(KillSwitch.id).where(KillSwitch.tenant_id == tx.tenant_id)
    await tx.session.execute(query.with_for_update())


async def set_kill_switch(tx: Tx, *, engaged: bool, by: UUID | None, at: datetime) -> None:
    await tx.session.execute(
        update(KillSwitch)
        .where(KillSwitch.tenant_id == tx.tenant_id)
        .values(engaged=engaged, changed_by=by, changed_at=at)
    )


async def add_outcome(tx: Tx, outcome: Outcome) -> None:
    tx.session.add(outcome)
    await tx.session.flush()


async def list_pending_outcomes(
    tx: Tx, conversation_id: UUID, before: datetime
) -> Sequence[Outcome]:
    """Predictions about this conversation that were opened before a moment; claimed for settling,
    so that two signals can't settle one twice."""
    rows = await tx.session.execute(
        select(Outcome)
        .where(
            Outcome.tenant_id == tx.tenant_id,
            Outcome.conversation_id == conversation_id,
            Outcome.status == "pending",
            Outcome.created_at <= before,
        )
        .with_for_update(skip_locked=True)
    )
    return rows.scalars().all()


async def action_of_outcome(tx: ReadTx, outcome_id: UUID) -> UUID | None:
    outcome = await tx.session.get(Outcome, (tx.tenant_id, outcome_id))
    return outcome.action_id if outcome else None


async def settle_outcome(tx: Tx, outcome_id: UUID, **values: Any) -> bool:
    rows = await tx.session.execute(
        update(Outcome)
        .where(
            Outcome.tenant_id == tx.tenant_id,
            Outcome.id == outcome_id,
            Outcome.status == "pending",
        )
        .values(**values)
        .returning(Outcome.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None


async def list_actions_waiting(
    tx: ReadTx, limit: int, *, owner_id: UUID | None = None, account_id: UUID | None = None
) -> Sequence[Action]:
    """Pending actions, of one owner or about one account where it is named; oldest first."""
    query = (
        select(Action)
        .where(Action.tenant_id == tx.tenant_id, Action.status == "pending")
        .order_by(Action.created_at)
        .limit(limit)
    )
    if owner_id is not None:
        query = query.where(Action.owner_id == owner_id)
    if account_id is not None:
        query = query.where(Action.account_id == account_id)
    return (await tx.session.execute(query)).scalars().all()


async def list_pending_ids(tx: ReadTx, *, after: UUID, limit: int) -> Sequence[UUID]:
    """Pending actions in the order of their ids, page by page."""
    rows = await tx.session.execute(
        select(Action.id)
        .where(Action.tenant_id == tx.tenant_id, Action.status == "pending", Action.id > after)
        .order_by(Action.id)
        .limit(limit)
    )
    return rows.scalars().all()
