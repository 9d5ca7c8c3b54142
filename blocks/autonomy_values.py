"""The small values that travel in buttons and windows of the copilot's autonomy."""

from typing import Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import override

from blocks.values import Named, Value


class MovesFrom(Named):
    """A kind of action, and the move its older ones come after."""

    before: UUID | None = None


class Order(Value):
    """What somebody typed for the copilot's autonomy, read and not yet done. `type` is '' for
    everything, `level` '' for no limit."""

    do: Literal["stop", "release", "limit"]
    type: str = Field(default="", pattern=r"^[a-z_]{0,40}$")
    level: str = Field(default="", pattern=r"^[a-z_]{0,20}$")


class OwnLimit(Value):
    """A member's own limit: on one account or all of theirs, for one kind of action or all ('')."""

    account: UUID | None = None
    type: str = Field(default="", pattern=r"^[a-z_]{0,40}$")


class Listed(Value):
    """What a list of actions is narrowed to."""

    type: str = Field(default="", pattern=r"^[a-z_]{0,40}$")
    which: str = Field(default="", pattern=r"^[a-z_]{0,20}$")
    account: UUID | None = None
    person: UUID | None = None
    days: int = Field(default=30, ge=1, le=365)
    left_out: bool = False

    @override
    def encode(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


class Turned(Value):
    """Where a page of a list goes on: older than one of its rows, or newer."""

    before: UUID | None = None
    after: UUID | None = None

    @override
    def encode(self) -> str:
        return self.model_dump_json(exclude_none=True)
