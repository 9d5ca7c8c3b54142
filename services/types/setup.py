"""The first-run checklist: what is there, what is missing, and the one next step of each."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    GMAIL = "gmail"
    MEMBERS = "members"
    CUSTOMERS = "customers"
    PRESET = "preset"
    SHADOW = "shadow"
    ENABLE = "enable"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupStep:
    """One line: a sentence of how it stands. `optional`: its absence doesn't keep the list open."""

    step: Step
    done: bool
    sentence: str
    button: str | None = None
    """The button's words, where there is something to click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupView:
    """For admins, on their Home tab."""

    steps: tuple[SetupStep, ...]

    @property
    def missing(self) -> int:
        return sum(not step.done for step in self.steps)

    @property
    def complete(self) -> bool:
        return self.missing == 0
