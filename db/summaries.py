"""SQL of summaries, and of the lease under which an account's are made."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from db.models.customers import Account
from db.models.directories import Timer
from db.models.summaries import Summary, SummaryLease
from db.session import ReadTx, Tx
from db.summary_sources import list_standing


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSummary:
    """A summary as it may be shown: `lines` are {channel, text, sources: [{kind, id}], at}."""

    id: UUID
    account_id: UUID
    period: str
    starts_on: date
    ends_on: date
    source_hash: str
    source_count: int
    lines: tuple[dict[str, Any], ...]
    model: str
    provisional: bool
    made_at: datetime


async def list_summaries(
    tx: ReadTx, account_id: UUID, since: date, until: date
) -> list[StoredSummary]:
    """Those of periods that lie in `since` to before `until`, oldest first. A line whose source has
    gone since (forgotten, erased, moved to another account) is not among their lines, and a summary
    all of whose lines have gone isn't listed."""
    return await _standing(tx, account_id, await list_stored(tx, account_id, since, until))


async def list_of_ids(tx: ReadTx, summary_ids: Collection[UUID]) -> list[StoredSummary]:
    """These, as `list_summaries` shows them, of whichever accounts they are."""
    rows = await tx.session.scalars(
        select(Summary)
        .where(Summary.tenant_id == tx.tenant_id, Summary.id.in_(summary_ids))
        .order_by(Summary.account_id, Summary.starts_on, Summary.period)
        .execution_options(populate_existing=True)
    )
    return [
        one
        for account_id, stored in groupby(rows.all(), key=lambda row: row.account_id)
        for one in await _standing(tx, account_id, list(stored))
    ]


async def _standing(tx: ReadTx, account_id: UUID, stored: Sequence[Summary]) -> list[StoredSummary]:
    standing = await list_standing(tx, account_id, _cited(stored))
    shown = []
    for one in stored:
        lines = standing_lines(one.lines, standing)
        if lines or not one.lines:
            shown.append(_shown(one, lines))
    return shown


async def list_stored(
    tx: ReadTx, account_id: UUID, since: date | None = None, until: date | None = None
) -> Sequence[Summary]:
    """The rows as they stand, oldest first."""
    query = select(Summary).where(
        Summary.tenant_id == tx.tenant_id, Summary.account_id == account_id
    )
    if since is not None:
        query = query.where(Summary.starts_on >= since)
    if until is not None:
        query = query.where(Summary.ends_on <= until)
    rows = await tx.session.scalars(
        query.order_by(Summary.starts_on, Summary.period).execution_options(populate_existing=True)
    )
    return rows.all()


def standing_lines(
    lines: Iterable[Mapping[str, Any]], standing: Collection[tuple[str, UUID]]
) -> list[dict[str, Any]]:
    """The lines all of whose sources are still there."""
    return [
        dict(line)
        for line in lines
        if all((one["kind"], UUID(one["id"])) in standing for one in line["sources"])
    ]


async def set_summary(tx: Tx, row: Summary) -> UUID:
    """Store it in place of what stood there for the same period, whose id it keeps."""
    values = {
        column.key: getattr(row, column.key)
        for column in Summary.__table__.columns
        if getattr(row, column.key) is not None
    }
    kept = {"tenant_id", "id", "created_at", "account_id", "period", "starts_on"}
    rows = await tx.session.execute(
        insert(Summary)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["tenant_id", "account_id", "period", "starts_on"],
            set_={key: value for key, value in values.items() if key not in kept},
        )
        .returning(Summary.id)
    )
    return rows.scalar_one()


async def set_lines(tx: Tx, summary_id: UUID, lines: list[dict[str, Any]]) -> None:
    await tx.session.execute(
        update(Summary)
        .where(Summary.tenant_id == tx.tenant_id, Summary.id == summary_id)
        .values(lines=lines)
        .execution_options(synchronize_session=False)
    )


async def drop_summaries(tx: Tx, summary_ids: Collection[UUID]) -> None:
    if summary_ids:
        await tx.session.execute(
            delete(Summary)
            .where(Summary.tenant_id == tx.tenant_id, Summary.id.in_(summary_ids))
            .execution_options(synchronize_session=False)
        )


async def drop_weeks(tx: Tx, account_id: UUID, start: date, end: date) -> None:
    """The weeks of a month that has lines of its own."""
    await tx.session.execute(
        delete(Summary)
        .where(
            Summary.tenant_id == tx.tenant_id,
            Summary.account_id == account_id,
            Summary.period == "week",
            Summary.starts_on >= start,
            Summary.ends_on <= end,
        )
        .execution_options(synchronize_session=False)
    )


async def drop_lines_of(
    tx: Tx, account_ids: Collection[UUID], gone: Collection[tuple[str, UUID]]
) -> list[UUID]:
    """No line of these accounts that rests on one of these (kind, id) stays, whatever else it rests
    on. The summaries that are others now."""
    named = {(kind, str(source_id)) for kind, source_id in gone}
    changed = []
    for account_id in account_ids:
        for row in await list_stored(tx, account_id):
            lines = [
                line
                for line in row.lines
                if named.isdisjoint((one["kind"], one["id"]) for one in line["sources"])
            ]
            if len(lines) < len(row.lines):
                await set_lines(tx, row.id, lines)
                changed.append(row.id)
    return changed


async def drop_of_accounts(tx: Tx, account_ids: Collection[UUID]) -> None:
    await tx.session.execute(
        delete(Summary)
        .where(Summary.tenant_id == tx.tenant_id, Summary.account_id.in_(account_ids))
        .execution_options(synchronize_session=False)
    )


# ── Who makes them, and when ────────────────────────────────────────────────────────────────────
async def claim_lease(
    tx: Tx, account_id: UUID, *, lease_id: UUID, token: UUID, now: datetime, until: datetime
) -> datetime | None:
    """Take the account's lease; otherwise when the one that is held ends."""
    new = insert(SummaryLease).values(
        tenant_id=tx.tenant_id,
        id=lease_id,
        created_at=now,
        account_id=account_id,
        lease_token=token,
        lease_until=until,
    )
    rows = await tx.session.execute(
        new.on_conflict_do_update(
            index_elements=["tenant_id", "account_id"],
            set_={"lease_token": token, "lease_until": until},
            where=SummaryLease.lease_until <= now,
        ).returning(SummaryLease.id)
    )
    if rows.first() is not None:
        return None
    held = await tx.session.scalars(
        select(SummaryLease.lease_until).where(
            SummaryLease.tenant_id == tx.tenant_id, SummaryLease.account_id == account_id
        )
    )
    # It may have been given back just now: then asking again at once is right.
    return held.one_or_none() or now


async def end_lease(tx: Tx, account_id: UUID, token: UUID) -> None:
    await tx.session.execute(
        delete(SummaryLease)
        .where(
            SummaryLease.tenant_id == tx.tenant_id,
            SummaryLease.account_id == account_id,
            SummaryLease.lease_token == token,
        )
        .execution_options(synchronize_session=False)
    )


async def extend_lease(tx: Tx, account_id: UUID, token: UUID, until: datetime) -> bool:
    """False when somebody else holds it by now."""
    rows = await tx.session.execute(
        update(SummaryLease)
        .where(
            SummaryLease.tenant_id == tx.tenant_id,
            SummaryLease.account_id == account_id,
            SummaryLease.lease_token == token,
        )
        .values(lease_until=until)
        .returning(SummaryLease.id)
        .execution_options(synchronize_session=False)
    )
    return rows.first() is not None


async def list_unscheduled(tx: ReadTx, kind: str, limit: int) -> Sequence[UUID]:
    """Accounts that have no timer of this kind; excluded ones need none."""
    rows = await tx.session.scalars(
        select(Account.id)
        .outerjoin(
            Timer,
            (Timer.tenant_id == Account.tenant_id)
            & (Timer.subject_id == Account.id)
            & (Timer.kind == kind),
        )
        .where(Account.tenant_id == tx.tenant_id, ~Account.excluded, Timer.subject_id.is_(None))
        .limit(limit)
    )
    return rows.all()


async def list_summarised(tx: ReadTx, account_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these accounts are there and not excluded."""
    rows = await tx.session.scalars(
        select(Account.id).where(
            Account.tenant_id == tx.tenant_id, Account.id.in_(account_ids), ~Account.excluded
        )
    )
    return frozenset(rows)


def _cited(stored: Iterable[Summary]) -> set[tuple[str, UUID]]:
    return {
        (one["kind"], UUID(one["id"]))
        for row in stored
        for line in row.lines
        for one in line["sources"]
    }


def _shown(row: Summary, lines: list[dict[str, Any]]) -> StoredSummary:
    return StoredSummary(
        id=row.id,
        account_id=row.account_id,
        period=row.period,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        source_hash=row.source_hash,
        source_count=row.source_count,
        lines=tuple(lines),
        model=row.model,
        provisional=row.provisional,
        made_at=row.made_at,
    )
