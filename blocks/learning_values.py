"""The small values that travel in the buttons of pages of figures."""

from typing import Literal

from pydantic import Field

from blocks.values import Target, Value


class Page(Value):
    """A page of a list."""

    page: int = Field(default=0, ge=0, le=10_000)


class Label(Target):
    """A person's word on an outcome, and the page of the list it was said on."""

    said: Literal["yes", "no", "unsure"]
    page: int = Field(default=0, ge=0, le=10_000)
