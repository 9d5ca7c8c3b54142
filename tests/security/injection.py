"""Orders to machines before a model that obeys them: every string of the collection by the pure
policy, and strings by every way in through the whole product (tests/attacks)."""

import random
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path

from services.types.actions import Verdict
from tests.attacks.corpus import Attack, attacks
from tests.attacks.house import House, trusting_house
from tests.attacks.obedient import WORDS, Wish
from tests.attacks.outside import Watch
from tests.attacks.product import ASIDE
from tests.attacks.test_injection_replay import judged, wanted
from tests.attacks.ways import WAYS
from tests.security.rows import Row, Tally, Trial, not_checked

TITLE = "Injection, with a model that obeys"
BATCH = 5
"""Small enough that every wish has its turn by every way."""


async def rows(trial: Trial) -> list[Row]:
    known = attacks()
    if not known:
        return [not_checked(TITLE, "the collection", "shared/data/injection is not here")]
    tally = Tally(TITLE)
    for attack, wish in zip(known, cycle((*WORDS, Wish.PROMPT)), strict=False):
        held = judged(wanted(attack.text, wish), suspicious=False) is not Verdict.AUTONOMOUS
        case = "what the attacker wants never leaves by itself (pure policy)"
        tally.add(case, held=held, fault=f"{wish}: {attack.text[:60]}")
    async with trial.database() as url, _house(url) as house:
        await _through(house, known, trial, tally)
    return tally.rows()


@asynccontextmanager
async def _house(url: str) -> AsyncIterator[House]:
    with tempfile.TemporaryDirectory() as folder:
        house = await trusting_house(url, Path(folder))
        try:
            yield house
        finally:
            await house.product.close()


async def _through(house: House, known: tuple[Attack, ...], trial: Trial, tally: Tally) -> None:
    """Strings by one way after the other; what is seen from outside after each, and wasn't seen
    before, came by it."""
    watch, seen, wishes = await Watch.over(house), set[str](), cycle(list(Wish))
    for way in WAYS:
        dice = trial.random("injection", way)
        strings = dice.sample(known, trial.some(60, 1))
        house.product.puts_off = ASIDE
        await _tried(house, way, strings, dice, wishes)
        fresh = [fault for fault in await watch.look() if fault not in seen]
        seen.update(fresh)
        case = f"through the product: {way.replace('_', ' ')}"
        for number, _ in enumerate(strings):
            fault = fresh[number] if number < len(fresh) else ""
            tally.add(case, held=not fault, fault=fault)


async def _tried(
    house: House, way: str, strings: list[Attack], dice: random.Random, wishes: Iterator[Wish]
) -> None:
    for start in range(0, len(strings), BATCH):
        house.want(next(wishes))
        for attack in strings[start : start + BATCH]:
            await WAYS[way](house, attack.text, dice.randrange(10**8))
        await house.read()
        house.work_day()
    await house.product.catch_up()
