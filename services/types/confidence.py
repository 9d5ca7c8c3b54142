"""How stated probabilities hold: one statement's neighbours, and the page about all of them."""

from dataclasses import dataclass

ENOUGH = 10
"""Of fewer outcomes nothing is claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BorneOut:
    """Of `of` statements `part` came true; with the 95 % interval of the share, None where nothing
    is known."""

    part: int = 0
    of: int = 0
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        """None where there are too few to say."""
        return self.part / self.of if self.of >= ENOUGH else None
