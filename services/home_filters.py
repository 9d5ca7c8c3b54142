"""What a member wants to see in their Home tab, and that they have come to look."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

from db import home_visits
from db.session import Database, Tx
from services.cards import touch
from services.errors import NotFound
from services.home_cards import KIND
from services.members import UNKNOWN_MEMBER
from services.ports import Clock, Ids
from services.types.home import NO_DEAL, Band, HomeFilters
from services.types.people import Actor
from services.types.qualification import Stage

VISIT = timedelta(minutes=30)
"""Whoever comes back sooner is still at the same visit."""
SEARCH = 80
MOST_PAGES = 1000
FILTERS = frozenset({"health", "stage", "industry", "search"})
KEY = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeService:
    db: Database
    clock: Clock
    ids: Ids

    async def opened(self, actor: Actor) -> None:
        """The member looks at their Home tab: shown fresh, and its visit noted."""
        now = self.clock.now()
        async with self.db.transaction(actor.tenant_id) as tx:
            await home_visits.look(
                tx, actor.member_id, visit_id=self.ids.new(), now=now, new_before=now - VISIT
            )
            await self._show(tx, actor.member_id)

    async def arrange(self, actor: Actor, **filters: str | int) -> None:
        """Another filter or page. A filter begins at the first page of what it leaves."""
        if FILTERS & filters.keys():
            filters["accounts_page"] = 0
        async with self.db.transaction(actor.tenant_id) as tx:
            if not await home_visits.set_filters(tx, actor.member_id, filters):
                raise NotFound(UNKNOWN_MEMBER)
            await self._show(tx, actor.member_id)

    async def _show(self, tx: Tx, member_id: UUID) -> None:
        await touch(tx, KIND, member_id, [member_id], clock=self.clock, ids=self.ids)


def filters_of(preferences: Mapping[str, Any]) -> HomeFilters:
    """What was stored, as far as it still says something."""
    stored = preferences.get("home")
    kept: Mapping[str, Any] = stored if isinstance(stored, dict) else {}
    health, stage = _word(kept, "health"), _word(kept, "stage")
    filters = HomeFilters(
        stage=stage if stage in {*Stage, NO_DEAL} else "",
        industry=_word(kept, "industry")[:KEY],
        search=_word(kept, "search")[:SEARCH],
        accounts_page=_page(kept, "accounts_page"),
        inbox_page=_page(kept, "inbox_page"),
        team_page=_page(kept, "team_page"),
    )
    for band in get_args(Band):
        if band == health:
            return replace(filters, health=band)
    return filters


def _word(kept: Mapping[str, Any], name: str) -> str:
    value = kept.get(name)
    return value if isinstance(value, str) else ""


def _page(kept: Mapping[str, Any], name: str) -> int:
    value = kept.get(name)
    return min(max(value, 0), MOST_PAGES) if isinstance(value, int) else 0
