"""How things stand, in numbers: one short statement a workspace, for sums that carry no tenant."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from db.models.directories import ScheduleTick, Timer
from db.session import ReadTx

LATE = timedelta(minutes=15)
"""A connected mailbox is read every minute or so."""
RECENT = timedelta(days=1)

STANDING = text("""
select
  (select paused_at is not null from tenants where tenant_id = :tenant) as paused,
  (select coalesce(settings -> 'shadow' = 'true'::jsonb, false) from tenants
   where tenant_id = :tenant) as shadow,
  box.connected, box.reconnect, box.late, box.watch_ended, box.push_silent, box.read_at,
  eff.queued, eff.sending, eff.unclear,
  (select count(*) from cards where tenant_id = :tenant and wanted_rev > delivered_rev
     and held_rev is distinct from wanted_rev and rolled_up_at is null and failure is null)
    as cards,
  (select min(e.created_at) from audit_entries e where e.tenant_id = :tenant
     and e.position > coalesce((
       select h.position from audit_links l
       join audit_entries h on h.tenant_id = l.tenant_id and h.id = l.entry_id
       where l.tenant_id = :tenant order by l.sequence desc limit 1), -1)) as unchained_since,
  (select coalesce(sum(cost_usd), 0) from model_calls
   where tenant_id = :tenant and created_at >= :month) as spent
from
  (select count(*) filter (where status = 'connected') as connected,
          count(*) filter (where status = 'reconnect') as reconnect,
          count(*) filter (where status = 'connected' and synced_at < :late) as late,
          count(*) filter (where status = 'connected' and watch_expires_at < :now) as watch_ended,
          count(*) filter (where status = 'connected' and push_silent_since is not null)
            as push_silent,
          min(synced_at) filter (where status = 'connected') as read_at
   from mailboxes where tenant_id = :tenant) box,
  (select count(*) filter (where status = 'queued') as queued,
          count(*) filter (where status = 'sending') as sending,
          count(*) filter (where status = 'unknown') as unclear
   from effects where tenant_id = :tenant
     and status in ('queued', 'sending', 'unknown')
     and (status <> 'unknown' or settled_at > :recent)) eff
""")


@dataclass(slots=True, kw_only=True)
class Standing:
    """Sums over workspaces. Ages are counted from the moments; None where there is nothing."""

    workspaces: dict[str, int] = field(
        default_factory=lambda: {"active": 0, "shadow": 0, "paused": 0}
    )
    mailboxes: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("connected", "reconnect", "late", "watch_ended", "push_silent"), 0
        )
    )
    effects: dict[str, int] = field(
        default_factory=lambda: {"queued": 0, "sending": 0, "unclear": 0}
    )
    cards: int = 0
    read_at: datetime | None = None
    unchained_since: datetime | None = None
    most_spent_usd: float = 0.0


async def add_standing(
    tx: ReadTx, now: datetime, sums: Standing, *, spending: bool = False
) -> None:
    """Add one workspace to the sums. `spending`: with what its model calls cost this month, which
    are many where a model is asked."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    values = {
        "tenant": tx.tenant_id,
        "now": now,
        "late": now - LATE,
        "recent": now - RECENT,
        "month": month if spending else None,
    }
    row = (await tx.session.execute(STANDING, values)).one()
    state = "paused" if row.paused else "shadow" if row.shadow else "active"
    sums.workspaces[state] += 1
    for name in sums.mailboxes:
        sums.mailboxes[name] += getattr(row, name)
    for name in sums.effects:
        sums.effects[name] += getattr(row, name)
    sums.cards += row.cards
    sums.read_at = _earlier(sums.read_at, row.read_at)
    sums.unchained_since = _earlier(sums.unchained_since, row.unchained_since)
    sums.most_spent_usd = max(sums.most_spent_usd, float(row.spent))


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


async def last_tick(tx: ReadTx) -> datetime | None:
    """The last minute a scheduler wrote down."""
    return (await tx.session.execute(select(func.max(ScheduleTick.due_at)))).scalar_one()


async def late_timers(tx: ReadTx, now: datetime) -> tuple[int, datetime | None]:
    """How many timers are due, and since when the first."""
    query = select(func.count(), func.min(Timer.due_at)).where(Timer.due_at <= now)
    count, since = (await tx.session.execute(query)).one()
    return int(count), since
