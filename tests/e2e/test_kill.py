"""kill -9 between every pair of the loop's steps: nothing is lost, nothing leaves twice, and every
card ends up true.

The loop is held at each point from outside, by a slow or silent other side or by a lock in the
database; then the process is killed and started again, and the next conversation is brought to
the next point while the ones before recover. So most recoveries are killed once more, too. Every
point of the same steps in one process is in tests/integration/services/test_crashes.py, kills at
any moment of a fleet in tests/faults/.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg
import pytest

from tests.e2e.conftest import team_of
from tests.e2e.people import Person, words
from tests.e2e.rig import Rig, rig

MAYA = "maya@brightpath.example"
STANDING = """
select m.attention, a.status, d.revision, d.gmail_draft_id,
       (select e.status from effects e where e.action_id = a.id) as effect,
       (select count(*) from cards c where c.subject_id = a.id and c.ts is not null) as posted
from messages m
left join drafts d on d.message_id = m.id
left join actions a on a.draft_id = d.id
where m.subject = $1 and m.direction = 'inbound'
"""
WAITERS = "select count(*) from pg_locks where not granted and relation = $1::text::regclass"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One conversation, to be brought to one point."""

    rig: Rig
    maya: Person
    customer: str
    subject: str

    def write(self) -> None:
        text = "Hi Maya,\n\ncould you send me the price list by Friday?\n\nThanks"
        self.rig.write(self.customer, MAYA, self.subject, text)

    def standing(self) -> asyncpg.Record | None:
        rows = self.rig.db.fetch(STANDING, self.subject)
        assert len(rows) <= 1, rows
        return rows[0] if rows else None

    def until(self, what: str, look: Callable[[asyncpg.Record], object]) -> None:
        def seen() -> bool:
            row = self.standing()
            return row is not None and bool(look(row))

        self.rig.until(seen, 40, f"{self.subject}: {what}")

    def in_flight(self, op: str) -> bool:
        return any(c["status"] == 0 and not c.get("dropped") for c in self.rig.calls(op)[-20:])

    def held_at(self, op: str) -> None:
        self.rig.until(lambda: self.in_flight(op), 40, f"{self.subject}: {op} is under way")

    def held_by(self, table: str) -> None:
        self.rig.until(
            lambda: self.rig.db.value(WAITERS, table), 40, f"{self.subject}: waits for {table}"
        )

    def approve(self) -> None:
        card = self.maya.ready_card(self.subject, seconds=40)
        assert self.maya.press(card, "draft.approve")["status"] == 200

    def left(self) -> int:
        return len(self.rig.left(MAYA, self.subject))


@contextmanager
def locked(made: Rig, table: str) -> Iterator[None]:
    """Nobody writes to a table meanwhile."""
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(asyncpg.connect(made.admin_url()))
    try:
        loop.run_until_complete(connection.execute("begin"))
        loop.run_until_complete(connection.execute(f"lock table {table} in exclusive mode"))
        yield
    finally:
        loop.run_until_complete(connection.execute("rollback"))
        loop.run_until_complete(connection.close())
        loop.close()


def before_it_was_read(case: Case) -> None:
    case.rig.gmail_fault("messages.get", "slow:3", times=-1)
    case.write()
    case.held_at("messages.get")
    assert case.standing() is None
    case.rig.kill_bot()


def before_it_was_stored(case: Case) -> None:
    with locked(case.rig, "messages"):
        case.write()
        case.held_by("messages")
        assert case.standing() is None
        case.rig.kill_bot()


def stored_but_not_analysed(case: Case) -> None:
    with locked(case.rig, "actions"):
        case.write()
        case.until("it is stored", lambda row: row["attention"] == "new")
        case.held_by("actions")
        case.rig.kill_bot()
    row = case.standing()
    assert row is not None
    assert row["status"] is None


def analysed_but_not_composed(case: Case) -> None:
    with locked(case.rig, "draft_revisions"):
        case.write()
        case.until("it is proposed", lambda row: row["status"] == "pending")
        case.held_by("draft_revisions")
        case.rig.kill_bot()


def composed_but_not_in_gmail(case: Case) -> None:
    case.rig.gmail_fault("drafts.create", "slow:1.5", times=-1)
    case.write()
    case.until("it is composed", lambda row: row["revision"] == 1)
    case.held_at("drafts.create")
    case.rig.kill_bot()


def in_gmail_but_not_recorded(case: Case) -> None:
    case.rig.gmail_fault("drafts.create", "slow:1", times=-1)
    case.write()
    case.until("it is composed", lambda row: row["revision"] == 1)
    case.held_at("drafts.create")
    with locked(case.rig, "drafts"):
        case.rig.until(
            lambda: case.rig.find(MAYA, "drafts", case.subject), 20, "the draft is in Gmail"
        )
        row = case.standing()
        assert row is not None
        assert row["gmail_draft_id"] is None
        case.rig.kill_bot()


def drafted_but_not_posted(case: Case) -> None:
    case.rig.slack_fault("chat.postMessage", "timeout", times=50)
    case.write()
    case.until("the draft is in Gmail", lambda row: row["gmail_draft_id"])
    assert not case.maya.cards(case.subject)
    case.rig.kill_bot()


def posted_but_not_recorded(case: Case) -> None:
    case.rig.slack_fault("conversations.history", "timeout", times=50)
    case.rig.slack_fault("chat.postMessage", "drop_after_accept", times=50)
    case.write()
    case.maya.card(case.subject, seconds=40)
    row = case.standing()
    assert row is not None
    assert row["posted"] == 0
    case.rig.kill_bot()


def posted_but_not_approved(case: Case) -> None:
    case.write()
    case.maya.ready_card(case.subject, seconds=40)
    case.rig.kill_bot()


def approved_but_not_claimed(case: Case) -> None:
    case.write()
    case.maya.ready_card(case.subject, seconds=40)
    case.rig.gmail_fault("drafts.get", "slow:3", times=-1)
    case.approve()
    case.held_at("drafts.get")
    row = case.standing()
    assert row is not None
    assert (row["status"], row["effect"]) == ("approved", "queued")
    case.rig.kill_bot()
    assert case.left() == 0


def claimed_but_not_sent(case: Case) -> None:
    case.write()
    case.maya.ready_card(case.subject, seconds=40)
    case.rig.gmail_fault("drafts.send", "slow:2", times=-1)
    case.approve()
    case.until("it is claimed", lambda row: row["effect"] == "sending")
    assert case.left() == 0
    case.rig.kill_bot()


def claimed_and_never_heard(case: Case) -> None:
    case.write()
    case.maya.ready_card(case.subject, seconds=40)
    case.rig.gmail_fault("drafts.send", "drop_before", times=-1)
    case.approve()
    case.until("it is claimed", lambda row: row["effect"] == "sending")
    case.rig.kill_bot()
    assert case.left() == 0


def sent_but_not_settled(case: Case) -> None:
    case.write()
    case.maya.ready_card(case.subject, seconds=40)
    case.rig.gmail_fault("drafts.send", "slow:1", times=-1)
    case.approve()
    case.until("it is claimed", lambda row: row["effect"] == "sending")
    with locked(case.rig, "effects"):
        case.rig.until(case.left, 20, "it has left")
        row = case.standing()
        assert row is not None
        assert row["effect"] == "sending"
        case.rig.kill_bot()


def settled_but_not_shown(case: Case) -> None:
    case.write()
    case.maya.ready_card(case.subject, seconds=40)
    case.rig.slack_fault("chat.update", "timeout", times=50)
    case.approve()
    case.until("it is settled", lambda row: row["effect"] == "done")
    assert not case.maya.cards(case.subject, "Sent by")
    case.rig.kill_bot()


POINTS = (
    before_it_was_read,
    before_it_was_stored,
    stored_but_not_analysed,
    analysed_but_not_composed,
    composed_but_not_in_gmail,
    in_gmail_but_not_recorded,
    drafted_but_not_posted,
    posted_but_not_recorded,
    posted_but_not_approved,
    approved_but_not_claimed,
    claimed_but_not_sent,
    claimed_and_never_heard,
    sent_but_not_settled,
    settled_but_not_shown,
)
CUSTOMERS = (
    "paul.denning@northwindfreight.example",
    "yusuf.kaya@northwindfreight.example",
    "joanna.pierce@verityhealth.example",
    "samir.haddad@verityhealth.example",
    "tobias.brueckner@brueckner-werke.example",
    "colin.frost@kestrelaviation.example",
    "nadia.volkova@ardenbiologics.example",
)


def bring_home(case: Case) -> None:
    """Whatever a person still has to do is done; then everything is as if nothing had happened."""
    row = case.standing()
    if row is None or row["status"] in (None, "pending"):
        case.approve()
    card = case.maya.card("Sent by Maya Okafor", case.subject, seconds=60)
    assert case.left() == 1, f"{case.subject}: {case.left()} mails left"
    assert [c["ts"] for c in case.maya.cards(case.subject)] == [card["ts"]], case.subject
    assert not case.maya.has(card, "draft.approve")
    case.rig.until(
        lambda: case.rig.find(MAYA, "drafts", case.subject) is None, 20, "no draft stays behind"
    )
    case.until("it is done", lambda row: (row["status"], row["effect"]) == ("done", "done"))


def run(points: tuple[Callable[[Case], None], ...]) -> None:
    with rig() as made:
        maya = team_of(made).maya
        cases = []
        for number, point in enumerate(points):
            customer = CUSTOMERS[number % len(CUSTOMERS)]
            subject = f"Killed {number} {point.__name__.replace('_', ' ')}"
            case = Case(rig=made, maya=maya, customer=customer, subject=subject)
            point(case)
            made.no_faults()
            cases.append(case)
            made.start_bot()
        for case in cases:
            bring_home(case)
        counts = (
            "select (select count(*) from actions), "
            "(select count(*) from outcomes where kind = 'email_engagement')"
        )
        assert tuple(made.db.fetch(counts)[0]) == (len(cases), len(cases))
        held = made.db.fetch("select entrypoint from jobs.pgqueuer where status = 'failed'")
        assert not held
        assert "whole" in words(made.command("audit", "verify"))
        assert len([s for s in made.sent(MAYA, "Killed") if s["via"] != "ui"]) == len(cases)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_between_every_pair_of_steps() -> None:
    run(POINTS)
