"""The small value that travels in buttons of the calibration page."""

from pydantic import Field

from blocks.values import Value
from services.types.calibration import Key


class Held(Value):
    """What is learned separately: the kind of action, of outcome, and what texts are made with."""

    type: str = Field(pattern=r"^[a-z_]{1,40}$")
    kind: str = Field(pattern=r"^[a-z_]{1,40}$")
    lineage: str = Field(pattern=r"^[0-9a-z]{0,40}$")

    @classmethod
    def of(cls, key: Key) -> "Held":
        return cls(type=key.action_type, kind=key.kind, lineage=key.lineage)

    @property
    def key(self) -> Key:
        return Key(action_type=self.type, kind=self.kind, lineage=self.lineage)
