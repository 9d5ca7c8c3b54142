"""Nothing the product does over and over reads a whole table, or all of a workspace in it.

The statements are those it sends on a walk through its hot paths (tests/scale/walk.py), over a
workspace whose tables count as thirty times as large as they are: the planner goes by what it has
counted. Each is explained with its values and, where the server would choose that, without them.
"""

from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from bot.embedded import EmbeddedDatabase
from db.session import Database
from tests.conftest import database_url
from tests.scale.allowed import ALLOWED, allowed
from tests.scale.fill import fill, stretch
from tests.scale.plans import BIG, Finding, Heard, Judge, listening, make_judge
from tests.scale.product import Product, open_product
from tests.scale.size import SLICE, STRETCH
from tests.scale.walk import EXECUTIVE, PEOPLE, REP, one_mail, shown_to, ticked, walk

HOT = {"actions", "accounts", "cards", "contacts", "conversations", "deals", "drafts", "effects",
       "learning_days", "messages", "outcomes", "draft_revisions", "audit_entries"}  # fmt: skip

GROWING = (
    "select count(*) from actions where trigger = 'mail' and tenant_id <> $1",
    "select id from actions where tenant_id = $1",
)


@pytest.fixture
async def product(
    postgres: EmbeddedDatabase, database_name: str, database: Database, tmp_path: Path
) -> Product:
    way = database_url(postgres.admin_url, database_name)
    now = datetime.now(UTC)  # noqa: TID251 - the walk goes by the server's clock
    tenant = await fill(way, database, SLICE, now=now, tell=lambda _: None)
    await stretch(way, STRETCH)
    url = database_url(postgres.runtime_url, database_name)
    return await open_product(url, tenant, SLICE, tmp_path)


async def _judged(product: Product, heard: Heard, url: str) -> tuple[Judge, list[Finding]]:
    connection = await asyncpg.connect(url)
    judge = await make_judge(connection, product.tenant)
    found = [
        one
        for statement, values in heard.statements.items()
        for one in await judge.judge(statement, values)
    ]
    await connection.close()
    return judge, found


async def test_what_people_wait_for_is_on_an_index(product: Product, runtime_url: str) -> None:
    with listening(product.runtime.database) as heard:
        for number in (REP, EXECUTIVE):
            await shown_to(product, number)
        await one_mail(product, 1)
        await ticked(product)
    for statement in GROWING:
        heard.note(statement, (product.tenant,))
    judge, found = await _judged(product, heard, runtime_url)
    await product.runtime.close()
    assert {table for table in HOT if judge.sizes[table] < BIG} == set()
    assert len(heard.statements) > 150
    # The judge judges: a question no index answers, and one that only the workspace bounds.
    assert {one.statement for one in found if one.statement in GROWING} == set(GROWING)
    rest = [one for one in found if one.statement not in GROWING]
    assert [str(one) for one in rest if not allowed(one.statement)] == []


@pytest.mark.slow
async def test_everything_that_is_done_over_and_over_is(product: Product, runtime_url: str) -> None:
    with listening(product.runtime.database) as heard:
        await walk(product, PEOPLE)
    _, found = await _judged(product, heard, runtime_url)
    await product.runtime.close()
    assert len(heard.statements) > 450
    assert [str(one) for one in found if not allowed(one.statement)] == []
    told = [" ".join(one.statement.split()) for one in found]
    unused = [piece for piece, _ in ALLOWED if not any(piece in one for one in told)]
    assert unused == [], "these no longer need to be allowed"
