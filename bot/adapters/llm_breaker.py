"""A circuit breaker: when the model keeps failing, stop asking for a while."""

from collections.abc import Callable
from datetime import timedelta

from services.errors import TransientError
from services.metrics import BREAKER_OPEN, MODEL_REFUSED


class Breaker:
    """Opens after `threshold` failures in a row, then lets one probe through per `rest_seconds`."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        *,
        threshold: int = 5,
        rest_seconds: float = 30,
        name: str = "language",
    ) -> None:
        self._monotonic = monotonic
        self._threshold = threshold
        self._rest = rest_seconds
        self._open = BREAKER_OPEN.labels(name)
        self._failures = 0
        self._closed_until = 0.0

    def check(self) -> None:
        """Raise TransientError while open; the call that passes is the probe."""
        if self._failures < self._threshold:
            return
        left = self._closed_until - self._monotonic()
        if left > 0:
            MODEL_REFUSED.labels("breaker").inc()
            raise TransientError(
                "The model keeps failing, so I wait a moment before I ask it again.",
                retry_after=timedelta(seconds=left),
            )
        # Others wait for the probe's answer instead of joining it.
        self._closed_until = self._monotonic() + self._rest

    def succeeded(self) -> None:
        self._failures = 0
        self._open.set(0)

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= self._threshold:
            self._open.set(1)
            self._closed_until = self._monotonic() + self._rest
