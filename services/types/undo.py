"""What an undo came to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """`stopped`: nothing left and nothing will. False: it was on its way already and I am trying
    to stop it; the card says what came of that. `sentence` is for whoever asked."""

    stopped: bool
    sentence: str
