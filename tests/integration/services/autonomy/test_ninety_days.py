"""Ninety days in simulated time: what is trusted grows by what people make of it, is lost when it
gets worse, and every step is told in Slack: by whom, and why."""

import re
import time
from pathlib import Path

import pytest

from services.autonomy.earning.counting import Caps
from services.autonomy.earning.rule import STEPS, Step, Steps
from services.types.actions import AutonomyLevel
from tests.integration.services.autonomy.ninety_days import NinetyDays
from tests.integration.services.autonomy.ninety_script import Deed, script

SEED = 99
SHADOW, SUGGEST = AutonomyLevel.SHADOW, AutonomyLevel.SUGGEST
APPROVE, UNDO = AutonomyLevel.APPROVE, AutonomyLevel.UNDO_WINDOW
LAX: Steps = {
    **STEPS,
    APPROVE: Step(
        after=UNDO, decision="asked", would=frozenset({"send"}), p0=0.2, least=4, days=0,
        people=2, accounts=3, recent=1, caps=Caps(rep=1, account=1, contact=1, week=1),
        calm=30, undone_too=True,
    ),
}  # fmt: skip
"""A step that four good answers are enough for."""

BY_MONA = r"By Mona Manager at .*"
STORY = (
    ("Mona Manager", r"may I suggest answers to questions\?", r"20 looked at", r"\[Allow\]"),
    ("Mona Manager", r"may I suggest", r"\*Allowed\* by Mona Manager"),
    ("Ruth Rep", r"are at “suggest” now", r"\d+ of \d+ ", BY_MONA + "shadow → suggest"),
    ("Mona Manager", r"may I write them at once, for you to decide", r"taken up", r"\[Allow\]"),
    ("Mona Manager", r"may I write them at once", r"\*Allowed\* by Mona Manager"),
    ("Ruth Rep", r"are at “approve” now", r"\d+ of \d+ ", BY_MONA + "suggest → approve"),
    ("Mona Manager", r"leave by themselves, with 5 minutes to undo\?", r"decided, \d+ % unchanged",
     r"calibrated success 0\.\d\d ± 0\.\d\d \(answered within 7 days; of the same mails",
     r"I say 0\.40\), no undo in 30 days", r"\[Allow\]"),
    ("Mona Manager", r"leave by themselves", r"\*Allowed\* by Mona Manager"),
    ("Ruth Rep", r"by myself, with 5 minutes to undo", r"\d+ of \d+ ",
     BY_MONA + "approve → undo window"),
    ("Ruth Rep", r"I no longer .* by myself", r"\d of the last \d+ were stopped \(.*R\w+ Rep",
     r"They wait for your decision again", r"By itself at .*undo window → approve"),
)  # fmt: skip
"""Who reads a card, and what has to stand on it, in this order."""


async def test_a_level_is_won_used_and_lost_in_a_few_days(runtime_url: str, tmp_path: Path) -> None:
    """The ninety days in small: four answers that people send unchanged, one that leaves by itself,
    weak ones that are stopped, and after them one that waits for its rep again."""
    days = await NinetyDays.open(runtime_url, tmp_path, first=APPROVE, steps=LAX)
    try:
        await days.live(Deed(day=0, hour=8 + n, account=n) for n in range(4))
        assert await days.level() is UNDO
        await days.live(
            Deed(day=1, hour=8 + n, account=4 + n, weak=n > 0, chance=n / 3.5) for n in range(4)
        )
        assert await days.level() is APPROVE
        await days.live([Deed(day=2, hour=8, account=9)])
        await require_the_law(days)
        assert (days.did["let"], days.did["approve"], days.sent) == (1, 5, 6)
        told = "\n".join(one.words for one in days.told)
        assert re.search(
            r"allow them to leave by themselves.*\[Allow\].*\*Allowed\* by Mona", told, re.DOTALL
        )
        assert re.search(r"of the last \d were stopped \(.*Rep.*\)\.", told)
    finally:
        await days.product.close()


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_ninety_days_from_shadow_to_the_undo_window_and_back(
    runtime_url: str, tmp_path: Path
) -> None:
    """Answers begin at shadow by their earned row, as in a workspace that wants to see first what
    the copilot would say. By the product's own rule; nothing is made easier."""
    began = time.monotonic()
    days = await NinetyDays.open(runtime_url, tmp_path)
    try:
        await days.live(script(SEED))
        seconds = time.monotonic() - began
        print(f"{days.shown}\n{dict(days.did)}; sent {days.sent}; {seconds:.0f} s")  # noqa: T201
        moves = [(one.kind, one.before, one.after) for one in await days.moves()]
        assert moves == [
            ("promoted", SHADOW, SUGGEST),
            ("promoted", SUGGEST, APPROVE),
            ("promoted", APPROVE, UNDO),
            ("demoted", UNDO, APPROVE),
        ]
        await require_the_law(days)
        require_the_story(days)
    finally:
        await days.product.close()


async def require_the_law(days: NinetyDays) -> None:
    """What left by itself is exactly what nobody stopped, between the step up and the fall; all
    else that left, a person decided on."""
    assert days.refused == days.product.refused == []
    moves = {one.kind: one for one in await days.moves()}
    left = await days.left_by_rule()
    assert [row.subject for row in left] == days.let
    assert days.let
    given, taken = moves["promoted"].created_at, moves["demoted"].created_at
    assert all(given < row.claimed_at < taken for row in left)
    by_people = sum(days.did[does] for does in ("write", "draft it", "approve", "edit"))
    assert days.sent == by_people + len(left)
    assert {row.gmail for row in left} < {
        one.message_id for _, mail in days.boxes for one in mail.sent
    }


def require_the_story(days: NinetyDays) -> None:
    """Every step in its order: asked with its figures, allowed by whom, told to those it concerns,
    and taken back with the reason and the names."""
    found = iter(days.told)
    for reader, *parts in STORY:
        wanted = re.compile(".*".join(parts), re.DOTALL)
        assert any(wanted.search(one.words) and reader in one.to for one in found), parts
    first, last = days.shown
    assert "Undo" in first
    assert "Undo" not in last
