"""Approvals over a database of the test's own."""

from collections.abc import AsyncIterator

import pytest

from bot.embedded import EmbeddedDatabase
from db.session import Database
from tests.conftest import database_url
from tests.integration.audited import assert_tells_of_nobody
from tests.integration.services.approvals.desk import Desk, open_desk


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    """Whatever a test does with it: nobody is named in the bytes of its audit."""
    desk = await open_desk(database)
    yield desk
    await assert_tells_of_nobody(database, desk.tenant)


@pytest.fixture
def admin_url(postgres: EmbeddedDatabase, database_name: str) -> str:
    """Past row-level security: to look for what must not be stored anywhere."""
    return database_url(postgres.admin_url, database_name)
