"""`understudy search rebuild`: by this process, or by the worker that holds the store."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.adapters.qdrant_store import QdrantStore
from bot.config import Settings
from bot.doctor.search import search_lines
from bot.search import rebuild
from db import jobs
from db.session import Database
from tests.integration.services.search.desk import SearchDesk, search_desk


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[SearchDesk]:
    async with search_desk(database) as opened:
        await opened.mail("Our infosec team runs an assessment on every vendor.")
        await opened.mail("The fish in Porto was lovely.")
        yield opened


def built(desk: SearchDesk, **settings: Any) -> Any:
    return SimpleNamespace(
        services=SimpleNamespace(search=desk.services),
        database=desk.database,
        clock=desk.clock,
        settings=Settings(**settings),
    )


async def test_everything_is_made_anew_and_twice_is_the_same(
    desk: SearchDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    for resume in (False, False, True):
        assert await rebuild(built(desk), "T1", desk.tenant, resume=resume)
        assert await desk.held() == 2
    assert capsys.readouterr().out.count("T1: 2 texts can be found by meaning") == 3
    assert len(desk.embeddings.asked) == 4, "the third had nothing left to embed"
    assert len(await desk.quotes("security review")) == 1


async def test_where_a_worker_holds_the_store_it_does_the_work(
    desk: SearchDesk, tmp_path: Path
) -> None:
    desk.store = QdrantStore(path=tmp_path / "v")
    worker = desk.services.index
    await desk.index()
    desk.store = QdrantStore(path=tmp_path / "v")
    desk.later()

    async def asked() -> bool:
        async with desk.database.read(desk.tenant) as tx:
            return bool(await jobs.live_payloads(tx, "search.rebuild"))

    async def work() -> None:
        while not await asked():
            pass
        await worker.rebuild(desk.tenant)
        await worker.run(desk.tenant)

    task = asyncio.create_task(work())
    assert await rebuild(built(desk), "T1", desk.tenant, resume=False)
    await task
    assert await worker.held(desk.tenant) == 2
    worker.store.close()  # type: ignore[attr-defined]


async def test_the_doctor_says_what_waits_and_what_is_missing(desk: SearchDesk) -> None:
    assert await search_lines(built(desk), desk.tenant) == []
    desk.later(3600)
    ((fault, line),) = await search_lines(built(desk), desk.tenant)
    assert fault
    assert line.startswith("search: 2 texts wait to be indexed since 2026-11-21 09:30 UTC")
    await desk.index()
    server = {"qdrant_url": "http://127.0.0.1:9"}
    assert await search_lines(built(desk, **server), desk.tenant) == [
        (False, "search: 2 texts can be found by meaning")
    ]
    await desk.store.forget(desk.tenant, desk.embeddings.name)
    ((fault, line),) = await search_lines(built(desk, **server), desk.tenant)
    assert (fault, "0 of 2 passages" in line) == (True, True)
