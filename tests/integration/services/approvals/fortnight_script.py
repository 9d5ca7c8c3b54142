"""Who is in the office of the simulated fortnight, and what they do when, made from a seed."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests import factories as make

MINUTE = timedelta(minutes=1)
START = make.NOW
END = START + timedelta(days=14)
DEALS = 40
TEAM = {
    # name: role, titles, manager, zone
    "otto": ("executive", ["cfo"], None, "Europe/Berlin"),
    "cleo": ("executive", ["cfo"], None, "America/New_York"),
    "mona": ("manager", ["sales_manager"], "otto", "America/New_York"),
    "sam": ("manager", ["sales_manager"], "otto", "Asia/Kolkata"),
    "vera": ("manager", ["vp_sales"], "cleo", "America/Los_Angeles"),
    "victor": ("manager", ["vp_sales"], "otto", "Europe/Berlin"),
    "sue": ("manager", ["support_manager"], "cora", "UTC"),
    "cora": ("manager", ["customer_success_director"], "otto", "America/New_York"),
    "rita": ("rep", [], "mona", "America/New_York"),
    "remo": ("rep", [], "sam", "Europe/Berlin"),
    "ruth": ("rep", [], "mona", "Asia/Tokyo"),
    "ada": ("admin", [], None, "UTC"),
    "adam": ("admin", [], None, "UTC"),
}
REPS = ("rita", "remo", "ruth")
APPROVERS = ("otto", "cleo", "mona", "sam", "vera", "victor", "sue", "cora")
DEEDS = {
    "submit": 36,
    "decide": 26,
    "delegate": 8,
    "withdraw": 3,
    "away": 12,
    "back": 3,
    "leave": 4,
    "rejoin": 4,
    "title": 3,
    "deal": 5,
}
FORGOTTEN = 5
"""Every so many requests nobody ever decides on one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something a person does at a minute; `seed` decides what exactly."""

    at: datetime
    kind: str
    number: int
    seed: str


def dice_of(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a script, no secret


def script(seed: int) -> list[Deed]:
    dice = dice_of(str(seed))
    kinds = [kind for kind, count in DEEDS.items() for _ in range(count)]
    dice.shuffle(kinds)
    minutes = sorted(dice.sample(range(1, 14 * 24 * 60), len(kinds)))
    return [
        Deed(at=START + minute * MINUTE, kind=kind, number=number, seed=f"{seed}:{number}")
        for number, (minute, kind) in enumerate(zip(minutes, kinds, strict=True), 1)
    ]


def next_minute(moment: datetime) -> datetime:
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + MINUTE
