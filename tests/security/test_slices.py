"""Slices of the matrix that cost little: where text from outside is shown, where calls go."""

from tests.security import escaping, outside_calls
from tests.security.rows import Row, Trial


def _told(rows: list[Row]) -> list[str]:
    return [f"{row.case}: {row.held} of {row.tried}: {row.note}" for row in rows if row.failed]


def test_nothing_from_outside_is_active_where_it_is_shown() -> None:
    assert _told(escaping.rows(Trial(quick=True))) == []


async def test_nothing_outside_sends_us_elsewhere() -> None:
    assert _told(await outside_calls.rows(Trial(quick=True))) == []
