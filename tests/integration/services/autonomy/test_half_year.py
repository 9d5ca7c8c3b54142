"""Half a year in simulated time closes the loop: outcomes → calibration → proposal → promotion →
demotion after drift. The model says it is 90 % sure of each reply; 45 of 100 come."""

import re
import time
from pathlib import Path

import pytest

from services.types.actions import AutonomyLevel
from tests.integration.services.autonomy.half_year_script import DRIFTS_AT, STATES, half_year
from tests.integration.services.autonomy.ninety_days import NinetyDays
from tests.integration.services.autonomy.ninety_script import MONDAY

SEED = 182
APPROVE, UNDO = AutonomyLevel.APPROVE, AutonomyLevel.UNDO_WINDOW
AUTONOMOUS = AutonomyLevel.AUTONOMOUS
OUTCOMES = (
    "select status, count(*) as number, avg(predicted) as stated, avg(score) as came "
    "from outcomes where kind = 'email_engagement' group by status"
)
SHOWN = (
    "select created_at, calibrated from outcomes where kind = 'email_engagement' "
    "and calibrated is not null order by created_at"
)
MOVES = "select created_at, before, after, reason from calibration_moves order by created_at"


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_half_a_year_closes_the_loop(runtime_url: str, tmp_path: Path) -> None:
    """Answers begin at approve, as the ninety days leave them; nothing of any rule is easier."""
    began = time.monotonic()
    year = await NinetyDays.open(runtime_url, tmp_path, first=APPROVE, states=STATES)
    try:
        await year.live(half_year(SEED))
        print(f"{dict(year.did)}; sent {year.sent}; {time.monotonic() - began:.0f} s")  # noqa: T201
        outcomes = {row.status: row for row in await year.rows(OUTCOMES)}
        print({name: (row.number, row.came) for name, row in outcomes.items()})  # noqa: T201
        print([(f"{one.created_at:%d %b}", one.before, one.after) for one in await year.moves()])  # noqa: T201
        shown = await year.rows(SHOWN)
        moves = await year.rows(MOVES)
        for row in moves:
            print(f"{row.created_at:%d %b}: {row.reason}")  # noqa: T201
        # What was said stays as it was said; what is shown comes to what happens.
        assert {float(row.stated) for row in outcomes.values()} == {STATES}
        resolved = [one for one in outcomes.values() if one.came is not None]
        share = float(sum(one.number * one.came for one in resolved)) / sum(
            n.number for n in resolved
        )
        assert float(shown[0].calibrated) == pytest.approx(STATES)
        assert abs(float(shown[-1].calibrated) - share) < 0.15
        assert moves
        # Won by figures, as soon as what is said holds; lost within days of the drift, and told.
        steps = await year.moves()
        ups = [(one.before, one.after) for one in steps if one.kind == "promoted"]
        assert ups == [(APPROVE, UNDO), (UNDO, AUTONOMOUS)]
        assert {one.kind for one in steps[2:]} == {"demoted"}
        assert steps[-1].after == APPROVE
        assert await year.level() is APPROVE
        assert moves[0].created_at < steps[0].created_at
        fell = (steps[2].created_at - MONDAY).days
        assert DRIFTS_AT <= fell <= DRIFTS_AT + 7
        told = "\n".join(one.words for one in year.told)
        assert re.search(r"allow them to leave by themselves.*\*Allowed\*", told, re.DOTALL)
        assert re.search(r"of the last \d+ were stopped", told)
        assert year.refused == year.product.refused == []
    finally:
        await year.product.close()
