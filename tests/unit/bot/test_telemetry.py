"""One trace from a click to what its job does; off, absent or unheard, traces cost nothing."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
import structlog
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job

from bot import telemetry
from bot.adapters.meter import VendorCall
from bot.config import Settings
from bot.worker import _entrypoint
from db import tracing
from db.tracing import carried, span
from services.errors import TransientError

WANTED = {"otel_exporter_otlp_endpoint": "http://127.0.0.1:9"}
TENANT = uuid4()


@contextmanager
def traces() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    with telemetry.traced(Settings(**WANTED), exporter):
        yield exporter


def job(headers: dict[str, str] | None, attempts: int = 0) -> Job:
    now = datetime.now(UTC)  # noqa: TID251 - the queue's own stamps
    stamps = {"created": now, "updated": now, "heartbeat": now, "execute_after": now}
    return cast(
        "Job",
        SimpleNamespace(
            id=7,
            payload=f'{{"tenant_id": "{TENANT}"}}'.encode(),
            headers=headers,
            attempts=attempts,
            **stamps,
        ),
    )


async def test_a_trace_leads_from_the_request_over_its_job_to_the_call() -> None:
    heard: list[dict[str, Any]] = []

    async def work(_tenant: Any, _payload: Any) -> None:
        heard.append(structlog.contextvars.get_contextvars())
        with VendorCall("gmail", "drafts.send"):
            pass

    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id="7f3a", actor="m1", tenant_id=str(TENANT))
    with traces() as exporter:
        with span("POST /slack/events", kind="server"), span("transaction write"):
            origin = carried()
        structlog.contextvars.clear_contextvars()
        await _entrypoint("effect.run", work)(job(origin))
        asked = {one.name: one for one in await _flushed(exporter)}
    structlog.contextvars.clear_contextvars()
    assert list(asked) == [
        "transaction write",
        "POST /slack/events",
        "gmail drafts.send",
        "job effect.run",
    ]
    assert len({one.context.trace_id for one in asked.values()}) == 1
    parents = {name: one.parent.span_id if one.parent else None for name, one in asked.items()}
    assert parents["job effect.run"] == asked["transaction write"].context.span_id
    assert parents["gmail drafts.send"] == asked["job effect.run"].context.span_id
    told = dict(asked["job effect.run"].attributes or {})
    assert told == {
        "understudy.tenant_id": str(TENANT),
        "understudy.attempt": 0,
        "understudy.request_id": "7f3a",
    }
    assert (heard[0]["request_id"], heard[0]["actor"]) == ("7f3a", "m1")


async def _flushed(exporter: InMemorySpanExporter) -> Any:
    provider = cast("Any", tracing._tracing.tracer)._tracer
    await asyncio.to_thread(provider.span_processor.force_flush)
    return exporter.get_finished_spans()


async def test_an_error_leaves_its_class_and_none_of_its_words() -> None:
    async def work(_tenant: Any, _payload: Any) -> None:
        raise TransientError("maya@acme.example is busy", retry_after=timedelta(seconds=1))

    with traces() as exporter:
        with pytest.raises(RetryRequested):
            await _entrypoint("draft.push", work)(job(None, attempts=2))
        (one,) = await _flushed(exporter)
    assert one.status.description == "Postponed"
    assert one.events == ()
    assert "maya" not in one.to_json()


async def test_spans_arrive_at_a_collector_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[ExportTraceServiceRequest] = []

    async def collect(request: web.Request) -> web.Response:
        got.append(ExportTraceServiceRequest.FromString(await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", collect)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "understudy-test")

    def work() -> None:
        with telemetry.traced(Settings()), span("job tick"):
            pass

    try:
        await asyncio.to_thread(work)
    finally:
        await runner.cleanup()
    (resource,) = got[0].resource_spans
    named = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert named["service.name"] == "understudy-test"
    assert [one.name for one in resource.scope_spans[0].spans] == ["job tick"]


def test_a_collector_that_is_down_or_a_missing_extra_hurts_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(telemetry, "FLUSH_MILLIS", 100)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    began = time.monotonic()
    with telemetry.traced(Settings()), span("job tick"):
        pass
    assert time.monotonic() - began < 5
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with structlog.testing.capture_logs() as logs, telemetry.traced(Settings()):
        assert span("job tick") is tracing.NOTHING
    assert [one["event"] for one in logs] == [telemetry.MISSING]


def test_off_a_span_is_one_object_that_does_nothing() -> None:
    with telemetry.traced(Settings()):
        assert span("a", tenant_id="x") is span("b") is tracing.NOTHING
    assert carried() is None
