"""Approvals over a database of the test's own."""

import pytest

from db.session import Database
from tests.integration.services.approvals.desk import Desk, open_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await open_desk(database)
