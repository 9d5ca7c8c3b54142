"""Approvals over a database of the test's own."""

import pytest

from bot.embedded import EmbeddedDatabase
from db.session import Database
from tests.conftest import database_url
from tests.integration.services.approvals.desk import Desk, open_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await open_desk(database)


@pytest.fixture
def admin_url(postgres: EmbeddedDatabase, database_name: str) -> str:
    """Past row-level security: to look for what must not be stored anywhere."""
    return database_url(postgres.admin_url, database_name)
