"""Spans, and what a job carries of the request that wanted it. Knows no tracing library.

Traces are off unless bot/telemetry.py hands in a tracer; until then `span` gives back one object
that does nothing. Attributes are ids and words of the code, never what a person wrote.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

import structlog

NOTHING: AbstractContextManager[None] = nullcontext()
REQUEST, ACTOR = "request_id", "actor"
TRACEPARENT = "traceparent"
CARRIED = (REQUEST, ACTOR)


class Tracer(Protocol):
    def span(
        self, name: str, attributes: Mapping[str, str | int], *, parent: str | None, kind: str
    ) -> AbstractContextManager[None]: ...
    def traceparent(self) -> str | None:
        """Where we are, in the W3C's header form; None outside of any span."""
        ...


@dataclass(slots=True)
class _Tracing:
    tracer: Tracer | None = None


_tracing = _Tracing()


def set_tracer(tracer: Tracer | None) -> None:
    _tracing.tracer = tracer


def span(
    name: str, *, parent: str | None = None, kind: str = "internal", **attributes: str | int | None
) -> AbstractContextManager[None]:
    """A part of the work, with a beginning and an end. `parent` is a `traceparent` that came from
    elsewhere; `kind` is OpenTelemetry's: internal, server, client, producer, consumer."""
    tracer = _tracing.tracer
    if tracer is None:
        return NOTHING
    told = {key: value for key, value in attributes.items() if value is not None}
    return tracer.span(name, told, parent=parent, kind=kind)


def traceparent() -> str | None:
    """Where this work stands in its trace; None where traces are off."""
    return _tracing.tracer.traceparent() if _tracing.tracer is not None else None


def carried() -> dict[str, str] | None:
    """What a job is to know of where it came from: request, actor, trace."""
    bound = structlog.contextvars.get_contextvars()
    found = {key: str(bound[key]) for key in CARRIED if bound.get(key)}
    parent = traceparent()
    if parent is not None:
        found[TRACEPARENT] = parent
    return found or None
