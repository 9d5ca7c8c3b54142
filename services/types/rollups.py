"""What a roll-up shows."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.types.views import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledUpItem:
    """One mail that waits in a roll-up: who wrote, and what they want."""

    action_id: UUID
    title: str
    why: str
    since: datetime
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupView:
    """The card of one reader (kind `rollup`, subject: the member). `total` counts what the items
    leave out, too."""

    reader: Reader
    items: tuple[RolledUpItem, ...]
    total: int
