from collections.abc import AsyncIterator

import pytest

from tests.unit.handlers.slack_rig import Rig, running


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with running() as ready:
        yield ready
