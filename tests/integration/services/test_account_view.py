"""The account view on real PostgreSQL."""

import pytest

from services.account_view.service import AccountViewService
from services.types.account_view import Part
from tests.integration.services.loop import Loop
from tests.integration.services.test_views import told


@pytest.fixture
def accounts(loop: Loop) -> AccountViewService:
    return AccountViewService(loop.database, loop.clock)


async def test_try(loop: Loop, accounts: AccountViewService) -> None:
    await told(loop)
    view = await accounts.brief(loop.actor(loop.rita), "Acme")
    print(view)
    assert view.missing == ()
