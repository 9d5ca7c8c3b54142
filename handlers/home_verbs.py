"""The business verbs of the Home tab (services.home_filters.HomeService)."""

from typing import Protocol

from services.types.people import Actor


class HomeVerbs(Protocol):
    async def opened(self, actor: Actor) -> None:
        """The actor looks at their Home tab: shown fresh, and the visit noted."""
        ...

    async def arrange(self, actor: Actor, **filters: str | int) -> None:
        """Another filter or page; what isn't named stays."""
        ...
