"""What makes two lives comparable: ids in the order of time, and the audit in names."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.fakes.clock import FrozenClock
from tests.integration.services.mortality import Mortality

KEPT = ("seat", "title", "from", "to", "holder", "why", "number", "level", "choice", "reason",
        "for", "delegate", "step", "open", "conditions")  # fmt: skip


@dataclass
class Entry:
    body: dict[str, Any]
    names: dict[str, str]

    def line(self) -> tuple[Any, ...]:
        body, facts = self.body, self.body["facts"]
        return (
            facts.get("scheduled") or body["at"],
            body["verb"],
            self.named(body["subject"]),
            self.named(body["actor"]),
            *((key, self.named(facts[key])) for key in KEPT if key in facts),
        )

    def named(self, value: Any) -> Any:
        if isinstance(value, list):
            return sorted(str(self.named(one)) for one in value)
        return self.names.get(str(value), value)


@dataclass
class MortalIds:
    """Ids in the order of time, in a process that may die in the middle of a transaction."""

    clock: FrozenClock
    mortality: Mortality
    made: int = 0

    def new(self) -> UUID:
        self.mortality.point("an id")
        self.made += 1
        return UUID(int=int(self.clock.now().timestamp()) << 88 | self.made)
