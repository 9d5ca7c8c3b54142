"""SQL of what was done: pages of actions with the newest of what hangs on each, what was left out,
and totals. Every list begins at a moment and goes on from a row (keyset), so that a page costs the
same however long the history is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from db.autonomy_rows import ActionRow, LeftOutRow, row_of, same, wide
from db.models.actions import Action, Effect
from db.models.autonomy import LEVELS
from db.models.customers import Account
from db.models.outreach import Trigger
from db.models.tenants import Member
from db.session import ReadTx
from db.visibility import assigned

LEFT_OUT = ("declined", "dismissed", "lapsed")
RULE = "rule"
"""The surface of what nobody decided on: it left by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Whose actions may be seen. `only`: those of this member, and on accounts they look after;
    `people`: those of these members. Neither: all."""

    only: UUID | None = None
    people: Sequence[UUID] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a list is narrowed to. `which`: self, waits, approved, rejected, undone, stopped, or a
    level; `until` is the first moment left out."""

    since: datetime | None = None
    until: datetime | None = None
    types: Sequence[str] = ()
    account_id: UUID | None = None
    member_id: UUID | None = None
    which: str = ""


async def list_actions(
    tx: ReadTx,
    sight: Sight,
    chosen: Chosen,
    *,
    limit: int,
    before: UUID | None = None,
    after: UUID | None = None,
) -> list[ActionRow]:
    """Newest first: those older than `before`, or the ones next newer than `after`."""
    page = page_of_actions(tx, sight, chosen, limit=limit, before=before, after=after)
    found = [
        row_of(row)
        for row in (await tx.session.execute(wide(tx, page.subquery("page")))).mappings()
    ]
    return sorted(found, key=lambda row: (row.created_at, row.id), reverse=True)


def page_of_actions(
    tx: ReadTx,
    sight: Sight,
    chosen: Chosen,
    *,
    limit: int,
    before: UUID | None = None,
    after: UUID | None = None,
) -> Select[Any]:
    """The actions of a page, read off ix_actions_created; only for these the rest is looked up."""
    return _bounded(
        select(Action).where(*_of_actions(tx, sight, chosen)),
        Action,
        limit=limit,
        before=before,
        after=after,
        tx=tx,
    )


async def list_exported(
    tx: ReadTx, chosen: Chosen, *, limit: int, after: tuple[datetime, UUID] | None = None
) -> list[ActionRow]:
    """Oldest first, of all members, going on after a row."""
    query = select(Action).where(*_of_actions(tx, Sight(), chosen))
    if after is not None:
        query = query.where(tuple_(Action.created_at, Action.id) > tuple_(*after))
    page = query.order_by(Action.created_at, Action.id).limit(limit).subquery("page")
    found = [row_of(row) for row in (await tx.session.execute(wide(tx, page))).mappings()]
    return sorted(found, key=lambda row: (row.created_at, row.id))


async def count_actions(tx: ReadTx, chosen: Chosen, *, most: int) -> int:
    """How many there are, counted no further than `most`."""
    some = select(Action.id).where(*_of_actions(tx, Sight(), chosen)).limit(most).subquery()
    return int(await tx.session.scalar(select(func.count()).select_from(some)) or 0)


async def get_action_row(tx: ReadTx, sight: Sight, action_id: UUID) -> ActionRow | None:
    """One action, if it may be seen."""
    one = select(Action).where(
        Action.tenant_id == tx.tenant_id,
        Action.id == action_id,
        *_seen(tx, sight, Action.owner_id, Action.account_id),
    )
    rows = (await tx.session.execute(wide(tx, one.subquery("page")))).mappings().all()
    return row_of(rows[0]) if rows else None


async def list_left_out(
    tx: ReadTx,
    sight: Sight,
    chosen: Chosen,
    *,
    limit: int,
    before: UUID | None = None,
    after: UUID | None = None,
) -> list[LeftOutRow]:
    """What called for an action and got none, newest first."""
    page = _bounded(
        select(Trigger).where(*_of_triggers(tx, sight, chosen)),
        Trigger,
        limit=limit,
        before=before,
        after=after,
        tx=tx,
    ).subquery("page")
    owner, settler = aliased(Member), aliased(Member)
    query = (
        select(
            page.c.id,
            page.c.created_at,
            page.c.kind,
            page.c.action_type,
            Account.name.label("account"),
            owner.name.label("owner"),
            page.c.status,
            page.c.why,
            page.c.why_not,
            settler.name.label("settled_by"),
        )
        .join(Account, same(tx, Account, page.c.account_id))
        .outerjoin(owner, same(tx, owner, page.c.member_id))
        .outerjoin(settler, same(tx, settler, page.c.settled_by))
    )
    found = [LeftOutRow(**row) for row in (await tx.session.execute(query)).mappings()]
    return sorted(found, key=lambda row: (row.created_at, row.id), reverse=True)


async def count_totals(tx: ReadTx, sight: Sight, since: datetime) -> dict[str, int]:
    """What became of the actions since then: by_itself, by_people, waiting, rejected, undone,
    left_out."""
    chosen = Chosen(since=since)
    query = select(
        _counted(Action.decided_surface == RULE, Action.status.in_(("approved", "done"))),
        _counted(Action.decided_surface != RULE, Action.status.in_(("approved", "done"))),
        _counted(Action.status == "pending"),
        _counted(Action.status == "rejected"),
        _counted(_was_undone(tx)),
    ).where(*_of_actions(tx, sight, chosen))
    by_itself, by_people, waiting, rejected, undone = (await tx.session.execute(query)).one()
    left = select(func.count()).select_from(Trigger).where(*_of_triggers(tx, sight, chosen))
    return {
        "by_itself": by_itself,
        "by_people": by_people,
        "waiting": waiting,
        "rejected": rejected,
        "undone": undone,
        "left_out": await tx.session.scalar(left) or 0,
    }


# ── The pieces ──────────────────────────────────────────────────────────────────────────────────
def _counted(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(*conditions)


def _of_actions(tx: ReadTx, sight: Sight, chosen: Chosen) -> list[ColumnElement[bool]]:
    conditions = [
        Action.tenant_id == tx.tenant_id,
        *_during(Action, chosen),
        *_seen(tx, sight, Action.owner_id, Action.account_id),
    ]
    if chosen.types:
        conditions.append(Action.type.in_(chosen.types))
    if chosen.account_id is not None:
        conditions.append(Action.account_id == chosen.account_id)
    if chosen.member_id is not None:
        conditions.append(
            or_(Action.owner_id == chosen.member_id, Action.decided_by == chosen.member_id)
        )
    return [*conditions, *_which(tx, chosen.which)]


def _which(tx: ReadTx, which: str) -> list[ColumnElement[bool]]:
    if which in LEVELS:
        return [Action.level == which]
    left = Action.status.in_(("approved", "done"))
    return {
        "": [],
        "self": [left, Action.decided_surface == RULE],
        "waits": [Action.status == "pending"],
        "approved": [left, Action.decided_surface != RULE],
        "rejected": [Action.status == "rejected"],
        "undone": [_was_undone(tx)],
        "stopped": [Action.verdict == "hard_stop"],
    }[which]


def _was_undone(tx: ReadTx) -> ColumnElement[bool]:
    """Called off in time, however it went on afterwards."""
    return (
        select(Effect.id)
        .where(
            Effect.tenant_id == tx.tenant_id,
            Effect.action_id == Action.id,
            Effect.undo_at.is_not(None),
            Effect.status == "cancelled",
        )
        .exists()
    )


def _of_triggers(tx: ReadTx, sight: Sight, chosen: Chosen) -> list[ColumnElement[bool]]:
    conditions = [
        Trigger.tenant_id == tx.tenant_id,
        Trigger.status.in_(LEFT_OUT),
        *_during(Trigger, chosen),
        *_seen(tx, sight, Trigger.member_id, Trigger.account_id),
    ]
    if chosen.types:
        conditions.append(Trigger.action_type.in_(chosen.types))
    if chosen.account_id is not None:
        conditions.append(Trigger.account_id == chosen.account_id)
    if chosen.member_id is not None:
        conditions.append(Trigger.member_id == chosen.member_id)
    return conditions


def _during(table: Any, chosen: Chosen) -> list[ColumnElement[bool]]:
    since = [table.created_at >= chosen.since] if chosen.since is not None else []
    until = [table.created_at < chosen.until] if chosen.until is not None else []
    return [*since, *until]


def _seen(tx: ReadTx, sight: Sight, owner: Any, account: Any) -> list[ColumnElement[bool]]:
    if sight.people is not None:
        return [owner.in_(sight.people)]
    if sight.only is None:
        return []
    mine = select(Account.id).where(Account.tenant_id == tx.tenant_id, assigned(tx, sight.only))
    return [or_(owner == sight.only, account.in_(mine))]


def _bounded(
    query: Select[Any],
    table: Any,
    *,
    tx: ReadTx,
    limit: int,
    before: UUID | None,
    after: UUID | None,
) -> Select[Any]:
    """A page of it. Where it goes on is named by a row of the tenant; one that is gone is no place
    to go on from, and nothing comes."""
    place = tuple_(table.created_at, table.id)
    if after is not None:
        return (
            query.where(place > _at(tx, table, after))
            .order_by(table.created_at, table.id)
            .limit(limit)
        )
    if before is not None:
        query = query.where(place < _at(tx, table, before))
    return query.order_by(table.created_at.desc(), table.id.desc()).limit(limit)


def _at(tx: ReadTx, table: Any, row_id: UUID) -> Any:
    """The row's place in the order; said as (moment, id), which an index takes."""
    other = aliased(table)
    at = select(other.created_at).where(other.tenant_id == tx.tenant_id, other.id == row_id)
    return tuple_(at.scalar_subquery(), literal(row_id, Uuid))
