"""The calibration page at the edge: what the command and each button ask of the business."""

import json
from collections.abc import Callable
from uuid import UUID

import pytest

from blocks.action_ids import ActionId
from blocks.calibration_values import Held
from blocks.values import Target
from handlers.calibration import calibration_renderers
from services.cards import CardWork
from services.errors import Conflict, Forbidden
from services.types.calibration import Key
from services.types.calibration_views import CARD, AdjustmentsView
from tests.fakes.verbs import MAYA
from tests.unit.blocks.test_calibration import FULL, SURE, make_page, make_summary
from tests.unit.handlers.slack_rig import Rig, click
from tests.unit.handlers.test_home import at_home
from tests.unit.view_factory import make_reader

MOVE = UUID(int=3)
ADJUSTMENTS = AdjustmentsView(reader=make_reader(), summary=FULL)


@pytest.fixture(autouse=True)
def answers(rig: Rig) -> None:
    rig.book.answers |= {
        "calibration.pages.page": make_page(make_summary(SURE), leads=True, admin=True),
        "calibration.pages.adjustments": ADJUSTMENTS,
        "calibration.pages.take_back": ADJUSTMENTS,
        "calibration.pages.show_charts": "It comes here in a moment.",
        "calibration.files.request_other": "It comes as a file.",
        "workspaces.find": MAYA.tenant_id,
    }


async def test_the_command_answers_with_the_page(rig: Rig) -> None:
    status, answer = await rig.command("calibration")
    assert status == 200
    assert answer["text"] == "How well my percentages hold: Follow-ups, too sure"
    assert "about 6 of 10" in json.dumps(answer)
    assert "calibration" in json.dumps((await rig.command("help"))[1])


@pytest.mark.parametrize(
    ("action_id", "value", "verb", "args"),
    [
        (ActionId.CALIBRATION_CHART, "chart", "pages.show_charts", ()),
        (ActionId.CALIBRATION_EXPORT, "export", "files.request_other", ("calibration",)),
        (
            ActionId.CALIBRATION_MOVES,
            Held.of(FULL.key).encode(),
            "pages.adjustments",
            (Key(action_type="send_follow_up_email", kind="email_engagement", lineage="ab12"),),
        ),
        (ActionId.CALIBRATION_UNDO, Target(id=MOVE).encode(), "pages.take_back", (MOVE,)),
    ],
)
async def test_each_button_asks_one_verb_and_shows_what_it_says(
    rig: Rig, action_id: ActionId, value: str, verb: str, args: tuple[object, ...]
) -> None:
    where: Callable[..., object] = at_home if action_id == ActionId.CALIBRATION_UNDO else click
    more = {"view": "modal"} if action_id == ActionId.CALIBRATION_UNDO else {}
    assert (await rig.interact(where(action_id, value, **more)))[0] == 200
    ((actor, *given), kwargs) = rig.book.named(f"calibration.{verb}")[0]
    assert (actor, tuple(given)) == (MAYA, args)
    assert verb.endswith(("adjustments", "show_charts")) or kwargs["command_id"]
    assert rig.chat.modals or rig.chat.updated or rig.chat.told


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        ("pages.show_charts", Forbidden("The charts are for managers and admins.")),
        ("files.request_other", Forbidden("Only an admin of Understudy may do that.")),
        ("pages.take_back", Conflict("A later adjustment stands on this one.")),
    ],
)
async def test_a_refusal_is_said(rig: Rig, verb: str, error: Exception) -> None:
    rig.book.errors[f"calibration.{verb}"] = [error]
    action_id = {
        "pages.show_charts": ActionId.CALIBRATION_CHART,
        "files.request_other": ActionId.CALIBRATION_EXPORT,
        "pages.take_back": ActionId.CALIBRATION_UNDO,
    }[verb]
    await rig.interact(click(action_id, Target(id=MOVE).encode()))
    assert str(error) in json.dumps(rig.chat.told, ensure_ascii=False)


async def test_the_card_brings_the_charts_or_nothing(rig: Rig) -> None:
    rig.book.answers["calibration.pages.card"] = make_page(make_summary(SURE), leads=True)
    render = calibration_renderers(rig.book.verbs().calibration.pages)[CARD]
    work = CardWork(
        tenant_id=MAYA.tenant_id,
        card_id=UUID(int=1),
        kind=CARD,
        subject_id=MAYA.member_id,
        recipient_id=MAYA.member_id,
        channel=None,
        ref=None,
        look_first=False,
        rev=1,
        lease_token=UUID(int=2),
        shown={},
    )
    rendered = await render(work)
    assert rendered is not None
    assert "data_visualization" in {block["type"] for block in rendered.blocks}
    rig.book.answers["calibration.pages.card"] = None
    assert await render(work) is None
