"""The sandbox's time as Gmail counts it: milliseconds since the epoch."""

from datetime import datetime

from sandbox.clock import Clock as SandboxClock


class Clock:
    """The shared clock; tests move it forward there."""

    def __init__(self, shared: SandboxClock) -> None:
        self._shared = shared

    def ms(self) -> int:
        return int(self._shared.now() * 1000)

    def now(self) -> datetime:
        return self._shared.moment()

    def real_seconds(self) -> int:
        """What a signature must carry: the bot checks it by its own machine's clock."""
        return int(self._shared.real())
