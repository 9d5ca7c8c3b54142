"""Rules and questions about edits: from Slack's click to the verb and back."""

import pytest

from blocks.action_ids import ActionId
from blocks.values import Target
from services.errors import Conflict, Forbidden
from tests.fakes.verbs import MAYA
from tests.unit.blocks.test_habits import ASKED, HELD, ID, examples, page
from tests.unit.handlers.slack_rig import Rig, click

TARGET = Target(id=ID).encode()


@pytest.fixture(autouse=True)
def answers(rig: Rig) -> None:
    rig.book.answers |= {
        "habits.deeds.accept": "From now on.",
        "habits.deeds.decline": "I keep writing it.",
        "habits.deeds.remove": "Removed.",
        "habits.reads.page": page(HELD, ASKED),
        "habits.reads.examples": examples(),
    }


@pytest.mark.parametrize(
    ("action", "verb", "said"),
    [
        (ActionId.HABIT_YES, "accept", "From now on."),
        (ActionId.HABIT_NO, "decline", "I keep writing it."),
        (ActionId.HABIT_REMOVE, "remove", "Removed."),
    ],
)
async def test_an_answer_on_the_card_is_one_verb(
    rig: Rig, action: ActionId, verb: str, said: str
) -> None:
    await rig.interact(click(f"{action}#0", TARGET))
    ((args, _),) = rig.book.named(f"habits.deeds.{verb}")
    assert args == (MAYA, ID)
    assert said in str(rig.chat.told)
    rig.book.errors[f"habits.deeds.{verb}"] = [Forbidden("Only they can answer it.")]
    await rig.interact(click(f"{action}#0", TARGET))
    assert "Only they can answer it." in str(rig.chat.told)


async def test_the_list_and_the_mails_behind_a_question_open(rig: Rig) -> None:
    await rig.interact(click(ActionId.RULES_OPEN, "rules"))
    await rig.interact(click(ActionId.HABIT_SHOW, TARGET))
    titles = [view["title"]["text"] for _, view, _ in rig.chat.modals]
    assert titles == ["Your rules", "Where you did it"]


async def test_too_late_is_told(rig: Rig) -> None:
    rig.book.errors["habits.deeds.decline"] = [Conflict("You have answered this already.")]
    await rig.interact(click(ActionId.HABIT_NO, TARGET))
    assert "You have answered this already." in str(rig.chat.told)
