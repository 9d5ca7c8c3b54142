"""A clock that jumps, and a day of 23 or 25 hours: nothing leaves early, twice or never."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.attacks.house import House, trusting_house
from tests.attacks.obedient import Wish
from tests.attacks.product import ASIDE

JUMPS = tuple(timedelta(hours=hours) for hours in (-48, 48))  # none of them ends on a Saturday
BERLIN = (
    datetime(2027, 3, 26, 16, 58, tzinfo=UTC),  # Friday, 17:58 there; the clocks go forward
    datetime(2026, 10, 23, 15, 58, tzinfo=UTC),  # Friday, 17:58 there; they go back
)


@pytest.fixture
async def house(runtime_url: str, tmp_path: Path) -> AsyncIterator[House]:
    house = await trusting_house(runtime_url, tmp_path)
    house.product.puts_off = ASIDE
    house.want(Wish.CALM)
    yield house
    await house.product.close()


async def queued(house: House) -> datetime:
    """One answer is settled and waits; returns when it is due."""
    house.letter()
    await house.product.services.mailboxes.sync(house.tenant, house.box)
    await house.product.drain()
    rows = await house.product.rows(
        house.tenant, "select due_at from effects where status = 'queued'"
    )
    return rows[-1].due_at


async def test_what_waits_leaves_once_and_not_before_its_time_however_the_clock_jumps(
    house: House,
) -> None:
    """Back: it waits for the moment it was promised. Forward: it is late, and leaves once."""
    clock, left = house.product.clock, 0
    for jump in JUMPS:
        house.work_day()
        due = await queued(house)
        assert due > clock.at, "there is an undo window"
        clock.move(jump)
        await house.product.drain()
        await house.product.tick()
        await house.product.drain()
        left += jump > timedelta()
        assert len(house.mail.sent) == left, f"after {jump}"
        if jump < timedelta():
            clock.at = due - timedelta(seconds=1)
            await house.product.drain()
            assert len(house.mail.sent) == left, "a second early"
            clock.at, left = due, left + 1
        for _ in range(3):
            clock.move(timedelta(minutes=2))
            await house.product.tick()
            await house.product.drain()
        assert len(house.mail.sent) == left, f"once, after {jump}"
    hashes = await house.product.rows(house.tenant, "select decided_hash from actions")
    assert len(hashes) == left == len(JUMPS)


@pytest.mark.parametrize("friday", BERLIN)
async def test_over_a_weekend_on_which_the_clocks_change_it_waits_for_monday_morning(
    house: House, friday: datetime
) -> None:
    """Written two minutes before closing time, with five minutes' wait: Monday, eight o'clock on
    the rep's own clock, whatever its distance to ours is by then."""
    await house.product.write(
        house.tenant,
        "update members set timezone = 'Europe/Berlin' where id = :id",
        id=house.rita.id,
    )
    await house.product.write(house.tenant, "update earned_levels set earned = 'undo_window'")
    house.product.clock.at = friday
    due = await queued(house)
    monday = (friday + timedelta(days=3)).date()
    hour = 6 if friday.month == 3 else 7
    opens = datetime(monday.year, monday.month, monday.day, hour, tzinfo=UTC)
    assert opens <= due <= opens + timedelta(minutes=6)
    house.product.clock.at = due - timedelta(seconds=1)
    await house.product.drain()
    assert house.mail.sent == []
    house.product.clock.at = due
    await house.product.drain()
    assert len(house.mail.sent) == 1
