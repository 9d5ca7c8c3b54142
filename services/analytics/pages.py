"""Pages of figures, kept for five minutes or until the figures change, made once for everybody who
asks at the same time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from db import analytics as rows
from db.session import Tx
from services.ports import Clock, Ids

KEPT = timedelta(minutes=5)

Make = Callable[[Tx], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was made (JSON), when, and from which version of the tenant's figures: shown as "as of
    12:31" in the reader's own time."""

    body: dict[str, Any]
    made_at: datetime
    version: int


async def page(tx: Tx, key: str, make: Make, *, clock: Clock, ids: Ids) -> Page:
    """The page of this key. Who may see it is part of the key and never of a client's making:
    "me:<member id>:4w". `make` reads and returns JSON; it runs in the caller's transaction, which
    should hold nothing else, because others who want the same page wait for its end.

    The version is read before the figures: one that changes meanwhile makes the page old at once,
    never the other way round. A clock that was set back makes it anew."""
    version = await rows.get_version(tx)
    found = await _kept(tx, key, version, clock)
    if found is None:
        await rows.lock_page(tx, key)
        version = await rows.get_version(tx)
        found = await _kept(tx, key, version, clock)
    if found is not None:
        return Page(body=found.body, made_at=found.made_at, version=version)
    body, now = await make(tx), clock.now()
    await rows.set_page(tx, key, body, page_id=ids.new(), version=version, at=now)
    return Page(body=body, made_at=now, version=version)


async def _kept(tx: Tx, key: str, version: int, clock: Clock) -> rows.StoredPage | None:
    now = clock.now()
    return await rows.get_page(tx, key, version=version, since=now - KEPT, until=now)
