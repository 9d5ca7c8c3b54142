"""SQL of judgements: what policy said of each text, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from db.models.actions import Action
from db.models.autonomy import Judgement
from db.models.outreach import Trigger
from db.session import ReadTx, Tx


async def add_judgement(tx: Tx, judgement: Judgement) -> None:
    tx.session.add(judgement)
    await tx.session.flush()


async def get_judgement(tx: ReadTx, action_id: UUID, revision: int) -> Judgement | None:
    rows = await tx.session.scalars(
        select(Judgement).where(
            Judgement.tenant_id == tx.tenant_id,
            Judgement.action_id == action_id,
            Judgement.revision == revision,
        )
    )
    return rows.one_or_none()


async def newest_judgement(tx: ReadTx, action_id: UUID) -> Judgement | None:
    """Of the latest text of the copilot's; a person's own words are judged, not kept here."""
    rows = await tx.session.scalars(
        select(Judgement)
        .where(Judgement.tenant_id == tx.tenant_id, Judgement.action_id == action_id)
        .order_by(Judgement.revision.desc())
        .limit(1)
    )
    return rows.one_or_none()


async def set_undone(tx: Tx, action_id: UUID, revision: int, *, at: datetime, by: UUID) -> bool:
    """A person called off what was to leave by itself; False where nothing was."""
    rows = await tx.session.execute(
        update(Judgement)
        .where(
            Judgement.tenant_id == tx.tenant_id,
            Judgement.action_id == action_id,
            Judgement.revision == revision,
            Judgement.decision == "queued",
        )
        .values(undone_at=at, undone_by=by)
        .returning(Judgement.id)
        .execution_options(synchronize_session="fetch")
    )
    return rows.scalar_one_or_none() is not None


async def set_undone_reason(tx: Tx, judgement_id: UUID, reason: str) -> None:
    await tx.session.execute(
        update(Judgement)
        .where(Judgement.tenant_id == tx.tenant_id, Judgement.id == judgement_id)
        .values(undone_reason=reason)
        .execution_options(synchronize_session="fetch")
    )


async def lock_cap(tx: Tx, member_id: UUID) -> None:
    """One text at a time is counted against this member's cap, until the transaction ends."""
    key = func.hashtextextended(f"daily cap:{tx.tenant_id}:{member_id}", 0)
    await tx.session.execute(select(func.pg_advisory_xact_lock(key)))


async def count_queued_since(tx: ReadTx, member_id: UUID, since: datetime) -> int:
    """How many texts were let go in this member's name since then; one that was undone counts."""
    query = (
        select(func.count())
        .select_from(Judgement)
        .join(
            Action,
            (Action.tenant_id == Judgement.tenant_id) & (Action.id == Judgement.action_id),
        )
        .where(
            Judgement.tenant_id == tx.tenant_id,
            Judgement.created_at >= since,
            Judgement.decision == "queued",
            Action.owner_id == member_id,
        )
    )
    return int((await tx.session.execute(query)).scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The trigger behind an action that nobody asked for."""

    action_type: str
    why: str


async def trigger_of(tx: ReadTx, action_id: UUID) -> Started | None:
    rows = await tx.session.execute(
        select(Trigger.action_type, Trigger.why)
        .where(Trigger.tenant_id == tx.tenant_id, Trigger.action_id == action_id)
        .order_by(Trigger.created_at, Trigger.id)
        .limit(1)
    )
    found = rows.one_or_none()
    return Started(action_type=found.action_type, why=found.why) if found else None


async def list_held(tx: ReadTx, since: datetime, until: datetime) -> Sequence[Judgement]:
    """What was only written down in that time, oldest first."""
    rows = await tx.session.scalars(
        select(Judgement)
        .where(
            Judgement.tenant_id == tx.tenant_id,
            Judgement.decision == "held",
            Judgement.created_at >= since,
            Judgement.created_at < until,
        )
        .order_by(Judgement.created_at, Judgement.id)
    )
    return rows.all()
