"""A slice of the fault lab with one seed: nothing is lost, doubled, unapproved or untrue.

`make faults` is the ten minutes of it; a seed that broke something is seen again by
`python -m tests.faults --seconds … --seed …`.
"""

from pathlib import Path

import pytest

from tests.faults.run import run
from tests.faults.telling import broken, shown

SEED = 8
SECONDS = 20
# On a quiet machine it comes to rest within half a minute.
PATIENCE = 120


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_while_things_break(tmp_path: Path) -> None:
    result = run(SECONDS, SEED, tmp_path / "lab", patience=PATIENCE)
    assert result.kept, f"{shown(result)}\n{broken(result)}"
    assert result.inputs["mail"] > 0
    assert sum(result.restarts.values()) > 0
