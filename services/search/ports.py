"""What searching by meaning needs from outside. Calls raise errors of services.errors only, and
refuse to run while a transaction is open."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from services.errors import TransientError
from services.types.model import Usage
from services.types.search import Hit, Point


class StoreBusy(TransientError):
    """Another process holds the vectors kept on this machine."""


class VectorStore(Protocol):
    """Passages by their vectors. The tenant is part of every call, and the store adds it to every
    filter: nothing of another tenant is ever seen, counted or dropped.

    Vectors of one `space` (an embedding model) are compared with each other only."""

    async def replace(
        self, tenant_id: UUID, space: str, source_ids: Collection[UUID], points: Sequence[Point]
    ) -> None:
        """What the store holds of these sources becomes exactly `points`."""
        ...

    async def near(
        self,
        tenant_id: UUID,
        space: str,
        vector: Sequence[float],
        *,
        limit: int,
        accounts: Collection[UUID] | None,
    ) -> tuple[Hit, ...]:
        """The nearest, best first; `accounts`: only theirs. NotFound: the store holds nothing of
        this space, for anybody."""
        ...

    async def forget(self, tenant_id: UUID, space: str) -> None:
        """Drop everything of the tenant."""
        ...

    async def count(self, tenant_id: UUID, space: str) -> int: ...


class Embeddings(Protocol):
    """Turns texts into vectors of one length; near in meaning is near in angle."""

    @property
    def name(self) -> str: ...
    @property
    def offline(self) -> bool:
        """It runs on this machine and costs nothing."""
        ...

    @property
    def least(self) -> float:
        """A similarity below this says nothing: the texts have little to do with each other."""
        ...

    async def passages(self, texts: Sequence[str]) -> tuple[tuple[tuple[float, ...], ...], Usage]:
        """One vector a text, in their order."""
        ...

    async def query(self, words: str) -> tuple[tuple[float, ...], Usage]: ...
