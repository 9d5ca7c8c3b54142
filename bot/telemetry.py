"""Traces by OpenTelemetry, where `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector and the extra is
installed (`pip install understudy[otel]`). Imported only then.

OpenTelemetry's SDK reads the rest of its own names (OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER,
OTEL_EXPORTER_OTLP_HEADERS, OTEL_RESOURCE_ATTRIBUTES …). Spans are handed over in the background
and dropped where the collector doesn't answer: nothing of ours ever waits for it.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from bot.config import Settings
from bot.version import own_version
from db import tracing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

log = structlog.get_logger(__name__)

MISSING = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, but traces need the extra: "
    "pip install 'understudy[otel]'. "
    "Going on without traces"
)
PROTOCOL = "http/protobuf"
FLUSH_MILLIS = 2_000


class SpanTracer:
    """db.tracing.Tracer over OpenTelemetry's API."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry import trace  # noqa: PLC0415 - only where traces are on
        from opentelemetry.trace.propagation import tracecontext  # noqa: PLC0415 - the same

        self._tracer = provider.get_tracer("understudy", own_version())
        self._trace = trace
        self._form = tracecontext.TraceContextTextMapPropagator()

    @contextmanager
    def span(
        self, name: str, attributes: Mapping[str, str | int], *, parent: str | None, kind: str
    ) -> Iterator[None]:
        """An error marks the span with its class alone: its words may name people."""
        context = self._form.extract({"traceparent": parent}) if parent else None
        with self._tracer.start_as_current_span(
            name,
            context,
            kind=self._trace.SpanKind[kind.upper()],
            attributes={f"understudy.{key}": value for key, value in attributes.items()},
            record_exception=False,
            set_status_on_exception=False,
        ) as begun:
            try:
                yield
            except BaseException as error:
                begun.set_status(self._trace.StatusCode.ERROR, type(error).__name__)
                raise

    def traceparent(self) -> str | None:
        carrier: dict[str, str] = {}
        self._form.inject(carrier)
        return carrier.get("traceparent")


@contextmanager
def traced(settings: Settings, exporter: "SpanExporter | None" = None) -> Iterator[None]:
    """Traces for as long as this lasts, if they are wanted. `exporter`: another one than OTLP's."""
    provider = _provider(settings, exporter) if settings.traced else None
    if provider is None:
        yield
        return
    tracing.set_tracer(SpanTracer(provider))
    log.info("traces are on")
    try:
        yield
    finally:
        tracing.set_tracer(None)
        provider.force_flush(FLUSH_MILLIS)
        provider.shutdown()


def _provider(settings: Settings, exporter: "SpanExporter | None") -> "TracerProvider | None":
    try:
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415 - optional
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - optional
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - optional

        if exporter is None:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - optional
                OTLPSpanExporter,
            )

            exporter = OTLPSpanExporter()
    except ImportError:
        log.warning(MISSING)
        return None
    if settings.otel_exporter_otlp_protocol not in (None, PROTOCOL):
        log.warning(
            "OTEL_EXPORTER_OTLP_PROTOCOL is not http/protobuf, which is what is spoken here"
        )
    resource = Resource({"service.version": own_version()}).merge(Resource.create())
    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES go before what is said here.
    if str(resource.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
        resource = resource.merge(Resource({SERVICE_NAME: "understudy"}))
    # The exporter's own complaints come once a batch; a collector that is down is one line's worth.
    logging.getLogger("opentelemetry.exporter.otlp.proto.http").setLevel(logging.CRITICAL)
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
