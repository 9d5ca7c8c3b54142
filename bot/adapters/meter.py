"""Around every call to a vendor: how often, how it ended, how long it took, and a span."""

import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from db.tracing import span
from services.errors import ServiceError, TransientError
from services.metrics import VENDOR_CALLS, VENDOR_SECONDS, VENDOR_WAIT


def outcome_of(error: BaseException | None) -> str:
    """ok, rate_limited (it named a time to wait), lost (it may have been carried out), transient,
    refused (a definite no), or failed (a cancelled call, or a fault of ours)."""
    if error is None:
        return "ok"
    if isinstance(error, TransientError):
        if error.retry_after is not None:
            return "rate_limited"
        return "lost" if error.ambiguous else "transient"
    return "refused" if isinstance(error, ServiceError) else "failed"


class VendorCall:
    """`with VendorCall("slack", "chat.update"):`. The method's name is one of ours, never read from
    an answer."""

    __slots__ = ("_began", "_method", "_span", "_vendor")

    def __init__(self, vendor: str, method: str) -> None:
        self._vendor, self._method = vendor, method
        self._span: AbstractContextManager[None] = span(f"{vendor} {method}", kind="client")

    def __enter__(self) -> Self:
        self._span.__enter__()
        self._began = time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        took = time.perf_counter() - self._began
        VENDOR_CALLS.labels(self._vendor, self._method, outcome_of(error)).inc()
        VENDOR_SECONDS.labels(self._vendor, self._method).observe(took)
        if isinstance(error, TransientError) and error.retry_after is not None:
            VENDOR_WAIT.labels(self._vendor).inc(max(error.retry_after.total_seconds(), 0))
        self._span.__exit__(kind, error, trace)
