"""The sandbox's own time: real, with an offset that tests may move forward."""

import time
from datetime import UTC, datetime

from aiohttp import web


class Clock:
    """Wall time plus an offset. Signatures use `real`, everything a workspace shows uses `now`."""

    def __init__(self) -> None:
        self._offset = 0.0

    def real(self) -> float:
        """Seconds since the epoch as the machine has them: what a signature must carry."""
        return time.time()  # noqa: TID251 - this module is the sandbox's clock

    def now(self) -> float:
        """Seconds since the epoch in the workspace."""
        return self.real() + self._offset

    def moment(self) -> datetime:
        """The same as an aware datetime."""
        return datetime.fromtimestamp(self.now(), UTC)

    def advance(self, seconds: float) -> None:
        """Let time pass, so that half an hour can be tested in a millisecond."""
        self._offset += seconds

    def reset(self) -> None:
        """Back to the machine's time."""
        self._offset = 0.0


CLOCK = web.AppKey("clock", Clock)
