"""What becomes of each table when somebody is erased, exported, or time passes."""

from dataclasses import dataclass
from enum import StrEnum


class Erase(StrEnum):
    """What a table does when somebody is erased. Under all but `NOTHING` the person's address and
    full name are also replaced wherever else they stand in it."""

    MAIL = "emptied with the person's mail"
    OWN = "rows that are the person's own go"
    BLANK = "emptied where it is about the person or their mail"
    SCRUB = "the person's address and full name are replaced wherever they stand"
    KEYS = "what tells of the person can't be opened any more"
    NOTHING = "holds no word about anybody"


@dataclass(frozen=True, slots=True)
class Treatment:
    """`kept`: a sort of services/retention/sorts.py, or the reason why time alone takes nothing.
    `left_out`: why a workspace's export has none of its rows; `secrets`: columns it never has."""

    erase: Erase
    kept: str
    left_out: str = ""
    secrets: tuple[str, ...] = ()
