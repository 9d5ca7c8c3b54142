"""`/understudy goals`: the list, a goal's page, its forms and its buttons."""

import json
from uuid import UUID

from blocks.action_ids import ActionId, CallbackId, FieldId
from blocks.values import Target
from services.errors import InvalidInput
from services.types.goals import GoalForm
from tests.unit.goal_view_factory import make_goal, make_goal_form, make_goal_line, make_goals
from tests.unit.handlers.slack_rig import Rig, click, submission

GOAL = Target(id=UUID(int=7), rev=3)


async def test_the_list_opens(rig: Rig) -> None:
    rig.book.answers["goals.reads.mine"] = make_goals(make_goal_line())
    status, _ = await rig.command("goals")
    assert status == 200
    assert "behind by $46,000" in json.dumps(rig.chat.modals, default=str)


async def test_a_new_goal_is_made_from_what_was_filled_in(rig: Rig) -> None:
    rig.book.answers |= {
        "goals.reads.form": make_goal_form(),
        "goals.reads.page": make_goal(),
        "goals.reads.whom": (("Me", "me"), ("Tom", "member:1")),
        "goals.deeds.make": UUID(int=7),
    }
    await rig.interact(click(ActionId.GOAL_NEW, "new"))
    filled = {
        FieldId.GOAL_KIND: "revenue",
        FieldId.GOAL_FOR: "tenant",
        FieldId.PERIOD: "custom",
        FieldId.FIRST: "2027-01-01",
        FieldId.LAST: "2027-02-01",
        FieldId.TARGET: "520k",
        FieldId.CURRENCY: "USD",
    }
    status, body = await rig.interact(submission(CallbackId.GOAL_NEW, "", filled))
    assert (status, body["response_action"]) == (200, "update")
    (((_, made), more),) = rig.book.named("goals.deeds.make")
    assert made == GoalForm(
        kind="revenue", whom="tenant", period="custom", first="2027-01-01", last="2027-02-01",
        target="520k", currency="USD",
    )  # fmt: skip
    assert more["command_id"]
    rig.book.errors["goals.deeds.make"] = [InvalidInput("A target is more than 0.", field="target")]
    _, body = await rig.interact(submission(CallbackId.GOAL_NEW, "", filled))
    assert body["errors"] == {"target": "A target is more than 0."}


async def test_buttons_carry_the_version_they_were_seen_with(rig: Rig) -> None:
    rig.book.answers["goals.reads.page"] = make_goal()
    await rig.interact(click(f"{ActionId.GOAL_OPEN}#0", GOAL.encode()))
    await rig.interact(click(ActionId.GOAL_ACCEPT, GOAL.encode()))
    await rig.interact(click(ActionId.GOAL_DROP, GOAL.encode()))
    await rig.interact(click(ActionId.GOAL_TARGET, GOAL.encode()))
    fields = {FieldId.TARGET: "9", FieldId.REASON: "Plan"}
    await rig.interact(submission(CallbackId.GOAL_TARGET, GOAL.encode(), fields))
    for verb in ("accept", "drop", "set_target"):
        (((_, goal_id), more),) = rig.book.named(f"goals.deeds.{verb}")
        assert (goal_id, more["version"]) == (GOAL.id, 3)
    assert rig.book.named("goals.deeds.set_target")[0][1]["target"] == "9"
