"""The heart of the loop over a database of the test's own."""

from collections.abc import AsyncIterator

import pytest

from db.session import Database
from tests.integration.audited import assert_tells_of_nobody
from tests.integration.services.loop import Loop, make_loop


@pytest.fixture
async def loop(database: Database) -> AsyncIterator[Loop]:
    """Whatever a test does with it: nobody is named in the bytes of its audit."""
    loop = await make_loop(database)
    yield loop
    await assert_tells_of_nobody(database, loop.tenant)
