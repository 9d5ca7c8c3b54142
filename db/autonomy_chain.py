"""SQL of one action's whole story, and of what moved a kind of action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from db.models.actions import Action, Effect
from db.models.autonomy import EarnedLevel, Judgement, LevelMove, Narrowing, Promotion
from db.models.conversations import Message
from db.models.customers import Account
from db.models.drafts import Draft, DraftRevision
from db.models.outcomes import Outcome
from db.models.tenants import KillSwitch, Member
from db.session import ReadTx

MOST = 30
"""Rows of one sort that one action's story shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """The mail behind an action, or its own subject when somebody asked for it."""

    subject: str
    sender: str
    at: datetime | None


async def get_mail(tx: ReadTx, action_id: UUID) -> MailRow | None:
    query = (
        select(Message.subject, Message.sender, Message.received_at)
        .select_from(Action)
        .join(Draft, and_(Draft.tenant_id == Action.tenant_id, Draft.id == Action.draft_id))
        .join(Message, and_(Message.tenant_id == Draft.tenant_id, Message.id == Draft.message_id))
        .where(Action.tenant_id == tx.tenant_id, Action.id == action_id)
    )
    row = (await tx.session.execute(query)).one_or_none()
    if row is None:
        return None
    sender = row.sender or {}
    name = str(sender.get("name") or sender.get("email") or "")
    return MailRow(subject=row.subject or "", sender=name, at=row.received_at)


async def list_revisions(tx: ReadTx, action_id: UUID) -> Sequence[Any]:
    """(number, created_at, author, by, instruction, subject) of each, oldest first."""
    query = (
        select(
            DraftRevision.number,
            DraftRevision.created_at,
            DraftRevision.author,
            Member.name.label("by"),
            DraftRevision.instruction,
            DraftRevision.subject,
        )
        .join(
            Action,
            and_(
                Action.tenant_id == DraftRevision.tenant_id,
                Action.draft_id == DraftRevision.draft_id,
            ),
        )
        .outerjoin(
            Member,
            and_(Member.tenant_id == tx.tenant_id, Member.id == DraftRevision.author_id),
        )
        .where(DraftRevision.tenant_id == tx.tenant_id, Action.id == action_id)
        .order_by(DraftRevision.number.desc())
        .limit(MOST)
    )
    return list(reversed((await tx.session.execute(query)).all()))


async def list_judgements(tx: ReadTx, action_id: UUID) -> Sequence[Judgement]:
    query = (
        select(Judgement)
        .where(Judgement.tenant_id == tx.tenant_id, Judgement.action_id == action_id)
        .order_by(Judgement.revision.desc())
        .limit(MOST)
    )
    return list(reversed((await tx.session.scalars(query)).all()))


async def list_effects(tx: ReadTx, action_id: UUID) -> Sequence[tuple[Effect, str | None]]:
    """Each with the name of whoever called it off, oldest first."""
    query = (
        select(Effect, Member.name)
        .outerjoin(Member, and_(Member.tenant_id == tx.tenant_id, Member.id == Effect.undo_by))
        .where(Effect.tenant_id == tx.tenant_id, Effect.action_id == action_id)
        .order_by(Effect.created_at.desc(), Effect.id.desc())
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in reversed((await tx.session.execute(query)).all())]


async def list_outcomes(tx: ReadTx, action_id: UUID) -> Sequence[Outcome]:
    query = (
        select(Outcome)
        .where(Outcome.tenant_id == tx.tenant_id, Outcome.action_id == action_id)
        .order_by(Outcome.created_at, Outcome.id)
        .limit(MOST)
    )
    return (await tx.session.scalars(query)).all()


# ── Levels ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    id: UUID
    at: datetime
    action_type: str
    kind: str
    before: str
    after: str
    by: str | None
    why: str


async def list_moves(
    tx: ReadTx, action_type: str, *, limit: int, before: UUID | None = None
) -> list[MoveRow]:
    """What moved a type, newest first."""
    query = _moves(tx).where(LevelMove.action_type == action_type)
    if before is not None:
        other = aliased(LevelMove)
        at = select(other.created_at).where(other.tenant_id == tx.tenant_id, other.id == before)
        place = tuple_(at.scalar_subquery(), literal(before, Uuid))
        query = query.where(tuple_(LevelMove.created_at, LevelMove.id) < place)
    rows = await tx.session.execute(
        query.order_by(LevelMove.created_at.desc(), LevelMove.id.desc()).limit(limit)
    )
    return [_move(row) for row in rows.mappings()]


async def count_moves(tx: ReadTx, action_type: str) -> int:
    query = select(func.count()).where(
        LevelMove.tenant_id == tx.tenant_id, LevelMove.action_type == action_type
    )
    return await tx.session.scalar(query) or 0


async def last_moves(tx: ReadTx) -> dict[str, MoveRow]:
    """The last thing that moved each type, apart from limits and the kill switch."""
    query = (
        _moves(tx)
        .where(LevelMove.kind.in_(("promoted", "demoted", "reset")))
        .ext(distinct_on(LevelMove.action_type))
        .order_by(LevelMove.action_type, LevelMove.created_at.desc(), LevelMove.id.desc())
    )
    return {row["action_type"]: _move(row) for row in (await tx.session.execute(query)).mappings()}


async def list_pending(tx: ReadTx) -> dict[str, Promotion]:
    """Higher levels somebody has to decide on, by type."""
    query = select(Promotion).where(
        Promotion.tenant_id == tx.tenant_id, Promotion.status == "pending"
    )
    return {row.action_type: row for row in await tx.session.scalars(query)}


async def list_earned(tx: ReadTx) -> dict[str, EarnedLevel]:
    query = select(EarnedLevel).where(EarnedLevel.tenant_id == tx.tenant_id)
    return {row.action_type: row for row in await tx.session.scalars(query)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchRow:
    """The kill switch, and who touched it last."""

    engaged: bool
    stopped_types: frozenset[str]
    by: str
    at: datetime | None


async def get_switch(tx: ReadTx) -> SwitchRow:
    query = (
        select(KillSwitch, Member.name)
        .outerjoin(
            Member, and_(Member.tenant_id == tx.tenant_id, Member.id == KillSwitch.changed_by)
        )
        .where(KillSwitch.tenant_id == tx.tenant_id)
    )
    row = (await tx.session.execute(query)).one_or_none()
    if row is None:
        return SwitchRow(engaged=False, stopped_types=frozenset(), by="", at=None)
    switch, name = row[0], row[1]
    return SwitchRow(
        engaged=switch.engaged,
        stopped_types=frozenset(switch.stopped_types),
        by=name or "",
        at=switch.changed_at,
    )


async def list_own_narrowings(
    tx: ReadTx, member_id: UUID, *, limit: int
) -> list[tuple[Narrowing, str | None]]:
    """A member's own limits with the account's name, those for all accounts first."""
    query = (
        select(Narrowing, Account.name)
        .outerjoin(
            Account, and_(Account.tenant_id == tx.tenant_id, Account.id == Narrowing.account_id)
        )
        .where(Narrowing.tenant_id == tx.tenant_id, Narrowing.member_id == member_id)
        .order_by(Account.name.nulls_first(), Narrowing.action_type, Narrowing.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await tx.session.execute(query)]


def _moves(tx: ReadTx) -> Any:
    return (
        select(
            LevelMove.id,
            LevelMove.created_at.label("at"),
            LevelMove.action_type,
            LevelMove.kind,
            LevelMove.before,
            LevelMove.after,
            Member.name.label("by"),
            LevelMove.why,
        )
        .outerjoin(Member, and_(Member.tenant_id == tx.tenant_id, Member.id == LevelMove.moved_by))
        .where(LevelMove.tenant_id == tx.tenant_id)
    )


def _move(row: Mapping[Any, Any]) -> MoveRow:
    return MoveRow(**row)
