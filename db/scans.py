"""SQL of scans: which accounts are looked at, who is at it, what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from db.looks import Spent
from db.models.signals import Scan, ScanAccount
from db.session import ReadTx, Tx

ACTIVE = timedelta(days=7)
"""So far back a message, a post, a meeting or a deal's change makes an account worth a look."""
STUCK = timedelta(days=7)
"""A deal that has stood in its stage for so long may be stuck."""
SOON = timedelta(days=14)
"""A deal that should close by then may be slipping."""
RHYTHM = timedelta(days=180)
"""So far back it is counted how often an account writes."""
AGAIN = timedelta(hours=20)
"""The clock alone brings an account once a day: what it tells changes by days."""
MOST = 20_000

# Due by the clock, decided cheaply and rather too often than too seldom; the detectors decide:
# an open deal that stood still or should close; who wrote three times or more and has been silent
# for longer than one and a half times their usual gap; whatever has an open signal, which may have
# ceased to hold.
DUE = text(
    """
with active as (
    select account_id from conversations
    where tenant_id = :tenant and last_message_at >= :active
    union select account_id from slack_threads where tenant_id = :tenant and last_at >= :active
    union select account_id from transcripts where tenant_id = :tenant and created_at >= :active
    union select account_id from meetings
    where tenant_id = :tenant and (changed_at >= :active or starts_at between :active and :now)
    union select account_id from deals
    where tenant_id = :tenant and (created_at >= :active or stage_changed_at >= :active)
    union select d.account_id from deal_changes c
    join deals d on d.tenant_id = c.tenant_id and d.id = c.deal_id
    where c.tenant_id = :tenant and c.created_at >= :active
), clocked as (
    select account_id from deals
    where tenant_id = :tenant and stage not in ('closed_won', 'closed_lost')
    and (coalesce(stage_changed_at, created_at) < :stuck or close_date <= :soon)
    union select account_id from signals
    where tenant_id = :tenant and status in ('raised', 'acknowledged')
    union select account_id from (
        select c.account_id, count(*) as n,
               min(m.received_at) as since, max(m.received_at) as last
        from messages m
        join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
        where m.tenant_id = :tenant and m.direction = 'inbound' and m.kind = 'human'
        and m.received_at >= :rhythm and c.last_message_at >= :rhythm
        group by 1
    ) wrote
    where n >= 3 and :now - last > 1.5 * (last - since) / (n - 1)
)
select a.id, a.id in (select account_id from active) as active
from accounts a
left join account_looks l on l.tenant_id = a.tenant_id and l.account_id = a.id
where a.tenant_id = :tenant and not a.excluded and a.merged_into_id is null and (
    a.id in (select account_id from active)
    or (a.id in (select account_id from clocked)
        and (l.looked_at is null or l.looked_at < :again))
)
order by l.looked_at nulls first, a.id
limit :most
"""
)
FILL = text(
    """
insert into scan_accounts
    (tenant_id, id, created_at, scan_id, account_id, reason, status, note,
     model_calls, tokens_in, tokens_out)
select :tenant, id, :now, :scan, account_id, reason, 'queued', '', 0, 0, 0
from unnest(cast(:ids as uuid[]), cast(:accounts as uuid[]), cast(:reasons as text[]))
    as due(id, account_id, reason)
"""
)


async def list_due_accounts(
    tx: ReadTx, now: datetime, most: int = MOST
) -> Sequence[tuple[UUID, bool]]:
    """(account, whether something happened there lately; else the clock says so), those first that
    have waited longest for a look."""
    rows = await tx.session.execute(
        DUE,
        {
            "tenant": tx.tenant_id,
            "now": now,
            "active": now - ACTIVE,
            "stuck": now - STUCK,
            "soon": (now + SOON).date(),
            "rhythm": now - RHYTHM,
            "again": now - AGAIN,
            "most": most,
        },
    )
    return [(account_id, active) for account_id, active in rows]


async def find_scan(tx: ReadTx, due_at: datetime) -> UUID | None:
    row = await tx.session.scalars(
        select(Scan.id).where(Scan.tenant_id == tx.tenant_id, Scan.due_at == due_at)
    )
    return row.one_or_none()


async def add_scan(tx: Tx, *, scan_id: UUID, due_at: datetime, now: datetime) -> bool:
    """False when this moment's scan has been begun already."""
    row = await tx.session.execute(
        insert(Scan)
        .values(
            tenant_id=tx.tenant_id,
            id=scan_id,
            created_at=now,
            due_at=due_at,
            status="running",
            stop_reason="",
            model_calls=0,
            tokens_in=0,
            tokens_out=0,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "due_at"])
        .returning(Scan.id)
    )
    return row.first() is not None


async def add_accounts(
    tx: Tx, scan_id: UUID, due: Sequence[tuple[UUID, bool]], ids: Sequence[UUID], now: datetime
) -> None:
    """All accounts of a scan in one statement, in the order they will be looked at."""
    await tx.session.execute(
        FILL,
        {
            "tenant": tx.tenant_id,
            "now": now,
            "scan": scan_id,
            "ids": list(ids),
            "accounts": [account_id for account_id, _ in due],
            "reasons": ["activity" if active else "clock" for _, active in due],
        },
    )


async def list_running(tx: ReadTx, *, but: UUID | None = None) -> Sequence[UUID]:
    rows = await tx.session.scalars(
        select(Scan.id).where(
            Scan.tenant_id == tx.tenant_id, Scan.status == "running", Scan.id.is_distinct_from(but)
        )
    )
    return rows.all()


async def lock_scan(tx: Tx, scan_id: UUID) -> Scan | None:
    """The scan, if it runs; whoever claims or settles one of its accounts holds it."""
    rows = await tx.session.scalars(
        select(Scan)
        .where(Scan.tenant_id == tx.tenant_id, Scan.id == scan_id, Scan.status == "running")
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.one_or_none()


async def count_leased(tx: ReadTx, scan_id: UUID, now: datetime) -> int:
    """How many of its accounts are being looked at."""
    rows = await tx.session.execute(
        select(func.count()).where(*_queued(tx, scan_id), ScanAccount.lease_until > now)
    )
    return int(rows.scalar_one())


async def claim_account(
    tx: Tx, scan_id: UUID, *, token: UUID, now: datetime, until: datetime
) -> ScanAccount | None:
    """The next account nobody is looking at; the caller holds the scan."""
    free = or_(ScanAccount.lease_until.is_(None), ScanAccount.lease_until <= now)
    rows = await tx.session.scalars(
        select(ScanAccount)
        .where(*_queued(tx, scan_id), free)
        .order_by(ScanAccount.id)
        .limit(1)
        .with_for_update()
    )
    found = rows.one_or_none()
    if found is not None:
        found.lease_token, found.lease_until = token, until
        await tx.session.flush()
    return found


async def set_account(
    tx: Tx, row_id: UUID, token: UUID, *, status: str, note: str, spent: Spent, now: datetime
) -> bool:
    """What became of it; False when the lease is no longer ours."""
    row = await tx.session.execute(
        update(ScanAccount)
        .where(
            ScanAccount.tenant_id == tx.tenant_id,
            ScanAccount.id == row_id,
            ScanAccount.lease_token == token,
            ScanAccount.status == "queued",
        )
        .values(
            status=status,
            note=note,
            lease_token=None,
            lease_until=None,
            model_calls=spent.model_calls,
            tokens_in=spent.tokens_in,
            tokens_out=spent.tokens_out,
            cost_usd=spent.cost_usd,
            done_at=now,
        )
        .returning(ScanAccount.id)
    )
    return row.first() is not None


async def set_skipped(tx: Tx, scan_id: UUID, *, note: str, now: datetime) -> None:
    """All that are left."""
    await tx.session.execute(
        update(ScanAccount)
        .where(*_queued(tx, scan_id))
        .values(status="skipped", note=note, lease_token=None, lease_until=None, done_at=now)
    )


async def has_queued(tx: ReadTx, scan_id: UUID) -> bool:
    rows = await tx.session.execute(select(exists().where(*_queued(tx, scan_id))))
    return bool(rows.scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a scan came to. `noted`: note → how many accounts have it."""

    accounts: int
    spent: Spent
    failed: int
    noted: dict[str, int]


async def count_totals(tx: ReadTx, scan_id: UUID) -> Totals:
    of_scan = (ScanAccount.tenant_id == tx.tenant_id, ScanAccount.scan_id == scan_id)
    unpriced = (ScanAccount.model_calls > 0) & ScanAccount.cost_usd.is_(None)
    row = (
        await tx.session.execute(
            select(
                func.count(),
                func.count().filter(ScanAccount.status == "failed"),
                func.coalesce(func.sum(ScanAccount.model_calls), 0),
                func.coalesce(func.sum(ScanAccount.tokens_in), 0),
                func.coalesce(func.sum(ScanAccount.tokens_out), 0),
                func.coalesce(func.sum(ScanAccount.cost_usd), 0),
                func.count().filter(unpriced),
            ).where(*of_scan)
        )
    ).one()
    notes = await tx.session.execute(
        select(ScanAccount.note, func.count())
        .where(*of_scan, ScanAccount.note != "")
        .group_by(ScanAccount.note)
    )
    accounts, failed, calls, tokens_in, tokens_out, cost, without_price = row
    return Totals(
        accounts=accounts,
        failed=failed,
        spent=Spent(
            model_calls=calls,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost_usd=None if without_price else Decimal(cost or 0),
        ),
        noted={row[0]: row[1] for row in notes},
    )


async def drop_old_accounts(tx: Tx, before: datetime) -> None:
    """What single accounts came to is kept for a while; a scan keeps its totals."""
    old = select(Scan.id).where(Scan.tenant_id == tx.tenant_id, Scan.due_at < before)
    await tx.session.execute(
        delete(ScanAccount).where(
            ScanAccount.tenant_id == tx.tenant_id, ScanAccount.scan_id.in_(old)
        )
    )


async def get_last_scan(tx: ReadTx) -> Scan | None:
    rows = await tx.session.scalars(
        select(Scan).where(Scan.tenant_id == tx.tenant_id).order_by(Scan.due_at.desc()).limit(1)
    )
    return rows.one_or_none()


def _queued(tx: ReadTx, scan_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        ScanAccount.tenant_id == tx.tenant_id,
        ScanAccount.scan_id == scan_id,
        ScanAccount.status == "queued",
    )
