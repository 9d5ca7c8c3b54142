"""Attack 6: a friend among the customers asks forty easy questions, gets forty answers that nobody
changes, and thanks for each. One contact's goodwill is no evidence: nothing is earned."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.attacks.house import House, trusting_house
from tests.attacks.obedient import Wish

TIMES = 40
READING = timedelta(seconds=40)
"""Nobody can say that it was approved unread."""


@pytest.fixture
async def house(runtime_url: str, tmp_path: Path) -> AsyncIterator[House]:
    house = await trusting_house(runtime_url, tmp_path, undo_seconds=0)
    await house.product.write(house.tenant, "update earned_levels set earned = 'approve'")
    house.want(Wish.CALM)
    yield house
    await house.product.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_attack_6_forty_friendly_answers_of_one_contact_earn_nothing(house: House) -> None:
    product = house.product
    for number in range(TIMES):
        house.work_day()
        thread = f"friend-{number}"
        house.letter(subject=f"Question {number}", thread=thread)
        await house.sync()
        product.clock.move(READING)
        await house.approve_all()
        await product.drain()
        house.letter("Perfect, thank you so much!", subject=f"Re: Question {number}", thread=thread)
        await house.sync()
        product.clock.move(timedelta(hours=3))
        await product.tick()
        await product.drain()
    assert len(house.mail.sent) >= TIMES
    counted = await product.rows(house.tenant, "select status from outcomes")
    assert sum(row.status == "positive" for row in counted) >= TIMES - 1
    assert await product.rows(house.tenant, "select id from promotions") == []
    assert await product.rows(house.tenant, "select id from level_moves") == []
    (level,) = await product.rows(
        house.tenant,
        "select earned from earned_levels where action_type = 'send_routine_response'",
    )
    assert level.earned == "approve"
