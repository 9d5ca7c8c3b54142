"""Pages of figures, kept for five minutes or until the figures change, made once for everybody who
asks at the same time."""

import hashlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db import analytics as rows
from db.session import ReadTx, Tx
from services.ports import Clock, Ids

KEPT = timedelta(minutes=5)
DROPPED = timedelta(days=1)
"""Pages nobody has had made for so long go."""

Make = Callable[[Tx], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was made (JSON), when, and from which version of the tenant's figures: shown as "as of
    12:31" in the reader's own time. `fresh`: made within five minutes, and nothing has changed
    since."""

    body: dict[str, Any]
    made_at: datetime
    version: int
    fresh: bool = True


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


async def last_page(tx: ReadTx, key: str, *, clock: Clock) -> Page | None:
    """The page of this key as somebody had it made within a day, and whether it still holds. For
    what takes too long to be made while a person waits: it makes nothing and locks nothing."""
    now = clock.now()
    found = await rows.get_page(tx, key, version=None, since=now - DROPPED, until=now)
    if found is None:
        return None
    same = found.version == await rows.get_version(tx)
    return Page(
        body=found.body,
        made_at=found.made_at,
        version=found.version,
        fresh=same and found.made_at > now - KEPT,
    )


def digest_of(people: Collection[UUID] | None) -> str:
    """Whose figures a page sums, as part of its key: who joins or leaves a team makes it another
    page, so that nobody is ever shown the sum of others than those they may see now."""
    if people is None:
        return "everybody"
    return hashlib.sha256(b"".join(one.bytes for one in sorted(people))).hexdigest()[:24]


async def _kept(tx: Tx, key: str, version: int, clock: Clock) -> rows.StoredPage | None:
    now = clock.now()
    return await rows.get_page(tx, key, version=version, since=now - KEPT, until=now)
