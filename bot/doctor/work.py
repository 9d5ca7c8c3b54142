"""Whether work gets done: the scheduler's ticks, the workers, the queue, timers, the audit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from bot.doctor.findings import Finding, bad, note, well
from bot.doctor.machine import vector_findings
from bot.doctor.ward import Ward
from db import jobs, standing
from db.jobs import CHANNEL, QueueFigures
from db.standing import Standing

SILENT = timedelta(minutes=3)
OLD = 120.0
"""Seconds a due job may wait before somebody should look."""
UNCHAINED = timedelta(minutes=10)
ANCHOR = timedelta(days=2)

LISTENERS = text(
    "select count(distinct pid) from pg_stat_activity "
    "where usename = current_user and query ilike :listen"
)
LAST_TICK_DONE = text(
    "select max(created) from jobs.pgqueuer_log where entrypoint = 'tick' and status = 'successful'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The last minute the scheduler wrote down, the last tick a worker finished, how many workers
    listen, timers that are due and since when the first."""

    now: datetime
    ticked: datetime | None
    worked: datetime | None
    workers: int
    timers: int = 0
    timer_since: datetime | None = None


def pulse_findings(pulse: Pulse) -> list[Finding]:
    found = []
    if pulse.ticked is None or pulse.now - pulse.ticked > SILENT:
        found.append(
            bad(
                f"scheduler: no tick {_since(pulse.ticked)}, so nothing that is due happens",
                "start understudy scheduler (or run); two of them do no harm",
            )
        )
    if not pulse.workers and (pulse.worked is None or pulse.now - pulse.worked > SILENT):
        found.append(
            bad(
                f"worker: none listens, and no tick was worked on {_since(pulse.worked)}",
                "start understudy worker (or run), and look at its log if it doesn't stay up",
            )
        )
    if pulse.timer_since is not None and pulse.now - pulse.timer_since > SILENT:
        found.append(
            bad(
                f"timers: {pulse.timers:,} are due, the first {_since(pulse.timer_since)}",
                "look in the worker's log for “a timer waits” or “part of a sweep failed”",
            )
        )
    alive = f"{pulse.workers} worker{'' if pulse.workers == 1 else 's'}"
    return found or [well(f"work: the scheduler ticks, {alive} at it")]


def _since(moment: datetime | None) -> str:
    return f"since {moment:%Y-%m-%d %H:%M} UTC" if moment else "ever"


def queue_findings(queue: Sequence[QueueFigures]) -> list[Finding]:
    waiting = [one for one in queue if one.oldest > OLD]
    found = [
        bad(
            f"queue: {one.due:,} {one.kind} jobs are due, the oldest for {one.oldest / 60:.0f} min",
            "start more workers, or see in their logs what keeps them",
        )
        for one in sorted(waiting, key=lambda one: -one.oldest)
    ]
    total = sum(one.due for one in queue)
    return found or [well(f"queue: {total:,} jobs are due, none for long")]


def held_findings(held: Mapping[str, int], workspace: str = "") -> list[Finding]:
    return [
        bad(
            f"{count} held {kind} jobs: their last tries failed",
            "see the worker's log for “job failed”; once the cause is gone, "
            f"understudy jobs retry {kind}",
            workspace,
        )
        for kind, count in held.items()
    ]


def standing_findings(sums: Standing, now: datetime, workspace: str) -> list[Finding]:
    """One workspace's sums."""
    found = []
    if sums.effects["unclear"]:
        found.append(
            bad(
                f"{sums.effects['unclear']} mails of the last day: nobody knows whether they left",
                "have their owners look into Gmail's Sent, as their cards ask",
                workspace,
            )
        )
    since = sums.unchained_since
    if since is not None and now - since > UNCHAINED:
        found.append(
            bad(
                f"audit: entries wait for their chain {_since(since)}",
                "start a worker; if audit.chain jobs are held, run understudy audit verify",
                workspace,
            )
        )
    return found


def anchor_findings(day: str | None, now: datetime, *, entries: bool, team: str) -> list[Finding]:
    """`day` of the last anchor in this machine's DATA_DIR; `entries`: the chain has grown."""
    if not entries or (day is not None and now - _start_of(day, now) < ANCHOR):
        return []
    last = f"the last one is of {day}" if day else "there is none"
    return [
        note(
            f"audit: no fresh anchor of the chain in DATA_DIR/anchors here; {last}",
            "give all workers one DATA_DIR, or run doctor where they run",
            team,
        )
    ]


def _start_of(day: str, now: datetime) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=now.tzinfo)


async def check_work(ward: Ward) -> list[Finding]:
    now = ward.built.clock.now()
    async with ward.built.database.directory() as tx:
        listen = {"listen": f"listen%{CHANNEL}%"}
        workers = (await tx.session.execute(LISTENERS, listen)).scalar_one()
        timers, since = await standing.late_timers(tx, now)
        pulse = Pulse(
            now=now,
            ticked=await standing.last_tick(tx),
            worked=(await tx.session.execute(LAST_TICK_DONE)).scalar_one(),
            workers=int(workers),
            timers=timers,
            timer_since=since,
        )
        queue, held = await jobs.queue_figures(tx), await jobs.held(tx)
    return [
        *pulse_findings(pulse),
        *queue_findings(queue),
        *held_findings(held),
        *vector_findings(ward.settings, pulse.workers),
    ]


async def check_standing(ward: Ward, team: str, tenant_id: UUID) -> list[Finding]:
    now, sums = ward.built.clock.now(), Standing()
    async with ward.built.database.read(tenant_id) as tx:
        await standing.add_standing(tx, now, sums)
        held = await jobs.held(tx)
    head = await ward.built.services.audit.head(tenant_id)
    known = ward.built.anchors.last(tenant_id)
    return [
        *held_findings(held, team),
        *standing_findings(sums, now, team),
        *anchor_findings(known[1] if known else None, now, entries=head is not None, team=team),
    ]
