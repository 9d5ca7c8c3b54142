"""Ninety days in simulated time: what is trusted grows by what people make of it, and every step is
told in Slack."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.services.autonomy.ninety_days import NinetyDays
from tests.integration.services.autonomy.ninety_script import DAYS, script

SEED = 90


@pytest.fixture
async def days(runtime_url: str, tmp_path: Path) -> AsyncIterator[NinetyDays]:
    days = await NinetyDays.open(runtime_url, tmp_path)
    yield days
    await days.product.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("length", "mails"), [(3, 2), (DAYS, 1)])
async def test_every_answer_is_decided_on_leaves_once_and_is_told(
    days: NinetyDays, length: int, mails: int
) -> None:
    """At first every answer waits for its rep: what they approve leaves as they approved it."""
    deeds = list(script(SEED, days=length, mails=mails))
    await days.live(deeds)
    assert days.sent == days.did["approve"] + days.did["edit"]
    assert days.refused == days.product.refused == []
    outcomes = await days.product.rows(days.tenant, "select status from outcomes")
    left = [deed for deed in deeds if deed.does != "stop"]
    assert len(outcomes) == len(left)
    assert len([told for told in days.told() if "Kim" in told]) >= len(deeds)
