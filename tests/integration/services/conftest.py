"""The heart of the loop over a database of the test's own."""

import pytest

from db.session import Database
from tests.integration.services.loop import Loop, make_loop


@pytest.fixture
async def loop(database: Database) -> Loop:
    return await make_loop(database)
