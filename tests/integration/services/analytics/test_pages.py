"""A page of figures is made once for all who ask, and again when the figures or the time say so."""

import asyncio
import contextvars
from datetime import timedelta
from typing import Any

from db.session import Database, Tx
from services.analytics.pages import DROPPED, KEPT, Page, page
from tests import factories as make
from tests.integration.services.analytics.days import Days, make_days


class Pages:
    def __init__(self, days: Days) -> None:
        self.days = days
        self.made = 0

    async def look(self, key: str = "me") -> Page:
        async with self.days.database.transaction(self.days.tenant) as tx:
            return await page(tx, key, self._make, clock=self.days.clock, ids=self.days.ids)

    async def _make(self, _tx: Tx) -> dict[str, Any]:
        self.made += 1
        return {"number": self.made, "who": "“Zoë”"}


async def test_made_once_until_it_is_old_or_wrong(database: Database) -> None:
    days = await make_days(database)
    pages = Pages(days)
    stampede = [asyncio.create_task(pages.look(), context=contextvars.Context()) for _ in range(8)]
    found = await asyncio.gather(*stampede)
    assert pages.made == 1
    assert {one.made_at for one in found} == {make.NOW}
    assert all(one.body == {"number": 1, "who": "“Zoë”"} for one in found)
    days.clock.move(KEPT - timedelta(seconds=1))
    assert (await pages.look()).made_at == make.NOW
    assert (await pages.look("another")).body["number"] == 2
    days.clock.move(timedelta(seconds=1))
    assert (await pages.look()).body["number"] == 3
    days.clock.move(-timedelta(minutes=1))
    assert (await pages.look()).body["number"] == 4, "made in the future: the clock was set back"
    await days.act()
    assert (await pages.look()).body["number"] == 4, "not counted yet"
    await days.counting.run(days.tenant)
    assert (await pages.look()).body["number"] == 5
    other = Pages(await make_days(database))
    assert (await other.look()).body["number"] == 1, "another tenant's page of the same name"
    days.clock.move(DROPPED)
    await days.act()
    await days.counting.run(days.tenant)
    assert (await pages.look()).body["number"] == 6
