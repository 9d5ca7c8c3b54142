"""Buttons of texts the copilot keeps back, and of those it was stopped from sending."""

import pytest

from blocks.action_ids import ActionId
from blocks.values import StoppedWhy, Target
from services.errors import Conflict
from tests.fakes.verbs import MAYA
from tests.unit.handlers.slack_rig import Rig, click
from tests.unit.view_factory import ACTION, make_mail_card

TARGET = Target(id=ACTION).encode()


@pytest.mark.parametrize(
    ("button", "verb", "value", "said"),
    [
        (ActionId.DRAFT_IT, "draft_it", TARGET, ()),
        (ActionId.LEAVE_IT, "leave_it", TARGET, ()),
        (
            ActionId.STOPPED_WHY,
            "say_why",
            StoppedWhy(id=ACTION, what="tone").encode(),
            ("tone",),
        ),
    ],
)
async def test_each_button_is_one_verb(
    rig: Rig, button: str, verb: str, value: str, said: tuple[str, ...]
) -> None:
    assert await rig.interact(click(button, value)) == (200, "")
    ((args, kwargs),) = rig.book.named(f"own_texts.{verb}")
    assert args == (MAYA, ACTION, *said)
    assert list(kwargs) == ["command_id"]
    assert rig.chat.told == []


async def test_a_card_that_has_moved_on_says_so(rig: Rig) -> None:
    rig.book.answers["views.mail_card"] = make_mail_card()
    rig.book.errors["own_texts.draft_it"].append(Conflict("It has moved on."))
    await rig.interact(click(ActionId.DRAFT_IT, TARGET))
    assert rig.chat.told[0][1]["text"] == "It has moved on."
    assert rig.book.named("cards.refresh")
