import pytest

from services.errors import InvalidInput
from services.stages import ACTIVE, TERMINAL, can_move, parse_stage, require_move
from services.types.qualification import Stage

# Rows: from; columns: to, in this order. x = allowed.
COLUMNS = "initial discovery qualification evaluation negotiation stalled closed_won closed_lost"
MATRIX = {
    "initial": ".xx..x.x",
    "discovery": "..xx.x.x",
    "qualification": "...xxx.x",
    "evaluation": "....xxxx",
    "negotiation": ".....xxx",
    "stalled": "xxxxx..x",
    "closed_won": "........",
    "closed_lost": "........",
}
PAIRS = [
    (Stage(current), Stage(wanted), mark == "x")
    for current, marks in MATRIX.items()
    for wanted, mark in zip(COLUMNS.split(), marks, strict=True)
]


@pytest.mark.parametrize(("current", "wanted", "allowed"), PAIRS)
def test_every_pair(*, current: Stage, wanted: Stage, allowed: bool) -> None:
    assert can_move(current, wanted) is allowed
    if allowed:
        require_move(current, wanted)
        return
    with pytest.raises(InvalidInput) as refused:
        require_move(current, wanted)
    assert refused.value.field == "stage"
    assert str(refused.value).endswith(".")
    assert "_" not in str(refused.value)


def test_the_matrix_covers_all_stages() -> None:
    assert len(PAIRS) == len(Stage) ** 2
    assert {*MATRIX} == {*map(str, Stage)}
    assert ACTIVE.isdisjoint(TERMINAL)
    assert set(Stage) == ACTIVE | TERMINAL | {Stage.STALLED}


def test_the_refusal_says_what_would_be_right() -> None:
    with pytest.raises(InvalidInput, match="can move to: discovery, qualification, stalled, "):
        require_move(Stage.INITIAL, Stage.NEGOTIATION)
    with pytest.raises(InvalidInput, match="that is final"):
        require_move(Stage.CLOSED_WON, Stage.NEGOTIATION)
    with pytest.raises(InvalidInput, match="already in stalled"):
        require_move(Stage.STALLED, Stage.STALLED)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Closed Won", Stage.CLOSED_WON),
        ("closedwon", Stage.CLOSED_WON),
        ("CLOSED-LOST", Stage.CLOSED_LOST),
        ("Proposal/Price Quote", Stage.EVALUATION),
        ("Negotiation/Review", Stage.NEGOTIATION),
        ("Id. Decision Makers", Stage.QUALIFICATION),
        ("appointmentscheduled", Stage.DISCOVERY),
        ("Contract Sent", Stage.NEGOTIATION),
        ("  Prospecting ", Stage.INITIAL),
        ("stalled", Stage.STALLED),
        ("closed_won", Stage.CLOSED_WON),
        ("Closed", None),
        ("won't fix", None),
        ("", None),
        (None, None),
        ("🎉", None),
    ],
)
def test_foreign_names(name: str | None, expected: Stage | None) -> None:
    assert parse_stage(name) is expected


def test_own_names_are_understood() -> None:
    assert all(parse_stage(stage) is stage for stage in Stage)
