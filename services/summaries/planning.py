"""Which of an account's summaries have to be made anew, and which have to go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from db import summaries as rows
from db import summary_sources as sources
from db.models.summaries import Summary
from db.session import ReadTx, Tx
from db.summary_sources import Fingerprint
from services.summaries.hashing import Sources, by_period, source_hash
from services.summaries.material import Material, StoredLine, material
from services.summaries.periods import Period, month_of, recent_since, week_of

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
MOST_TEXTS = 1_000
"""So many of one period are read, the newest; a line says how many more there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`stale` has the newest first. `known` is what stands there for a period already; `by_week`
    are months that have none of their own yet, but lines of their weeks."""

    stale: tuple[Period, ...]
    hashes: Mapping[Period, str]
    known: Mapping[Period, Summary]
    by_week: frozenset[Period]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one period is to be made from; `hash` is over all of it."""

    hash: str
    count: int
    texts: tuple[sources.SourceText, ...]
    condensed: tuple[StoredLine, ...] = ()
    unread: tuple[Fingerprint, ...] = ()

    def material(self) -> Material:
        """Judging every text takes a while: call it in a thread."""
        return material(self.texts, self.condensed, unread=self.unread)


async def plan(tx: Tx, account_id: UUID, now: datetime, *, offline: bool) -> Plan:
    """What has to be made; and whatever rests on something that is no longer there goes at once,
    so that no model being down keeps words that were to be forgotten."""
    fingerprints = await sources.list_fingerprints(tx, account_id, BEGINNING, recent_since(now))
    needed = by_period(fingerprints, now)
    stored = await rows.list_stored(tx, account_id)
    standing = {(one.kind, one.id) for one in fingerprints}
    known = {period: row for row in stored if (period := _period(row)) in needed}
    found = (one for one, it in needed.items() if _stale(known.get(one), it, offline=offline))
    stale = tuple(sorted(found, reverse=True))
    await _drop_gone(tx, stored, standing, needed=needed, stale=stale)
    weeks = [_period(row).start for row in stored if row.period == "week"]
    return Plan(
        stale=stale,
        hashes={one: needed[one].hash for one in stale},
        known=known,
        by_week=frozenset(map(month_of, weeks)) - known.keys(),
    )


async def read_period(tx: ReadTx, account_id: UUID, period: Period, *, offline: bool) -> Reading:
    """A month is made of the lines its weeks have, where those are up to date, and of the texts of
    the other weeks: the calls it takes don't grow with the mails it had. Rules need no such
    economy and count better from the texts."""
    fingerprints = await sources.list_fingerprints(tx, account_id, period.since, period.until)
    condensed: list[StoredLine] = []
    texts: list[sources.SourceText] = []
    whole = period.kind == "week" or offline
    lined = {} if whole else await _lined_weeks(tx, account_id, period, fingerprints)
    for part in [period] if whole else list(period.weeks()):
        if part in lined:
            condensed += lined[part]
            continue
        most = MOST_TEXTS - len(texts)
        if most > 0:
            texts += await sources.list_texts(tx, account_id, part.since, part.until, most=most)
    read = {(one.kind, one.id) for one in texts}
    unread = tuple(
        one
        for one in fingerprints
        if (one.kind, one.id) not in read and week_of(one.at.astimezone(UTC).date()) not in lined
    )
    return Reading(
        hash=source_hash(fingerprints),
        count=len(fingerprints),
        texts=tuple(texts),
        condensed=tuple(condensed),
        unread=unread,
    )


async def _lined_weeks(
    tx: ReadTx, account_id: UUID, month: Period, fingerprints: Sequence[Fingerprint]
) -> dict[Period, list[StoredLine]]:
    by_week: dict[Period, Sources] = {}
    for one in fingerprints:
        week = week_of(one.at.astimezone(UTC).date())
        by_week.setdefault(week, Sources()).fingerprints.append(one)
    stored = await rows.list_stored(tx, account_id, month.start, month.end)
    return {
        week: [StoredLine.from_json(line) for line in row.lines]
        for row in stored
        if (week := _period(row)) in by_week
        and not row.provisional
        and row.source_hash == by_week[week].hash
    }


def _stale(row: Summary | None, of_it: Sources, *, offline: bool) -> bool:
    """What rules wrote for want of a model is stale once there is one."""
    if row is None or row.source_hash != of_it.hash:
        return True
    return row.provisional and not offline


async def _drop_gone(
    tx: Tx,
    stored: Sequence[Summary],
    standing: set[tuple[str, UUID]],
    *,
    needed: Mapping[Period, Sources],
    stale: Sequence[Period],
) -> None:
    gone = []
    for row in stored:
        period = _period(row)
        # A week stays until the month it has become part of has lines of its own.
        waits = period.kind == "week" and month_of(period.start) in stale
        if period not in needed and not waits:
            gone.append(row.id)
            continue
        lines = rows.standing_lines(row.lines, standing)
        if len(lines) < len(row.lines):
            await rows.set_lines(tx, row.id, lines)
    await rows.drop_summaries(tx, gone)


def _period(row: Summary) -> Period:
    return Period(row.starts_on, row.ends_on, "week" if row.period == "week" else "month")
