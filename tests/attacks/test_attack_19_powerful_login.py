"""Attack 19: whoever set the database up gave the product's login more than it needs, or a way to
get it. Row-level security would then be a matter of good manners; so it doesn't start."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from bot.embedded import EmbeddedDatabase
from bot.processes import StartupError, refuse_powerful_role
from tests.conftest import database_url

GRANTS = {
    "the tables' owner": "in role understudy_owner",
    "somebody who may become the owner": "noinherit in role understudy_owner",
    "bypassing": "bypassrls",
    "a superuser": "superuser",
}


@pytest.fixture
async def admin(postgres: EmbeddedDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres.admin_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("what", GRANTS)
async def test_attack_19_with_more_than_it_needs_it_does_not_start(
    admin: asyncpg.Connection, postgres: EmbeddedDatabase, database_name: str, what: str
) -> None:
    login = f"l_{uuid4().hex}"
    await admin.execute(f"create role {login} login {GRANTS[what]}")
    try:
        url = database_url(postgres.admin_url, database_name)
        with pytest.raises(StartupError, match="only belongs to understudy_app"):
            await refuse_powerful_role(url.replace("//postgres", f"//{login}", 1))
    finally:
        await admin.execute(f"drop role {login}")


async def test_attack_19_the_owner_itself_and_the_right_login(
    runtime_url: str, owner_url: str
) -> None:
    with pytest.raises(StartupError):
        await refuse_powerful_role(owner_url)
    await refuse_powerful_role(runtime_url)
