"""Orders to machines before a model that obeys them: every string of the collection by the pure
policy, and strings by every way in through the whole product (tests/attacks)."""

import random
import tempfile
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
BATCH = 10


async def rows(trial: Trial) -> list[Row]:
    known = attacks()
    if not known:
        return [not_checked(TITLE, "the collection", "shared/data/injection is not here")]
    tally = Tally(TITLE)
    for attack, wish in zip(known, cycle((*WORDS, Wish.PROMPT)), strict=False):
        held = judged(wanted(attack.text, wish), suspicious=False) is not Verdict.AUTONOMOUS
        case = "what the attacker wants never leaves by itself (pure policy)"
        tally.add(case, held=held, fault=f"{wish}: {attack.text[:60]}")
    for way in WAYS:
        async with trial.database() as url:
            await _by(way, known, url, trial, tally)
    return tally.rows()


async def _by(way: str, known: tuple[Attack, ...], url: str, trial: Trial, tally: Tally) -> None:
    """Strings by one way, in a workspace of its own, judged by all that is seen from outside."""
    dice = trial.random("injection", way)
    strings = dice.sample(known, trial.some(60, 2))
    with tempfile.TemporaryDirectory() as folder:
        house = await trusting_house(url, Path(folder))
        try:
            faults = await _tried(house, way, strings, dice)
        finally:
            await house.product.close()
    case = f"through the product: {way.replace('_', ' ')}"
    for number, _ in enumerate(strings):
        fault = faults[number] if number < len(faults) else ""
        tally.add(case, held=not fault, fault=fault)


async def _tried(house: House, way: str, strings: list[Attack], dice: random.Random) -> list[str]:
    watch, wishes = await Watch.over(house), cycle(list(Wish))
    house.product.puts_off = ASIDE
    for start in range(0, len(strings), BATCH):
        house.want(next(wishes))
        for attack in strings[start : start + BATCH]:
            await WAYS[way](house, attack.text, dice.randrange(10**8))
        await house.read()
        house.work_day()
    await house.product.catch_up()
    return await watch.look()
