"""The VectorStore port over Qdrant: a server where QDRANT_URL names one, else its local mode, which
keeps everything in this process and a folder. The only module that knows the client.

The tenant stands in every point and in every filter, put there here: no caller can leave it out.
The client takes 80 MB and a second to import, so that happens at first use, in a thread. Local
mode is one process's and one thread's: a second process is told StoreBusy, and all calls queue up
in a thread of their own. It compares with every vector there is, which serves up to some ten
thousand passages; a server keeps an index.
"""

import asyncio
import hashlib
import importlib
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid5

import structlog

from db.session import refuse_inside_transaction
from services.errors import Forbidden, NotFound, ServiceError, TransientError
from services.search.ports import StoreBusy
from services.types.search import Hit, Point, SearchSource

log = structlog.get_logger()
Answer = TypeVar("Answer")

BATCH = 50
"""Points of one write; local mode stores each in a file of its own transaction."""
TIMEOUT = 10
MEMORY = ":memory:"
REFUSED = frozenset({401, 403})
ABSENT = 404
POINTS = UUID("2c6c4d1e-6d0f-5f9c-8f0b-0f6a3f0c9b21")
DOWN = "The vector store doesn't answer just now. Nothing is lost: what waits is indexed later."
BUSY = (
    "Another process holds the vectors kept on this machine. Run one worker only, or set "
    "QDRANT_URL."
)
NO_ENTRY = "The vector store refuses us. Look at QDRANT_URL and QDRANT_API_KEY."


@dataclass(slots=True)
class QdrantStore:
    """`url` with an optional key, or a folder (`:memory:` keeps nothing)."""

    url: str | None = None
    api_key: str | None = None
    path: Path | str = MEMORY
    _pool: ThreadPoolExecutor | None = field(init=False, default=None)
    _client: Any = field(init=False, default=None)
    _known: set[str] = field(init=False, default_factory=set)
    """Collections that are there, with their indexes."""

    # ── The port ────────────────────────────────────────────────────────────────────────────────
    async def replace(
        self, tenant_id: UUID, space: str, source_ids: Collection[UUID], points: Sequence[Point]
    ) -> None:
        """Old ones go first: whoever asks in between misses a passage, and sees none that is gone.
        Done twice it is the same: a point's id follows from where it stands."""
        gone = [str(one) for one in {*source_ids, *(point.source_id for point in points)}]
        name = _collection(space)

        def work() -> None:
            if points:
                self._ensure(name, len(points[0].vector))
            elif not self._exists(name):
                return
            self._client.delete(
                name, self._selector(self._mine(tenant_id, source_id=gone)), wait=True
            )
            for some in _batches(points):
                self._client.upsert(
                    name, [self._point(tenant_id, point) for point in some], wait=True
                )

        await self._run(work)

    async def near(
        self,
        tenant_id: UUID,
        space: str,
        vector: Sequence[float],
        *,
        limit: int,
        accounts: Collection[UUID] | None,
    ) -> tuple[Hit, ...]:
        name = _collection(space)
        only = {} if accounts is None else {"account_id": [str(one) for one in accounts]}

        def work() -> tuple[Hit, ...]:
            if not self._exists(name):
                raise NotFound("The vector store holds nothing yet.")
            found = self._client.query_points(
                name,
                query=list(vector),
                query_filter=self._mine(tenant_id, **only),
                limit=limit,
                with_payload=True,
            )
            return tuple(_hit(one.payload, one.score) for one in found.points)

        if accounts is not None and not accounts:
            return ()
        return await self._run(work)

    async def forget(self, tenant_id: UUID, space: str) -> None:
        name = _collection(space)

        def work() -> None:
            if self._exists(name):
                self._client.delete(name, self._selector(self._mine(tenant_id)), wait=True)

        await self._run(work)

    async def count(self, tenant_id: UUID, space: str) -> int:
        name = _collection(space)

        def work() -> int:
            if not self._exists(name):
                return 0
            counted = self._client.count(name, count_filter=self._mine(tenant_id), exact=True)
            return int(counted.count)

        return await self._run(work)

    def close(self) -> None:
        """Give the folder free for the next process."""
        if self._pool is None:
            return
        if self._client is not None:
            self._pool.submit(self._client.close).result()
        self._pool.shutdown()
        self._pool, self._client = None, None

    # ── Parts, all in the store's own thread ────────────────────────────────────────────────────
    def _mine(self, tenant_id: UUID, **among: Sequence[str]) -> Any:
        """The tenant's points, and of those the ones with these values."""
        models = _models()
        return models.Filter(
            must=[
                models.FieldCondition(
                    key="tenant_id", match=models.MatchValue(value=str(tenant_id))
                ),
                *(
                    models.FieldCondition(key=key, match=models.MatchAny(any=list(values)))
                    for key, values in among.items()
                ),
            ]
        )

    @staticmethod
    def _selector(wanted: Any) -> Any:
        return _models().FilterSelector(filter=wanted)

    @staticmethod
    def _point(tenant_id: UUID, point: Point) -> Any:
        where = f"{tenant_id}:{point.source}:{point.source_id}:{point.start}"
        return _models().PointStruct(
            id=str(uuid5(POINTS, where)),
            vector=list(point.vector),
            payload={
                "tenant_id": str(tenant_id),
                "account_id": str(point.account_id),
                "source": str(point.source),
                "source_id": str(point.source_id),
                "start": point.start,
                "end": point.end,
                "digest": point.digest,
            },
        )

    def _exists(self, name: str) -> bool:
        """Asked anew while it isn't there: another worker may make it."""
        return name in self._known or bool(self._client.collection_exists(name))

    def _ensure(self, name: str, size: int) -> None:
        if name in self._known:
            return
        models = _models()
        if not self._client.collection_exists(name):
            self._client.create_collection(
                name,
                vectors_config=models.VectorParams(size=size, distance=models.Distance.COSINE),
            )
        if self.url is not None:
            # Local mode knows no indexes. On a server the tenant's points lie together.
            self._client.create_payload_index(
                name,
                "tenant_id",
                models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True),
                wait=True,
            )
            for key in ("account_id", "source_id"):
                self._client.create_payload_index(
                    name, key, models.PayloadSchemaType.KEYWORD, wait=True
                )
        self._known.add(name)

    def _open(self) -> None:
        if self._client is not None:
            return
        qdrant = importlib.import_module("qdrant_client")
        # A line a request, with the address in it.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        if self.url is not None:
            self._client = qdrant.QdrantClient(
                url=self.url, api_key=self.api_key, timeout=TIMEOUT, check_compatibility=False
            )
        elif self.path == MEMORY:
            self._client = qdrant.QdrantClient(MEMORY)
        else:
            Path(self.path).mkdir(parents=True, exist_ok=True)
            self._client = qdrant.QdrantClient(path=str(self.path))

    async def _run(self, work: Callable[[], Answer]) -> Answer:
        """In the thread, or one of a few where a server answers."""
        refuse_inside_transaction()
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1 if self.url is None else 4, "vectors")

        def guarded() -> Answer:
            try:
                self._open()
                return work()
            except ServiceError:
                raise
            except Exception as error:
                raise self._told(error) from error

        return await asyncio.get_running_loop().run_in_executor(self._pool, guarded)

    def _told(self, error: Exception) -> ServiceError:
        """In our words. Collections are looked for anew: somebody may have dropped one."""
        self._known.clear()
        if isinstance(error, RuntimeError) and "already accessed" in str(error):
            return StoreBusy(BUSY)
        status = getattr(error, "status_code", None)
        log.warning("the vector store failed", error=type(error).__name__, status=status)
        if status in REFUSED:
            return Forbidden(NO_ENTRY)
        return TransientError(DOWN)


def _models() -> Any:
    return importlib.import_module("qdrant_client").models


def _collection(space: str) -> str:
    """One for each embedding model: vectors of two have nothing to do with each other."""
    return f"understudy-{hashlib.sha256(space.encode()).hexdigest()[:12]}"


def _batches(points: Sequence[Point]) -> Iterator[Sequence[Point]]:
    for start in range(0, len(points), BATCH):
        yield points[start : start + BATCH]


def _hit(payload: dict[str, Any], score: float) -> Hit:
    return Hit(
        source=SearchSource(payload["source"]),
        source_id=UUID(payload["source_id"]),
        start=int(payload["start"]),
        end=int(payload["end"]),
        digest=str(payload["digest"]),
        score=float(score),
    )
