"""Attack 6: a friend among the customers asks one easy question after the other, gets answers that
nobody changes, and thanks for each. One contact's goodwill is no evidence: nothing is earned.

The other minimums are lowered here, so that nothing but the caps stands between forty friendly
answers and a proposal; the same answers without the caps would bring it about."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from db.autonomy import get_level
from services.autonomy.earning.counting import Caps
from services.autonomy.earning.evidence import EvidenceReader
from services.autonomy.earning.rule import STEPS
from services.types.actions import AutonomyLevel
from tests.attacks.house import House, trusting_house
from tests.attacks.obedient import Wish
from tests.attacks.product import ASIDE

ANSWERS = "send_routine_response"
READING = timedelta(seconds=40)
"""Nobody can say that it was approved unread."""
EASY = replace(
    STEPS[AutonomyLevel.APPROVE], p0=0.2, least=4, days=0, people=1, accounts=1, recent=1, answers=0
)
ONLY_CAPS = {**STEPS, AutonomyLevel.APPROVE: replace(EASY, least=10)}
NO_CAPS = {
    **STEPS,
    AutonomyLevel.APPROVE: replace(EASY, caps=Caps(rep=1, account=1, contact=1, week=1)),
}


@pytest.fixture
async def house(runtime_url: str, tmp_path: Path) -> AsyncIterator[House]:
    house = await trusting_house(runtime_url, tmp_path, undo_seconds=0, steps=ONLY_CAPS)
    await house.product.write(house.tenant, "update earned_levels set earned = 'approve'")
    house.product.puts_off = ASIDE - {"card.deliver"}
    house.want(Wish.CALM)
    yield house
    await house.product.close()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("times", [3, pytest.param(40, marks=pytest.mark.slow)])
async def test_attack_6_friendly_answers_of_one_contact_earn_nothing(
    house: House, times: int
) -> None:
    product = house.product
    for number in range(times):
        house.work_day()
        thread = f"friend-{number}"
        house.letter(subject=f"Question {number}", thread=thread)
        await product.services.mailboxes.sync(house.tenant, house.box)
        await product.drain()
        product.clock.move(READING)
        await house.approve_all()
        house.letter("Perfect, thank you so much!", subject=f"Re: Question {number}", thread=thread)
        await product.services.mailboxes.sync(house.tenant, house.box)
        await product.drain()
        product.clock.move(timedelta(minutes=50))
    await house.approve_all()
    assert len(house.mail.sent) == 2 * times, "what they thank with is answered too"
    thanked = await product.rows(house.tenant, "select id from outcomes where status = 'positive'")
    assert len(thanked) == times
    await product.services.autonomy.earning.weigh(house.tenant, ANSWERS)
    async with product.database.read(house.tenant) as tx:
        level, now = await get_level(tx, ANSWERS), product.clock.now()
        assert level is not None
        found = await EvidenceReader(steps=ONLY_CAPS).rising(tx, level, level.since, now)
        free = await EvidenceReader(steps=NO_CAPS).rising(tx, level, level.since, now)
    assert (free.counted, free.met) == (2 * times, True), "only the caps hold it"
    # A tenth of what counts, and of one contact alone nothing else ever does: one of the first ten.
    assert (found.counted, found.met) == (1, False)
    assert found.left_out == {"enough of one contact": 2 * times - 1}
    for table in ("promotions", "level_moves"):
        assert await product.rows(house.tenant, f"select id from {table}") == []
    assert level.earned == "approve"
