"""`understudy simulate-autonomy`: streams of decisions that try to earn what they don't deserve,
and some that do. No database, no account; the same seed gives the same table.

It runs the product's own rule, caps and fall, after every single decision.
"""

import argparse
import json
import random
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from rich.console import Console
from rich.table import Table

from bot.simulated_streams import SCENARIOS, Scenario
from services.autonomy.earning.bound import interval
from services.autonomy.earning.counting import Tally
from services.autonomy.earning.crossing import crossing, needed
from services.autonomy.earning.falling import MOST_NEWEST, fall_of
from services.autonomy.earning.rule import ALPHA, MAIN_SHARE, STEPS, judge, observed
from services.types.actions import ActionType, AutonomyLevel
from services.types.earning import Came, Case, Interval, largest

BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
STEP = STEPS[AutonomyLevel.APPROVE]
TYPE = ActionType.SEND_FOLLOW_UP_EMAIL.value
OWN_MAILS = Interval(value=0.4, low=0.33, high=0.47, of=400)
"""What people's own mails get in this world."""
ANSWERED = 0.45
A_WEEK = timedelta(days=7)
NOTICED = 0.5
"""Of mails that leave by themselves and aren't good: stopped in time."""
EXACT_HORIZON = 1_000
WIDTH = 118
_NEEDED = needed(STEP.p0, ALPHA, max(one.events for one in SCENARIOS))


@dataclass(slots=True, kw_only=True)
class Ended:
    """How one stream ended: days from its beginning, or from its promotion for the fall."""

    proposed: float | None = None
    promoted: float | None = None
    fell: float | None = None
    sent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one scenario's streams."""

    name: str
    deserves: bool
    streams: int
    proposed: int
    promoted: int
    low: float
    high: float
    days_to_promotion: float | None
    fell: int
    days_to_fall: float | None
    sent_before_fall: float | None


@dataclass(slots=True, kw_only=True)
class _Run:
    scenario: Scenario
    dice: random.Random
    now: datetime = BEGIN
    number: int = 0
    cases: list[Case] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def ended(self) -> Ended:
        """One stream to its promotion and its fall, or to the end."""
        end, scenario = Ended(), self.scenario
        for _ in range(scenario.events):
            self._next(by_rule=False)
            if end.proposed is not None and not self._may_decide():
                continue
            if not self._holds():
                continue
            end.proposed = end.proposed if end.proposed is not None else self._days(BEGIN)
            if self._may_decide():
                end.promoted = self._days(BEGIN)
                self._on_its_own(end)
                break
        return end

    def _on_its_own(self, end: Ended) -> None:
        began, self.cases = self.now, []
        for _ in range(self.scenario.after_events):
            self._next(by_rule=True)
            end.sent += self.cases[-1].came is not Came.UNDONE
            newest = self.cases[-MOST_NEWEST:]
            if fall_of(AutonomyLevel.UNDO_WINDOW, newest, answered=None) is not None:
                end.fell = self._days(began)
                return

    def _next(self, *, by_rule: bool) -> None:
        who, account, contact, share, gap = self.scenario.next(self.number, self.dice, by_rule)
        self.number += 1
        self.now = _working(self.now + timedelta(hours=24 * gap))
        good = self.dice.random() < (1 - (1 - share) * NOTICED if by_rule else share)
        bad = Came.UNDONE if by_rule else Came.REJECTED if self.dice.random() < 0.3 else Came.EDITED  # noqa: PLR2004 - three of ten that aren't good are rejected
        case = Case(
            action_id=UUID(int=self.number),
            at=self.now,
            member_id=UUID(int=who),
            owner_id=UUID(int=who),
            account_id=UUID(int=account),
            contact_id=UUID(int=contact),
            came=(Came.LEFT if by_rule else Came.UNCHANGED) if good else bad,
            by_rule=by_rule,
            answered=self.dice.random() < ANSWERED,
            undone_by=UUID(int=who) if by_rule and not good else None,
        )
        self.cases.append(case)
        self.tally.take(case, caps=STEP.caps, least=STEP.least)

    def _holds(self) -> bool:
        """The whole rule, once the conditions that are cheap to see hold."""
        counted = self.tally
        if len(counted.cases) < STEP.least or counted.days < STEP.days:
            return False
        if counted.good < _NEEDED[len(counted.cases) - 1]:
            return False
        known = [
            one if one.at <= self.now - A_WEEK else replace(one, answered=None)
            for one in counted.cases
        ]
        return judge(
            action_type=TYPE,
            level=AutonomyLevel.APPROVE,
            lineage="",
            since=BEGIN,
            cases=self.cases,
            success=observed(known, OWN_MAILS),
            now=self.now,
        ).met

    def _may_decide(self) -> bool:
        """Somebody is left whose own work it isn't mostly."""
        decided = {who: number for who, number in self.tally.decided.items() if who is not None}
        own = {who.int for who in largest(decided, MAIN_SHARE)}
        return bool(set(self.scenario.deciders) - own)

    def _days(self, since: datetime) -> float:
        return (self.now - since) / timedelta(days=1)


def _working(at: datetime) -> datetime:
    """Nobody decides on a weekend."""
    return at + timedelta(days=max(7 - at.weekday(), 0)) if at.weekday() >= 5 else at  # noqa: PLR2004 - Saturday


def simulate(scenario: Scenario, *, streams: int, seed: int) -> Row:
    """All streams of one scenario; each has dice of its own, so that none moves another."""
    ended = [
        _Run(scenario=scenario, dice=random.Random(f"{seed}:{scenario.name}:{number}")).ended()  # noqa: S311 - a simulation
        for number in range(streams)
    ]
    promoted = [one.promoted for one in ended if one.promoted is not None]
    fell = [one for one in ended if one.fell is not None]
    share = interval(len(promoted), streams - len(promoted))
    return Row(
        name=scenario.name,
        deserves=scenario.deserves,
        streams=streams,
        proposed=sum(one.proposed is not None for one in ended),
        promoted=len(promoted),
        low=share.low,
        high=share.high,
        days_to_promotion=_median(promoted),
        fell=len(fell),
        days_to_fall=_median([one.fell for one in fell if one.fell is not None]),
        sent_before_fall=_median([float(one.sent) for one in fell]),
    )


def _median(numbers: Sequence[float]) -> float | None:
    return round(statistics.median(numbers), 1) if numbers else None


# ── The command ─────────────────────────────────────────────────────────────────────────────────
def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    parser = subparsers.add_parser(name, help="how often trust is earned that isn't deserved")
    parser.add_argument("--streams", type=int, default=50, help="of each kind (default 50)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def run(args: argparse.Namespace) -> int:
    """Print the table, and the exact chance for a share right at the threshold."""
    if args.streams < 1:
        sys.stderr.write("understudy simulate-autonomy: at least one stream\n")
        return 2
    exact = crossing(STEP.p0, STEP.p0, ALPHA, EXACT_HORIZON).ever
    rows = [simulate(one, streams=args.streams, seed=args.seed) for one in SCENARIOS]
    if args.json:
        told = {"exact_at_threshold": exact, "horizon": EXACT_HORIZON, "seed": args.seed}
        sys.stdout.write(json.dumps({**told, "scenarios": [asdict(one) for one in rows]}) + "\n")
        return 0
    _table(rows, exact, args.seed)
    return 0


def _table(rows: Sequence[Row], exact: float, seed: int) -> None:
    table = Table(title=f"approve → undo window, {rows[0].streams} streams each, seed {seed}")
    for head in ("stream", "proposed", "promoted", "95 %", "days to it", "fell", "days to", "sent"):
        table.add_column(head, justify="left" if head == "stream" else "right")
    for row in rows:
        table.add_row(
            row.name if not row.deserves else f"{row.name} (deserves it)",
            _share(row.proposed, row.streams),
            _share(row.promoted, row.streams),
            f"{row.low * 100:.1f} to {row.high * 100:.1f} %",
            _number(row.days_to_promotion),
            _share(row.fell, row.promoted),
            _number(row.days_to_fall),
            _number(row.sent_before_fall),
        )
    console = Console(width=WIDTH)
    console.print(table)
    console.print(
        f"Exact, at a share of {STEP.p0:.0%} and looked at after each of {EXACT_HORIZON:,} "
        f"decisions: {exact:.2%} ever cross the bound."
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:,.0f}"
