"""Time that stands still until it is moved, and ids in order."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4


class FrozenClock:
    def __init__(self, at: datetime = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)) -> None:
        self.at = at
        self.step = timedelta()
        """How far it goes on each time it is asked, where a test wants moments to differ."""

    def now(self) -> datetime:
        self.at += self.step
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


class CountingIds:
    """Ids that grow, so that tests read the same every time."""

    def __init__(self, start: int = 1) -> None:
        self._next = start

    def new(self) -> UUID:
        self._next += 1
        return UUID(int=(0x0190 << 112) + self._next)


class UuidIds:
    """Ids that never collide, for tests with several writers."""

    def new(self) -> UUID:
        return uuid4()
