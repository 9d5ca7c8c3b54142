"""A Qdrant server for the requests our adapter sends: its REST shape over the client's own local
mode. `status` makes it refuse; `seen` keeps what was asked for."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter
from qdrant_client import QdrantClient, models

FILTER = TypeAdapter(models.Filter)


@dataclass
class QdrantStub:
    local: QdrantClient = field(default_factory=lambda: QdrantClient(":memory:"))
    seen: list[tuple[str, str, Any]] = field(default_factory=list)
    indexes: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._refusing])
        at = "/collections/{name}"
        app.router.add_get(f"{at}/exists", self.exists)
        app.router.add_put(at, self.create)
        app.router.add_put(f"{at}/index", self.index)
        app.router.add_put(f"{at}/points", self.upsert)
        app.router.add_post(f"{at}/points/delete", self.delete)
        app.router.add_post(f"{at}/points/query", self.query)
        app.router.add_post(f"{at}/points/count", self.count)
        return app

    @web.middleware
    async def _refusing(self, request: web.Request, handler: Any) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        self.seen.append((request.method, request.path, body))
        if self.status != 200:
            return web.json_response({"status": {"error": "no"}}, status=self.status)
        return await handler(request)

    async def exists(self, request: web.Request) -> web.Response:
        return _said({"exists": self.local.collection_exists(_name(request))})

    async def create(self, request: web.Request) -> web.Response:
        vectors = models.VectorParams(**(await request.json())["vectors"])
        self.local.create_collection(_name(request), vectors_config=vectors)
        return _said(result=True)

    async def index(self, request: web.Request) -> web.Response:
        self.indexes.append(await request.json())
        return _said({"operation_id": 1, "status": "completed"})

    async def upsert(self, request: web.Request) -> web.Response:
        points = [models.PointStruct(**one) for one in (await request.json())["points"]]
        self.local.upsert(_name(request), points)
        return _said({"operation_id": 1, "status": "completed"})

    async def delete(self, request: web.Request) -> web.Response:
        wanted = FILTER.validate_python((await request.json())["filter"])
        self.local.delete(_name(request), models.FilterSelector(filter=wanted))
        return _said({"operation_id": 1, "status": "completed"})

    async def query(self, request: web.Request) -> web.Response:
        body = await request.json()
        found = self.local.query_points(
            _name(request),
            query=body["query"]["nearest"],
            query_filter=FILTER.validate_python(body["filter"]),
            limit=body["limit"],
            with_payload=True,
        )
        points = [{**one.model_dump(mode="json"), "version": 1} for one in found.points]
        return _said({"points": points})

    async def count(self, request: web.Request) -> web.Response:
        wanted = FILTER.validate_python((await request.json())["filter"])
        counted = self.local.count(_name(request), count_filter=wanted)
        return _said({"count": counted.count})


def _name(request: web.Request) -> str:
    return request.match_info["name"]


def _said(result: Any) -> web.Response:
    return web.json_response({"result": result, "status": "ok", "time": 0.001})
