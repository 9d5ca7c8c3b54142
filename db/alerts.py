"""SQL of what people are told of signals: who is to be told, and what is open for whom."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import func, select, update

from db.agent import list_places
from db.customers import CLOSED
from db.models.cards import Card
from db.models.customers import AccountOwner, Deal
from db.models.meetings import SlackPost, SlackThread
from db.models.signals import Signal
from db.models.tenants import Member
from db.session import ReadTx, Tx, raw_connection
from db.signals import OPEN_STATUSES

CARD = "alert"

# Signals that are open and not put off, on accounts in the member's care: their own; for whoever
# leads people ($3) also those they got a card about, nobody's, and what a report of theirs left.
# Looked for from the member's side, each part on an index: not among all that is open.
MINE = """
from (
    select s.id from (
        select id from accounts where tenant_id = $1 and owner_id = $2
        union
        select account_id from account_owners where tenant_id = $1 and member_id = $2
        union
        select a.id from accounts a
        where $3 and a.tenant_id = $1 and a.owner_id is null and not exists (
            select 1 from account_owners w where w.tenant_id = $1 and w.account_id = a.id)
        union
        select a.id from members o join accounts a on a.tenant_id = $1 and a.owner_id = o.id
        where $3 and o.tenant_id = $1 and o.manager_id = $2 and not o.active
    ) care
    join signals s on s.tenant_id = $1 and s.account_id = care.id
        and s.status in ('raised', 'acknowledged')
    union
    select c.subject_id from cards c
    where $3 and c.tenant_id = $1 and c.recipient_id = $2 and c.kind = 'alert'
) mine
join signals s on s.tenant_id = $1 and s.id = mine.id
join accounts a on a.tenant_id = $1 and a.id = s.account_id
where s.status in ('raised', 'acknowledged')
  and (s.snoozed_until is null or s.snoozed_until <= $4)
"""
RANK = "array_position(array['critical', 'high', 'medium', 'low'], s.severity)"
LIST = f"""
select s.id, a.name as account, s.name, s.severity, s.status, s.why, s.evidence, s.raised_at,
  count(*) over () as total
{MINE}
order by {RANK}, s.raised_at desc, s.id limit $5
"""
# Whoever doesn't lead people is shown nothing of an account that has gone to somebody else.
STILL_THEIRS = """
  and (
    exists (select 1 from members m where m.tenant_id = $1 and m.id = $2
              and m.role in ('manager', 'admin', 'executive'))
    or a.owner_id = $2
    or exists (select 1 from account_owners w
               where w.tenant_id = $1 and w.account_id = a.id and w.member_id = $2)
  )
"""
# The same for one reader's roll-up: what waits in it.
ROLLED = f"""
select s.id, a.name as account, s.name, s.severity, s.status, s.why, s.evidence, s.raised_at,
  count(*) over () as total,
  dense_rank() over (order by s.account_id) + dense_rank() over (order by s.account_id desc) - 1
    as accounts
from cards c
join signals s on s.tenant_id = $1 and s.id = c.subject_id
join accounts a on a.tenant_id = $1 and a.id = s.account_id
where c.tenant_id = $1 and c.recipient_id = $2 and c.kind = 'alert'
  and c.rolled_up_at is not null and c.ts is null and s.status in ('raised', 'acknowledged')
  and (s.snoozed_until is null or s.snoozed_until <= $3)
{STILL_THEIRS}
order by {RANK}, s.raised_at desc, s.id limit $4
"""  # noqa: S608 - constants of ours
# Alerts of one reader that were held back and still hold.
HELD = f"""
select c.id as card_id, a.name as account, s.name, s.why, s.raised_at, count(*) over () as total
from cards c
join signals s on s.tenant_id = $1 and s.id = c.subject_id
join accounts a on a.tenant_id = $1 and a.id = s.account_id
where c.tenant_id = $1 and c.recipient_id = $2 and c.kind = 'alert'
  and c.held_rev > 0 and c.ts is null and s.status in ('raised', 'acknowledged')
  and (s.snoozed_until is null or s.snoozed_until <= $3)
{STILL_THEIRS}
order by {RANK}, s.raised_at desc, s.id limit $4
"""  # noqa: S608 - constants of ours
COUNTS = """
select severity, count(*) as number from signals s
where s.tenant_id = $1 and s.status in ('raised', 'acknowledged') group by severity
"""
# Alerts whose account has gone to somebody who hasn't been told: nobody active has the card, or it
# is another one who looks after the account now and wants such alerts at once.
ASTRAY = """
select s.id from signals s
join accounts a on a.tenant_id = $1 and a.id = s.account_id
left join members o on o.tenant_id = $1 and o.id = a.owner_id
where s.tenant_id = $1 and s.status in ('raised', 'acknowledged') and s.kind in ('risk', 'buying')
  and (s.severity = 'critical' or (s.severity = 'high' and o.preferences ->> 'alerts' = 'high'))
  and coalesce(o.preferences ->> 'alerts', '') <> 'digest'
  and not exists (
    select 1 from cards c
    join members m on m.tenant_id = $1 and m.id = c.recipient_id and m.active
    where c.tenant_id = $1 and c.kind = 'alert' and c.subject_id = s.id
      and case when o.active then c.recipient_id = o.id
          else m.role in ('manager', 'admin') or exists (
            select 1 from account_owners w where w.tenant_id = $1 and w.account_id = a.id
              and w.member_id = m.id) end
  )
order by s.raised_at, s.id limit $2
"""


async def lock_signal(tx: Tx, signal_id: UUID) -> Signal | None:
    """The signal as it stands now, to be changed."""
    query = select(Signal).where(Signal.tenant_id == tx.tenant_id, Signal.id == signal_id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await tx.session.execute(query)).scalar_one_or_none()


async def signal_of_action(tx: Tx, action_id: UUID) -> Signal | None:
    """The open signal this mail was begun for, to be changed."""
    query = select(Signal).where(
        Signal.tenant_id == tx.tenant_id,
        Signal.action_id == action_id,
        Signal.status.in_(OPEN_STATUSES),
    )
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await tx.session.execute(query)).scalars().first()


async def list_astray(tx: ReadTx, limit: int) -> list[UUID]:
    rows = await (await raw_connection(tx)).fetch(ASTRAY, tx.tenant_id, limit)
    return [row["id"] for row in rows]


async def list_open(
    tx: ReadTx, member_id: UUID, *, leads: bool, now: datetime, limit: int
) -> Sequence[asyncpg.Record]:
    """Open signals in the member's care, the most severe first; each row has the `total`."""
    connection = await raw_connection(tx)
    found: Sequence[asyncpg.Record] = await connection.fetch(
        LIST, tx.tenant_id, member_id, leads, now, limit
    )
    return found


async def list_rolled_up(
    tx: ReadTx, member_id: UUID, *, now: datetime, limit: int
) -> Sequence[asyncpg.Record]:
    """What waits in the member's roll-up; each row has the `total` and the number of `accounts`."""
    connection = await raw_connection(tx)
    found: Sequence[asyncpg.Record] = await connection.fetch(
        ROLLED, tx.tenant_id, member_id, now, limit
    )
    return found


async def list_held_alerts(
    tx: ReadTx, member_id: UUID, *, now: datetime, limit: int
) -> Sequence[asyncpg.Record]:
    """What was held back from the member and still holds; each row has the `total`."""
    connection = await raw_connection(tx)
    found: Sequence[asyncpg.Record] = await connection.fetch(
        HELD, tx.tenant_id, member_id, now, limit
    )
    return found


async def count_rolled_up(tx: ReadTx, member_id: UUID, now: datetime) -> int:
    found = await list_rolled_up(tx, member_id, now=now, limit=1)
    return found[0]["total"] if found else 0


async def unroll(tx: Tx, signal_id: UUID) -> None:
    """The signal's cards stand for themselves again."""
    await tx.session.execute(
        update(Card)
        .where(Card.tenant_id == tx.tenant_id, Card.kind == CARD, Card.subject_id == signal_id)
        .values(rolled_up_at=None)
        .execution_options(synchronize_session=False)
    )


async def count_open(tx: ReadTx) -> dict[str, int]:
    """Open signals of the whole tenant, by severity."""
    rows = await (await raw_connection(tx)).fetch(COUNTS, tx.tenant_id)
    return {row["severity"]: row["number"] for row in rows}


# ── Who is to be told ───────────────────────────────────────────────────────────────────────────
async def list_keepers(tx: ReadTx, account_id: UUID) -> Sequence[tuple[str, Member]]:
    """Who looks after the account, by function, sales first."""
    rows = await tx.session.execute(
        select(AccountOwner.function, Member)
        .join(
            Member,
            (Member.tenant_id == AccountOwner.tenant_id) & (Member.id == AccountOwner.member_id),
        )
        .where(AccountOwner.tenant_id == tx.tenant_id, AccountOwner.account_id == account_id)
        .order_by((AccountOwner.function != "sales"), AccountOwner.function, Member.id)
    )
    return [(function, member) for function, member in rows]


async def list_leads(tx: ReadTx) -> Sequence[Member]:
    """Active managers of sales; where there is none, the admins."""
    found = await list_managers(tx)
    managers = [one for one in found if one.role == "manager" and one.function == "sales"]
    return managers or [one for one in found if one.role == "admin"] or found


async def open_amounts(tx: ReadTx, account_id: UUID) -> dict[str, Decimal]:
    """What the account's open deals are worth together, by currency; unknown amounts aside."""
    rows = await tx.session.execute(
        select(Deal.currency, func.sum(Deal.amount))
        .where(
            Deal.tenant_id == tx.tenant_id,
            Deal.account_id == account_id,
            Deal.stage.not_in(CLOSED),
            Deal.amount.is_not(None),
        )
        .group_by(Deal.currency)
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


async def is_reader(tx: ReadTx, signal_id: UUID, member_id: UUID) -> bool:
    """Whether the member has a card about the signal."""
    rows = await tx.session.execute(
        select(Card.id).where(
            Card.tenant_id == tx.tenant_id,
            Card.kind == CARD,
            Card.subject_id == signal_id,
            Card.recipient_id == member_id,
        )
    )
    return rows.first() is not None


async def list_readers(tx: ReadTx, signal_id: UUID) -> Sequence[Member]:
    """Active members who have a card about the signal."""
    rows = await tx.session.execute(
        select(Member)
        .join(Card, (Card.tenant_id == Member.tenant_id) & (Card.recipient_id == Member.id))
        .where(
            Card.tenant_id == tx.tenant_id,
            Card.kind == CARD,
            Card.subject_id == signal_id,
            Member.active,
        )
        .order_by(Member.name, Member.id)
    )
    return rows.scalars().all()


async def gather(tx: Tx, signal_id: UUID, member_ids: Sequence[UUID], until: datetime) -> None:
    """These new cards wait so long for what comes with them."""
    query = select(Card).where(
        Card.tenant_id == tx.tenant_id,
        Card.kind == CARD,
        Card.subject_id == signal_id,
        Card.recipient_id.in_(member_ids),
        Card.ts.is_(None),
        Card.posting_since.is_(None),
    )
    for card in (await tx.session.execute(query)).scalars():
        card.not_before = until
    await tx.session.flush()


# ── Where evidence stands ───────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a piece of evidence can be read, in the reader's own mailbox or in Slack."""

    address: str = ""
    thread: str = ""
    channel: str = ""
    ts: str = ""


async def places_of(
    tx: ReadTx, member_id: UUID, messages: Sequence[UUID], posts: Sequence[UUID]
) -> dict[UUID, Place]:
    """By message or post; what the reader's mailbox doesn't hold has none."""
    mails = await list_places(tx, messages, member_id)
    found = {one: Place(address=address, thread=thread) for one, (address, thread) in mails.items()}
    said = await tx.session.execute(
        select(SlackPost.id, SlackThread.channel, SlackPost.ts)
        .join(
            SlackThread,
            (SlackThread.tenant_id == SlackPost.tenant_id)
            & (SlackThread.id == SlackPost.thread_id),
        )
        .where(SlackPost.tenant_id == tx.tenant_id, SlackPost.id.in_(posts))
    )
    return found | {one: Place(channel=channel, ts=ts) for one, channel, ts in said}


def evidence_of(row: asyncpg.Record) -> list[dict[str, Any]]:
    """asyncpg hands JSON over as text where SQLAlchemy has set no codec."""
    stored = row["evidence"]
    return json.loads(stored) if isinstance(stored, str) else list(stored)


async def list_managers(tx: ReadTx) -> Sequence[Member]:
    """Active managers and admins."""
    rows = await tx.session.execute(
        select(Member)
        .where(
            Member.tenant_id == tx.tenant_id, Member.active, Member.role.in_(("manager", "admin"))
        )
        .order_by(Member.id)
    )
    return rows.scalars().all()
