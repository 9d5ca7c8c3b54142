"""The small values that travel in buttons and windows of the copilot's autonomy."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from blocks.action_ids import Named


class MovesFrom(Named):
    """A kind of action, and the move its older ones come after."""

    before: UUID | None = None


class Order(BaseModel):
    """What somebody typed for the copilot's autonomy, read and not yet done. `type` is '' for
    everything, `level` '' for no limit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["stop", "release", "limit"]
    type: str = Field(default="", pattern=r"^[a-z_]{0,40}$")
    level: str = Field(default="", pattern=r"^[a-z_]{0,20}$")

    def encode(self) -> str:
        return self.model_dump_json()


class OwnLimit(BaseModel):
    """A member's own limit: on one account or all of theirs, for one kind of action or all ('')."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: UUID | None = None
    type: str = Field(default="", pattern=r"^[a-z_]{0,40}$")

    def encode(self) -> str:
        return self.model_dump_json()


class Listed(BaseModel):
    """What a list of actions is narrowed to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field(default="", pattern=r"^[a-z_]{0,40}$")
    which: str = Field(default="", pattern=r"^[a-z_]{0,20}$")
    account: UUID | None = None
    person: UUID | None = None
    days: int = Field(default=30, ge=1, le=365)
    left_out: bool = False

    def encode(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


class Turned(BaseModel):
    """Where a page of a list goes on: older than one of its rows, or newer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    before: UUID | None = None
    after: UUID | None = None

    def encode(self) -> str:
        return self.model_dump_json(exclude_none=True)
