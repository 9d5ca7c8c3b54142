"""The VectorStore port over Qdrant: in memory, in a folder, and against a server's REST shape."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiohttp.test_utils import TestServer

from bot.adapters.qdrant_store import QdrantStore
from db.session import Database
from services.errors import Forbidden, NotFound, TransientError
from services.search.ports import StoreBusy
from services.types.search import Point, SearchSource
from tests import factories as make
from tests.fakes.qdrant_stub import QdrantStub

OURS, THEIRS = uuid4(), uuid4()
ACME, GLOBEX = uuid4(), uuid4()
SPACE = "fake/words"
EAST, NORTH, NORTHEAST = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0, 0.0)


def point(
    source_id: UUID, vector: tuple[float, ...], *, account: UUID = ACME, start: int = 0
) -> Point:
    return Point(
        source=SearchSource.MESSAGE,
        source_id=source_id,
        account_id=account,
        start=start,
        end=start + 10,
        digest="d1",
        vector=vector,
    )


@pytest.fixture(params=["memory", "folder", "server"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[QdrantStore]:
    if request.param == "server":
        async with TestServer(QdrantStub().app()) as server:
            made = QdrantStore(url=str(server.make_url("")))
            yield made
            made.close()
        return
    made = QdrantStore(path=tmp_path / "vectors") if request.param == "folder" else QdrantStore()
    yield made
    made.close()


async def near(store: QdrantStore, tenant: UUID, **more: object) -> list[UUID]:
    asked = {"limit": 10, "accounts": None} | more
    return [hit.source_id for hit in await store.near(tenant, SPACE, EAST, **asked)]  # type: ignore[arg-type]


async def test_what_is_nearest_comes_first_and_says_where_it_stands(store: QdrantStore) -> None:
    with pytest.raises(NotFound):
        await near(store, OURS)
    assert await store.count(OURS, SPACE) == 0
    first, second = uuid4(), uuid4()
    await store.replace(OURS, SPACE, [], [point(first, NORTHEAST), point(second, EAST, start=5)])
    hits = await store.near(OURS, SPACE, EAST, limit=2, accounts=None)
    assert [hit.source_id for hit in hits] == [second, first]
    assert (hits[0].start, hits[0].end, hits[0].digest) == (5, 15, "d1")
    assert hits[0].score == pytest.approx(1, abs=1e-5)
    assert hits[1].score == pytest.approx(0.7071, abs=1e-3)


async def test_a_tenant_never_meets_another_ones_points(store: QdrantStore) -> None:
    """The same source ids and places in both: found, counted, replaced and dropped apart."""
    same, other = uuid4(), uuid4()
    for tenant in (OURS, THEIRS):
        await store.replace(tenant, SPACE, [], [point(same, EAST), point(other, NORTH)])
    assert await store.count(OURS, SPACE) == await store.count(THEIRS, SPACE) == 2
    await store.replace(OURS, SPACE, [same], [])
    assert await near(store, OURS) == [other]
    assert await near(store, THEIRS) == [same, other]
    await store.forget(OURS, SPACE)
    assert await store.count(OURS, SPACE) == 0
    assert await store.count(THEIRS, SPACE) == 2
    assert await near(store, uuid4()) == []


async def test_only_the_accounts_asked_for(store: QdrantStore) -> None:
    acme, globex = uuid4(), uuid4()
    await store.replace(
        OURS, SPACE, [], [point(acme, NORTHEAST), point(globex, EAST, account=GLOBEX)]
    )
    assert await near(store, OURS, accounts=[ACME]) == [acme]
    assert await near(store, OURS, accounts=[ACME, GLOBEX]) == [globex, acme]
    assert await near(store, OURS, accounts=[]) == []


async def test_replaced_means_nothing_of_the_old_stays(store: QdrantStore) -> None:
    one = uuid4()
    long = [point(one, EAST, start=start) for start in range(52)]
    await store.replace(OURS, SPACE, [one], long)
    assert await store.count(OURS, SPACE) == 52
    for _ in range(2):
        await store.replace(OURS, SPACE, [one], long[:2])
        assert await store.count(OURS, SPACE) == 2
    assert await store.count(OURS, "another/model") == 0


async def test_a_folder_is_one_processs_and_outlives_it(tmp_path: Path) -> None:
    one = uuid4()
    first, second = QdrantStore(path=tmp_path / "v"), QdrantStore(path=tmp_path / "v")
    await first.replace(OURS, SPACE, [], [point(one, EAST)])
    with pytest.raises(StoreBusy, match="QDRANT_URL"):
        await second.count(OURS, SPACE)
    first.close()
    assert await near(second, OURS) == [one]
    second.close()


async def test_a_server_keeps_the_tenant_together_and_its_faults_are_told() -> None:
    stub = QdrantStub()
    async with TestServer(stub.app()) as server:
        store = QdrantStore(url=str(server.make_url("")))
        await store.replace(OURS, SPACE, [], [point(uuid4(), EAST)])
        tenant = next(one for one in stub.indexes if one["field_name"] == "tenant_id")
        assert tenant["field_schema"]["is_tenant"] is True
        for method, path, body in stub.seen:
            if "/points" in path and method == "POST":
                assert str(OURS) in str(body["filter"])
        stub.status = 503
        with pytest.raises(TransientError, match="Nothing is lost"):
            await near(store, OURS)
        stub.status = 403
        with pytest.raises(Forbidden, match="QDRANT_API_KEY"):
            await near(store, OURS)
        store.close()
    away = QdrantStore(url="http://127.0.0.1:9")
    with pytest.raises(TransientError):
        await away.count(OURS, SPACE)
    away.close()


async def test_no_call_while_a_transaction_is_open(database: Database) -> None:
    tenant = await make.make_tenant(database)
    store = QdrantStore()
    async with database.transaction(tenant):
        with pytest.raises(RuntimeError, match="open transaction"):
            await store.count(tenant, SPACE)
    store.close()
