"""One run: open the office, let everybody work while things break, let it come to rest, judge."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.faults import checks_cards, checks_decisions, checks_mail
from tests.faults.breaking import Breaker
from tests.faults.checks_mail import APPROVE, Fault
from tests.faults.customers import Customers
from tests.faults.evidence import Evidence, gather, keep
from tests.faults.leads import Leads, Switch
from tests.faults.office import REPS, Office, office
from tests.faults.settling import Settling, settle
from tests.faults.staff import Echo, Rep

INPUTS = ("mail", "reply", "again", "hand", "press", "vote", "request", "question", "reaction")
SLACK_RETRIES = [0.5, 1, 2, 4, 8, 16]
"""Seconds before Slack sends an event again; it is less patient here than in life."""
AFTERMATH = 15
"""Seconds in which everybody works on while what was broken recovers."""


@dataclass(kw_only=True)
class Result:
    """What is printed and kept."""

    seed: int
    seconds: float
    start_seconds: float
    settle_seconds: float
    lapses: int
    folder: str
    inputs: dict[str, int]
    faults: dict[str, int]
    restarts: dict[str, int]
    recoveries: int
    turned_away: int
    left: int
    promises: dict[str, int]
    mail_to_card: dict[str, float]
    approve_to_sent: dict[str, float]
    broken: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        return not self.broken


def run(seconds: float, seed: int, folder: Path, *, patience: float) -> Result:
    """Break things for so many seconds; then wait at most `patience` until nothing is due."""
    began = time.monotonic()
    with office(seed, folder) as opened:
        opened.rig.post("/control/slack/retries", {"delays": SLACK_RETRIES})
        started = time.monotonic() - began
        breaker = _work(opened, seconds)
        rest = settle(opened, breaker.offset, checks_mail.unread, patience)
        found = gather(opened)
        keep(found, folder / "rows.json")
        broken = list(judge(opened, found, rest))
        result = _result(opened, breaker, rest, found, broken)
        result.seconds, result.start_seconds = seconds, round(started, 1)
        for fault in broken[:20]:
            lines = opened.ledger.about(fault.about)[:40] if fault.about else []
            result.broken.append({**asdict(fault), "ledger": lines})
        return result


def _work(opened: Office, seconds: float) -> Breaker:
    """Everybody at once, until the time is over; the breaker first, so that what it began is
    finished before the last click is."""
    breaking, working = threading.Event(), threading.Event()
    breaker = Breaker(opened, 0.9, breaking)
    switch = Switch(opened, 40, working)
    drivers: list[Any] = [
        Customers(opened, 1.5, working),
        *(Rep(opened, opened.people[email], 1.5, working) for email in REPS),
        Leads(opened, 2.5, working),
        switch,
        Echo(opened, 3.0, working),
    ]
    threads = [threading.Thread(target=one.run, daemon=True) for one in (breaker, *drivers)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    breaking.set()
    threads[0].join(60)
    breaker.end()
    time.sleep(min(AFTERMATH, seconds / 4))
    working.set()
    for thread in threads[1:]:
        thread.join(60)
    switch.resume()
    return breaker


def judge(opened: Office, found: Evidence, rest: Settling) -> Iterator[Fault]:
    """Every promise, from the outside first."""
    ledger = opened.ledger
    yield from checks_mail.inputs(ledger, found)
    yield from checks_mail.twice(found)
    yield from checks_mail.authority(ledger, found)
    yield from checks_mail.foreign(ledger, found)
    yield from checks_decisions.actions(found)
    yield from checks_decisions.requests(ledger, found)
    yield from checks_decisions.clicks(ledger, found)
    yield from checks_decisions.questions(ledger, found)
    yield from checks_decisions.audit(opened)
    yield from checks_cards.cards(found)
    yield from checks_cards.twins(found)
    yield from checks_cards.left_over(opened, rest.left)


PROMISES = (
    "lost",
    "doubled",
    "unapproved",
    "changed",
    "foreign",
    "decision",
    "untrue",
    "twin",
    "audit",
    "held",
    "left over",
    "fallen",
)


def _result(
    opened: Office, breaker: Breaker, rest: Settling, found: Evidence, broken: list[Fault]
) -> Result:
    ledger = opened.ledger
    counted = Counter(fault.promise for fault in broken)
    taken = Counter(line["what"] for line in ledger.of(*INPUTS))
    repeats = Counter(f"{line['of']} sent again" for line in ledger.of("resent"))
    forged = Counter("click forged from elsewhere" for _ in ledger.of("foreign"))
    return Result(
        seed=opened.seed,
        seconds=0,
        start_seconds=0,
        settle_seconds=round(rest.seconds, 1),
        lapses=rest.lapses,
        folder=str(opened.rig.folder),
        inputs=dict(taken + repeats + forged),
        faults=dict(sorted(Counter(line["kind"] for line in ledger.of("fault")).items())),
        restarts=breaker.restarts | {"could not start": opened.supervised},
        recoveries=_recoveries(opened),
        turned_away=opened.balancer.refused,
        left=len(found.of_product()),
        promises={name: counted[name] for name in PROMISES},
        mail_to_card=_spread(_to_card(opened, found)),
        approve_to_sent=_spread(_to_sent(opened, found)),
    )


def _recoveries(opened: Office) -> int:
    """Work that was begun by a process that did not end it, and was begun again."""
    sql = """
        select count(*) as n from (select job_id from jobs.pgqueuer_log where status = 'picked'
        group by job_id having count(*) > 1) again"""
    return int(str(opened.fetch(sql)[0]["n"]))


def _to_card(opened: Office, found: Evidence) -> list[float]:
    """Seconds from the customer's mail to the first message about it, by the sandbox's clock."""
    at = {one.id: one for one in found.left}
    rows = {row["rfc_message_id"].strip("<>"): row["id"] for row in found.messages}
    actions = {row["message_id"]: row["id"] for row in found.actions.values()}
    stood = {card["subject_id"]: float(card["ts"]) for card in found.cards if card["ts"]}
    waits = []
    for line in checks_mail.written(opened.ledger):
        mail = at[line["id"]]
        action = actions.get(rows.get(mail.message_id))
        if action in stood:
            waits.append(stood[action] - mail.at)
    return waits


def _to_sent(opened: Office, found: Evidence) -> list[float]:
    """Seconds from the last click that approved it, before it left, to when it left."""
    mails = {one.id: one.at for one in found.left}
    written = [line for line in checks_mail.written(opened.ledger) if line["id"] in mails]
    if not written:
        return []
    since = median(mails[line["id"]] - line["t"] for line in written)
    waits = []
    for one in found.of_product():
        action = found.action_of_draft(one.draft)
        clicks = [
            p["t"] + since
            for p in opened.ledger.of("press")
            if action and p["subject"] == action["id"] and p["verb"] == APPROVE
        ]
        before = [at for at in clicks if at < one.at]
        waits += [one.at - max(before)] if before else []
    return waits


def _spread(waits: list[float]) -> dict[str, float]:
    ordered = sorted(waits)
    if not ordered:
        return {"n": 0}
    return {
        "n": len(ordered),
        "p50": round(ordered[len(ordered) // 2], 2),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
        "max": round(ordered[-1], 2),
    }
