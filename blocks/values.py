"""The small values that travel in buttons and modals: whoever clicks sends them back, so each is
read strictly and says no more than what the click is about."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from blocks.action_ids import ActionId


class Value(BaseModel):
    """What travels: nothing unknown is read, and nothing else is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def encode(self) -> str:
        return self.model_dump_json()


class Target(Value):
    """What a button is about: an opaque id and the revision that was on screen, nothing else."""

    id: UUID
    rev: int = Field(default=0, ge=0, le=1_000_000_000)


class Approval(Target):
    """What an approval is about. `seen` names the findings that stood above the text."""

    seen: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")

    @override
    def encode(self) -> str:
        return self.model_dump_json(exclude=None if self.seen else {"seen"})


class PresetChoice(Value):
    """A preset that was shown, and the version of the rules it was shown against."""

    preset: str = Field(pattern=r"^[a-z]{1,20}$")
    rev: int = Field(ge=0, le=1_000_000_000)


class Choice(Target):
    """An entry of an overflow menu: which action, on what."""

    do: ActionId


class Sight(Target):
    """An approval request as it stood before the reader: the decision is bound to it."""

    hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    rules: int = Field(ge=0, le=1_000_000_000)


class Asked(Target):
    """A question about an approval request."""

    question: UUID


class Pick(Target):
    """One account of several, for what was taken up before (`id`)."""

    account: UUID


class Wish(Value):
    """What a request form begins with: the type, and the account's name if it is known."""

    type: str = Field(pattern=r"^[a-z_]{1,40}$")
    account: str = Field(default="", max_length=200)


class Nap(Target):
    """An alert, and how long it is put off."""

    span: str = Field(pattern=r"^[a-z0-9_]{1,20}$")


class Named(Value):
    """A sort of signal, by its name."""

    name: str = Field(pattern=r"^[a-z_]{1,40}$")


OF = Literal["decision", "message", "conversation"]


class Rating(Target):
    """A feedback button: up or down, on what."""

    up: bool
    of: OF = "decision"

    @override
    def encode(self) -> str:
        return self.model_dump_json(exclude={"of"} if self.of == "decision" else None)


class Word(Target):
    """A word on one of an action's three things: 1, 0 or -1."""

    of: OF
    rating: Literal[1, 0, -1]


class Fault(Target):
    """What was wrong with something of ours."""

    of: OF = "decision"
    what: str = Field(default="", pattern=r"^[a-z]{0,20}$")


class Meant(Target):
    """An account a question may have meant: `id` is the question's."""

    account: UUID


class BriefPage(Target):
    """A page of one part of an account's brief. `turn`: in the window it was clicked in."""

    part: str = Field(pattern=r"^[a-z]{1,20}$")
    page: int = Field(default=0, ge=0, le=10_000)
    turn: bool = False


class SourceOf(Target):
    """A stored row behind a line of an account's brief, and the page the line stands on, if any."""

    account: UUID
    kind: str = Field(pattern=r"^[a-z_]{1,20}$")
    part: str = Field(default="", pattern=r"^[a-z]{0,20}$")
    page: int = Field(default=0, ge=0, le=10_000)


class StoppedWhy(Target):
    """Why something that was leaving by itself was stopped, in a word of ours."""

    what: str = Field(pattern=r"^[a-z]{1,20}$")
