"""SQL of outreach: what was found, what becomes of it, and what would serve it already."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, case, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from db.models.actions import Action
from db.models.cards import Card
from db.models.conversations import Conversation, Message
from db.models.customers import Account, Contact
from db.models.goals import Goal
from db.models.meetings import Meeting
from db.models.outreach import Trigger
from db.models.signals import Signal
from db.models.tenants import Member
from db.session import ReadTx, Tx

OPEN = ("found", "proposed", "scheduled")
UNDECIDED = ("found", "declined")
SETTLED = ("done", "rejected", "voided", "handled", "failed")
"""Of an action: nothing more comes of it."""
LOCK = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
MOST_HELD = 20
_LONGEST_MEETING = timedelta(days=2)


async def lock_member_caps(tx: Tx, member_id: UUID) -> None:
    """One proposal to this member at a time: two would both be the fifth."""
    await tx.session.execute(LOCK, {"key": f"outreach|{tx.tenant_id}|{member_id}"})


# ── What it is found in ─────────────────────────────────────────────────────────────────────────
async def list_signals(tx: ReadTx, account_id: UUID, names: Collection[str]) -> Sequence[Signal]:
    rows = await tx.session.scalars(
        select(Signal)
        .where(
            Signal.tenant_id == tx.tenant_id,
            Signal.account_id == account_id,
            Signal.status.in_(("raised", "acknowledged")),
            Signal.name.in_(names),
        )
        .order_by(Signal.raised_at.desc(), Signal.id)
        .limit(20)
    )
    return rows.all()


async def list_held(tx: ReadTx, account_id: UUID, since: datetime, now: datetime) -> Sequence[Any]:
    """Meetings that began in this time and were not called off, the latest first."""
    rows = await tx.session.scalars(
        select(Meeting)
        .where(
            Meeting.tenant_id == tx.tenant_id,
            Meeting.account_id == account_id,
            Meeting.starts_at.between(since - _LONGEST_MEETING, now),
            Meeting.status == "scheduled",
            Meeting.all_day.is_(False),
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id)
        .limit(MOST_HELD)
    )
    return rows.all()


# ── Triggers ────────────────────────────────────────────────────────────────────────────────────
async def lock_of_account(tx: Tx, account_id: UUID, keys: Collection[str]) -> Sequence[Trigger]:
    """What is open about the account, and what has one of these keys wherever it stands."""
    rows = await tx.session.scalars(
        select(Trigger)
        .where(
            Trigger.tenant_id == tx.tenant_id,
            or_(
                and_(Trigger.account_id == account_id, Trigger.status.in_(OPEN)),
                Trigger.key.in_(keys),
            ),
        )
        .order_by(Trigger.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def has_open(tx: ReadTx, account_id: UUID) -> bool:
    query = select(exists().where(*_open(tx, account_id)))
    return bool((await tx.session.execute(query)).scalar_one())


async def open_of_purpose(
    tx: ReadTx, account_id: UUID, purpose: str, *, but: UUID | None = None
) -> Trigger | None:
    """What is open about the account for one purpose, apart from this one."""
    rows = await tx.session.scalars(
        select(Trigger).where(
            *_open(tx, account_id), Trigger.purpose == purpose, Trigger.id.is_distinct_from(but)
        )
    )
    return rows.first()


async def add_trigger(tx: Tx, values: dict[str, Any]) -> bool:
    """False when it is known already, or another is open for the same purpose."""
    row = await tx.session.execute(
        insert(Trigger)
        .values(tenant_id=tx.tenant_id, status="found", version=1, **values)
        .on_conflict_do_nothing()
        .returning(Trigger.id)
    )
    return row.first() is not None


async def get_trigger(tx: ReadTx, trigger_id: UUID) -> Trigger | None:
    return await tx.session.get(Trigger, (tx.tenant_id, trigger_id), populate_existing=True)


async def lock_trigger(tx: Tx, trigger_id: UUID) -> Trigger | None:
    query = select(Trigger).where(Trigger.tenant_id == tx.tenant_id, Trigger.id == trigger_id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await tx.session.execute(query)).scalar_one_or_none()


async def list_takeable(
    tx: ReadTx, *, since: datetime, ranks: Sequence[str], limit: int
) -> Sequence[UUID]:
    """What holds since then and wasn't weighed since then; kinds in the order of `ranks`, of one
    kind what has waited longest first."""
    order = case({kind: rank for rank, kind in enumerate(ranks)}, value=Trigger.kind)
    rows = await tx.session.scalars(
        select(Trigger.id)
        .where(
            Trigger.tenant_id == tx.tenant_id,
            Trigger.status.in_(UNDECIDED),
            Trigger.seen_at >= since,
            or_(Trigger.weighed_at.is_(None), Trigger.weighed_at < since),
        )
        .order_by(order, Trigger.created_at, Trigger.id)
        .limit(limit)
    )
    return rows.all()


async def list_settled_mails(tx: ReadTx, limit: int) -> Sequence[UUID]:
    """Triggers whose mail has left, was rejected, or came to nothing."""
    rows = await tx.session.scalars(
        select(Trigger.id)
        .join(Action, (Action.tenant_id == Trigger.tenant_id) & (Action.id == Trigger.action_id))
        .where(
            Trigger.tenant_id == tx.tenant_id,
            Trigger.status == "scheduled",
            Action.status.in_(SETTLED),
        )
        .order_by(Trigger.id)
        .limit(limit)
    )
    return rows.all()


async def get_action_of(tx: ReadTx, trigger: Trigger) -> Action | None:
    if trigger.action_id is None:
        return None
    return await tx.session.get(Action, (tx.tenant_id, trigger.action_id))


async def get_contact_of(tx: ReadTx, trigger: Trigger) -> Contact | None:
    """Whom a mail would go to, if they are still there."""
    if trigger.contact_id is None:
        return None
    return await tx.session.get(Contact, (tx.tenant_id, trigger.contact_id))


# ── What serves it already, and the caps ────────────────────────────────────────────────────────
async def find_open_mail(tx: ReadTx, account_id: UUID) -> Action | None:
    """A draft about the account that a person has before them, or one that is leaving. What is only
    written down serves nobody."""
    rows = await tx.session.scalars(
        select(Action)
        .where(
            Action.tenant_id == tx.tenant_id,
            Action.account_id == account_id,
            Action.status.in_(("pending", "approved")),
            Action.draft_id.is_not(None),
            Action.level.not_in(("off", "shadow")),
        )
        .order_by(Action.created_at.desc())
        .limit(1)
    )
    return rows.first()


async def last_written(tx: ReadTx, account_id: UUID, since: datetime) -> datetime | None:
    """When somebody of us last wrote to the account."""
    rows = await tx.session.execute(
        select(func.max(Message.received_at))
        .join(
            Conversation,
            (Conversation.tenant_id == Message.tenant_id)
            & (Conversation.id == Message.conversation_id),
        )
        .where(
            Message.tenant_id == tx.tenant_id,
            Conversation.account_id == account_id,
            Conversation.last_message_at >= since,
            Message.direction == "outbound",
            Message.kind == "human",
            Message.received_at >= since,
        )
    )
    return rows.scalar_one()


async def is_shown(tx: ReadTx, kind: str, subject_id: UUID, member_id: UUID) -> bool:
    """Whether a card of this kind stands before the member."""
    query = select(
        exists().where(
            Card.tenant_id == tx.tenant_id,
            Card.kind == kind,
            Card.subject_id == subject_id,
            Card.recipient_id == member_id,
            Card.ts.is_not(None),
        )
    )
    return bool((await tx.session.execute(query)).scalar_one())


async def count_proposed(tx: ReadTx, member_id: UUID, since: datetime) -> int:
    rows = await tx.session.execute(
        select(func.count()).where(
            Trigger.tenant_id == tx.tenant_id,
            Trigger.member_id == member_id,
            Trigger.proposed_at >= since,
        )
    )
    return rows.scalar_one()


async def last_proposed(tx: ReadTx, account_id: UUID) -> datetime | None:
    rows = await tx.session.execute(
        select(func.max(Trigger.proposed_at)).where(
            Trigger.tenant_id == tx.tenant_id, Trigger.account_id == account_id
        )
    )
    return rows.scalar_one()


async def last_dismissed(
    tx: ReadTx, account_id: UUID, kind: str, since: datetime
) -> Trigger | None:
    rows = await tx.session.scalars(
        select(Trigger)
        .where(
            Trigger.tenant_id == tx.tenant_id,
            Trigger.account_id == account_id,
            Trigger.kind == kind,
            Trigger.status == "dismissed",
            Trigger.settled_at >= since,
        )
        .order_by(Trigger.settled_at.desc())
        .limit(1)
    )
    return rows.first()


async def get_goal(tx: ReadTx, goal_id: UUID) -> Goal | None:
    return await tx.session.get(Goal, (tx.tenant_id, goal_id))


# ── Lists ───────────────────────────────────────────────────────────────────────────────────────
async def list_triggers(
    tx: ReadTx,
    statuses: Collection[str],
    *,
    members: Collection[UUID] | None = None,
    since: datetime | None = None,
    limit: int = 20,
) -> Sequence[Row[Trigger, str, str, int]]:
    """(trigger, account's name, member's name, how many there are), the newest first; nothing of
    what is only written down. `members`: who looks after the accounts; None: everybody's."""
    newest = func.coalesce(Trigger.settled_at, Trigger.weighed_at, Trigger.created_at)
    where = [
        Trigger.tenant_id == tx.tenant_id,
        Trigger.status.in_(statuses),
        Trigger.level != "shadow",
    ]
    if members is not None:
        where.append(Trigger.member_id.in_(members))
    if since is not None:
        where.append(newest >= since)
    rows = await tx.session.execute(
        select(Trigger, Account.name, Member.name, func.count().over())
        .join(
            Account, (Account.tenant_id == Trigger.tenant_id) & (Account.id == Trigger.account_id)
        )
        .outerjoin(
            Member, (Member.tenant_id == Trigger.tenant_id) & (Member.id == Trigger.member_id)
        )
        .where(*where)
        .order_by(newest.desc(), Trigger.id)
        .limit(limit)
    )
    return rows.all()


# ── Forgetting ──────────────────────────────────────────────────────────────────────────────────
FORGET = """
update triggers s set why = '', evidence = coalesce(
  (select jsonb_agg(e) from jsonb_array_elements(s.evidence) e
   where coalesce(e->>'source_id', '') <> all(cast(cast(:ids as uuid[]) as text[]))), '[]'::jsonb)
where s.tenant_id = :tenant and s.account_id = any(cast(:accounts as uuid[]))
and exists (select 1 from jsonb_array_elements(s.evidence) e
  where e->>'source_id' = any(cast(cast(:ids as uuid[]) as text[]))
     or e->'of' ?| cast(cast(:ids as uuid[]) as text[]))
returning s.id
"""


async def forget_quotes(
    tx: Tx, account_ids: Collection[UUID], source_ids: Collection[UUID]
) -> list[UUID]:
    """No trigger of these accounts quotes these texts any longer; those that did."""
    values = {"tenant": tx.tenant_id, "ids": list(source_ids), "accounts": list(account_ids)}
    rows = await tx.session.execute(text(FORGET), values)
    return list(rows.scalars())


async def forget_accounts(tx: Tx, account_ids: Collection[UUID]) -> list[UUID]:
    """Of these accounts nothing stays but that something was found; those that said more, or are
    open."""
    rows = await tx.session.scalars(
        update(Trigger)
        .where(
            Trigger.tenant_id == tx.tenant_id,
            Trigger.account_id.in_(account_ids),
            or_(Trigger.status.in_(OPEN), Trigger.evidence != [], Trigger.why != ""),
        )
        .values(evidence=[], why="")
        .returning(Trigger.id)
        .execution_options(synchronize_session=False)
    )
    return list(rows)


FORGET_WHY = text(
    """
update drafts d set source = d.source - 'why_now' from actions a
where a.tenant_id = :tenant and a.id = :action and d.tenant_id = a.tenant_id and d.id = a.draft_id
"""
)


async def forget_why(tx: Tx, action_id: UUID) -> None:
    """The mail's card no longer tells what it was begun because of."""
    await tx.session.execute(FORGET_WHY, {"tenant": tx.tenant_id, "action": action_id})


async def list_open_ids(tx: ReadTx, account_id: UUID) -> Sequence[UUID]:
    rows = await tx.session.scalars(
        select(Trigger.id).where(*_open(tx, account_id)).order_by(Trigger.id)
    )
    return rows.all()


def _open(tx: ReadTx, account_id: UUID) -> tuple[Any, ...]:
    return (
        Trigger.tenant_id == tx.tenant_id,
        Trigger.account_id == account_id,
        Trigger.status.in_(OPEN),
    )
