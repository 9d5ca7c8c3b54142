import pytest

from tests.unit.services.offline.labelled import Labelled, count, load


@pytest.mark.parametrize("held_out", [False, True])
def test_precision_and_recall_hold_their_floors(
    held_out: bool,  # noqa: FBT001 - a test's parameter
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = tuple(row for row in load() if row.held_out is held_out)
    total = count(rows)
    with capsys.disabled():
        part = "held out" if held_out else "seen"
        figures = f"precision {total.precision:.3f}, recall {total.recall:.3f}"
        print(f"\n{part}: {len(rows)} sentences, {figures}")  # noqa: T201 - the figures are the point
    assert total.precision >= 0.9
    assert total.recall >= 0.8


def test_there_are_enough_sentences_and_no_duplicates() -> None:
    rows = load()
    assert len(rows) >= 300
    assert len({row.text for row in rows}) == len(rows)
    assert 0.25 < sum(row.held_out for row in rows) / len(rows) < 0.45


def test_a_fault_is_counted() -> None:
    row = Labelled(
        text="Our budget is $80,000.", wanted=frozenset({"need"}), allowed=frozenset({"need"})
    )
    total = count((row,))
    assert (total.right, total.missed) == (0, 1)
    assert total.wrong >= 1
