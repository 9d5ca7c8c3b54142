"""What happens at one account in a quarter, by a story that can be told again: pure, from a seed.

Days count from the quarter's first morning; those below nought lie before it, so that detectors
know how it usually is. A story's trouble begins on `trouble`, and what it should lead to stands in
STORIES.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.types.signals import SignalName

BEFORE = -49.0
REP = -1
CHATTER = (
    "The figures of week {n} are in the folder now, have a look.",
    "Loaded another {n} records this morning, all fine.",
    "Colleagues from hall {n} joined the training, went well.",
    "Small thing: line {n} of the import shows the unit twice.",
    "Thanks, number {n} on our list is done.",
    "Der Stand von heute: {n} Datensätze, alles sauber.",
    "I put {n} photos of the setup into the folder.",
    "Test {n} ran through over night.",
    "Please note that room {n} is booked for the session.",
    "We went through chapter {n} of the handbook together.",
)
OURS = (
    "Thank you, noted as point {n}.",
    "Good to hear. I updated page {n} of the plan.",
    "Done, see version {n}.",
)
NUDGES = (
    "How does it look on your side, did point {n} go through?",
    "Could you give me a sign where we are with item {n}?",
    "Shall I keep slot {n} for you?",
)
PRICE = (
    "What would it cost for {n} users?",
    "Could you send us a quote for {n} users, with a volume discount?",
)
READY = (
    "The board said yes, we want to go ahead with you.",
    "Please send the contract over, I can sign it tomorrow.",
    "We're ready to sign, let's get this done this week.",
)
UNHAPPY = (
    "This is unacceptable, the export has failed for the third time.",
    "I'm very disappointed with your support, nobody has replied to ticket {n}.",
)
LEAVING = (
    "We have decided to cancel our contract at the end of the term.",
    "Please confirm the cancellation of our contract in writing.",
    "We are terminating our subscription, send us our {n} files.",
)
NOISE = (
    "HubSpot and Salesforce both booked rooms with us in week {n}, busy times.",
    "Flour prices went up by {n} per cent, so we changed our own price list.",
    "Question {n}: if a guest cancels a booking, does the tool send a mail?",
    "Our own customers signed {n} contracts last month, we are proud.",
)
STAGES = ("discovery", "qualification", "evaluation", "negotiation", "closed_won")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """`sort` is mail, stage, close_date or meeting; `who` the place of the customer's person who
    writes, or REP; `to` and `copied` are such places."""

    day: float
    sort: str = "mail"
    who: int = 0
    to: int = 0
    copied: tuple[int, ...] = ()
    text: str = ""
    kind: str = "human"
    value: Any = None


@dataclass(slots=True)
class Teller:
    """Writes one account's story."""

    dice: random.Random
    days: float
    trouble: float
    told: list[Happening] = field(default_factory=list)

    def words(self, pool: tuple[str, ...]) -> str:
        return self.dice.choice(pool).format(n=self.dice.randint(2, 40))

    def add(self, day: float, **fields: Any) -> None:
        if BEFORE <= day < self.days:
            self.told.append(Happening(day=day, **fields))

    def talk(
        self, begin: float, end: float, *, people: tuple[int, ...] = (0, 1), gap: float = 2.6
    ) -> None:
        """Somebody of theirs writes every few days, and is answered within hours."""
        day = begin + self.dice.uniform(0.2, gap)
        turn = 0
        while day < end:
            who = people[turn % len(people)]
            others = tuple(one for one in people if one != who)
            hour = _working(day)
            self.add(hour, who=who, copied=others, text=self.words(CHATTER))
            self.add(
                hour + self.dice.uniform(0.05, 0.2),
                who=REP, to=who, copied=others, text=self.words(OURS),
            )  # fmt: skip
            day, turn = day + gap * self.dice.uniform(0.75, 1.25), turn + 1

    def stages(self, until: float, *, open_: bool = False) -> None:
        """The deal goes on every three weeks or so. `open_`: so late that it isn't won by then."""
        day = BEFORE + self.dice.uniform(5, 12)
        if open_:
            day = max(day, until - self.dice.uniform(45, 60))
        for stage in STAGES[1:-1] if open_ else STAGES[1:]:
            if day < until:
                self.add(day, sort="stage", value=stage)
            day += self.dice.uniform(17, 24)

    def say(self, day: float, pool: tuple[str, ...], *, who: int = 0, every: float = 1.0) -> None:
        """Each sentence of a pool in a mail of its own."""
        for place, words in enumerate(pool):
            text = words.format(n=self.dice.randint(20, 60))
            self.add(_working(day + place * every), who=who, text=text)


def _working(day: float) -> float:
    """The same hour of the next working day; the quarter begins on a Monday."""
    while int(day // 1) % 7 > 4:
        day += 1
    return day


# ── Stories ─────────────────────────────────────────────────────────────────────────────────────
def _healthy(tell: Teller) -> None:
    tell.talk(BEFORE, tell.days, gap=tell.dice.uniform(1.8, 3.4))
    tell.stages(tell.days)


def _quiet(tell: Teller) -> None:
    """Nobody writes for weeks, whatever we ask; then they come back."""
    away = min(35.0, 0.7 * (tell.days - tell.trouble))
    tell.talk(BEFORE, tell.trouble, gap=1.8)
    tell.stages(tell.trouble, open_=True)
    for wait in (1, 4, 8, 15, 24):
        if wait < away:
            tell.add(_working(tell.trouble + wait), who=REP, text=tell.words(NUDGES))
    tell.talk(tell.trouble + away, tell.days)


def _champion(tell: Teller) -> None:
    """The one who wanted it falls silent, the others go on."""
    tell.talk(BEFORE, tell.trouble, people=(0, 1, 0))
    for wait in (4, 11, 18):
        tell.add(_working(tell.trouble + wait), who=REP, to=0, text=tell.words(NUDGES))
    tell.talk(tell.trouble, tell.days, people=(1, 2))
    tell.stages(tell.trouble, open_=True)


def _buying(tell: Teller) -> None:
    tell.talk(BEFORE, tell.days)
    tell.say(tell.trouble - 5, PRICE, every=2.0)
    tell.say(tell.trouble, READY)
    tell.stages(tell.trouble, open_=True)
    tell.add(tell.trouble + 12, sort="stage", value="closed_won")


def _cancelling(tell: Teller) -> None:
    tell.add(BEFORE + 1, sort="stage", value="closed_won")
    tell.talk(BEFORE, tell.trouble)
    tell.say(tell.trouble - 6, UNHAPPY, every=2.0)
    tell.say(tell.trouble, LEAVING)


def _seasonal(tell: Teller) -> None:
    """They say until when they are away, and come back then."""
    tell.talk(BEFORE, tell.trouble)
    tell.stages(tell.trouble, open_=True)
    tell.add(_working(tell.trouble), text="SEASON")
    tell.talk(tell.trouble + 30, tell.days)


def _noisy(tell: Teller) -> None:
    """Automatic replies, lists, and words that mean something else here."""
    tell.talk(BEFORE, tell.days, gap=2.2)
    tell.stages(tell.days)
    day = BEFORE
    while day < tell.days:
        tell.add(_working(day), who=1, text=tell.words(NOISE))
        tell.add(day + 0.3, who=1, kind="auto_reply", text="I am out of the office. To cancel a "
                 "booking or if you are unhappy with our service use the form.")  # fmt: skip
        tell.add(day + 0.6, who=1, kind="list", text="Prices fall, contracts are cancelled: the "
                 "week in our industry.")  # fmt: skip
        day += tell.dice.uniform(5, 9)


def _slipping(tell: Teller) -> None:
    """The close date is put off twice, and the meeting about it called off twice."""
    tell.talk(BEFORE, tell.days)
    tell.stages(tell.trouble - 8, open_=True)
    tell.add(tell.trouble - 6, sort="close_date", value=35)
    tell.add(tell.trouble - 5, sort="meeting", value="cancelled")
    tell.add(tell.trouble, sort="close_date", value=70)
    tell.add(tell.trouble + 0.2, sort="meeting", value="cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`leads_to` is what has to be raised once trouble came, `allowed` what may be as well."""

    write: Callable[[Teller], None]
    leads_to: frozenset[SignalName] = frozenset()
    allowed: frozenset[SignalName] = frozenset()
    weight: int = 1
    """How many accounts in twenty live it."""

    @property
    def calm(self) -> bool:
        return not self.leads_to


_FADING = frozenset(
    {
        SignalName.CHAMPION_QUIET,
        SignalName.REPLY_DRIFT,
        SignalName.PARTICIPATION_SHRINKING,
        SignalName.PARTICIPATION_GROWING,
        SignalName.STAGE_STUCK,
        SignalName.SILENCE,
        SignalName.CLOSE_DATE_SLIPPING,
    }
)
STORIES: Mapping[str, Story] = {
    "healthy": Story(write=_healthy, weight=6),
    "quiet": Story(
        write=_quiet, leads_to=frozenset({SignalName.SILENCE}), allowed=_FADING, weight=3
    ),
    "buying": Story(
        write=_buying,
        leads_to=frozenset({SignalName.READY_TO_BUY}),
        allowed=frozenset({SignalName.PRICING_ASKED, SignalName.STAGE_STUCK}),
        weight=2,
    ),
    "cancelling": Story(
        write=_cancelling,
        leads_to=frozenset({SignalName.CANCELLATION}),
        allowed=_FADING | {SignalName.DISSATISFACTION, SignalName.SENTIMENT_TURN},
        weight=2,
    ),
    "champion": Story(
        write=_champion, leads_to=frozenset({SignalName.CHAMPION_QUIET}), allowed=_FADING, weight=2
    ),
    "seasonal": Story(write=_seasonal, allowed=frozenset({SignalName.STAGE_STUCK}), weight=2),
    "noisy": Story(write=_noisy, weight=2),
    "slipping": Story(
        write=_slipping,
        leads_to=frozenset({SignalName.CLOSE_DATE_SLIPPING}),
        allowed=_FADING | {SignalName.MEETING_CANCELLED},
        weight=1,
    ),
}


def cast(accounts: int) -> Iterator[str]:
    """Which story each account lives, in turn, so that each is lived however few there are."""
    order = [
        name
        for turn in range(max(story.weight for story in STORIES.values()))
        for name, story in STORIES.items()
        if story.weight > turn
    ]
    return (order[place % len(order)] for place in range(accounts))


def tell(name: str, dice: random.Random, *, days: float, trouble: float) -> list[Happening]:
    """Everything that happens, in order."""
    teller = Teller(dice=dice, days=days, trouble=trouble)
    STORIES[name].write(teller)
    return sorted(teller.told, key=lambda one: one.day)
