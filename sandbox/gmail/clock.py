"""The sandbox's own clock: wall time, shiftable by tests."""

import time
from datetime import UTC, datetime


class Clock:
    """Wall time plus a shift, so a test can age tokens and watches without waiting."""

    def __init__(self) -> None:
        self.shift_ms = 0

    def ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.shift_ms

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.ms() / 1000, UTC)
