"""After the faults: wait until nothing is due any more, and let time pass faster meanwhile."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.office import Office

# What is still on its way, each as the rows that say so; `lab.now()` is the product's clock. The
# poll comes again and again, and an index on this machine is one worker's at a time: the other's
# turn at it comes when that one ends.
OPEN = {
    "jobs": """
        select entrypoint || ' ' || id as it from jobs.pgqueuer
        where status in ('queued', 'picked') and execute_after < lab.now() + interval '5 seconds'
        and entrypoint not in ('mailboxes.poll', 'mailbox.sync', 'tick', 'search.index')""",
    "effects": """
        select status || ' ' || id as it from effects where status in ('queued', 'sending')""",
    "messages": "select subject || ' ' || id as it from messages where attention = 'new'",
    "drafts": """
        select d.status || ' ' || d.id as it from drafts d join actions a on a.draft_id = d.id
        where a.status in ('pending', 'approved') and (d.status in ('preparing', 'sending')
        or d.status = 'ready' and d.gmail_revision is distinct from d.revision)""",
    "cards": """
        select kind || ' ' || id as it from cards
        where wanted_rev > delivered_rev and (held_rev is null or held_rev < wanted_rev)""",
    "events": "select source || ' ' || id as it from inbound_events where status = 'received'",
    "requests": """
        select status || ' ' || id as it from approval_requests where carry_status = 'queued'""",
    "answers": """
        select status || ' ' || id as it from agent_answers
        where status in ('asked', 'answering')""",
    "unchained": """
        select verb as it from audit_entries e where not exists
        (select from audit_links l where l.tenant_id = e.tenant_id and l.entry_id = e.id)""",
}
STALE = 6
"""Seconds without an end after which time is let pass."""
LAPSE, MOST = 45, 230
"""Seconds by which the clock goes on then; and how far it may be from the machine's."""


@dataclass
class Settling:
    """How it came to rest."""

    seconds: float
    lapses: int
    left: dict[str, list[str]]


def still_open(office: Office) -> dict[str, list[str]]:
    """What is not settled, by sort."""
    found = {name: [str(row["it"]) for row in office.fetch(sql)] for name, sql in OPEN.items()}
    return {name: rows for name, rows in found.items() if rows}


def settle(
    office: Office, offset: float, missing: Callable[[Office], list[str]], seconds: float
) -> Settling:
    """Until nothing is open twice in a row, or the time is over. What only a sweep brings back
    needs its minute: the clock is stepped on, and a new scheduler makes its tick at once."""
    began = mark = time.monotonic()
    lapses, calm = 0, 0
    left: dict[str, list[str]] = {}
    while time.monotonic() - began < seconds:
        left = still_open(office) if office.well() else {"processes": ["not ready"]}
        if unread := missing(office):
            left["mail"] = unread
        calm = 0 if left else calm + 1
        if calm == 3:
            break
        if time.monotonic() - mark > STALE and offset + LAPSE <= MOST:
            mark, offset, lapses = time.monotonic(), offset + LAPSE, lapses + 1
            let_pass(office, offset, left)
        time.sleep(0.5)
    return Settling(seconds=time.monotonic() - began, lapses=lapses, left=left)


def let_pass(office: Office, offset: float, left: dict[str, list[str]]) -> None:
    waits = {name: rows[:3] for name, rows in left.items()}
    office.ledger.note("lapse", to=round(offset, 1), left=waits)
    office.step_clock(offset)
    slot = office.slots[-1]
    office.end(slot, signal.SIGTERM)
    office.up(slot)
