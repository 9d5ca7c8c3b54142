"""SQL of bringing people in and of seeing them off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Date, cast, func, select, update

from db.models.actions import Action
from db.models.cards import Card
from db.models.customers import Account, Deal
from db.models.mailboxes import Mailbox
from db.models.rollout import MemberImport, Selection
from db.models.tenants import Member
from db.session import ReadTx, Tx


# ── Imports and selections ──────────────────────────────────────────────────────────────────────
async def add_import(tx: Tx, row: MemberImport) -> None:
    tx.session.add(row)
    await tx.session.flush()


async def get_import(tx: ReadTx, import_id: UUID) -> MemberImport | None:
    return await tx.session.get(MemberImport, (tx.tenant_id, import_id))


async def lock_import(tx: Tx, import_id: UUID) -> MemberImport | None:
    query = select(MemberImport).where(
        MemberImport.tenant_id == tx.tenant_id, MemberImport.id == import_id
    )
    return (await tx.session.execute(query.with_for_update())).scalar_one_or_none()


async def add_selection(tx: Tx, row: Selection) -> None:
    tx.session.add(row)
    await tx.session.flush()


async def get_selection(tx: ReadTx, selection_id: UUID) -> Selection | None:
    return await tx.session.get(Selection, (tx.tenant_id, selection_id))


async def lock_selection(tx: Tx, selection_id: UUID) -> Selection | None:
    query = select(Selection).where(
        Selection.tenant_id == tx.tenant_id, Selection.id == selection_id
    )
    return (await tx.session.execute(query.with_for_update())).scalar_one_or_none()


# ── Members ─────────────────────────────────────────────────────────────────────────────────────
async def list_by_slack_ids(tx: ReadTx, slack_ids: Collection[str]) -> Sequence[Member]:
    """Active members bound to one of these Slack users, by name."""
    query = (
        select(Member)
        .where(Member.tenant_id == tx.tenant_id, Member.active, Member.slack_user_id.in_(slack_ids))
        .order_by(Member.name, Member.id)
    )
    return (await tx.session.execute(query)).scalars().all()


async def list_members_of(tx: ReadTx, member_ids: Collection[UUID]) -> Sequence[Member]:
    """These members, by name."""
    query = (
        select(Member)
        .where(Member.tenant_id == tx.tenant_id, Member.id.in_(member_ids))
        .order_by(Member.name, Member.id)
    )
    return (await tx.session.execute(query)).scalars().all()


async def list_waiting_members(tx: ReadTx) -> Sequence[Member]:
    """Active members whom nobody has enabled yet, by name."""
    query = (
        select(Member)
        .where(Member.tenant_id == tx.tenant_id, Member.active, Member.enabled_at.is_(None))
        .order_by(Member.name, Member.id)
    )
    return (await tx.session.execute(query)).scalars().all()


async def page_members(
    tx: ReadTx, *, offset: int, limit: int
) -> tuple[Sequence[Member], int, dict[UUID, str]]:
    """One page of all members, the active ones first; how many there are; names by id, for the
    managers of those on the page."""
    query = (
        select(Member)
        .where(Member.tenant_id == tx.tenant_id)
        .order_by(Member.active.desc(), Member.name, Member.id)
        .offset(offset)
        .limit(limit)
    )
    page = (await tx.session.execute(query)).scalars().all()
    total = (
        await tx.session.execute(
            select(func.count()).select_from(Member).where(Member.tenant_id == tx.tenant_id)
        )
    ).scalar_one()
    managers = {member.manager_id for member in page if member.manager_id}
    names = await tx.session.execute(
        select(Member.id, Member.name).where(
            Member.tenant_id == tx.tenant_id, Member.id.in_(managers)
        )
    )
    return page, total, {row.id: row.name for row in names}


async def mailbox_status_by_member(tx: ReadTx) -> dict[UUID, str]:
    """The status of every member's own mailbox, the best one where there are several."""
    rows = await tx.session.execute(
        select(Mailbox.member_id, Mailbox.status).where(
            Mailbox.tenant_id == tx.tenant_id,
            Mailbox.member_id.is_not(None),
            Mailbox.is_system.is_(False),
        )
    )
    order = ("disconnected", "reconnect", "connected")
    found: dict[UUID, str] = {}
    for member_id, status in rows:
        if member_id is None:
            continue
        before = found.get(member_id, order[0])
        found[member_id] = max(before, status, key=order.index)
    return found


async def lock_admins(tx: Tx) -> Sequence[UUID]:
    """The active admins, held: two of them can't take the role from each other at once."""
    query = (
        select(Member.id)
        .where(Member.tenant_id == tx.tenant_id, Member.role == "admin", Member.active)
        .order_by(Member.id)
        .with_for_update(key_share=True)
    )
    return (await tx.session.execute(query)).scalars().all()


async def enable_members(
    tx: Tx, member_ids: Collection[UUID], now: datetime
) -> list[tuple[UUID, str]]:
    """Enable those who are active and not enabled yet: who they are, by name."""
    held = (
        select(Member.id)
        .where(Member.tenant_id == tx.tenant_id, Member.id.in_(member_ids))
        .order_by(Member.id)
        .with_for_update(key_share=True)
    )
    rows = await tx.session.execute(
        update(Member)
        .where(
            Member.tenant_id == tx.tenant_id,
            Member.id.in_(held),
            Member.active,
            Member.enabled_at.is_(None),
        )
        .values(enabled_at=now)
        .returning(Member.id, Member.name)
        .execution_options(synchronize_session=False)
    )
    return sorted(((row.id, row.name) for row in rows), key=lambda one: one[1])


async def list_enabled_ids(tx: ReadTx) -> Sequence[UUID]:
    query = (
        select(Member.id)
        .where(Member.tenant_id == tx.tenant_id, Member.active, Member.enabled_at.is_not(None))
        .order_by(Member.id)
    )
    return (await tx.session.execute(query)).scalars().all()


async def was_shown(tx: ReadTx, member_id: UUID, kinds: Sequence[str]) -> bool:
    """Whether a card of these kinds has ever stood before the member."""
    rows = await tx.session.execute(
        select(Card.id)
        .where(
            Card.tenant_id == tx.tenant_id,
            Card.kind.in_(kinds),
            Card.recipient_id == member_id,
            Card.first_shown_at.is_not(None),
        )
        .limit(1)
    )
    return rows.first() is not None


# ── What waits, held back ───────────────────────────────────────────────────────────────────────
async def list_held(
    tx: ReadTx, member_id: UUID, limit: int
) -> tuple[Sequence[tuple[UUID, Action]], int]:
    """The member's mails that were held back and still wait for them, newest first: each card's id
    with its action; and how many there are."""
    where = (
        Card.tenant_id == tx.tenant_id,
        Card.recipient_id == member_id,
        Card.kind == "mail",
        Card.held_rev > 0,
        Action.status == "pending",
        Action.owner_id == member_id,
    )
    joined = (Action.tenant_id == Card.tenant_id) & (Action.id == Card.subject_id)
    rows = await tx.session.execute(
        select(Card.id, Action)
        .join(Action, joined)
        .where(*where)
        .order_by(Action.created_at.desc(), Action.id)
        .limit(limit)
    )
    total = await tx.session.execute(
        select(func.count()).select_from(Card).join(Action, joined).where(*where)
    )
    return [(card_id, action) for card_id, action in rows], total.scalar_one()


async def count_seen_by_day(
    tx: ReadTx, member_ids: Collection[UUID], since: datetime, timezone: str
) -> dict[tuple[UUID, date], int]:
    """How many mails each of these has, or would have, been shown since a moment, by member and day
    of this zone."""
    day = cast(func.timezone(timezone, Card.created_at), Date)
    rows = await tx.session.execute(
        select(Card.recipient_id, day, func.count())
        .where(*_seen(tx, member_ids, since))
        .group_by(Card.recipient_id, day)
    )
    return {(member_id, on): number for member_id, on, number in rows}


async def list_seen(
    tx: ReadTx, member_ids: Collection[UUID], since: datetime, limit: int
) -> Sequence[tuple[UUID, UUID]]:
    """Those mails, person by person in the order of their names, newest first: member and
    subject."""
    rows = await tx.session.execute(
        select(Card.recipient_id, Card.subject_id)
        .join(Member, (Member.tenant_id == Card.tenant_id) & (Member.id == Card.recipient_id))
        .where(*_seen(tx, member_ids, since))
        .order_by(Member.name, Member.id, Card.created_at.desc(), Card.id)
        .limit(limit)
    )
    return [(member_id, subject) for member_id, subject in rows]


def _seen(
    tx: ReadTx, member_ids: Collection[UUID], since: datetime
) -> tuple[ColumnElement[bool], ...]:
    return (
        Card.tenant_id == tx.tenant_id,
        Card.recipient_id.in_(member_ids),
        Card.kind == "mail",
        Card.created_at >= since,
    )


# ── How far a tenant is ─────────────────────────────────────────────────────────────────────────
async def count_customers(tx: ReadTx) -> tuple[int, int]:
    """How many accounts and deals the tenant has."""
    accounts = await tx.session.execute(
        select(func.count()).select_from(Account).where(Account.tenant_id == tx.tenant_id)
    )
    deals = await tx.session.execute(
        select(func.count()).select_from(Deal).where(Deal.tenant_id == tx.tenant_id)
    )
    return accounts.scalar_one(), deals.scalar_one()


async def has_system_mailbox(tx: ReadTx) -> bool:
    rows = await tx.session.execute(
        select(Mailbox.id)
        .where(Mailbox.tenant_id == tx.tenant_id, Mailbox.is_system, Mailbox.status == "connected")
        .limit(1)
    )
    return rows.first() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The active members, counted."""

    members: int
    admins: int
    managers: int
    enabled: int
    connected: int
    """How many have a connected mailbox of their own."""


async def count_people(tx: ReadTx) -> People:
    box = (
        select(Mailbox.id)
        .where(
            Mailbox.tenant_id == Member.tenant_id,
            Mailbox.member_id == Member.id,
            Mailbox.status == "connected",
            Mailbox.is_system.is_(False),
        )
        .exists()
    )
    row = (
        await tx.session.execute(
            select(
                func.count().label("members"),
                func.count().filter(Member.role == "admin").label("admins"),
                func.count().filter(Member.role == "manager").label("managers"),
                func.count().filter(Member.enabled_at.is_not(None)).label("enabled"),
                func.count().filter(box).label("connected"),
            ).where(Member.tenant_id == tx.tenant_id, Member.active)
        )
    ).one()
    return People(**row._asdict())
