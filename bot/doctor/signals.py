"""What `understudy doctor` says about the last scan for signals, and what it cost."""

from datetime import timedelta
from uuid import UUID

from bot.wiring import Runtime
from db import scans
from db.models.signals import Scan
from db.scans import Totals

LATE = timedelta(hours=7)
"""A scan is due every six hours and has an hour to begin."""


async def scan_line(built: Runtime, tenant_id: UUID) -> tuple[bool, str]:
    """Whether all is well with it, and the line."""
    now = built.clock.now()
    async with built.database.read(tenant_id) as tx:
        scan = await scans.get_last_scan(tx)
        if scan is None:
            return True, "signals: no scan yet; one is due every six hours"
        totals = await scans.count_totals(tx, scan.id)
    late = now - scan.due_at > LATE
    return not late and not totals.failed, scan_words(scan, totals, late=late)


def scan_words(scan: Scan, totals: Totals, *, late: bool) -> str:
    """When, how many accounts, what it cost, and what could not be done."""
    many = f"{totals.accounts} account{'' if totals.accounts == 1 else 's'}"
    parts = [f"last scan {scan.due_at:%Y-%m-%d %H:%M} UTC {scan.status}", many, cost_words(totals)]
    parts += [f"{number} noted: {note}" for note, number in sorted(totals.noted.items())]
    if late:
        parts.append("the next one is late: is understudy run or worker up?")
    return f"signals: {', '.join(parts)}"


def cost_words(totals: Totals) -> str:
    spent = totals.spent
    if not spent.model_calls:
        return "no model asked"
    tokens = f"{spent.tokens_in + spent.tokens_out:,} tokens"
    if spent.cost_usd is None:
        return f"{tokens}, some of a price I don't know"
    return f"{tokens}, ${spent.cost_usd:,.4f}"
